"""What is worked out of an edition is worked out once, and anew when what decides it changes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import kb
from kb.analyses import Analyses, AnalysisCache, cutting, keeping
from kb.analyses.cutting import cut_edition
from kb.analyses.entries import passage_entries, unit_entries
from kb.documents import Document, Edition, Language, Provenance
from kb.models.hashing import HashEmbedder
from kb.readers.plain import read_plain
from kb.settings import Settings
from kb.stores.terms import analyse
from kb.structure import parse_structure

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = """Act about kites

Article 1. Duties

1. The owner of a kite shall mend it before every flight, wind up the string after every flight,
keep the tail dry in all weathers, and carry a spare spool wherever the wind is likely to rise.

2. Nobody else need do so, unless the owner is abroad, is ill, or has lent the kite to a neighbour
who promised to return it before the first snow falls on the hill behind the village school.

Сноска. Article 1 as amended by the Law on thunderstorms.
"""
SETTINGS = Settings(passage_tokens=50, part_tokens=25)


def edition(text: str = TEXT, **known: object) -> Edition:
    source = read_plain(text)
    own = Edition(
        "kites",
        Language.ENGLISH,
        Provenance.OFFICIAL,
        source.text,
        parse_structure(source),
        source="kites.txt",
        source_sha256="0",
    )
    return replace(own, **known)  # type: ignore[arg-type]


def document(text: Edition, title: str = "Act about kites") -> Document:
    return Document("kites", {Language.ENGLISH: title}, editions=(text,))


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each time that an edition was cut."""
    done: list[str] = []
    make_passages = cutting.make_passages

    def spied(edition: Edition, title: str, **sizes: object) -> object:
        done.append(title)
        return make_passages(edition, title, **sizes)  # type: ignore[arg-type]

    monkeypatch.setattr(cutting, "make_passages", spied)
    return done


@pytest.fixture
def cache(tmp_path: object) -> Iterator[AnalysisCache]:
    with AnalysisCache(tmp_path / "analyses.sqlite") as opened:  # type: ignore[operator]
        yield opened


def everything(of: Analyses, document: Document) -> list[object]:
    (text,) = document.editions
    found = [of.cut(document, text), of.forms(document, text)]
    found += [list(each(document, text)) for each in (of.terms, of.units)]
    kept = of.wording(text)
    return [*found, kept.digest, kept.sketch.tolist()]


def test_what_is_kept_is_what_was_worked_out(cache: AnalysisCache, worked_out: list[str]) -> None:
    act = document(edition())
    first = everything(Analyses(cache, SETTINGS, HashEmbedder()), act)
    worked_out.clear()
    assert everything(Analyses(cache, SETTINGS, HashEmbedder()), act) == first
    assert worked_out == []
    cut = Analyses(cache, SETTINGS, HashEmbedder()).cut(act, act.editions[0])
    assert cut == cut_edition(act.editions[0], "Act about kites", SETTINGS, HashEmbedder())
    assert [passage.note for passage in cut.passages] == [False, False, False, True]
    assert {at for at, _ in cut.parts} == {1, 2}
    ((start, end, opening),) = cut.openings
    assert (start, end) == (1, 2)  # the clauses of the article, without the note after them
    assert opening.startswith("Act about kites › Duties\n1. The owner")
    assert all(item.span.of(act.editions[0].text) == item.text for item in cut.passages)


def test_entries_come_back_as_they_were_analysed(cache: AnalysisCache) -> None:
    act = document(edition())
    of = Analyses(cache, SETTINGS, HashEmbedder())
    passages = of.cut(act, act.editions[0]).passages
    for found, entries in (
        (of.terms(act, act.editions[0]), passage_entries(act.editions[0], passages)),
        (of.units(act, act.editions[0]), unit_entries(act.editions[0], passages)),
    ):
        assert list(found) == [analyse(entry) for entry in entries]


def test_an_opening_is_the_beginning_of_the_unit_cut_between_words(cache: AnalysisCache) -> None:
    long = TEXT.replace("keep the tail dry in all weathers", "keep the tail dry, " * 40)
    act = document(edition(long))
    of = Analyses(cache, Settings(passage_tokens=400), HashEmbedder())
    ((start, end, opening),) = of.cut(act, act.editions[0]).openings
    passage = of.cut(act, act.editions[0]).passages[start]
    assert start == end
    assert passage.embedded_text.startswith(opening)
    assert len(passage.text) > 400 >= len(opening.split("\n", 1)[1]) > 380
    assert passage.embedded_text[len(opening)].isspace()


