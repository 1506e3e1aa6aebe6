"""Where a text stands, and the parts of a unit counted as lawyers count them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kb.documents import Document, Edition, Language, Provenance
from kb.readers import read_source
from kb.references import Context, Counted, EditionNodes, ReferenceFinder
from kb.settings import Settings
from kb.structure import parse_structure

if TYPE_CHECKING:
    from pathlib import Path

ACT = """# Закон об отпусках

### Статья 1. Отпуск

1. Отпуск предоставляется по графику.

График утверждается до первого января.

В отпуск не включаются:

1) дни болезни;

2) дни дороги.

2. Порядок части второй пункта 1 настоящей статьи определяет работодатель.

### Статья 2. Оплата

Отпуск оплачивается по подпункту 2) части третьей пункта 1 статьи 1.

Часть первая настоящей статьи не действует в случае, указанном в статье 9.
"""


@pytest.fixture
def act(tmp_path: Path) -> Edition:
    path = tmp_path / "act.md"
    path.write_text(ACT, "utf-8")
    source = read_source(path, Settings())
    return Edition(
        "act", Language.RUSSIAN, Provenance.OFFICIAL, source.text, parse_structure(source), "", ""
    )


def test_a_place_is_the_smallest_node_around_it(act: Edition) -> None:
    context = Context.of(act)
    for words, eid in {
        "до первого января": "art_1__cl_1__par_2",
        "дни дороги": "art_1__cl_1__sub_2",
        "Порядок": "art_1__cl_2",
        "Часть первая": "art_2__par_2",
    }.items():
        assert context.place(act.text.index(words)) == eid
    assert context.place(len(act.text) + 5) is None


def test_parts_are_counted_in_the_text(act: Edition) -> None:
    nodes = EditionNodes.of([Document("act", {}, editions=(act,))])
    assert nodes.paragraph("act", "art_1__cl_1", Counted(2)) == "art_1__cl_1__par_2"
    assert nodes.paragraph("act", "art_1__cl_1", Counted(3, item="sub_2")) == "art_1__cl_1__sub_2"
    assert nodes.paragraph("act", "art_1__cl_1", Counted(2, item="sub_2")) is None
    assert nodes.paragraph("act", "art_1__cl_1", Counted(4)) is None
    of_which_part_is_not_said = Counted(None, 2)
    assert nodes.paragraph("act", "art_1__cl_1", of_which_part_is_not_said) is None
    assert nodes.paragraph("nothing", "art_1", Counted(1)) is None


def test_the_paragraphs_of_a_digest_are_not_counted(act: Edition) -> None:
    digest = replace(act, provenance=Provenance.DIGEST)
    nodes = EditionNodes.of([Document("act", {}, editions=(digest,))])
    assert nodes.has_node("act", "art_1__cl_1__par_2")
    assert nodes.paragraph("act", "art_1__cl_1", Counted(2)) is None


def test_a_text_is_read_in_its_own_context(act: Edition) -> None:
    document = Document("act", {Language.RUSSIAN: "Закон об отпусках"}, editions=(act,))
    finder = ReferenceFinder([document], EditionNodes.of([document]))
    found = finder.find(act.text, context=Context.of(act))
    assert [(item.text, item.normal, item.status, item.nearest) for item in found] == [
        ("части второй пункта 1 настоящей статьи", "act#art_1__cl_1__par_2", "resolved", None),
        (
            "подпункту 2) части третьей пункта 1 статьи 1",
            "act#art_1__cl_1__sub_2",
            "resolved",
            None,
        ),
        ("Часть первая настоящей статьи", "act#art_2__par_1", "resolved", None),
        ("статье 9", "act#art_9", "not-held", None),
    ]
