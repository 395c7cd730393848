# ruff: noqa: E501 -- markup is read across
"""Static lists: whatever the rows are made of, the main list is found, whole, with its dates, and nothing else."""

from __future__ import annotations

import pytest

from harvesters.engines import listing_of, static
from harvesters.reading.facts import Fetch
from harvesters.reading.page import read_page
from tests.harvesters.engines.pages import document, page, shown

TITLES = (
    "关于开展2026年度职业技能培训的通知",
    "云溪县住房保障对象公示（第二批）",
    "关于征求用水管理办法意见的公告",
    "道路封闭施工的通告",
)
DATES = ("2026-05-20", "2026-05-12", "2026-04-30", "2026-04-02")
TREE = [
    (f"/zwgk/tzgg/2026{date[5:7]}/t{date.replace('-', '')}_{7000 + n}.html", title, date)
    for n, (title, date) in enumerate(zip(TITLES, DATES, strict=True))
]


def rows(shape: str) -> str:
    """One piece of markup per row. ``%(h)s`` address, ``%(t)s`` title, ``%(d)s`` date, ``%(y)s %(m)s %(a)s`` its parts."""
    made = []
    for href, title, date in TREE:
        year, month, day = date.split("-")
        short = href.removeprefix("/zwgk/tzgg/")
        made.append(
            shape
            % {"h": href, "s": short, "t": title, "d": date, "y": year, "m": month, "a": day, "c": title[:9] + "..."}
        )
    return "\n".join(made)


