"""The thesaurus: one meaning, its terms in English, Russian and Kazakh.

    [[concept]]
    id = "maternity-leave"
    en = ["maternity leave", "pregnancy and childbirth leave"]
    ru = ["отпуск по беременности и родам", "декретный отпуск", "декрет"]
    kk = ["жүктілікке және босануға байланысты демалыс", "декреттік демалыс"]

It lets a question in one language find words in another, and says of a hit through which term it
was found. The first term of a language is the preferred one.

Terms are recognised by their stems, stop words left out, the longest first: in `оплата отпуска по
беременности и родам` the leave is found, and not the leave, the pregnancy and the birth.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.documents import Language
from kb.errors import BadRequest
from kb.words import content_terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

THESAURUS = "thesaurus.toml"

Stems: TypeAlias = tuple[str, ...]


class Concept(BaseModel):
    """One meaning and its terms; every language has one at least, the preferred one first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    en: tuple[str, ...] = Field(min_length=1)
    ru: tuple[str, ...] = Field(min_length=1)
    kk: tuple[str, ...] = Field(min_length=1)
    note: str = ""

    def terms(self, language: Language) -> tuple[str, ...]:
        """Return the terms in a language."""
        return {Language.ENGLISH: self.en, Language.RUSSIAN: self.ru, Language.KAZAKH: self.kk}[
            language
        ]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    concept: tuple[Concept, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A term of the thesaurus in a text."""

    start: int  # code points
    end: int
    stems: Stems
    concepts: tuple[Concept, ...]  # more than one where the term has several meanings


class Thesaurus:
    """Concepts, found by their terms. Threads may share it."""

    def __init__(self, concepts: Sequence[Concept] = ()) -> None:
        self.concepts = tuple(concepts)

    @classmethod
    def read(cls, path: Path) -> Thesaurus:
        """Read a thesaurus; a file that does not exist is an empty one.

        Raises:
            BadRequest: the file is not a thesaurus.
        """
        try:
            concepts = _File.model_validate(tomllib.loads(path.read_text("utf-8"))).concept
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError, ValidationError) as error:
            raise BadRequest(
                f"{path} cannot be read as a thesaurus ({error}); every [[concept]] needs an id and"
                " a list of terms for en, ru and kk."
            ) from error
        return cls(concepts)

    def mentions(self, text: str, language: Language) -> tuple[Mention, ...]:
        """Return the terms in a text, in order; they do not overlap, the longest goes first."""
        words = content_terms(text, language)
        index = self._index[language]
        longest = self._longest[language]
        found = []
        at = 0
        while at < len(words):
            for length in range(min(longest, len(words) - at), 0, -1):
                run = words[at : at + length]
                stems = tuple(word.term for word in run)
                if concepts := index.get(stems):
                    found.append(Mention(run[0].start, run[-1].end, stems, concepts))
                    at += length
                    break
            else:
                at += 1
        return tuple(found)

    def alternatives(self, concept: Concept, language: Language) -> Iterator[tuple[str, Stems]]:
        """Yield each term of a concept in a language with the stems that it is found by."""
        for term in concept.terms(language):
            if stems := self.stems(term, language):
                yield term, stems

    def stems(self, term: str, language: Language) -> Stems:
        """Return the stems that a term is found by."""
        return tuple(word.term for word in content_terms(term, language))

    def knows(self, stem: str, language: Language) -> bool:
        """Whether a stem is part of a term in a language."""
        return stem in self._stems[language]

    @cached_property
    def _stems(self) -> dict[Language, frozenset[str]]:
        return {item: frozenset(chain.from_iterable(terms)) for item, terms in self._index.items()}

    @cached_property
    def _index(self) -> dict[Language, dict[Stems, tuple[Concept, ...]]]:
        index: dict[Language, dict[Stems, tuple[Concept, ...]]] = {item: {} for item in Language}
        for concept in self.concepts:
            for language, terms in index.items():
                for _, stems in self.alternatives(concept, language):
                    held = terms.get(stems, ())
                    if concept not in held:
                        terms[stems] = (*held, concept)
        return index

    @cached_property
    def _longest(self) -> dict[Language, int]:
        return {item: max(map(len, terms), default=0) for item, terms in self._index.items()}
