"""The API, version 1: search, answers, the documents, references, and the check of a receipt.

The routes are plain `def`: searching is work for a processor, and Starlette runs such routes in
its worker threads. Each is one call of the library and the JSON of what it returns. A search alone
is looked up first, which takes no thread, and waits for its turn if it has to be made.
"""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api import representations, wire
from api.live import CurrentKB
from api.openapi import problems
from api.results import Asked, LastResults
from kb.search.results import to_json


async def json_body(request: Request) -> None:
    """Refuse a body that does not say that it is JSON, as a bare `curl -d` sends it."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise HTTPException(415, "The body must be JSON; send Content-Type: application/json.")


router = APIRouter(prefix="/v1")

DocumentId = Annotated[
    str, Path(max_length=200, description="The document's id.", examples=["ilo-c183"])
]
Eid = Annotated[
    str,
    Path(max_length=500, description="The provision's structural id.", examples=["art_4__cl_1"]),
]


@router.get(
    "/search",
    tags=["search"],
    summary="Search, with the query in the address",
    operation_id="search",
    response_model=wire.SearchResult,
    responses=problems(422, 503),
)
async def search(
    kb: CurrentKB, last: LastResults, asked: Annotated[wire.SearchParameters, Query()]
) -> Response:
    """Find the passages that answer a query, best first, each with its citation and receipt."""
    return await _search(kb, last, asked.q, asked)


@router.post(
    "/search",
    tags=["search"],
    summary="Search, with the query in the body",
    operation_id="searchByBody",
    response_model=wire.SearchResult,
    responses=problems(400, 413, 415, 422, 503),
    dependencies=[Depends(json_body)],
)
async def search_by_body(kb: CurrentKB, last: LastResults, asked: wire.SearchRequest) -> Response:
    """Find the passages that answer a query; what is asked stays out of the servers' logs."""
    return await _search(kb, last, asked.query, asked)


async def _search(
    kb: CurrentKB,
    last: LastResults,
    query: str,
    asked: wire.SearchParameters | wire.SearchRequest,
) -> Response:
    wanted = Asked(
        query,
        limit=asked.limit,
        offset=asked.offset,
        languages=asked.languages or None,
        documents=asked.documents or None,
        provenances=asked.provenances or None,
        reader_language=asked.reader_language,
        as_of=asked.as_of,
    )
    body = last.json_held(kb, wanted) or await to_thread.run_sync(
        last.json_of, kb, wanted, limiter=last.turns
    )
    return Response(body, media_type="application/json")


@router.post(
    "/answer",
    tags=["answers"],
    summary="Answer a question",
    operation_id="answer",
    response_model=wire.Answer,
    responses=problems(400, 413, 415, 422, 503),
    dependencies=[Depends(json_body)],
)
def answer(kb: CurrentKB, asked: wire.AnswerRequest) -> JSONResponse:
    """Answer with cited sentences, each with its receipt, or say that the corpus has no answer."""
    found = kb.ask(
        asked.question,
        languages=asked.languages or None,
        documents=asked.documents or None,
        provenances=asked.provenances or None,
        reader_language=asked.reader_language,
        as_of=asked.as_of,
        written=asked.written,
    )
    return JSONResponse(to_json(found))


@router.get(
    "/context",
    tags=["answers"],
    summary="Passages for a prompt",
    operation_id="context",
    response_model=wire.Context,
    responses=problems(422, 503),
)
def context(kb: CurrentKB, asked: Annotated[wire.ContextParameters, Query()]) -> JSONResponse:
    """Pack the best passages for a query, with their citations, into a budget of tokens."""
    found = kb.context(
        asked.q,
        max_tokens=asked.max_tokens,
        languages=asked.languages or None,
        documents=asked.documents or None,
        provenances=asked.provenances or None,
        reader_language=asked.reader_language,
        as_of=asked.as_of,
    )
    return JSONResponse(to_json(found))


@router.get(
    "/documents",
    tags=["documents"],
    summary="The documents that are held",
    operation_id="listDocuments",
    response_model=wire.DocumentPage,
    responses=problems(422, 503),
)
def documents(kb: CurrentKB, page: Annotated[wire.PageParameters, Query()]) -> JSONResponse:
    """List the documents and their editions, a page at a time."""
    return JSONResponse(representations.document_page(kb.documents(), page))


@router.get(
    "/documents/{document_id}",
    tags=["documents"],
    summary="One document with its outline",
    operation_id="getDocument",
    response_model=wire.DocumentOutline,
    responses=problems(404, 422, 503),
)
def document(
    kb: CurrentKB, document_id: DocumentId, asked: Annotated[wire.OutlineParameters, Query()]
) -> JSONResponse:
    """Give a document's editions with their trees, and with their texts where asked for."""
    return JSONResponse(representations.document_outline(kb.document(document_id), text=asked.text))


@router.get(
    "/documents/{document_id}/nodes/{eid}",
    tags=["documents"],
    summary="One provision, word for word",
    operation_id="getNode",
    response_model=wire.NodeText,
    responses=problems(404, 422, 503),
)
def node(
    kb: CurrentKB,
    document_id: DocumentId,
    eid: Eid,
    asked: Annotated[wire.NodeParameters, Query()],
) -> JSONResponse:
    """Give the words of a provision with its citation and its receipt."""
    view = kb.node(
        document_id, eid, language=asked.language, edition_id=asked.edition, as_of=asked.as_of
    )
    return JSONResponse(representations.node_text(view))