SHAPES = {
    "date after the link": "<ul>" + rows('<li><a href="./%(s)s">%(t)s</a><span>%(d)s</span></li>') + "</ul>",
    "date before the link": "<ul>" + rows('<li><span>[%(d)s]</span><a href="%(s)s">%(t)s</a></li>') + "</ul>",
    "date inside the link": "<ul>" + rows('<li><a href="%(h)s"><span class="list_title">%(t)s</span><i>%(d)s</i></a></li>') + "</ul>",
    "link around the row": "<ul>" + rows('<a href="%(h)s"><li><span>%(t)s</span><span>%(d)s</span></li></a>') + "</ul>",
    "labelled, with a clock": "<ul>" + rows('<li><a href="%(h)s">%(t)s</a><em>发布时间：%(d)s 16:12:11</em></li>') + "</ul>",
    "slashes": "<ul>" + rows('<li><a href="%(h)s">%(t)s</a><span>%(y)s/%(m)s/%(a)s</span></li>') + "</ul>",
    "Chinese date": "<ul>" + rows('<li><a href="%(h)s">%(t)s</a><span>%(y)s年%(m)s月%(a)s日</span></li>') + "</ul>",
    "day and year-month": "<div>" + rows(
        '<div class="item"><div class="sj"><b>%(a)s</b><i>%(y)s-%(m)s</i></div><h3><a href="%(h)s">%(t)s</a></h3></div>'
    ) + "</div>",
    "year and month-day": "<ul>" + rows(
        '<li><p><span class="year">%(y)s.</span><span class="date">%(m)s-%(a)s</span></p><a href="%(h)s">%(t)s</a></li>'
    ) + "</ul>",
    "without a year": "<ul>" + rows('<li><a href="/zwgk/tzgg/n%(a)s%(m)s123.html">%(t)s</a><span>%(m)s-%(a)s</span></li>') + "</ul>",
    "two figures of the year, a cell of its own": "<table>" + rows(
        '<tr><td><img src="/i.gif"></td><td><a href="%(h)s" title="%(t)s">%(t)s</a></td><td>%(d)s<br></td></tr>'
        '<tr><td height="1" colspan="3" background="/line.gif"></td></tr>'
    ).replace("<td>2026-", "<td>26-") + "</table>",
    "without a year, inside the link": "<ul>" + rows('<li><a href="%(h)s"><span>%(t)s</span><i>%(m)s-%(a)s</i></a></li>') + "</ul>",
    "table": "<table><tbody>" + rows('<tr><td>·</td><td><a href="%(h)s">%(t)s</a></td><td>%(d)s</td></tr>') + "</tbody></table>",
    "date in the head cell": "<table>" + rows('<tr><th>%(d)s</th><td><a href="%(h)s">%(t)s</a></td></tr>') + "</table>",
    "definition list": "<dl>" + rows('<dt><a href="%(h)s">%(t)s</a></dt><dd>%(d)s</dd>') + "</dl>",
    "one definition list a row": rows('<dl><dt><a href="%(h)s">%(t)s</a></dt><dd>%(d)s</dd></dl>'),
    "flat, date after": "<div>" + rows('<a href="%(h)s">%(t)s</a> <span>%(d)s</span><br>') + "</div>",
    "flat, date before": "<div>" + rows('<span>%(d)s</span> <a href="%(h)s">%(t)s</a><br>') + "</div>",
    "date in the next row": "<table>" + rows('<tr><td><a href="%(h)s">%(t)s</a></td></tr><tr><td>%(d)s</td></tr>') + "</table>",
    "paragraphs": rows('<p><a href="%(h)s">%(t)s</a>　(%(d)s)</p>'),
    "one list a row, a cell an item": rows(
        '<ul><li class="file-title"><a href="%(h)s" title="%(t)s">%(c)s</a></li><li class="file-code">云政发〔2026〕1号</li>'
        '<li class="pub-time">%(d)s</li></ul>'
    ),
    "picture and title link": "<ul>" + rows(
        '<li><a href="%(h)s"><img src="/a.jpg"></a><h4><a href="%(h)s">%(t)s</a></h4><span>%(d)s</span></li>'
    ) + "</ul>",
    "card in a link": "<ul>" + rows(
        '<li><a href="%(h)s"><h4>%(t)s</h4><p>为进一步做好工作，现将有关事项通知如下，请认真贯彻执行。</p><span>%(d)s</span></a></li>'
    ) + "</ul>",
    "category link first": "<ul>" + rows(
        '<li>[<a href="/zwgk/tzgg/qt/">其他公告</a>] <a href="%(h)s">%(t)s</a><span>%(d)s</span></li>'
    ) + "</ul>",
    "download link last": "<ul>" + rows(
        '<li><a href="%(h)s">%(t)s</a><span>%(d)s</span><a href="/down.jsp?id=%(a)s">下载</a></li>'
    ) + "</ul>",
    "script of any name": "<ul>" + rows(
        """<li><a onclick="isDownLoad(this,'%(h)s')" title="%(t)s"><span>%(t)s</span><span>%(d)s</span></a></li>"""
    ) + "</ul>",
    "rows to click on": "<ul>" + rows(
        """<li onclick="window.open('./%(s)s')"><span>%(t)s</span><i>%(d)s</i></li>"""
    ) + "</ul>",
    "titles to click on": "<table>" + rows(
        """<tr><td><span onclick="show('%(h)s')">%(t)s</span></td><td>%(d)s</td></tr>"""
    ) + "</table>",
    "script addresses": "<ul>" + rows(
        """<li><a href="javascript:void(0)" onclick="jumpToDetail('./%(s)s')">%(t)s</a><span>%(d)s</span></li>"""
    ) + "</ul>",
    "cut text, whole title": "<ul>" + rows("<li><a title='%(t)s' href='%(h)s'>%(c)s</a><span>%(d)s</span></li>") + "</ul>",
    "title with a counter": "<ul>" + rows(
        '<li><a href="%(h)s" title="标题：%(t)s\n点击数：1378\n发表时间：%(d)s">%(t)s</a><span><label>发布时间：</label>%(d)s</span></li>'
    ) + "</ul>",
    "bullets and pinned marks": "<ul>" + rows('<li><em>置顶</em><a href="%(h)s">· %(t)s</a><img src="new.gif"><span>%(d)s</span></li>') + "</ul>",
    "cut in blocks": "<ul>" + rows('<li><a href="%(h)s">%(t)s</a><span>%(d)s</span></li>').replace(
        "\n", "</ul><hr><ul>", 2
    ).replace("</ul><hr><ul>", "\n", 1) + "</ul>",
    "its interpretations in a list of the row": "<ul>" + rows(
        '<li><a href="%(h)s" title="%(t)s">%(t)s</a><div class="pop"><h3>相关解读</h3><ul>'
        '<li><a href="/zwgk/zcjd/202606/t202606%(a)s_1.html" title="《办法》政策解读之一：制定办法的背景和主要内容是什么">解读一</a><span>2026-06-01</span></li>'
        '<li><a href="/zwgk/zcjd/202606/t202606%(a)s_2.html" title="《办法》政策解读之二：单位和个人应当怎样办理">解读二</a></li>'
        '<li><a href="/zwgk/zcjd/202606/t202606%(a)s_3.html" title="《办法》政策解读之三：一图读懂">解读三</a></li></ul></div><span>%(y)s/%(m)s/%(a)s</span></li>'
    ) + "</ul>",
    "its facts in a list of the row": "<ul>" + rows(
        '<li><a href="%(h)s">%(t)s</a><ul class="facts"><li>索引号 YX-2026-0%(a)s</li><li>%(d)s</li></ul></li>'
    ) + "</ul>",
    "its history in brackets": "<table>" + rows(
        '<tr><td><a href="%(h)s"><span class="til">%(t)s</span><span class="sub">（2015年10月29日县政府令第1号公布 2022年5月31日修订）</span></a></td><td>%(d)s</td></tr>'
    ) + "</table>",
    "an area before the title": "<ul>" + rows(
        '<li><a href="%(h)s" title="%(t)s"><span>[青禾市]</span>%(t)s</a><span>%(d)s</span></li>'
    ) + "</ul>",
    "a mark beside the title": "<ul>" + rows('<li><a href="%(h)s"><i>【最新】</i>%(t)s</a><span>%(d)s</span></li>') + "</ul>",
    "cards to click on": "<div>" + rows(
        """<div class="item" onclick="window.open('%(h)s')"><p class="tt">%(t)s</p><p class="tm">%(d)s</p></div>"""
    ) + "</div>",
    "a word that opens the article": "<div>" + rows(
        '<div class="box"><h3><a href="%(h)s">%(t)s</a></h3><div>发布时间：%(d)s</div><p>现予公布。<a href="%(h)s">查看全文&gt;&gt;</a></p></div>'
    ) + "</div>",
    "the date a script writes": "<ul>" + rows(
        '<li><a href="%(h)s">%(t)s</a><span><script>var s = "%(d)s 16:12"; document.write(s.substring(0,10));</script></span></li>'
    ) + "</ul>",
    "the list of another tab, hidden": "<ul>" + rows('<li><a href="%(h)s">%(t)s</a><span>%(d)s</span></li>')
    + '</ul><ul style="display: none">' + rows('<li><a href="../gs%(h)s">%(t)s之二</a><span>%(d)s</span></li>') + "</ul>",
    "rows in a second table": "<table><tr><td><table>" + rows(
        '<tr><td width="16"><font face="Wingdings">v</font></td><td><a href="%(h)s">%(t)s</a> <font>(发布时间：%(d)s 11:06 阅读次数：<span></span>)</font></td></tr>'
    ) + "</table></td></tr></table>",
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_of_every_shape(shape: str) -> None:
    doc = document(page(f'<h2>通知公告</h2><div class="list">{SHAPES[shape]}</div>'))
    listing = listing_of(doc)
    expected = TREE if shape != "without a year" else [
        (f"/zwgk/tzgg/n{date[8:]}{date[5:7]}123.html", title, date) for _, title, date in TREE
    ]  # fmt: skip
    assert shown(listing) == expected
    assert listing is not None
    assert (listing.engine, listing.column_name, listing.next, listing.ended) == ("static", "通知公告", None, True)


@pytest.mark.parametrize("date", ["<td>%s</td>", ""])
def test_two_rows_side_by_side(date: str) -> None:
    cells = [f'<td><a href="{href}">{title}</a></td>' + (date % day if date else "") for href, title, day in TREE]
    made = "".join(f"<tr>{one}{two}</tr>" for one, two in zip(cells[::2], cells[1::2], strict=True))
    listing = listing_of(document(page(f"<table>{made}</table>")))
    assert shown(listing) == [(href, title, day if date else None) for href, title, day in TREE]


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        ("list wow fadeInUp", True),  # faded in once it comes into view, and not yet there when the page was kept
        ("list fadeInUp last", True),
        ("list fadeInUp side", False),
        ("list fadeInUp on", False),  # a tab's
    ],
)
def test_pieces_of_a_list_that_differ_in_what_a_script_did_to_them(words: str, whole: bool) -> None:
    made = [f'<li><a href="{href}">{title}</a><span>{day}</span></li>' for href, title, day in TREE]
    one = f'<ul class="list wow fadeInUp animated">{"".join(made[:2])}</ul>'
    listing = listing_of(document(page(f'<div>{one}<ul class="{words}">{"".join(made[2:])}</ul></div>')))
    assert shown(listing) == (TREE if whole else TREE[:2])


