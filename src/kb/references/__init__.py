"""References to instruments and provisions, as people write them in English, Russian and Kazakh.

    query ─▶ lexing ─▶ provisions                    ─▶ finder ─▶ references
             tokens    designations (by number)          what is held,
                       names (by title or alias)         and what is not

`vocabulary` has the words of the three languages, `days` reads the dates of acts.
"""

from __future__ import annotations

from kb.references.finder import Reference, ReferenceFinder, ReferenceStatus

__all__ = ["Reference", "ReferenceFinder", "ReferenceStatus"]
