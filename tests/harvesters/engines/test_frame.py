# ruff: noqa: E501 -- markup is read across
"""Columns that frame their list: whose frame is followed, and how the framed list goes on."""

from __future__ import annotations

import pytest

from harvesters.engines import listing_of
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch
from tests.harvesters.engines.page_walks import walk
from tests.harvesters.engines.pages import HERE, document, page

HOST = "http://www.yunxi.invalid"


def outer(*frames: str, name: str | None = "通知公告") -> Document:
    return document(page("".join(f"<iframe {frame}></iframe>" for frame in frames), name=name))


def rows_page(number: int, pages: int, size: int = 12) -> str:
    rows = "".join(
        f'<li><a href="/xxgk/202605/t20260501_{number}{n:02d}.html" title="关于第{number}{n:02d}号事项的公告">关于第{number}{n:02d}号事项的公告</a><span>2026-05-01</span></li>'
        for n in range(size)
    )
    onward = f'<a href="list.jsp?col=7&page={number + 1}">下一页</a>' if number < pages else "<a>下一页</a>"
    pager = f'<div class="page">共{pages}页 第{number}页 {onward}</div>'
    return f"<html><body><ul class='list'>{rows}</ul>{pager}</body></html>"


def framed(fetch: Fetch) -> Document:
    """A framed list of three pages at /xxgk/list.jsp, a frame around it at /xxgk/frame.jsp, and things that list nothing."""
    if "list.jsp" in fetch.url:
        number = int(fetch.url.rpartition("page=")[2]) if "page=" in fetch.url else 1
        return document(rows_page(number, 3), fetch.url)
    if "frame.jsp" in fetch.url:
        return document(
            "<html><frameset><frame src='left.html'><frame src='list.jsp?col=7'></frameset></html>", fetch.url
        )
    if "loop" in fetch.url:
        deeper = fetch.url.replace(".jsp", "x.jsp")
        return document(f"<html><body><iframe src='{deeper}'></iframe></body></html>", fetch.url)
    return document(
        "<html><body><p>云溪县人民政府</p></body></html>", fetch.url, status=404 if "gone" in fetch.url else 200
    )


@pytest.mark.parametrize(
    "frames",
    [
        ('src="/xxgk/list.jsp?col=7" width="100%" height="900"',),
        ('src="../../xxgk/list.jsp?col=7#top"',),
        ('src="/visitcount.jsp" width="0" height="0"', 'src="/xxgk/list.jsp?col=7"'),
        ('src="/gone.jsp"', 'src="/xxgk/list.jsp?col=7"'),
        ('src="/zt/a.html" height="40"', 'src="/xxgk/list.jsp?col=7" height="800"'),
        ('src="/xxgk/frame.jsp"',),
    ],
)
def test_a_framed_list_is_walked_by_its_own_engine(frames: tuple[str, ...]) -> None:
    rows, listings, fetches = walk(outer(*frames), framed)
    assert len({row.url for row in rows}) == len(rows) == 36
    assert (listings[0].engine, listings[0].column_name, listings[-1].engine, listings[-1].ended) == (
        "frame",
        "通知公告",
        "static",
        True,
    )
    assert fetches[0].headers["Referer"] == HERE
    assert len({listing.page_key for listing in listings}) == len(listings)


def test_a_bare_frame_of_a_known_column_is_followed() -> None:
    rows, listings, _ = walk(document("<html><body><iframe src='/xxgk/list.jsp?col=7'></iframe></body></html>"), framed)
    assert (len(rows), listings[-1].ended) == (36, True)


@pytest.mark.parametrize(
    "frame",
    [
        'src="/visitcount.jsp?col=7"',
        'src="/xxgk/tree.jsp"',
        'src="/footer.html"',
        'src="/share/list.html"',
        'src="about:blank"',
        'src="https://weather.invalid/i.html"',
        'src="http://video.invalid/list.html"',
        'src="/files/1.pdf"',
        'src="/xxgk/list.jsp" style="display:none"',
        'src="/xxgk/list.jsp" width="1" height="1"',
        'src="/zwgk/tzgg/"',
    ],
)
def test_frames_that_hold_no_list(frame: str) -> None:
    listing = listing_of(outer(frame))
    assert listing is None or listing.engine != "frame"


def test_a_page_with_a_list_of_its_own_is_not_left_for_a_frame() -> None:
    listing = listing_of(document(rows_page(1, 1).replace("</body>", '<iframe src="/xxgk/list.jsp"></iframe></body>')))
    assert listing is not None
    assert (listing.engine, len(listing.rows)) == ("static", 12)


@pytest.mark.parametrize("frames", [('src="/loop.jsp"',), ('src="/gone.jsp"', 'src="/zt/a.html"')])
def test_frames_that_lead_nowhere_come_to_an_end_that_proves_nothing(frames: tuple[str, ...]) -> None:
    rows, listings, fetches = walk(outer(*frames), framed)
    assert rows == []
    assert not any(listing.ended for listing in listings)
    assert len(fetches) <= 4
