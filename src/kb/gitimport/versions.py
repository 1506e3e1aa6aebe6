"""From changed folders to the versions of each act, with the days between which they held."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from kb.gitimport.layout import LANGUAGES, META
from kb.gitimport.metadata import BadMetadataError, Metadata, parse_metadata
from kb.gitimport.report import Skipped
from kb.gitimport.texts import decode, split_front_matter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from dulwich.objects import ObjectID

    from kb.documents import Language
    from kb.gitimport.repository import Change, Repository

_CODE = re.compile(r"(?:^|-)(\d{1,12})$")  # …-ravnykh-vozmozhnos-49323
_PLAIN_CODE = re.compile(r"[0-9A-Za-z]{1,40}")


class End(Enum):
    """Why a text is followed by none."""

    REPEALED = "the act's folder was removed"
    WITHDRAWN = "the language's file was removed"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a commit made of one language of an act."""

    day: date  # from which it holds
    commit: str
    folder: str
    content: tuple[ObjectID | None, ObjectID | None]  # of `rus.md` and of `rus/`
    tree: ObjectID | None  # of the act folder; None at an end
    metadata: Metadata
    end: End | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A text and how long it held."""

    entry: Entry
    valid_to: date | None
    status: str


@dataclass(slots=True)
class Act:
    """What the history tells of one act."""

    key: str  # its code on the state's portal, or its folder
    folder: str  # where it stands, or stood last
    metadata: Metadata = field(default_factory=Metadata)  # the last that could be read
    entries: dict[Language, list[Entry]] = field(default_factory=dict)
    repealed: bool = False


class Histories:
    """Collects the changes of a repository by act."""

    def __init__(self, repository: Repository, wanted: Callable[[str, Metadata], bool]) -> None:
        """Keep the acts that `wanted` says yes to, given the folder and the first metadata."""
        self.acts: dict[str, Act] = {}
        self.skipped: list[Skipped] = []
        self.last_day: date | None = None
        self._repository = repository
        self._wanted = wanted
        self._keys: dict[str, str | None] = {}  # folder → key of its act; None: not wanted

    def take(self, changes: Sequence[Change]) -> None:
        """Take in what one commit changed; a folder that is renamed stays one act."""
        self.last_day = changes[0].day or self.last_day
        gone: list[tuple[str, Change]] = []
        there: dict[str, Change] = {}
        for change in changes:
            key = self._key(change)
            if key is None:
                continue
            if change.tree is None or not self._texts(change.tree):
                gone.append((key, change))
            else:
                there[key] = change
        for key, change in there.items():
            self._set(self.acts[key], change)
        for key, change in gone:
            if key not in there and self.acts[key].folder == change.folder:
                self._end(self.acts[key], change)

    def _key(self, change: Change) -> str | None:
        if change.folder in self._keys:
            return self._keys[change.folder]
        if change.tree is None:
            return None
        try:
            metadata = self._metadata(change.tree)
        except BadMetadataError:
            metadata = Metadata()  # said when the version is taken in
        if not self._wanted(change.folder, metadata):
            self._keys[change.folder] = None
            return None
        key = code_of(change.folder, metadata) or f"folder {change.folder}"
        self._keys[change.folder] = key
        self.acts.setdefault(key, Act(key, change.folder))
        return key

    def _texts(self, tree: ObjectID) -> bool:
        return any(any(self._content(tree, code)) for code in LANGUAGES)

    def _content(self, tree: ObjectID, code: str) -> tuple[ObjectID | None, ObjectID | None]:
        files = self._repository.entries(tree)
        return files.get(f"{code}.md"), self._repository.folder_id(tree, code)

    def _metadata(self, tree: ObjectID) -> Metadata:
        raw = self._repository.read(tree, META)
        if raw is not None:
            return parse_metadata(raw)
        found = Metadata()
        for code in LANGUAGES:
            try:
                text = decode(self._repository.read(tree, f"{code}.md") or b"")
            except UnicodeDecodeError:
                continue  # said when the text is read
            if head := split_front_matter(text)[0]:
                said = parse_metadata(head.encode())
                found = replace(
                    said if found == Metadata() else found,
                    days={**found.days, **said.days},
                    urls={**found.urls, **said.urls},
                )
        return found

    def _set(self, act: Act, change: Change) -> None:
        assert change.tree is not None  # noqa: S101  `take` looked
        act.folder, act.repealed = change.folder, False
        try:
            metadata = act.metadata = self._metadata(change.tree)
        except BadMetadataError as error:
            metadata = replace(act.metadata, days={}, urls={}, amended_by=None, repealed=None)
            self._skip(change, None, f"{META} was left out, {error}; the commit gives the day")
        for code, language in LANGUAGES.items():
            content = self._content(change.tree, code)
            entries = act.entries.setdefault(language, [])
            before = entries[-1] if entries and not entries[-1].end else None
            stated = metadata.days.get(language)
            if not any(content):
                if before:
                    self._append_end(entries, change, End.WITHDRAWN)
                continue
            if before and content == before.content and stated in {None, before.day}:
                continue  # only the other language, or what is said of both, changed
            day = stated or change.day
            if day is None:
                self._skip(change, language, "neither meta.yaml nor the commit gives a day")
                continue
            entries.append(Entry(day, change.commit, change.folder, content, change.tree, metadata))

    def _end(self, act: Act, change: Change) -> None:
        act.repealed = True
        for entries in act.entries.values():
            if entries and not entries[-1].end:
                self._append_end(entries, change, End.REPEALED)

    def _append_end(self, entries: list[Entry], change: Change, end: End) -> None:
        last = entries[-1]
        day = max(change.day or last.day, last.day)
        nothing = (None, None)
        entries.append(
            Entry(day, change.commit, change.folder, nothing, None, last.metadata, end=end)
        )

    def _skip(self, change: Change, language: Language | None, reason: str) -> None:
        self.skipped.append(Skipped(change.folder, change.commit, language, reason))

    def versions(self, act: Act, language: Language) -> Iterator[Version]:
        """Yield the versions of an act in a language by day; of two of one day, the later one."""
        by_day: dict[date, Entry] = {}
        for entry in act.entries.get(language, ()):
            earlier = by_day.get(entry.day)
            if earlier and not earlier.end:
                what = "removed it" if entry.end else "has another text of"
                reason = f"commit {entry.commit[:12]} {what} the same day, {entry.day}"
                self.skipped.append(Skipped(earlier.folder, earlier.commit, language, reason))
            by_day[entry.day] = entry
        entries = [by_day[day] for day in sorted(by_day)]
        for at, entry in enumerate(entries):
            if not entry.end:
                yield self._version(entry, next(iter(entries[at + 1 :]), None))

    def _version(self, entry: Entry, after: Entry | None) -> Version:
        if after is None:
            repeal = entry.metadata.repealed
            if repeal is None or repeal < entry.day:
                return Version(entry, None, "in-force")
            past = self.last_day is not None and repeal <= self.last_day
            return Version(entry, repeal, "repealed" if past else "in-force")
        status = {End.REPEALED: "repealed", End.WITHDRAWN: "not-in-force", None: "amended"}
        return Version(entry, after.day, status[after.end])


def code_of(folder: str, metadata: Metadata) -> str | None:
    """Return the code of an act on the state's portal, which renaming its folder leaves alone."""
    if metadata.code and _PLAIN_CODE.fullmatch(metadata.code):
        return metadata.code.lower()
    found = _CODE.search(folder)
    return found[1] if found else None


def matches(patterns: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a name is one of the patterns' (`*` stands for anything); any, without patterns."""
    return not patterns or any(
        fnmatch.fnmatchcase(name, pattern.strip("/")) for pattern in patterns for name in names
    )
