"""Compare two provisions, or a draft with a provision, sentence by sentence, also across languages.

What comes out are the words of both, verbatim, side by side: which sentences say the like, how
their quantities differ, and what stands on one side only. Likeness of words is no legal judgement,
and a notice says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from kb.comparison import differing
from kb.comparison.alignment import FLOOR, LOOSE_FLOOR, QUANTITY_BONUS, align, centred
from kb.comparison.sentences import Sentence, sentences_in, sentences_of
from kb.documents import Span
from kb.errors import BadQuery
from kb.languages import detect
from kb.noise import PROBES
from kb.quantities import Kind, compare, compare_all, read_quantities
from kb.receipts import make_receipt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kb.documents import Document, Edition, Language, Receipt
    from kb.models import Embedder
    from kb.quantities import Comparison, Quantity, Unit

MAX_CHARS = 50_000  # of a pasted text
MAX_SENTENCES = 300  # of a side: more than any article has
_BACKGROUND = 24  # sentences of the instrument from which its mean is taken
_FEWEST = 8  # with fewer, the mean would be that of the compared sentences themselves


# --- what is given ---


@dataclass(frozen=True, slots=True)
class ProvisionRef:
    """Names a provision that the index holds."""

    document_id: str
    eid: str
    language: str | None = None  # en, ru, kk; None: the most authoritative edition
    edition_id: str | None = None


@dataclass(frozen=True, slots=True)
class PastedText:
    """A text that the index does not hold: a draft clause."""

    text: str
    language: str | None = None  # en, ru, kk; detected where not given


@dataclass(frozen=True)
class Side:
    """The sentences of one side, and where they come from."""

    language: Language
    text: str  # verbatim
    sentences: tuple[Sentence, ...]
    edition: Edition | None = None  # None: a pasted text
    document: Document | None = None
    eid: str | None = None

    @classmethod
    def of_provision(cls, document: Document, edition: Edition, eid: str) -> Self:
        """Take a provision that is held."""
        node = edition.node(eid)
        text = edition.text_of(node) if node else ""
        return cls._checked(
            cls(edition.language, text, sentences_of(edition, eid), edition, document, eid)
        )

    @classmethod
    def of_text(cls, text: str, language: Language | None) -> Self:
        """Take a pasted text."""
        if len(text) > MAX_CHARS:
            raise BadQuery(
                f"The text to compare has {len(text)} characters and at most {MAX_CHARS} are"
                " compared; paste one clause at a time."
            )
        return cls._checked(cls(language or detect(text), text, sentences_in(text)))

    @classmethod
    def _checked(cls, side: Self) -> Self:
        what = f"{side.document.id}#{side.eid}" if side.document else "The text to compare"
        if not side.sentences:
            raise BadQuery(f"{what} has no words of its own; name or paste one that has some.")
        if len(side.sentences) > MAX_SENTENCES:
            raise BadQuery(
                f"{what} has {len(side.sentences)} sentences and at most {MAX_SENTENCES} are"
                " compared; compare an article or a point of it."
            )
        return side


# --- what is returned ---


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """What was compared."""

    text: str  # verbatim
    language: Language
    document_id: str | None = None  # None: a pasted text, as all that follows
    edition_id: str | None = None
    eid: str | None = None
    citation: str | None = None  # in the reader's language
    permalink: str | None = None
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class ComparedSentence:
    """A sentence or sub-point of one side."""

    text: str  # verbatim, without the number in front
    span: Span  # in the canonical text of the edition, or in the pasted text
    eid: str | None  # of the leaf that it stands in
    receipt: Receipt | None  # None: a pasted text


@dataclass(frozen=True, slots=True)
class NamedQuantity:
    """A quantity as one side has it."""

    text: str  # verbatim
    span: Span  # as of the sentence that holds it
    value: str  # 126, 3/2
    unit: Unit


@dataclass(frozen=True, slots=True)
class QuantityRow:
    """A quantity of one sentence and its counterpart in the other."""

    kind: Kind
    a: NamedQuantity | None
    b: NamedQuantity | None
    message: str  # in the reader's language


@dataclass(frozen=True, slots=True)
class ComparedPair:
    """Two sentences that say the like."""

    a: ComparedSentence
    b: ComparedSentence
    similarity: float  # centred cosine: 1 the same, 0 nothing in common but the subject
    loose: bool  # set side by side for their quantities; the wording alone is not alike enough
    quantities: tuple[QuantityRow, ...]


@dataclass(frozen=True, slots=True)
class ProvisionComparison:
    """Two texts side by side; every sentence of both is in it once."""

    language: Language  # the reader's
    a: ComparedSide
    b: ComparedSide
    pairs: tuple[ComparedPair, ...]  # in the order of a
    only_a: tuple[ComparedSentence, ...]
    only_b: tuple[ComparedSentence, ...]
    notices: tuple[str, ...]


# --- comparing ---


@dataclass(frozen=True, slots=True)
class Aligned:
    """The pairs of two sides' sentences, by their places."""

    pairs: tuple[tuple[int, int, float, tuple[Comparison, ...]], ...]
    only_a: tuple[int, ...]
    only_b: tuple[int, ...]