def test_a_row_and_its_interpretation_are_one_row() -> None:
    made = "".join(
        f'<li><a href="{href}">{title}</a><span>{day}</span><a href="/zwgk/zcjd/t20260501_{n}.html">解读：政策问答</a></li>'
        for n, (href, title, day) in enumerate(TREE)
    )
    assert shown(listing_of(document(page(f"<ul>{made}</ul>")))) == TREE


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("dated", [True, False])
def test_a_short_list_beats_the_side_box(count: int, dated: bool) -> None:
    made = "".join(
        f'<li><a href="{href}">{title}</a>{f"<span>{date}</span>" if dated else ""}</li>'
        for href, title, date in TREE[:count]
    )
    listing = listing_of(document(page(f'<ul class="list">{made}</ul>')))
    assert shown(listing) == [(href, title, date if dated else None) for href, title, date in TREE[:count]]


def test_the_blocks_of_a_layout_are_no_rows() -> None:
    href, title, date = TREE[0]
    text = (
        f'<div class="main"><div class="wrap"><ul class="list"><li><a href="{href}">{title}</a><span>{date}</span></li></ul></div>'
        '<div class="side"><ul><li><a href="/zwgk/zd/">政府信息公开制度</a></li><li><a href="/zwgk/nb/">政府信息公开年报</a></li></ul></div></div>'
    )
    assert shown(listing_of(document(page(text)))) == TREE[:1]


