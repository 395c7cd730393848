"""Where a list page stands among its pages, and the addresses of its neighbours: what all readers of pagers share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode


@dataclass(frozen=True, kw_only=True)
class Pager:
    """Where a list page stands among its pages. ``found`` False: the page shows no pager at all."""

    found: bool = False
    next: str | None = None  # absolute
    ended: bool = False  # positively the last page
    page: int | None = None  # 1-based
    total_pages: int | None = None
    total_rows: int | None = None
    nodes: tuple[LexborNode, ...] = ()  # drawn pager links: the main list stands near them


def file_name(url: str) -> str:
    """The last part of an address's path."""
    return urlsplit(url).path.rsplit("/", 1)[-1]


def leads(url: str) -> bool:
    """Whether a link leads anywhere; addresses stay relative on a saved page whose own address nobody knows."""
    return not url.lower().startswith("javascript:")


def beside_this(url: str, here: str) -> bool:
    """Whether an address lies where a next page would: same host, same folder (or the folder named like the page)."""
    one, two = urlsplit(url), urlsplit(here)
    stem = two.path.rsplit(".", 1)[0]
    return one.netloc.lower() == two.netloc.lower() and (
        one.path.rsplit("/", 1)[0] in (two.path.rsplit("/", 1)[0], stem)
    )


def same_page(one: str, two: str) -> bool:
    """Whether two addresses differ in nothing but scheme and fragment."""
    a, b = urlsplit(one), urlsplit(two)
    return (a.netloc.lower(), a.path, a.query) == (b.netloc.lower(), b.path, b.query)


def pages_for(rows: int, size: int) -> int:
    """How many pages ``rows`` rows fill at ``size`` rows a page (at least one)."""
    return max(1, math.ceil(rows / size)) if size > 0 else 1
