"""The yearly reports in the console: roster, sums, counts, one report, handing in, the draft, and who sees what."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser

from flows.annual import sheet
from storage import papers, people, registry, requests
from storage.annual import handed, told
from storage.annual.forms import Form, figures_of
from storage.annual.handed import What
from storage.annual.held import Outcome
from storage.annual.measures import MEASURES
from storage.annual.report import State
from storage.annual.rollup import Check, rollup_of
from storage.console import annual_pages, annual_report_pages, annual_steps, annual_tables, create_app, texts
from storage.database import Database
from storage.schema import Role
from tests.storage import build, yearly
from tests.storage.signing import csrf, signed_in
from tests.storage.yearly import BROKEN, YEAR, line, report, rollup


def rows(html: str, table: str = "annual-roster") -> list[str]:
    """The text of each row of a table's body, spaces taken together."""
    found = LexborHTMLParser(html).css(f"table.{table} > tbody > tr")
    return [" ".join(one.text(separator=" ").split()) for one in found]


def figures(html: str) -> dict[str, str]:
    """The numbers above the roster."""
    pairs = [said(str(one.html)).split() for one in LexborHTMLParser(html).css("dl.annual-heads > div")]
    return {name: number for name, number, *_ in pairs}


def said(html: str, within: str = "body") -> str:
    """The text of a page, or of a part of it, spaces taken together."""
    found = LexborHTMLParser(html).css_first(within)
    assert found is not None, within
    return " ".join(found.text(separator=" ").split())


# ------------------------------------------------------------------ the roster


def test_the_roster_counts_and_shows_each_unit(db: Database) -> None:
    yearly.city(db)
    client = signed_in(db)
    assert client.get("/annual", follow_redirects=False).headers["location"] == f"/annual/{YEAR}"
    page = client.get("/annual").text
    assert figures(page) == {
        "应报": "3",
        "已公开": "1",
        "迟": "0",
        "缺": "1",
        "未能判断": "1",
        "收到邮寄": "1",
        "未能读取": "1",
        "勾稽不平": "1",
        "雷同": "1",
    }
    first, second, third = rows(page)
    for words in ("按期公布", "2026-01-31", "公布日期 2026-01-20", "html · 2021 年格式", "✗ 01", "? 06", "93% 同 丙局"):
        assert words in first, words
    assert "✗ 未公布" in second
    for words in ("? 未能判断", "2026-01-19 张三", "扫描件，没有文字", "邮寄的报告"):
        assert words in third, words
    assert 'href="/annual/report/r1#AR-01"' in page
    assert "Yearly disclosure reports for 2025" in client.get(f"/annual/{YEAR}?lang=en").text


NARROWED: Final[tuple[tuple[dict[str, str], list[str]], ...]] = (
    ({}, ["田禾区", "乙局", "丙局"]),
    ({"state": "missing"}, ["乙局"]),
    ({"state": "mail"}, ["丙局"]),
    ({"state": "unread"}, ["丙局"]),
    ({"state": "late"}, []),
    ({"state": "nonsense"}, ["田禾区", "乙局", "丙局"]),
    ({"kind": "department"}, ["乙局", "丙局"]),
    ({"check": "AR-01"}, ["田禾区"]),
    ({"check": "any"}, ["田禾区"]),
    ({"check": "alike"}, ["田禾区"]),
    ({"check": "AR-06"}, []),  # not assessable is no breach
    ({"sort": "state"}, ["乙局", "丙局", "田禾区"]),
    ({"sort": "broken", "kind": "department"}, ["乙局", "丙局"]),
)


def test_the_roster_is_narrowed_and_ordered(db: Database) -> None:
    yearly.city(db)
    client = signed_in(db)
    for asked, names in NARROWED:
        shown = rows(client.get(f"/annual/{YEAR}", params=asked).text)
        assert [one[: len(name)] for one, name in zip(shown, names, strict=True)] == names, asked


