"""A statute through its editions: what held on a day, and what became of each provision."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from kb.documents import Document, Edition, Language, Provenance
from kb.editions import Change, history_of, holds_on
from kb.errors import BadFilter, NotFound
from kb.knowledge_base import KnowledgeBase
from kb.readers.markdown import read_markdown
from kb.sources import SourceFile
from kb.structure import parse_structure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kb.settings import Settings

DAYS = ("2010-01-01", "2012-05-01", "2015-07-01", "2020-01-01")  # of the wordings in `dated_kb`


@pytest.fixture(scope="module")
def kb(dated_kb: KnowledgeBase) -> KnowledgeBase:
    return dated_kb


@pytest.mark.parametrize(
    ("start", "end", "day", "holds"),
    [
        ("2012-05-01", "2015-07-01", "2012-04-30", False),
        ("2012-05-01", "2015-07-01", "2012-05-01", True),
        ("2012-05-01", "2015-07-01", "2015-06-30", True),
        ("2012-05-01", "2015-07-01", "2015-07-01", False),  # the first day of the next one
        ("2012-05-01", None, "2999-01-01", True),
        (None, "2015-07-01", "1900-01-01", True),  # not known when it began
        (None, None, "1900-01-01", True),
    ],
)
def test_days(start: str | None, end: str | None, day: str, holds: bool) -> None:
    edition = Edition(
        *("law", Language.ENGLISH, Provenance.OFFICIAL, "", (), "", ""),
        valid_from=date.fromisoformat(start) if start else None,
        valid_to=date.fromisoformat(end) if end else None,
    )
    assert holds_on(edition, date.fromisoformat(day)) is holds


@pytest.mark.parametrize(
    ("day", "words", "not_words"),
    [
        ("2010-01-01", ["126 days"], ["140 days", "nursing"]),
        ("2012-05-01", ["140 days"], ["126 days", "nursing"]),
        ("2016-01-01", ["140 days", "nursing"], ["126 days"]),
        ("2020-01-01", ["nursing"], ["126 days", "140 days"]),
        (None, ["nursing"], ["126 days", "140 days"]),
    ],
)
def test_a_search_finds_what_held_on_the_day(
    kb: KnowledgeBase, day: str | None, words: list[str], not_words: list[str]
) -> None:
    found = kb.search("leave nursing break days employee Law No. 7-V", documents=["law"], as_of=day)
    text = "\n".join(hit.text for hit in found.hits)
    assert all(word in text for word in words)
    assert not any(word in text for word in not_words)
    assert {hit.valid_from for hit in found.hits} <= {date.fromisoformat(day) for day in DAYS}


def test_a_replaced_wording_is_said_to_be_one(kb: KnowledgeBase) -> None:
    notices = kb.search("days of leave", as_of="2011-01-01").notices
    assert any("held until 2012-05-01" in notice for notice in notices)
    assert not any("held until" in notice for notice in kb.search("nursing break").notices)


def test_a_text_without_dates_is_said_to_be_one(kb: KnowledgeBase) -> None:
    asked = {"documents": ["undated"], "as_of": "2011-01-01"}
    assert any("not known" in item for item in kb.search("leave in writing", **asked).notices)  # type: ignore[arg-type]
    assert not kb.search("leave in writing", documents=["undated"]).notices


def test_an_instrument_that_has_ended_is_said_to_have_for_the_days_after(
    tmp_path: Path, own_settings: Settings
) -> None:
    path = tmp_path / "agreement.md"
    path.write_text("# Agreement\n\n1. Wages rise every year.\n", "utf-8")
    agreement = Document(
        "agreement", {Language.ENGLISH: "Agreement"}, status="expired", ended=date(2024, 1, 1)
    )
    source = SourceFile(path, True, agreement, valid_from=date(2021, 1, 1))
    KnowledgeBase.add_sources([source], settings=own_settings)
    kb = KnowledgeBase(own_settings)
    assert kb.document("agreement").ended == date(2024, 1, 1)
    assert kb.search("wages rise").notices == ("Agreement has expired.",)
    assert kb.search("wages rise", as_of="2023-12-31").notices == ()
    assert kb.search("wages rise", as_of="2024-01-01").notices == ("Agreement has expired.",)
    assert kb.node("agreement", "cl_1").notices == ("Agreement has expired.",)


def test_before_its_adoption_a_law_held_nothing(kb: KnowledgeBase) -> None:
    assert not kb.search("days of leave", documents=["law"], as_of="2009-11-30").hits
    with pytest.raises(NotFound, match="2009-12-01"):
        kb.node("law", "art_2", as_of="2009-11-30")


@pytest.mark.parametrize("day", ["yesterday", "2022-13-01", "01.04.2022", ""])
def test_a_day_that_is_none_is_refused(kb: KnowledgeBase, day: str) -> None:
    with pytest.raises(BadFilter, match="2022-04-01"):
        kb.search("leave", as_of=day)


@pytest.mark.parametrize(
    ("eid", "day", "words"),
    [
        ("art_2__cl_1", "2011-06-01", "126 days"),
        ("art_2__cl_1", "2013-06-01", "140 days"),
        ("art_3", "2011-06-01", "Children"),
        ("art_3", "2016-06-01", "Breaks"),
        ("art_3", None, "Breaks"),
        ("art_4", None, "Children"),
    ],
)
def test_a_provision_as_it_read_on_a_day(
    kb: KnowledgeBase, eid: str, day: str | None, words: str
) -> None:
    assert words in kb.node("law", eid, as_of=day).text


def test_a_provision_that_is_gone_is_shown_as_gone(kb: KnowledgeBase) -> None:
    view = kb.node("law", "art_2")  # no edition that holds has it
    assert view.edition.valid_to == date(2020, 1, 1)
    assert any("held until 2020-01-01" in notice for notice in view.notices)
    assert view.current is not None
    assert view.current.eid is None
    assert view.current.changed
    with pytest.raises(NotFound):
        kb.node("law", "art_2", as_of="2021-01-01")


@pytest.mark.parametrize(
    ("eid", "edition", "now", "changed"),
    [
        ("art_1", "en-2010-01-01-official", "art_1", False),
        ("art_3", "en-2010-01-01-official", "art_4", False),  # only its number is another
        ("art_3", "en-2015-07-01-official", "art_3", False),
        ("art_2__cl_1", "en-2010-01-01-official", None, True),
    ],
)
def test_an_old_permalink_leads_to_what_stands_today(
    kb: KnowledgeBase, eid: str, edition: str, now: str | None, changed: bool
) -> None:
    current = kb.node("law", eid, edition_id=edition).current
    assert current is not None
    assert (current.eid, current.changed) == (now, changed)
    assert current.edition_id == "en-2020-01-01-official"
    assert kb.node("law", "art_1").current is None


@pytest.mark.parametrize(
    ("eid", "edition", "expected"),
    [
        ("art_1", None, ["first-held art_1 2010-01-01 … by None"]),
        (
            "art_2__cl_1",
            "en-2012-05-01-official",
            [
                "first-held art_2__cl_1 2010-01-01 2012-05-01 by None",
                "changed art_2__cl_1 2012-05-01 2020-01-01 by Law No. 5",
                "removed art_2__cl_1 2020-01-01 … by Law No. 12",
            ],
        ),
        (
            "art_4",
            None,
            [
                "first-held art_3 2010-01-01 2015-07-01 by None",
                "renumbered art_4 2015-07-01 … by Law No. 9",
            ],
        ),
        ("art_3", None, ["appeared art_3 2015-07-01 … by Law No. 9"]),
    ],
)
def test_the_history_of_a_provision(
    kb: KnowledgeBase, eid: str, edition: str | None, expected: list[str]
) -> None:
    found = kb.history("law", eid, edition_id=edition)
    assert [
        f"{item.change} {item.eid} {item.valid_from} {item.valid_to or '…'} by {item.amended_by}"
        for item in found
    ] == expected
    document = kb.document("law")
    for item in found:
        edition_of = next(one for one in document.editions if one.id == item.edition_id)
        assert item.text in edition_of.text
        assert bool(item.text) is (item.change is not Change.REMOVED)


@pytest.mark.parametrize(
    ("text", "day", "status"),
    [
        ("Article 2 of Law No. 7-V", "2013-01-01", "resolved"),
        ("Article 2 of Law No. 7-V", "2021-01-01", "not-held"),
        ("Article 2 of Law No. 7-V", None, "not-held"),
        ("Article 4 of Law No. 7-V", "2013-01-01", "not-held"),
        ("Article 4 of Law No. 7-V", None, "resolved"),
    ],
)
def test_a_reference_is_resolved_for_the_day(
    kb: KnowledgeBase, text: str, day: str | None, status: str
) -> None:
    [found] = kb.references(text, as_of=day)
    assert found.status == status
    if day == "2013-01-01" and status == "resolved":
        assert found.permalink == "/documents/law/en-2012-05-01-official#art_2"


def test_editions_are_listed_with_what_holds(kb: KnowledgeBase) -> None:
    def holding(day: str | None) -> list[str]:
        return [item.edition.id for item in kb.editions("law", as_of=day) if item.holds]

    assert [item.edition.id for item in kb.editions("law")] == [
        f"en-{day}-official" for day in DAYS
    ]
    assert holding(None) == ["en-2020-01-01-official"]
    assert holding("2013-01-01") == ["en-2012-05-01-official"]
    assert not kb.editions("law", language="kk")


def test_a_note_makes_no_new_wording() -> None:
    def edition(day: str, note: str) -> Edition:
        source = read_markdown(
            f"# Law\n\n### Article 1. Scope\n\nThis Law applies to all who work for pay.\n\n{note}"
        )
        return Edition(
            *("law", Language.ENGLISH, Provenance.OFFICIAL, source.text),
            *(parse_structure(source), "", ""),
            valid_from=date.fromisoformat(day),
        )

    old = edition("2010-01-01", "")
    new = edition("2012-01-01", "> Footnote. Article 1 as amended by Law No. 5.\n")
    law = Document("law", {}, editions=(old, new))
    assert [item.change for item in history_of(law, new, "art_1")] == [Change.FIRST_HELD]


def test_the_command(kb: KnowledgeBase, run_kb: Callable[..., tuple[int, str, str]]) -> None:
    index = ("--index", str(kb.settings.index))
    _, out, _ = run_kb("history", "law#art_4", *index)
    assert "renumbered  art_4  2015-07-01 to today" in out
    assert "by Law No. 9" in out
    _, out, _ = run_kb("history", "law", *index)
    assert "2012-05-01 to 2015-07-01" in out
    _, out, _ = run_kb("show", "law#art_2__cl_1", "--as-of", "2013-01-01", *index)
    assert "140 days" in out
    assert "held until 2020-01-01" not in out  # the edition's own end is earlier
    assert "held until 2015-07-01" in out
    assert "is no longer there" in out
    _, out, _ = run_kb("show", "law", "--edition", "en-2010-01-01-official", *index)
    assert "held until 2012-05-01" in out
    _, out, _ = run_kb("show", "law", *index)
    assert "held until" not in out
    _, out, _ = run_kb("diff", "law", "2011-01-01", "2013-01-01", *index)
    assert "en-2010-01-01-official: The text as supplied" in out  # what is compared, and
    assert "[-126-]{+140+}" in out  # what differs
    code, _, err = run_kb("search", "leave", "--as-of", "soon", *index)
    assert code == 2
    assert "'soon' is not a day" in err
