"""From what was fetched to editions, and pages that must never become one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kb.catalogue import Catalogue, shipped_corpus
from kb.documents import Language, Provenance
from kb.fetching import FetchedText, FetchStatus, fetch
from kb.sources import fetched_sources


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    corpus = shipped_corpus()
    assert corpus is not None
    return Catalogue.load(corpus)


def fetched_on(day: int, valid_from: date | None, **more: object) -> FetchedText:
    return FetchedText(
        document_id="kz-law-223-iv-2009",
        language=Language.RUSSIAN,
        url="https://adilet.zan.kz/rus/docs/Z090000223_",
        path=Path(f"{day}.html"),
        sha256="0" * 64,
        fetched_at=datetime(2026, 1, day, tzinfo=UTC),
        status=FetchStatus.NEW,
        valid_from=valid_from,
        **more,  # type: ignore[arg-type]
    )


def test_each_version_holds_until_the_next_one(catalogue: Catalogue) -> None:
    texts = [
        fetched_on(3, date(2026, 3, 2), in_force="amended"),
        fetched_on(1, date(2025, 1, 10)),
        fetched_on(2, None),
    ]
    sources = fetched_sources(texts, catalogue)
    assert [(item.path.name, item.valid_from, item.valid_to) for item in sources] == [
        ("1.html", date(2025, 1, 10), date(2026, 3, 2)),
        ("2.html", None, None),
        ("3.html", date(2026, 3, 2), None),
    ]
    assert {item.provenance for item in sources} == {Provenance.OFFICIAL}
    assert [item.status for item in sources] == [None, None, "amended"]
    assert {item.document.id for item in sources if item.document} == {"kz-law-223-iv-2009"}


@pytest.mark.parametrize(
    ("document_id", "reason"),
    [
        ("ilo-c183", "the act by which ilo-c183 was ratified"),
        ("kz-concept-family-gender-2030", "was approved, not of its text"),
    ],
)
def test_the_act_around_an_instrument_never_becomes_the_instrument(
    catalogue: Catalogue, tmp_path: Path, document_id: str, reason: str
) -> None:
    document = catalogue.document(document_id)
    assert "adilet" in document.urls[Language.RUSSIAN]
    report = fetch([document], tmp_path, languages=[Language.RUSSIAN])
    assert report.texts == ()
    assert reason in report.failures[0].reason
