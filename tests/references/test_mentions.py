"""References in texts: the table `mentions.txt`, and how much of it is found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kb.references.finder as finder_module
from kb.documents import Document, Language
from kb.references import Context, Counted, Reference, ReferenceFinder, ReferenceStatus
from kb.references.lexing import Token

TABLE = Path(__file__).with_name("mentions.txt")
EN, RU, KK = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

DOCUMENTS = (
    Document(
        "c183",
        {EN: "Maternity Protection Convention"},
        kind="convention",
        number="183",
        issuer="International Labour Organization",
    ),
    Document("c156", {EN: "Family Responsibilities"}, kind="convention", number="156"),
    Document(
        "law",
        {
            RU: "О государственных гарантиях равных прав и равных возможностей мужчин и женщин",
        },
        kind="law",
        number="223-IV",
        date=date(2009, 12, 8),
    ),
    Document("union", {RU: "Закон РК «О профессиональных союзах»"}, kind="law", number="211-V"),
    Document("concept", {}, kind="concept", number="384", date=date(2016, 12, 6)),
    Document(
        "code",
        {EN: "Labour Code", RU: "Трудовой кодекс Республики Казахстан", KK: "Еңбек кодексі"},
        kind="code",
        number="414-V",
        date=date(2015, 11, 23),
        aliases=("ТК", "ТК РК"),
    ),
)
INSERTED = set("20-1 73-1 127-1 127-2 127-3 146-1 182-1".split())
ARTICLES = {"code": 204, "law": 15, "c183": 20, "c156": 20, "union": 30}


class Nodes:
    """Acts whose articles have 12 points and 25 sub-points; article 41 of the Code has parts."""

    def has_node(self, document_id: str, eid: str) -> bool:
        levels = dict(step.split("_") for step in eid.split("__"))
        if not {"art", "chp", "sec"} & set(levels):
            return False
        return all(self._has(document_id, level, number) for level, number in levels.items())

    def _has(self, document_id: str, level: str, number: str) -> bool:
        if level == "art" and number in INSERTED:
            return document_id == "code"
        highest = {"art": ARTICLES.get(document_id, 0), "cl": 12, "sub": 25, "par": 3}
        if document_id == "code":
            highest |= {"chp": 23, "sec": 5}
        if number == "1-1":
            return level == "cl"
        return number.isdigit() and 0 < int(number) <= highest.get(level, 0)

    def paragraph(self, document_id: str, unit: str, counted: Counted) -> str | None:
        if (document_id, unit) == ("code", "art_41") and counted in (Counted(1), Counted(2)):
            return f"art_41__par_{counted.part}"
        return None


FINDER = ReferenceFinder(DOCUMENTS, Nodes())


@dataclass(frozen=True)
class Case:
    """A line of the table."""

    context: Context | None
    text: str
    expected: list[tuple[int, int, str]]  # start, end, what is meant


def case(line: str) -> Case:
    where, marked = line.split(": ", 1)
    text, expected, at = "", [], 0
    for match in re.finditer("⟦(.+?)⟧{(.+?)}", marked):
        text += marked[at : match.start()]
        expected.append((len(text), len(text) + len(match[1]), match[2]))
        text += match[1]
        at = match.end()
    document, _, eid = where.partition("@")
    context = None if where == "-" else Context(document, eid or None)
    return Case(context, text + marked[at:], expected)


LINES = [
    line for line in TABLE.read_text("utf-8").splitlines() if line and not line.startswith("#")
]


def shown(found: Reference) -> str:
    """Write what a reference means as the table does."""
    ends = "..".join(eid for eid in (found.eid, found.last_eid) if eid)
    provision = f"#{ends}" if ends else ""
    match found.status:
        case ReferenceStatus.RESOLVED:
            return f"{found.document_id}{provision}"
        case ReferenceStatus.AMBIGUOUS | ReferenceStatus.BARE:
            return f"?{provision} {','.join(found.candidates)}".rstrip()
        case ReferenceStatus.MALFORMED:
            return f"×{found.instrument or ''}{provision}"
        case ReferenceStatus.NOT_HELD:
            nearest = f"^{found.nearest}" if found.nearest else ""
            return f"!{found.document_id or found.instrument}{provision}{nearest}"


def found_in(item: Case) -> list[tuple[int, int, str]]:
    return [(r.start, r.end, shown(r)) for r in FINDER.find(item.text, context=item.context)]


def test_the_table_is_found() -> None:
    """At least 0.99 of what is found is right, and 0.97 of what there is, is found."""
    cases = [case(line) for line in LINES]
    expected = sum(len(item.expected) for item in cases)
    found = sum(len(found_in(item)) for item in cases)
    right = sum(len(set(found_in(item)) & set(item.expected)) for item in cases)
    assert expected >= 250
    assert right / found >= 0.99
    assert right / expected >= 0.97


@pytest.mark.parametrize("line", LINES)
def test_a_line(line: str) -> None:
    item = case(line)
    assert found_in(item) == item.expected


# --- any text ---

WORDS = re.sub("[⟦⟧]|{.+?}", "", TABLE.read_text("utf-8")).split()
MARKS = ["\n\n", "\n", "(", ")", ",", "№", "«", "»", "–", "-", "1", "0", "2)", "и", "of the"]
TEXTS = st.text(max_size=200) | st.lists(st.sampled_from(WORDS + MARKS), max_size=60).map(" ".join)
CONTEXTS = st.sampled_from(
    [None, Context("code"), Context("code", "art_52__cl_2"), Context("nothing", "par_1")]
)


@given(text=TEXTS, context=CONTEXTS)
@settings(deadline=None, max_examples=300)
def test_references_are_slices_of_any_text_that_do_not_overlap(
    text: str, context: Context | None
) -> None:
    at = 0
    for found in FINDER.find(text, context=context):
        assert at <= found.start < found.end <= len(text)
        assert found.text == text[found.start : found.end]
        assert (found.document_id is not None) or found.status is not ReferenceStatus.RESOLVED
        assert bool(found.candidates) == (found.status is ReferenceStatus.AMBIGUOUS)
        at = found.end


HOSTILE = (
    "(", "1-", "ст. ", "1, ", "1), ", "№", "«", "Закона «О ", "настоящего ", "пункта 1, ",
    "Article 1(1)(1)(", "кодексінің ", "статьи 5 трудового ", "1 және ", "Закон № 1-I (",
)  # fmt: skip


class CountedTokens(list[Token]):
    """Tokens that count how often one of them is read."""

    reads = 0

    def __getitem__(self, at: Any) -> Any:
        CountedTokens.reads += 1
        return super().__getitem__(at)


@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_text_takes_twice_the_steps(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lexed = finder_module.lex
    monkeypatch.setattr(finder_module, "lex", lambda text: CountedTokens(lexed(text)))
    steps = []
    for size in (1000, 2000):
        CountedTokens.reads = 0
        FINDER.find("статей " + piece * size, context=Context("code", "art_52__cl_2"))
        steps.append(CountedTokens.reads)
    assert steps[1] < 2.2 * steps[0]
