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


def test_the_act_around_an_instrument_never_becomes_the_instrument(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    document = catalogue.document("ilo-c183")
    assert "adilet" in document.urls[Language.RUSSIAN]
    report = fetch([document], tmp_path, languages=[Language.RUSSIAN], annexed=catalogue.annexed)
    assert report.texts == ()
    reason = report.failures[0].reason
    assert "the act by which ilo-c183 was ratified" in reason
    assert "`kb ingest FILE --as ilo-c183`" in reason
    assert "`kb fetch ilo-c183 --language en`" in reason


def test_every_concept_is_known_to_be_annexed(catalogue: Catalogue) -> None:
    concepts = {document.id for document in catalogue.documents if document.kind == "concept"}
    assert catalogue.annexed == concepts == {"kz-concept-family-gender-2030"}