def test_the_roster_as_a_table_runs_nothing(db: Database) -> None:
    registry.apply(db, build.city(build.unit()))
    told.tell(db, rollup(lines=(line(name="=1+1", checks=(BROKEN,), published_on=dt.date(2026, 1, 20)),)))
    answer = signed_in(db).get(f"/annual/{YEAR}/roster.csv")
    [one] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (one["name"], one["published"], one["published_on"], one["breaches"]) == (
        *("'=1+1", "in_time", "2026-01-20", "AR-01"),
    )


@pytest.mark.parametrize("year", ["1999", "20255", "%E4%BA%8C%E5%8D%81", "-1", "２０２５"])
def test_what_is_no_year_is_nowhere(db: Database, year: str) -> None:
    client = signed_in(db)
    for page in ("", "/sums", "/counts", "/hand-in", "/draft", "/roster.csv"):
        assert client.get(f"/annual/{year}{page}").status_code == 404


def test_before_anything_was_told_it_says_what_to_do(db: Database) -> None:
    client = signed_in(db)
    for page in ("", "/sums", "/counts", "/draft"):
        assert "gongkai annual read" in client.get(f"/annual/{YEAR}{page}").text
    assert client.get(f"/annual/{YEAR}/roster.csv").status_code == 404


# ------------------------------------------------------------------ sums and counts


def test_each_sum_says_who_counted_and_who_lacks(db: Database) -> None:
    yearly.city(db)
    client = signed_in(db)
    page = client.get(f"/annual/{YEAR}/sums?figure=3/new/total").text
    cells = [one.text() for one in LexborHTMLParser(page).css("table.annual-form td a")]
    assert cells == [f"{value:,}" for value in yearly.numbers().values()]
    assert "表三 一、本年新收政府信息公开申请数量 · 总计" in page
    text = said(page)
    for words in ("14,069", "1 / 3 个", "乙局 没有报告", "丙局 报告未读成", "14,068 计入 1 个单位。"):
        assert words in text, words
    assert (
        "figure" not in client.get(f"/annual/{YEAR}/sums?figure=3/new/nothing").text.split("<main")[1].split("?fig")[0]
    )


def test_a_sum_of_other_units_than_last_year_is_not_compared(db: Database) -> None:
    one = yearly.city(db)
    changed = one.sums["3/new/total"].model_copy(update={"last_counted": 2})
    told.tell(db, one.model_copy(update={"sums": {**one.sums, "3/new/total": changed}}))
    page = signed_in(db).get(f"/annual/{YEAR}/sums?figure=3/new/total").text
    assert "不宜直接比较" in page


def test_counts_claims_and_what_was_entered(db: Database) -> None:
    yearly.city(db)
    text = said(signed_in(db).get(f"/annual/{YEAR}/counts").text)
    for words in (
        *("政策法规 10", "新闻 20", "政府公报 2", "政府网站 30", "第二十条第（一）项", "未归入法定事项 26"),
        *("田禾区人民政府 6 0 12", "合计 10 0 20"),
        *("表二 行政规范性文件 · 现行有效件数 15 9 报告多 6", "接受咨询（人次） 321 咨询.xlsx 表1 D4"),
    ):
        assert words in text, words


@pytest.mark.parametrize("form", list(Form))
def test_the_tables_have_every_figure_of_their_form_in_its_order(form: Form) -> None:
    found = annual_tables.tables_of(form)
    assert [place.figure for table in found for row in table.rows for place in row.places] == list(figures_of(form))
    for table in found:  # every row fills the table's columns, whatever spans into it
        widths = widths_of(table)
        assert len(set(widths)) == 1, (form, table.part, widths)


def widths_of(table: annual_tables.Table) -> list[int]:
    """How many columns each row of the table takes, cells that reach down from above included."""
    above: list[tuple[int, int]] = []  # rows still to come, columns
    found = []
    for heads, places in [*((row, ()) for row in table.head), *((row.heads, row.places) for row in table.rows)]:
        found.append(sum(wide for _, wide in above) + sum(one.wide for one in heads) + sum(one.wide for one in places))
        above = [(left - 1, wide) for left, wide in above if left > 1]
        above += [(one.high - 1, one.wide) for one in heads if one.high > 1]
    assert not above
    return found


# ------------------------------------------------------------------ one report

