"""The client is polite, and never goes where it was not sent."""

from __future__ import annotations

import gzip
import ssl
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import httpx2
import pytest

from kb.errors import BadRequest
from kb.fetching import FetchFailed, Web
from kb.fetching.web import Manners, Validators

from .conftest import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import LocalWeb

HOSTS = frozenset({"acts.test", "old.acts.test"})
PAGE = "https://acts.test/docs/1"
ROBOTS = "https://acts.test/robots.txt"


def get(web: Web, url: str = PAGE) -> bytes:
    with web:
        return web.get(url, within=HOSTS, headers={}).data


# --- robots.txt ---


def test_robots_is_asked_first_and_once(local_web: LocalWeb, client: Callable[..., Web]) -> None:
    local_web.page(PAGE, "one")
    local_web.page("https://acts.test/docs/2", "two")
    with client() as web:
        web.get(PAGE, within=HOSTS, headers={})
        web.get("https://acts.test/docs/2", within=HOSTS, headers={})
    assert local_web.asked == [ROBOTS, PAGE, "https://acts.test/docs/2"]


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        (Reply("User-agent: *\nDisallow: /search/"), True),
        (Reply("User-agent: *\nDisallow: /docs/"), False),
        (Reply("User-agent: *\nDisallow: /docs/*\nAllow: /docs/1$"), True),
        (Reply("User-agent: policy-kb\nDisallow: /\n\nUser-agent: *\nAllow: /"), False),
        (Reply("User-agent: other\nDisallow: /"), True),
        (Reply("<html><body>a page that scripts fill</body></html>"), True),
        (Reply(b"\xff\xfe\x00 not text \x80"), True),
        (Reply(status=404), True),
        (Reply(status=403), True),  # RFC 9309: as if there were none
    ],
)
def test_robots_is_obeyed(
    local_web: LocalWeb, client: Callable[..., Web], robots: Reply, *, allowed: bool
) -> None:
    local_web.serve(ROBOTS, robots)
    local_web.page(PAGE, "text")
    if allowed:
        assert get(client()) == b"text"
    else:
        with pytest.raises(FetchFailed, match=r"robots\.txt asks programs not to"):
            get(client())
        assert local_web.asked == [ROBOTS]


def test_no_rules_no_page(local_web: LocalWeb, client: Callable[..., Web]) -> None:
    local_web.serve(ROBOTS, Reply(status=503))
    local_web.page(PAGE, "text")
    with client(attempts=2) as web:
        for _ in range(2):  # the second time the site is left alone
            with pytest.raises(FetchFailed, match=r"robots\.txt: the site has a trouble .*503"):
                web.get(PAGE, within=HOSTS, headers={})
    assert local_web.asked == [ROBOTS, ROBOTS]


@pytest.mark.parametrize("status", [501, 505, 520, 599])
def test_rules_that_cannot_be_had_for_another_reason(
    local_web: LocalWeb, client: Callable[..., Web], status: int
) -> None:
    local_web.serve(ROBOTS, Reply(status=status))
    local_web.page(PAGE, "text")
    with client() as web:
        for _ in range(2):
            with pytest.raises(
                FetchFailed, match=rf"\({status}\), and cannot say what programs may"
            ):
                web.get(PAGE, within=HOSTS, headers={})
    assert local_web.asked == [ROBOTS]


def test_rules_on_another_site_are_no_rules_of_this_one(
    local_web: LocalWeb, client: Callable[..., Web]
) -> None:
    local_web.serve(ROBOTS, Reply(status=302, headers={"Location": "https://elsewhere.test/"}))
    local_web.page(PAGE, "text")
    with pytest.raises(FetchFailed, match=r"robots\.txt leads away from its site"):
        get(client())
    assert local_web.asked == [ROBOTS]


def test_a_redirect_asks_the_rules_of_where_it_leads(
    local_web: LocalWeb, client: Callable[..., Web]
) -> None:
    local_web.serve(PAGE, Reply(status=302, headers={"Location": "/hidden/1"}))
    local_web.serve(ROBOTS, Reply("User-agent: *\nDisallow: /hidden/"))
    with pytest.raises(FetchFailed, match=r"/hidden/1: the site's robots\.txt"):
        get(client())


