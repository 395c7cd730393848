# ruff: noqa: E501 -- markup is read across
"""Row induction: generated lists in generated skeletons, among menus, side boxes and links, are read exactly."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.engines import listing_of
from tests.harvesters.engines.pages import HERE, document

# %h address, %t title, %d the date as it is shown
SKELETONS = {
    "items": ('<ul class="newsList">', '<li><a href="%h" target="_blank">%t</a><span>%d</span></li>', "</ul>"),
    "items, date first": ("<ul>", '<li><span class="date">%d</span><a href="%h" title="%t">%t</a></li>', "</ul>"),
    "items, date in the link": ("<ul>", '<li><a href="%h" title="%t"><p>%t</p><span>%d</span></a></li>', "</ul>"),
    "table": ("<table><tbody>", '<tr><td width="20"><img src="/i/d.gif"></td><td><a href="%h">%t</a></td><td align="right">%d</td></tr>', "</tbody></table>"),
    "table with a head": (
        "<table><tr><th>序号</th><th>标题</th><th>文号</th><th>发布日期</th></tr>",
        '<tr><td>9</td><td><a href="%h">%t</a></td><td>云政发〔2026〕3号</td><td>%d</td></tr>', "</table>",
    ),
    "a table a row": ("<div>", '<table width="100%"><tr><td>·</td><td><a href="%h">%t</a></td><td>%d</td></tr></table>', "</div>"),
    "definitions": ("<dl>", '<dt><a href="%h">%t</a></dt><dd>%d</dd>', "</dl>"),
    "cards": ("<div>", '<div class="card"><h4><a href="%h">%t</a></h4><p class="sum">为进一步做好有关工作，现予公布，请遵照执行。</p><p class="time">%d</p></div>', "</div>"),
    "cards to click on": ("<div>", """<div class="item" onclick="location.href='%h'"><p>%t</p><i>%d</i></div>""", "</div>"),
    "links in a row": ("<div>", '<a class="row" href="%h"><span>%t</span><em>%d</em></a>', "</div>"),
}  # fmt: skip
DATES = {
    "full": "{0:%Y-%m-%d}",
    "brackets": "[{0:%Y-%m-%d}]",
    "slashes": "{0:%Y/%m/%d}",
    "dots": "{0:%Y.%m.%d}",
    "Chinese": "{0:%Y年%m月%d日}",
    "labelled": "发布时间：{0:%Y-%m-%d}",
    "with a clock": "{0:%Y-%m-%d} 09:30",
    "day, then month": "<b>{0:%d}</b><i>{0:%Y-%m}</i>",
    "year, then day": "<i>{0:%Y}</i><b>{0:%m-%d}</b>",
    "without a year": "{0:%m-%d}",
}
ADDRESSES = (
    "./{0:%Y%m}/t{0:%Y%m%d}_{1}.html",
    "/zwgk/tzgg/content/post_{1}.html",
    "../../info/1021/{1}.htm",
    "http://www.yunxi.invalid/art/{0:%Y}/{0.month}/{0.day}/art_12_{1}.html",
    "/zwgk/tzgg/{0:%Y%m}/7a5b4c3d2e1f40718293a4b5c{1:07d}.shtml",
    "show.asp?id={1}",
)
_SUBJECTS = (
    "关于印发水利工程管理办法",
    "城乡居民医疗保险缴费",
    "道路封闭施工",
    "2026年第3批建设用地",
    "国有土地使用权（工业）出让",
    "“十五五”规划编制",
    "行政处罚案件（第5号）",
)
_GENRES = ("的通知", "公告", "公示", "结果公示", "的批复", "情况说明")
_BEFORE = {
    "menu": '<ul class="nav"><li><a href="/">网站首页</a></li><li><a href="/zwgk/">政务公开</a></li><li><a href="/zwgk/zfxxgkzn/">政府信息公开指南</a></li><li><a href="/hdjl/">互动交流</a></li></ul>',
    "deep menu": '<ul class="menu"><li><a href="/zwgk/">法定主动公开内容</a><ul><li><a href="/zwgk/jgzn/">机构职能及领导信息</a></li><li><a href="/zwgk/czxx/">财政预决算信息公开</a></li></ul></li><li><a href="/zwgk/nb/">政府信息公开年度报告</a></li></ul>',
    "side box": '<div class="side"><h3>热点信息</h3><ul>'
    + "".join(f'<li><a href="/xwzx/yw/202605/t2026050{n}_9{n}.html">县领导调研第{n}批重点项目建设</a></li>' for n in range(1, 5))
    + "</ul></div>",
    "dated side box": '<div class="sidebar"><ul>'
    + "".join(f'<li><a href="/xwzx/yw/202605/t2026050{n}_8{n}.html">全县第{n}次专题会议召开</a><span>05-0{n}</span></li>' for n in range(1, 4))
    + "</ul></div>",
}  # fmt: skip
_AFTER = {
    "friends": '<div class="yqlj"><ul>'
    + "".join(f'<li><a href="http://www.dept{n}.invalid/">云溪县第{n}号部门门户网站</a></li>' for n in range(9))
    + "</ul></div>",
    "foot": '<div class="footer"><p>主办：云溪县人民政府办公室 <a href="http://beian.invalid/?recordcode=6290000200">公网安备62900002号</a> <a href="/wzdt/">网站地图</a></p></div>',
    "pager": '<div class="page"><span>1</span><a href="index_2.html">2</a><a href="index_3.html">3</a><a href="index_2.html">下一页</a></div>',
}


@dataclass(frozen=True)
class Made:
    """A generated page and the rows it must be read as."""

    text: str
    rows: list[tuple[str, str, str]]


@st.composite
def pages(draw: st.DrawFn) -> Made:
    count = draw(st.integers(4, 20))
    first = dt.date(2026, 5, 28) - dt.timedelta(days=draw(st.integers(0, 60)))
    head, row, tail = SKELETONS[draw(st.sampled_from(sorted(SKELETONS)))]
    shape = DATES[draw(st.sampled_from(sorted(DATES)))]
    address = draw(st.sampled_from(ADDRESSES))
    steps = draw(st.lists(st.integers(0, 9), min_size=count, max_size=count))
    subjects = draw(st.lists(st.sampled_from(_SUBJECTS), min_size=count, max_size=count))
    genres = draw(st.lists(st.sampled_from(_GENRES), min_size=count, max_size=count))
    before = draw(st.lists(st.sampled_from(sorted(_BEFORE)), max_size=3, unique=True))
    after = draw(st.lists(st.sampled_from(sorted(_AFTER)), max_size=3, unique=True))
    day, made, rows = first, [], []
    for number, (step, subject, genre) in enumerate(zip(steps, subjects, genres, strict=True)):
        day -= dt.timedelta(days=step)
        href, title = address.format(day, 3000 + number), subject + genre
        made.append(row.replace("%h", href).replace("%t", title).replace("%d", shape.format(day)))
        rows.append((document("", HERE).absolute(href), title, day.isoformat()))
    listed = head + draw(st.sampled_from(("", "\n"))).join(made) + tail
    text = (
        '<html><head><title>通知公告_云溪县人民政府</title></head><body><div class="dqwz">当前位置：<a href="/">首页</a> &gt; 通知公告</div>'
        + "".join(_BEFORE[name] for name in before)
        + f'<div class="main"><div class="con">{listed}</div>'
        + "".join(_AFTER[name] for name in sorted(after, reverse=True))
        + "</div></body></html>"
    )
    return Made(text, rows)


@settings(max_examples=150, deadline=None)
@given(pages())
def test_a_generated_list_is_read_exactly(made: Made) -> None:
    listing = listing_of(document(made.text))
    assert listing is not None
    assert [(row.url, row.title, row.date.isoformat() if row.date else None) for row in listing.rows] == made.rows