FACTS: Final[dict[str, Any]] = {
    "judged": 6,
    "year": YEAR,
    "tables": [2, 3, 4],
    "found": "表三「自然人」列不平",
    "relations": ["表三「自然人」列：13612 + 536 = 14148 ≠ 13364 + 783 = 14147"],
    "hint": "若为535则成立",
    "suspect": [{"figure": "3/carried_in/natural", "words": "上年结转", "value": "536", "would_be": "535"}],
    "cells": [
        {"figure": "3/new/natural", "words": "新收", "address": "表2 第2行", "value": "13612"},
        {"figure": "3/carried_in/natural", "words": "上年结转", "value": "536"},
        {"figure": "2024:3/carried_out/natural", "words": "2024年度 结转下年度", "value": "535"},
    ],
    "alike": [{"report": "r9", "unit": "c", "name": "丙局", "year": 2025, "share": 0.934}],
    "not_assessable": [{"figure": "4/review/total", "words": "总计", "value": "若干"}],
}


def test_a_report_shows_its_tables_and_what_is_wrong_in_which_cell(db: Database) -> None:
    yearly.city(db)
    cells: dict[str, Decimal | str] = {"2/fees/amount": "/", "2/permits/decisions": "", "4/review/total": "若干"}
    check = Check(rule="AR-01", verdict="breach", facts=FACTS).model_dump(mode="json")
    yearly.kept(db, report=report(cells, problems=("表2 第3行读不清",)), checks=[check])
    page = signed_in(db).get("/annual/report/r1").text

    def cell(name: str) -> str:
        return said(page, f"td#f-{name.replace('/', '-')}")

    assert cell("3/granted/total") == "5,548"
    assert cell("3/new/natural") == "13,612 ✗ AR-01"
    assert cell("3/carried_in/natural") == "535 ★ 疑点 ✗ AR-01"
    assert cell("2/fees/amount") == "□ 不适用 /"
    assert cell("2/permits/decisions") == "□ 空白"
    assert cell("4/review/total") == "□ 文字 若干"  # what could not be assessed is not marked as wrong
    assert len(LexborHTMLParser(page).css("table.annual-form td")) == 200
    for words in (
        FACTS["relations"][0],
        "新收（表2 第2行）：13612",
        "上年结转：536 → 535",
        "表2 第3行读不清",
        "总体情况",
    ):
        assert words in said(page), words
    told_of = said(page, "tr#AR-01")
    assert "列不平" not in told_of  # the sums themselves are there
    assert "2、3、4" in told_of
    assert str(YEAR) not in told_of.partition("丙局")[0]
    assert told_of.index("若为535") < told_of.index("新收")


def test_a_table_that_was_not_found_is_told_and_not_drawn_empty(db: Database) -> None:
    yearly.city(db)
    yearly.kept(db, report=report(tables_found=(2, 4)))
    page = signed_in(db).get("/annual/report/r1").text
    assert "没有找到这张表" in page
    assert 'id="f-3-new-total"' not in page


@pytest.mark.parametrize("verdict", ["compliant", "not_assessable", "not_applicable"])
def test_only_a_breach_marks_cells(verdict: Any) -> None:
    check = Check(rule="AR-01", verdict=verdict, facts=FACTS)
    assert annual_report_pages.pointed(check, figures_of(Form.F2021)) == annual_report_pages.Pointed()


def test_a_report_by_mail_is_given_back_as_a_file_and_tells_what_becomes_of_it(db: Database) -> None:
    yearly.city(db)
    client = signed_in(db)
    page = client.get("/annual/report/r3").text
    for words in ("扫描件，没有文字", "只供公布前修改", "没有可显示的表格和正文"):
        assert words in page
    answer = client.get("/annual/report/r3/file")
    assert answer.content == b"%PDF-1.7 scanned"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert client.get("/annual/report/r1/file").status_code == 404  # its page is in no archive here
    assert client.get("/annual/report/nothing").status_code == 404


