"""Pages that only JavaScript can list, rendered by this machine's Chromium for columns that say ``render: true``.

In comes the plain response to a list page; out comes the page as its scripts have drawn it, with its record in the
archive. The browser has no network of its own: whatever its scripts ask for is fetched by the crawl's fetcher, with its
guard, robots, pace and name, and handed to the page; so no request is made that a plain crawl could not make. Only the
unit's own hosts are asked, pictures, fonts and films not at all, and the page itself is never left: a script that
wants to reload it, as challenges do, is refused, and the cookies it sets go nowhere. A page is drawn once it was parsed
to its end; what it still asks for after a while is not waited for. Nothing of the browser's is imported before a page
is rendered. Without browser or package the column's outcome says what to install.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import importlib.util
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request

from harvesters.archive import Archive
from harvesters.city_file import same_house
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch
from harvesters.spiders.fetching import Fetcher, Got
from harvesters.spiders.policy import Failure
from storage.schema import Outcome
from storage.settings import Settings

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_HANDLER = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_INSTALL = "install Debian's chromium (apt-get install chromium) or name one in GONGKAI_CHROMIUM"
_INSTALL_PACKAGE = "install the package scrapy-playwright (pip install scrapy-playwright)"

MOST_REQUESTS = 200  # of one page; a portal's home page makes some 80, pictures aside
_NOT_LOADED = frozenset({"image", "font", "media", "texttrack", "eventsource", "websocket", "manifest", "ping"})
_OWN_HEADERS = frozenset({"host", "cookie", "user-agent", "connection", "accept-encoding", "content-length", "referer"})
_SPENT_HEADERS = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie", "content-security-policy"}
)
# Chromium stops parsing a page as soon as a script starts to leave it, and a refusal of the request comes too late:
# half a page would be left, whose end is never told. So nothing starts to leave; frames may still be filled.
_STAY = """
window.open = () => null;
if (window === window.top) {
  const fills = (form) => Boolean(form.target && window.frames[form.target]);
  const submit = HTMLFormElement.prototype.submit;
  HTMLFormElement.prototype.submit = function () { if (fills(this)) submit.call(this); };
  window.addEventListener("submit", (event) => { if (!fills(event.target)) event.preventDefault(); }, true);
  window.navigation?.addEventListener("navigate", (event) => {
    if (!event.destination.sameDocument) event.preventDefault();
  });
  history.back = history.go = () => undefined;
}
"""
_SLOT = "render"  # Scrapy's slot of the browser's pages: those of the hosts are kept for what the pages ask


def browser(settings: Settings) -> Path | None:
    """The Chromium to use: the one that is set, else the first that is installed."""
    if settings.chromium is not None:
        return settings.chromium if settings.chromium.is_file() else None
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else None


def lacking(settings: Settings) -> str | None:
    """What must be installed before a page can be rendered; None where nothing is."""
    needed = []
    if importlib.util.find_spec("scrapy_playwright") is None:
        needed.append(_INSTALL_PACKAGE)
    if browser(settings) is None:
        needed.append(f"{settings.chromium} is not there: {_INSTALL}" if settings.chromium else _INSTALL)
    return "; ".join(needed) or None


def crawl_settings(settings: Settings) -> dict[str, Any]:
    """What Scrapy needs for a crawl that renders; only for one that ``lacking`` nothing."""
    return {
        "DOWNLOAD_HANDLERS": {"http": _HANDLER, "https": _HANDLER},
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_MAX_CONTEXTS": 1,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 1,
        "PLAYWRIGHT_LAUNCH_OPTIONS": launch_options(settings),
    }


def launch_options(settings: Settings) -> dict[str, Any]:
    """How Playwright starts the browser: without a network of its own. Only where ``browser`` finds one."""
    return {
        "executable_path": str(browser(settings)),
        "headless": True,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--js-flags=--max-old-space-size=512",
            # should anything escape the interception, it finds no name and no way
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--proxy-server=127.0.0.1:9",
            "--proxy-bypass-list=<-loopback>",
            "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        ],
    }


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A page as drawn. ``refused`` are the foreign hosts its scripts asked for in vain."""

    got: Got
    refused: tuple[str, ...] = ()


