"""How alike two wordings are: estimated, but never far from the exact share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.likeness import ALIKE, Wording, wording

SHARED = Path(__file__).resolve().parents[2] / "shared" / "texts"

ACT = "Article 1. Scope\n\nThis Law applies to every employee, and to the self-employed.\n"


def numbered(start: int, end: int) -> str:
    return " ".join(f"word{number}" for number in range(start, end))


@pytest.mark.parametrize(
    "other",
    [
        ACT.replace("\n", " "),
        ACT.upper(),
        ACT.replace(".", " -"),
        f"# {ACT}",
        ACT.replace("employee", "emp\N{SOFT HYPHEN}loyee"),
    ],
)
def test_the_same_words(other: str) -> None:
    assert wording(other).digest == wording(ACT).digest
    assert wording(other).likeness(wording(ACT)) == 1


@pytest.mark.parametrize(
    ("other", "likeness"),
    [
        (ACT.replace("every", "no"), 9 / 12),  # three of twelve runs hold the word
        ("Nothing of it at all", 0),
        ("This Law", 0),
        ("", 0),
    ],
)
def test_other_words(other: str, likeness: float) -> None:
    one, two = wording(ACT), wording(other)
    assert one.digest != two.digest
    assert one.likeness(two) == two.likeness(one) == pytest.approx(likeness)


def test_order_counts() -> None:
    words = ACT.split()
    assert wording(" ".join(reversed(words))).likeness(wording(ACT)) == 0


def test_a_wording_is_the_same_on_every_machine() -> None:
    found = wording("Жұмыскердің еңбек демалысы бар")
    assert found.digest == ("f8c17e76b529b873f77c3e1c81e896bc664fa3ecbd39fab038a15c1bd63e9a19")
    assert found.sketch.tolist() == [2242472850370694535, 3187772870381533840]


@pytest.mark.parametrize("share", [0.5, 0.8, 0.95, 0.99])
def test_the_estimate_is_near_the_share(share: float) -> None:
    length = 40_000
    moved = round(length * (1 - share))
    estimate = wording(numbered(0, length)).likeness(wording(numbered(moved, length + moved)))
    assert estimate == pytest.approx(share, abs=0.03)


@given(st.text(), st.text())
def test_any_two_texts(one: str, other: str) -> None:
    first, second = wording(one), wording(other)
    assert 0 <= first.likeness(second) <= 1
    assert first.likeness(second) == second.likeness(first)
    assert first.likeness(first) == 1


def test_a_text_of_many_words_is_finished() -> None:
    found = wording(numbered(0, 200_000))
    assert (found.words, len(found.sketch)) == (200_000, 1024)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the texts beside the checkout are not there")
def test_no_two_acts_are_alike() -> None:
    texts = {
        path.stem: path.read_text("utf-8")
        for folder in ("kz_txt", "law-223-iv", "en_rulebooks")
        for path in sorted((SHARED / folder).iterdir())
    }
    found: dict[str, Wording] = {name: wording(text) for name, text in texts.items()}
    pairs = [(one, other) for one in found for other in found if one < other]
    assert len(pairs) > 20
    most = max(found[one].likeness(found[other]) for one, other in pairs)
    assert most < ALIKE / 2


@pytest.mark.parametrize("text", ["", "word", ACT, numbered(0, 5000)])
def test_it_comes_back_from_bytes(text: str) -> None:
    one = wording(text)
    other = Wording.from_bytes(one.to_bytes())
    assert (other.words, other.digest) == (one.words, one.digest)
    assert other.sketch.tolist() == one.sketch.tolist()
    assert other.likeness(one) == 1