def test_reports_that_were_replaced_are_led_to(db: Database) -> None:
    yearly.city(db)
    yearly.kept(db, "r2", first_seen=yearly.AT + dt.timedelta(days=3), name="更正后的年报")
    client = signed_in(db)
    assert "已有后来的报告" in client.get("/annual/report/r1").text
    assert 'href="/annual/report/r2"' in client.get("/annual/report/r1").text


# ------------------------------------------------------------------ who sees what


def test_a_unit_sees_its_own_and_nothing_that_others_sent(db: Database) -> None:
    yearly.city(db)
    unit, other = signed_in(db, "li", Role.UNIT, "tianhe-qu"), signed_in(db, "wang", Role.UNIT, "c")
    page = unit.get(f"/annual/{YEAR}").text
    assert [one[:3] for one in rows(page)] == ["田禾区"]
    assert not {"丙局", "乙局", "r3"} & set(re.findall(r"丙局|乙局|r3", page))  # whose report by mail it is like
    assert "乙局" not in unit.get(f"/annual/{YEAR}/counts").text
    assert "321" not in unit.get(f"/annual/{YEAR}/counts").text
    assert unit.get("/annual/report/r1").status_code == 200
    assert other.get("/annual/report/r3/file").status_code == 200
    refused = (f"/annual/{YEAR}/sums", f"/annual/{YEAR}/hand-in", f"/annual/{YEAR}/draft", "/annual/report/r3")
    assert [unit.get(one).status_code for one in (*refused, "/annual/report/r3/file")] == [403] * 5
    assert list(csv.reader(io.StringIO(unit.get(f"/annual/{YEAR}/roster.csv").text)))[2:] == []


def test_readers_read_and_the_unsigned_sign_in(db: Database) -> None:
    yearly.city(db)
    reader = signed_in(db, "zhao", Role.READER)
    assert [reader.get(f"/annual/{YEAR}{one}").status_code for one in ("", "/sums", "/counts")] == [200] * 3
    assert [reader.get(f"/annual/{YEAR}/{one}").status_code for one in ("hand-in", "draft")] == [403] * 2
    secret = csrf(reader.get(f"/annual/{YEAR}").text)
    for page in ("hand-in", "draft"):
        assert reader.post(f"/annual/{YEAR}/{page}", data={"csrf": secret, "do": "tell"}).status_code == 403
    nobody = TestClient(create_app(db))
    for path in (f"/annual/{YEAR}", "/annual/report/r1", "/annual/report/r3/file", f"/annual/{YEAR}/draft"):
        assert nobody.get(path, follow_redirects=False).headers["location"].startswith("/sign-in")


def test_a_unit_page_leads_to_its_reports(db: Database) -> None:
    yearly.city(db)
    assert 'href="/annual/report/r1"' in signed_in(db).get("/units/tianhe-qu").text
    assert 'href="/annual/report/r3"' in signed_in(db).get("/units/c").text


# ------------------------------------------------------------------ handing in


def send(client: TestClient, content: bytes = b"%PDF-1.7", name: str = "年报.pdf", **form: str) -> Any:
    secret = csrf(client.get(f"/annual/{YEAR}/hand-in").text)
    files = {"file": (name, content, "application/pdf")} if content or name else None
    return client.post(f"/annual/{YEAR}/hand-in", data={"csrf": secret, **form}, files=files, follow_redirects=False)


def test_a_report_that_came_by_mail_waits_for_a_worker(db: Database) -> None:
    yearly.city(db)
    client = signed_in(db)
    answer = send(client, do="report", unit="b", received_on="2026-01-20", note=" 纸质件扫描 ")
    left = requests.claim(db, "test")
    assert left is not None
    assert answer.headers["location"] == f"/requests/{left.id}"
    assert (left.kind, left.payload["do"]) == ("annual", "add")
    kept = handed.get(db, left.payload["handed"])
    assert kept is not None
    assert (kept.what, kept.year, kept.unit, kept.name, kept.content, kept.by) == (
        *(What.REPORT, YEAR, "b", "年报.pdf", b"%PDF-1.7", "zhang"),
    )
    assert (kept.received_on, kept.note) == (dt.date(2026, 1, 20), "纸质件扫描")
    assert [one.facts["unit"] for one in people.entries(db) if one.action == "annual.handed_in"] == ["b"]
    requests.answer(db, left.id, result={"told": "乙局：已读取", "report": "r9"})
    page = client.get(f"/requests/{left.id}").text
    assert "乙局：已读取" in page
    assert 'href="/annual/report/r9"' in page
    page = client.get(f"/annual/{YEAR}/hand-in").text
    assert f'href="/requests/{left.id}"' in page
    assert "丙局 · 2026-01-19 · 张三 · 查看报告 ! 扫描件" in said(page)