# --- pauses and tries ---


def test_a_pause_between_two_requests_to_a_host(
    local_web: LocalWeb, client: Callable[..., Web], waits: list[float]
) -> None:
    local_web.page(PAGE, "text")
    local_web.page("https://old.acts.test/docs/1", "text")
    with client(pause=3) as web:
        web.get(PAGE, within=HOSTS, headers={})
        assert waits == [3]  # after robots.txt
        web.get("https://old.acts.test/docs/1", within=HOSTS, headers={})
        assert waits == [3, 3]  # another host: only between its own two
        web.get(PAGE, within=HOSTS, headers={})
        assert waits == [3, 3]  # the clock has moved on by 3 s since
        web.get(PAGE, within=HOSTS, headers={})
        assert waits == [3, 3, 3]
    assert local_web.most_under_way == 1


def test_a_longer_crawl_delay_counts(
    local_web: LocalWeb, client: Callable[..., Web], waits: list[float]
) -> None:
    local_web.serve(ROBOTS, Reply("User-agent: *\nCrawl-delay: 10"))
    local_web.page(PAGE, "text")
    with client(pause=3) as web:
        for _ in range(3):
            web.get(PAGE, within=HOSTS, headers={})
    assert waits == [10, 10, 10]  # also between the rules and the first page


def test_a_crawl_delay_of_an_hour_is_not_sat_out(
    local_web: LocalWeb, client: Callable[..., Web], waits: list[float]
) -> None:
    local_web.serve(ROBOTS, Reply("User-agent: *\nCrawl-delay: 3600"))
    local_web.page(PAGE, "text")
    with pytest.raises(FetchFailed, match=r"wait 3600 seconds between two pages; open it in"):
        get(client())
    assert local_web.asked == [ROBOTS]
    assert waits == []


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_passing_trouble_is_waited_out(
    local_web: LocalWeb, client: Callable[..., Web], waits: list[float], status: int
) -> None:
    local_web.serve(PAGE, Reply(status=status), Reply(status=status), Reply("text"))
    assert get(client(pause=0)) == b"text"
    assert len(waits) == 2
    assert 1 <= waits[0] < waits[1] + 1


def test_tries_have_an_end(local_web: LocalWeb, client: Callable[..., Web]) -> None:
    local_web.serve(PAGE, Reply(status=500))
    with pytest.raises(FetchFailed, match=r"a trouble of its own \(500\): try again later"):
        get(client(attempts=3))
    assert local_web.pages_asked() == [PAGE] * 3


def test_retry_after_in_seconds(
    local_web: LocalWeb, client: Callable[..., Web], waits: list[float]
) -> None:
    local_web.serve(PAGE, Reply(status=429, headers={"Retry-After": "42"}), Reply("text"))
    assert get(client(pause=0)) == b"text"
    assert waits == [42]


def test_retry_after_as_a_date(
    local_web: LocalWeb, client: Callable[..., Web], waits: list[float]
) -> None:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    local_web.serve(PAGE, Reply(status=503, headers={"Retry-After": when}), Reply("text"))
    assert get(client(pause=0)) == b"text"
    assert 50 < waits[0] <= 100


@pytest.mark.parametrize("value", ["soon", "-5", "", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_retry_after_that_says_nothing(
    local_web: LocalWeb, client: Callable[..., Web], value: str
) -> None:
    local_web.serve(PAGE, Reply(status=503, headers={"Retry-After": value}), Reply("text"))
    assert get(client()) == b"text"


def test_who_asks_for_an_hour_is_left_alone(
    local_web: LocalWeb, client: Callable[..., Web], waits: list[float]
) -> None:
    local_web.serve(PAGE, Reply(status=429, headers={"Retry-After": "3600"}))
    with client(pause=0) as web:
        for _ in range(2):
            with pytest.raises(FetchFailed, match=r"\(429\): try again in 3600 seconds"):
                web.get(PAGE, within=HOSTS, headers={})
    assert local_web.pages_asked() == [PAGE]
    assert waits == []


# --- what a site may answer ---


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (403, r"refuses programs \(403\); open it in a browser"),
        (401, r"refuses programs \(401\)"),
        (404, r"no such page \(404\).*correct the address"),
        (410, r"no such page \(410\)"),
        (204, "answered 204"),
        (304, "nothing changed, but was not asked"),
        (400, "answered 400"),
        (501, "answered 501"),
    ],
)
def test_refusals_are_final(
    local_web: LocalWeb, client: Callable[..., Web], status: int, message: str
) -> None:
    local_web.serve(PAGE, Reply(status=status))
    with pytest.raises(FetchFailed, match=message) as raised:
        get(client())
    assert "\n" not in str(raised.value)
    assert local_web.pages_asked() == [PAGE]


