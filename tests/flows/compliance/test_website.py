"""What every page of a site must carry, as tables: head (MT-01, MT-02), footer (FT-01 to FT-09), domain (DM-01), and
hidden links (SE-02)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from flows.compliance.facts import ArticleTags, ColumnFacts, PageFacts, UnitFacts
from flows.compliance.rulebook import judge_item, judge_unit
from flows.compliance.rules import domain, footer, hidden_links, meta_tags, publication_tag, site_code
from storage.schema import Provenance, Supervision, Unit, VerdictKind
from tests.flows.compliance import LAW, TODAY, at, case, column, context, evidence, home, item, looks, unit, unit_facts

HOST = "www.jyj.qinghe.gov.cn"
CODE = "6299000012"
AREA = "629900"
ITEMS: dict[str, Any] = {
    "mark": {"how": "link", "url": "http://bszs.conac.cn/sitename"},
    "report_errors": {"how": "script", "code": CODE},
    "site_code": {"how": "text", "text": f"网站标识码:{CODE}", "codes": [CODE]},
    "organiser": {"how": "text", "text": "主办:青禾市教育局"},
    "contact": {"how": "link", "text": "联系我们"},
    "icp": {"how": "link", "text": "霁ICP备12000037号"},
    "police": {"how": "text", "text": "公网安备"},
    "site_map": {"how": "link", "text": "网站地图"},
}
SITE = {"SiteName": ["青禾市教育局"], "SiteDomain": [HOST], "SiteIDCode": [CODE]}
COLUMN = {
    "ColumnName": ["通知公告"],
    "ColumnDescription": ["通知公告"],
    "ColumnKeywords": ["通知"],
    "ColumnType": ["政务公开"],
}


def of(**given: Any) -> Unit:
    """A unit with a site of its own and one column on it."""
    own = column(url=f"http://{HOST}/tzgg/")
    return unit(own, **{"home": f"http://{HOST}/", "site_code": CODE, **given})


def page(url: str = f"http://{HOST}/", *, items: Mapping[str, Any] | None = None, **shown: Any) -> PageFacts:
    """A page with everything on it but what is named."""
    foot = {"items": ITEMS if items is None else items, "seen": True, "scripts": True, **shown.pop("footer", {})}
    return PageFacts(url=url, on=TODAY, shown={"tags": SITE, "footer": foot, **shown}, evidence=(evidence(url),))


def told(
    shown: PageFacts | None,
    *,
    unit: Unit | None = None,
    columns: Mapping[str, Any] | None = None,
    tags: ArticleTags | None = None,
    **given: Any,
) -> UnitFacts:
    """A unit whose home page carries ``shown``; ``columns``: what its column's first page carries."""
    unit = unit or of()
    there = None if columns is None else page(unit.columns[0].url, **columns)
    known = {one.id: ColumnFacts(unit=unit, column=one, looks=looks(), page=there, tags=tags) for one in unit.columns}
    return unit_facts(unit, page=shown, columns=known, **given)


def without(*names: str, **more: Any) -> dict[str, Any]:
    return {name: told for name, told in ITEMS.items() if name not in names} | more


def asked(judgement: Any) -> tuple[str, str | None]:
    return judgement.verdict.value, judgement.reason and judgement.reason.split(":")[0]


SECTION = of(home=f"http://{HOST}/bm/jyj/")
BLOCKED = home(outcome="blocked")
OLD = home(day=dt.date(2026, 6, 1))

# ------------------------------------------------------------------ footer

