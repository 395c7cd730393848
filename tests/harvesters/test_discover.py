"""Discovery: which links are a unit's own columns, what their pages prove, and which of several addresses is meant."""

from __future__ import annotations

import datetime as dt
import json
import time
from typing import Any

import pytest

from harvesters.candidates import Candidate, Rank, Section, candidates_of, section_of, years_of
from harvesters.discover import _elsewhere, discover
from harvesters.navigation import kind_of, links_of, stem
from harvesters.one_page import Session
from harvesters.proposals import Discovery, Proposal, as_json, settle
from harvesters.reading.document import Document
from harvesters.reading.facts import Row
from storage import settings
from storage.schema import Outcome
from tests.city import City
from tests.harvesters.small_site import Answer, Asked, small_site

SITE = "http://www.yunxi.invalid"
GONE = ("soft404", "home_404", "redirect_home")  # no column stands there for a visitor


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_DOWNLOAD_TIMEOUT_S", "1.5")


def explored(home: str, **options: Any) -> Discovery:
    with Session(settings.load(), allow_private=True, delay_s=0) as session:
        return discover(home, session, **options)


# ------------------------------------------------------------------ a city


@pytest.mark.parametrize("seed", [302])
def test_a_citys_columns_are_found_from_its_home_pages_alone(seed: int) -> None:
    city = City(units=20, items=1600, seed=seed)
    linked = right = proposed = 0
    wrong: list[str] = []
    with city.serve() as served:
        for unit in city.units:
            told = explored(unit.home)
            if unit.dead:
                assert (told.outcome, told.reason) == (Outcome.UNREACHABLE, "dns")
                continue
            assert told.outcome is Outcome.OK, told
            assert told.requests <= told.budget
            assert (told.unit_name, told.site.id_code) == (unit.name, unit.site.code)
            assert told.platform is not None
            found = {stem(one.url): one for one in told.columns}
            left_out = {stem(one.url) for one in told.left_out}
            truth = {stem(city.column_url(column)): column for column in unit.shown}
            for place, column in truth.items():
                if column.fault in GONE and place in left_out:
                    continue
                linked += 1
                if place in found and found[place].kind == column.kind:
                    right += 1
                else:
                    wrong.append(f"missed {unit.id}/{column.id} ({column.family}, {column.fault})")
            proposed += len(found)
            wrong += [f"taken {one.name} {one.url}" for place, one in found.items() if place not in truth]
            others = {stem(other.url): other.why for one in told.columns for other in one.others}
            for column in unit.columns:
                if column.fault == "moved" and unit.prefix == "/":
                    assert "have moved" in others[stem(city.column_url(column))]
                if column.archive and any(place.startswith(stem(city.column_url(column))[:-6]) for place in found):
                    assert others[stem(city.column_url(column))].startswith("the list of ")
        assert served.trapped == 0
    assert not [line for line in wrong if line.startswith("taken")], wrong
    assert right >= 0.95 * linked, wrong
    print(f"seed {seed}: {right} of {linked} columns found, {proposed} proposed")


def test_a_small_budget_is_kept_and_what_it_left_is_told() -> None:
    city = City(units=3, items=60, seed=4, faults=False)
    with city.serve() as served:
        unit = city.units[0]
        before = served.requests
        lines: list[str] = []
        told = explored(unit.home, budget=6, tell=lines.append)
        assert served.requests - before <= 6 + 1  # and robots.txt
        assert told.requests == 6
        assert told.columns
        assert any("the budget of 6 requests is used up" in one.why for one in told.left_out)
        assert 0 < len(lines) < 6


# ------------------------------------------------------------------ names


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("通知公告", ("notices", True)),
        (" 通知·公告 更多>> ", ("notices", True)),
        ("2026年工作动态", ("activity", False)),
        ("县级政策文件", ("policies", False)),
        ("财政预决算专栏", ("budget", False)),
        ("云溪县政府采购", ("procurement", False)),
        ("现任领导", ("leaders", True)),
        ("政府信息公开工作报告", ("annual_reports", True)),
        ("信息公开制度文件", ("rules", True)),
        ("图说政策", ("interpretation", True)),
        ("价费标准", ("fees", True)),
        ("云溪县直属事业单位", ("functions", False)),
        ("部门年报", None),
        ("省政府公报", None),
        ("国务院政策文件", None),
        ("省政府文件", None),
        ("关于做好政府采购有关工作的通知公告", None),
        ("联系我们", None),
    ],
)
def test_a_link_name_tells_the_kind(name: str, kind: tuple[str, bool] | None) -> None:
    assert kind_of(name) == kind


