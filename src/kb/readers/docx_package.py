"""The container of a Word file: a ZIP archive of XML parts that name each other.

Written on the standard library, since the libraries for Word files open an archive of any size
and take any XML. Here a part is read only when it is asked for and only up to a size, a document
type declaration (with which XML defines and fetches entities) is refused, as the format's
standard demands, and a target outside the archive is never followed.
"""

from __future__ import annotations

import io
import posixpath
import xml.etree.ElementTree as ET
import zipfile
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

from kb.errors import UnreadableSource

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PART_MEGABYTES = 128  # of XML: some 5,000 pages as wordy exporters write them
MAX_DEPTH = 200  # elements within elements; documents have some 40

_MEGABYTE = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how files of Word 97–2003 begin
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # what holds a DOCX that has a password
_PREFIXES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",  # the strict form of the format
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
}
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ET.ParseError,
    EOFError,
    OSError,
    LookupError,  # an unknown encoding
    NotImplementedError,  # an unknown compression
    RuntimeError,  # encrypted
    ValueError,
)


class Package:
    """An opened Word file."""

    def __init__(self, data: bytes, name: str) -> None:
        """Open a file's bytes; `name` is what an error message calls the file.

        Raises:
            UnreadableSource: no Word file, an old one, damaged, encrypted, or with macros.
        """
        self._name = name
        self._main: str | None = None  # the part that holds the text
        if data.startswith(_OLE):
            raise UnreadableSource(
                f"{name} is encrypted: remove the password and add it again."
                if _ENCRYPTED in data
                else f"{name} is not a DOCX file but one of an older Word: save it as .docx and add"
                " it again."
            )
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGE as error:
            raise self._damaged(error) from error
        if any(info.flag_bits & 1 for info in self._archive.infolist()):
            raise UnreadableSource(f"{name} is encrypted: remove the password and add it again.")
        names = self._archive.namelist()
        if any(part.lower().endswith("vbaproject.bin") for part in names):
            raise UnreadableSource(
                f"{name} has macros: save it as .docx without them and add it again."
            )

    def document(self) -> ET.Element:
        """Return the root element of the part that holds the text.

        Raises:
            UnreadableSource: there is no such part, or it is damaged or too large.
        """
        try:
            self._main = next(self._targets("", "officeDocument"), "word/document.xml")
            root = self._parsed(self._main)
        except _DAMAGE as error:
            raise self._damaged(error) from error
        if root.tag != "w:document":
            raise UnreadableSource(
                f"{self._name} is not a Word document: save it as .docx and add it again."
            )
        return root

    def related(self, relation: str) -> Iterator[ET.Element]:
        """Yield the roots of the parts of a kind (`numbering`, `header`) that the text names.

        Call `document` first.

        Raises:
            UnreadableSource: a part is damaged or too large.
        """
        try:
            for part in self._targets(self._main or "", relation):
                yield self._parsed(part)
        except _DAMAGE as error:
            raise self._damaged(error) from error

    def _targets(self, source: str, relation: str) -> Iterator[str]:
        """Yield the parts that stand in a relation to a part ("" is the package itself)."""
        folder, base = posixpath.split(source)
        listing = posixpath.join(folder, "_rels", f"{base}.rels")
        if listing not in self._archive.NameToInfo:
            return
        for found in self._parsed(listing):
            kind, target = found.get("Type", ""), found.get("Target", "")
            inside = found.get("TargetMode") != "External"
            if inside and kind.rpartition("/")[2] == relation:
                yield posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")

    def _parsed(self, part: str) -> ET.Element:
        limit = MAX_PART_MEGABYTES * _MEGABYTE
        with self._archive.open(part) as file:
            content = file.read(limit + 1)  # what the archive says of its size may be a lie
        if len(content) > limit:
            raise UnreadableSource(
                f"{self._name} unpacks to more than {MAX_PART_MEGABYTES} MB: split it and add the"
                " parts."
            )
        parser = ET.XMLParser(target=_Builder(self._name))  # noqa: S314  no entities, see there
        parser.feed(content)
        root: ET.Element = parser.close()
        return root

    def _damaged(self, error: Exception) -> UnreadableSource:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200].removesuffix(":")
        return UnreadableSource(
            f"{self._name} is damaged or not a DOCX file ({reason}): save it again and add the new"
            " file."
        )


def first(parent: ET.Element | None, path: str) -> ET.Element | None:
    """Return the first element at a path of tags, `w:rPr/w:vanish`, below `parent`."""
    for tag in path.split("/"):
        parent = next(
            (child for child in (() if parent is None else parent) if child.tag == tag), None
        )
    return parent


class _Builder(ET.TreeBuilder):
    """Builds a tree with short names (`w:p`), of limited depth; refuses a document type."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> ET.Element:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise UnreadableSource(
                f"{self._name} nests its elements more than {MAX_DEPTH} deep: save it again and add"
                " the new file."
            )
        return super().start(_short(tag), {_short(key): value for key, value in attrs.items()})

    def end(self, tag: str) -> ET.Element:
        self._depth -= 1
        return super().end(_short(tag))

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise UnreadableSource(
            f"{self._name} declares a document type, which no Word file does: save it again and"
            " add the new file."
        )


@lru_cache(maxsize=4096)
def _short(name: str) -> str:
    """Return `{http://…/wordprocessingml/2006/main}p` as `w:p`; drop other namespaces."""
    namespace, closed, local = name.rpartition("}")
    if not closed:
        return name
    prefix = _PREFIXES.get(namespace[1:])
    return f"{prefix}:{local}" if prefix else f"other:{local}"