@router.get(
    "/documents/{document_id}/editions",
    tags=["editions"],
    summary="The editions of a document, with their dates",
    operation_id="listEditions",
    response_model=wire.EditionList,
    responses=problems(404, 422, 503),
)
def editions(
    kb: CurrentKB, document_id: DocumentId, asked: Annotated[wire.EditionParameters, Query()]
) -> JSONResponse:
    """List a document's editions by language and date, and say which held on the day."""
    found = kb.editions(document_id, language=asked.language, as_of=asked.as_of)
    return JSONResponse(representations.editions_in_time(found))


@router.get(
    "/documents/{document_id}/nodes/{eid}/history",
    tags=["editions"],
    summary="When a provision appeared and changed",
    operation_id="getHistory",
    response_model=wire.History,
    responses=problems(404, 422, 503),
)
def history(
    kb: CurrentKB,
    document_id: DocumentId,
    eid: Eid,
    asked: Annotated[wire.HistoryParameters, Query()],
) -> JSONResponse:
    """Give the wordings of a provision, the oldest first, and the act that brought each."""
    versions = kb.history(document_id, eid, language=asked.language, edition_id=asked.edition)
    return JSONResponse({"versions": to_json(versions)})


@router.get(
    "/documents/{document_id}/nodes/{eid}/citations",
    tags=["documents"],
    summary="What a provision cites, and what cites it",
    operation_id="getCitations",
    response_model=wire.CitationGraph,
    responses=problems(404, 422, 503),
)
def citations(
    kb: CurrentKB,
    document_id: DocumentId,
    eid: Eid,
    asked: Annotated[wire.CitationParameters, Query()],
) -> JSONResponse:
    """Give the citations in a provision's words and those that lead to it, with receipts."""
    graph = kb.citations(
        document_id,
        eid,
        language=asked.language,
        edition_id=asked.edition,
        reader_language=asked.reader_language,
    )
    return JSONResponse(to_json(graph))


@router.post(
    "/references",
    tags=["references"],
    summary="What a text refers to",
    operation_id="findReferences",
    response_model=wire.References,
    responses=problems(400, 404, 413, 415, 422, 503),
    dependencies=[Depends(json_body)],
)
def references(kb: CurrentKB, asked: wire.ReferencesRequest) -> JSONResponse:
    """Find the instruments and provisions that a text names, and whether they are held."""
    found = kb.references(asked.text, document_id=asked.document, as_of=asked.as_of)
    return JSONResponse(to_json({"references": found, "generation": kb.generation}))


@router.get(
    "/compare",
    tags=["documents"],
    summary="What differs between two editions",
    operation_id="compareEditions",
    response_model=wire.Comparison,
    responses=problems(404, 422, 503),
)
def compare(kb: CurrentKB, asked: Annotated[wire.CompareParameters, Query()]) -> JSONResponse:
    """Say what became of each provision of one edition in another, word by word."""
    comparison = kb.compare_editions(asked.document, asked.from_, asked.to, language=asked.language)
    return JSONResponse(to_json(comparison if asked.all else comparison.without_unchanged()))


@router.post(
    "/verify",
    tags=["receipts"],
    summary="Check a receipt",
    operation_id="verifyReceipt",
    response_model=wire.Verification,
    responses=problems(400, 413, 415, 422, 503),
    dependencies=[Depends(json_body)],
)
def verify(kb: CurrentKB, receipt: wire.Receipt) -> JSONResponse:
    """Say whether the words of a receipt still stand where it says, or what became of them."""
    return JSONResponse(to_json(kb.verify_receipt(receipt.value())))


# --- provisions side by side ---


@router.get(
    "/documents/{document_id}/nodes/{eid}/parallel",
    tags=["documents"],
    summary="One provision in each language",
    operation_id="getParallelNodes",
    response_model=wire.ParallelNodes,
    responses=problems(404, 422, 503),
)
def parallel(
    kb: CurrentKB,
    document_id: DocumentId,
    eid: Eid,
    asked: Annotated[wire.ParallelParameters, Query()],
) -> JSONResponse:
    """Give a provision in every language that holds it, each with its citation and receipt."""
    views = kb.parallel(document_id, eid, reader_language=asked.reader_language)
    return JSONResponse({"texts": [representations.node_text(view) for view in views]})


@router.post(
    "/compare/provisions",
    tags=["compare"],
    summary="Compare two provisions, or a draft with one",
    operation_id="compareProvisions",
    response_model=wire.ProvisionComparison,
    responses=problems(400, 404, 413, 415, 422, 503),
    dependencies=[Depends(json_body)],
)
def compare_provisions(kb: CurrentKB, asked: wire.CompareProvisionsRequest) -> JSONResponse:
    """Pair the sentences of two texts, also across languages, and say how quantities differ."""
    found = kb.compare_provisions(
        asked.a.value(), asked.b.value(), reader_language=asked.reader_language
    )
    return JSONResponse(to_json(found))
