"""The web page: search, the list of documents, and a document with an anchor at every unit.

    /                                   the form; with ?q=… the results
    /documents                          what is held
    /documents/{id}                     leads to the edition in the reader's language
    /documents/{id}/compare             two editions; with ?from=…&to=… what differs
    /documents/{id}/{edition_id}        the text; #art_4__cl_1 lands on the clause
    /documents/{id}/{edition_id}/{eid}  one provision: its languages, its history, its citations

Everything works without JavaScript. Whatever a document or a query contains is text: the templates
escape it, and the Content-Security-Policy lets nothing run but the one script of ours.
"""

import json
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Annotated, Any
from urllib.parse import quote, urlencode, urlsplit

import jinja2
from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute

from api.interface_texts import (
    EXAMPLE_QUERIES,
    LANGUAGE_NAMES,
    change_name,
    error_key,
    interface_words,
    kind_name,
    status_name,
    written_day,
)
from api.live import CurrentKB
from api.reading import preferred, provision_path, read_edition
from api.results import Asked, LastResults
from kb.citations import permalink
from kb.comparison import ChangeKind, Comparison, UnitChange
from kb.documents import Edition, Highlight, Language, Provenance, Span
from kb.errors import BadRequest, KBError, NotFound
from kb.knowledge_base import EditionInTime, KnowledgeBase
from kb.search.results import Hit, SearchResult, to_json
from kb.search.wording import provenance_note
from kb.stores.rows import DocumentSummary, EditionSummary

STATIC = Path(__file__).parent / "static"  # served at /static
HITS_PER_PAGE = 10
LANGUAGE_COOKIE = "lang"

_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
_YEAR = 365 * 24 * 60 * 60
_NO_LONGER = ("expired", "repealed", "not-in-force")


class PageRoute(APIRoute):
    """A route whose errors are pages too, for a person to read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler with the errors turned into pages."""
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except KBError as error:
                return _error_page(request, error.status, error_key(error), str(error))
            except RequestValidationError as error:
                first = error.errors()[0]
                detail = f"{first['loc'][-1]}: {first['msg']}"
                return _error_page(request, 422, "error_request", detail)

        return answer


router = APIRouter(include_in_schema=False, route_class=PageRoute)


@dataclass(frozen=True)
class SearchForm:
    """What the form on the search page holds."""

    q: str | None  # None: nobody has searched yet
    documents: tuple[str, ...]
    languages: tuple[str, ...]
    provenances: tuple[str, ...]
    as_of: str
    offset: int

    @property
    def filtered(self) -> bool:
        """Whether any filter is set."""
        return bool(self.documents or self.languages or self.provenances or self.as_of)

    def address(self, **changed: object) -> str:
        """Return the address of this search with some of its values changed."""
        values = {**vars(self), **changed}
        if not values["offset"]:
            del values["offset"]
        return (
            f"/?{urlencode({name: value for name, value in values.items() if value}, doseq=True)}"
        )


# --- the pages ---


@router.get("/")
def search_page(
    request: Request,
    kb: CurrentKB,
    last: LastResults,
    q: str | None = None,
    documents: Annotated[Sequence[str], Query()] = (),
    languages: Annotated[Sequence[str], Query()] = (),
    provenances: Annotated[Sequence[str], Query()] = (),
    as_of: str = "",
    offset: Annotated[int, Query()] = 0,
) -> Response:
    """Show the form, and the results of what it was sent with."""
    form = SearchForm(
        q, _given(documents), _given(languages), _given(provenances), as_of.strip(), offset
    )
    result: SearchResult | None = None
    error: BadRequest | None = None
    if q is not None:
        try:
            asked = Asked(
                q,
                limit=HITS_PER_PAGE,
                offset=offset,
                documents=form.documents or None,
                languages=form.languages or None,
                provenances=form.provenances or None,
                reader_language=_interface_language(request),
                as_of=form.as_of or None,
            )
            result = last.of(kb, asked)
        except BadRequest as refused:
            error = refused
    held = kb.documents()
    return _page(
        request,
        "search.html",
        error.status if error else 200,
        form=form,
        result=result,
        error=error,
        error_key=error_key(error),
        held=held,
        editions={(item.document_id, item.id): item for one in held for item in one.editions},
        generation=kb.generation,
        hits_per_page=HITS_PER_PAGE,
    )


def _given(values: Sequence[str]) -> tuple[str, ...]:
    """Return what was chosen; a form sends an empty value where nothing was."""
    return tuple(value for value in values if value)


@router.get("/documents")
def documents_page(request: Request, kb: CurrentKB) -> Response:
    """List what is held."""
    return _page(request, "documents.html", held=kb.documents(), generation=kb.generation)