def test_links_go_by_text_picture_title_or_the_heading_of_their_block() -> None:
    page = """<a href="/a/">政策文件</a><a href="/b/"><img alt="政府信息公开指南"></a>
    <a href="/c/" title="公开年报"></a><h3>通知公告<a href="/d/">更多&gt;&gt;</a></h3>
    <div class="mod"><div class="tit">工作动态</div>
    <ul><li><a href="/e/202601/t20260101_1.html">云溪县召开会议</a></li></ul>
    <a href="/e/">more</a></div><a href="javascript:void(0)" onclick="location.href='/f/index.html'">人事信息</a>
    <map><area href="/g/" alt="统计数据"></map><a href="/h/"><img src="x.png"></a><a href="mailto:a@b.c">信箱</a>"""
    found = {url.removeprefix(SITE): name for name, url in links_of(Document(page.encode(), f"{SITE}/"))}
    assert found == {
        "/a/": "政策文件",
        "/b/": "政府信息公开指南",
        "/c/": "公开年报",
        "/d/": "通知公告",
        "/e/202601/t20260101_1.html": "云溪县召开会议",
        "/e/": "工作动态",
        "/f/index.html": "人事信息",
        "/g/": "统计数据",
    }


def test_a_catalogue_tree_is_a_pages_links() -> None:
    tree = """[{"id": 1, "name": "目录", "children": [{"id": 721, "name": "政策文件", "children": []},
    {"id": 722, "name": "网上办事", "children": [], "jump_url": "http://fw.invalid/"}]}]"""
    page = f"<html><script>window._CONFIG = {{ SID: '755041', TREE: {tree}, SERVICE_AREA_ID: '3' }};</script></html>"
    document = Document(page.encode(), f"{SITE}/gkmlpt/index")
    assert links_of(document) == [("政策文件", f"{SITE}/gkmlpt/index#721")]


# ------------------------------------------------------------------ sections


PORTAL = [
    ("市民政局", f"{SITE}/bm/mzj/"),
    ("市教育局", f"{SITE}/bm/jyj/"),
    ("通知公告", f"{SITE}/zwgk/tzgg/"),
    ("信息公开", f"{SITE}/zfxxgk/"),
]
HOME = [
    ("通知公告", f"{SITE}/zwgk/tzgg/"),
    ("工作动态", f"{SITE}/bm/mzj/gzdt/"),
    ("人事信息", f"{SITE}/col/col77/index.html"),
    ("政府信息公开指南", f"{SITE}/zfxxgk/zn/"),
    ("政府信息公开年报", f"{SITE}/zfxxgk/mzj/nb/"),
    ("机构职能", f"{SITE}/bm/jyj/jgzn/"),
    ("统计数据", "http://tjj.yunxi.invalid/tjsj/"),
]


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/bm/mzj/gzdt/", True),
        ("/bm/mzj/deeper/", True),
        ("/col/col77/index.html", True),  # the section's own navigation
        ("/zfxxgk/mzj/nb/", True),  # below the portal's platform, under the section's name
        ("/zwgk/tzgg/", False),  # the portal's navigation, which every section carries
        ("/zfxxgk/zn/", False),
        ("/bm/jyj/jgzn/", False),
        ("/other/", False),
    ],
)
def test_a_section_of_a_portal_is_its_folder_and_its_own_navigation(path: str, own: bool) -> None:
    assert section_of(f"{SITE}/bm/mzj/", HOME, PORTAL).owns(SITE + path) is own


def test_the_front_of_a_portal_leaves_its_units_sections_out() -> None:
    section = section_of(f"{SITE}/", PORTAL, None)
    assert section.owns(f"{SITE}/zwgk/rsxx/")
    assert not section.owns(f"{SITE}/bm/jyj/gzdt/")
    assert not section.owns("http://tjj.yunxi.invalid/tjsj/")
    page_of_a_body = [("教育局", f"{SITE}/zwgk/jgsz/202601/t20260105_17.html")]
    assert section.beside(page_of_a_body).owns(f"{SITE}/zwgk/jgsz/")