@pytest.mark.parametrize("words", ["block with-sidebar", "no-sidebar", "main has_sidebar"])
def test_what_is_laid_out_with_a_side_box_is_none(words: str) -> None:
    made = rows('<li><span> %(y)s 年 %(m)s 月 %(a)s 日</span> <a href="/info/1121/%(m)s%(a)s.htm">%(t)s</a></li>')
    side = '<div id="sidebar"><h3>新闻</h3><ul><li><a href="#">通知</a></li></ul></div>'
    text = f'<section class="{words}"><h2>通知</h2>{side}<ul class="inner">{made}</ul></section>'
    listing = listing_of(document(f"<html><head><title>云溪县第一中学</title></head><body>{text}</body></html>"))
    assert shown(listing) == [(f"/info/1121/{date[5:7]}{date[8:]}.htm", title, date) for _, title, date in TREE]


def test_the_number_of_a_page_is_no_date_of_a_row() -> None:
    made = "".join(
        f'<li><a href="../info/1044/{n}.htm"><span>{title}</span></a></li>' for n, title in enumerate(TITLES[:2], 2001)
    )
    pager = "".join(f"<span>{word}</span> " for word in ("共2条", "首页", "上页", "1", "下页", "尾页", "1/1"))
    listing = listing_of(document(page(f'<div><div><ul>{made}</ul><div class="pages">{pager}</div></div></div>')))
    assert [(row[1], row[2]) for row in shown(listing)] == [(title, None) for title in TITLES[:2]]


def test_rows_without_dates_are_rows() -> None:
    made = "".join(
        f'<li><a href="/zwgk/tzgg/content/post_{n}.html">{title}</a></li>' for n, title in enumerate(TITLES, 4000)
    )
    listing = listing_of(document(page(f"<ul>{made}</ul>")))
    assert [row[2] for row in shown(listing)] == [None] * 4  # an address is no displayed date