@dataclass
class _Drawing:
    """One page under way."""

    got: Got
    over: bool = False
    shown: bool = False  # the page itself was handed to the browser
    requests: int = 0
    refused: set[str] = field(default_factory=set)
    fault: Exception | None = None  # what was raised while a request of the page was answered
    page: Any = None


class Renderer:
    """Renders for one crawl, one page at a time."""

    def __init__(self, crawler: Crawler, fetcher: Fetcher, archive: Archive, settings: Settings) -> None:
        self._crawler = crawler
        self._fetcher = fetcher
        self._archive = archive
        self._lacking = lacking(settings)
        self._most_bytes = settings.max_body_bytes
        # with a second between requests a page of 60 scripts takes a minute; one that polls is then taken as it is
        self._quiet_s = settings.download_timeout_s
        self._longest_s = 2 * settings.download_timeout_s
        self._turn = asyncio.Lock()

    def refusal(self, url: str) -> Failure | None:
        """Why nothing can be rendered on this machine; None where it can."""
        if self._lacking is None:
            return None
        detail = f"{url}: the column says render: true, and there is no browser to render it: {self._lacking}"
        return Failure(outcome=Outcome.UNREACHABLE, reason="no_browser", detail=detail)

    async def render(self, got: Got) -> Rendered | Failure:
        """The page of a plain response as its scripts draw it."""
        drawing = _Drawing(got=got)
        async with self._turn:
            rendered = await self._render(drawing)
        if drawing.fault is not None:
            raise drawing.fault
        return rendered

    async def _render(self, drawing: _Drawing) -> Rendered | Failure:
        from playwright.async_api import Error as BrowserError

        got = drawing.got
        began = dt.datetime.now(dt.UTC)
        try:
            async with asyncio.timeout(self._longest_s):
                body = await self._drawn(drawing)
        except TimeoutError:
            return _failed(got.url, f"it was not drawn within {self._longest_s:g} s")
        except BrowserError as error:
            if drawing.page is None:
                detail = f"{got.url}: the browser does not start ({_first_line(error)}); {_INSTALL}"
                return Failure(outcome=Outcome.UNREACHABLE, reason="no_browser", detail=detail)
            return _failed(got.url, _first_line(error))
        finally:
            drawing.over = True
            if drawing.page is not None and not drawing.page.is_closed():
                with contextlib.suppress(BrowserError, TimeoutError):
                    async with asyncio.timeout(5):
                        await drawing.page.close()
        if len(body) > self._most_bytes:
            return _failed(got.url, f"drawn, it has {len(body)} bytes, more than GONGKAI_MAX_BODY_BYTES allows")
        assert got.evidence is not None
        assert got.document is not None
        evidence = self._archive.write_rendered(got.url, body, of=got.evidence, captured_at=began)
        headers = {**got.document.headers, "content-type": "text/html; charset=utf-8"}
        document = Document(body, got.url, got.status, headers)
        seconds = got.seconds + (dt.datetime.now(dt.UTC) - began).total_seconds()
        drawn = replace(got, seconds=seconds, document=document, evidence=evidence, etag=None, last_modified=None)
        return Rendered(got=drawn, refused=tuple(sorted(drawing.refused)))

    async def _drawn(self, drawing: _Drawing) -> bytes:
        engine = self._crawler.engine
        assert engine is not None
        downloader: Any = engine.downloader
        downloader.per_slot_settings[_SLOT] = {"delay": 0, "concurrency": 1}

        async def prepare(page: Any, request: Request) -> None:
            if drawing.over:  # where a page was closed under it, the handler opens another
                await page.close()
                return
            drawing.page, drawing.shown = page, False
            await page.add_init_script(_STAY)
            await page.context.unroute("**")
            await page.context.route("**", lambda route: route.abort())  # whatever window it opens all the same
            await page.route("**", lambda route: self._serve(drawing, route))
            await page.route_web_socket("**", lambda socket: socket.close())

        request = Request(
            drawing.got.url,
            meta={
                "download_slot": _SLOT,
                "playwright": True,
                "playwright_context": _SLOT,
                "playwright_context_kwargs": {"accept_downloads": False, "service_workers": "block", "locale": "zh-CN"},
                "playwright_page_init_callback": prepare,
                "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded", "timeout": self._longest_s * 1000},
                # the handler's own page methods wait for the load event too, which one slow frame holds up
                "playwright_include_page": True,
            },
        )
        await engine.download_async(request)
        await _settle(drawing.page, self._quiet_s)
        content: str = await drawing.page.content()
        return content.encode("utf-8", "replace")  # a script may leave half a surrogate pair

    async def _serve(self, drawing: _Drawing, route: Any) -> None:
        """Answer one request of the page, from the plain response or through the fetcher."""
        from playwright.async_api import Error as BrowserError

        with contextlib.suppress(BrowserError):  # the page is gone: nobody waits for the answer
            answer = None
            try:
                answer = None if drawing.over else await self._answer(drawing, route.request)
            except Exception as error:  # noqa: BLE001  # nobody awaits this; it is raised where the page is awaited
                drawing.fault = drawing.fault or error
            if answer is None:
                # "aborted" leaves a page that wanted to go elsewhere as it is, another word puts an error page there
                await route.abort("aborted" if drawing.shown and not drawing.over else "failed")
            else:
                await route.fulfill(**answer)

    async def _answer(self, drawing: _Drawing, asked: Any) -> Mapping[str, Any] | None:
        got = drawing.got
        if asked.is_navigation_request() and asked.frame.parent_frame is None:
            if drawing.shown or got.document is None:
                return None
            drawing.shown = True
            # as text, so that the browser does not guess at the encoding again
            return {"status": 200, "content_type": "text/html; charset=utf-8", "body": got.document.text}
        if asked.resource_type in _NOT_LOADED:
            return None
        if not same_house(got.url, asked.url):
            drawing.refused.add(urlsplit(asked.url).hostname or asked.url[:80])
            return None
        drawing.requests += 1
        if drawing.requests > MOST_REQUESTS:
            return None
        headers = {name: value for name, value in (await asked.all_headers()).items() if _is_passed_on(name)}
        fetch = Fetch(
            url=asked.url,
            method=asked.method,
            body=asked.post_data_buffer,
            headers={**headers, "Referer": got.url},
        )
        # what the rows are drawn from is evidence; scripts are the same at every look
        answer = await self._fetcher.get(fetch, keep=asked.resource_type in ("xhr", "fetch"))
        if isinstance(answer, Failure) or answer.document is None:
            return None
        kept = {name: value for name, value in answer.document.headers.items() if name not in _SPENT_HEADERS}
        return {"status": answer.status, "headers": kept, "body": answer.document.body}


def _is_passed_on(name: str) -> bool:
    """Whether a header of the browser's goes out: what the script says, not what the browser says of itself."""
    lowered = name.lower()
    return lowered not in _OWN_HEADERS and not lowered.startswith((":", "sec-", "if-"))


async def _settle(page: Any, quiet_s: float) -> None:
    """Wait until the page asks for nothing more; one that polls is taken as it is after a while."""
    from playwright.async_api import TimeoutError as BrowserTimeout

    with contextlib.suppress(BrowserTimeout):
        await page.wait_for_load_state("networkidle", timeout=quiet_s * 1000)


def _failed(url: str, why: str) -> Failure:
    return Failure(
        outcome=Outcome.UNREACHABLE, reason="not_rendered", detail=f"{url}: the page could not be rendered: {why}"
    )


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:160]