def test_candidates_come_with_the_most_telling_first() -> None:
    links = [
        ("便民提示", f"{SITE}/bmts/"),
        ("云溪县政府采购", f"{SITE}/cg/"),
        ("通知公告", f"{SITE}/tzgg/"),
        ("政府信息公开年报", f"{SITE}/nb/"),
        ("重点领域信息公开", f"{SITE}/zdly/"),
        ("政府信息公开", f"{SITE}/xxgk/"),
        ("政府信息公开指南", f"{SITE}/zn/202601/t20260101_5.html"),
        ("首页", f"{SITE}/"),
        ("网站声明", f"{SITE}/wzsm/"),
        ("云溪县教育局", f"{SITE}/jyj/"),
        ("通知公告", f"{SITE}/tzgg/202601/t20260101_9.html"),
        ("政策文件", f"{SITE}/zc/汇编.pdf"),
    ]
    found = candidates_of(links, Section(home=f"{SITE}/"), depth=1, page=f"{SITE}/")
    assert [(one.name, one.rank) for one in sorted(found, key=lambda one: one.rank)] == [
        ("政府信息公开", Rank.PLATFORM),
        ("重点领域信息公开", Rank.HUB),
        ("政府信息公开年报", Rank.STATUTORY),
        ("政府信息公开指南", Rank.STATUTORY),
        ("通知公告", Rank.KNOWN),
        ("云溪县政府采购", Rank.LIKELY),
        ("便民提示", Rank.UNKNOWN),
    ]


@pytest.mark.parametrize(
    ("column", "older", "newer"),
    [
        ("/zwgk/gzdt/", "/zwgk/gzdt/2025n/", "/zwgk/gzdt/2026n/"),
        ("/zwgk/gzdt2026year/", "/zwgk/gzdt2025year/", "/zwgk/gzdt2026year/"),
        ("/zwgk/gzdt_184/", "/zwgk/gzdt_2025/", "/zwgk/gzdt_184/2026/"),
    ],
)
def test_yearly_lists_of_a_column_are_found_newest_first(column: str, older: str, newer: str) -> None:
    parent = candidate("工作动态", column)
    links = [
        ("2025年", SITE + older),
        ("2026年度", SITE + newer),
        ("2024", f"{SITE}/elsewhere/2024/"),
        ("2026年", f"{SITE}{column}202601/t20260101_1.html"),
    ]
    found = years_of(parent, links, Section(home=f"{SITE}/"))
    assert [(one.year, one.url) for one in found] == [(2026, SITE + newer), (2025, SITE + older)]


# ------------------------------------------------------------------ which of several is meant


def candidate(name: str, path: str) -> Candidate:
    return Candidate(name=name, url=SITE + path, rank=Rank.KNOWN, depth=1, linked_from=f"{SITE}/", kind="activity")


def proposal(path: str, newest: str | None, **facts: Any) -> Proposal:
    known = {"name": "工作动态", "kind": "activity", "outcome": Outcome.OK, "confidence": 0.9, "why": ("x",)}
    on = dt.date.fromisoformat(newest) if newest else None
    rows = tuple(Row(url=f"{SITE}{path}{n}.html", title="甲", date=on) for n in range(3)) if newest else ()
    kept = {**known, "linked_from": f"{SITE}/", "url": SITE + path, "newest_on": on, "rows": rows, **facts}
    return Proposal(**kept)


