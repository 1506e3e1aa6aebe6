"""A small knowledge base that needs no model, for tests of everything that stands on one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from kb.documents import Document, Language, Provenance
from kb.knowledge_base import KnowledgeBase
from kb.settings import Settings
from kb.sources import SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LAW_EN = """# Law on leave

## Chapter 1. General provisions

### Article 1. Scope

This Law applies to every employee.

### Article 2. Maternity leave

1. A woman has the right to maternity leave of one hundred and twenty-six days.
2. The leave is granted on the strength of a medical certificate:
   1) seventy days before the birth;
   2) fifty-six days after the birth.

### Article 3. Parental leave

1. Either parent may take parental leave until the child is three years old.
2. The employer keeps the place of work free.
"""

LAW_RU = """# Закон об отпусках

### Статья 1. Отпуск по беременности и родам

1. Женщинам предоставляется отпуск по беременности и родам.
2. Отпуск оплачивается работодателем.

### Статья 2. Равные права

Мужчины и женщины имеют равные права и равные возможности.
"""

LAW_KK = """# Демалыс туралы заң

### 1-бап. Жүктілікке және босануға байланысты демалыс

1. Әйелдерге жүктілікке және босануға байланысты демалыс беріледі.
2. Демалысқа жұмыс беруші ақы төлейді.
"""


def write_sources(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "leave-law.md").write_text(LAW_EN, "utf-8")
    (folder / "zakon.txt").write_text(LAW_RU.replace("#", ""), "utf-8")
    (folder / "zan.md").write_text(LAW_KK, "utf-8")
    return folder


@pytest.fixture
def laws(tmp_path: Path) -> Path:
    """A folder of three statutes, each in a language of its own."""
    return write_sources(tmp_path / "laws")


@pytest.fixture
def own_settings(tmp_path: Path) -> Settings:
    """Settings of an index of the test's own; nothing is in it yet."""
    return Settings(index=tmp_path / "index", cache=tmp_path / "cache", model="hashing")


@pytest.fixture
def own_kb(laws: Path, own_settings: Settings) -> KnowledgeBase:
    """A knowledge base over `laws` that the test may damage."""
    return KnowledgeBase.build([laws], settings=own_settings)


@pytest.fixture(scope="session")
def leave_kb(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """A knowledge base over the same statutes that no test changes."""
    folder = tmp_path_factory.mktemp("leave")
    settings = Settings(index=folder / "index", cache=folder / "cache", model="hashing")
    return KnowledgeBase.build([write_sources(folder / "laws")], settings=settings)


# --- a law through its editions ---

_SCOPE = "### Article 1. Scope\n\nThis Law applies to everyone who works for pay.\n\n"
_LEAVE = (
    "### Article 2. Leave\n\n1. An employee has {days} days of leave a year.\n\n"
    "2. The leave is paid by the employer.\n\n"
)
_NURSING = "### Article 3. Breaks\n\nA nursing mother has a break every three hours.\n\n"
_CHILDREN = (
    "### Article {number}. Children\n\nChildren under sixteen may not work at night in mines.\n\n"
)
# each wording with its first day and the act that brought it
_WORDINGS = (
    ("2010-01-01", None, _SCOPE + _LEAVE.format(days="126") + _CHILDREN.format(number=3)),
    ("2012-05-01", "Law No. 5", _SCOPE + _LEAVE.format(days="140") + _CHILDREN.format(number=3)),
    (
        "2015-07-01",
        "Law No. 9",
        _SCOPE + _LEAVE.format(days="140") + _NURSING + _CHILDREN.format(number=4),
    ),
    ("2020-01-01", "Law No. 12", _SCOPE + _NURSING + _CHILDREN.format(number=4)),
)
_DATED_LAW = Document(
    "law", {Language.ENGLISH: "Law on work"}, kind="law", number="7-V", date=date(2009, 12, 1)
)


@pytest.fixture(scope="session")
def dated_kb(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """A law in four wordings, `en-2010-01-01-official` and so on, and a text without dates."""
    folder = tmp_path_factory.mktemp("editions")
    days = [date.fromisoformat(day) for day, _, _ in _WORDINGS]
    sources = []
    for (_, act, text), start, end in zip(_WORDINGS, days, [*days[1:], None], strict=True):
        path = folder / f"{start}.md"
        path.write_text(f"# Law on work\n\n{text}", "utf-8")
        status = "in-force" if end is None else "amended"
        sources.append(
            SourceFile(
                path,
                True,
                _DATED_LAW,
                valid_from=start,
                valid_to=end,
                amended_by=act,
                status=status,
                language=Language.ENGLISH,
                provenance=Provenance.OFFICIAL,
            )
        )
    undated = folder / "undated.md"
    undated.write_text("# Rules of leave\n\n1. Leave is asked for in writing.\n", "utf-8")
    sources.append(SourceFile(undated, True, language=Language.ENGLISH))
    settings = Settings(index=folder / "index", cache=folder / "cache", model="hashing")
    KnowledgeBase.add_sources(sources, settings=settings)
    return KnowledgeBase(settings)


@pytest.fixture
def run_kb(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], own_settings: Settings
) -> Callable[..., tuple[int, str, str]]:
    """Run the command `kb` as a shell does: (exit code, standard output, standard error)."""
    from kb.cli import main

    monkeypatch.setenv("KB_INDEX", str(own_settings.index))
    monkeypatch.setenv("KB_MODEL", own_settings.model)
    monkeypatch.setenv("KB_CACHE", str(own_settings.cache))
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["kb", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run