FOOTERS: list[Any] = [
    pytest.param("FT-01", told(page(), unit=SECTION), "not_applicable", "section", id="a section of the portal"),
    *(pytest.param(f"FT-0{n}", told(page()), "compliant", None, id=f"all there: FT-0{n}") for n in range(1, 9)),
    *(
        pytest.param(f"FT-0{n}", told(page(items=without(name))), "breach", None, id=f"all but {name}")
        for n, name in enumerate(ITEMS, 1)
    ),
    pytest.param(
        "FT-03", told(page(items={}, footer={"seen": False, "scripts": False})), "breach", None, id="a plain page"
    ),
    pytest.param("FT-02", told(page(items=without("mark"))), "compliant", None, id="another thing is missing"),
    pytest.param("FT-03", told(page(), unit=of(home=f"http://{HOST}/index.html")), "compliant", None, id="index.html"),
    pytest.param(
        "FT-06", told(page(items=without("icp"), footer={"pictures": ["a.png"]})), "breach", None, id="no picture"
    ),
    # not assessable
    pytest.param("FT-01", told(None), "not_assessable", "page_unread", id="no look read it"),
    pytest.param("FT-01", told(page(), home=BLOCKED), "not_assessable", "blocked", id="blocked"),
    pytest.param("FT-01", told(page(), home=OLD), "not_assessable", "stale_look", id="seen long ago"),
    pytest.param("FT-01", told(page(items={}, shell=True)), "not_assessable", "shell", id="a splash page"),
    pytest.param(
        "FT-06",
        told(page(items=without("icp"), footer={"elsewhere": ["script /js/footer.js"]})),
        "not_assessable",
        "footer_elsewhere",
        id="a script named for the footer",
    ),
    pytest.param(
        "FT-08",
        told(page(items={"contact": ITEMS["contact"]}, footer={"seen": False})),
        "not_assessable",
        "footer_unseen",
        id="no footer, and scripts",
    ),
    pytest.param(
        "FT-01",
        told(page(items=without("mark"), footer={"pictures": ["1902.png"]})),
        "not_assessable",
        "pictures",
        id="a picture of which nothing is said",
    ),
    pytest.param(
        "FT-06",
        told(page(items={}, footer={"seen": False, "scripts": False, "pictures": ["foot.jpg"]})),
        "not_assessable",
        "pictures",
        id="the footer is a picture",
    ),
    pytest.param(
        "FT-04",
        told(page(items=without("organiser"), footer={"near": {"organiser": "版权所有 青禾市教育局"}})),
        "not_assessable",
        "review",
        id="版权所有 only",
    ),
]


@pytest.mark.parametrize(("rule", "known", "verdict", "reason"), FOOTERS)
def test_footer(rule: str, known: UnitFacts, verdict: str, reason: str | None) -> None:
    assert asked(footer.judge(known, case(rule))) == (verdict, reason)


def test_what_is_missing_is_named_with_what_is_there() -> None:
    found = footer.judge(told(page(items=without("icp", "police"))), case("FT-06"))
    assert found.facts["missing"] == ["ICP备案编号"]
    assert found.facts["shown"][0] == "党政机关网站标识"
    assert "公安机关备案标识" not in found.facts["shown"]
    assert found.evidence


def test_the_text_of_the_footer_is_from_memory_and_so_only_advice() -> None:
    found = {one.rule: one for one in judge_unit(told(page(items={})), case(area=AREA))}
    for rule in footer.RULES:
        assert (found[rule].verdict, (found[rule].reason or "").split(":")[0]) == (VerdictKind.NOT_ASSESSABLE, "advice")
    adopted = {rule: LAW.rules[rule].model_copy(update={"advice": False}) for rule in footer.RULES}
    law = LAW.model_copy(update={"rules": {**LAW.rules, **adopted}})
    held = {one.rule: one for one in judge_unit(told(page(items={})), case(law=law, area=AREA))}
    assert {held[rule].verdict for rule in footer.RULES} == {VerdictKind.BREACH}


# ------------------------------------------------------------------ the site's code


def coded(foot: str | None, tag: str | None, columns: Mapping[str, Any] | None = None, **given: Any) -> UnitFacts:
    """A home page with these codes in its footer and its meta tag."""
    items = without("site_code", "report_errors")
    if foot:
        items["site_code"] = {"how": "text", "codes": foot.split()}
    return told(page(items=items, tags={"SiteIDCode": [tag]} if tag else {}), unit=of(**given), columns=columns)


