"""Two provisions side by side: nothing lost, all with evidence, in plain words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kb.comparison.provisions import MAX_CHARS, PastedText, ProvisionRef
from kb.documents import Language
from kb.errors import BadFilter, BadQuery, NotFound
from kb.quantities import Kind
from kb.search.results import to_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kb.knowledge_base import KnowledgeBase

DRAFT = """The leave is granted on the strength of a medical certificate:
1) fifty-six days after the birth;
2) ten weeks before the birth;
3) picnic."""
ARTICLE = ProvisionRef("leave-law", "art_2__cl_2")


def test_every_sentence_is_there_once_with_its_receipt(leave_kb: KnowledgeBase) -> None:
    found = leave_kb.compare_provisions(PastedText(DRAFT), ARTICLE)
    edition = leave_kb.choose_edition("leave-law")
    in_a = [pair.a for pair in found.pairs] + list(found.only_a)
    in_b = [pair.b for pair in found.pairs] + list(found.only_b)
    assert (len(in_a), len(in_b)) == (4, 3)
    assert all(each.span.of(DRAFT) == each.text and each.receipt is None for each in in_a)
    for each in in_b:
        assert each.span.of(edition.text) == each.text
        assert each.receipt is not None
        assert leave_kb.verify_receipt(each.receipt).verdict == "valid"
    assert found.a.citation is None
    assert found.b.citation is not None
    assert found.b.receipt is not None
    assert leave_kb.verify_receipt(found.b.receipt).verdict == "valid"
    assert json.loads(json.dumps(to_json(found)))["pairs"]


def test_the_order_does_not_make_the_pairs(leave_kb: KnowledgeBase) -> None:
    found = leave_kb.compare_provisions(PastedText(DRAFT), ARTICLE)
    assert [(pair.a.text[:9], pair.b.eid) for pair in found.pairs] == [
        ("The leave", "art_2__cl_2__par_1"),
        ("fifty-six", "art_2__cl_2__sub_2"),
        ("ten weeks", "art_2__cl_2__sub_1"),
    ]
    assert [each.text for each in found.only_a] == ["picnic."]
    assert found.only_b == ()


@pytest.mark.parametrize(
    ("reader", "message", "notice"),
    [
        ("en", "The same in another unit: “ten weeks” and “seventy days” (in days: 70).", "legal"),
        ("ru", "То же в других единицах: «ten weeks» и «seventy days» (в днях: 70).", "правовая"),
        ("kk", "Сол шама басқа өлшем бірлігімен: «ten weeks» және «seventy days» (күнмен: 70).",
         "баға"),
    ],
)  # fmt: skip
def test_differences_are_said_in_the_readers_language(
    leave_kb: KnowledgeBase, reader: str, message: str, notice: str
) -> None:
    found = leave_kb.compare_provisions(PastedText(DRAFT), ARTICLE, reader_language=reader)
    (row,) = found.pairs[2].quantities
    assert (row.kind, row.message) == (Kind.SAME_OTHER_UNIT, message)
    assert found.language == Language(reader)
    assert notice in found.notices[0]
    assert row.a is not None
    assert row.a.span.of(DRAFT) == row.a.text == "ten weeks"


@pytest.mark.parametrize(
    ("side", "error", "said"),
    [
        (PastedText("  "), BadQuery, "no words"),
        (PastedText("a" * (MAX_CHARS + 1)), BadQuery, "at most"),
        (PastedText("One. Two. " * 200), BadQuery, "sentences"),
        (PastedText("words", "de"), BadFilter, "de"),
        (ProvisionRef("leave-law", "art_9"), NotFound, "kb show"),
        (ProvisionRef("nothing", "art_1"), NotFound, "kb documents"),
    ],
)
def test_what_cannot_be_compared(
    leave_kb: KnowledgeBase, side: PastedText | ProvisionRef, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        leave_kb.compare_provisions(side, ARTICLE)


def test_the_command(own_kb: KnowledgeBase, run_kb: Callable, tmp_path: Path) -> None:
    assert own_kb.documents()
    draft = tmp_path / "draft.txt"
    draft.write_text(DRAFT, "utf-8")
    code, said, _ = run_kb("compare", "leave-law#art_2__cl_2", "--text", draft)
    assert code == 0
    assert "The same in another unit: “ten weeks” and “seventy days” (in days: 70)." in said
    assert "only A  picnic." in said
    code, said, _ = run_kb("compare", "zakon#art_1", "zan#art_1", "--json")
    assert code == 0
    assert json.loads(said)["b"]["document_id"] == "zan"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["leave-law#art_1"], "Two sides"),
        (["leave-law", "zan#art_1"], "names no provision"),
        (["leave-law#art_1", "--text", "/nowhere/draft.txt"], "cannot be read"),
        (["zan#art_1", "zan#art_1", "-l", "kk", "-l", "kk", "-l", "ru"], "at most twice"),
    ],
)
def test_the_command_used_wrongly(
    own_kb: KnowledgeBase, run_kb: Callable, arguments: list[str], complaint: str
) -> None:
    assert own_kb.documents()
    code, _, said = run_kb("compare", *arguments)
    assert (code, complaint in said) == (2, True)


# --- one provision in each language ---


@pytest.fixture
def bilingual(own_kb: KnowledgeBase, tmp_path: Path) -> KnowledgeBase:
    """`zakon` with a Kazakh edition and a Russian digest beside its Russian text."""
    for name, language, provenance in (("kk", "kk", "official"), ("ru", "ru", "digest")):
        file = tmp_path / f"{name}.md"
        source = "zan.md" if name == "kk" else "zakon.txt"
        file.write_text((tmp_path / "laws" / source).read_text("utf-8") + "\n", "utf-8")
        own_kb.add(
            [file],
            settings=own_kb.settings,
            document_id="zakon",
            language=Language(language),
            provenance=provenance,  # type: ignore[arg-type]
        )
    own_kb.reload_if_changed()
    return own_kb


def test_parallel_texts(bilingual: KnowledgeBase, run_kb: Callable) -> None:
    views = bilingual.parallel("zakon", "art_1__cl_1")
    assert [view.edition.id for view in views] == ["ru-official", "kk-official"]
    for view in views:
        assert view.node.span.of(view.edition.text) == view.text
        assert bilingual.verify_receipt(view.receipt).verdict == "valid"
    assert [view.edition.id for view in bilingual.parallel("zakon", "art_2")] == ["ru-official"]
    with pytest.raises(NotFound):
        bilingual.parallel("zakon", "art_9")
    code, said, _ = run_kb("show", "zakon#art_1__cl_1", "--parallel", "--json")
    assert code == 0
    assert [item["text"] for item in json.loads(said)] == [view.text for view in views]
    code, said, _ = run_kb("show", "zakon#art_1__cl_1", "--parallel")
    assert all(view.text.strip() in said for view in views)
    assert run_kb("show", "zakon", "--parallel")[0] == 2
    assert run_kb("show", "zakon#art_1", "--parallel", "-l", "ru")[0] == 2
