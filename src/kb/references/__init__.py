"""References to instruments and provisions, as people write them in English, Russian and Kazakh.

    text ─▶ lexing ─▶ provisions                  ─▶ finder ─▶ mentions    ─▶ resolving ─▶ results
            tokens    designations (by number)       what       what they     documents, their
                      names (by title or alias)      stands     lend to       provisions, the
                      pointing (this Law, and        where      each other    context (places)
                      acts that nobody knows)

`held` is what the knowledge base answers with. `vocabulary` has the words of the three languages,
`days` reads the dates of acts.
"""

from __future__ import annotations

from kb.references.finder import ReferenceFinder
from kb.references.held import FoundReference, HeldNodes
from kb.references.links import Before, Citing, Link, find_links, members_of
from kb.references.places import Context, Counted, EditionNodes, Nodes
from kb.references.results import Reference, ReferenceKind, ReferenceStatus

__all__ = [
    "Before",
    "Citing",
    "Context",
    "Counted",
    "EditionNodes",
    "FoundReference",
    "HeldNodes",
    "Link",
    "Nodes",
    "Reference",
    "ReferenceFinder",
    "ReferenceKind",
    "ReferenceStatus",
    "find_links",
    "members_of",
]
