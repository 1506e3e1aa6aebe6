"""DOC, ODT and RTF, by LibreOffice's conversion to DOCX.

    a file of an office program, whatever its suffix says
      ├─ DOC, ODT, RTF ─▶ LibreOffice ─▶ DOCX ─▶ kb.readers.docx
      ├─ DOCX ─────────────────────────────────▶ kb.readers.docx
      └─ HTML ─────────────────────────────────▶ kb.readers.html

Offices publish DOCX and web pages under the suffix `.doc`; those need no LibreOffice. It is a
program of its own, `libreoffice-writer` or `libreoffice-writer-nogui` in Debian, and gets only what
is DOC, ODT or RTF by its first bytes, since it would try its readers for a hundred other kinds.

It runs without a window, in a profile made for one file, whose settings forbid macros and leave it
no way to a network: left alone, it fetches the pictures, style sheets and objects that a document
links.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import UnreadableSource
from kb.readers.docx import read_docx
from kb.readers.html import read_html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.readers.blocks import SourceText

INSTALL = "libreoffice-writer"  # Debian's package; libreoffice-writer-nogui is its smaller form
WARNING = (
    "Read through LibreOffice's conversion to DOCX: compare numbers and tables with the source."
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how files of Word 97–2003 begin, among others
_WORD_STREAM = "WordDocument".encode("utf-16-le")
_LOCKED_DOCX = "EncryptedPackage".encode("utf-16-le")
_SECTOR = 512  # bytes; the parts of an OLE file begin at multiples of it
_FIB = b"\xec\xa5"  # how the part with a Word file's text begins (MS-DOC, 2.5.2 FibBase)
# the reader that LibreOffice shall take, since its last guess is plain text; of a DOC it must guess
# the version
_FILTERS = {".odt": "writer8", ".rtf": "Rich Text Format"}
_HEAD = 4096  # bytes in which a web page names itself
_BY_SIGNAL = 128  # above it a shell's exit code tells which signal ended what it ran
_SAID = 200  # characters of what LibreOffice says of a failure


class _Kind(Enum):
    """What a file is by its content; the value is its suffix."""

    DOC = ".doc"
    ODT = ".odt"
    RTF = ".rtf"
    DOCX = ".docx"
    HTML = ".html"


def read_office(data: bytes, name: str) -> SourceText:
    """Read the bytes of a DOC, ODT or RTF; `name` is what an error message calls the file.

    Raises:
        UnreadableSource: LibreOffice is needed and not installed, or could not convert the file;
            the file is of another kind, damaged, encrypted or without any text.
    """
    kind = _kind(data, name)
    if kind is _Kind.DOCX:
        return read_docx(data, name)
    if kind is _Kind.HTML:
        return read_html(data, name)
    office = find_libreoffice()
    if office is None:
        raise UnreadableSource(
            f"{name} cannot be read without LibreOffice: install {INSTALL} (Debian) or save it as"
            " DOCX, and add it again."
        )
    if kind is _Kind.RTF:
        data = _start(data)
    source = read_docx(office.to_docx(data, kind.value, name), name)
    return replace(source, warnings=(WARNING, *source.warnings))


def _kind(data: bytes, name: str) -> _Kind:
    """Tell by its content what a file is.

    Raises:
        UnreadableSource: it is of another kind, or encrypted.
    """
    start = _start(data)[:_HEAD].lower()
    page = start.replace(b"\0", b"")  # without what UTF-16 puts between letters
    if data.startswith(_OLE):
        if _WORD_STREAM in data:
            return _Kind.DOC
        if _LOCKED_DOCX in data:
            raise _encrypted(name)
    elif data.startswith(b"PK"):
        return _kind_of_archive(data, name)
    elif start.startswith(b"{\\rtf"):
        return _Kind.RTF
    elif start.startswith(b"mime-version:"):
        raise UnreadableSource(
            f"{name} is a web page in one file (MHTML): open it in Word, save it as DOCX and add"
            " that."
        )
    elif b"<html" in page or page.startswith(b"<!doctype html"):
        return _Kind.HTML
    raise UnreadableSource(
        f"{name} is damaged or no DOC, ODT or RTF, whatever its suffix says: save it as DOCX and"
        " add that."
    )


def _start(data: bytes) -> bytes:
    """Return a text without the blanks before it, of which LibreOffice would make plain text."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()


def _kind_of_archive(data: bytes, name: str) -> _Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "META-INF/manifest.xml" not in archive.NameToInfo:
                return _Kind.DOCX  # whose reader says what is wrong, if it is none
            with archive.open("META-INF/manifest.xml") as file:
                locked = b":encryption-data" in file.read(1 << 20)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        raise UnreadableSource(f"{name} is damaged: save it again and add the new file.") from error
    if locked:
        raise _encrypted(name)
    return _Kind.ODT


def _is_locked_doc(data: bytes) -> bool:
    """Whether a Word file seems to be encrypted (MS-DOC, 2.5.2 FibBase: the bit `fEncrypted`).

    A picture may look like the part that says so: ask only of a file that LibreOffice refused.
    """
    return data.startswith(_OLE) and any(
        data.startswith(_FIB, place) and data[place + 11] & 1
        for place in range(_SECTOR, len(data) - _SECTOR + 1, _SECTOR)
    )


def _encrypted(name: str) -> UnreadableSource:
    return UnreadableSource(f"{name} is encrypted: remove the password and add it again.")


