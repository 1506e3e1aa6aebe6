"""The references of the Labour Code, which stands beside the checkout, not in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from kb.catalogue import Catalogue, shipped_corpus
from kb.documents import Edition, Language, Provenance
from kb.readers import read_source
from kb.references import Context, EditionNodes, Reference, ReferenceFinder, ReferenceStatus
from kb.settings import Settings
from kb.structure import parse_structure

LABOUR_CODE = Path(__file__).resolve().parents[2].parent / "shared/texts/kz_txt/labor_code.txt"
CODE = "kz-labour-code-2015"

pytestmark = pytest.mark.skipif(
    not LABOUR_CODE.is_file(),
    reason="the Labour Code (../shared/texts/kz_txt) is not beside this checkout",
)

# Provisions of the Code that its text names and has not: notes tell what another law will add.
NOT_THERE = {
    "art_26__cl_2__sub_2-1": "to be added in 2027",
    "art_32__cl_3__par_2": "in force from 2027, its words are not printed yet",
    "art_52__sub_3": "to be added to point 1-1",
    "art_53__cl_13": "to be added, says the note in the article",
    "art_139__par_4__sub_2": "in force from 2027, its words are not printed yet",
    "art_139-1": "to be added to chapter 12",
}


@cache
def references() -> tuple[Reference, ...]:
    source = read_source(LABOUR_CODE, Settings())
    edition = Edition(
        document_id=CODE,
        language=Language.RUSSIAN,
        provenance=Provenance.OFFICIAL,
        text=source.text,
        nodes=parse_structure(source),
        source="",
        source_sha256="",
    )
    corpus = shipped_corpus()
    assert corpus is not None
    documents = [
        replace(document, editions=(edition,)) if document.id == CODE else document
        for document in Catalogue.load(corpus).documents
    ]
    finder = ReferenceFinder(documents, EditionNodes.of(documents))
    return finder.find(source.text, context=Context.of(edition))


def test_every_article_that_the_code_names_is_there() -> None:
    """Of some 400 provisions of its own, six are not, each for a reason."""
    own = [item for item in references() if item.document_id == CODE and item.eid]
    resolved = [item for item in own if item.status is ReferenceStatus.RESOLVED]
    missing = {item.eid for item in own if item.status is ReferenceStatus.NOT_HELD}
    assert len(resolved) > 390
    assert missing == set(NOT_THERE)
    assert len(resolved) + len(missing) == len(own)


def test_nothing_is_ambiguous_or_malformed() -> None:
    statuses = Counter(item.status for item in references())
    assert set(statuses) == {ReferenceStatus.RESOLVED, ReferenceStatus.NOT_HELD}
    assert sum(statuses.values()) > 900


def test_the_gazette_is_not_cited_as_the_code() -> None:
    assert not [item for item in references() if item.text in ("ст. 65", "ст. 147", "ст. 2")]