def align_sides(
    a: Side, b: Side, embedder: Embedder, *, place_bonus: float | None = None
) -> Aligned:
    """Pair the sentences of two sides."""
    quantities_a, quantities_b = (
        [read_quantities(each.text, side.language) for each in side.sentences] for side in (a, b)
    )
    vectors_a, vectors_b = (
        centred(
            _embed([each.text for each in side.sentences], embedder),
            _background(side, other, embedder),
        )
        for side, other in ((a, b), (b, a))
    )
    bonus = np.array(
        [[QUANTITY_BONUS * _agree(one, two) for two in quantities_b] for one in quantities_a],
        np.float32,
    )
    comparable = [[_comparable(one, two) for two in quantities_b] for one in quantities_a]
    floor = np.where(np.array(comparable), LOOSE_FLOOR, FLOOR).astype(np.float32)
    more = {} if place_bonus is None else {"place_bonus": place_bonus}
    pairs = align(vectors_a, vectors_b, bonus=bonus, floor=floor, **more)
    in_a, in_b = {pair.a for pair in pairs}, {pair.b for pair in pairs}
    return Aligned(
        tuple((*pair, compare_all(quantities_a[pair.a], quantities_b[pair.b])) for pair in pairs),
        tuple(place for place in range(len(a.sentences)) if place not in in_a),
        tuple(place for place in range(len(b.sentences)) if place not in in_b),
    )


def describe(
    a: Side,
    b: Side,
    aligned: Aligned,
    sides: tuple[ComparedSide, ComparedSide],
    reader: Language,
    notices: Sequence[str] = (),
) -> ProvisionComparison:
    """Put what was aligned into the words and the evidence that a reader gets."""
    return ProvisionComparison(
        language=reader,
        a=sides[0],
        b=sides[1],
        pairs=tuple(
            ComparedPair(
                _compared(a, i),
                _compared(b, j),
                round(similarity, 4),
                similarity < FLOOR,
                tuple(_row(row, a.sentences[i], b.sentences[j], reader) for row in rows),
            )
            for i, j, similarity, rows in aligned.pairs
        ),
        only_a=tuple(_compared(a, place) for place in aligned.only_a),
        only_b=tuple(_compared(b, place) for place in aligned.only_b),
        notices=(differing.no_judgement(reader), *notices),
    )


def _compared(side: Side, place: int) -> ComparedSentence:
    sentence = side.sentences[place]
    receipt = None
    if side.edition is not None and sentence.eid is not None:
        receipt = make_receipt(side.edition, sentence.eid, sentence.span)
    return ComparedSentence(sentence.text, sentence.span, sentence.eid, receipt)


def _row(row: Comparison, a: Sentence, b: Sentence, reader: Language) -> QuantityRow:
    return QuantityRow(row.kind, _named(row.a, a), _named(row.b, b), differing.say(row, reader))


def _named(quantity: Quantity | None, sentence: Sentence) -> NamedQuantity | None:
    if quantity is None:
        return None
    start, end = (sentence.span.start + offset for offset in quantity.span)
    return NamedQuantity(quantity.text, Span(start, end), str(quantity.value), quantity.unit)


def _agree(a: Sequence[Quantity], b: Sequence[Quantity]) -> float:
    """Return which part of two sentences' quantities are the same, 0 where there are none."""
    rows = compare_all(a, b)
    same = sum(row.kind in (Kind.SAME, Kind.SAME_OTHER_UNIT) for row in rows)
    return same / len(rows) if rows else 0.0


def _comparable(a: Sequence[Quantity], b: Sequence[Quantity]) -> bool:
    """Whether two sentences name quantities of one kind: a period each, a share each."""
    return any(compare(one, two) is not None for one in a for two in b)


# --- vectors ---


def _embed(texts: Sequence[str], embedder: Embedder) -> NDArray[np.float32]:
    return embedder.embed_passages([_fitting(text, embedder) for text in texts])


def _fitting(text: str, embedder: Embedder) -> str:
    """Return as much of a sentence as the model reads; what is shown stays whole."""
    while not embedder.fits(text):
        text = text[: len(text) * 3 // 4]
    return text


def _background(side: Side, other: Side, embedder: Embedder) -> NDArray[np.float32]:
    """Return vectors from whose mean the compared sentences are told apart.

    Sentences of the same instrument and language, evenly spread; for a pasted text those of the
    other side's where it is in the same language; else what has to do with no law at all.
    """
    edition = side.edition
    if edition is None and other.edition is not None and other.language is side.language:
        edition = other.edition
    spread: tuple[str, ...] = ()
    if edition is not None:
        tops = [each for node in edition.children(None) for each in sentences_of(edition, node.eid)]
        step = max(1.0, len(tops) / _BACKGROUND)
        spread = tuple(tops[int(place * step)].text for place in range(min(_BACKGROUND, len(tops))))
    if len(spread) < _FEWEST:
        spread = PROBES[side.language]
    return _embed(spread, embedder)
