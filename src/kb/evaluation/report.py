"""What a measurement found: frozen values, whose JSON form `kb eval --json` prints."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kb.evaluation.scoring import Estimate, Paired

SEARCH = "search"  # the ranking that users get; the others are the legs alone
ALL = "all"  # the group of all questions of a set


@dataclass(frozen=True, slots=True)
class Configuration:
    """What was measured."""

    version: str  # of Policy KB
    model: str
    model_fingerprint: str
    chunker: str


@dataclass(frozen=True, slots=True)
class QueryScores:
    """The measures of one question."""

    query: str  # its id
    group: str
    ranking: str  # search | dense | lexical
    measures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class GroupScores:
    """The measures over the questions of a group."""

    group: str  # `kk→ru`, a question in Kazakh for Russian text; `en→any`, for any; `all`
    ranking: str
    queries: int
    measures: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class LegCheck:
    """The search against the better of its legs; a fusion that costs more than it gives shows."""

    group: str
    leg: str  # the better one
    measure: str
    paired: Paired  # the leg, then the search

    @property
    def below(self) -> bool:
        """Whether the search is worse than the leg alone, beyond chance."""
        return self.paired.significant and self.paired.difference.mean < 0


@dataclass(frozen=True, slots=True)
class SetScores:
    """Everything measured on one set."""

    name: str
    digest: str  # of the questions and their answers, and of the set's documents
    index: str  # digest of what was searched
    groups: tuple[GroupScores, ...]
    legs: tuple[LegCheck, ...]
    unasked: tuple[str, ...]  # queries that the search refuses (too long, say); they count as 0
    queries: tuple[QueryScores, ...]


@dataclass(frozen=True, slots=True)
class Refusals:
    """How well "nothing found" tells what the corpus does not answer, in one language."""

    language: str
    unanswerable: int  # questions asked
    answerable: int
    precision: float | None  # of those refused, the share that nothing answers; None: none refused
    recall: Estimate | None  # of those that nothing answers, the share refused
    refused_answerable: Estimate | None  # of those that something answers, the share refused
    kinds: Mapping[str, Estimate]  # recall by kind: near, far, or the name of the file


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure before and now, over the questions that both runs asked."""

    name: str  # of the set
    group: str
    measure: str
    paired: Paired


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A measurement."""

    configuration: Configuration
    sets: tuple[SetScores, ...]
    refusals: tuple[Refusals, ...] = ()
    before: Mapping[str, str] | None = None  # the configuration of the run compared with
    differences: tuple[Difference, ...] = ()

    def without_queries(self) -> Evaluation:
        """Return the figures alone."""
        return replace(self, sets=tuple(replace(item, queries=()) for item in self.sets))
