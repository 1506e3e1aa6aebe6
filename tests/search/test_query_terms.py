"""Which words of a query are looked for, and shown as found, in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from kb.documents import Language, Provenance
from kb.search.legs import QueryTerms, lexical_leg
from kb.search.queries import Filters, parse_query
from kb.stores.terms import TermEntry, TermIndex
from kb.thesaurus import Thesaurus

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH, RUSSIAN, KAZAKH = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

TEXTS = [
    (RUSSIAN, "Отпуск в году предоставляется работнику, какие бы ни были причины."),
    (RUSSIAN, "Работник и работодатель."),
    (ENGLISH, "Leave is paid."),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> TermIndex:
    folder: Path = tmp_path_factory.mktemp("generation") / "terms"
    entries = (
        TermEntry(row, "code", language, Provenance.OFFICIAL, "", text)
        for row, (language, text) in enumerate(TEXTS)
    )
    return TermIndex.build(folder, entries)


@pytest.mark.parametrize(
    ("query", "language", "stems"),
    [
        # a stop word is known by its form: its stem is spelt otherwise, or is no word at all
        ("какой отпуск в году", RUSSIAN, {"отпуск", "год"}),
        ("что у который на", RUSSIAN, set()),
        ("why does any leave", ENGLISH, {"leav"}),
        ("қандай демалыс болады", KAZAKH, {"демалыс"}),
        ("санитарно-бытовые и", RUSSIAN, {"санитарно-бытов", "санитарн", "бытов"}),
        ("статья 127-1", RUSSIAN, {"стат", "127-1", "127", "1"}),
    ],
)
def test_the_words_that_say_something(
    index: TermIndex, query: str, language: Language, stems: set[str]
) -> None:
    assert set(QueryTerms(query, language, index, Thesaurus()).of(language)) == stems


def test_a_rarer_word_weighs_more(index: TermIndex) -> None:
    weights = QueryTerms("отпуск работника велосипед", RUSSIAN, index, Thesaurus()).of(RUSSIAN)
    assert weights["велосипед"] > weights["отпуск"] > weights["работник"]


@pytest.mark.parametrize(
    ("query", "language", "share"),
    [
        ("отпуск работника", RUSSIAN, 1.0),  # its own language has all that it says
        ("велосипед", RUSSIAN, 1.0),
        ("отпуск работника", ENGLISH, 0.0),
        ("отпуск leave", ENGLISH, 0.45),  # a word that stands in the texts as it is
        ("и в на", ENGLISH, 0.0),
    ],
)
def test_a_language_without_the_words_understands_less(
    index: TermIndex, query: str, language: Language, share: float
) -> None:
    assert QueryTerms(query, RUSSIAN, index, Thesaurus()).understood(language) == share


@pytest.mark.parametrize(
    ("query", "weak"),
    [
        ("отпуск в году предоставляется работнику", False),
        ("отпуск пилота на воздушном шаре через океан", True),  # one word of six is there
    ],
)
def test_the_best_match_counts_by_what_it_has_of_the_query(
    index: TermIndex, query: str, *, weak: bool
) -> None:
    weights = QueryTerms(query, RUSSIAN, index, Thesaurus())
    parsed = parse_query(query, 1000)
    leg = lexical_leg(parsed, weights, index, index, Filters(), None, lambda rows: rows >= 0)
    assert leg.rows[0] == 0
    assert bool(leg.scores[0] < 0.7) is weak


def test_a_note_has_no_share_in_its_unit(index: TermIndex) -> None:
    weights = QueryTerms("работник и работодатель", RUSSIAN, index, Thesaurus())
    parsed = parse_query("работник и работодатель", 1000)

    def scores(*notes: int) -> dict[int, float]:
        leg = lexical_leg(
            parsed, weights, index, index, Filters(), None, lambda rows: ~np.isin(rows, notes)
        )
        return dict(zip(leg.rows.tolist(), leg.scores.tolist(), strict=True))

    assert scores(1)[1] == pytest.approx(scores()[1] / 4)  # what its own words give
    assert scores(1)[0] == scores()[0]