def test_the_date_of_an_address_is_not_displayed() -> None:
    made = "".join(f'<div class="t"><a href="{href}" title="{title}">{title}</a></div>' for href, title, _ in TREE)
    listing = listing_of(document(page(f"<div>{made}</div>")))
    assert [(row[1], row[2]) for row in shown(listing)] == [(title, None) for title in TITLES]


def test_a_date_in_the_title_belongs_to_the_title() -> None:
    made = "".join(
        f'<li><a href="/zwgk/tzgg/{n}0001.html">2026年5月{n}日停水公告</a><span>2026-04-{n}</span></li>'
        for n in (10, 11, 12)
    )
    listing = listing_of(document(page(f"<ul>{made}</ul>")))
    assert [row[2] for row in shown(listing)] == ["2026-04-10", "2026-04-11", "2026-04-12"]
    assert shown(listing)[0][1] == "2026年5月10日停水公告"


def test_rows_that_lead_elsewhere() -> None:
    links = (
        "http://mp.weixin.qq.com/s?__biz=x&mid=1",
        "/attachment/0/155/155859/2545933.pdf",
        "//www.other.invalid/a/202605/t20260501_1.html",
    )
    made = "".join(
        f'<li><a href="{href}">{title}</a><span>2026-05-0{n}</span></li>'
        for n, (href, title) in enumerate(zip(links, TITLES, strict=False), 1)
    )
    assert [row[0] for row in shown(listing_of(document(page(f"<ul>{made}</ul>"))))] == [
        "http://mp.weixin.qq.com/s?__biz=x&mid=1", "/attachment/0/155/155859/2545933.pdf", "http://www.other.invalid/a/202605/t20260501_1.html",
    ]  # fmt: skip


def test_the_whole_title_from_the_copy_for_phones() -> None:
    cut = "".join(f'<li><a href="{href}">{title[:8]}…</a><span>{date}</span></li>' for href, title, date in TREE)
    whole = "".join(f'<div><a href="{href}">{title}</a></div>' for href, title, _ in TREE)
    listing = listing_of(document(page(f'<ul class="pc">{cut}</ul><div class="footer mobile">{whole}</div>')))
    assert shown(listing) == TREE


@pytest.mark.parametrize("tag", ["通知公告", ""])
def test_a_column_template_with_the_tags_of_an_article(tag: str) -> None:
    meta = f'<meta name="ArticleTitle" content="{tag}"><meta name="PubDate" content="">'
    made = "".join(f'<li><a href="{href}">{title}</a><span>{date}</span></li>' for href, title, date in TREE)
    found = read_page(document(page(f"<ul>{made}</ul>", name="通知公告", scripts=meta)))
    assert found.kind == "listing"
    assert shown(found.listing) == TREE


def test_rows_below_the_address_beat_a_dated_box_of_another_column() -> None:
    box = "".join(
        f'<li><a href="/xwzx/ywdt/202605/t202605{day}_88{day}.html">县领导第{day}次调研重点项目建设并召开座谈会</a><span>2026-05-{day}</span></li>'
        for day in range(11, 20)
    )
    made = "".join(f'<li><a href="{href}">{title}</a></li>' for href, title, _ in TREE)
    listing = listing_of(
        document(page(f'<div class="left"><ul>{box}</ul></div><div class="right"><ul>{made}</ul></div>'))
    )
    assert shown(listing) == [(href, title, None) for href, title, _ in TREE]


def test_a_short_title_among_dated_rows_is_a_row() -> None:
    made = [f'<li><a href="/zwgk/tzgg/{name}/">{title}</a><span>{date}</span></li>' for name, title, date in (
        ("pxtz", TITLES[0], DATES[0]), ("zp", "招聘公告", DATES[1]), ("zqyj", TITLES[2], DATES[2]), ("fl", TITLES[1], DATES[3]),
    )]  # fmt: skip
    listing = listing_of(document(page(f"<ul>{''.join(made)}</ul>")))
    assert [row[1] for row in shown(listing)] == [TITLES[0], "招聘公告", TITLES[2], TITLES[1]]