# --- the program --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LibreOffice:
    """The command."""

    command: str

    def version(self) -> str | None:
        """Return `LibreOffice 7.4.7.2` as it calls itself; None where it does not start."""
        with tempfile.TemporaryDirectory() as folder:
            try:
                said = self._run(Path(folder), ["--version"], seconds=60).stdout
            except (OSError, subprocess.SubprocessError):
                return None
        return " ".join(said.decode("utf-8", "replace").split()[:2]) or None

    def to_docx(self, data: bytes, suffix: str, name: str) -> bytes:
        """Convert a file's bytes, of the kind that `suffix` says, to those of a DOCX.

        It takes the time that it takes: the sandbox ends it with the process that waits for it.

        Raises:
            UnreadableSource: LibreOffice failed or wrote nothing, or the file is encrypted.
        """
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, f"source{suffix}")
            source.write_bytes(data)
            taken = [f"--infilter={_FILTERS[suffix]}"] if suffix in _FILTERS else []
            order = [*taken, "--convert-to", "docx:MS Word 2007 XML", "--outdir", folder]
            try:
                done = self._run(Path(folder), [*order, str(source)])
            except OSError as error:
                why = f"it does not start: {error.strerror}"
            else:
                _socket(Path(folder, _PROFILE)).unlink(missing_ok=True)  # there after a crash
                result = source.with_suffix(".docx")
                if done.returncode == 0 and result.exists():
                    return result.read_bytes()
                why = _why(done)
        if _is_locked_doc(data):
            raise _encrypted(name)
        raise UnreadableSource(
            f"{name} cannot be converted by LibreOffice ({why}): open it in an office program, save"
            " it as DOCX and add that."
        )

    def _run(
        self, folder: Path, order: list[str], seconds: float | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        profile = folder / _PROFILE
        settings = profile / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS, "utf-8")
        return subprocess.run(
            [
                self.command,
                f"-env:UserInstallation={profile.as_uri()}",
                "--headless",
                "--norestore",
                *order,
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=seconds,
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "HOME": str(folder),
                "TMPDIR": str(folder),
                "LC_ALL": "C.UTF-8",  # or a folder with a Russian name cannot be found
            },
        )


def find_libreoffice() -> LibreOffice | None:
    """Return LibreOffice; None where it is not on the path."""
    command = shutil.which("soffice") or shutil.which("libreoffice")
    return None if command is None else LibreOffice(command)


def leftovers(folder: Path) -> Iterator[Path]:
    """Yield what conversions below a folder leave outside it when they are killed."""
    for profile in folder.glob(f"*/{_PROFILE}"):
        yield _socket(profile)


def _socket(profile: Path) -> Path:
    """Return the socket at which one LibreOffice calls the next of the same profile.

    It is named after the profile and lies in /tmp, whatever TMPDIR says.
    """
    digest = hashlib.md5(profile.as_uri().encode("utf-16-le"), usedforsecurity=False).digest()
    name = "".join(f"{byte:x}" for byte in digest)  # LibreOffice pads no digits
    return Path(f"/tmp/OSL_PIPE_{os.getuid()}_SingleOfficeIPC_{name}")  # noqa: S108


def _why(done: subprocess.CompletedProcess[bytes]) -> str:
    """Say why there is no result, from the last thing that LibreOffice says, if it does."""
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    said = next((line.strip() for line in reversed(lines) if line.startswith("Error")), "")
    if said:
        return said[-_SAID:].rstrip(".")
    if done.returncode < 0 or done.returncode > _BY_SIGNAL:
        return "it was killed, perhaps for want of memory: see the setting parse_megabytes"
    return f"it ended with exit code {done.returncode}" if done.returncode else "it wrote nothing"


# --- its settings -------------------------------------------------------------------------------

_PROFILE = "profile"

# What LibreOffice may open, by the beginning of an address; what is not listed it cannot open at
# all: by default that is http, https, ftp, WebDAV and CMIS besides.
_OPENED = {
    "file": "FileContentProvider",
    "vnd.sun.star.expand": "ExpandContentProvider",
    "vnd.sun.star.hier": "HierarchyContentProvider",
    "vnd.sun.star.pkg": "PackageContentProvider",
    "vnd.sun.star.tdoc": "TransientDocumentsContentProvider",
    "vnd.sun.star.zip": "PackageContentProvider",
}


def _settings() -> str:
    """Return the settings of a profile, in the form of `registrymodifications.xcu`."""
    opened = "".join(
        f'<node oor:name="{service}-{scheme}" oor:op="replace">'
        f'<prop oor:name="ServiceName"><value>com.sun.star.ucb.{service}</value></prop>'
        f'<prop oor:name="URLTemplate"><value>{scheme}</value></prop>'
        '<prop oor:name="Arguments"><value/></prop></node>'
        for scheme, service in _OPENED.items()
    )
    providers = (
        "/org.openoffice.ucb.Configuration/ContentProviders/"
        "org.openoffice.ucb.Configuration:ContentProvidersDataPrimaryKeys['Local']/SecondaryKeys"
    )
    items = (
        f'<item oor:path="{providers}"><node oor:name="Office" oor:op="replace">'
        f'<node oor:name="ProviderData">{opened}</node></node></item>'
    )
    items += "".join(
        f'<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="{name}"'
        f' oor:op="fuse"><value>{value}</value></prop></item>'
        for name, value in (
            ("BlockUntrustedRefererLinks", "true"),
            ("DisableMacrosExecution", "true"),
            ("MacroSecurityLevel", "3"),  # only those of a trusted place, and there is none
        )
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><oor:items'
        ' xmlns:oor="http://openoffice.org/2001/registry"'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{items}</oor:items>'
    )


_SETTINGS = _settings()
