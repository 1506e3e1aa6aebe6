"""Is everything in place on this machine? `kb doctor` asks this."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from kb.errors import IndexMissing, KBError
from kb.generations import check_compatible, open_current, verify_files
from kb.models import engine_of, load_embedder
from kb.models.cached import verify_folder
from kb.models.resolver import ModelSource, resolve_model
from kb.passages import chunker_stamp
from kb.readers import ocr, office
from kb.tokens import count_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kb.settings import Settings

_PACKAGES = ("sentence-transformers", "faiss-cpu", "fastapi", "pypdf", "tiktoken", "tantivy")
_FREE_BYTES = 1 << 30  # the converted model takes half of it


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    good: bool
    detail: str  # what was found; where it is not good, what to do


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Look at everything that a search needs, the model's answer included, and optional tools."""
    return (
        *_packages(),
        _tokens(),
        _tesseract(),
        _libreoffice(),
        *_disk(settings),
        *_model(settings),
        *_index(settings),
    )


def _packages() -> Iterator[Finding]:
    yield Finding("python", True, sys.version.split()[0])
    for name in _PACKAGES:
        try:
            yield Finding(name, True, version(name))
        except PackageNotFoundError:
            yield Finding(name, False, "is not installed: install policy-kb again.")


def _tokens() -> Finding:
    count = count_tokens("maternity leave")
    return Finding("token counts", count > 0, "cl100k_base, from the installed package")


def _tesseract() -> Finding:
    purpose = "needed for scanned PDFs"
    found = ocr.find_tesseract()
    if found is None:
        return Finding("tesseract", True, f"absent (optional: {purpose}; install {ocr.INSTALL})")
    detail = f"{found.version() or 'present'}, languages {' '.join(found.languages)}"
    if found.lacks:
        detail += f" (optional: {purpose} in other languages; install {' '.join(found.lacks)})"
    return Finding("tesseract", True, detail)


def _libreoffice() -> Finding:
    purpose = "needed for DOC, ODT and RTF"
    found = office.find_libreoffice()
    if found is None:
        absent = f"absent (optional: {purpose}; install {office.INSTALL})"
        return Finding("LibreOffice", True, absent)
    said = found.version()
    return Finding(
        "LibreOffice",
        True,
        said or f"{found.command} does not start (optional: {purpose}; install it again)",
    )


def _disk(settings: Settings) -> Iterator[Finding]:
    for name, folder in (("cache", settings.cache), ("index folder", settings.index)):
        place = _existing(folder.resolve())
        if not place.is_dir():
            yield Finding(name, False, f"{folder}: {place} is not a folder; choose another one.")
            continue
        free = shutil.disk_usage(place).free
        enough = free >= _FREE_BYTES
        advice = "" if enough else ": free at least 1 GB, or choose another folder"
        yield Finding(name, enough, f"{folder}, {free / 1e9:.1f} GB free{advice}")


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())


def _model(settings: Settings) -> Iterator[Finding]:
    try:
        embedder = load_embedder(settings)
        if settings.model != "hashing":
            resolved = resolve_model(settings.model, settings)
            if resolved.source is ModelSource.PACKAGED and (bad := verify_folder(resolved.path)):
                yield Finding("model files", False, f"{bad[0]}: delete {resolved.path}.")
                return
        dimension = len(embedder.embed_query("maternity leave"))
        engine = engine_of(embedder)
    except KBError as error:
        yield Finding("model", False, str(error))
        return
    yield Finding("model", True, f"{settings.model}, {dimension} dimensions, {engine}, answers")


def _index(settings: Settings) -> Iterator[Finding]:
    try:
        generation = open_current(settings.index)
        manifest = generation.manifest
        if problems := verify_files(generation):
            bad = f"{problems[0].file}: {problems[0].message}"
            yield Finding("index", False, f"{bad}; run `kb ingest` to build the index again.")
            return
        check_compatible(
            manifest,
            model_fingerprint=load_embedder(settings, manifest.model.fingerprint).fingerprint,
            dimension=manifest.model.dimension,
            chunker=chunker_stamp(settings),
        )
    except IndexMissing as error:
        yield Finding("index", True, f"none yet. {error}")
        return
    except KBError as error:
        yield Finding("index", False, str(error))
        return
    totals = manifest.totals
    yield Finding(
        "index",
        True,
        f"{generation.name}: {totals.documents} documents, {totals.editions} editions,"
        f" {totals.passages} passages",
    )