def test_a_sheet_of_figures_and_what_is_done_anew(db: Database) -> None:
    yearly.city(db)
    client = signed_in(db)
    send(client, b"PK", "咨询.xlsx", do="figures", unit="b")
    left = requests.claim(db, "test")
    assert left is not None
    assert left.payload["do"] == "figures"
    kept = handed.get(db, left.payload["handed"])
    assert kept is not None
    assert (kept.what, kept.unit, kept.name) == (What.FIGURES, None, "咨询.xlsx")
    for do in ("tell", "read"):
        send(client, b"", "", do=do)
        again = requests.claim(db, "test")
        assert again is not None
        assert (again.kind, again.payload["do"]) == ("annual", do)


def test_the_empty_sheet_is_taken_back_once_it_is_filled(db: Database) -> None:
    yearly.city(db)
    [head, of_city, *units] = csv.reader(
        io.StringIO(signed_in(db).get(f"/annual/{YEAR}/figures.csv").content.decode("utf-8-sig"))
    )
    assert [of_city[0], *(row[0] for row in units)] == ["本级", "田禾区人民政府", "乙局", "丙局"]
    filled = io.StringIO()
    csv.writer(filled).writerows([head, [*of_city[:2], "12", *of_city[3:]], *units])
    city = registry.load_city(db)
    assert city is not None
    [one] = sheet.read("空表.csv", filled.getvalue().encode("utf-8-sig"), YEAR, city)
    assert (one.unit, one.measure, one.value) == (None, next(iter(MEASURES)), Decimal(12))


WORDS: Final[dict[str, Iterable[str]]] = {
    "annual_state": annual_pages.STATES,
    "annual_sort": annual_pages.SORTS,
    "annual_outcome": Outcome,
    "annual_form": Form,
    "annual_cell": State,
    "annual_lacks": ("no_report", "not_read", "other_form", *(set(State) - {State.NUMBER})),
    "annual_source": ("published", "mail"),
    "annual_layout": annual_steps.LAYOUTS,
    "paper_form": annual_steps.FORMS,
    "annual_do": ("add", "figures", "read", "tell"),
    "annual_check": [f"AR-{number:02}" for number in range(1, 13)],
    "annual_part": ("2", "3", "4"),
    "annual_channel": {one.partition("/")[2] for one in list(MEASURES)[:6]},
    "refused": ("annual_file", "annual_received", "annual_do", "annual_large", "annual_many", "annual_report"),
}


def test_every_value_has_its_word() -> None:
    assert [f"{name}.{one}" for name, all_of in WORDS.items() for one in all_of if not texts.has(f"{name}.{one}")] == []


@pytest.mark.parametrize(
    ("told_why", "shown"),
    [
        (None, ""),
        ("no_column: no such column is known", "未登记相应栏目，信息可能在他处"),
        ("not_seen_since: not seen to the end since: 行政许可, 处罚", "期限过后未完整看到该栏目（行政许可, 处罚）"),
        ("no_column", "未登记相应栏目，信息可能在他处"),
        ("a_new_word: said", "a_new_word: said"),
    ],
)
def test_a_reason_is_told_in_words(told_why: str | None, shown: str) -> None:
    assert annual_pages.reason("zh", told_why) == shown


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("年报.pdf", "年报.pdf"),
        ("C:\\桌面\\年报.pdf", "年报.pdf"),
        ("../../etc/passwd", "passwd"),
        ("年报\u202efdp.exe", "年报 fdp.exe"),
        (" a\r\nb\x00.ofd ", "a b .ofd"),
        ("字" * 500, "字" * 180),
        ("/", "-"),
    ],
)
def test_the_name_of_a_file_is_a_name(sent: str, kept: str) -> None:
    assert annual_steps.clean_name(sent) == kept


