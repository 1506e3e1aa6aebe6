"""From what was fetched to editions, and pages that must never become one."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kb import KnowledgeBase
from kb.catalogue import Catalogue, shipped_corpus
from kb.documents import Language, Provenance
from kb.fetching import FetchedText, FetchStatus, Web, fetch, fetched
from kb.receipts import Verdict
from kb.settings import Settings
from kb.sources import fetched_sources

from .conftest import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import LocalWeb


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


D10, D20 = date(2025, 1, 10), date(2026, 3, 2)  # days that the site gives
NO_DAY = "is no day of entry into force: the text had changed by"


def seen(day: int) -> date:
    return date(2026, 1, day)


@pytest.mark.parametrize(
    ("versions", "editions"),  # (day of fetching, day that the site gives) → (file, from, to)
    [
        ([(1, None)], [("1", None, None)]),
        ([(1, D10), (2, D20)], [("1", D10, D20), ("2", D20, None)]),
        # a change without a day holds from when it was seen, and closes the one before
        ([(1, None), (5, None)], [("1", None, seen(5)), ("5", seen(5), None)]),
        (
            [(1, None), (5, None), (9, None)],
            [("1", None, seen(5)), ("5", seen(5), seen(9)), ("9", seen(9), None)],
        ),
        ([(1, None), (5, D20)], [("1", None, D20), ("5", D20, None)]),
        (
            [(1, D10), (2, None), (3, D20)],
            [("1", D10, seen(2)), ("2", seen(2), D20), ("3", D20, None)],
        ),
        # a change under the same day, or an earlier one
        ([(1, D10), (5, D10)], [("1", D10, seen(5)), ("5", seen(5), None)]),
        (
            [(1, D10), (5, None), (6, D10)],
            [("1", D10, seen(5)), ("5", seen(5), seen(6)), ("6", seen(6), None)],
        ),
        # of two that begin on one day the last is the edition
        ([(1, seen(5)), (5, None)], [("5", seen(5), None)]),
        ([(1, D20), (5, D20)], [("5", D20, None)]),  # a day that was still to come
    ],
)
def test_each_version_holds_until_the_next_one(
    catalogue: Catalogue,
    versions: list[tuple[int, date | None]],
    editions: list[tuple[str, date | None, date | None]],
) -> None:
    texts = [fetched_on(day, given) for day, given in reversed(versions)]
    sources = fetched_sources(texts, catalogue)
    assert [(item.path.stem, item.valid_from, item.valid_to) for item in sources] == editions
    given = {f"{day}": start for day, start in versions}
    for item in sources:
        assumed = item.valid_from != given[item.path.stem] or len(editions) < len(versions)
        assert any(NO_DAY in warning for warning in item.warnings) == assumed


def test_what_is_known_of_a_text_goes_with_it(catalogue: Catalogue) -> None:
    texts = [fetched_on(1, D10), fetched_on(2, D20, in_force="amended", warnings=("Guessed.",))]
    first, second = fetched_sources(texts, catalogue)
    assert (first.status, second.status) == (None, "amended")
    assert (first.warnings, second.warnings) == ((), ("Guessed.",))
    assert {item.provenance for item in (first, second)} == {Provenance.OFFICIAL}
    assert {item.document and item.document.id for item in (first, second)} == {
        "kz-law-223-iv-2009"
    }


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


def test_two_fetches_of_a_text_without_a_date(
    catalogue: Catalogue, local_web: LocalWeb, client: Callable[..., Web], tmp_path: Path
) -> None:
    zoo = catalogue.document("kz-general-agreement-2021-2023")
    interface = "https://www.gov.kz/api/v1/public/content-manager/documents/145242"
    settings = Settings(index=tmp_path / "index", cache=tmp_path / "cache", model="hashing")

    def on(day: date, words: str) -> KnowledgeBase:
        text = f"<p>Статья 1. Корм</p><p>1. {words}</p><p>2. {'Слоны пьют воду. ' * 20}</p>"
        local_web.serve(interface, Reply(json.dumps({"title": "О зоопарке", "content": text})))
        moment = datetime.combine(day, time(12), UTC)
        fetch([zoo], tmp_path, languages=[Language.RUSSIAN], web=client(), now=lambda: moment)
        kept = fetched(tmp_path, older=True)
        KnowledgeBase.add_sources(fetched_sources(kept, catalogue), settings=settings)
        return KnowledgeBase.open(settings=settings)

    base = on(date(2026, 3, 1), "Слонам дают орехи.")
    [only] = base.document(zoo.id).editions
    assert (only.id, only.valid_from, only.valid_to) == ("ru-official", None, None)
    receipt = base.search("Слонам дают орехи").hits[0].receipt

    base = on(date(2026, 4, 9), "Слонам дают бананы.")
    newer, older = base.document(zoo.id).editions
    assert (older.id, older.valid_to) == ("ru-official", date(2026, 4, 9))
    assert (newer.id, newer.valid_to) == ("ru-2026-04-09-official", None)
    assert NO_DAY in newer.warnings[0]
    assert older.text == only.text
    assert base.verify_receipt(receipt).verdict is Verdict.VALID
    for words in ("Слонам дают бананы", "Слонам дают орехи"):  # the wording in force is found
        hits = base.search(words).hits
        assert {hit.edition_id for hit in hits} == {newer.id}

    base = on(date(2026, 5, 1), "Слонам дают бананы.")
    assert [edition.id for edition in base.document(zoo.id).editions] == [newer.id, older.id]
