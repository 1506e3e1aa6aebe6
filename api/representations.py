"""The JSON of documents and provisions, where `to_json` of the library's values is not enough.

What `to_json` gives of a document is all of its text; a caller wants to choose. `api.wire` has
the models that these functions fill: the fields are those of the library, less what is only of
use on this machine.
"""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from api import wire
from kb.documents import Document, Edition
from kb.knowledge_base import EditionInTime
from kb.provisions import NodeView
from kb.search.results import to_json
from kb.stores.rows import DocumentSummary, EditionSummary


def document_page(items: Sequence[DocumentSummary], page: wire.PageParameters) -> dict[str, Any]:
    """Return the `DocumentPage` that was asked for of all documents."""
    shown = items[page.offset : page.offset + page.limit]
    documents = [
        {**_head(item.document), "editions": [_edition(edition) for edition in item.editions]}
        for item in shown
    ]
    return {
        "documents": documents,
        "total": len(items),
        "limit": page.limit,
        "offset": page.offset,
    }


def document_outline(document: Document, *, text: bool) -> dict[str, Any]:
    """Return a `DocumentOutline`, with the canonical texts or with null in their place."""
    editions = [
        {
            **_edition(edition),
            "outline": to_json(edition.nodes),
            "text": edition.text if text else None,
        }
        for edition in document.editions
    ]
    return {**_head(document), "editions": editions}


def node_text(view: NodeView) -> dict[str, Any]:
    """Return a `NodeText`."""
    return {
        "document": _head(view.document),
        "edition": _edition(view.edition),
        "node": to_json(view.node),
        "text": view.text,
        "citation": to_json(view.citation),
        "receipt": to_json(view.receipt),
        "notices": list(view.notices),
        "current": to_json(view.current),
    }


def editions_in_time(items: Sequence[EditionInTime]) -> dict[str, Any]:
    """Return an `EditionList`."""
    return {
        "editions": [
            {**_edition(item.edition), "holds": item.holds, "permalink": item.permalink}
            for item in items
        ]
    }


def _head(document: Document) -> dict[str, Any]:
    return {name: to_json(getattr(document, name)) for name in wire.DocumentHead.model_fields}


def _edition(edition: Edition | EditionSummary) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: getattr(edition, name)
        for name in wire.Edition.model_fields
        if name not in ("characters", "nodes")
    }
    # The folder that a file lay in says more of the machine than of the text.
    values["source"] = PurePath(edition.source).name
    if isinstance(edition, Edition):
        counts = {"characters": len(edition.text), "nodes": len(edition.nodes)}
    else:
        counts = {"characters": edition.characters, "nodes": edition.nodes}
    return {**to_json(values), **counts}
