"""How a page is looked at: by axe, by its width on a screen, a telephone and paper, and by the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCREENS: Final = {"desk": {"width": 1280, "height": 720}, "telephone": {"width": 390, "height": 844}}
SHOTS: Final = Path(__file__).parents[2] / "var" / "screenshots"
_GRAVE: Final = ("serious", "critical")
# what sticks out of the window to the right, of what nothing scrolls by itself
_OUTSIDE: Final = """() => {
  const wide = document.documentElement.clientWidth;
  const scrolls = e => { for (let at = e.parentElement; at; at = at.parentElement) {
    const x = getComputedStyle(at).overflowX; if (x === 'auto' || x === 'scroll' || x === 'hidden') return true; }
    return false; };
  return [...document.body.querySelectorAll('*')].filter(e => {
    const box = e.getBoundingClientRect();
    return box.width > 0 && box.right > wide + 1 && !scrolls(e) && getComputedStyle(e).position !== 'absolute';
  }).slice(0, 5).map(e => e.outerHTML.slice(0, 160));
}"""
# whatever had the focus, the next Tab leads to the first thing of the page
_AT_THE_TOP: Final = """() => { const body = document.body;
  body.tabIndex = -1; body.focus(); body.removeAttribute('tabindex'); window.scrollTo(0, 0); }"""
# what can be reached and acted upon, in the order of the page
_REACHABLE: Final = """() => {
  const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]');
  return [...all].filter(e => !e.disabled && e.type !== 'hidden' && e.tabIndex >= 0 && e.checkVisibility()
    && !e.closest('details:not([open]) > :not(summary)')).length; }"""
# what gets the focus from now on, each once, and whether that can be seen
_WATCHED: Final = """() => { const seen = new Map(); window.focusSeen = seen;
  document.addEventListener('focusin', event => { const e = event.target, style = getComputedStyle(e);
    if (e !== document.body) seen.set(e, e.type === 'date'
      || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)); }); }"""
_SEEN: Final = "() => [window.focusSeen.size, [...window.focusSeen.values()].every(Boolean)]"
_FOCUSED: Final = """() => { const e = document.activeElement; if (!e || e === document.body) return null;
  const style = getComputedStyle(e);
  return {number: [...document.querySelectorAll('*')].indexOf(e), what: e.outerHTML.slice(0, 120),
    shown: e.type === 'date' || e.tagName === 'IFRAME'
      || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)}; }"""


def violations(page: Page) -> list[str]:
    """What axe finds grave on the page as it is shown."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]}"
        for one in found
        if one["impact"] in _GRAVE
        for node in one["nodes"][:3]
    ]


def sticks_out(page: Page) -> list[str]:
    """What is wider than the window, so that the whole page would have to be moved sideways."""
    found: list[str] = page.evaluate(_OUTSIDE)
    return found


def faults(page: Page, *, dark: bool) -> Iterator[str]:
    """What is wrong with a page on a screen, a telephone, paper: axe, and what is too wide; ``dark``: there, too."""
    for name, size in SCREENS.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        yield from (f"{name}: {one}" for one in sticks_out(page))
        if name == "desk":  # axe costs a second a page, and says the same of a narrow window
            yield from (f"{name}: {one}" for one in violations(page))
    if dark:
        page.emulate_media(color_scheme="dark")
        yield from (f"dark: {one}" for one in violations(page))
    page.emulate_media(color_scheme="light", media="print")
    page.set_viewport_size({"width": 1046, "height": 717})  # A4 across at 96 dots an inch, without its margins
    yield from (f"print: {one}" for one in sticks_out(page))
    page.emulate_media(media="screen")
    page.set_viewport_size(SCREENS["desk"])  # type: ignore[arg-type]


def by_keyboard(page: Page) -> list[str]:
    """What the Tab key does not reach, or reaches without showing where it is."""
    reachable: int = page.evaluate(_REACHABLE)
    page.evaluate(_WATCHED)
    page.evaluate(_AT_THE_TOP)
    for _ in range(reachable):
        page.keyboard.press("Tab")
    if page.evaluate(_SEEN) == [reachable, True]:
        return []
    page.evaluate(_AT_THE_TOP)  # a frame, or a field of several stops: what has the focus is asked each time
    seen: dict[int, str] = {}
    problems: list[str] = []
    nowhere = 0
    for _ in range(4 * reachable):  # a field for a date is several stops
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused is None:  # past the end, or within a frame
            nowhere += 1
            if nowhere > 3:
                break
            continue
        seen[focused["number"]] = focused["what"]
        if not focused["shown"]:
            problems.append(f"does not show that it is reached: {focused['what']}")
    if len(seen) < reachable:
        problems.append(f"Tab reaches {len(seen)} of {reachable}, the last: {list(seen.values())[-1:]}")
    return problems


def shot(page: Page, name: str) -> None:
    """Keeps a picture of the page for people to look at, below ``var/screenshots``."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    plain = re.sub(r"[^\w-]", "_", name)
    page.screenshot(path=SHOTS / f"{plain}.png", full_page=True)