@router.get("/documents/{document_id}")
def document_page(request: Request, kb: CurrentKB, document_id: str) -> Response:
    """Lead to the edition in the reader's language."""
    summary = _summary(kb, document_id)
    edition = preferred(summary.editions, _interface_language(request))
    if edition is None:
        raise NotFound(f"{document_id} has no text in this index; ingest one with `kb ingest`.")
    response = RedirectResponse(permalink(summary.id, edition.id), status_code=302)
    _remember_language(request, response)
    return response


@router.get("/documents/{document_id}/compare")
def compare_page(
    request: Request,
    kb: CurrentKB,
    document_id: str,
    a: Annotated[str, Query(alias="from")] = "",
    b: Annotated[str, Query(alias="to")] = "",
    everything: Annotated[bool, Query(alias="all")] = False,
) -> Response:
    """Show the form to choose two editions, and what differs between those that were chosen."""
    summary = _summary(kb, document_id)
    comparison: Comparison | None = None
    error: KBError | None = None
    if a and b:
        try:
            comparison = kb.compare_editions(summary.id, a, b)
        except (BadRequest, NotFound) as refused:
            error = refused
    units: tuple[UnitChange, ...] = ()
    if comparison is not None:
        units = (comparison if everything else comparison.without_unchanged()).units
    choices = _comparable(summary.editions)
    shown = {item.id: item for item in summary.editions}
    return _page(
        request,
        "compare.html",
        error.status if error else 200,
        document=summary.document,
        choices=choices,
        chosen=_chosen(choices, a, b, _interface_language(request)),
        comparison=comparison,
        units=units,
        editions=() if comparison is None else (shown[comparison.a], shown[comparison.b]),
        everything=everything,
        error=error,
        error_key=error_key(error),
        generation=kb.generation,
    )


def _comparable(editions: Sequence[EditionSummary]) -> dict[Language, list[EditionSummary]]:
    """Return the editions in each language that has two or more, the oldest first."""
    spoken = {
        language: [item for item in by_language(editions) if item.language is language]
        for language in Language
    }
    return {language: items for language, items in spoken.items() if len(items) > 1}


def _chosen(
    choices: Mapping[Language, Sequence[EditionSummary]], a: str, b: str, language: Language
) -> tuple[str, str]:
    """Return the ids that the form offers: those chosen, else the newest and the one before it."""
    for items in choices.values():
        if {a, b} & {item.id for item in items}:
            break
    else:
        items = choices.get(language) or next(iter(choices.values()), ())
    ids = [item.id for item in items]
    if not ids:
        return "", ""
    newer = b if b in ids else ids[-1]
    older = a if a in ids else ids[max(ids.index(newer) - 1, 0)]
    return older, newer


@router.get("/documents/{document_id}/{edition_id}")
def edition_page(request: Request, kb: CurrentKB, document_id: str, edition_id: str) -> Response:
    """Show a text, unit by unit, each with its anchor."""
    edition = kb.edition(document_id, edition_id)
    summary = _summary(kb, document_id)
    language = _interface_language(request)
    return _page(
        request,
        "document.html",
        document=summary.document,
        editions=summary.editions,
        edition=edition,
        summary=next(item for item in summary.editions if item.id == edition.id),
        comparable=edition.language in _comparable(summary.editions),
        reading=read_edition(kb.document(document_id), edition, language),
        newer=_newer(kb, edition),
        generation=kb.generation,
    )


@router.get("/documents/{document_id}/{edition_id}/{eid}")
def provision_page(
    request: Request, kb: CurrentKB, document_id: str, edition_id: str, eid: str
) -> Response:
    """Show a provision in its languages side by side, its history and what it is tied to."""
    language = _interface_language(request)
    shown = kb.node(document_id, eid, edition_id=edition_id, reader_language=language)
    others = kb.parallel(document_id, eid, reader_language=language)
    return _page(
        request,
        "provision.html",
        views=[
            shown,
            *(view for view in others if view.edition.language is not shown.edition.language),
        ],
        versions=kb.history(document_id, eid, edition_id=edition_id),
        graph=kb.citations(document_id, eid, edition_id=edition_id, reader_language=language),
        generation=kb.generation,
    )


def _newer(kb: KnowledgeBase, edition: Edition) -> EditionInTime | None:
    """Return the edition that holds today in place of one that no longer does."""
    series = [
        item
        for item in kb.editions(edition.document_id, language=edition.language)
        if item.edition.provenance is edition.provenance
    ]
    replaced = any(item.edition.id == edition.id and not item.holds for item in series)
    holding = [item for item in series if item.holds and item.edition.valid_from]
    return holding[-1] if replaced and holding else None


