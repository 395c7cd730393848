"""The fictional city keeps its word: its truth is consistent, its pages show it, and its faults behave as seeded.

The rules are computed again here from the truth's dates with code that knows nothing of how they were seeded.
"""

from __future__ import annotations

import datetime as dt
import http.client
import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
import yaml

from storage.catalogue.identity import document_key
from tests.city import City, Served
from tests.city.model import Column

ROOT = Path(__file__).resolve().parent.parent
AS_OF = dt.date(2026, 11, 20)
SIZES = [(34, 5600, 1), (34, 5600, 2), (8, 300, 1), (8, 300, 5), (12, 900, 7), (3, 60, 1), (3, 60, 4), (60, 20000, 3)]
WINDOWS = {
    "UP-02": (("news", "activity"), 14),
    "UP-03": (("notices", "policies"), 181),
    "UP-08": (("personnel", "plans"), 365),
    "UP-09": (
        ("statistics", "procurement", "projects", "permits", "penalties", "recruitment", "emergency", "livelihood",
        "inspection", "interpretation"),
        181,
    ),
    "UP-09 ": (("budget", "fees", "normative"), 365),
}  # fmt: skip
PLATFORM = {"guide", "rules", "catalogue", "annual_reports"}
HARMLESS = {
    "burst_503",
    "truncated_once",
    "charset_header",
    "empty_first",
    "empty_proxy",
    "moved",
    "cookie_bounce",
    "gzip_unasked",
}


def _weekdays(start: dt.date, end: dt.date) -> int:
    return sum((start + dt.timedelta(days=n)).weekday() < 5 for n in range(1, (end - start).days + 1))


def _breaches(city: City) -> set[tuple[str, str, str | None, str | None]]:
    """Every breach there is, from the truth's items and the city file alone; asserts clear margins on the way."""
    units = {u["id"]: u for u in yaml.safe_load(city.city_file())["units"]}
    faulty = {(f["unit"], f["column"]) for f in city.truth_faults()}
    rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    found: set[tuple[str, str, str | None, str | None]] = set()
    kinds = {(u["id"], c["id"]): c["kind"] for u in units.values() for c in u["columns"]}
    for line in city.truth_pages():
        for column in line["columns"]:
            rows[line["unit"], column].append(line)
        unit = units[line["unit"]]
        if line["formed_on"] and line["published_on"] and line["issuing_body"] == unit["name"]:
            days = _weekdays(dt.date.fromisoformat(line["formed_on"]), dt.date.fromisoformat(line["published_on"]))
            assert days <= 18 or days >= 35
            if days > 20:
                found.add(("TM-01", line["unit"], line["column"], line["url"]))
        described = all(line[f] for f in ("index_number", "title", "summary", "formed_on"))
        if not described and {kinds[line["unit"], c] for c in line["columns"]} & {"policies", "normative", "catalogue"}:
            found.add(("CT-01", line["unit"], line["column"], line["url"]))
        found |= {
            (rule, line["unit"], line["column"], line["url"])
            for rule in _by_text(line, kinds[line["unit"], line["column"]], city.as_of)
        }
    for report in city.truth_annual():
        found |= {(rule, report["unit"], report["column"], report["url"]) for rule in _by_figures(report["figures"])}
    for unit in units.values():
        if (unit["id"], None) in faulty:
            continue
        missing = PLATFORM - {c["kind"] for c in unit["columns"]}
        if missing:
            found.add(("PL-01", unit["id"], None, None))
        for column in unit["columns"]:
            where = (unit["id"], column["id"])
            if where in faulty:
                continue
            found |= _of_column(city, unit, column, rows[where])
    return found


APPLICANTS = ("natural", "business", "research", "social", "legal", "other")


def _by_figures(told: dict[str, str]) -> Iterator[str]:
    """The relations of the form that a report's figures break."""

    def of(name: str) -> int:
        return int(told[name])

    names = {name.split("/")[1] for name in told if name.startswith("3/")}
    results = names - {"new", "carried_in", "total", "carried_out"}
    off = {
        who: of(f"3/new/{who}") + of(f"3/carried_in/{who}") - of(f"3/total/{who}") - of(f"3/carried_out/{who}")
        for who in (*APPLICANTS, "total")
    }
    if any(off.values()):
        yield "AR-01"
    if not off["total"] and any(off[who] for who in APPLICANTS) and not sum(off[who] for who in APPLICANTS):
        yield "AR-10"
    if any(of(f"3/total/{who}") != sum(of(f"3/{one}/{who}") for one in results) for who in (*APPLICANTS, "total")):
        yield "AR-02"
    if any(of(f"3/{row}/total") != sum(of(f"3/{row}/{who}") for who in APPLICANTS) for row in names):
        yield "AR-03"
    for case in ("review", "suit_direct", "suit_after_review"):
        parts = sum(of(f"4/{case}/{one}") for one in ("upheld", "corrected", "other", "pending"))
        if of(f"4/{case}/total") != parts:
            yield "AR-04"


DAY = r"(\d{4})(?:年|-)(\d{1,2})(?:月|-)(\d{1,2})"
IDENTITY = re.compile(r"身份证号：(\d{17}[\dX])")
CONTACTS = ("办公地址：", "办公时间：", "联系电话：", "传真号码：", "电子邮箱：", "名称：", "分类", "编排", "获取方式")


