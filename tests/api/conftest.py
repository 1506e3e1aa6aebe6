"""A server over a small index that is built from two statutes written here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from kb.knowledge_base import KnowledgeBase
from kb.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEAVE_ACT = """# Law on leave

## Chapter 1. General provisions

### Article 1. Scope

This Law applies to every employee.

### Article 2. Maternity leave

1. A woman has the right to maternity leave of one hundred and twenty-six days.
2. The leave is granted on the strength of a medical certificate:
   1) seventy days before the birth;
   2) fifty-six days after the birth.

### Article 2. Parental leave

1. Either parent may take parental leave until the child is three years old.
"""

TRUDOVOI_USTAV = """# Устав о труде

### Статья 1. Отпуск по беременности и родам

1. Женщинам предоставляется отпуск по беременности и родам.
2. Отпуск оплачивается работодателем.

### Статья 2. Равные права

Мужчины и женщины имеют равные права и равные возможности.
"""


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    (folder / "leave-act.md").write_text(LEAVE_ACT, "utf-8")
    (folder / "trudovoi-ustav.md").write_text(TRUDOVOI_USTAV, "utf-8")
    return folder


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("kb")
    return Settings(index=folder / "index", cache=folder / "cache", model="hashing")


@pytest.fixture(scope="session")
def kb(sources: Path, settings: Settings) -> KnowledgeBase:
    return KnowledgeBase.build([sources], settings=settings)


@pytest.fixture(scope="session")
def client(kb: KnowledgeBase, settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings, kb)) as client:
        yield client