@pytest.mark.parametrize(
    ("text", "openings"),
    [
        ("Article 1. Kites\n\nA kite is a kite.", 0),  # its only passage is its opening
        ("Article 1. Kites\n\nA kite is a kite.\n\nArticle 2. Tails\n\nA tail is a tail.", 0),
        (TEXT, 1),
    ],
)
def test_a_short_unit_needs_no_opening(cache: AnalysisCache, text: str, openings: int) -> None:
    act = document(edition(text))
    of = Analyses(cache, SETTINGS, HashEmbedder())
    assert len(of.cut(act, act.editions[0]).openings) == openings


@pytest.mark.parametrize(
    ("act", "settings", "embedder"),
    [
        (document(edition(TEXT.replace("ill", "ill or old"))), SETTINGS, HashEmbedder()),
        (document(edition(), "Act about dragons"), SETTINGS, HashEmbedder()),
        (document(edition(provenance=Provenance.DIGEST)), SETTINGS, HashEmbedder()),
        (document(edition(nodes=edition().nodes[:1])), SETTINGS, HashEmbedder()),
        (document(edition()), SETTINGS.model_copy(update={"part_tokens": 30}), HashEmbedder()),
        (document(edition()), SETTINGS.model_copy(update={"passage_tokens": 90}), HashEmbedder()),
        (document(edition()), SETTINGS, HashEmbedder(dimension=16)),
    ],
    ids=["text", "title", "provenance", "tree", "size of parts", "size", "model"],
)
def test_what_decides_it(
    cache: AnalysisCache,
    worked_out: list[str],
    act: Document,
    settings: Settings,
    embedder: HashEmbedder,
) -> None:
    kites = document(edition())
    Analyses(cache, SETTINGS, HashEmbedder()).cut(kites, kites.editions[0])
    worked_out.clear()
    Analyses(cache, settings, embedder).cut(act, act.editions[0])
    assert len(worked_out) == 2  # passages and parts


def test_another_version_of_the_program_works_it_out_anew(
    cache: AnalysisCache, worked_out: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    act = document(edition())
    of = Analyses(cache, SETTINGS, HashEmbedder())
    of.cut(act, act.editions[0])
    worked_out.clear()
    monkeypatch.setattr(keeping, "program_digest", lambda: "another")
    of.cut(act, act.editions[0])
    assert len(worked_out) == 2


def test_every_module_of_the_program_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stemmer decides what the lexical index takes in, a reader what the parser sees."""
    package = tmp_path / "kb"
    shutil.copytree(Path(kb.__file__).parent, package, ignore=lambda *_: ["__pycache__"])
    monkeypatch.setattr(keeping, "__file__", str(package / "analyses" / "keeping.py"))
    digests = [keeping.program_digest.__wrapped__()]
    for module in ("words.py", "structure/tree.py", "analyses/cutting.py"):
        with (package / module).open("a") as file:
            file.write("# changed\n")
        digests.append(keeping.program_digest.__wrapped__())
    assert digests[0] == keeping.program_digest()
    assert len(set(digests)) == 4


@pytest.mark.parametrize("known", [{"source": "elsewhere/kites.txt"}, {"warnings": ("torn",)}])
def test_what_does_not(
    cache: AnalysisCache, worked_out: list[str], known: dict[str, object]
) -> None:
    of = Analyses(cache, SETTINGS, HashEmbedder())
    for act in (document(edition()), document(edition(**known))):
        worked_out.clear()
        of.cut(act, act.editions[0])
    assert worked_out == []


def test_only_what_was_asked_for_is_remembered(cache: AnalysisCache, worked_out: list[str]) -> None:
    old, new = document(edition()), document(edition(TEXT.replace("ill", "old")))
    everything(Analyses(cache, SETTINGS, HashEmbedder()), old)
    held = len(cache)
    later = Analyses(cache, SETTINGS, HashEmbedder())
    later.wording(old.editions[0])  # compared with, and not held any more
    everything(later, new)
    later.forget_others()
    assert len(cache) == held
    worked_out.clear()
    everything(Analyses(cache, SETTINGS, HashEmbedder()), new)
    assert worked_out == []
