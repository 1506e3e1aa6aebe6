"""What the finder answers with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReferenceStatus(StrEnum):
    """What a reference leads to."""

    RESOLVED = "resolved"  # a document that is held, and a provision that it has
    AMBIGUOUS = "ambiguous"  # one of several; the candidates are named
    NOT_HELD = "not-held"  # it is recognised, and is not among what is held
    MALFORMED = "malformed"  # there can be no such thing: article 0, a range that runs backwards
    BARE = "bare"  # a provision of an instrument that is not named, without a context


class ReferenceKind(StrEnum):
    """What a reference names."""

    INSTRUMENT = "instrument"
    PROVISION = "provision"


@dataclass(frozen=True, slots=True)
class Reference:
    """A mention of an instrument, of a provision, or of a provision of an instrument."""

    start: int  # code points of the text
    end: int
    text: str  # text[start:end]
    document_id: str | None  # None: not held, not told apart, or no instrument is named
    instrument: str | None  # normal form: `ILO Convention No. 183`
    path: tuple[tuple[str, str], ...]  # (("art", "10"), ("cl", "3"), ("sub", "2"))
    status: ReferenceStatus
    last: tuple[tuple[str, str], ...] | None = None  # the path at which a range ends
    candidates: tuple[str, ...] = ()  # ids of the documents that an AMBIGUOUS one may mean
    nearest: str | None = None  # of a provision not held: eid of the unit around it that is held

    @property
    def kind(self) -> ReferenceKind:
        """Whether a provision is named."""
        return ReferenceKind.PROVISION if self.path else ReferenceKind.INSTRUMENT

    @property
    def eid(self) -> str | None:
        """The provision's structural id: `art_10__cl_3__sub_2`; None for a whole instrument."""
        return eid_of(self.path) or None

    @property
    def last_eid(self) -> str | None:
        """The id of the provision at which a range ends; None where it is no range."""
        return eid_of(self.last) if self.last else None

    @property
    def normal(self) -> str:
        """The reference for machines: `kz-labour-code-2015#art_52..art_54`.

        `?` stands for a document that is not known; one that is not held is named in words.
        """
        ends = "..".join(eid for eid in (self.eid, self.last_eid) if eid)
        return f"{self.document_id or self.instrument or '?'}{'#' if ends else ''}{ends}"

    @property
    def citation(self) -> str:
        """The reference for people: `Labour Code, art. 10(3)(2)`."""
        provision = cited(self.path)
        if self.last:
            provision += f"–{self.last[-1][1]}"
        return ", ".join(part for part in (self.instrument, provision) if part)


def eid_of(path: tuple[tuple[str, str], ...]) -> str:
    """Return the structural id of a path: `art_10__cl_3`."""
    return "__".join(f"{prefix}_{number}" for prefix, number in path)


_WORDS = {
    "anx": "annex",
    "sec": "section",
    "chp": "chapter",
    "art": "art.",
    "cl": "point",
    "sub": "sub-point",
    "par": "paragraph",
    "ind": "indent",
}


def cited(path: tuple[tuple[str, str], ...]) -> str:
    """Write a path in words: `art. 10(3)(2), paragraph 2`."""
    text = ""
    article = False
    for prefix, number in path:
        if article and prefix in ("cl", "sub"):
            text += f"({number})"
            continue
        article = prefix == "art"
        text += f"{', ' if text else ''}{_WORDS.get(prefix, prefix)} {number}"
    return text
