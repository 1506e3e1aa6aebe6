"""The file formats that are read: a suffix, a reader, and where the reader may run.

To add one, write a function that returns a `SourceText` and name it here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from kb.readers.decoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kb.readers.blocks import SourceText
    from kb.readers.ocr import OcrOrder


@dataclass(frozen=True, slots=True)
class Format:
    """How files of one kind are read."""

    reader: str  # `module:function`, imported when it is first needed
    is_text: bool  # the function takes decoded text; otherwise (bytes, the file's name)
    hostile: bool  # a file can keep this reader busy or crash it: read in a process of its own
    pictures: bool = False  # the function takes an `OcrOrder` as well
    # `module:function` from the reader's temporary folder to what it leaves elsewhere when killed
    leftovers: str = ""

    def read(self, data: bytes, name: str, ocr: OcrOrder | None = None) -> SourceText:
        """Read a file's bytes in this process; `name` is what an error message calls the file.

        Raises:
            UnreadableSource: the reader refused the file.
        """
        read = _function(self.reader)
        if not self.is_text:
            source: SourceText = (
                read(data, name, ocr) if self.pictures and ocr else read(data, name)
            )
            return source
        decoded = decode(data, name)
        source = read(decoded.text)
        return replace(source, warnings=decoded.warnings + source.warnings)

    def left_by(self, folder: Path) -> Iterable[Path]:
        """Return what a reader that was killed may have left outside its temporary folder."""
        left: Iterable[Path] = _function(self.leftovers)(folder) if self.leftovers else ()
        return left


def _function(name: str) -> Any:
    """Import what `module:function` names."""
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


# Markdown counts as hostile since a line of brackets takes time in the square of its length
MARKDOWN = Format("kb.readers.markdown:read_markdown", is_text=True, hostile=True)
DOCX = Format("kb.readers.docx:read_docx", is_text=False, hostile=True)
HTML = Format("kb.readers.html:read_html", is_text=False, hostile=True)
OFFICE = Format(
    "kb.readers.office:read_office",
    is_text=False,
    hostile=True,
    leftovers="kb.readers.office:leftovers",
)
PLAIN = Format("kb.readers.plain:read_plain", is_text=True, hostile=False)
PDF = Format("kb.readers.pdf:read_pdf", is_text=False, hostile=True, pictures=True)

SUFFIXES = {  # lower case
    ".doc": OFFICE,
    ".docx": DOCX,
    ".htm": HTML,
    ".html": HTML,
    ".markdown": MARKDOWN,
    ".md": MARKDOWN,
    ".odt": OFFICE,
    ".pdf": PDF,
    ".rtf": OFFICE,
    ".txt": PLAIN,
}