def test_short_titles_at_addresses_of_articles_are_rows() -> None:
    made = "".join(
        f'<li><a href="{href}">简报{n}</a><span>{date}</span></li>' for n, (href, _, date) in enumerate(TREE)
    )
    assert [row[1] for row in shown(listing_of(document(page(f"<ul>{made}</ul>"))))] == [
        "简报0",
        "简报1",
        "简报2",
        "简报3",
    ]


@pytest.mark.parametrize("more", [True, False])
def test_two_blocks_that_each_lead_to_more_are_no_list(more: bool) -> None:
    blocks = "".join(
        f'<div class="block"><div class="tit"><h3>{name}</h3>'
        + (f'<a href="/zwgk/{path}/">更多&gt;&gt;</a>' if more else "")
        + "</div><ul>"
        + "".join(
            f'<li><a href="/zwgk/{path}/202605/t2026051{n}_7{n}.html">{name}第{n}号文件的通知</a><span>2026-05-1{n}</span></li>'
            for n in range(5)
        )
        + "</ul></div>"
        for path, name in (("zcwj", "政策文件"), ("rsxx", "人事信息"))
    )
    assert (listing_of(document(page(blocks, title="云溪县人民政府"))) is None) is more


def test_a_box_of_links_beside_a_list_of_tables_is_none_of_its_rows() -> None:
    made = "".join(
        f'<table class="dx"><tr><td><a href="{href}">{title}</a></td><td>发稿：{date}</td></tr></table>'
        for href, title, date in TREE
    )
    box = "<table><tr><td>推荐</td></tr><tr><td><a href='./202605/t20260501_7.html'>云溪县召开防汛工作会议</a></td></tr></table>"
    markup = f"<table><tr><td>{box}</td><td>{made}</td></tr></table>"
    assert shown(listing_of(document(page(markup)))) == TREE


def test_a_card_whose_heading_ends_in_the_date() -> None:
    made = "".join(
        f'<a href="{href}" class="box"><h3>{title}({date})</h3><p>{title}</p></a>' for href, title, date in TREE
    )
    assert shown(listing_of(document(page(f"<ul>{made}</ul>")))) == TREE


def test_a_card_does_not_make_a_cut_title_longer() -> None:
    made = "".join(
        f'<li><a href="{href}"><h4>{title[:8]}...</h4><p class="date">{date}</p><p>{title}，现将有关事项公告如下。</p></a></li>'
        for href, title, date in TREE
    )
    listing = listing_of(document(page(f"<ul>{made}</ul>")))
    assert shown(listing) == [(href, f"{title[:8]}...", date) for href, title, date in TREE]


def test_a_mark_within_the_title_is_its_own_word() -> None:
    made = "".join(
        f'<li><a href="{href}" title="【最新】{title}">【最新】{title}</a><span>{date}</span></li>'
        for href, title, date in TREE
    )
    listing = listing_of(document(page(f"<ul>{made}</ul>")))
    assert [row[1] for row in shown(listing)] == [f"【最新】{title}" for title in TITLES]


@pytest.mark.parametrize(
    ("place", "alone"),
    [
        ("", True),
        ('<div class="page"></div>', False),
        ('<div id="page_2603340"><script>draw(12)</script></div>', False),
        ('<ul class="pagination"> </ul>', False),
        ('<div class="page-header"></div>', True),
        ('<div class="page">本页共4条</div>', True),
    ],
)
def test_the_empty_place_of_a_pager_is_no_proof_of_the_end(place: str, alone: bool) -> None:
    made = "".join(f'<li><a href="{href}">{title}</a><span>{date}</span></li>' for href, title, date in TREE)
    listing = listing_of(document(page(f"<ul>{made}</ul>{place}")))
    assert listing is not None
    assert (listing.ended, listing.total_pages) == ((True, 1) if alone else (False, None))


