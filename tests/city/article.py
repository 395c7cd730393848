# ruff: noqa: E501 - lines of markup are kept whole
"""The article page every family shares: title, line by the title, label block, body, attachments, neighbours.

What differs between families (body container, attachment markup) comes in as ``Frame``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from tests.city import annual, families, furniture, items
from tests.city.model import Column, Facts
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.site import SiteApp


@dataclass(frozen=True)
class Frame:
    """How a family wraps a body: what stands before and after it."""

    before: str
    after: str
    scripts: str = ""


def stamp(day: dt.date, clock: dt.time | None, pattern: str) -> str:
    """A date as the unit writes it, with its time of day where one is shown."""
    text = (
        f"{day.year:04d}" + pattern[2:].replace("%m", f"{day.month:02d}").replace("%d", f"{day.day:02d}")
        if pattern.startswith("%Y")
        else day.strftime(pattern)
    )
    if clock is None:
        return text
    return f"{text} {clock:%H:%M:%S}" if clock.second else f"{text} {clock:%H:%M}"


def http_date(day: dt.date, changed: dt.datetime | None = None) -> str:
    """The day's morning (or the moment of a later change) as Last-Modified writes it."""
    moment = changed or dt.datetime.combine(day, dt.time(1, 30), dt.UTC)
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")


def metas(facts: Facts, url: str) -> list[tuple[str, str]]:
    """The national standard's meta tags of one article; the date may differ from the displayed one."""
    column = facts.column
    if not column.unit.style.metas:
        return [("keywords", column.unit.site.name)]
    found = [("ColumnName", column.name), ("ColumnType", column.name), ("ArticleTitle", facts.title)]
    if facts.meta_on is not None:
        found.append(("PubDate", stamp(facts.meta_on, facts.clock, "%Y-%m-%d")))
    if facts.source is not None:
        found.append(("ContentSource", facts.source))
    return [*found, ("Url", url), ("Keywords", column.unit.site.name)]


def info_line(facts: Facts, clicks: int) -> str:
    """What stands by the title."""
    style = facts.column.unit.style
    when = stamp(facts.published_on, facts.clock, style.date) if facts.published_on else None
    fonts = '字体：[<a href="javascript:setFont(18)">大</a> <a href="javascript:setFont(16)">中</a> <a href="javascript:setFont(14)">小</a>]'
    views = f'浏览次数：<span id="hits"></span><script src="/count.jsp?id={facts.key}"></script>次'
    if facts.column.family == "powereasy":
        views = f"点击数：<span>{clicks}</span>"
    source = facts.source
    if style.info == 0:
        pieces = [
            f"<span>发布时间：{when}</span>" if when else "",
            f"<span>来源：{source}</span>" if source else "",
            fonts,
            '<a href="javascript:doPrint()">打印</a>',
        ]
    elif style.info == 1:
        pieces = [
            f"<span>来源：<em>{source}</em></span>" if source else "",
            f"<span>发布日期：<em>{when}</em></span>" if when else "",
            f"<span>{views}</span>",
        ]
    elif style.info == 2:
        pieces = [
            f"<i>{when}</i>" if when else "",
            f"<b>来源：</b>{source}" if source else "",
            f"<span>{fonts}</span>",
            "<span>【打印】【关闭】</span>",
        ]
    else:
        pieces = [
            f"<li>时间：{when}</li>" if when else "",
            f"<li>信息来源：{source}</li>" if source else "",
            f"<li>{views}</li>",
        ]
        return f'<ul class="xx-info">{"".join(pieces)}</ul>\n'
    return f'<div class="info">{"　".join(p for p in pieces if p)}</div>\n'


WORDS = (
    {"index": "索引号", "title": "名称", "summary": "内容概述", "formed": "成文日期", "issuer": "发文机关", "number": "发文字号", "subject": "主题分类", "published": "发布日期", "valid": "有效性"},
    {"index": "索 引 号", "title": "名　　称", "summary": "内容概述", "formed": "生成日期", "issuer": "发布机构", "number": "文　　号", "subject": "主题分类", "published": "公开日期", "valid": "废止日期"},
    {"index": "索引号", "title": "信息名称", "summary": "内容概述", "formed": "生成日期", "issuer": "发文机关", "number": "文号", "subject": "主题分类", "published": "发布日期", "valid": "效力状态"},
    {"index": "索引号", "title": "标题", "summary": "内容概述", "formed": "成文日期", "issuer": "发文机构", "number": "发文字号", "subject": "主题分类", "published": "发布时间", "valid": "有效性"},
)  # fmt: skip


def labels(facts: Facts) -> str:
    """The disclosure metadata block, in the unit's shape; a label may stand without a value."""
    if not facts.labelled:
        return ""
    style = facts.column.unit.style
    word = WORDS[style.label_words]
    published = stamp(facts.published_on, None, "%Y-%m-%d") if facts.published_on else ""
    pairs: list[tuple[str, str | None]] = [
        (word["index"], facts.index_number),
        (word["subject"], facts.subject),
        (word["issuer"], facts.issuing_body),
        (word["formed"], stamp(facts.formed_on, None, style.date) if facts.formed_on else None),
        (word["title"], facts.title),
        (word["number"], facts.document_number or ""),
        (word["published"], published),
        (word["valid"], "" if style.label_words == 1 else "有效"),
        (word["summary"], facts.summary),
    ]
    shown = [(k, escape(v)) for k, v in pairs if v is not None]
    if style.labels == 0:
        cells = [f'<td class="l"><b>{k}：</b></td><td>{v}</td>' for k, v in shown]
        lines = ["".join(cells[n : n + 2]) for n in range(0, len(cells), 2)]
        return f'<table class="xxgk_head" width="100%"><tbody>{"".join(f"<tr>{row}</tr>" for row in lines)}</tbody></table>\n'
    if style.labels == 1:
        return f'<div class="xxgk-box"><ul>{"".join(f"<li><b>{k}：</b>{v}</li>" for k, v in shown)}</ul></div>\n'
    if style.labels == 2:
        return f'<dl class="xxgkml-content">{"".join(f"<dt>{k}：</dt><dd>{v}</dd>" for k, v in shown)}</dl>\n'
    rows = "".join(f"<tr><th>{k}</th><td>{v}</td></tr>" for k, v in shown)
    return f'<table class="govDetailTable">{rows}</table>\n'