def test_every_question_mark_leads_to_help(db: Database) -> None:
    yearly.city(db)
    client = signed_in(db)
    known = set(re.findall(r'id="([^"]+)"', client.get("/help").text))
    pages = ("", "/sums", "/counts", "/hand-in", "/draft")
    asked = {one for page in pages for one in re.findall(r"/help#([^\"]+)", client.get(f"/annual/{YEAR}{page}").text)}
    assert {"idea-annual_checks", "idea-annual_sum", "idea-annual_claim"} < asked <= known


NOT_TAKEN: Final[tuple[tuple[dict[str, Any], int, str], ...]] = (
    ({"do": "report", "unit": "b", "content": b"", "name": ""}, 422, "请选择一个不为空的文件"),
    ({"do": "report", "unit": "b", "content": b"", "name": "空.pdf"}, 422, "请选择一个不为空的文件"),
    ({"do": "report", "unit": "nobody"}, 422, "请选择单位"),
    ({"do": "report", "unit": "b", "received_on": "昨天"}, 422, "收到日期应为日期"),
    ({"do": "report", "unit": "b", "received_on": "2999-01-01"}, 422, "收到日期应为日期"),
    ({"do": "figures", "content": b"", "name": ""}, 422, "请选择一个不为空的文件"),
    ({"do": "erase"}, 422, "没有这种操作"),
    ({"do": "report", "unit": "b", "content": b"x" * 4096}, 413, "文件过大"),
    ({"do": "tell", "csrf": "old"}, 403, ""),
)