def test_a_title_that_stays_cut_is_marked() -> None:
    made = "".join(f'<li><a href="{href}">{title[:8]}...</a><span>{date}</span></li>' for href, title, date in TREE)
    listing = listing_of(document(page(f"<ul>{made}</ul>")))
    assert listing is not None
    assert all(row.truncated for row in listing.rows)


def test_the_head_of_a_table_tells_the_dates_apart() -> None:
    head = "<tr><th>标题</th><th>文号</th><th>成文日期</th><th>发布日期</th></tr>"
    made = "".join(
        f'<tr><td><a href="{href}">{title}</a></td><td>云政发〔2026〕3号</td><td>2026-03-01</td><td>{date}</td></tr>'
        for href, title, date in TREE
    )
    listing = listing_of(document(page(f"<table>{head}{made}</table>")))
    assert shown(listing) == TREE
    assert listing is not None
    assert {row.api["formed_on"] for row in listing.rows} == {"2026-03-01"}


def test_a_formed_date_alone_is_not_the_date_of_publication() -> None:
    made = "".join(f'<li><a href="{href}">{title}</a><span>成文日期：{date}</span></li>' for href, title, date in TREE)
    listing = listing_of(document(page(f"<ul>{made}</ul>")))
    assert listing is not None
    assert [(row.date, row.api["formed_on"]) for row in listing.rows] == [(None, date) for date in DATES]


def test_rows_a_script_writes() -> None:
    made = "".join(
        f'<li><script>\nvar url = "./{href.removeprefix("/zwgk/tzgg/")}"\nvar title = "{title}";\nvar FILENUM = "云政规〔2026〕4号"\n'
        f'document.writeln("<a href="+url+">"+title+"</a>");\ndocument.writeln("<span>{date} 17:32</span>");\n</script></li>'
        for href, title, date in TREE
    )
    listing = listing_of(document(page(f"<ul>{made}</ul>")))
    assert shown(listing) == TREE
    assert listing is not None
    assert listing.rows[0].published_at is not None


@pytest.mark.parametrize(
    "words", ["暂无信息", "没有符合条件的记录", "该栏目暂无内容！", "对不起，没有找到相关信息。", "共0条记录"]
)
def test_a_page_that_says_it_is_empty(words: str) -> None:
    listing = listing_of(document(page(f'<ul class="list"></ul><p>{words}</p>', name="通知公告")))
    assert listing is not None
    assert (listing.rows, listing.ended, listing.total_rows) == ((), True, 0)


@pytest.mark.parametrize(
    "words",
    [
        "暂无评论",
        "暂无图片",
        "无",
        "没有网络不能办理",
        '<i style="display:none">暂无数据</i>',
        '<i v-if="x">暂无数据</i>',
        "共0条评论",
    ],
)
def test_other_words_say_nothing_about_the_list(words: str) -> None:
    text = page(f"<div><p>{words}</p></div><script>$.get('/api/list', fill);</script>", name="通知公告")
    assert listing_of(document(text)) is None


@pytest.mark.parametrize(
    ("place", "pager", "name", "empty"),
    [
        (
            '<div class="NewsList"><h1>帮扶工作</h1><ul> </ul></div>',
            "createPageHTML(1, 0, 'index', 'html')",
            None,
            True,
        ),
        ('<table class="tabList"></table>', "createPageHTML(1, 0, 'index', 'html')", None, True),
        ('<div class="News-Con"></div>', "createPageHTML(0, 0, 'index', 'html')", None, True),
        ('<div class="NewsList"><ul></ul></div>', "", "帮扶工作", True),
        ('<div class="NewsList"><ul></ul></div>', "", None, False),
        ('<div class="NewsList"><ul></ul></div>', "createPageHTML(3, 0, 'index', 'html')", None, False),
        (
            '<div class="NewsList"><ul></ul></div>',
            "$.get('/api', f); createPageHTML(1, 0, 'index', 'html')",
            None,
            False,
        ),
    ],
)
def test_an_empty_element_and_what_proves_it(place: str, pager: str, name: str | None, empty: bool) -> None:
    listing = listing_of(document(page(f'{place}<div class="page"><script>{pager}</script></div>', name=name)))
    assert (listing is not None) is empty
    assert listing is None or (listing.rows, listing.ended, listing.next) == ((), True, None)