def _summary(kb: KnowledgeBase, document_id: str) -> DocumentSummary:
    found = kb.document(document_id).id  # refuses what is not held
    return next(item for item in kb.documents() if item.id == found)


# --- the reader's language ---


def _interface_language(request: Request) -> Language:
    """Return the language asked for now, or before, or by the browser, else English."""
    asked = request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)
    accepted = accepted_languages(request.headers.get("accept-language", ""))
    spoken = {str(language): language for language in Language}
    return next((spoken[name] for name in (*asked, *accepted) if name in spoken), Language.ENGLISH)


def accepted_languages(header: str) -> list[str]:
    """Return the languages of an Accept-Language header, the most wanted first (RFC 9110, 12.5.4).

    >>> accepted_languages("ru;q=0.8, kk-KZ, en;q=0")
    ['kk', 'ru']
    """
    weighed = []
    for part in header[:1000].split(","):
        tag, _, weight = part.replace(" ", "").partition(";q=")
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        if quality > 0:
            weighed.append((-quality, tag.partition("-")[0].lower()))
    return [name for _, name in sorted(weighed, key=lambda item: item[0])]


def _remember_language(request: Request, response: Response) -> None:
    asked = request.query_params.get("lang")
    if asked in tuple(Language):
        response.set_cookie(
            LANGUAGE_COOKIE,
            str(asked),
            max_age=_YEAR,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )


def _language_links(request: Request) -> list[tuple[Language, str]]:
    """Return the address of this page in each language."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return [(language, f"?{urlencode([*kept, ('lang', str(language))])}") for language in Language]


# --- printing ---


def marked(text: str, span: Span, highlights: Sequence[Highlight]) -> Iterator[tuple[str, bool]]:
    """Yield the stretches of a text that stands at `span`, each with whether it is highlighted."""
    at = span.start
    for highlight in highlights:
        yield text[at - span.start : highlight.span.start - span.start], False
        yield highlight.text, True
        at = highlight.span.end
    yield text[at - span.start :], False


def web_url(address: str | None) -> str | None:
    """Return an address that may be a link, of `http:` or `https:`; None for every other."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.netloc else None


def badge(edition: Edition | EditionSummary) -> str:
    """Return the key of what an edition is called: nobody calls a file of the user's official."""
    supplied = edition.provenance is Provenance.OFFICIAL and not edition.url
    return "supplied" if supplied else str(edition.provenance)


def by_language(editions: Sequence[EditionSummary]) -> list[EditionSummary]:
    """Return editions in the order of `Language`, the older before the newer."""
    return sorted(editions, key=lambda item: (tuple(Language).index(item.language), item.id))


def change_key(unit: UnitChange) -> str:
    """Return the key of what became of a unit."""
    both = unit.kind is ChangeKind.RENUMBERED and unit.reworded
    return f"change_{unit.kind}{'_reworded' if both else ''}"


def receipt_json(hit: Hit) -> str:
    """Return the receipt as `POST /v1/verify` takes it."""
    return json.dumps(to_json(hit.receipt), ensure_ascii=False, indent=2)


_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters |= {
    "anchor": lambda eid: quote(eid, safe="~"),
    "badge": badge,
    "by_language": by_language,
    "change_key": change_key,
    "file_name": lambda summary: PurePath(summary.source).name,
    "marked": marked,
    "receipt_json": receipt_json,
    "sentence": lambda words: f"{words[:1].upper()}{words[1:]}.",
    "web_url": web_url,
}
_environment.globals |= {
    "Language": Language,
    "Provenance": Provenance,
    "change_name": change_name,
    "kind_name": kind_name,
    "language_names": LANGUAGE_NAMES,
    "no_longer": _NO_LONGER,
    "permalink": permalink,
    "provision_path": provision_path,
    "provenance_note": provenance_note,
    "status_name": status_name,
    "written_day": written_day,
}


def _page(request: Request, template: str, status: int = 200, **values: object) -> Response:
    language = _interface_language(request)
    context: Mapping[str, object] = {
        "language": language,
        "t": interface_words(language),
        "language_links": _language_links(request),
        "examples": EXAMPLE_QUERIES[language],
        "path": request.url.path,
        "generation": None,
        **values,
    }
    html = _environment.get_template(template).render(context)
    response = HTMLResponse(html, status, {"Content-Security-Policy": _SECURITY_POLICY})
    _remember_language(request, response)
    return response


def _error_page(request: Request, status: int, title_key: str, detail: str) -> Response:
    return _page(request, "error.html", status, title_key=title_key, detail=detail)
