"""A git repository, read without a work tree: which act folders each commit changed.

Nothing of the repository is executed: dulwich parses objects itself, so that neither hooks nor
the programs that a hostile `config` may name are ever started, and no `git` has to be installed.
"""

from __future__ import annotations

import stat
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from dulwich.diff_tree import tree_changes
from dulwich.errors import NotCommitError, NotGitRepository, NotTreeError
from dulwich.object_store import tree_lookup_path
from dulwich.objects import Blob, Commit, ObjectID, SubmoduleEncountered, Tree
from dulwich.repo import Repo
from dulwich.walk import ORDER_TOPO

from kb.errors import UnreadableSource
from kb.gitimport.fetching import DAMAGE, fetched, is_address, said, without_password
from kb.gitimport.layout import act_folder

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Change:
    """An act folder that a commit changed."""

    folder: str  # `03-laws/2009/1208-o-gosudarstvennykh-garantiiakh-…-49323`; "" is the root
    commit: str
    day: date | None  # of the commit, at its author's place; None: not a day of the calendar
    tree: ObjectID | None  # the folder after the commit; None: it is gone


class Repository:
    """The history of one repository up to its HEAD; read only."""

    def __init__(self, repo: Repo, name: str) -> None:
        self._repo = repo
        self._store = repo.object_store
        self.name = name  # its address without a password, or its path
        try:
            self._head = repo.head()
        except KeyError as error:
            raise UnreadableSource(
                f"{name} has no commits: give a clone with a branch checked out."
            ) from error

    @property
    def head(self) -> str:
        """The commit that HEAD names."""
        return self._head.decode("ascii")

    def changes(self) -> Iterator[tuple[Change, ...]]:
        """Yield the act folders that each commit changed, a parent before its children.

        Of a merge, only what is as in none of its parents counts.
        """
        with _undamaged(self.name):
            walker = self._repo.get_walker([self._head], order=ORDER_TOPO, reverse=True)
            for entry in walker:
                commit = entry.commit
                paths = self._changed(commit)
                if paths:
                    day = _day(commit)
                    yield tuple(
                        Change(_shown(path), commit.id.decode("ascii"), day, tree)
                        for path in sorted(paths)
                        for tree in [self._folder(commit.tree, path)]
                    )

    def read(self, tree: ObjectID, path: str) -> bytes | None:
        """Return a file below an act folder; None: no such file (a link is none)."""
        folder, _, name = path.rpartition("/")
        entries = self.entries(tree, folder)
        if name not in entries:
            return None
        with _undamaged(self.name):
            blob = self._store[entries[name]]
            return blob.as_raw_string() if isinstance(blob, Blob) else None

    def entries(self, tree: ObjectID, folder: str = "") -> dict[str, ObjectID]:
        """Return the regular files of an act folder or of a folder in it, by name."""
        with _undamaged(self.name):
            found = self._folder(tree, folder.encode()) if folder else tree
            listing = self._store[found] if found else None
            if not isinstance(listing, Tree):
                return {}
            return {
                _shown(entry.path): entry.sha
                for entry in listing.iteritems()
                if stat.S_ISREG(entry.mode)
            }

    def folder_id(self, tree: ObjectID, folder: str) -> ObjectID | None:
        """Return what identifies the content of a folder in an act folder."""
        with _undamaged(self.name):
            return self._folder(tree, folder.encode())

    def _changed(self, commit: Commit) -> set[bytes]:
        """Return the act folders that differ from every parent."""
        parents = self._repo.get_parents(
            commit.id, commit
        )  # none beyond the end of a shallow clone
        before: list[ObjectID | None] = [self._tree_of(parent) for parent in parents] or [None]
        changed = [
            {
                folder
                for change in tree_changes(self._store, tree, commit.tree)
                for side in (change.old, change.new)
                if side is not None and side.path is not None
                if (folder := act_folder(side.path)) is not None
            }
            for tree in before
        ]
        return set.intersection(*changed)

    def _tree_of(self, commit: ObjectID) -> ObjectID:
        found = self._store[commit]
        if not isinstance(found, Commit):
            raise NotCommitError(commit)
        return ObjectID(found.tree)

    def _folder(self, tree: ObjectID, path: bytes) -> ObjectID | None:
        if not path:
            return tree
        try:
            mode, found = tree_lookup_path(self._store.__getitem__, tree, path)
        except (KeyError, NotTreeError, SubmoduleEncountered):
            return None
        return found if stat.S_ISDIR(mode) else None


@contextmanager
def open_repository(source: str | Path, data: Path) -> Iterator[Repository]:
    """Open a clone on this machine, or fetch one by its address into the data folder.

    Args:
        source: the path of a clone, bare or not, or an http(s) address; only an address that a
            person gave may stand here, for it is what the network is asked for.
        data: folder in which the clones of addresses are kept; fetched again, they are updated.

    Raises:
        UnreadableSource: there is no repository, or it cannot be reached.
        BadRequest: an address of another kind than http(s).
        StorageFull: the disk refused a write.
    """
    address = str(source)
    if isinstance(source, str) and is_address(source):
        repo, name = fetched(source, data), without_password(source)
    else:
        repo = _opened(Path(source))
        name = _origin(repo) or str(Path(source).resolve())
    try:
        yield Repository(repo, name)
    except NotGitRepository as error:
        raise UnreadableSource(f"{address} is not a git repository: check the path.") from error
    finally:
        repo.close()


def _opened(path: Path) -> Repo:
    try:
        return Repo(path)
    except NotGitRepository as error:
        raise UnreadableSource(
            f"{path} is not a git repository: give the folder of a clone, or an https address."
        ) from error
    except (OSError, ValueError) as error:
        raise UnreadableSource(f"{path} cannot be opened ({error}): check the path.") from error


def _origin(repo: Repo) -> str | None:
    """Return the web address that a clone was made from."""
    try:
        address = repo.get_config().get((b"remote", b"origin"), b"url").decode()
    except (KeyError, ValueError, OSError):
        return None
    return without_password(address) if address.startswith(("https://", "http://")) else None


@contextmanager
def _undamaged(name: str) -> Iterator[None]:
    try:
        yield
    except DAMAGE as error:
        raise UnreadableSource(
            f"{name} is damaged or incomplete ({said(error)}): clone it anew; `git fsck` says"
            " what is wrong."
        ) from error


def _day(commit: Commit) -> date | None:
    try:
        place = timezone(timedelta(seconds=commit.author_timezone))
        return (
            (datetime.fromtimestamp(0, UTC) + timedelta(seconds=commit.author_time))
            .astimezone(place)
            .date()
        )
    except (OverflowError, ValueError):
        return None


def _shown(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")