def _day(text: str, pattern: str) -> dt.date | None:
    found = re.search(pattern.replace("DAY", DAY), text)
    return dt.date(*map(int, found.groups()[-3:])) if found else None


def _by_text(line: dict[str, Any], kind: str, as_of: dt.date) -> Iterator[str]:
    """The rules an item breaks by what its text says; asserts clear margins on the way."""
    if kind == "annual_reports":
        return  # what is wrong in reports, their figures show
    text, published = line["body_text"] or "", line["published_on"] and dt.date.fromisoformat(line["published_on"])
    if kind == "guide":
        if not all(word in text for word in CONTACTS):
            yield "GD-01"
        if "第492号" in text:
            yield "GD-02"
    if "null" in (line["index_number"] or ""):
        yield "CT-02"
    if kind in ("permits", "penalties") and published:
        decided = _day(text, "日期：DAY") or _day(text, "DAY日作出") or _day(text, "的日期：DAY")
        assert decided or not text
        taken = _weekdays(decided, published) if decided else 0
        assert taken <= 4 or taken >= 20
        if taken > 7:
            yield "TM-02"
    if kind == "replies" and "办理中" in text:
        asked = _day(text, "来信时间：DAY")
        assert asked
        waited = (as_of - asked).days
        assert waited <= 75 or 105 <= waited <= 340
        if waited > 93:
            yield "IN-02"
    if "重大行政决策" in text:
        ends = _day(text, "至DAY")
        assert ends
        assert published
        if (ends - published).days < 30:
            yield "TM-07"
        if "说明：" not in text:
            yield "TM-08"
    if "征地补偿安置公告" in line["title"]:
        first, last = _day(text, "自DAY"), _day(text, "至DAY")
        assert first
        assert last
        if (last - first).days < 29:
            yield "TM-15"
    if "法治政府建设年度报告" in line["title"]:
        assert published
        if published >= dt.date(published.year, 4, 1):
            yield "TM-12"
    if IDENTITY.search(text):
        yield "SE-01"


def _of_column(
    city: City, unit: dict[str, Any], column: dict[str, Any], rows: list[dict[str, Any]]
) -> set[tuple[str, str, str | None, str | None]]:
    found: set[tuple[str, str, str | None, str | None]] = set()
    where = (unit["id"], column["id"], None)
    if column["kind"] == "annual_reports":
        rule, month, day = ("TM-11", 3, 31) if unit["kind"] in ("district", "township") else ("TM-10", 1, 31)
        year = city.as_of.year - (1 if city.as_of > dt.date(city.as_of.year, month, day) else 2)
        title = f"{unit['name']}{year}年政府信息公开工作年度报告"
        when = [r["published_on"] for r in rows if r["title"] == title]
        if not when or when[0] > dt.date(year + 1, month, day).isoformat():
            found.add((rule, *where))
        return found
    if not rows:
        found.add(("UP-06", *where))
        return found
    dates = [r["published_on"] for r in rows if r["published_on"]]
    for rule, (kinds, days) in WINDOWS.items():
        if column["kind"] not in kinds:
            continue
        if not dates:
            found.add(("UP-07", *where))
            continue
        old = (city.as_of - dt.date.fromisoformat(max(dates))).days
        assert old <= days - 2 or old >= days + 4, (rule, column, old)
        if old > days:
            found.add((rule.strip(), *where))
    return found


FRONT = {"UP-01", "SE-02"}  # shown by home pages, which no truth of items tells of
WORDS = {"AR-11", "AR-12"}  # shown by the words of reports; what is read of them tells
LATER = {"GD-01", "GD-02", "CT-02", "TM-02", "IN-02", "TM-07", "TM-08", "TM-12", "TM-15", "SE-01"}
SUMS = {"AR-01", "AR-02", "AR-03", "AR-04", "AR-10"}


def _told(city: City) -> list[tuple[str, str, str | None, str | None]]:
    told = [(f["rule"], f["unit"], f["column"], f["item_url"]) for f in city.truth_findings()]
    return [each for each in told if each[0] not in FRONT | WORDS]


@pytest.mark.parametrize(("units", "items", "seed"), SIZES)
def test_what_is_seeded_is_what_is_wrong_and_nothing_else(units: int, items: int, seed: int) -> None:
    city = City(units=units, items=items, seed=seed, as_of=AS_OF)
    seeded = _told(city)
    assert len(seeded) == len(set(seeded))
    assert set(seeded) == _breaches(city)
    accused = {(f["unit"], f["column"]) for f in city.truth_findings()}
    assert not accused & {(f["unit"], f["column"]) for f in city.truth_faults()}
    if units >= 8:
        assert {r for r, *_ in seeded} == {
            "UP-02", "UP-03", "UP-06", "UP-07", "UP-08", "UP-09", "TM-01", "TM-10", "TM-11", "CT-01", "PL-01",
        } | ({r for r, *_ in seeded} & (LATER | SUMS))  # fmt: skip
    if units >= 34:
        assert {r for r, *_ in seeded} >= LATER | {"AR-01", "AR-02", "AR-03", "AR-10"}