def attachments(facts: Facts) -> str:
    """The list of files under the body."""
    shown = [f for f in facts.files if f.shape != "viewer"]
    if not shown:
        return ""
    if facts.column.family == "vsb":
        rows = "".join(
            f'<li>附件【<a href="{escape(f.path)}" target="_blank">{escape(f.name)}</a>】已下载<span id="nattach{n}"></span>次</li>'
            for n, f in enumerate(shown)
        )
        return f'<ul class="fujian" style="list-style-type:none;">{rows}</ul>\n'
    rows = "".join(
        f'<p><a class="nfw-cms-attachment" href="{escape(f.path)}" target="_blank">{escape(f.name)}</a></p>'
        for f in shown
    )
    return f'<div class="downfile"><h4>相关附件</h4>{rows}</div>\n'


def _neighbours(app: SiteApp, column: Column, key: int) -> tuple[str, str]:
    """Previous and next article, and a side list of older ones: never of newer, so the page does not change later."""
    older = [k for k in range(key + 1, min(key + 8, column.count)) if k not in column.removed]
    rows = [(families.item_path(app.city, column, k), items.title_at(app.city, column, k)) for k in older]
    nearby = "<p>上一篇：没有了</p>"
    if rows:
        nearby += f'<p>下一篇：<a href="{rows[0][0]}">{escape(rows[0][1])}</a></p>'
    return f'<div class="prenext">{nearby}</div>\n', furniture.sidebar(rows)


def page(app: SiteApp, facts: Facts, frame: Frame) -> str:
    """The whole article page."""
    city, column = app.city, facts.column
    app.clicks += 1
    unit = column.unit
    path = families.item_path(city, column, facts.key)
    around, side = _neighbours(app, column, facts.key)
    text = items.body_of(city, facts)
    form = unit.style.body
    paragraph = (
        '<p style="text-indent: 2em; line-height: 2;">{p}</p>\n',
        '<p>　　<span style="font-family: 仿宋;">{p}</span></p>\n',
        '<p align="justify">&nbsp;&nbsp;&nbsp;&nbsp;{p}</p><p></p>\n',
    )[min(form, 2)]
    report = annual.html(city, column, facts.key, paragraph) if column.reports and text else None
    body = report or "".join(paragraph.replace("{p}", p) for p in text)
    credit = column.edits.get(facts.key, {}).get("credit")
    body += f'<p style="text-align: right;">{credit}</p>\n' if credit else ""
    views = "".join(
        f'<p align="center"><img data-uitype="pdf" data-powerurl="{escape(f.path)}" src="/images/pdf_new.png" alt=""/></p>'
        for f in facts.files if f.shape == "viewer"
    )  # fmt: skip
    heading = facts.html_title if facts.html_title != facts.title else escape(facts.title)
    if column.family.startswith("ucap"):
        heading = f"<UCAPTITLE>{heading}</UCAPTITLE>"
    top = f"{facts.title}_{column.name}_{unit.site.name}" if unit.index % 3 else f"{unit.site.name} {column.name}"
    return "".join((
        furniture.head(unit, top, metas(facts, unit.site.base + path), frame.scripts),
        furniture.header(city, unit), furniture.breadcrumb(city, column, "正文"),
        '<div class="main-con"><div class="wrap">\n', labels(facts) if unit.style.nav else "",
        f'<h1 class="title">{heading}</h1>\n',
        info_line(facts, app.clicks), "" if unit.style.nav else labels(facts),
        '<div class="share bdsharebuttonbox">分享到：<a href="javascript:;" class="bds_weixin" title="分享到微信"></a><a href="javascript:;" class="bds_tsina" title="分享到微博"></a></div>\n',
        frame.before, body, views, frame.after, attachments(facts),
        '<div class="print"><a href="javascript:doPrint()">打印本页</a> <a href="javascript:window.close()">关闭窗口</a></div>\n',
        around, "</div>\n", side, "</div>\n", furniture.footer(unit),
    ))  # fmt: skip


def answer(app: SiteApp, column: Column, key: int, request: Request, frame: Frame, *, stable: bool = True) -> Response:
    """The article page as a response; ``stable`` False where a click counter changes it every time."""
    city = app.city
    if not app.stands(column, key):
        return app.not_found()
    home, home_key = items.origin(column, key)
    edits = home.edits.get(home_key, {})
    day = items.address_day(city, home, home_key)

    def make() -> bytes:
        return app.encode(page(app, items.facts_of(city, column, key), frame), column)

    return Response(
        make=make, content_type=app.content_type(column),
        etag=f'"{city.stamp}-{column.no:x}-{key:x}-{edits.get("version", 0):x}"' if stable else None,
        last_modified=http_date(day, edits.get("changed_at")) if stable else None,
    )  # fmt: skip
