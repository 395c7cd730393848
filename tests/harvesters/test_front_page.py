"""What a look at the front pages keeps: what is new, what is offered, where columns stand and since when."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings

from harvesters.front_page import front_of, hubs_of, lost
from harvesters.navigation import links_of
from harvesters.reading.document import Document
from storage.addresses import fingerprint
from storage.schema import Column, ColumnKind, Supervision, Unit, UnitKind
from tests.harvesters.test_hostile import markup

BASE = "http://www.a.invalid/"
MONDAY = dt.date(2026, 6, 29)
DAY = dt.timedelta(days=1)


def column(ident: str, name: str, kind: str = "notices", path: str | None = None) -> Column:
    return Column(id=ident, unit="sl", name=name, kind=ColumnKind(kind), url=f"{BASE}{path or f'zwgk/{ident}/'}")


NEWS, NOTICES, STAFF = (
    column("yw", "要闻动态", "news"),
    column("tzgg", "通知公告"),
    column("rs", "人事信息", "personnel"),
)


def unit(*columns: Column) -> Unit:
    return Unit(
        id="sl",
        name="云溪县水务局",
        kind=UnitKind.DEPARTMENT,
        supervision=Supervision.LOCAL,
        home=BASE,
        columns=columns or (NEWS, NOTICES, STAFF),
    )


def document(content: str, url: str = BASE) -> Document:
    return Document(
        f"<html><head><title>水务局</title></head><body>{content}</body></html>".encode("utf-8", "surrogatepass"),
        url,
        200,
        {},
    )


def look(
    content: str, platform: str = "", *, of: Unit | None = None, day: dt.date = MONDAY, before: Any = None
) -> dict[str, Any]:
    home = document(content)
    pages = [home, *([document(platform, f"{BASE}zfxxgk/")] if platform else [])]
    links = [link for page in pages for link in links_of(page)]
    return front_of(home, pages, links, of or unit(), day=day, before=before)


def row(day: str, title: str = "关于防汛抗旱工作的通知", shown: str | None = None, number: int = 1) -> str:
    date = f"<span>{shown}</span>" if shown else ""
    return f'<li><a href="/zwgk/tzgg/{day[:6]}/t{day}_{number}.html">{title}</a>{date}</li>'


LINKED = "".join(f'<a href="/zwgk/{one.id}/">{one.name}</a>' for one in (NEWS, NOTICES, STAFF))


# ------------------------------------------------------------------ what is new


def test_the_newest_dated_row() -> None:
    found = look(f"<ul>{row('20260620', shown='2026-06-20')}{row('20260625', shown='2026-06-25', number=2)}</ul>")
    assert (found["rows"], found["dated"], found["undated"], found["scripted"]) == (2, 2, {}, False)
    assert found["newest"] == {
        "on": "2026-06-25",
        "title": "关于防汛抗旱工作的通知",
        "url": f"{BASE}zwgk/tzgg/202606/t20260625_2.html",
    }


def test_undated_links_have_stood_there_since_the_first_look_that_found_them() -> None:
    """Those whose address is a quarter old are not kept: what is made is not held back for so long."""
    first, second = row("20260601"), row("20260602", number=2)
    mark = [fingerprint(f"{BASE}zwgk/tzgg/202606/t2026060{n}_{n}.html") for n in (1, 2)]
    monday = look(f"<ul>{first}{row('20260301')}</ul>")
    assert monday["undated"] == {"2026-06-29": [mark[0]]}
    tuesday = look(f"<ul>{first}{second}</ul>", day=MONDAY + DAY, before=monday)
    assert tuesday["undated"] == {"2026-06-29": [mark[0]], "2026-06-30": [mark[1]]}
    gone = look(f"<ul>{second}</ul>", day=MONDAY + 2 * DAY, before=tuesday)
    assert gone["undated"] == {"2026-06-30": [mark[1]]}
    back = look(f"<ul>{first}{second}</ul>", day=MONDAY + 3 * DAY, before=gone)
    assert back["undated"] == {"2026-06-30": [mark[1]], "2026-07-02": [mark[0]]}


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/"><img src="/logo.png" alt="青禾市教育局"></a>',
        '<a href="/zfxxgk/">政府信息公开</a>',
        '<a href="/zwgk/tzgg/"><img src="/tzgg.png" alt="通知公告栏目"></a>',
        '<a href="/en/">English</a>',
    ],
)
def test_a_link_that_leads_on_is_no_news(link: str) -> None:
    assert look(f"<ul>{row('20260625', shown='2026-06-25')}</ul><p>{link}</p>")["undated"] == {}


def test_a_page_of_very_many_undated_links_tells_less() -> None:
    found = look("<ul>" + "".join(row("20260601", number=n) for n in range(700)) + "</ul>")
    assert found["many"] is True
    assert sum(len(marks) for marks in found["undated"].values()) == 600


# ------------------------------------------------------------------ what is offered

CHANNELS = [
    ('<a href="/hd/">互动交流</a>', True),
    ('<a href="/x/">局长信箱</a>', True),
    ('<a href="/x/">县长信箱</a>', True),
    ('<a href="/x/">我要咨询</a>', True),
    ('<a href="/x/">在线咨询</a>', True),
    ('<a href="/x/">政务咨询</a>', True),
    ('<a href="/x/">意见建议</a>', True),
    ('<a href="/x/">网民留言</a>', True),
    ('<a href="/x/">12345政务服务便民热线</a>', True),
    ('<a href="/x/">12345投诉举报平台</a>', True),
    ('<a href="/x/"><img src="/a.png" alt="领导信箱"></a>', True),
    ('<a href="/hdjl/index.html"><img src="/a.png"></a>', True),
    ('<a href="/x/">信访投诉</a>', False),
    ('<a href="/x/">纪检监察举报信箱</a>', False),
    ('<a href="/x/">我为政府网站找错</a>', False),
    ('<a href="/x/">依申请公开</a>', False),
    ('<a href="/x/">举报平台</a>', False),
    ('<a href="/zwgk/t20260601_1.html">县长信箱办理工作会召开</a>', False),
    ("<p>咨询电话：12345</p>", False),
]


@pytest.mark.parametrize(("content", "found"), CHANNELS)
def test_consultation_channels(content: str, found: bool) -> None:
    assert bool(look(content)["channels"]) is found
    assert bool(look("<p>首页</p>", content)["channels"]) is found


SEARCHES = [
    ('<form action="/s"><input name="wd" placeholder="请输入关键字"><button>搜索</button></form>', "box"),
    ('<input type="text" name="searchword">', "box"),
    ('<input type="text" id="q1" name="q">', "box"),
    ('<input type="image" alt="" title="站内检索">', "box"),
    ('<a href="/jsearchfront/search.do">站内</a>', "box"),
    ('<a href="javascript:;" onclick="go()">高级检索</a>', "box"),
    ("<script>function doSearch(){}</script>", "word"),
    ('<form action="/login"><input type="text" name="user"><input type="password"></form>', None),
    ("<p>云溪县水务局</p>", None),
]


@pytest.mark.parametrize(("content", "found"), SEARCHES)
def test_search(content: str, found: str | None) -> None:
    assert look(content).get("search") == found
    assert look("<p>首页</p>", content).get("search") == found


def test_the_platforms_parts_by_name_and_where_it_stands() -> None:
    own = '<a href="/zfxxgk/">政府信息公开</a><a href="/zfxxgk/zn/">公开指南</a>'
    found = look(own, '<a href="/zfxxgk/zn/">政府信息公开指南</a><a href="/zfxxgk/nb/">政府信息公开年报</a>')
    assert found["names"] == {"guide": ["公开指南", "政府信息公开指南"], "annual_reports": ["政府信息公开年报"]}
    assert found["platform"] == {"name": "政府信息公开", "url": f"{BASE}zfxxgk/"}
    apart = look('<a href="http://zwgk.a.invalid/">政务公开</a>')
    assert apart["platform"] == {"name": "政务公开", "url": "http://zwgk.a.invalid/"}
    assert "platform" not in look("<p>云溪县水务局</p>")


# ------------------------------------------------------------------ where columns stand


def test_a_column_that_is_linked_and_one_that_never_was() -> None:
    found = look('<a href="/zwgk/yw/">要闻动态</a>')["columns"]
    assert found["yw"] == {"address": "www.a.invalid/zwgk/yw", "linked_on": "2026-06-29"}
    assert found["rs"] == {"address": "www.a.invalid/zwgk/rs"}


def test_a_column_that_was_linked_and_is_no_longer() -> None:
    monday = look(LINKED)
    without = LINKED.replace('<a href="/zwgk/tzgg/">通知公告</a>', "")
    tuesday = look(without, day=MONDAY + DAY, before=monday)
    told = {"address": "www.a.invalid/zwgk/tzgg", "linked_on": "2026-06-29", "unlinked_since": "2026-06-30"}
    assert tuesday["columns"]["tzgg"] == told
    later = look(without, day=MONDAY + 9 * DAY, before=tuesday)
    assert later["columns"]["tzgg"] == told
    again = look(LINKED, day=MONDAY + 10 * DAY, before=later)
    assert again["columns"]["tzgg"] == {"address": "www.a.invalid/zwgk/tzgg", "linked_on": "2026-07-09"}
    lost_again = look(without, day=MONDAY + 11 * DAY, before=again)
    assert lost_again["columns"]["tzgg"]["unlinked_since"] == "2026-07-10"


def test_what_is_known_of_another_address_says_nothing_of_the_present_one() -> None:
    moved = column("tzgg", "通知公告", path="zwgk/gsgg/")
    found = look("<p>首页</p>", of=unit(NEWS, moved), day=MONDAY + DAY, before=look(LINKED))
    assert found["columns"]["tzgg"] == {"address": "www.a.invalid/zwgk/gsgg"}


ELSEWHERE = [
    ('<a href="/gg/">通知公告</a>', {"name": "通知公告", "url": f"{BASE}gg/", "by": "name"}),
    ('<a href="/gsgg/">公示公告</a>', {"name": "公示公告", "url": f"{BASE}gsgg/", "by": "kind"}),
    (
        '<a href="/gsgg/">公示公告</a><a href="/gg/">通知公告</a>',
        {"name": "通知公告", "url": f"{BASE}gg/", "by": "name"},
    ),
    ('<a href="/zwgk/yw/">通知公告</a>', None),  # a registered column of the unit's
    ('<a href="/zwgk/">公告公示</a>', None),  # a hub above it
    ('<a href="http://www.b.invalid/gg/">通知公告</a>', None),  # another site
    ('<a href="/zwgk/t20260601_1.html">通知公告</a>', None),  # a document
    ('<a href="/zwgk/tzgg/">通知公告</a><a href="/gg/">通知公告</a>', None),  # it is linked itself
]


@pytest.mark.parametrize(("content", "other"), ELSEWHERE)
def test_another_list_in_its_stead(content: str, other: dict[str, str] | None) -> None:
    found = look(content)["columns"]["tzgg"].get("elsewhere")
    assert found == (None if other is None else {**other, "since": "2026-06-29"})


def test_since_when_another_list_stands_there() -> None:
    monday = look('<a href="/gg/">通知公告</a>')
    same = look('<a href="/gg/">通知公告</a>', day=MONDAY + DAY, before=monday)
    assert same["columns"]["tzgg"]["elsewhere"]["since"] == "2026-06-29"
    other = look('<a href="/gg2/">通知公告</a>', day=MONDAY + DAY, before=monday)
    assert other["columns"]["tzgg"]["elsewhere"]["since"] == "2026-06-30"


def test_a_block_under_the_columns_own_name() -> None:
    rows = row("20260620", shown="2026-06-20") + row("20260611", shown="2026-06-11", number=2)
    block = f'<div class="mod"><h3>通知公告 <a href="/zwgk/tzgg/">更多&gt;&gt;</a></h3><ul>{rows}</ul></div>'
    monday = look(block)
    assert monday["columns"]["tzgg"]["block"] == {
        "on": "2026-06-20",
        "title": "关于防汛抗旱工作的通知",
        "url": f"{BASE}zwgk/tzgg/202606/t20260620_1.html",
        "since": "2026-06-29",
    }
    later = look(block, day=MONDAY + DAY, before=monday)
    assert later["columns"]["tzgg"]["block"]["since"] == "2026-06-29"
    assert "block" not in monday["columns"]["yw"]


def test_hubs_are_asked_only_for_a_column_that_is_lost() -> None:
    monday = look(LINKED)
    assert not lost(unit(), links_of(document(LINKED)), monday)
    assert lost(unit(), links_of(document("<p>首页</p>")), monday)
    assert not lost(unit(), links_of(document("<p>首页</p>")), None)
    assert not lost(unit(column("x", "其他")), links_of(document("<p>首页</p>")), monday)
    hubs = (
        '<a href="/zwgk/">政务公开</a><a href="/zdly/">重点领域</a><a href="/zdly/index.html">重点领域</a>'
        '<a href="/hd/">互动交流</a><a href="/map/">网站地图</a><a href="/wgk/">五公开</a><a href="http://b.invalid/">公开事项</a>'
    )
    found = hubs_of(BASE, links_of(document(hubs)), most=3)
    assert found == [f"{BASE}zdly/", f"{BASE}hd/", f"{BASE}map/"]


def test_an_address_that_is_none_costs_only_its_link() -> None:
    found = look(LINKED + '<a href="http://a.invalid:99999999/">互动交流</a><a href="http://[x">局长信箱</a>')
    assert found["channels"] == []
    assert set(found["columns"]) == {"yw", "tzgg", "rs"}


@settings(max_examples=120, deadline=None)
@given(markup, markup)
def test_no_page_breaks_the_reader(home: str, platform: str) -> None:
    first = look(home, platform)
    json.dumps(first)
    again = look(home, platform, day=MONDAY + DAY, before=first)
    assert again["undated"].keys() <= {"2026-06-29"}  # whatever stands there stood there the day before
    assert (again["rows"], again["dated"]) == (first["rows"], first["dated"])
