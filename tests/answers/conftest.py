"""A statute with a list, exceptions and a reference, for the tests of answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kb.knowledge_base import KnowledgeBase
from kb.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

STATUTE = """# Law on rest

## Article 1. Night work

1. A pregnant woman is not entitled to work at night.
2. An employee rests for eleven hours after a night shift; the rest is paid by the employer.
3. The rest may not be split, unless a collective agreement says otherwise.
4. A night shift ends at six. It is paid in full.

## Article 2. Leave for study

1. An employee takes leave for study on a certificate. Its length is:
   1) for entrance examinations, ten days;
   2) for a diploma, four months in the cases of:
      a) full-time studies;
      b) evening studies;
   3) for other examinations, fifteen days.
2. Leave for study is granted in accordance with ILO Convention No. 140.
3. (excluded by Law No. 5)
"""

USTAV = """# Закон об отдыхе

## Статья 1. Ночная работа

1. Работник отдыхает одиннадцать часов после ночной смены.
2. Отдых нельзя делить, если коллективный договор не предусматривает иное.
"""


@pytest.fixture(scope="session")
def rest_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("rest")
    return Settings(index=folder / "index", cache=folder / "cache", model="hashing")


@pytest.fixture(scope="session")
def rest_kb(tmp_path_factory: pytest.TempPathFactory, rest_settings: Settings) -> KnowledgeBase:
    folder: Path = tmp_path_factory.mktemp("laws")
    (folder / "rest.md").write_text(STATUTE, "utf-8")
    (folder / "otdyh.md").write_text(USTAV, "utf-8")
    return KnowledgeBase.build([folder], settings=rest_settings)