def test_two_dated_rows_in_their_frame_are_a_list() -> None:
    two = "".join(f'<li><a href="{href}">{title}</a><span>{date}</span></li>' for href, title, date in TREE[:2])
    for text in (page(f"<ul>{two}</ul>"), f"<html><head><title>公告</title></head><body><ul>{two}</ul></body></html>"):
        listing = listing_of(document(text))
        assert shown(listing) == TREE[:2]
        assert listing is not None
        assert (listing.ended, listing.total_pages) == (True, 1)


def test_an_empty_element_that_a_script_fills_is_no_empty_list() -> None:
    script = "<script>$.getJSON('/api/list', fill);</script>"
    assert listing_of(document(page(f'<ul class="list"></ul>{script}', name="通知公告"))) is None


def test_a_home_page_is_no_list() -> None:
    blocks = "".join(
        f'<div class="mod"><h3><a href="/{path}/">{name}</a></h3><ul>'
        + "".join(
            f'<li><a href="/{path}/202605/t2026050{n}_{n}.html">{name}第{n}期内容发布情况说明</a><span>2026-05-0{n}</span></li>'
            for n in range(1, 6)
        )
        + "</ul></div>"
        for path, name in (("tzgg", "通知公告"), ("zcwj", "政策文件"), ("ywdt", "要闻动态"), ("zcjd", "政策解读"))
    )
    assert listing_of(document(page(blocks), "http://www.yunxi.invalid/")) is None


@pytest.mark.parametrize(
    "text", ["", "<html><body><p>正在维护</p></body></html>", "<title>403</title>", "{}", "[1, 2]", "<a>", "\x00"]
)
def test_what_is_no_list(text: str) -> None:
    assert listing_of(document(text)) is None


@pytest.mark.parametrize("mark", ["上一篇：", "<b>上一篇：</b>\n", "【上一条】"])
def test_what_stands_before_and_after_an_article_is_no_list(mark: str) -> None:
    links = "".join(f'<p>{mark}<a href="{href}">{title}</a></p>' for href, title, _ in TREE[:2])
    found = listing_of(document(page(f"<p>时间：2026-06-15 来源：</p>{links}")))
    assert found is None or not found.rows


def test_an_article_is_no_list() -> None:
    text = page("<h1>某通知</h1><p>正文</p>").replace("<title>", '<meta name="ArticleTitle" content="某通知"><title>')
    assert listing_of(document(text)) is None


def test_the_next_page_is_read_where_the_first_stood() -> None:
    first = "".join(f'<li><a href="{href}">{title}</a><span>{date}</span></li>' for href, title, date in TREE)
    pager = '<div class="page"><script>createPageHTML(2, 0, "index", "html");</script></div>'
    listing = listing_of(document(page(f'<ul class="list">{first}</ul>{pager}')))
    assert listing is not None
    assert listing.next is not None
    assert listing.next.url == "http://www.yunxi.invalid/zwgk/tzgg/index_1.html"
    # one undated row with a strange address: only its place tells that it is the list
    last = '<ul class="list"><li><a href="/zwgk/view">老档案目录一览说明</a></li></ul>'
    answer = document(page(last + pager.replace("2, 0", "2, 1")), listing.next.url)
    following = listing_of(answer, listing.next)
    assert shown(following) == [("/zwgk/view", "老档案目录一览说明", None)]
    assert following is not None
    assert (following.ended, following.next, following.page_key) == (True, None, "index_1.html")


@pytest.mark.parametrize(("status", "body"), [(404, "<a href='/'>首页</a>" * 50), (200, "<html></html>"), (200, "")])
def test_a_stub_beyond_the_window_proves_nothing(status: int, body: str) -> None:
    fetch = Fetch(
        url="http://www.yunxi.invalid/zwgk/tzgg/index_9.html", state={"engine": "static", "page": 10, "key": "div|li"}
    )
    listing = static.more(document(body, fetch.url, status=status), fetch)
    assert (listing.rows, listing.ended, listing.next) == ((), False, None)
