"""Sub-points of law 223-IV, Russian against Kazakh: the real model pairs them by what they say."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kb.comparison.provisions import Side, align_sides
from kb.documents import Document, Language, Level
from kb.knowledge_base import KnowledgeBase
from kb.models import load_embedder
from kb.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.documents import Edition

TEXTS = Path(__file__).resolve().parents[3] / "shared/texts/law-223-iv"
NUMBERED = (Level.CLAUSE, Level.SUBCLAUSE)

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> dict[Language, Edition]:
    if not TEXTS.is_dir():
        pytest.skip("the texts of law 223-IV are not beside this checkout (../shared/texts)")
    found = {}
    for language, name in ((Language.RUSSIAN, "rus.md"), (Language.KAZAKH, "kaz.md")):
        folder = tmp_path_factory.mktemp(name)
        settings = Settings(index=folder / "index", cache=folder / "cache", model="hashing")
        KnowledgeBase.add([TEXTS / name], settings=settings, document_id="law", language=language)
        found[language] = KnowledgeBase.open(settings=settings).choose_edition("law")
    return found


class Remembering:
    """The real model, which embeds a sentence once for all the tests here."""

    def __init__(self) -> None:
        self.model = load_embedder(Settings())
        self.known: dict[str, np.ndarray] = {}

    def fits(self, text: str) -> bool:
        return self.model.fits(text)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        if new:
            self.known |= dict(zip(new, self.model.embed_passages(new), strict=True))
        return np.stack([self.known[text] for text in texts])


@pytest.fixture(scope="module")
def embedder() -> Remembering:
    return Remembering()


@pytest.mark.parametrize("place_bonus", [0.0, None], ids=["without-place", "with-place"])
@pytest.mark.parametrize("shuffled", [False, True], ids=["in-order", "shuffled"])
def test_sub_points_find_each_other(
    editions: dict[Language, Edition],
    embedder: Remembering,
    shuffled: bool,
    place_bonus: float | None,
) -> None:
    russian, kazakh = editions[Language.RUSSIAN], editions[Language.KAZAKH]
    document = Document("law", {})
    right = total = 0
    for unit in russian.nodes:
        points = [n.eid for n in russian.children(unit.eid) if n.level in NUMBERED]
        if len(points) < 2 or kazakh.node(unit.eid) is None:
            continue
        a = Side.of_provision(document, russian, unit.eid)
        b = Side.of_provision(document, kazakh, unit.eid)
        if shuffled:
            order = list(b.sentences)
            random.Random(unit.eid).shuffle(order)  # noqa: S311
            b = replace(b, sentences=tuple(order))
        paired = {
            (a.sentences[i].eid, b.sentences[j].eid)
            for i, j, *_ in align_sides(a, b, embedder, place_bonus=place_bonus).pairs
        }
        both = {each.eid for each in a.sentences} & {each.eid for each in b.sentences}
        # an unnumbered lead-in (`are:`) is compared as well, but it is no sub-point
        leaves = {n.eid for n in russian.nodes if n.eid in both and n.level in NUMBERED}
        right += sum((eid, eid) in paired for eid in leaves)
        total += len(leaves)
    assert total >= 60
    print(f"{right} of {total} pairs right")  # noqa: T201 - pytest shows it with -s
    assert right / total >= 0.95, f"{right} of {total}"
