"""How an act lies in a repository: `<act>/meta.yaml`, `<act>/rus.md`, `<act>/rus/sec001.md`."""

from __future__ import annotations

from kb.documents import Language

META = "meta.yaml"
LANGUAGES = {"rus": Language.RUSSIAN, "kaz": Language.KAZAKH, "eng": Language.ENGLISH}

_FOLDERS = frozenset(code.encode() for code in LANGUAGES)
_FILES = frozenset(code + b".md" for code in _FOLDERS) | {META.encode()}


def act_folder(path: bytes) -> bytes | None:
    """Return the act folder that a file belongs to; None: it belongs to none.

    >>> act_folder(b"laws/49323/rus.md"), act_folder(b"laws/49323/kaz/sec001.md")
    (b'laws/49323', b'laws/49323')
    >>> act_folder(b"README.md") is None
    True
    """
    folder, _, name = path.rpartition(b"/")
    if name in _FILES:
        return folder
    above, _, last = folder.rpartition(b"/")
    return above if name.endswith(b".md") and last in _FOLDERS else None
