"""Papers to print: one HTML file that needs nothing else, and the same as PDF, printed by this machine's Chromium.

A template is an HTML file that the office may edit: the one of its own in ``<data folder>/templates/``, else ours. It
runs in Jinja's sandbox and everything it is filled with is escaped. The browser has no network and runs no script, so
that what it prints is what the file says.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from flows.reports.shares import printable
from flows.reports.word import OURS
from harvesters.spiders import rendering
from storage.exceptions import PaperFailed
from storage.settings import Settings

_PAGE_MS: Final = 120_000  # a bulletin of 2000 problems prints in some 10 s
_FONTS: Final = "for Chinese signs install fonts-noto-cjk"


def filled(name: str, context: Mapping[str, Any], home: Path) -> bytes:
    """The page ``name`` (``bulletin``, ``board``) with ``context`` filled in, as UTF-8.

    :param home: the data folder.
    :raises PaperFailed: the office's template is broken, or asks for what there is not.
    """
    own = home / "templates" / f"{name}.html"
    folder = own.parent if own.exists() else OURS
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    try:
        html = environment.get_template(f"{name}.html").render(printable(context))
    except (TemplateError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, OSError) as problem:
        raise PaperFailed(
            f"{folder / name}.html: cannot be filled in ({problem}); correct the mark it names, or move it away "
            "and ours is used"
        ) from problem
    return html.encode("utf-8", "replace")


def pdf(html: bytes, settings: Settings) -> bytes:
    """The page as PDF on A4, as its own style sheet asks.

    :raises PaperFailed: there is no browser here, or it does not work.
    """
    if importlib.util.find_spec("playwright") is None:
        raise PaperFailed(
            "PDF 需要浏览器 (a PDF needs a browser): install the package scrapy-playwright "
            "(pip install scrapy-playwright)"
        )
    if rendering.browser(settings) is None:
        raise PaperFailed(
            "PDF 需要浏览器 (a PDF needs a browser): install Debian's chromium (apt-get install chromium) or set "
            f"GONGKAI_CHROMIUM; {_FONTS}; HTML and Word need none"
        )
    # a thread of its own: the driver refuses to start where an event loop runs, and the worker may have one
    with ThreadPoolExecutor(max_workers=1) as alone:
        return alone.submit(_printed, html.decode("utf-8"), settings).result()


def _printed(html: str, settings: Settings) -> bytes:
    from playwright.sync_api import Error as BrowserError
    from playwright.sync_api import sync_playwright

    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**rendering.launch_options(settings), timeout=30_000)
            try:
                context = browser.new_context(
                    java_script_enabled=False, offline=True, service_workers="block", accept_downloads=False
                )
                context.set_default_timeout(_PAGE_MS)
                context.route("**", lambda route: route.abort())
                page = context.new_page()
                page.set_content(html, wait_until="load", timeout=_PAGE_MS)
                return page.pdf(prefer_css_page_size=True, print_background=True)
            finally:
                browser.close()
    except BrowserError as error:
        said = next(iter(str(error).strip().splitlines()), type(error).__name__)[:160]
        raise PaperFailed(f"the browser could not print it: {said}") from error