def test_validators_come_back(local_web: LocalWeb, client: Callable[..., Web]) -> None:
    local_web.page(PAGE, "text", ETag='"1"', Last_Modified="Sat, 21 Nov 2026 10:00:00 GMT")
    with client() as web:
        answer = web.get(PAGE, within=HOSTS, headers={})
        assert answer.validators == Validators('"1"', "Sat, 21 Nov 2026 10:00:00 GMT")
        assert web.get_if_changed(PAGE, answer.validators, within=HOSTS, headers={}) is None
    asked = local_web.headers[PAGE][1]
    assert asked["If-None-Match"] == '"1"'
    assert asked["If-Modified-Since"] == "Sat, 21 Nov 2026 10:00:00 GMT"
    assert "policy-kb/" in asked["User-Agent"]


def test_cookies_are_kept(local_web: LocalWeb, client: Callable[..., Web]) -> None:
    first = Reply(status=302, headers={"Location": PAGE, "Set-Cookie": "session=1; Path=/"})
    local_web.serve(PAGE, first, Reply("text"))
    assert get(client()) == b"text"
    assert local_web.headers[PAGE][1]["Cookie"] == "session=1"


# --- where it goes ---


@pytest.mark.parametrize(
    "url",
    [
        "http://acts.test/docs/1",
        "https://elsewhere.test/docs/1",
        "https://acts.test@elsewhere.test/docs/1",
        "https://user:word@acts.test/docs/1",
        "https://acts.test:8443/docs/1",
        "https://acts.test.elsewhere.test/",
        "file:///etc/hostname",
        "//acts.test/docs/1",
        "https://[::1/",
        "",
    ],
)
def test_other_addresses_are_refused(
    local_web: LocalWeb, client: Callable[..., Web], url: str
) -> None:
    with pytest.raises(BadRequest, match=r"is not an https address at acts\.test"):
        get(client(), url)
    assert local_web.asked == []


@pytest.mark.parametrize(
    "location",
    [
        "http://acts.test/docs/1",
        "https://elsewhere.test/",
        "//elsewhere.test/",
        "file:///etc/hostname",
        "https://127.0.0.1/",
        "https://[::1/",
    ],
)
def test_no_redirect_leaves_the_site(
    local_web: LocalWeb, client: Callable[..., Web], location: str
) -> None:
    local_web.serve(PAGE, Reply(status=301, headers={"Location": location}))
    with pytest.raises(FetchFailed, match="leads away from its site, to "):
        get(client())
    assert local_web.asked == [ROBOTS, PAGE]


def test_a_redirect_within_the_site(local_web: LocalWeb, client: Callable[..., Web]) -> None:
    there = "https://old.acts.test/docs/1"
    local_web.serve(PAGE, Reply(status=301, headers={"Location": there}))
    local_web.page(there, "text")
    with client() as web:
        assert web.get(PAGE, within=HOSTS, headers={}).url == there


def test_a_redirect_loop(local_web: LocalWeb, client: Callable[..., Web]) -> None:
    other = "https://acts.test/docs/2"
    local_web.serve(PAGE, Reply(status=302, headers={"Location": other}))
    local_web.serve(other, Reply(status=307, headers={"Location": PAGE}))
    with pytest.raises(FetchFailed, match="from one address to another without an end"):
        get(client(redirects=4))
    assert len(local_web.pages_asked()) == 5


# --- bodies ---


def test_a_huge_page(local_web: LocalWeb, client: Callable[..., Web]) -> None:
    local_web.serve(PAGE, Reply(b"x" * (3 << 20)))
    with pytest.raises(FetchFailed, match="more than 2 MB"):
        get(client(max_megabytes=2))
    assert local_web.pages_asked() == [PAGE]


