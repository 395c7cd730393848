"""Pages asked for by a person: what is sent, what is followed, what is refused, and rows behind an interface."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from harvesters.one_page import Session, read_address, with_rows
from harvesters.reading.facts import Fetch, Listing, Page
from harvesters.reading.page import read_page
from storage import settings
from storage.exceptions import NoAnswer, UnsafeAddress
from storage.schema import Outcome
from tests.city import City
from tests.city.model import Column
from tests.harvesters.small_site import Answer, Asked, small_site


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_DOWNLOAD_TIMEOUT_S", "2")


def session(**options: Any) -> Session:
    return Session(settings.load(), **{"allow_private": True, "delay_s": 0.0, **options})


def test_an_engines_request_is_sent_as_it_is_and_cookies_come_back() -> None:
    def echo(asked: Asked) -> Answer:
        kept = {name: asked.headers.get(name) for name in ("cookie", "referer", "x-requested-with", "user-agent")}
        told = {"method": asked.method, "body": asked.body.decode(), **kept}
        return Answer(body=json.dumps(told), headers={"Set-Cookie": "sid=7; Path=/"})

    headers = {"Referer": "http://x.invalid/", "X-Requested-With": "XMLHttpRequest"}
    with small_site({"/api": echo, "/go": Answer(302, headers={"Location": "/api"})}) as base, session() as asking:
        asking.ask(Fetch(url=f"{base}/api"))
        told = asking.ask(Fetch(url=f"{base}/api", method="POST", body=b"page=2", headers=headers)).json
        assert (told["method"], told["body"], told["cookie"]) == ("POST", "page=2", "sid=7")
        assert (told["referer"], told["x-requested-with"]) == ("http://x.invalid/", "XMLHttpRequest")
        assert told["user-agent"].startswith("gongkai/")
        # a redirect is followed as browsers do: without what was sent
        again = asking.ask(Fetch(url=f"{base}/go", method="POST", body=b"page=3")).json
        assert (again["method"], again["body"]) == ("GET", "")
        assert asking.requests == 4


@pytest.mark.parametrize(
    ("path", "landed"),
    [
        ("/shell", "/real/"),
        ("/script", "/real/"),
        ("/shell#721", "/real/#721"),
        ("/away", "/away"),  # another site's page is not this address's
        ("/circle", "/circle?x=1"),  # three hops and no further
    ],
)
def test_pages_that_only_lead_on_are_followed_within_their_site(path: str, landed: str) -> None:
    def leads(target: str) -> str:
        return f'<html><head><meta http-equiv="refresh" content="0;url={target}"></head></html>'

    pages = {
        "/shell": leads("/script"),
        "/script": "<script>window.location.href='/real/'</script>",
        "/real/": "<html><body>页面</body></html>",
        "/away": leads("http://other.invalid/"),
        "/circle": leads("/circle?x=1"),
        "/circle?x=1": leads("/circle"),
    }
    with small_site(pages) as base, session() as asking:
        assert asking.page(base + path).url == base + landed


def test_robots_are_asked_once_and_obeyed_and_the_pause_is_kept() -> None:
    asked: list[str] = []

    def robots(request: Asked) -> Answer:
        asked.append(request.path)
        return Answer(body="User-agent: *\nDisallow: /private/\nCrawl-delay: 0.2\n")

    with small_site({"/robots.txt": robots, "/a": "a", "/b": "b"}) as base, session() as asking:
        began = time.monotonic()
        asking.page(f"{base}/a")
        asking.page(f"{base}/b")
        assert time.monotonic() - began >= 0.2
        with pytest.raises(NoAnswer, match=r"robots\.txt asks not to fetch it") as refused:
            asking.page(f"{base}/private/c")
        assert (refused.value.outcome, refused.value.reason) == (Outcome.BLOCKED, "robots")
    assert asked == ["/robots.txt"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("{base}/", "is the private address 127.0.0.1"),
        ("http://127.1:99999/", "not an address"),
        ("ftp://www.yunxi.invalid/", "http"),
        ("http:///", "http"),
    ],
)
def test_what_may_not_be_asked_is_refused(address: str, said: str) -> None:
    with small_site({"/": "x"}) as base, session(allow_private=False) as asking, pytest.raises(UnsafeAddress) as error:
        asking.page(address.format(base=base))
    assert said in str(error.value)


def test_a_redirect_into_a_private_network_is_refused() -> None:
    with (
        small_site({"/": Answer(302, headers={"Location": "http://169.254.169.254/latest"})}) as base,
        session() as asking,
        pytest.raises(UnsafeAddress, match=r"169\.254\.169\.254"),
    ):
        asking.page(f"{base}/")


@pytest.mark.parametrize("family", ["gkmlpt", "jpaas", "ucap_json"])
def test_rows_behind_an_interface_are_read(family: str) -> None:
    city = City(units=12, items=900, seed=7, faults=False)
    column: Column = next(c for c in city.columns if c.family == family and c.count > 2 and not c.single)
    with city.serve():
        page = read_address(city.column_url(column), settings.load(), allow_private=True)
        assert (page.outcome, page.kind) == (Outcome.OK, "listing")
        assert page.listing is not None
        shown = {city.url_of(column, key) for key in range(column.count)}
        assert len(page.listing.rows) > 2
        assert {row.url for row in page.listing.rows} <= shown


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(403, "<html><body><h1>403 Forbidden</h1></body></html>"), Outcome.BLOCKED),
        (Answer(200, '{"articles": [], "total": 145}'), Outcome.STRUCTURE_CHANGED),
        (Answer(200, '{"classify": {"post_count": 0}, "articles": [], "total": 0}'), Outcome.OK_EMPTY),
    ],
)
def test_an_interface_that_gives_no_rows_decides_the_outcome(answer: Answer, outcome: Outcome) -> None:
    index = "<html><script>window._CONFIG = { SID: '7', TREE: [], SERVICE_AREA_ID: '3' };</script><body></body></html>"
    pages: dict[str, str | Answer] = {"/gkmlpt/index": index, "/gkmlpt/api/all/5?page=1&sid=7": answer}
    with small_site(pages) as base, session() as asking:
        page = with_rows(read_page(asking.page(f"{base}/gkmlpt/index#5")), asking.ask)
    assert page.outcome is outcome


def test_an_engine_that_never_gives_rows_is_not_asked_for_ever() -> None:
    endless = Listing(engine="x", column_name=None, rows=(), next=Fetch(url="http://x.invalid/", state={"engine": "x"}))
    page = Page(url="http://x.invalid/", kind="listing", outcome=Outcome.OK, listing=endless)

    def ask(_fetch: Fetch) -> Any:
        raise NoAnswer("http://x.invalid/: no answer", reason="timeout")

    told = with_rows(page, ask)
    assert (told.outcome, told.reason) == (Outcome.UNREACHABLE, "timeout")
