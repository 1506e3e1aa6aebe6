"""A polite client for the public sites of official texts.

Nothing here starts on its own: a page is fetched because a person named its document. The client

- asks each site's robots.txt first, by RFC 9309 (https://www.rfc-editor.org/rfc/rfc9309);
- makes one request at a time and pauses between two requests to a host;
- sends what it knows of an earlier version (ETag, Last-Modified), so that an unchanged page is not
  sent again;
- tries again after a passing trouble, later each time, and waits as long as a site asks it to;
- speaks https alone, and follows a redirect only within the site;
- takes no page larger, and waits for none longer, than `Manners` allows;
- says in every request what it is.
"""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, NoReturn, Self
from urllib.parse import urljoin, urlsplit

import httpx2
from protego import Protego
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    wait_exponential_jitter,
)

from kb.errors import BadRequest
from kb.fetching.results import FetchFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

AGENT = "policy-kb"  # the name that a robots.txt may address

_MEGABYTE = 1 << 20
_ROBOTS_BYTES = 512 << 10  # RFC 9309 asks for at least 500 KiB to be read
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({429, 500, 502, 503, 504})
_BY_HAND = "open it in a browser, save it and add the file with `kb ingest FILE --as DOCUMENT`"


@dataclass(frozen=True, slots=True)
class Manners:
    """How the client behaves towards a site."""

    pause: float = 2.0  # seconds between two requests to a host; a longer Crawl-delay counts
    timeout: float = 30.0  # seconds to connect, and between two pieces of an answer
    body_seconds: float = 300.0  # seconds that one page may take as a whole
    max_megabytes: int = 50  # size of one page, unpacked
    attempts: int = 4  # requests for one page, the first included
    longest_wait: float = 120.0  # seconds; whoever asks for more is left alone
    redirects: int = 5  # for one page