def test_a_page_that_is_huge_once_unpacked(local_web: LocalWeb, client: Callable[..., Web]) -> None:
    packed = gzip.compress(b"x" * (8 << 20))
    local_web.serve(PAGE, Reply(packed, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(FetchFailed, match="more than 2 MB"):
        get(client(max_megabytes=2))


def test_a_page_packed_twice(local_web: LocalWeb, client: Callable[..., Web]) -> None:
    packed = gzip.compress(gzip.compress(b"x" * (64 << 20)))
    local_web.serve(PAGE, Reply(packed, headers={"Content-Encoding": "gzip, gzip"}))
    with pytest.raises(FetchFailed, match="more than 2 MB"):
        get(client(max_megabytes=2))


@pytest.mark.parametrize(
    ("reply", "measured"),
    [
        (Reply("text"), True),
        (Reply("text", length=False), False),
        # unpacks without a complaint, and is not whole
        (Reply(gzip.compress(b"text")[:-6], headers={"Content-Encoding": "gzip"}), False),
    ],
)
def test_what_proves_that_a_page_is_whole(
    local_web: LocalWeb, client: Callable[..., Web], reply: Reply, *, measured: bool
) -> None:
    local_web.serve(PAGE, reply)
    with client() as web:
        answer = web.get(PAGE, within=HOSTS, headers={})
    assert (answer.data, answer.measured) == (b"text", measured)


def test_a_page_packed_wrongly(local_web: LocalWeb, client: Callable[..., Web]) -> None:
    local_web.serve(PAGE, Reply(b"not packed", headers={"Content-Encoding": "gzip"}))
    with pytest.raises(FetchFailed, match="cannot be understood"):
        get(client())


def test_a_page_that_breaks_off(local_web: LocalWeb, client: Callable[..., Web]) -> None:
    local_web.serve(PAGE, Reply("half of", missing=100), Reply("the whole text"))
    assert get(client()) == b"the whole text"
    local_web.serve(PAGE, Reply("half of", missing=100))
    with pytest.raises(FetchFailed, match="broke off before the page was complete"):
        get(client(attempts=2))


def test_a_silent_site(local_web: LocalWeb, client: Callable[..., Web]) -> None:
    done = threading.Event()
    local_web.serve(PAGE, Reply("late", silence=done))
    with pytest.raises(FetchFailed, match=r"did not answer within 0\.2 seconds"):
        get(client(timeout=0.2, attempts=2))
    done.set()
    assert local_web.pages_asked() == [PAGE] * 2


def test_a_page_without_an_end(waits: list[float]) -> None:
    class Dripping(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.url.path == "/robots.txt":
                return httpx2.Response(404)

            def drops() -> object:
                while True:
                    waits.append(1)
                    yield b"x"

            return httpx2.Response(200, content=drops())

    web = Web(
        Manners(body_seconds=5),
        transport=Dripping(),
        sleep=waits.append,
        clock=lambda: sum(waits),
    )
    with pytest.raises(FetchFailed, match="not complete after 5 seconds"):
        get(web)


def test_no_network(waits: list[float]) -> None:
    asked = []

    class Offline(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            asked.append(str(request.url))
            message = "[Errno -3] Temporary failure in name resolution"
            raise httpx2.ConnectError(message, request=request)

    with Web(Manners(attempts=3), transport=Offline(), sleep=waits.append) as web:
        for _ in range(2):
            with pytest.raises(FetchFailed, match=r"acts\.test cannot be reached .*check the net"):
                web.get(PAGE, within=HOSTS, headers={})
    assert asked == [ROBOTS] * 3  # and nothing the second time


def test_a_site_that_does_not_prove_who_it_is(waits: list[float]) -> None:
    asked = []

    class Unproven(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            asked.append(str(request.url))
            why = ssl.SSLCertVerificationError("unable to get local issuer certificate")
            raise httpx2.ConnectError(str(why), request=request) from why

    with Web(transport=Unproven(), sleep=waits.append) as web:
        for _ in range(2):
            with pytest.raises(FetchFailed, match=r"does not prove that it is the site .*issuer"):
                web.get(PAGE, within=HOSTS, headers={})
    assert asked == [ROBOTS]  # once: another try would end in the same way
    assert waits == []