@pytest.mark.parametrize(
    ("group", "kept", "told"),
    [
        (
            [proposal("/gzdt/", "2024-03-01"), proposal("/gzdt_184/", "2026-05-01")],
            ["/gzdt_184/"],
            {"/gzdt/": "still answers, but its newest row is of 2024-03-01"},
        ),
        (
            [
                proposal("/gzdt2025year/", "2025-12-30", year=2025, name="2025年工作动态"),
                proposal("/gzdt2026year/", "2026-01-04", year=2026, name="2026年工作动态"),
            ],
            ["/gzdt2026year/"],
            {"/gzdt2025year/": "the list of 2025"},
        ),
        (
            [proposal("/gzdt/", "2026-05-01"), proposal("/gzdt/2026n/", "2026-05-01", year=2026)],
            ["/gzdt/"],
            {"/gzdt/2026n/": "the list of 2026"},
        ),
        (
            [
                proposal("/gzdt/", "2026-05-01"),
                proposal("/m/gzdt/", "2026-05-01", rows=proposal("/gzdt/", "2026-05-01").rows),
            ],
            ["/gzdt/"],
            {"/m/gzdt/": "shows the same rows"},
        ),
        ([proposal("/gzdt/", "2026-05-01"), proposal("/zt/gzdt/", "2026-04-20")], ["/gzdt/", "/zt/gzdt/"], {}),
        (
            [proposal("/gzdt/", None, outcome=Outcome.BLOCKED), proposal("/new/gzdt/", "2026-05-01")],
            ["/new/gzdt/"],
            {"/gzdt/": "could not be read: blocked"},
        ),
    ],
)
def test_the_freshest_of_one_name_is_proposed_and_the_others_are_told(
    group: list[Proposal], kept: list[str], told: dict[str, str]
) -> None:
    found = settle(group)
    assert [one.url.removeprefix(SITE) for one in found] == kept
    others = {other.url.removeprefix(SITE): other.why for one in found for other in one.others}
    assert set(others) == set(told)
    assert all(others[path].startswith(why) for path, why in told.items())
    assert {one.name for one in found} == {"工作动态"}
    assert len({one.id for one in found}) == len(found)


# ------------------------------------------------------------------ odd sites


def listed(name: str, path: str, newest: str = "2026-05-06", more: str = "") -> str:
    """A list page of five dated rows that calls itself ``name``."""
    start = f"{path}t{newest.replace('-', '')}"
    rows = "".join(
        f'<li><a href="{start}_{n}.html">云溪县{name}第{n}期情况说明</a><span>{newest}</span></li>' for n in range(5)
    )
    return (
        f'<html><head><meta name="SiteIDCode" content="6299990001"><meta name="ColumnName" content="{name}">'
        f"<title>{name}</title></head><body><h2>{name}</h2>{more}<ul>{rows}</ul></body></html>"
    )


def front(*links: tuple[str, str]) -> str:
    shown = "".join(f'<li><a href="{path}">{name}</a></li>' for name, path in links)
    return (
        '<html><head><meta name="SiteName" content="云溪县人民政府门户网站">'
        '<meta name="SiteIDCode" content="6299990001"><title>云溪县人民政府</title></head>'
        f"<body><ul>{shown}</ul>"
        "<p>主办单位：云溪县人民政府办公室 联系电话：0999-2001234 gk@yunxi.invalid</p></body></html>"
    )


def test_hubs_shells_years_and_unknown_names_are_seen_through() -> None:
    years = '<a href="/gzdt/2026n/">2026年</a><a href="/gzdt/2025n/">2025年</a>'
    pages = {
        "/": front(
            ("政务公开", "/zwgk/"),
            ("通知公告", "/tzgg"),
            ("工作动态", "/gzdt/"),
            ("便民提示", "/bmts/"),
            ("网上办事", "/ws/"),
        ),
        "/zwgk/": front(("重点领域信息公开", "/zwgk/zdly/"), ("政策文件", "/zwgk/zc/"), ("友情提示", "/zwgk/yq/")),
        "/zwgk/zdly/": front(("政府采购", "/zwgk/zdly/cg/"), ("食品安全", "http://spj.yunxi.invalid/")),
        "/zwgk/zdly/cg/": listed("政府采购", "/zwgk/zdly/cg/"),
        "/zwgk/zc/": '<html><head><meta http-equiv="refresh" content="0; url=/zwgk/zc/list.html"></head></html>',
        "/zwgk/zc/list.html": listed("政策文件", "/zwgk/zc/"),
        "/zwgk/yq/": front(("甲", "/a/")),
        "/tzgg/": listed("通知公告", "/tzgg/"),
        "/gzdt/": listed("工作动态", "/gzdt/", "2025-12-20", years),
        "/gzdt/2026n/": listed("工作动态", "/gzdt/2026n/", "2026-05-20", years),
        "/bmts/": listed("便民提示", "/bmts/"),
    }
    with small_site(pages, moved={"/tzgg": "/tzgg/"}) as base:
        told = explored(f"{base}/")
    found = {one.name: one for one in told.columns}
    assert {name: one.url.removeprefix(base) for name, one in found.items()} == {
        "通知公告": "/tzgg/",
        "工作动态": "/gzdt/2026n/",
        "政策文件": "/zwgk/zc/list.html",
        "政府采购": "/zwgk/zdly/cg/",
        "便民提示": "/bmts/",
    }
    assert {name for name, one in found.items() if one.is_doubtful} == {"便民提示"}
    assert {other.url.removeprefix(base) for other in found["工作动态"].others} == {"/gzdt/", "/gzdt/2025n/"}
    assert (told.unit_name, told.phone, told.email) == ("云溪县人民政府办公室", "0999-2001234", "gk@yunxi.invalid")
    assert json.loads(json.dumps(as_json(told)))["columns"][0]["samples"]


