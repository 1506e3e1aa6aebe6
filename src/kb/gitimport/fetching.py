"""A repository behind an address, as a bare clone in the data folder.

It is asked for only because a person gave its address. Fetched again, the clone is brought up to
the present HEAD of the other side, though its history be rewritten.
"""

from __future__ import annotations

import errno
import re
import zlib
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from dulwich.client import HttpGitClient, HTTPProxyUnauthorized, HTTPUnauthorized
from dulwich.config import StackedConfig
from dulwich.errors import (
    ChecksumMismatch,
    FileFormatException,
    GitProtocolError,
    MissingCommitError,
    NotCommitError,
    NotGitRepository,
    NotTreeError,
)
from dulwich.objects import SubmoduleEncountered
from dulwich.refs import Ref
from dulwich.repo import Repo
from urllib3.exceptions import HTTPError

from kb.errors import BadRequest, StorageFull, UnreadableSource
from kb.sources import slug

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dulwich.objects import ObjectID

# What dulwich raises where objects are missing or are not what they should be
DAMAGE = (
    KeyError,
    ValueError,
    AssertionError,
    zlib.error,
    ChecksumMismatch,
    FileFormatException,
    MissingCommitError,
    NotCommitError,
    NotTreeError,
    SubmoduleEncountered,
)

_REPOSITORIES = "repositories"
_HEAD = Ref(b"HEAD")
_BRANCH = Ref(b"refs/heads/imported")
_SECONDS = 60.0  # that a server may take to answer

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|[^/\s]+@[^/\s]+:", re.IGNORECASE)


def is_address(source: str) -> bool:
    """Whether this names a place on the network: `https://…`, `git@host:path`."""
    return _ADDRESS.match(source) is not None


def without_password(address: str) -> str:
    """Return an address without the user and password in it.

    >>> without_password("https://me:secret@host.kz:8443/codes.git")
    'https://host.kz:8443/codes.git'
    """
    scheme, mark, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}"


def fetched(address: str, data: Path) -> Repo:
    """Return the clone of an address, brought up to its present HEAD.

    Raises:
        BadRequest: an address of another kind than http(s).
        UnreadableSource: there is no repository, or it cannot be reached.
        StorageFull: the disk refused a write.
    """
    shown = without_password(address)
    parts = urlsplit(shown)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise BadRequest(
            f"{shown} cannot be fetched: give an https address, or clone it with git and give the"
            " path of the clone."
        )
    folder = data / _REPOSITORIES / f"{slug(f'{parts.netloc}{parts.path}')[:100]}.git"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        repo = Repo(str(folder)) if _begun(folder) else Repo.init_bare(str(folder))
    except (OSError, NotGitRepository) as error:
        raise _unwritten(folder, error) from error
    try:
        _update(repo, address, shown)
    except BaseException as error:
        repo.close()
        if isinstance(error, OSError) and not isinstance(error, HTTPError):
            raise _unwritten(folder, error) from error
        raise
    return repo


def said(error: BaseException) -> str:
    """Return what an error says, on one line."""
    words = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _begun(folder: Path) -> bool:
    return (folder / "objects").is_dir() and (folder / "HEAD").is_file()


def _update(repo: Repo, address: str, shown: str) -> None:
    """Fetch what HEAD of the other side needs; the branch moves when all of it is here."""

    def wanted(refs: Mapping[Ref, ObjectID], depth: int | None = None) -> list[ObjectID]:
        del depth
        head = refs.get(_HEAD)
        return [head] if head is not None and head not in repo.object_store else []

    parts = urlsplit(address)
    try:
        client = HttpGitClient(
            f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
            config=StackedConfig.default(),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            timeout=_SECONDS,
        )
        found = client.fetch(parts.path, repo, determine_wants=wanted)
    except (HTTPUnauthorized, HTTPProxyUnauthorized) as error:
        raise UnreadableSource(
            f"{shown} asks for a password: clone it with git and give the path of the clone."
        ) from error
    except (HTTPError, GitProtocolError, NotGitRepository, *DAMAGE) as error:
        raise UnreadableSource(
            f"{shown} cannot be fetched ({said(error)}): check the address and the connection;"
            " without a network, give the path of a clone."
        ) from error
    head = found.refs.get(_HEAD)
    if head is None:
        raise UnreadableSource(f"{shown} has no commits: check the address.")
    repo.refs[_BRANCH] = head
    repo.refs.set_symbolic_ref(_HEAD, _BRANCH)


def _unwritten(folder: Path, error: Exception) -> StorageFull:
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StorageFull(f"{folder} has no room: free some space and try again.")
    return StorageFull(f"{folder} cannot be written ({said(error)}): check the folder.")
