"""Acts out of a git repository that holds a folder an act and a commit a version.

    repository ─▶ changes of act folders ─▶ versions with their dates ─▶ files in the data folder
    kb.gitimport.repository   .metadata       .versions                  .texts, .export

The public `kazakhstan-law` repositories have this shape: `…/<act>/rus.md`, `kaz.md` and
`meta.yaml`; the text of a large act stands in `rus/sec001.md` and so on. The import writes one
Markdown file a version and language; ingest and `kb verify` then read ordinary files:

    report = import_git("clones/codes", settings.data, catalogue=catalogue, only=["kz-law-223-*"])
    sources = as_sources(report)  # for `kb.ingest.ingest`
"""

from __future__ import annotations

from kb.gitimport.importing import as_sources, import_git
from kb.gitimport.report import ImportedAct, ImportedVersion, ImportReport, Skipped

__all__ = [
    "ImportReport",
    "ImportedAct",
    "ImportedVersion",
    "Skipped",
    "as_sources",
    "import_git",
]
