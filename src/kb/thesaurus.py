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

Parsing the file and stemming ten thousand terms takes longer than a search, so a generation holds
the thesaurus with its stems:

    Thesaurus.read(corpus / "thesaurus.toml").write(generation / "thesaurus.json")
    Thesaurus.open(generation / "thesaurus.json")
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import astuple, dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Annotated, ClassVar, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.documents import Language
from kb.errors import BadRequest, IndexDamaged
from kb.words import content_terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

THESAURUS = "thesaurus.toml"

Stems: TypeAlias = tuple[str, ...]
Terms: TypeAlias = Annotated[tuple[str, ...], Field(min_length=1)]
# By language: the stems of a term, separated by spaces → the numbers of its concepts
Found: TypeAlias = "Mapping[Language, Mapping[str, Sequence[int]]]"


@dataclass(frozen=True, slots=True)
class Concept:
    """One meaning and its terms; every language has one at least, the preferred one first."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: Annotated[str, Field(min_length=1)]
    en: Terms
    ru: Terms
    kk: Terms
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

    def __init__(self, concepts: Sequence[Concept] = (), found: Found | None = None) -> None:
        """Take the concepts, and by which stems they are found where that is known already."""
        self.concepts = tuple(concepts)
        self._found = _by_stems(self.concepts) if found is None else found

    @classmethod
    def read(cls, path: Path) -> Thesaurus:
        """Read a thesaurus as people write it; a file that does not exist is an empty one.

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

    def to_json(self) -> str:
        """Return it, with its stems, as the text of the file that `open` takes."""
        plain = {"concepts": [astuple(item) for item in self.concepts], "found": self._found}
        return json.dumps(plain, ensure_ascii=False)

    def write(self, path: Path) -> None:
        """Write that file."""
        path.write_text(self.to_json(), "utf-8")

    @classmethod
    def open(cls, path: Path) -> Thesaurus:
        """Open a file that `write` wrote.

        Raises:
            IndexDamaged: the file is absent or is not such a file.
        """
        try:
            plain = json.loads(path.read_bytes())
            concepts = [
                Concept(name, tuple(en), tuple(ru), tuple(kk), note)
                for name, en, ru, kk, note in plain["concepts"]
            ]
            return cls(concepts, {item: plain["found"][item] for item in Language})
        except (OSError, ValueError, TypeError, LookupError) as error:
            raise IndexDamaged(
                f"{path} cannot be read as a thesaurus ({error!r}); run `kb ingest` to build the"
                " index again."
            ) from error

    def mentions(self, text: str, language: Language) -> tuple[Mention, ...]:
        """Return the terms in a text, in order; they do not overlap, the longest goes first."""
        words = content_terms(text, language)
        known = self._found[language]
        longest = self._longest[language]
        found = []
        at = 0
        while at < len(words):
            for length in range(min(longest, len(words) - at), 0, -1):
                run = words[at : at + length]
                stems = tuple(word.term for word in run)
                if numbers := known.get(" ".join(stems)):
                    concepts = tuple(self.concepts[number] for number in numbers)
                    found.append(Mention(run[0].start, run[-1].end, stems, concepts))
                    at += length
                    break
            else:
                at += 1
        return tuple(found)

    def alternatives(self, concept: Concept, language: Language) -> Iterator[tuple[str, Stems]]:
        """Yield each term of a concept in a language with the stems that it is found by."""
        for term in concept.terms(language):
            if stems := _stems_of(term, language):
                yield term, stems

    def stems(self, term: str, language: Language) -> Stems:
        """Return the stems that a term is found by."""
        return _stems_of(term, language)

    def knows(self, stem: str, language: Language) -> bool:
        """Whether a stem is part of a term in a language."""
        return stem in self._stems[language]

    @cached_property
    def _stems(self) -> dict[Language, frozenset[str]]:
        return {item: frozenset(" ".join(terms).split()) for item, terms in self._found.items()}

    @cached_property
    def _longest(self) -> dict[Language, int]:
        """How many stems the longest term has."""
        return {
            item: max((stems.count(" ") + 1 for stems in terms), default=0)
            for item, terms in self._found.items()
        }


def _by_stems(concepts: Sequence[Concept]) -> Found:
    found: dict[Language, dict[str, list[int]]] = {item: {} for item in Language}
    for number, concept in enumerate(concepts):
        for language, terms in found.items():
            for term in concept.terms(language):
                numbers = terms.setdefault(" ".join(_stems_of(term, language)), [])
                if number not in numbers:
                    numbers.append(number)
    for terms in found.values():
        terms.pop("", None)  # of terms that are nothing but stop words
    return found


@lru_cache(maxsize=1 << 15)
def _stems_of(term: str, language: Language) -> Stems:
    return tuple(word.term for word in content_terms(term, language))
