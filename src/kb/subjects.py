"""The subject index: under which words people look for a provision.

    corpus/subjects/kz-labour-code-2015.toml

    [art_99]
    en = ["how long is maternity leave", "twins: longer leave"]
    ru = ["сколько длится декрет", ...]
    kk = [...]

A law says "отпуск по беременности и родам" where its reader says "декрет", and says it in one
language. The entries are ours, in all three, and lead to the provision in whatever language and
edition it is held: a question that is like an entry finds the article.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from kb.documents import Language
from kb.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUBJECTS = "subjects"  # folder of a corpus


class _Provision(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    en: tuple[str, ...] = ()
    ru: tuple[str, ...] = ()
    kk: tuple[str, ...] = ()


_FILE = TypeAdapter(dict[str, _Provision])


@dataclass(frozen=True, slots=True)
class Subject:
    """An entry of the subject index."""

    document_id: str
    eid: str  # of the provision that it leads to
    language: Language  # of the words
    words: str


def read_subjects(corpus: Path) -> Iterator[Subject]:
    """Yield the entries of a corpus's subject index, by document and provision.

    Raises:
        BadRequest: a file is not what it should be.
    """
    for path in sorted((corpus / SUBJECTS).glob("*.toml")):
        try:
            provisions = _FILE.validate_python(tomllib.loads(path.read_text("utf-8")))
        except (OSError, ValueError, ValidationError) as error:
            raise BadRequest(
                f"{path} cannot be read as a subject index ({error}); every provision has lists of"
                " entries named en, ru and kk."
            ) from error
        for eid, entries in provisions.items():
            for language in Language:
                for words in getattr(entries, language.value):
                    yield Subject(path.stem, eid, language, words)