COLUMNS_SAY = {"tags": {**SITE, **COLUMN}}
OTHER = "6299000077"
CODES: list[Any] = [
    pytest.param(told(page(), unit=SECTION), "not_applicable", "section", id="a section"),
    pytest.param(coded(None, None), "not_applicable", "no_code", id="no code at all"),
    pytest.param(coded(None, "null"), "not_applicable", "no_code", id="a tag the generator left"),
    pytest.param(coded(CODE, CODE), "compliant", None, id="all agree"),
    pytest.param(coded(CODE, None), "compliant", None, id="in the footer only"),
    pytest.param(coded(None, CODE), "compliant", None, id="in the tag only"),
    pytest.param(coded("6299030001", "6299030001", site_code=None), "compliant", None, id="a county of the city"),
    pytest.param(coded(CODE, CODE, site_code=CODE.upper()), "compliant", None, id="capitals in the registry"),
    pytest.param(coded("6200000031", None, site_code="6200000031"), "compliant", None, id="the registry knows better"),
    pytest.param(coded("bm29000012", None, site_code=None, kind="stationed"), "compliant", None, id="a ministry's"),
    pytest.param(coded("6200000031", None, site_code=None, kind="stationed"), "compliant", None, id="a province's"),
    # breach
    pytest.param(coded("629900001", None), "breach", None, id="nine digits"),
    pytest.param(coded(CODE, "28"), "breach", None, id="a tag that is no code"),
    pytest.param(coded(CODE, OTHER), "breach", None, id="footer and tag differ"),
    pytest.param(coded("1304000009", None, site_code=None), "breach", None, id="of another province"),
    pytest.param(coded("6201000009", "6201000009"), "breach", None, id="of another city"),
    pytest.param(coded("bm29000012", None, site_code=None), "breach", None, id="a ministry's on a local site"),
    pytest.param(coded(OTHER, OTHER, COLUMNS_SAY), "breach", None, id="the columns carry the registered code"),
    # not assessable
    pytest.param(coded(OTHER, OTHER), "not_assessable", "registry", id="the registry alone says otherwise"),
    pytest.param(coded(f"{CODE} {OTHER}", CODE), "not_assessable", "review", id="two in the footer"),
    pytest.param(told(None), "not_assessable", "page_unread", id="no look read it"),
    pytest.param(told(page(), home=BLOCKED), "not_assessable", "blocked", id="blocked"),
]


@pytest.mark.parametrize(("known", "verdict", "reason"), CODES)
def test_site_code(known: UnitFacts, verdict: str, reason: str | None) -> None:
    assert asked(site_code.judge(known, case("FT-09", area=AREA))) == (verdict, reason)


@pytest.mark.parametrize(
    ("code", "area", "supervision", "ours"),
    [
        ("1101150005", "110000", "local", True),  # a district of a municipality
        ("1201150005", "110000", "local", False),
        ("1101150005", "110115", "local", True),  # an installation of that district
        ("1101060001", "110115", "local", False),
        ("4190010001", "419001", "local", True),
        ("6201000009", "629900", "dual", True),
        ("1304000009", "629900", "vertical", False),
        ("1304000009", "", "local", True),  # nobody said which area
    ],
)
def test_the_area_of_a_code(code: str, area: str, supervision: str, ours: bool) -> None:
    asks = unit(home=f"http://{HOST}/")
    asks = Unit(**{**vars(asks), "supervision": Supervision(supervision)})
    assert site_code.is_of_area(code, asks, area) is ours


# ------------------------------------------------------------------ meta tags

FULL = {"tags": {**SITE, **COLUMN}}


def tagged(home_tags: Mapping[str, Any] | None = None, **given: Any) -> UnitFacts:
    return told(page(tags=home_tags if home_tags is not None else SITE), **{"columns": FULL, **given})


def but(*names: str, tags: Mapping[str, Any] = SITE, **more: Any) -> dict[str, Any]:
    return {name: value for name, value in tags.items() if name not in names} | more


ARTICLES = ArticleTags(read=8, carried={"ArticleTitle": 8, "PubDate": 8, "ContentSource": 7})
FEW = ArticleTags(read=2, carried={})
NO_SOURCE = ArticleTags(
    read=8,
    carried={"ArticleTitle": 8, "PubDate": 8, "ContentSource": 3},
    lacking={"ContentSource": "http://a.invalid/1"},
)
ELSEWHERE = of()
ELSEWHERE = Unit(**{**vars(ELSEWHERE), "columns": (column(url="http://www.qinghe.gov.cn/zwgk/jyj/"),)})

