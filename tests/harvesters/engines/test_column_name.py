# ruff: noqa: E501 -- markup is read across
"""What a column is called: every place a page may name it in, alone and against others."""

from __future__ import annotations

import pytest

from harvesters.engines import listing_of
from tests.harvesters.engines.pages import document

ROWS = "".join(
    f'<li><a href="./202605/t202605{day}_88{day}.html">关于第{day}批农业项目的公示公告</a><span>2026-05-{day}</span></li>'
    for day in range(11, 20)
)
MENU = '<ul class="nav"><li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li><li><a href="/hd/">互动交流</a></li></ul>'


def named(before: str = "", *, title: str = "", meta: str = "", around: str = "<div>%s</div>") -> str | None:
    """The column's name on a page with that before the list, that title and those meta tags."""
    markup = around % f"<ul>{ROWS}</ul>"
    text = f"<html><head><title>{title}</title>{meta}</head><body>{MENU}<div>{before}</div><div>{markup}</div></body></html>"
    listing = listing_of(document(text))
    assert listing is not None
    assert len(listing.rows) == 9
    return listing.column_name


@pytest.mark.parametrize(
    "crumb",
    [
        '<p>您现在的位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; <a>通知公告</a></p>',
        '<div class="pos"><a href="/">首页</a>&nbsp;&gt;&nbsp;<a href="/zwgk/">政务公开</a>&nbsp;&gt;&nbsp;通知公告</div>',
        '<div id="BreadCrumb"><a href="/">主页</a> / <a href="/zwgk/">政务公开</a> / <span>通知公告</span></div>',
        '<p><a href="/">首页</a>-&gt;<a href="/zwgk/">政务公开</a>-&gt;<a href="./">通知公告</a></p>',
        '<p><a href="/">网站首页</a>»<a href="/zwgk/">政务公开</a>»<b>通知公告</b></p>',
        '<div><span><a href="/">首页</a></span>&gt;<span><a href="/zwgk/">政务公开</a></span>&gt;<span>通知公告</span></div>',
        '<div><span>你现在的位置：</span><script>var t = \'<a href="/">首页</a>><a href="./">通知公告</a>\'; t = t.replace("<br>", ""); document.write(t);</script></div>',
    ],
)
def test_the_last_step_of_a_breadcrumb(crumb: str) -> None:
    assert named(crumb) == "通知公告"


@pytest.mark.parametrize(
    "title",
    [
        "通知公告",
        "通知公告_云溪县人民政府",
        "云溪县农业农村局-通知公告",
        "云溪县人民政府 通知公告",
        "云溪县 - 通知公告",
        "通知公告 云溪高新技术开发区",
        "通知公告 - 政务公开 - 云溪县政府门户网站",
    ],
)
def test_the_title(title: str) -> None:
    assert named(title=title) == "通知公告"


def test_the_heading_of_a_block_with_links_of_its_own_is_theirs() -> None:
    hot = "".join(f'<li><a href="/zt/{n}.html">全县召开第{n}次防汛工作会议</a></li>' for n in range(8))
    side = f"<div class='side'><h3>热点推荐</h3><ul>{hot}</ul></div>"
    assert named(title="通知公告_云溪县人民政府", around=f"<div>{side}<div>%s</div></div>") == "通知公告"


@pytest.mark.parametrize("title", ["云溪县人民政府", "云溪高新技术开发区", "首页", "", "云溪县人民政府 云溪县政府网"])
def test_a_title_that_names_the_site_alone(title: str) -> None:
    assert named(title=title) is None


@pytest.mark.parametrize(
    "around",
    [
        "<div class='right'><h2>通知公告</h2>%s</div>",
        "<div class='NewsList'><h1><span>通知公告</span></h1>%s</div>",
        "<div class='box-tit'><b>通知公告</b><a href='/'>返回</a></div><div>%s</div>",
        "<h3><script>var t = '通知<br>公告'; t = t.replace('<br>', ''); document.write(t);</script></h3>%s",
    ],
)
def test_the_heading_above_the_list(around: str) -> None:
    assert named(around=around) == "通知公告"


def test_what_two_places_agree_on_beats_the_tag_of_a_copied_template() -> None:
    meta = '<meta name="ColumnName" content="领导之窗">'
    crumb = '<p>当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; 通知公告</p>'
    assert named(crumb, title="通知公告_云溪县人民政府", meta=meta) == "通知公告"
    assert named(meta=meta) == "领导之窗"


def test_a_menu_is_no_breadcrumb() -> None:
    assert named('<p><a href="/">首页</a> | <a href="/zwgk/">政务公开</a> | <a href="/hd/">互动交流</a></p>') is None


def test_what_stands_over_the_list_twice_beats_the_tags_of_the_whole_site() -> None:
    crumb = '<p>当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; <a href="./">通知公告</a></p>'
    around = "<div><h2>通知公告</h2>%s</div>"
    site = '<meta name="ColumnName" content="云溪县信息公开">'
    assert named(crumb, title="云溪县信息公开", meta=site, around=around) == "通知公告"
