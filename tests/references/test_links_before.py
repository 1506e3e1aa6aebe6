"""Links that are taken over from before are those that would be found again."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kb.catalogue import shipped_corpus
from kb.documents import Document, Edition, Language, Provenance
from kb.readers.markdown import read_markdown
from kb.readers.plain import read_plain
from kb.references import Before, Citing, ReferenceFinder, find_links
from kb.sources import find_sources
from kb.structure import parse_structure

if TYPE_CHECKING:
    from collections.abc import Callable


def document(identity: str, title: str, *articles: str, **known: object) -> Document:
    numbered = (f"Article {number}.\n\n{text}" for number, text in enumerate(articles, start=1))
    source = read_plain("\n\n".join((title, *numbered)))
    edition = Edition(
        identity,
        Language.ENGLISH,
        Provenance.OFFICIAL,
        source.text,
        parse_structure(source),
        source="",
        source_sha256="",
    )
    whole = Document(identity, {Language.ENGLISH: title}, editions=(edition,))
    return replace(whole, **known)  # type: ignore[arg-type]


CODE = document("code", "Mining Code", "Leave.", "As Article 2 of the Law on rest.", kind="code")
LAW = document(
    "law", "Law on rest", "Rest.", "As Article 3 of the Mining Code.", kind="law", number="5-V"
)
NOTES = document("notes", "Notes of a clerk", "See Article 1 of Law No. 5-V.", "See Article 1.")
PLAIN = document("plain", "Words about kites", "A kite flies.", "It is of paper.")
HELD = (CODE, LAW, NOTES, PLAIN)


def among(*documents: Document) -> tuple[Document, ...]:
    """Return the documents that are held, with these in place of those of their ids."""
    by_id = {item.id: item for item in (*HELD, *documents)}
    return tuple(by_id[name] for name in sorted(by_id))


def without(name: str) -> tuple[Document, ...]:
    return tuple(item for item in HELD if item.id != name)


def found(documents: tuple[Document, ...], before: Before | None = None) -> tuple[Citing, ...]:
    return tuple(find_links(documents, before=before))


def before(documents: tuple[Document, ...]) -> Before:
    return Before(
        documents, {(item.document_id, item.edition_id): item for item in found(documents)}
    )


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the documents in which references were looked for."""
    seen: list[str] = []
    find: Callable[..., object] = ReferenceFinder.find

    def spied(self: ReferenceFinder, text: str, **given: object) -> object:
        seen.append(given["context"].document_id)  # type: ignore[attr-defined]
        return find(self, text, **given)

    monkeypatch.setattr(ReferenceFinder, "find", spied)
    return seen


@pytest.mark.parametrize(
    ("after", "again"),
    [
        pytest.param(HELD, [], id="nothing"),
        pytest.param(
            among(document("plain", "Words about kites", "A kite flies by day.")),
            ["plain"],
            id="a text that nobody cites",
        ),
        pytest.param(
            among(document("code", "Mining Code", "Leave.", "Rest.", "A third.", kind="code")),
            ["code", "law"],
            id="a provision that was cited and not there",
        ),
        pytest.param(
            among(document("law", "Law on rest", "Rest.", kind="law", number="5-V")),
            ["code", "law", "notes"],
            id="a provision that was cited and is gone",
        ),
        pytest.param(without("law"), ["code", "notes"], id="a document less, cited by both names"),
        pytest.param(without("plain"), [], id="a document less that nobody names"),
        pytest.param(
            among(document("new", "Words about kites and strings", "A string.")),
            ["new"],
            id="a document more whose name begins as another's",
        ),
        pytest.param(
            among(document("new", "Clerk of notes", "A clerk.")),
            ["new", "notes"],
            id="a document more whose words another text has",
        ),
        pytest.param(
            among(document("new", "Order on wages", "Wages.", number="999-I", kind="law")),
            ["new"],
            id="a document more that nobody names",
        ),
        pytest.param(
            among(replace(LAW, titles={Language.ENGLISH: "Law on leisure"})),
            ["code", "law", "notes"],
            id="another title",
        ),
        pytest.param(among(replace(LAW, number="6-V")), ["code", "law", "notes"], id="a number"),
        pytest.param(
            among(replace(NOTES, aliases=("Mining Code",))),
            ["code", "law", "notes"],
            id="a name that two have now",
        ),
        pytest.param(
            among(replace(PLAIN, titles={Language.ENGLISH: "See Article Nine"})),
            ["notes", "plain"],
            id="a name of words that another text has",
        ),
    ],
)
def test_only_what_may_read_differently_is_read_again(
    after: tuple[Document, ...], again: list[str], read: list[str]
) -> None:
    was = before(HELD)
    read.clear()
    incremental = found(after, was)
    assert read == again
    assert incremental == found(after)


def cited(documents: tuple[Document, ...]) -> set[tuple[str, str, str | None]]:
    links = (link for citing in found(documents) for link in citing.links)
    return {(link.document_id, link.target, link.target_eid) for link in links}


def test_links_are_there_to_be_lost() -> None:
    assert cited(HELD) == {
        ("code", "law", "art_2"),
        ("notes", "law", "art_1"),
        ("notes", "notes", "art_1"),
    }
    more = document("code", "Mining Code", "Leave.", "Rest.", "A third.", kind="code")
    assert ("law", "code", "art_3") in cited(among(more))


def test_what_was_never_read_is_read(read: list[str]) -> None:
    incremental = found(HELD, Before(HELD, {}))
    assert read == [item.id for item in HELD]
    assert incremental == found(HELD)


SHARES = (1.0, 0.4)  # of a text that is held, so that provisions come and go


@pytest.fixture(scope="module")
def shipped() -> dict[float, dict[str, Document]]:
    """Documents with the names of the shipped catalogue and some or all of their digests' words."""
    corpus = shipped_corpus()
    assert corpus is not None
    held: dict[float, dict[str, Document]] = {}
    for share in SHARES:
        for source in find_sources([corpus]):
            assert source.document is not None
            assert source.language is not None
            text = source.path.read_text("utf-8")
            read = read_markdown(text[: int(share * len(text))])
            edition = Edition(
                source.document.id,
                source.language,
                Provenance.DIGEST,
                read.text,
                parse_structure(read),
                source="",
                source_sha256="",
                valid_from=source.valid_from,
            )
            known = held.setdefault(share, {}).get(source.document.id, source.document)
            held[share][known.id] = replace(known, editions=(*known.editions, edition))
    return held


@pytest.mark.parametrize("seed", range(5))
def test_documents_come_and_go(shipped: dict[float, dict[str, Document]], seed: int) -> None:
    """The names of the shipped catalogue cross each other, in three languages."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret

    def drawn() -> tuple[Document, ...]:
        return tuple(
            shipped[chance.choices(SHARES, [3, 1])[0]][name]
            for name in shipped[1.0]
            if chance.random() < 0.8
        )

    first, second = drawn(), drawn()
    assert len(cited(second)) > 20
    assert found(second, before(first)) == found(second)
