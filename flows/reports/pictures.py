"""Captured pages as pictures, drawn by this machine's Chromium from the archive's bytes alone.

In come pages as they were captured; out comes a PNG for each, or a sentence why there is none: a picture helps people
see what the reader saw, the proof is in the bytes. Nothing is fetched: what a page asks for comes from ``captured`` or
not at all. Scripts do not run, so a page shows what its bytes say. Only the top of a long page is shown.
"""

from __future__ import annotations

import contextlib
import importlib.util
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harvesters.archive import ArchivedResponse
from harvesters.reading.document import Document
from harvesters.spiders import rendering
from storage.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

WIDTH, HEIGHT = 1280, 8000  # pixels; a list of 20 rows takes some 1000, and Chromium draws no more than 16384 at once
_PAGE_MS = 15_000  # for each step of a page; a plain one takes 2 s in all
_ALL_S = 120.0  # for all pages of a bundle
_TYPE = "text/html; charset=utf-8"
_NO_FONT = "no Chinese font is installed here, so characters show as boxes: apt-get install fonts-noto-cjk"
# two characters look alike only where both are shown as the box that stands for what no font has
_LOOK_ALIKE = """() => {
  const drawn = (text) => {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    context.font = "24px sans-serif";
    context.fillText(text, 0, 30);
    return canvas.toDataURL();
  };
  return drawn("国") === drawn("府");
}"""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One page's picture, if there is one, and what must be said of it, or of there being none."""

    png: bytes | None = None
    note: str | None = None


Captured = Callable[[str], ArchivedResponse | None]


def draw(pages: Sequence[Document], captured: Captured, settings: Settings) -> Iterator[Picture]:
    """The picture of each page, in order. Never raises for what the browser does.

    :param captured: what the archive holds of an address that a page asks for.
    """
    why = _lacking(settings) if pages else None
    if why is not None:
        yield from (Picture(note=why) for _ in pages)
        return
    done = 0
    try:
        for picture in _drawn(pages, captured, settings):
            yield picture
            done += 1
    except Exception as error:  # noqa: BLE001  # whatever the browser or its driver does, the proof is written
        note = f"the browser does not work: {_first_line(error)}"
        yield from (Picture(note=note) for _ in pages[done:])


def _lacking(settings: Settings) -> str | None:
    if importlib.util.find_spec("playwright") is None:
        return "there is no browser: install the package scrapy-playwright (pip install scrapy-playwright)"
    if rendering.browser(settings) is None:
        return "there is no browser: install Debian's chromium (apt-get install chromium) or set GONGKAI_CHROMIUM"
    return None


def _drawn(pages: Sequence[Document], captured: Captured, settings: Settings) -> Iterator[Picture]:
    from playwright.sync_api import Error as BrowserError
    from playwright.sync_api import sync_playwright

    ends = time.monotonic() + _ALL_S
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**rendering.launch_options(settings), timeout=30_000)
        try:
            note = _NO_FONT if _has_no_font(browser) else None
            for page in pages:
                if time.monotonic() > ends:
                    yield Picture(note=f"the pages before it took the {_ALL_S:g} s there are for all")
                    continue
                try:
                    yield Picture(png=_picture(browser, page, captured), note=note)
                except BrowserError as error:
                    yield Picture(note=f"the browser could not draw it: {_first_line(error)}")
        finally:
            with contextlib.suppress(BrowserError):
                browser.close()


def _has_no_font(browser: Browser) -> bool:
    page = browser.new_page()
    try:
        return bool(page.evaluate(_LOOK_ALIKE))
    finally:
        page.close()


def _picture(browser: Browser, document: Document, captured: Captured) -> bytes:
    """:raises playwright.sync_api.Error: the page cannot be drawn, or takes too long."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": 900},
        java_script_enabled=False,
        offline=True,
        service_workers="block",
        accept_downloads=False,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    try:
        context.set_default_timeout(_PAGE_MS)
        page = context.new_page()
        shown = False

        def serve(route: Route) -> None:
            nonlocal shown
            asked = route.request
            is_page = asked.is_navigation_request() and asked.frame == page.main_frame
            answer: dict[str, Any] | None = None
            if is_page and not shown:
                shown = True
                # as text, so that the browser does not guess at the encoding again
                answer = {"status": 200, "content_type": _TYPE, "body": document.text}
            elif not is_page and asked.method == "GET":
                answer = _answer(captured(asked.url))
            if answer is None:
                route.abort("aborted" if is_page else "failed")
            else:
                route.fulfill(**answer)

        context.route("**", serve)
        context.route_web_socket("**", lambda socket: socket.close())
        page.goto(document.url, wait_until="load")
        clip: Any = {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT}  # cut to the page where it is shorter
        return page.screenshot(full_page=True, clip=clip, animations="disabled")
    finally:
        context.close()


def _answer(response: ArchivedResponse | None) -> dict[str, Any] | None:
    if response is None:
        return None
    headers = {name.lower(): value for name, value in response.headers}
    kind = headers.get("content-type", "")
    if "html" not in kind.lower():
        return {"status": response.status, "content_type": kind, "body": response.body}
    document = Document(response.body, response.url, response.status, headers)
    return {"status": response.status, "content_type": _TYPE, "body": document.text}


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:160]
