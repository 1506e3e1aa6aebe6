"""What is held: `kb search`, `kb show`, `kb documents`, `kb history`, `kb cites`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli.common import (
    AsJson,
    AsOf,
    Documents,
    Index,
    Languages,
    Provenances,
    Reader,
    app,
    open_index,
    out,
    print_json,
)
from kb.errors import BadRequest
from kb.terminal import (
    show_citations,
    show_document,
    show_documents,
    show_editions,
    show_history,
    show_node,
    show_result,
)

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase
    from kb.provisions import NodeView


@app.command("search")
def search_command(
    query: Annotated[str, typer.Argument(help="Words, a question, or a reference.")],
    index: Index = None,
    limit: Annotated[int, typer.Option("--limit", "-n", help="Hits at most.")] = 10,
    offset: Annotated[int, typer.Option("--offset", help="Hits to skip.")] = 0,
    language: Languages = None,
    document: Documents = None,
    provenance: Provenances = None,
    reader: Reader = None,
    as_of: AsOf = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show why each hit is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find the passages that answer a query, each with its citation."""
    result = open_index(index).search(
        query,
        limit=limit,
        offset=offset,
        languages=language,
        documents=document,
        provenances=provenance,
        reader_language=reader,
        as_of=as_of,
    )
    if as_json:
        print_json(result)
    else:
        show_result(out, result, explain=explain)


@app.command("show")
def show_command(
    target: Annotated[str, typer.Argument(help="A document, or a provision: ID or ID#EID.")],
    index: Index = None,
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="The edition in en, ru or kk.")
    ] = None,
    edition: Annotated[str | None, typer.Option("--edition", help="The edition's id.")] = None,
    as_of: AsOf = None,
    parallel: Annotated[
        bool, typer.Option("--parallel", help="The provision in each language that holds it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print a document's outline, or the text of a provision with its citation."""
    kb = open_index(index)
    document_id, _, eid = target.partition("#")
    if parallel:
        _show_parallel(kb, document_id, eid, language or edition or as_of, as_json=as_json)
        return
    if eid:
        view = kb.node(document_id, eid, language=language, edition_id=edition, as_of=as_of)
        if as_json:
            print_json(_node_json(view))
        else:
            show_node(out, view)
        return
    document = kb.document(document_id)
    chosen = kb.choose_edition(document_id, language=language, edition_id=edition, as_of=as_of)
    if as_json:
        print_json(document)
    else:
        show_document(out, document, chosen, kb.notices(chosen))


def _show_parallel(
    kb: KnowledgeBase, document_id: str, eid: str, choice: str | None, *, as_json: bool
) -> None:
    if not eid or choice:
        raise BadRequest(
            "--parallel shows a provision in all languages: name it as ID#EID, without --language,"
            " --edition and --as-of."
        )
    views = kb.parallel(document_id, eid)
    if as_json:
        print_json([_node_json(view) for view in views])
    else:
        for view in views:
            show_node(out, view)


def _node_json(view: NodeView) -> dict[str, object]:
    return {
        "document_id": view.document.id,
        "edition_id": view.edition.id,
        "node": view.node,
        "text": view.text,
        "citation": view.citation.text,
        "permalink": view.citation.permalink,
        "receipt": view.receipt,
        "notices": view.notices,
        "current": view.current,
    }


@app.command("history")
def history_command(
    target: Annotated[str, typer.Argument(help="A document, or a provision: ID or ID#EID.")],
    index: Index = None,
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="The wordings in en, ru or kk.")
    ] = None,
    edition: Annotated[
        str | None, typer.Option("--edition", help="The edition in which it is called EID.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print a document's editions, or when a provision appeared and changed, and by which act."""
    kb = open_index(index)
    document_id, _, eid = target.partition("#")
    if eid:
        versions = kb.history(document_id, eid, language=language, edition_id=edition)
        if as_json:
            print_json(versions)
        else:
            show_history(out, versions)
        return
    editions = kb.editions(document_id, language=language)
    if as_json:
        print_json(editions)
    else:
        show_editions(out, editions)


@app.command("cites")
def cites_command(
    target: Annotated[str, typer.Argument(help="A provision: ID#EID.")],
    index: Index = None,
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="The wording in en, ru or kk.")
    ] = None,
    reader: Annotated[
        str | None, typer.Option("--reader", help="Language of citations [default: the text's].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print what a provision cites, and what cites it."""
    document_id, _, eid = target.partition("#")
    if not eid:
        raise BadRequest("Name a provision, as in kz-law-223-iv-2009#art_10.")
    graph = open_index(index).citations(document_id, eid, language=language, reader_language=reader)
    if as_json:
        print_json(graph)
    else:
        show_citations(out, graph)


@app.command("documents")
def documents_command(index: Index = None, as_json: AsJson = False) -> None:
    """List the documents that the index holds."""
    held = open_index(index).documents()
    if as_json:
        print_json(held)
    else:
        show_documents(out, held)
