"""Which numbers this processor multiplies fastest."""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.settings import Precision

# Processors that add products of 8 bits in one instruction, as /proc/cpuinfo names it.
DOT_PRODUCTS = frozenset({"avx512_vnni", "avx_vnni", "asimddp"})


def fastest_precision() -> Precision:
    """Return int8 for a processor that has instructions for it, fp32 for another one."""
    return "int8" if _has_dot_products() else "fp32"


@cache
def _has_dot_products() -> bool:
    if platform.system() == "Darwin":
        return platform.machine() == "arm64"
    try:
        words = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return False
    return not DOT_PRODUCTS.isdisjoint(words)