@dataclass(frozen=True, slots=True)
class Validators:
    """What a site says of a version of a page, to ask later whether there is another one."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the headers of a conditional request."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Answer:
    """A page as it came."""

    url: str  # where it was found, after redirects
    data: bytes
    media_type: str  # `text/html`; "" where the site names none
    validators: Validators
    measured: bool  # whether the page came with its length, unpacked, so that none is missing


class _PassingTrouble(FetchFailed):
    """Something that may be better in a moment."""

    def __init__(self, message: str, *, wait: float = 0.0, whole_host: bool = False) -> None:
        super().__init__(message)
        self.wait = wait  # seconds that the site asks for
        self.whole_host = whole_host  # no other page of the host can be had either


@dataclass(frozen=True, slots=True)
class _Reply:
    url: str
    status: int
    headers: Mapping[str, str]
    data: bytes


class Web:
    """The client. Use it as a context manager; one instance asks one page at a time.

    Args:
        manners: how it behaves.
        transport: what carries the requests, in place of the network.
        sleep, clock: how to wait for some seconds, and a clock that only goes forward.
    """

    def __init__(
        self,
        manners: Manners | None = None,
        *,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._manners = manners or Manners()
        self._sleep = sleep
        self._clock = clock
        self._client = httpx2.Client(
            # a shape that sites expect, with our own name in it
            headers={"User-Agent": f"Mozilla/5.0 (compatible; {AGENT}/{version(AGENT)})"},
            timeout=self._manners.timeout,
            follow_redirects=False,
            transport=transport,
        )
        self._robots: dict[str, Protego] = {}
        self._asked_at: dict[str, float] = {}  # when the last request to a host ended
        self._left_alone: dict[str, FetchFailed] = {}  # hosts that will not answer in this run

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, url: str, *, within: Collection[str], headers: Mapping[str, str]) -> Answer:
        """Return a page; `within` are the hosts of its site.

        Raises:
            FetchFailed: the site does not give it, or robots.txt asks programs not to take it.
            BadRequest: the address is not https, or not of this site.
        """
        answer = self.get_if_changed(url, Validators(), within=within, headers=headers)
        if answer is None:
            raise FetchFailed(f"{url}: the site says that nothing changed, but was not asked that.")
        return answer

    def get_if_changed(
        self,
        url: str,
        validators: Validators,
        *,
        within: Collection[str],
        headers: Mapping[str, str],
    ) -> Answer | None:
        """Return a page, or None where it is the version that the validators name.

        Raises:
            FetchFailed: as for `get`.
            BadRequest: as for `get`.
        """
        reply = self._follow(url, {**headers, **validators.headers()}, within, permitted=False)
        if reply.status == 304:
            return None
        if reply.status != 200:
            _refuse(url, reply.status)
        return Answer(
            url=reply.url,
            data=reply.data,
            media_type=reply.headers.get("content-type", "").partition(";")[0].strip().lower(),
            validators=Validators(reply.headers.get("etag"), reply.headers.get("last-modified")),
            measured=_is_measured(reply.headers),
        )

    # --- from a page to requests ---

    def _follow(
        self, url: str, headers: Mapping[str, str], within: Collection[str], *, permitted: bool
    ) -> _Reply:
        """Ask for a page and go where it leads; `permitted`: robots.txt need not be asked."""
        at = url
        for _ in range(self._manners.redirects + 1):
            _check_address(at, within, came_from=None if at == url else url)
            if not permitted:
                self._check_permission(at, within)
            reply = self._ask(at, headers)
            if reply.status not in _REDIRECTS:
                return reply
            at = _joined(at, reply.headers.get("location", ""))
        raise FetchFailed(
            f"{url} leads from one address to another without an end: look at it in a browser and"
            " correct the address in the catalogue."
        )

    def _check_permission(self, url: str, within: Collection[str]) -> None:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(f"{origin}/robots.txt", within)
        if not self._robots[origin].can_fetch(url, AGENT):
            raise FetchFailed(
                f"{url}: the site's robots.txt asks programs not to fetch this page; {_BY_HAND}."
            )
        if (pause := self._crawl_delay(url)) > self._manners.longest_wait:
            raise FetchFailed(
                f"{url}: the site's robots.txt asks programs to wait {pause:g} seconds between two"
                f" pages; {_BY_HAND}."
            )

    def _read_robots(self, url: str, within: Collection[str]) -> Protego:
        """Return a site's rules. Where it has none, all is allowed; where it fails, nothing is."""
        host = urlsplit(url).netloc
        try:
            reply = self._follow(url, {}, within, permitted=True)
        except FetchFailed as trouble:
            self._left_alone[host] = trouble
            raise
        if reply.status >= 500:  # one of those that are not tried again
            self._left_alone[host] = FetchFailed(
                f"{url}: the site has a trouble of its own ({reply.status}), and cannot say what"
                " programs may fetch: try again later."
            )
            raise self._left_alone[host]
        found = reply.data[:_ROBOTS_BYTES] if reply.status == 200 else b""
        return Protego.parse(found.decode("utf-8", "replace"))

    def _ask(self, url: str, headers: Mapping[str, str]) -> _Reply:
        """Ask for one address, again after a passing trouble."""
        host = urlsplit(url).netloc
        if host in self._left_alone:
            raise self._left_alone[host]
        retrying = Retrying(
            retry=retry_if_exception_type(_PassingTrouble),
            stop=self._is_enough,
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(self._ask_once, url, headers)
        except _PassingTrouble as trouble:
            if trouble.whole_host:
                self._left_alone[host] = trouble
            raise

    def _is_enough(self, state: RetryCallState) -> bool:
        return (
            state.attempt_number >= self._manners.attempts
            or _trouble(state).wait > self._manners.longest_wait
        )

    # --- one request ---

    def _ask_once(self, url: str, headers: Mapping[str, str]) -> _Reply:
        host = urlsplit(url).netloc
        self._pause(url)
        try:
            with self._client.stream("GET", url, headers=dict(headers)) as response:
                if response.status_code in _PASSING:
                    raise _passing(url, response)
                data = self._read(url, response) if response.status_code == 200 else b""
                return _Reply(url, response.status_code, response.headers, data)
        except httpx2.TimeoutException as error:
            raise _PassingTrouble(
                f"{url} did not answer within {self._manners.timeout:g} seconds: try again later.",
                whole_host=isinstance(error, httpx2.ConnectTimeout),
            ) from error
        except httpx2.ConnectError as error:
            if _is_about_certificate(error):
                self._left_alone[host] = FetchFailed(
                    f"{host} does not prove that it is the site ({error}), so nothing is taken from"
                    f" it: check the date of this machine; else {_BY_HAND}."
                )
                raise self._left_alone[host] from error
            raise _PassingTrouble(
                f"{host} cannot be reached ({error}): check the network and try again.",
                whole_host=True,
            ) from error
        except httpx2.TransportError as error:
            raise _PassingTrouble(
                f"{url}: the connection broke off before the page was complete ({error}): try again"
                " later."
            ) from error
        except (httpx2.DecodingError, httpx2.InvalidURL) as error:
            raise FetchFailed(
                f"{url}: the answer cannot be understood ({error}); {_BY_HAND}."
            ) from error
        finally:
            self._asked_at[host] = self._clock()

    def _pause(self, url: str) -> None:
        host = urlsplit(url).netloc
        if host not in self._asked_at:
            return
        pause = max(self._manners.pause, self._crawl_delay(url))
        rest = self._asked_at[host] + pause - self._clock()
        if rest > 0:
            self._sleep(rest)

    def _crawl_delay(self, url: str) -> float:
        parts = urlsplit(url)
        robots = self._robots.get(f"{parts.scheme}://{parts.netloc}")
        return (robots.crawl_delay(AGENT) if robots else None) or 0.0

    def _read(self, url: str, response: httpx2.Response) -> bytes:
        most = self._manners.max_megabytes * _MEGABYTE
        end = self._clock() + self._manners.body_seconds
        pieces: list[bytes] = []
        size = 0
        for piece in response.iter_bytes():
            pieces.append(piece)
            size += len(piece)
            if size > most:
                raise FetchFailed(
                    f"{url} has more than {self._manners.max_megabytes} MB, which no text of an act"
                    f" has; {_BY_HAND}."
                )
            if self._clock() > end:
                raise FetchFailed(
                    f"{url} was not complete after {self._manners.body_seconds:g} seconds: try"
                    " again later."
                )
        return b"".join(pieces)


def _is_measured(headers: Mapping[str, str]) -> bool:
    """Whether a page's length was said; one that is packed unpacks without its end, too."""
    said = "content-length" in headers or "transfer-encoding" in headers
    return said and headers.get("content-encoding", "identity") == "identity"


def _is_about_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return location  # no address at all; it is refused where all others are


def _check_address(url: str, within: Collection[str], *, came_from: str | None) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" and parts.netloc in within
    except ValueError:
        good = False
    if good:
        return
    if came_from is None:
        raise BadRequest(
            f"{url} is not an https address at {' or '.join(sorted(within))}: correct it in the"
            " catalogue."
        )
    raise FetchFailed(
        f"{came_from} leads away from its site, to {url}: look at it in a browser and correct the"
        " address in the catalogue."
    )


def _refuse(url: str, status: int) -> NoReturn:
    match status:
        case 401 | 403:
            raise FetchFailed(f"{url}: the site refuses programs ({status}); {_BY_HAND}.")
        case 404 | 410:
            raise FetchFailed(
                f"{url}: the site has no such page ({status}): look for the text in a browser and"
                " correct the address in the catalogue."
            )
        case _:
            raise FetchFailed(f"{url}: the site answered {status}; {_BY_HAND}.")


def _passing(url: str, response: httpx2.Response) -> _PassingTrouble:
    status, wait = response.status_code, _retry_after(response.headers.get("retry-after"))
    if status == 429:
        when = f"in {wait:g} seconds" if wait else "later"
        return _PassingTrouble(
            f"{url}: the site asks for fewer requests (429): try again {when}.",
            wait=wait,
            whole_host=True,
        )
    return _PassingTrouble(
        f"{url}: the site has a trouble of its own ({status}): try again later.", wait=wait
    )


def _retry_after(value: str | None) -> float:
    """Return the seconds of a Retry-After header, which gives them or a date; 0 for none."""
    if value is None:
        return 0.0
    if value.strip().isdecimal():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


_backing_off = wait_exponential_jitter(initial=1, max=30)


def _wait(state: RetryCallState) -> float:
    return max(_trouble(state).wait, _backing_off(state))


def _trouble(state: RetryCallState) -> _PassingTrouble:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, _PassingTrouble)  # noqa: S101  what is retried
    return error