@pytest.mark.parametrize("as_of", ["2026-01-20", "2026-02-03", "2026-03-31", "2026-04-02", "2027-01-01", "2024-02-29"])
def test_any_date_will_do(as_of: str) -> None:
    city = City(units=12, items=800, seed=3, as_of=dt.date.fromisoformat(as_of))
    assert set(_told(city)) == _breaches(city)


def test_the_default_city_is_as_large_as_promised() -> None:
    city = City(as_of=AS_OF)
    assert len(city.units) >= 30
    assert len(city.columns) >= 250
    assert sum(1 for _ in city.truth_items()) >= 5000
    assert {f["fault"] for f in city.truth_faults()} == {
        "block_403", "challenge_412", "challenge_521", "challenge_200", "timeout", "burst_503", "truncated",
        "truncated_once",
        "charset_header", "redesign", "moved", "redirect_home", "soft404", "home_404", "empty_api", "empty_proxy",
        "empty_first", "dns", "cookie_bounce", "gzip_unasked", "jump_404", "challenge_slider", "block_567", "block_f5",
    }  # fmt: skip
    assert {c.feed for c in city.columns} == {None, "rss", "rss_java", "rss_site", "atom", "atom_abandoned"}
    assert sum(c.feed == "rss_site" for c in city.columns) > 1
    codes = [s.code for s in city.sites]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"6299\d{6}", code) for code in codes)


@pytest.mark.parametrize(("units", "items", "seed"), SIZES[:5])
def test_no_two_items_of_a_unit_can_be_taken_for_one(units: int, items: int, seed: int) -> None:
    seen: dict[str, set[Any]] = defaultdict(set)
    for line in City(units=units, items=items, seed=seed, as_of=AS_OF).truth_pages():
        for field in ("url", "title", "document_number", "index_number"):
            if line[field] is None:
                continue
            value = line[field] if field == "url" else (line["unit"], line[field])
            assert value not in seen[field], value
            seen[field].add(value)
        assert line["published_on"] is None or line["published_on"] < AS_OF.isoformat()
        assert line["formed_on"] is None or line["published_on"] is None or line["formed_on"] <= line["published_on"]


@pytest.mark.parametrize(("units", "items", "seed"), SIZES)
def test_a_document_of_several_units_is_told_once_with_its_copies(units: int, items: int, seed: int) -> None:
    city = City(units=units, items=items, seed=seed, as_of=AS_OF)
    lines = list(city.truth_items())
    shared = [line for line in lines if line["copies"]]
    assert len(shared) == len(city.shared) >= (1 if units >= 5 else 0)
    own = [line["url"] for line in lines] + [copy["url"] for line in shared for copy in line["copies"]]
    assert sorted(own) == sorted(line["url"] for line in city.truth_pages())
    for line in shared:
        assert len({line["unit"], *(copy["unit"] for copy in line["copies"])}) == 1 + len(line["copies"])
        assert not line["looks_like"]
        numbers = {document_key(copy["document_number"]) for copy in (line, *line["copies"])} - {None}
        assert len(numbers) <= 1
        for copy in line["copies"]:
            assert copy["published_on"] > line["published_on"]
            assert (copy["title"], copy["aliases"]) == (line["title"], [])
            assert copy["body_text"].startswith(line["body_text"])
    lookalikes = [line for line in lines if line["looks_like"]]
    assert all(not line["copies"] for line in lookalikes)
    if units >= 34:
        told = {line["looks_like"] for line in lookalikes}
        assert told == {"nothing", "forwarded", "holiday", "interpretation", "recruitment", "draft", "same_title"}
        written = [column.edits[key].get("document_number") for one in city.shared for column, key in one.copies]
        assert {number[number.index("2") - 1] for number in written if number} == set("〔[（")
        assert None in written


def test_a_seed_is_a_city() -> None:
    def whole(seed: int) -> list[Any]:
        city = City(units=8, items=400, seed=seed, as_of=AS_OF)
        return [city.city_file(), list(city.truth_items()), list(city.truth_findings()), list(city.truth_faults())]

    assert whole(5) == whole(5)
    assert whole(5) != whole(6)


def test_without_faults_nothing_is_out_of_reach() -> None:
    city = City(units=8, items=400, as_of=AS_OF, faults=False)
    assert not list(city.truth_faults())
    assert set(_told(city)) == _breaches(city)


def test_many_items_take_no_memory() -> None:
    code = (
        "import resource; from tests.city import City; c = City(items=100_000);"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; n = sum(1 for _ in c.truth_items());"
        "print(n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=200
    )
    number, grown_kb = map(int, done.stdout.split())
    assert number > 80_000
    assert grown_kb < 30_000


# ------------------------------------------------------------------ over real HTTP