TAGS: list[Any] = [
    pytest.param(told(page(), unit=SECTION), "not_applicable", "section", id="a section"),
    pytest.param(tagged(), "compliant", None, id="all there"),
    pytest.param(tagged(columns=None), "compliant", None, id="no column page read"),
    pytest.param(tagged(but(SiteDomain=["http://jyj.qinghe.gov.cn/"])), "compliant", None, id="the domain as address"),
    pytest.param(tagged(but(SiteDomain=["xx.invalid,zwgk.qinghe.gov.cn"])), "compliant", None, id="one of two domains"),
    pytest.param(tagged(unit=of(home="http://10.0.0.8/")), "compliant", None, id="an intranet's address"),
    pytest.param(tagged(tags=ARTICLES), "compliant", None, id="one article of eight lacks its source"),
    pytest.param(tagged(tags=FEW), "compliant", None, id="too few articles"),
    pytest.param(tagged(columns={"tags": {}}, unit=ELSEWHERE), "compliant", None, id="a column on another site"),
    pytest.param(tagged(unit=of(site_code=None)), "compliant", None, id="no code registered"),
    # breach
    pytest.param(tagged({}), "breach", None, id="none"),
    pytest.param(tagged(but("SiteName")), "breach", None, id="no name"),
    pytest.param(tagged(but(SiteIDCode=[""])), "breach", None, id="an empty code"),
    pytest.param(tagged(but(SiteName=["undefined"])), "breach", None, id="left behind"),
    pytest.param(tagged(but(SiteDomain=["www.hd.gov.cn"])), "breach", None, id="another city's domain"),
    pytest.param(tagged(but(SiteIDCode=[OTHER])), "breach", None, id="another site's code, the footer has ours"),
    pytest.param(tagged(columns={"tags": {**SITE, **but("ColumnType", tags=COLUMN)}}), "breach", None, id="a column's"),
    pytest.param(tagged(columns={"tags": COLUMN}), "breach", None, id="a column without the site's"),
    pytest.param(tagged(tags=NO_SOURCE), "breach", None, id="most articles lack their source"),
    # not assessable
    pytest.param(told(None), "not_assessable", "page_unread", id="no look read it"),
    pytest.param(tagged(home=BLOCKED), "not_assessable", "blocked", id="blocked"),
    pytest.param(told(page(tags={}, shell=True)), "not_assessable", "written_by_script", id="a shell"),
    pytest.param(
        told(page(tags=but("SiteName"), written_tags=["SiteName"]), columns=FULL),
        "not_assessable",
        "written_by_script",
        id="a script writes it",
    ),
    pytest.param(
        told(page(items={}, tags=but(SiteIDCode=[OTHER]))),
        "not_assessable",
        "registry",
        id="the registry alone differs",
    ),
]


@pytest.mark.parametrize(("known", "verdict", "reason"), TAGS)
def test_meta_tags(known: UnitFacts, verdict: str, reason: str | None) -> None:
    assert asked(meta_tags.judge(known, case("MT-01"))) == (verdict, reason)


def test_one_verdict_names_pages_tags_and_an_article() -> None:
    known = tagged(but("SiteName", SiteDomain=["www.hd.gov.cn"]), columns={"tags": SITE}, tags=NO_SOURCE)
    facts = meta_tags.judge(known, case("MT-01")).facts
    assert facts["missing"] == ["SiteName"]
    assert facts["wrong"] == {"SiteDomain": f"www.hd.gov.cn, expected {HOST}"}
    assert facts["columns"] == {"tzgg": list(COLUMN)}
    assert facts["articles"] == ["tzgg: ContentSource lacking in 5 of 8"]
    assert facts["examples"] == ["http://a.invalid/1"]


def test_a_column_that_is_not_read_today_is_not_held_against_the_unit() -> None:
    known = tagged(columns={"tags": {}})
    blind = {name: ColumnFacts(**{**vars(facts), "looks": looks("blocked")}) for name, facts in known.columns.items()}
    found = meta_tags.judge(UnitFacts(**{**vars(known), "columns": blind}), case("MT-01"))
    assert (found.verdict, found.facts["columns_read"]) == (VerdictKind.COMPLIANT, 0)


