"""Every version of an act out of a repository, and what differs between any two of them."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from kb.comparison import apply, revert
from kb.errors import BadRequest, NotFound
from kb.knowledge_base import KnowledgeBase

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.comparison import Comparison
    from kb.settings import Settings

    Run = Callable[..., tuple[int, str, str]]

ACT = "02-laws/2009/49323"


@pytest.fixture
def held(
    acts: Any, history: Any, own_settings: Settings, run_kb: Run, monkeypatch: pytest.MonkeyPatch
) -> KnowledgeBase:
    """An index with five versions of one act, in two languages."""
    monkeypatch.setenv("KB_DATA", str(own_settings.index.parent / "data"))
    plain = acts.act(ACT, "2010-01-01", ["1", "2", "3"])
    history.commit("2010-01-02", plain)
    # article 2-1 is inserted
    history.commit("2012-01-02", acts.act(ACT, "2012-01-01", ["1", "2", "2-1", "3"], cause="№ 1"))
    # a point reads otherwise; article 3 is repealed
    third = acts.act(ACT, "2014-01-01", ["1", "2", "2-1", "3 repealed"], cause="№ 2")
    name = f"{ACT}/rus.md"
    third[name] = third[name].replace("2) при оплате.", "2) при оплате и повышении.", 1)
    history.commit("2014-01-02", third)
    # the file becomes a folder of parts, article 1 has another heading
    fourth = acts.act(ACT, "2016-01-01", ["1", "2", "2-1", "3 repealed"], cause="№ 3")
    whole = third[name].replace("1. О равенстве", "1. О полном равенстве", 1)
    start, end = whole.split('<a id="st2-1"></a>')
    del fourth[name]
    fourth |= {
        f"{ACT}/rus/01.md": start,
        f"{ACT}/rus/02.md": f'<a id="st2-1"></a>{end}',
        name: None,
    }
    history.commit("2016-01-02", fourth)
    # a part has another name, and an inserted article
    fifth = acts.act(ACT, "2018-01-01", ["1", "2", "2-1", "3 repealed"], cause="№ 4")
    del fifth[name]
    fifth |= {
        f"{ACT}/rus/02.md": None,
        f"{ACT}/rus/03.md": fourth[f"{ACT}/rus/02.md"] + acts.russian("4"),
    }
    history.commit("2018-01-02", fifth)
    code, _, errors = run_kb("import-git", history.path)
    assert code == 0, errors
    return KnowledgeBase.open(settings=own_settings)


def editions(kb: KnowledgeBase, language: str) -> list[str]:
    (summary,) = kb.documents()
    return sorted(item.id for item in summary.editions if item.language == language)


def test_any_two_editions_are_made_of_each_other(held: KnowledgeBase) -> None:
    (summary,) = held.documents()
    for language in ("ru", "kk"):
        ids = editions(held, language)
        assert len(ids) == 5
        for a, b in product(ids, repeat=2):
            comparison = held.compare_editions(summary.id, a, b)
            text_a, text_b = (held.edition(summary.id, each).text for each in (a, b))
            assert apply(comparison, text_a) == text_b
            assert revert(comparison, text_b) == text_a
            assert comparison.same == (text_a.split() == text_b.split())


def _told_of_articles(held: KnowledgeBase) -> None:
    (summary,) = held.documents()
    inserted = held.compare_editions(summary.id, "2010-06-01", "2012-06-01", language="ru")
    assert _kinds(inserted) == ["inserted art_2-1"]
    repealed = held.compare_editions(summary.id, "2012-06-01", "2014-06-01", language="ru")
    assert _kinds(repealed) == ["changed art_1", "changed art_3"]
    headed = held.compare_editions(summary.id, "2014-06-01", "2016-06-01", language="ru")
    assert _kinds(headed) == ["changed art_1"]
    added = held.compare_editions(summary.id, "2016-06-01", "2018-06-01", language="ru")
    assert _kinds(added) == ["inserted art_4"]


def _right_wording_on_each_day(held: KnowledgeBase) -> None:
    (summary,) = held.documents()

    def read(eid: str, day: str) -> str | None:
        try:
            return " ".join(held.node(summary.id, eid, language="ru", as_of=day).text.split())
        except NotFound:
            return None

    for day in ("2010-01-01", "2012-01-01", "2013-12-31"):
        assert (read("art_1__cl_1__sub_2", day) or "").startswith("2) при оплате.")
        assert "Работникам" in (read("art_3", day) or "")
    for day in ("2014-01-01", "2016-01-01", "2018-01-01", "2026-01-01"):
        assert (read("art_1__cl_1__sub_2", day) or "").startswith("2) при оплате и повышении.")
        assert "Исключена" in (read("art_3", day) or "")
    assert read("art_2-1", "2011-12-31") is None
    assert read("art_2-1", "2012-01-01") is not None
    assert read("art_4", "2017-12-31") is None
    assert read("art_4", "2018-01-01") is not None
    assert read("art_1", "2009-12-07") is None  # not adopted yet
    found = held.search("при оплате", languages=["ru"], as_of="2013-01-01").hits
    assert {str(hit.valid_from) for hit in found} == {"2012-01-01"}
    changes = held.history(summary.id, "art_1", language="ru")
    assert [(item.change, str(item.valid_from), item.amended_by) for item in changes] == [
        ("first-held", "2010-01-01", None),
        ("changed", "2014-01-01", "№ 2"),
        ("changed", "2016-01-01", "№ 3"),
    ]


def _kinds(comparison: Comparison) -> list[str]:
    shown = comparison.without_unchanged().units
    return [f"{unit.kind} {unit.eid_b}" for unit in shown]


def test_a_day_means_what_was_in_force_on_it(held: KnowledgeBase) -> None:
    _told_of_articles(held)  # one index for all: it takes seconds to build
    _right_wording_on_each_day(held)
    (summary,) = held.documents()
    days = {
        "2010-01-01": "ru-2010-01-01-official",
        "2011-12-31": "ru-2010-01-01-official",
        "2012-01-01": "ru-2012-01-01-official",
        "2030-01-01": "ru-2018-01-01-official",
    }
    for day, edition in days.items():
        comparison = held.compare_editions(summary.id, day, day, language="ru")
        assert (comparison.a, comparison.b) == (edition, edition)
    with pytest.raises(NotFound, match="in force on 2009-12-31"):
        held.compare_editions(summary.id, "2009-12-31", "2012-01-01", language="ru")
    with pytest.raises(BadRequest, match="name the language"):
        held.compare_editions(summary.id, "2010-01-01", "2012-01-01")
    with pytest.raises(BadRequest, match="leave the language out"):
        held.compare_editions(summary.id, "ru-2012-01-01-official", "2012-01-01", language="kk")
    with pytest.raises(BadRequest, match="one language"):
        held.compare_editions(summary.id, "ru-2012-01-01-official", "kk-2012-01-01-official")
    with pytest.raises(NotFound, match=r"it has: .*ru-2018-01-01-official"):
        held.compare_editions(summary.id, "ru-official", "2012-01-01", language="ru")


def test_the_command(held: KnowledgeBase, run_kb: Run) -> None:
    (summary,) = held.documents()
    days = ("2012-06-01", "2016-06-01", "-l", "ru")
    code, said, errors = run_kb("diff", summary.id, *days)
    assert (code, errors) == (0, "")
    assert f"{summary.id}: ru-2012-01-01-official → ru-2016-01-01-official\n" in said
    assert "   2) при оплате {+и повышении+}.\n" in said
    assert "   Статья 1. О {+полном+} равенстве\n" in said
    assert "art_2-1" not in said
    code, said, errors = run_kb("diff", summary.id, *days, "--all")
    assert (code, errors) == (0, "")
    assert "art_2-1" in said
    _answers_in_json(held, run_kb)
    _refuses(held, run_kb)


def _answers_in_json(held: KnowledgeBase, run_kb: Run) -> None:
    (summary,) = held.documents()
    arguments = ("diff", summary.id, "2012-06-01", "2016-06-01", "-l", "ru", "--json")
    differing = json.loads(run_kb(*arguments)[1])
    assert [unit["eid_b"] for unit in differing["units"]] == ["art_1", "art_3"]
    assert differing["counts"]["changed"] == 2
    everything = json.loads(run_kb(*arguments, "--all")[1])
    pieces = [
        piece
        for unit in everything["units"]
        for each in unit["changes"]
        for piece in each["pieces"]
    ]
    new = sorted(
        (piece["span_b"]["start"], piece["text"]) for piece in pieces if piece["op"] != "deleted"
    )
    held_text = held.edition(summary.id, "ru-2016-01-01-official").text
    assert "".join(text for _, text in new) == held_text


def _refuses(held: KnowledgeBase, run_kb: Run) -> None:
    (summary,) = held.documents()
    for arguments, expected in (
        ((summary.id, "2012-06-01", "2016-06-01"), (2, "name the language")),
        ((summary.id, "1999-01-01", "2016-06-01"), (3, "in force on 1999-01-01")),
        (("nothing", "2012-06-01", "2016-06-01"), (3, "no document")),
        ((summary.id, "2012-06-01", "2016-06-01", "-l", "fr"), (2, "fr")),
    ):
        code, said, errors = run_kb("diff", *arguments)
        assert (code, said) == (expected[0], "")
        assert expected[1] in errors
        assert errors.count("\n") == 1
