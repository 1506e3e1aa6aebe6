"""What ranking knows of passages: what is the same in two has the same number, and nothing else."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from kb.documents import Language, Passage, Provenance, Span
from kb.stores.filing import Filing

EDITIONS = {("law", "ru-official"): 0, ("law", "kk-official"): 1, ("code", "ru-official"): 2}
ONE = Passage(
    id="",
    document_id="law",
    edition_id="ru-official",
    language=Language.RUSSIAN,
    provenance=Provenance.OFFICIAL,
    eid="chp_1__art_5__cl_1",
    eids=(),
    span=Span(0, 5),
    text="Отпуск оплачивается.",
    breadcrumb=(),
)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, {"edition", "language", "unit", "wording"}),
        ({"eid": "chp_1__art_5__cl_2"}, {"edition", "language", "unit", "wording"}),
        ({"eid": "chp_1__art_6__cl_1"}, {"edition", "language", "wording"}),
        ({"eid": "annex_1__cl_1"}, {"edition", "language", "wording"}),
        ({"edition_id": "kk-official"}, {"language", "unit", "wording"}),
        ({"document_id": "code"}, {"language", "wording"}),
        ({"provenance": Provenance.DIGEST}, {"edition", "language", "wording"}),
        ({"language": Language.KAZAKH}, {"edition", "unit"}),
        ({"text": "ОТПУСК\n оплачивается. "}, {"edition", "language", "unit", "wording"}),
        ({"text": "Отпуск оплачивается"}, {"edition", "language", "unit"}),
    ],
)
def test_what_two_passages_have_in_common(changes: dict[str, object], same: set[str]) -> None:
    filing = Filing.of([ONE, replace(ONE, **changes)], EDITIONS)
    numbers = {item.name: getattr(filing, item.name).tolist() for item in fields(filing)}
    assert {name for name, (first, second) in numbers.items() if first == second} == same


def test_editions_and_languages_have_the_numbers_that_are_looked_up() -> None:
    """Ranking takes what it knows of an edition and of a language by these."""
    kazakh = replace(ONE, document_id="code", language=Language.KAZAKH)
    filing = Filing.of([ONE, kazakh, replace(ONE, language=Language.ENGLISH)], EDITIONS)
    assert filing.edition.tolist() == [0, 2, 0]
    order = list(Language)
    spoken = [Language.RUSSIAN, Language.KAZAKH, Language.ENGLISH]
    assert [order[number] for number in filing.language.tolist()] == spoken


def test_what_is_written_is_read() -> None:
    filing = Filing.of([ONE, replace(ONE, document_id="code", text="Иное")], EDITIONS)
    again = Filing.read(dict(filing.blobs()))
    assert len(again) == 2
    for item in fields(filing):
        assert getattr(again, item.name).tolist() == getattr(filing, item.name).tolist()


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ({"unit": b""}, "not all filed"),
        ({"wording": b"\0\0\0\0"}, "not all filed"),
        ({"edition": b"\0\0\0"}, "multiple"),
    ],
)
def test_what_is_not_whole_is_refused(damage: dict[str, bytes], reason: str) -> None:
    blobs = dict(Filing.of([ONE, ONE], EDITIONS).blobs())
    with pytest.raises(ValueError, match=reason):
        Filing.read(blobs | damage)


def test_nothing_is_filed_of_no_passage() -> None:
    assert len(Filing.read(dict(Filing.of([], EDITIONS).blobs()))) == 0