def _get(url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    request = urllib.request.Request(url, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read(), {k.lower(): v for k, v in answer.headers.items()}
    except urllib.error.HTTPError as error:
        return error.code, error.read(), {k.lower(): v for k, v in error.headers.items()}


def _post(url: str, form: dict[str, str]) -> bytes:
    with urllib.request.urlopen(url, urlencode(form).encode(), timeout=20) as answer:
        body: bytes = answer.read()
    return body


def _text(body: bytes) -> str:
    return body.decode("gb18030" if b"gb2312" in body[:600] else "utf-8")


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with City(units=34, items=2500, as_of=AS_OF).serve() as running:
        yield running


def _main_links(text: str, base: str) -> list[str]:
    part = text.split('<div class="list">', 1)[1].split('<div class="side">', 1)[0]
    return [urljoin(base, unescape(href)) for href in re.findall(r"""<a[^>]*href=["']([^"']+)["']""", part)]


def _walk_trs(url: str) -> Iterator[str]:
    text = _text(_get(url)[1])
    base = url.removesuffix("list.html").rstrip("/") + "/"
    total, name = re.findall(r'createPageHTML\((\d+), 0, "(\w+)"', text)[0]
    for n in range(1, int(total) + 1):
        yield from _main_links(text, base)
        status, body, _ = _get(f"{base}{name}_{n}.html")
        if b'<div class="list">' not in body:  # behind the last, or behind the last that is published
            assert status == 404 if n == int(total) else len(body) < 400
            return
        text = _text(body)


def _walk_ucap(url: str) -> Iterator[str]:
    text = _text(_get(url)[1])
    found = re.search(r"createPageHTML\('page_div',(\d+), 1,'list','shtml',(\d+)\)", text)
    assert found
    for n in range(1, int(found[1]) + 1):
        page = url if n == 1 else url.replace("list.shtml", f"list_{n}.shtml")
        text = _text(_get(page)[1])
        yield from _main_links(text.split('<div id="page_div"')[0], page)


def _walk_ucap_json(url: str) -> Iterator[str]:
    found = re.search(r'url = "(/search/[^"]+page=)"', _text(_get(url)[1]))
    assert found
    for n in range(1, 100):
        data = json.loads(_get(urljoin(url, found[1] + str(n)))[1])["data"]
        if not data["results"]:
            break
        yield from (r["url"] for r in data["results"])


def _walk_hanweb(url: str) -> Iterator[str]:
    text = _text(_get(url)[1])
    assert '<ul class="main_list"></ul>' in text
    address = re.findall(r"<nextgroup><!\[CDATA\[<a href=\"([^\"]+)\"", text)[0].replace("&amp;", "&")
    inline = text.split("<recordset>")[1].split("</recordset>")[0]
    first = [urljoin(url, h) for h in re.findall(r"""href=["']([^"']+)["']""", inline)]
    pages = []
    for n in range(1, 100):
        answer = _get(urljoin(url, re.sub(r"page=\d+", f"page={n}", address)))[1].decode()
        pages.append(
            [urljoin(url, h) for h in re.findall(r"""href=["']([^"']+)["']""", answer.split("<recordset>")[1])]
        )
        if n == int(re.findall(r"<totalpage>(\d+)<", answer)[0]):
            break
    assert pages[0] == first
    for page in pages:
        yield from page


def _walk_jpaas(url: str) -> Iterator[str]:
    scripts = re.findall(r'url="([^"]+unit)"\s+queryData="([^"]+)"', _text(_get(url)[1]))
    assert len(scripts) == 2
    for address, data in scripts:
        query = dict(re.findall(r"'(\w+)':'([^']*)'", unescape(data)))
        for n in range(1, 100):
            paged = {**query, "paramJson": json.dumps({"pageNo": n, "pageSize": "15"})}
            where = f"{urljoin(url, address)}?{urlencode(paged)}"
            html = json.loads(_get(where)[1])["data"]["html"]
            links = re.findall(r"href='([^']+)'", html)
            if n == 1 and links:
                bare = f"{urljoin(url, address)}?{urlencode({**query, 'pageNo': '2'})}"
                assert re.findall(r"href='([^']+)'", json.loads(_get(bare)[1])["data"]["html"]) == links
            yield from (urljoin(url, h) for h in links)
            if not links:
                break


def _walk_gkmlpt(url: str) -> Iterator[str]:
    text = _text(_get(url.split("#")[0])[1])
    sid = re.findall(r"SID:\s*'(\d+)'", text)[0]
    api = f"{url.split('index#')[0]}api/all/{url.split('#')[1]}?sid={sid}&page="
    assert json.loads(_get(api + "0")[1]) == json.loads(_get(api + "1")[1])
    for n in range(1, 100):
        status, body, _ = _get(api + str(n))
        if status == 404:
            break
        yield from (a["url"] for a in json.loads(body)["articles"])


def _walk_vsb(url: str) -> Iterator[str]:
    for _ in range(100):
        text = _text(_get(url)[1])
        yield from _main_links(text.split('<div class="pb_sys_common">')[0], url)
        following = re.findall(r'class="p_next p_fun"><a href="([^"]+)"', text)
        if not following:
            assert url.endswith("/1.htm") or "1/1</span>" in text
            return
        url = urljoin(url, following[0])


def _walk_powereasy(url: str) -> Iterator[str]:
    for _ in range(100):
        text = _text(_get(url)[1])
        rows = text.split('<ul class="newsList">')[1].split("</ul>")[0]
        yield from (urljoin(url, h) for h in re.findall(r'href="([^"]+)"', rows))
        following = re.findall(r'class="next" href="([^"]+)"', text)
        if not following:
            return
        url = urljoin(url, following[0])


def _walk_hanweb_xxgk(url: str) -> Iterator[str]:
    text = _text(_get(url)[1])
    number = re.findall(r"[?&]number=(\w+)", url) or re.findall(r"infotypeId=(\w+)&", text)
    form = {"infotypeId": number[0], "divid": re.findall(r'<div id="(div\d+)"', text)[0]}
    search = urljoin(url, "/module/xxgk/search.jsp")
    assert _get(f"{search}?{urlencode(form)}")[0] == 405
    for n in range(1, 100):
        answer = _post(search, {**form, "currpage": str(n)}).decode()
        yield from (urljoin(url, unescape(h)) for h in re.findall(r'class="bt_link" href="([^"]+)"', answer))
        if n >= int(re.findall(r"共(\d+)页", answer)[0]):
            break


def _walk_lonsun(url: str) -> Iterator[str]:
    text = _text(_get(url)[1])
    literal = re.findall(r"data:\{ (labelName.*?) \}", text)[0]
    query = {k: v.strip("'") for k, v in re.findall(r"(\w+):('[^']*'|\w+)", literal)}
    for n in range(1, int(re.findall(r"pageCount:(\d+)", text)[0]) + 1):
        where = f"{urljoin(url, '/site/label/8888')}?{urlencode({**query, 'pageIndex': str(n)})}"
        yield from (urljoin(url, h) for h in re.findall(r"""href=["']([^"']+)["']""", _get(where)[1].decode()))
    wrong = f"{urljoin(url, '/site/label/8888')}?{urlencode({**query, 'file': '/other'})}"
    assert b"href" not in _get(wrong)[1]


def _walk_truecms(url: str) -> Iterator[str]:
    text = _text(_get(url)[1])
    columnid = re.findall(r"columnId:'([^']+)'", text)[0]
    api = urljoin(url, "/truecms/messageController/getMessage.do")
    for start in range(1, 2000, 10):
        query = {"startrecord": start, "endrecord": start + 9, "perpage": 10, "columnId": columnid}
        assert _get(f"{api}?{urlencode(query)}")[0] == 404  # without a Referer
        result = json.loads(_get(f"{api}?{urlencode(query)}", Referer=url)[1])["result"]
        yield from (urljoin(url, h) for h in re.findall(r'href="([^"]+)"', result))
        if start + 9 >= int(re.findall(r"<totalrecord>(\d+)<", result)[0]):
            break
    more = {"startrecord": 1, "endrecord": 60, "perpage": 60, "columnId": columnid}
    assert b"href" not in _get(f"{api}?{urlencode(more)}", Referer=url)[1]


def _walk_aspnet(url: str) -> Iterator[str]:
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    text = _text(opener.open(url, timeout=20).read())
    for number in range(2, 100):
        part = text.split('<div class="list">', 1)[1].split("</form>", 1)[0]
        yield from (urljoin(url, unescape(h)) for h in re.findall(r"""<a[^>]*href=["']([^"'(]+)["']""", part))
        target = re.findall(rf"__doPostBack\('([\w$]+)','{number}'\)", unescape(part))
        if not target:
            return
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" id="\w+" value="([^"]*)"', text))
        form |= {"__EVENTTARGET": target[0], "__EVENTARGUMENT": str(number), "MoreInfoList1$txtTitle": ""}
        stale = {**form, "__EVENTVALIDATION": "0"}
        with pytest.raises(urllib.error.HTTPError):
            opener.open(url, urlencode(stale).encode(), timeout=20)
        text = _text(opener.open(url, urlencode(form).encode(), timeout=20).read())


def _walk_trs_frame(url: str) -> Iterator[str]:
    text = _text(_get(url)[1])
    assert "main_list" not in text
    frame = urljoin(url, re.findall(r'<iframe src="([^"]+)" id="list"', text)[0])
    yield from _walk_trs(frame)


def _walk_trs_script(url: str) -> Iterator[str]:
    text = _text(_get(url)[1])
    assert "index_" not in text
    for n in range(int(re.findall(r"共(\d+)页", text)[0])):
        text = _text(_get(urljoin(url, f"index_{n}.html" if n else "index.html"))[1])
        part = text.split('<div class="list">', 1)[1].split('<div class="page">', 1)[0]
        yield from (urljoin(url, unescape(h)) for h in re.findall(r"""<a[^>]*href=["']([^"']+)["']""", part))


def _ask(url: str, body: dict[str, Any], referer: str) -> Any:
    sent = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json", "Referer": referer}
    )
    with urllib.request.urlopen(sent, timeout=20) as answer:
        return json.loads(answer.read())


def _walk_ewb(url: str) -> Iterator[str]:
    site = json.loads(re.findall(r"siteInfo=(\{.*?\});", _text(_get(urljoin(url, "/js/webBuilderCommon.js"))[1]))[0])
    api = urljoin(url, f"{site['projectName']}/rest/lightfrontaction/getgovinfolist")
    wrapped = "Mid" in site["projectName"]
    for n in range(100):
        body: dict[str, Any] = {
            "categorynum": url.partition("categorynum=")[2], "siteGuid": site["siteGuid"],
            "pageIndex": str(n) if wrapped else n + 1, "pageSize": 7,
        }  # fmt: skip
        assert not _ask(api, {"params": body} if wrapped else body, "http://other.invalid/")["custom"]
        custom = _ask(api, {"params": body} if wrapped else body, url)["custom"]
        yield from (urljoin(url, entry["infourl"]) for entry in custom["data"])
        if 7 * (n + 1) >= custom["total"]:
            break


def _walk_hycloud(url: str) -> Iterator[str]:
    text = _text(_get(url)[1])
    body = json.loads("{" + re.findall(r"\{pageNo: pageNo, (.*)\}\),\n", text)[0] + "}")
    api = urljoin(url, "/irs/front/list")
    assert _ask(api, {**body, "pageNo": 1, "tenantId": 1}, url)["data"] is None
    for n in range(1, 100):
        data = _ask(api, {**body, "pageNo": n}, url)["data"]
        yield from (entry["doc_pub_url"] for entry in data["list"])
        if n >= data["pager"]["pageCount"]:
            break


def _walk_trs_written(url: str) -> Iterator[str]:
    for n in range(100):
        status, body, _ = _get(urljoin(url, f"index_{n}.html" if n else "index.html"))
        if status == 404:
            break
        part = _text(body).split('<div class="list">', 1)[1].split('<div class="page">', 1)[0]
        assert "<a href" not in re.sub(r"<script>.*?</script>", "", part, flags=re.DOTALL)
        yield from (urljoin(url, h) for h in re.findall(r'var url = "([^"]+)"', part))


def _walk_trs_json(url: str) -> Iterator[str]:
    text = _text(_get(url)[1])
    assert "<ul></ul>" in text
    file = re.findall(r'ajax\(\{ url: "([^"]+)"', text)[0]
    yield from (entry["URL"] for entry in json.loads(_get(urljoin(url, file))[1].decode("utf-8-sig")))


WALKS: dict[str, Callable[[str], Iterator[str]]] = {
    "trs": _walk_trs, "trs_bare": _walk_trs, "ucap": _walk_ucap, "ucap_json": _walk_ucap_json, "hanweb": _walk_hanweb,
    "jpaas": _walk_jpaas, "gkmlpt": _walk_gkmlpt, "vsb": _walk_vsb, "powereasy": _walk_powereasy,
    "hanweb_xxgk": _walk_hanweb_xxgk, "lonsun": _walk_lonsun, "truecms": _walk_truecms, "aspnet": _walk_aspnet,
    "ewb": _walk_ewb, "hycloud": _walk_hycloud, "trs_frame": _walk_trs_frame, "trs_script": _walk_trs_script,
    "trs_written": _walk_trs_written, "trs_json": _walk_trs_json,
}  # fmt: skip


def _healthy(city: City, family: str) -> list[Column]:
    return [c for c in city.columns if c.family == family and not c.fault and not c.unit.dead and not c.single]


@pytest.mark.parametrize("family", sorted(WALKS))
def test_a_walk_over_the_pages_finds_the_truth(served: Served, family: str) -> None:
    city = served.city
    truth: dict[tuple[str, str], set[str]] = defaultdict(set)
    for line in city.truth_pages():
        addresses = [line["url"], *(a for a in line["aliases"] if "/mobile/" not in a)]
        for column, address in zip(line["columns"], addresses, strict=True):
            truth[line["unit"], column].add(address)
    columns = _healthy(city, family)
    assert columns
    for column in columns:
        listed = list(WALKS[family](city.column_url(column)))
        assert len(listed) == len(set(listed))
        assert set(listed) == truth[column.unit.id, column.id], (column.unit.id, column.id)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b\xa0]+", "", unescape(re.sub(r"<[^>]+>", "", text)))


@pytest.mark.parametrize("family", sorted(WALKS))
def test_a_page_shows_what_the_truth_says(served: Served, family: str) -> None:
    city = served.city
    wanted = {(c.unit.id, c.id) for c in _healthy(city, family)}
    seen = 0
    for n, line in enumerate(city.truth_pages()):
        if (line["unit"], line["column"]) not in wanted or n % 5 or not line["page"]:
            continue
        seen += 1
        status, body, _ = _get(line["url"])
        text = _squeezed(_text(body))
        assert status == 200
        fields = (
            "title",
            "source",
            "issuing_body",
            "document_number",
            "index_number",
            "subject",
            "summary",
            "body_text",
        )
        for field in fields:
            shown = text if field != "document_number" else re.sub(r"[\[（](\d{4})[\]）]", r"〔\1〕", text)
            assert line.get(field) is None or _squeezed(line[field]) in shown, (line["url"], field)
        if line["published_on"]:
            year, month, day = line["published_on"].split("-")
            assert re.search(f"{year}[-/.年]{month}[-/.月]{day}", text), line["url"]
        else:
            assert not re.search(r"20\d\d[-/.年]\d\d[-/.月]\d\d", text), line["url"]
        for name in (a["name"] for a in line["attachments"]):
            assert _squeezed(name) in text or "data-powerurl" in _text(body), line["url"]
    assert seen > 1


def test_attachments_and_files_can_be_fetched(served: Served) -> None:
    lines = [i for i in served.city.truth_items() if i["attachments"] or not i["page"]]
    had = lost = 0
    for line in lines[::9]:
        for url in [a["url"] for a in line["attachments"]] or [line["url"]]:
            status, body, _ = _get(url, Referer=line["url"])
            if status == 404 or "请先登录".encode() in body:  # a few are gone or closed: faults of nobody here
                lost += 1
                continue
            assert status == 200
            assert body[:2] in (b"%P", b"PK", b"\xd0\xcf")
            had += 1
    assert had > 10 * lost
    script = next(a["url"] for i in lines for a in i["attachments"] if "/system/_content/download.jsp" in a["url"])
    assert len(_get(script)[1]) > 4500  # without a Referer: a page that says so


def test_conditional_requests(served: Served) -> None:
    city = served.city
    for family in ("trs", "hanweb", "gkmlpt", "jpaas", "ucap", "vsb"):
        column = _healthy(city, family)[0]
        article = next(i["url"] for i in city.truth_pages() if i["unit"] == column.unit.id and i["column"] == column.id)
        for url in (city.column_url(column).split("#")[0], article):
            _, _, headers = _get(url)
            before = served.not_modified.get(url, 0)
            assert _get(url, If_None_Match=headers["etag"])[0] == 304
            assert _get(url, If_Modified_Since=headers["last-modified"])[0] == 304
            assert _get(url, If_None_Match='"other"')[0] == 200
            assert served.not_modified[url] == before + 2
            assert served.hits[url] >= 4
    column = _healthy(city, "powereasy")[0]
    first, second = (_get(city.column_url(column)) for _ in range(2))
    assert "etag" not in first[2]
    assert first[1] != second[1]


def test_head_gzip_and_missing_pages(served: Served) -> None:
    unit = next(u for u in served.city.units if u.style.gzip and not u.dead)
    parts = urlsplit(unit.home)
    link = http.client.HTTPConnection(parts.netloc, timeout=10)
    link.request("HEAD", parts.path)
    head = link.getresponse()
    assert (head.status, head.read()) == (200, b"")
    assert int(head.headers["Content-Length"]) > 1000
    link.request("GET", parts.path, headers={"Accept-Encoding": "gzip"})
    zipped = link.getresponse()
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert zipped.read()[:2] == b"\x1f\x8b"
    link.request("GET", "/nowhere.html")
    assert link.getresponse().status == 404
    link.close()


def test_feeds(served: Served) -> None:
    city = served.city
    seen = set()
    for unit in yaml.safe_load(city.city_file())["units"]:
        for column in unit["columns"]:
            if "feed" not in column:
                continue
            _, body, headers = _get(column["feed"])
            kind = city.column(unit["id"], column["id"]).feed
            seen.add(kind)
            text = body.decode()
            links = re.findall(r"<link>([^<]+/t\d[^<]+)</link>|<link href=\"([^\"]+)\"", text)
            known = {a for i in city.truth_pages() if i["unit"] == unit["id"] for a in [i["url"], *i["aliases"]]}
            assert {a or b for a, b in links} <= known
            assert links
            if kind == "rss_java":
                assert "ISO-8859-1" in headers["content-type"]
                assert re.search(r"<pubDate>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.0</pubDate>", text)
            if kind == "atom_abandoned":
                assert (
                    max(re.findall(r"<published>(\d{4}-\d\d-\d\d)", text))
                    < (AS_OF - dt.timedelta(days=365)).isoformat()
                )
            if kind == "rss_site":
                assert len(set(re.findall(r"<category>([^<]+)<", text))) > 1
    assert seen == {"rss", "rss_java", "rss_site", "atom", "atom_abandoned"}


def test_home_and_platform_link_what_the_unit_keeps(served: Served) -> None:
    city = served.city
    names = {
        "guide": "政府信息公开指南",
        "rules": "政府信息公开制度",
        "catalogue": "法定主动公开内容",
        "annual_reports": "政府信息公开年报",
    }
    for unit in city.units:
        if unit.dead:
            continue
        pages = ["", "zfxxgk/", *(["zwgk/", "zwgk/zdly/"] if unit.nested else [])]
        home, platform, *hubs = (_text(_get(unit.home + tail)[1]) for tail in pages)
        assert unit.site.code in home
        for column in unit.columns:
            if column.kind in PLATFORM:
                assert re.search(f'>{names[column.kind]}</a>|alt="{names[column.kind]}"', platform)
            elif column in unit.nested:
                assert f">{column.name}</a>" not in home
                assert any(column.name in hub for hub in hubs)
            elif not column.hidden:
                assert re.search(f">{column.name}</(?:a|span)>", home)
                if column.fault == "moved":
                    assert city.column_url(column) not in {
                        urljoin(unit.home, h) for h in re.findall(r'href="([^"]+)"', home)
                    }
        if unit.missing:
            assert names[unit.missing] not in home + platform


def _first(city: City, fault: str) -> str:
    column = next(c for c in city.columns if c.fault == fault)
    return city.column_url(column)


def test_faults_are_as_seeded() -> None:
    city = City(units=34, items=2500, as_of=AS_OF)
    with city.serve() as running:
        apis = [c for c in city.columns if c.fault and c.family == "gkmlpt" and c.fault != "empty_api"]
        for column in apis:
            column.fault = None  # their column page is shared; looked at through the interface elsewhere
        for fault, status in (("block_403", 403), ("challenge_412", 412), ("challenge_521", 521)):
            if any(c.fault == fault for c in city.columns):
                assert _get(_first(city, fault))[0] == status
        assert b"<a " not in _get(_first(city, "challenge_200"))[1]
        assert "不存在" in _text(_get(_first(city, "soft404"))[1])
        moved_home = _get(_first(city, "redirect_home"))[1]
        assert "友情链接" in _text(moved_home)
        burst = _first(city, "burst_503")
        assert [_get(burst)[0] for _ in range(3)] == [503, 503, 200]
        for fault, good in (("truncated", 0), ("truncated_once", 1)):
            url = _first(city, fault)
            for n in range(2):
                if n < 2 - good:
                    with pytest.raises(http.client.IncompleteRead):
                        _get(url)
                else:
                    assert _get(url)[0] == 200
        empty = _first(city, "empty_first")
        assert len(_get(empty)[1]) < len(_get(empty)[1])
        status, body, headers = _get(_first(city, "charset_header"))
        assert "ISO-8859-1" in headers["content-type"]
        assert "主办单位" in body.decode()
        redesigned = next(c for c in city.columns if c.fault == "redesign")
        text = _text(_get(city.column_url(redesigned))[1])
        assert redesigned.unit.site.code in text
        assert 'href="/' not in text.replace('href="/css', "")
        api = next(c for c in city.columns if c.fault == "empty_api")
        base, _, number = city.column_url(api).partition("index#")
        assert _get(f"{base}api/all/{number}?page=1")[1] == b'{"articles":[],"total":145}'
        hidden = next(u for u in city.units if u.dead)
        assert hidden.home.startswith("http://www.")
        assert running.trapped == 0


def test_robots_and_the_trap(served: Served) -> None:
    site = next(s for s in served.city.sites if s.trap)
    assert site.trap
    rules = _get(f"{site.base}/robots.txt")[1].decode()
    assert f"Disallow: {site.trap}" in rules
    assert site.trap in _text(_get(site.base + "/")[1])
    before = served.trapped
    _get(site.base + site.trap)
    assert served.trapped == before + 1


def test_what_a_test_changes_shows() -> None:
    city = City(units=8, items=400, as_of=AS_OF, faults=False)
    with city.serve():
        column = next(
            c
            for c in city.columns
            if c.family == "trs" and c.kind in ("activity", "news") and c.count > 5 and not c.breach
        )
        unit, ident = column.unit.id, column.id
        listed = city.column_url(column)
        etag = _get(listed)[2]["etag"]
        url = city.publish(unit, ident, title="青禾市新发布的一条消息", published_on=AS_OF - dt.timedelta(days=1))
        assert _get(listed, If_None_Match=etag)[0] == 200
        assert url in set(_walk_trs(listed))
        line = next(i for i in city.truth_items() if i["url"] == url)
        assert line["title"] == "青禾市新发布的一条消息"
        assert "青禾市新发布的一条消息" in _text(_get(url)[1])
        page_etag = _get(url)[2]["etag"]
        city.edit(url, title="青禾市改过的消息", body=("改过的正文。",))
        assert _get(url, If_None_Match=page_etag)[0] == 200
        assert "改过的正文。" in _text(_get(url)[1])
        city.withdraw(url)
        assert _get(url)[0] == 404
        assert url not in set(_walk_trs(listed))
        assert all(i["url"] != url for i in city.truth_items())
        city.redesign(unit, ident)
        assert {"fault": "redesign", "unit": unit, "column": ident, "url": listed} in list(city.truth_faults())


def test_the_command_serves_until_told_to_stop(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "tests.city",
        "serve",
        "--dir",
        str(tmp_path),
        "--units",
        "4",
        "--items",
        "120",
        "--as-of",
        "2026-11-20",
    ]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        for _ in range(600):
            if (tmp_path / "ready.json").exists():
                break
            time.sleep(0.05)
        ready = json.loads((tmp_path / "ready.json").read_text(encoding="utf-8"))
        assert ready["pid"] == process.pid
        assert ready["as_of"] == "2026-11-20"
        city = yaml.safe_load((tmp_path / "city.yml").read_text(encoding="utf-8"))
        assert city["allow_private_addresses"] is True
        assert _get(city["units"][0]["home"])[0] == 200
        for name in ("items", "findings", "faults"):
            lines = (tmp_path / "truth" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
            assert all(json.loads(line) for line in lines)
        assert json.loads((tmp_path / "truth" / "summary.json").read_text(encoding="utf-8"))["units"] == 4
    finally:
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(20) == 0
    assert json.loads((tmp_path / "served.json").read_text(encoding="utf-8"))["requests"] == 1


def test_no_two_columns_share_an_address() -> None:
    city = City(units=90, items=3000, seed=22)
    addresses = [column["url"] for unit in yaml.safe_load(city.city_file())["units"] for column in unit["columns"]]
    assert len(set(addresses)) == len(addresses)
