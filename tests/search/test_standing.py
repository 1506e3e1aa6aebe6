"""What stands before what when all else is equal."""

from __future__ import annotations

from datetime import date

import pytest

from kb.documents import Document, Language, Provenance
from kb.search.fusion import WORDS
from kb.search.standing import standing
from kb.stores.rows import EditionSummary

OFFICIAL, TRANSLATION, DIGEST = Provenance.OFFICIAL, Provenance.TRANSLATION, Provenance.DIGEST


def standing_of(kind: str, provenance: Provenance, status: str) -> float:
    document = Document("one", titles={}, kind=kind, status=status)
    edition = EditionSummary(
        document_id="one",
        id="en",
        language=Language.ENGLISH,
        provenance=provenance,
        source="",
        source_sha256="",
        valid_from=date(2020, 1, 1),
        valid_to=None,
        status=status,
        amended_by=None,
        url=None,
        warnings=(),
        text_sha256="",
        characters=0,
        nodes=0,
        passages=0,
    )
    return standing(document, edition)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("law", OFFICIAL, "in-force"), ("law", OFFICIAL, "expired")),
        (("law", DIGEST, "in-force"), ("convention", DIGEST, "repealed")),
        (("law", OFFICIAL, "amended"), ("law", DIGEST, "amended")),
        (("law", OFFICIAL, "in-force"), ("law", TRANSLATION, "in-force")),
        (("law", TRANSLATION, "in-force"), ("law", DIGEST, "in-force")),
        (("convention", DIGEST, "in-force"), ("code", DIGEST, "in-force")),
        (("code", DIGEST, "in-force"), ("law", DIGEST, "in-force")),
        (("law", DIGEST, "in-force"), ("decree", DIGEST, "in-force")),
        (("decree", DIGEST, "in-force"), ("page", DIGEST, "unknown")),
    ],
)
def test_order(before: tuple[str, Provenance, str], after: tuple[str, Provenance, str]) -> None:
    assert standing_of(*before) > standing_of(*after)


def test_standing_decides_between_equals_alone() -> None:
    """From best to worst it moves a passage by less than an eighth of what its words can."""
    best = standing_of("convention", OFFICIAL, "in-force")
    worst = standing_of("page", DIGEST, "expired")
    assert best == 0
    assert worst > -WORDS / 8