def test_what_cannot_be_taken_is_refused_in_words(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_FILE_BYTES", "2048")
    yearly.city(db)
    client = signed_in(db)
    assert "至多 2 KB" in client.get(f"/annual/{YEAR}/hand-in").text
    for form, status, words in NOT_TAKEN:
        answer = send(client, **form)
        assert answer.status_code == status, form
        assert words in answer.text, form
    assert requests.claim(db, "test") is None
    assert "annual.handed_in" not in {one.action for one in people.entries(db)}


# ------------------------------------------------------------------ the draft


def test_the_draft_is_asked_for_and_looked_at_in_a_frame(db: Database) -> None:
    yearly.city(db)
    client = signed_in(db)
    secret = csrf(client.get(f"/annual/{YEAR}/draft").text)
    form = {"csrf": secret, "layout": "nine", "form": "html"}
    answer = client.post(f"/annual/{YEAR}/draft", data=form, follow_redirects=False)
    left = requests.claim(db, "test")
    assert left is not None
    assert answer.headers["location"] == f"/requests/{left.id}"
    assert left.payload == {
        "paper": "annual",
        "year": YEAR,
        "layout": "nine",
        "form": "html",
        "by": "zhang",
        "next": f"/annual/{YEAR}/draft",
    }
    facts = {"year": YEAR, "layout": "nine", "gaps": ["新闻发布会（场）"]}
    page = papers.keep(db, "annual", "年报.html", "text/html", b"<p>\xe8\x8d\x89", by="zhang", facts=facts)
    papers.keep(db, "annual", "年报.docx", "application/x", b"PK", by="zhang", facts=facts)
    papers.keep(db, "annual", "去年.html", "text/html", b"<p>", by="zhang", facts={**facts, "year": YEAR - 1})
    shown = client.get(f"/annual/{YEAR}/draft")
    assert f'<iframe class="replay preview" sandbox src="/annual/paper/{page.id}"' in shown.text
    assert "frame-src 'self'" in shown.headers["content-security-policy"]
    for words in ("新闻发布会（场）", "年报.docx", "九部分"):
        assert words in shown.text
    assert "去年.html" not in shown.text
    framed = client.get(f"/annual/paper/{page.id}")
    assert framed.content == b"<p>\xe8\x8d\x89"
    assert framed.headers["content-security-policy"].endswith("frame-ancestors 'self'; sandbox")


def test_only_drafts_that_are_pages_are_shown_and_only_to_the_office(db: Database) -> None:
    yearly.city(db)
    bulletin = papers.keep(db, "bulletin", "通报.html", "text/html", b"<p>", by="zhang")
    word = papers.keep(db, "annual", "年报.docx", "application/x", b"PK", by="zhang")
    client = signed_in(db)
    assert [client.get(f"/annual/paper/{one}").status_code for one in (bulletin.id, word.id, "x")] == [404] * 3
    page = papers.keep(db, "annual", "年报.html", "text/html", b"<p>", by="zhang")
    assert signed_in(db, "zhao", Role.READER).get(f"/annual/paper/{page.id}").status_code == 403
    secret = csrf(client.get(f"/annual/{YEAR}/draft").text)
    for wrong in ({"layout": "ten"}, {"form": "exe"}):
        form = {"csrf": secret, "layout": "six", "form": "html", **wrong}
        assert client.post(f"/annual/{YEAR}/draft", data=form).status_code == 422


def test_a_draft_older_than_its_numbers_says_so(db: Database) -> None:
    one = yearly.city(db)
    facts = {"year": YEAR, "layout": "six", "gaps": 2}
    papers.keep(db, "annual", "年报.html", "text/html", b"<p>", by="zhang", facts=facts)
    client = signed_in(db)
    assert "请重新生成" not in client.get(f"/annual/{YEAR}/draft").text
    told.tell(db, one)
    assert "请重新生成" in client.get(f"/annual/{YEAR}/draft").text


# ------------------------------------------------------------------ REST


def test_rest_tells_the_year_and_its_reports(db: Database) -> None:
    one = yearly.city(db)
    client = signed_in(db)
    answer = client.get(f"/api/v1/annual/{YEAR}")
    data = answer.json()
    assert data.pop("told_at") == "2026-02-02T04:00:00+00:00"
    assert rollup_of(data) == one
    again = client.get(f"/api/v1/annual/{YEAR}", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    assert client.get("/api/v1/annual/2024").status_code == 404
    [found] = client.get(f"/api/v1/annual/{YEAR}/reports").json()["data"]
    assert (found["id"], found["figures"]["3/new/total"]["value"], found["checks"][0]["rule"]) == (
        *("r1", "14069", "AR-01"),
    )
    assert client.get(f"/api/v1/annual/{YEAR}/reports?after=tianhe-qu").json()["data"] == []


def test_who_has_not_signed_in_gets_nothing_that_came_by_mail(db: Database) -> None:
    one = yearly.city(db)
    yearly.kept(db, "r3", "c", source="mail", outcome=Outcome.READ, content=b"x", received_at=yearly.AT)
    total = one.sums["3/new/total"]
    mailed = {
        "parts": {**total.parts, "c": Decimal(5)},
        "value": Decimal(14074),
        "counted": 2,
        "lacks": total.lacks[:1],
    }
    told.tell(db, one.model_copy(update={"sums": {"3/new/total": total.model_copy(update=mailed)}}))
    nobody = TestClient(create_app(db, api_open=True))
    data = nobody.get(f"/api/v1/annual/{YEAR}").json()
    assert data["sums"]["3/new/total"]["value"] == "14069"
    assert [lack["unit"] for lack in data["sums"]["3/new/total"]["lacks"]] == ["b", "c"]
    assert data["entered"] == []
    [line_of_c] = [one for one in data["lines"] if one["unit"] == "c"]
    assert {line_of_c[name] for name in ("report", "source", "received_on", "received_by", "format")} == {None}
    assert [one["id"] for one in nobody.get(f"/api/v1/annual/{YEAR}/reports").json()["data"]] == ["r1"]
    assert signed_in(db).get(f"/api/v1/annual/{YEAR}").json()["sums"]["3/new/total"]["value"] == "14074"
    shut = TestClient(create_app(db, api_open=False))
    assert shut.get(f"/api/v1/annual/{YEAR}").status_code == 401
    assert shut.get(f"/api/v1/annual/{YEAR}/reports").status_code == 401
