"""Small PDF files, written for one test each."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LineAt = tuple[float, float, str]  # x and y in points, and the words


@pytest.fixture
def make_pdf() -> Callable[..., bytes]:
    """A function from pages, each a list of (x, y, words), to the bytes of a PDF."""

    def make(
        pages: Sequence[Sequence[LineAt]], *, password: str | None = None, **metadata: str
    ) -> bytes:
        writer = PdfWriter()
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        for lines in pages:
            page = writer.add_blank_page(width=595, height=842)
            content = DecodedStreamObject()
            content.set_data(
                "".join(
                    f"BT /F1 12 Tf {x} {y} Td ({words}) Tj ET\n" for x, y, words in lines
                ).encode("cp1252")
            )
            resources: Any = DictionaryObject(
                {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
            )
            page[NameObject("/Resources")] = resources
            page[NameObject("/Contents")] = writer._add_object(content)
        if metadata:
            writer.add_metadata({f"/{name.title()}": value for name, value in metadata.items()})
        if password is not None:
            writer.encrypt(password, algorithm="AES-256")
        written = io.BytesIO()
        writer.write(written)
        return written.getvalue()

    return make