def shown(origin: str = "label", conflict: str | None = None, confidence: float = 0.95) -> dict[str, Any]:
    told = Provenance(origin=origin, raw="2026年6月15日", confidence=confidence, conflict=conflict)
    return {"published_on": "2026-06-15", "provenance": {"published_on": told}}


DATES: list[Any] = [
    pytest.param({**shown(conflict="2026-06-01"), "withdrawn_at": at("2026-06-20")}, "not_applicable", id="withdrawn"),
    pytest.param({}, "not_applicable", id="no date"),
    pytest.param(shown("row", "2026-06-01"), "not_applicable", id="the list's date"),
    pytest.param(shown("meta", "2026-99-01"), "not_applicable", id="the tag's own date"),
    pytest.param(shown("address"), "not_applicable", id="the address's date"),
    pytest.param(shown(), "compliant", id="no tag says otherwise"),
    pytest.param(shown("beside_title"), "compliant", id="beside the title"),
    pytest.param(shown(conflict="2026-06-01 10:00"), "breach", id="another day"),
    pytest.param(shown("beside_title", "2024-06-15", 0.8), "breach", id="another year"),
    pytest.param(shown(conflict="null"), "breach", id="no date in the tag"),
    pytest.param(shown(conflict="2026-06-01", confidence=0.5), "not_assessable", id="an update's date"),
]


@pytest.mark.parametrize(("given", "verdict"), DATES)
def test_publication_tag(given: dict[str, Any], verdict: str) -> None:
    assert publication_tag.judge(item(**given), context(), case("MT-02")).verdict.value == verdict


def test_a_differing_tag_is_told_and_held_against_nobody() -> None:
    found = list(judge_item(item(**shown(conflict="2026-06-01")), context(), case(), all_rules=False))
    advice = next(one for one in found if one.rule == "MT-02")
    assert (advice.verdict, advice.facts["tag"]) == (VerdictKind.NOT_ASSESSABLE, "2026-06-01")
    assert "MT-02" not in [one.rule for one in judge_item(item(**shown()), context(), case(), all_rules=False)]


# ------------------------------------------------------------------ domain

DOMAINS: list[Any] = [
    pytest.param(f"http://{HOST}/bm/jyj/", "ok", "not_applicable", "section", id="a section"),
    pytest.param("http://127.0.0.1:8101/", "ok", "not_applicable", "no_domain", id="loopback"),
    pytest.param("http://[::1]:8101/", "ok", "not_applicable", "no_domain", id="loopback of the newer sort"),
    pytest.param("http://61.150.65.235/", "ok", "not_applicable", "no_domain", id="a number"),
    pytest.param("http://localhost/", "ok", "not_applicable", "no_domain", id="localhost"),
    pytest.param("http://oa/", "ok", "not_applicable", "no_domain", id="a single label"),
    pytest.param("http://www.qinghe.invalid/", "ok", "not_applicable", "no_domain", id="reserved"),
    pytest.param("http://www.qinghe.local/", "ok", "not_applicable", "no_domain", id="an intranet's name"),
    pytest.param(f"http://{HOST}/", "ok", "compliant", None, id="a department's"),
    pytest.param("https://WWW.Qinghe.GOV.cn:8443/", "blocked", "compliant", None, id="capitals and a port, unseen"),
    pytest.param("http://qinghe.gov.cn./index.shtml", "ok", "compliant", None, id="with a dot and an index"),
    pytest.param("http://www.qhjy.com/", "ok", "breach", None, id="a company's"),
    pytest.param("http://www.qinghe.cn/", "ok", "breach", None, id="a country's"),
    pytest.param("http://www.qinghegov.cn/", "ok", "breach", None, id="as if"),
    pytest.param("http://www.gov.cn.qinghe.com/", "ok", "breach", None, id="as if, at the front"),
    pytest.param("http://青禾.政务/", "ok", "not_assessable", "review", id="a Chinese name"),
    pytest.param("http://www.qhjy.com/", "unreachable", "not_assessable", "unreachable", id="nobody answers there"),
]


