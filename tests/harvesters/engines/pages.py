# ruff: noqa: E501 -- markup is read across
"""Synthetic pages for the tests of the listing engines: a column page around rows and a pager, as sites build them."""

from __future__ import annotations

from harvesters.reading.document import Document
from harvesters.reading.facts import Listing

HERE = "http://www.yunxi.invalid/zwgk/tzgg/"

_NAV = "".join(
    f'<li><a href="/{path}/">{name}</a></li>'
    for path, name in (
        ("zwgk", "政务公开"),
        ("zwfw", "政务服务"),
        ("hdjl", "互动交流"),
        ("xwzx", "新闻中心"),
        ("zjyx", "走进云溪"),
    )
)
_SIDE = "".join(
    f'<li><a href="/xwzx/ywdt/202605/t202605{day:02d}_88{day}.html" title="云溪县召开第{day}次专题会议研究部署工作">云溪县召开第{day}次专题会议</a>'
    f"<span>2026-05-{day:02d}</span></li>"
    for day in range(11, 16)
)
_LINKS = "".join(f'<li><a href="http://www.dept{n}.invalid/">云溪县第{n}号部门门户网站</a></li>' for n in range(12))


def page(content: str, *, name: str | None = None, title: str = "通知公告_云溪县人民政府", scripts: str = "") -> str:
    """A column page: menu, breadcrumb, side box with dated rows of another column, ``content``, friend links."""
    meta = f'<meta name="ColumnName" content="{name}">' if name else ""
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'>{meta}<title>{title}</title>{scripts}</head><body>"
        f'<div class="header"><ul class="nav">{_NAV}</ul></div>'
        '<div class="dqwz">您当前的位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; 通知公告</div>'
        f'<div class="wrap"><div class="sidebar"><h3>热点信息</h3><ul class="hot">{_SIDE}</ul></div>'
        f'<div class="right-con">{content}</div></div>'
        f'<div class="footer"><ul class="friendlink">{_LINKS}</ul>'
        '<p>主办：云溪县人民政府办公室　<a href="http://beian.invalid/recordcode=62900002000001">公网安备 62900002000001号</a></p></div>'
        "</body></html>"
    )


def document(
    text: str, url: str = HERE, *, status: int = 200, served: str = "Mon, 01 Jun 2026 02:00:00 GMT"
) -> Document:
    """A response with that text, served on 1 June 2026."""
    return Document(text.encode(), url, status, {"content-type": "text/html; charset=utf-8", "Date": served})


def shown(listing: Listing | None) -> list[tuple[str, str, str | None]]:
    """Address, title and date of every row, addresses below the column shortened."""
    assert listing is not None
    return [
        (row.url.removeprefix("http://www.yunxi.invalid"), row.title, row.date.isoformat() if row.date else None)
        for row in listing.rows
    ]
