"""The order of what was found: one score, the standing of a text, and each provision once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kb.citations import permalink
from kb.search.fusion import SUBJECT, WORDS, spread
from kb.search.hits import REFERENCE_BONUS, Ranked
from kb.search.results import ParallelText
from kb.search.standing import standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from kb.documents import Language, Passage
    from kb.generations import Noise
    from kb.search.legs import Leg
    from kb.search.naming import Named
    from kb.stores.records import Records


@dataclass(frozen=True)
class Found:
    """What each leg says; the dense one of every candidate, whichever leg found it."""

    vector: NDArray[np.float32] | None  # of the query
    dense: Leg
    lexical: Leg
    subjects: Leg
    entries: Mapping[int, str]  # of the subject index that led to rows


class Ranking:
    """Orders passages of one generation."""

    def __init__(
        self, records: Records, noise: Mapping[Language, Mapping[Language, Noise]]
    ) -> None:
        self._records = records
        self._noise = noise

    def fused(self, asked_in: Language, found: Found) -> list[tuple[int, float]]:
        """Return every row that a leg found with its score, best first."""
        rows = sorted({*found.dense.rows, *found.lexical.rows, *found.subjects.rows})
        passages = dict(zip(rows, self._records.passages(rows), strict=True))
        likeness = dict(self.excess(asked_in, found))
        farthest = min(likeness.values(), default=0.0)  # a note has no vector: it is never nearer
        words = dict(zip(found.lexical.rows, found.lexical.scores, strict=True))
        led_to = dict(zip(found.subjects.rows, found.subjects.scores, strict=True))
        scores = [
            (
                row,
                likeness.get(row, farthest)
                + WORDS * words.get(row, 0.0)
                + SUBJECT * led_to.get(row, 0.0)
                + self.standing(passages[row]),
            )
            for row in rows
        ]
        scores.sort(key=lambda item: (-item[1], item[0]))
        return spread(scores, lambda row: passages[row].document_id)

    def standing(self, passage: Passage) -> float:
        """Return what the standing of a passage's text adds to its score."""
        document = self._records.summary(passage.document_id)
        edition = self._records.edition_summary(passage.document_id, passage.edition_id)
        return standing(document.document, edition) if document and edition else 0.0

    def excess(self, asked_in: Language, found: Found) -> list[tuple[int, float]]:
        """Return by how much each passage is liker to the query than noise in its language."""
        noise = self._noise.get(asked_in, {})
        usual = {language: level.usual for language, level in noise.items()}
        passages = self._records.passages(found.dense.rows)
        return [
            (row, likeness - usual.get(passage.language, 0.0))
            for row, likeness, passage in zip(
                found.dense.rows, found.dense.scores, passages, strict=True
            )
        ]

    def nearest(self, asked_in: Language, found: Found) -> float:
        """Return how near the likeliest passage comes: at 1.0 as near as noise ever came."""
        noise = self._noise.get(asked_in, {})
        passages = self._records.passages(found.dense.rows)
        return max(
            (
                (likeness - level.usual) / max(level.highest - level.usual, 1e-3)
                for passage, likeness in zip(passages, found.dense.scores, strict=True)
                if (level := noise.get(passage.language)) is not None
            ),
            default=0.0,
        )

    def one_of_each(self, ranked: Sequence[Ranked], preferred: Language) -> list[Ranked]:
        """Show a provision that is held in several languages once, in the reader's if it can be.

        Only editions are versions of each other: passages of one edition that are in two
        languages all stay.
        The places that any of its languages reached are kept; the others become links.
        """
        passages = self._records.passages(item.row for item in ranked)
        groups: dict[tuple[str, str, str], dict[Language, list[tuple[Ranked, Passage]]]] = {}
        for item, passage in zip(ranked, passages, strict=True):
            edition = self._records.edition_summary(passage.document_id, passage.edition_id)
            language = passage.language if edition is None else edition.language
            held = groups.setdefault(_unit_key(passage), {})
            held.setdefault(language, []).append((item, passage))
        waiting = {}
        for key, held in groups.items():
            chosen = preferred if preferred in held else next(iter(held))
            others = tuple(
                ParallelText(language, permalink(first.document_id, first.edition_id, first.eid))
                for language, [(_, first), *_] in held.items()
                if language is not chosen
            )
            waiting[key] = iter([replace(item, parallel=others) for item, _ in held[chosen]])
        shown = []
        for place, passage in zip(ranked, passages, strict=True):
            chosen_item = next(waiting[_unit_key(passage)], None)
            if chosen_item is not None:
                shown.append(replace(chosen_item, score=place.score))
        return shown

    def without_repetitions(self, ranked: Sequence[Ranked]) -> list[Ranked]:
        """Show words that several documents have once, where they rank best; name the others.

        The same law as a PDF and as a text file, or a clause that two acts share.
        """
        first: dict[tuple[Language, str], int] = {}
        shown: list[Ranked] = []
        for item, passage in zip(
            ranked, self._records.passages(item.row for item in ranked), strict=True
        ):
            wording = " ".join(passage.text.split()).casefold()
            at = first.setdefault((passage.language, wording), len(shown))
            if at == len(shown):
                shown.append(item)
            else:
                place = permalink(passage.document_id, passage.edition_id, passage.eid)
                shown[at] = replace(shown[at], repeated=(*shown[at].repeated, place))
        return shown


def with_named_first(fused: Sequence[tuple[int, float]], named: Named) -> list[Ranked]:
    """Put what the query names first; the rest of the query ranks within.

    A query that is a reference and nothing else gets its provision in the order of the text.
    """
    scores = dict(fused)
    inside = {row: scores.get(row, 0.0) for row in named.rows}
    if named.alone:
        inside = {row: -at / len(named.rows) for at, row in enumerate(named.rows)}
    ranked = [
        Ranked(row, REFERENCE_BONUS + score, named.rows[row])
        for row, score in sorted(inside.items(), key=lambda item: (-item[1], item[0]))
    ]
    return ranked + [Ranked(row, score, None) for row, score in fused if row not in named.rows]


def _unit_key(passage: Passage) -> tuple[str, str, str]:
    """Name the article (or other unit) of a passage, whatever its language."""
    parts = passage.eid.split("__")
    depth = next((at for at, part in enumerate(parts, 1) if part.startswith("art_")), 1)
    return passage.document_id, passage.provenance, "__".join(parts[:depth])