@pytest.mark.parametrize(("address", "outcome", "verdict", "reason"), DOMAINS)
def test_domain(address: str, outcome: str, verdict: str, reason: str | None) -> None:
    known = unit_facts(of(home=address), home=home(outcome=outcome))
    assert asked(domain.judge(known, case("DM-01"))) == (verdict, reason)


def test_a_foreign_domain_is_a_finding_with_the_page_that_answered() -> None:
    found = next(one for one in judge_unit(unit_facts(of(home="http://www.qhjy.com/")), case()) if one.rule == "DM-01")
    assert (found.verdict, found.severity, found.facts["host"]) == (VerdictKind.BREACH, "yellow", "www.qhjy.com")
    assert found.evidence


# ------------------------------------------------------------------ hidden links


def hidden(*found: tuple[str, str], more: int = 0) -> dict[str, Any]:
    kept = [{"url": url, "text": text, "by": "display:none"} for url, text in found]
    return {"hidden": {"links": kept, **({"more": more} if more else {})}}


GAMBLING = ("http://www.xpj-8888.invalid/", "澳门新葡京")
MEDIA = ("http://www.people.com.cn/", "人民网")
SOMEBODY = ("http://www.yiqi-fuwu.invalid/", "仪器维修")

LINKS: list[Any] = [
    pytest.param(told(page()), "compliant", None, id="none"),
    pytest.param(told(page(), unit=SECTION), "compliant", None, id="a section answers for its own pages"),
    pytest.param(told(page(**hidden(MEDIA, ("https://service.weibo.com/share", "")))), "compliant", None, id="media"),
    pytest.param(told(page(), columns={}), "compliant", None, id="home and column"),
    # breach
    pytest.param(told(page(**hidden(MEDIA, GAMBLING))), "breach", None, id="gambling"),
    pytest.param(
        told(page(**hidden(("http://x.invalid/", "ＢＥＴ ３６５")))), "breach", None, id="in wide signs, spaced"
    ),
    pytest.param(told(page(**hidden(("http://www.BET365-x.invalid/", "点击")))), "breach", None, id="in the address"),
    pytest.param(told(page(**hidden(("http://x.invalid/%E5%8D%9A%E5%BD%A9", "")))), "breach", None, id="escaped"),
    pytest.param(told(page(), columns=hidden(GAMBLING)), "breach", None, id="on a column's page"),
    pytest.param(told(page(**hidden(GAMBLING)), home=BLOCKED), "not_assessable", "unseen_since", id="blocked since"),
    pytest.param(told(page(), home=BLOCKED, columns={}), "not_assessable", "blocked", id="only a column was seen"),
    # not assessable
    pytest.param(told(page(**hidden(SOMEBODY, more=3))), "not_assessable", "review", id="somebody's"),
    pytest.param(
        told(page(**hidden(("http://jb.invalid/", "网络赌博举报专区")))),
        "not_assessable",
        "review",
        id="what is fought",
    ),
    pytest.param(
        told(page(**hidden(("http://people.com.cn.x.invalid/", "新闻")))),
        "not_assessable",
        "review",
        id="as if harmless",
    ),
    pytest.param(told(None), "not_assessable", "page_unread", id="nothing was read"),
    pytest.param(told(None, home=BLOCKED), "not_assessable", "blocked", id="blocked, nothing was read"),
]


@pytest.mark.parametrize(("known", "verdict", "reason"), LINKS)
def test_hidden_links(known: UnitFacts, verdict: str, reason: str | None) -> None:
    assert asked(hidden_links.judge(known, case("SE-02"))) == (verdict, reason)


def test_hidden_gambling_is_a_red_finding_that_shows_page_link_and_word() -> None:
    known = told(page(**hidden(SOMEBODY)), columns=hidden(GAMBLING))
    found = next(one for one in judge_unit(known, case()) if one.rule == "SE-02")
    assert (found.verdict, found.severity) == (VerdictKind.BREACH, "red")
    assert found.facts["links"] == [
        {"page": "tzgg", "url": GAMBLING[0], "text": GAMBLING[1], "by": "display:none", "word": "新葡京"}
    ]
    assert [one.url for one in found.evidence] == [f"http://{HOST}/tzgg/"]