def test_an_address_goes_by_the_more_telling_of_its_names_and_a_list_without_rows_is_asked_twice() -> None:
    asked: list[str] = []

    def at_second_asking(request: Asked) -> Answer:
        asked.append(request.path)
        full = listed("人事信息", "/rsxx/")
        return Answer(body=full if len(asked) > 1 else full.partition("<ul>")[0])

    links = [("要情快递", "/yq/"), ("通知公告", "/yq/"), ("人事信息", "/rsxx/"), ("政府信息公开", "/xxgk/")]
    pages = {
        "/": front(*links),
        "/yq/": listed("通知公告", "/yq/"),
        "/rsxx/": at_second_asking,
        "/xxgk/": front(*links),
    }
    with small_site(pages) as base:
        told = explored(f"{base}/")
    assert {(one.name, one.kind) for one in told.columns} == {("通知公告", "notices"), ("人事信息", "personnel")}
    assert len(asked) == 2


def test_a_platform_on_another_host_of_the_unit_is_told() -> None:
    page = front(("政府信息公开", "http://zfxxgk.yunxi.invalid/"), ("信息公开", "http://www.other.invalid/"))
    found = _elsewhere("http://www.yunxi.invalid/", links_of(Document(page.encode(), "http://www.yunxi.invalid/")))
    assert [(one.url, one.why.partition(";")[0]) for one in found] == [
        ("http://zfxxgk.yunxi.invalid/", "stands on another host")
    ]


def test_a_site_that_falls_silent_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_DOWNLOAD_TIMEOUT_S", "0.2")
    names = ("通知公告", "工作动态", "政策文件", "人事信息", "规划计划", "统计数据", "行政处罚", "行政许可")

    def silent(_asked: Asked) -> Answer:
        time.sleep(0.6)
        return Answer()

    pages: dict[str, Any] = {f"/c{n}/": silent for n in range(len(names))}
    pages["/"] = front(*((name, f"/c{n}/") for n, name in enumerate(names)))
    with small_site(pages) as base:
        told = explored(f"{base}/")
    assert told.requests == 1 + 5
    assert all(one.is_doubtful and one.outcome is Outcome.UNREACHABLE for one in told.columns)
    assert [one.why for one in told.left_out] == ["not looked at: the site left 5 requests in a row unanswered"] * 3


@pytest.mark.parametrize(
    ("page", "outcome", "reason"),
    [
        (Answer(302, headers={"Location": "http://127.0.0.2:1/"}), Outcome.UNREACHABLE, "connect"),
        (Answer(403, "<html><body><h1>403 Forbidden</h1></body></html>"), Outcome.BLOCKED, None),
        (Answer(200, "<html><body><script>location.reload()</script></body></html>"), Outcome.SHELL, None),
        (Answer(404, "<html><body>您访问的页面不存在</body></html>"), Outcome.SOFT404, None),
    ],
)
def test_a_home_page_that_cannot_be_read_says_so(page: Answer, outcome: Outcome, reason: str | None) -> None:
    with small_site({"/": page}) as base:
        told = explored(f"{base}/")
    assert (told.outcome, told.columns) == (outcome, ())
    assert told.detail
    assert reason in (None, told.reason)
