"""A unit's own directory from its file to findings: imported, corrected, judged, closed; and what goes wrong."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from flows.assess import assess_database
from flows.cli import app
from harvesters.archive import Archive, Exchange
from storage import catalogue, findings, observations, registry, settings
from storage.catalogue import Walk, WalkRow
from storage.database import Database, open_database
from storage.schema import (
    Category,
    City,
    Column,
    ColumnKind,
    Evidence,
    Item,
    Observation,
    Outcome,
    Subject,
    Supervision,
    Unit,
    UnitKind,
    Verdict,
)
from tests.harvesters.duty_files import Table, docx, html, xlsx
from tests.storage.signing import signed_in

NOW = dt.datetime(2026, 6, 30, 4, tzinfo=dt.UTC)
COLUMNS = {
    "yjs": ("财政预决算", "budget"),
    "jg": ("机构职能", "functions"),
    "sf": ("行政事业性收费", "fees"),
    "tzgg": ("通知公告", "notices"),
    "yw": ("教育要闻", "news"),
}
HEADS = ["序号", "一级事项", "二级事项", "公开内容", "公开时限", "公开渠道", "公开方式"]
ROWS = [
    ["1", "机构信息", "机构职能", "职能、地址", "长期公开", "政府网站", "主动"],
    ["2", "财政信息", "部门预算", "预算报表", "每年", "政府网站", "主动"],
    ["3", "财政信息", "行政事业性收费", "项目、标准", "长期", "政府网站", "主动"],
    ["4", "教育", "义务教育招生", "招生办法", "每年8月底前", "政府网站", "主动"],
    ["5", "综合", "其他信息", "其他", "及时", "政府网站", "主动"],
    ["6", "依申请", "个案信息", "个案", "20个工作日内", "当面", "依申请"],
]


def table(*rows: list[str]) -> Table:
    return Table([HEADS, *(rows or ROWS)])


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(open_database()) as opened:
        columns = tuple(
            Column(id=name, unit="jyj", name=said, kind=ColumnKind(kind), url=f"http://jyj.invalid/{name}/")
            for name, (said, kind) in COLUMNS.items()
        )
        unit = Unit(
            id="jyj",
            name="青禾市教育局",
            kind=UnitKind.DEPARTMENT,
            supervision=Supervision.LOCAL,
            home="http://jyj.invalid/",
            columns=columns,
        )
        other = Unit(
            id="mzj",
            name="青禾市民政局",
            kind=UnitKind.DEPARTMENT,
            supervision=Supervision.LOCAL,
            home="http://mzj.invalid/",
        )
        registry.apply(
            opened, City(name="青禾市", code="629900", contact="mailto:office@qinghe.invalid", units=(unit, other))
        )
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "目录.docx"
    path.write_bytes(docx(table()))
    return path


def captured(url: str, body: str, at: dt.datetime = NOW) -> Evidence:
    """The page in the archive."""
    archived = Archive(settings.load().archive, f"gk-{uuid.uuid4().hex[:8]}")
    evidence = archived.write(
        Exchange(
            url=url,
            method="GET",
            request_headers=[],
            request_body=b"",
            protocol="HTTP/1.1",
            status=200,
            headers=[("Content-Type", "text/html; charset=utf-8")],
            received=body.encode(),
            body=body.encode(),
            captured_at=at,
        )
    )
    archived.close()
    return evidence


def show(
    database: Database,
    column: str,
    *rows: tuple[str, str | None],
    at: dt.datetime = NOW,
    page: str = "",
    alone: bool = False,
) -> None:
    """The column lists these titles with their dates, every article read.

    ``page``: what its page says; ``alone``: the column's address is itself the one document.
    """
    url = f"http://jyj.invalid/{column}/"
    items = [
        Item(
            unit="jyj",
            column=column,
            url=url if alone else f"{url}{number}.html",
            title=title,
            category=Category.ACTIVITY,
            published_on=dt.date.fromisoformat(on) if on else None,
            body_text=title,
            content_hash=title,
        )
        for number, (title, on) in enumerate(rows)
    ]
    shown = tuple(WalkRow(url=one.url, title=one.title, date=one.published_on) for one in items)
    walk = Walk(unit="jyj", column=column, at=at, full=True, complete=True, rows=shown)
    catalogue.record_walk(database, walk, mass_change_share=1)
    catalogue.upsert(database, items, seen_at=at)
    evidence = captured(url, f"<html><body><h1>{column}</h1><p>{page or '暂无信息'}</p></body></html>", at)
    outcome = Outcome.OK if rows else Outcome.OK_EMPTY
    look = Observation(
        id=uuid.uuid4().hex,
        unit="jyj",
        column=column,
        subject=Subject.COLUMN,
        url=url,
        at=at,
        seconds=0.1,
        outcome=outcome,
        facts={"complete": True, "full": True},
        evidence=(evidence,),
    )
    observations.record(database, [look])


def fill(database: Database, **instead: Any) -> None:
    """Everything is there, but for what is given instead."""
    known: dict[str, list[tuple[str, str | None]]] = {
        "yjs": [("2026年部门预算", "2026-02-01")],
        "jg": [("机构职能", None)],
        "sf": [("行政事业性收费目录", "2024-01-01")],
        "tzgg": [("关于2025年义务教育招生工作的通知", "2025-07-01")],
        "yw": [("义务教育招生工作会召开", "2026-06-01")],
    }
    for column, rows in {**known, **instead}.items():
        if rows is not None:
            show(database, column, *rows)


def judge(database: Database, now: dt.datetime = NOW) -> dict[int, Verdict]:
    """The verdicts on the rows of the directory, by their number."""
    assess_database(database, settings.load(), now=now)
    return {one.facts.get("row", 0): one for one in findings.iter_verdicts(database, rule="CV-DIR", unit="jyj")}


def open_rows(database: Database) -> list[int]:
    return sorted(one.facts["row"] for one in findings.iter_findings(database, "open") if one.rule == "CV-DIR")


# ------------------------------------------------------------------ import


def test_an_import_shows_every_row_what_was_not_understood_and_where_each_is_looked_for(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "目录.xlsx"
    more = ["7", "财政信息", "部门决算", "报表", "详见附件", "网站", "主动"]
    path.write_bytes(xlsx(table(*ROWS, more, ["注：由办公室解释"])))
    told = run("duties", "import", "--unit", "jyj", path, "--in-force", "2020-01-01")
    assert told.exit_code == 0, told.output
    lines = told.output.splitlines()
    assert "青禾市教育局: 7 rows in a file of the form xlsx" in lines
    assert "  sheet 目录: number | level1 | level2 | content | limit | channel | mode" in lines
    for matter, limit, where in (
        ("    2  财政信息 / 部门预算", "       每年 → every year", "       column yjs 财政预决算: "),
        ("    4  教育 / 义务教育招生", "       每年8月底前 → every year by 08-31", "       titles with 义务教育招生: "),
        ("    5  综合 / 其他信息", "       及时 → promptly", "       UNMAPPED: no column is called “其他信息”"),
        ("    7  财政信息 / 部门决算", "       详见附件 → NOT UNDERSTOOD", "       column yjs 财政预决算: "),
    ):
        at = lines.index(matter)
        assert lines[at + 1] == limit
        assert lines[at + 2].startswith(where)
    assert "not understood or not used (2)" in lines
    assert any("the time limit “详见附件” is not understood" in line for line in lines)
    assert any("a note: “注：由办公室解释”" in line for line in lines)
    assert "7 rows: 4 by a column, 1 by words in titles, 2 unmapped; time limits: 6 of 7 understood" in lines
    assert lines[-1].startswith("kept as version 1 of 青禾市教育局, in force from 2020-01-01")


def test_the_same_directory_is_read_from_a_document_and_a_page(database: Database, tmp_path: Path) -> None:
    for name, body in (("目录.docx", docx(table())), ("目录.html", html(table(), encoding="gbk"))):
        (tmp_path / name).write_bytes(body)
        assert run("duties", "import", "--unit", "jyj", tmp_path / name).exit_code == 0
    told = run("duties", "import", "--unit", "jyj", tmp_path / "目录.html").output
    assert "(the same file) has 6 rows" in told
    assert "  + " not in told
    assert "kept as version 3" in told


def test_nothing_is_kept_before_the_person_says_yes(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.commands.duties._on_terminal", lambda: True)
    for answer, status in ((False, 1), (True, 0)):
        monkeypatch.setattr("flows.commands.duties.typer.confirm", lambda _, answer=answer: answer)
        told = run("duties", "import", "--unit", "jyj", file)
        assert told.exit_code == status
        assert run("duties", "list", "--unit", "jyj").exit_code == (2 if status else 0)
    monkeypatch.setattr("flows.commands.duties.typer.confirm", lambda _: pytest.fail("asked"))
    assert run("duties", "import", "--unit", "jyj", file, "--yes").exit_code == 0


@contextmanager
def site(body: bytes, kind: str, status: int = 200) -> Iterator[str]:
    """A site on loopback that answers everything with ``body``, but for robots.txt."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            gone = self.path == "/robots.txt"
            self.send_response(404 if gone else status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(b"" if gone else body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/zwgk/"
        server.shutdown()


@pytest.mark.parametrize(
    ("body", "kind"),
    [(docx(table()), "application/octet-stream"), (html(table()), "text/html; charset=utf-8")],
    ids=["file", "page"],
)
def test_an_address_goes_through_the_guard(database: Database, body: bytes, kind: str) -> None:
    with site(body, kind) as url:
        refused = run("duties", "import", "--unit", "jyj", url)
        assert refused.exit_code == 1
        assert "is the private address 127.0.0.1, which is not fetched" in refused.stderr
        told = run("duties", "import", "--unit", "jyj", url, "--allow-private")
        assert told.exit_code == 0, told.output
    assert f"from {url}" in run("duties", "list", "--unit", "jyj").output


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"<html><title>404</title></html>", 404, "the site answers with 404"),
        (
            "<html><head><title>页面不存在</title></head><body>您访问的页面不存在</body></html>".encode(),
            200,
            "does not exist",
        ),
        (f"<p>{'本单位目录见附件。' * 90}<a href='/a.xlsx'>下载</a></p>".encode(), 200, "it links files"),
    ],
)
def test_an_address_without_a_directory(database: Database, body: bytes, status: int, said: str) -> None:
    with site(body, "text/html; charset=utf-8", status) as url:
        told = run("duties", "import", "--unit", "jyj", url, "--allow-private")
    assert told.exit_code in (1, 2)
    assert said in told.stderr
    assert told.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "--unit", "nobody", "x.docx"], "--unit nobody: there is no such unit"),
        (["import", "--unit", "jyj", "none.docx"], "none.docx: No such file or directory"),
        (["import", "--unit", "jyj", "x.docx", "--in-force", "soon"], "expected a day like 2026-03-31"),
        (["list", "--unit", "jyj"], "jyj: no directory was imported; gongkai duties import --unit jyj"),
        (["list", "--unit", "jyj", "--format", "csv"], "jyj: no directory was imported"),
        (["list", "--out", "x.csv"], "--out needs --format"),
        (["map", "jyj", "1", "--column", "yjs"], "jyj: no directory was imported"),
        (["map", "jyj", "1"], "give either --column ID or --none REASON"),
        (["map", "jyj", "1", "--column", "yjs", "--none", "x"], "give either --column ID or --none REASON"),
        (["map", "jyj", "1", "--none", " "], "--none needs a reason"),
    ],
)
def test_wrong_use(database: Database, arguments: list[str], said: str) -> None:
    told = run("duties", *arguments)
    assert told.exit_code == 2
    assert said in " ".join(told.stderr.replace("│", " ").split())


def test_without_a_city_nothing_can_be_imported(file: Path) -> None:
    for arguments in (["import", "--unit", "jyj", str(file)], ["list"], ["map", "jyj", "1", "--none", "x"]):
        told = run("duties", *arguments)
        assert (told.exit_code, "no city has been applied yet" in told.stderr) == (2, True)


def test_files_that_are_too_large_or_no_directory(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_MAX_BODY_BYTES", "2000")
    path = tmp_path / "目录.docx"
    path.write_bytes(b"%PDF-1.4")
    told = run("duties", "import", "--unit", "jyj", path)
    assert (told.exit_code, told.stderr.startswith("gongkai: 目录.docx: a PDF")) == (2, True)
    path.write_bytes(bytes(3000))
    assert "larger than 2000 bytes" in run("duties", "import", "--unit", "jyj", path).stderr


# ------------------------------------------------------------------ judged


def test_a_directory_is_judged_row_by_row_and_its_share_is_counted(database: Database, file: Path) -> None:
    run("duties", "import", "--unit", "jyj", file, "--in-force", "2020-01-01")
    fill(database)
    found = judge(database)
    told = {row: (one.verdict.value, (one.reason or "").split(":")[0]) for row, one in found.items() if row}
    assert told == {
        1: ("compliant", ""),
        2: ("compliant", ""),
        3: ("compliant", ""),
        4: ("compliant", ""),
        5: ("not_assessable", "unmapped"),
    }
    assert found[4].facts["title"] == "关于2025年义务教育招生工作的通知"  # and not the news of it
    assert (found[2].column, found[4].column) == ("yjs", None)
    assert open_rows(database) == []
    told_list = run("duties", "list", "--unit", "jyj").output
    assert "coverage of duties: 4 of 5 rows met, 1 could not be judged (as of 2026-06-30)" in told_list
    assert "       compliant" in told_list
    assert "       not_applicable: on_request: the row is disclosed on request only" in told_list
    city = run("duties", "list").output
    assert "coverage of duties: 4 of 5 rows met, 1 could not be judged" in city
    assert "1 of 2 units have their own directory imported" in city
    assert "categories of 条例 第二十条 (advice): 2 of 6 met, 4 could not be judged" in city


def test_rows_that_are_missing_open_findings_of_their_own_that_close_one_by_one(database: Database, file: Path) -> None:
    run("duties", "import", "--unit", "jyj", file, "--in-force", "2020-01-01")
    fill(database, yjs=[("2023年部门预算", "2023-02-01")], sf=[])
    judge(database)
    assert open_rows(database) == [2, 3]
    [budget, fees] = sorted(
        (one for one in findings.iter_findings(database, "open") if one.rule == "CV-DIR"),
        key=lambda one: int(one.facts["row"]),
    )
    assert (budget.kind.value, budget.column, budget.facts["newest_on"]) == ("incomplete", "yjs", "2023-02-01")
    assert fees.facts["matter"] == "财政信息 / 行政事业性收费"
    assert all(one.evidence and one.basis.startswith("《") for one in (budget, fees))
    assert run("explain", budget.id).exit_code == 0
    assert "部门预算" in run("explain", budget.id).output
    client = signed_in(database)
    for page in (f"/findings/{budget.id}", "/units/jyj"):
        assert "财政信息 / 部门预算" in client.get(page).text
    listed = run("duties", "list", "--unit", "jyj").output
    assert "2 of 5 rows met, 1 could not be judged" in listed
    assert "breach: nothing from 2025-01-01 to 2026-06-30; the newest is of 2023-02-01" in listed
    assert "breach: nothing stands there" in listed
    later = NOW + dt.timedelta(hours=1)
    show(database, "sf", ("收费目录", "2026-06-30"), at=later)
    judge(database, later)
    assert open_rows(database) == [2]
    assert findings.get_finding(database, fees.id).closed_at == later  # type: ignore[union-attr]


def test_judging_again_changes_nothing(database: Database, file: Path) -> None:
    run("duties", "import", "--unit", "jyj", file, "--in-force", "2020-01-01")
    fill(database, yjs=[("2023年部门预算", "2023-02-01")], sf=[])
    judge(database)
    before = list(findings.iter_findings(database)), list(findings.iter_verdicts(database))
    told = assess_database(database, settings.load(), now=NOW + dt.timedelta(hours=1))
    assert (told.opened, told.closed, told.reopened) == (0, 0, 0)
    assert (list(findings.iter_findings(database)), list(findings.iter_verdicts(database))) == before


def test_a_blank_page_that_says_there_is_nothing_meets_the_row(database: Database, file: Path) -> None:
    run("duties", "import", "--unit", "jyj", file, "--in-force", "2020-01-01")
    fill(database, sf=None)
    show(database, "sf", page="本单位无行政事业性收费项目。")
    found = judge(database)
    assert (found[3].verdict.value, found[3].facts["note"]) == ("compliant", "本单位无行政事业性收费项目")


def test_a_blank_page_whose_capture_is_lost_proves_nothing(database: Database, file: Path) -> None:
    run("duties", "import", "--unit", "jyj", file, "--in-force", "2020-01-01")
    fill(database, sf=[])
    for path in settings.load().archive.iterdir():
        path.unlink()
    assert (judge(database)[3].reason or "").startswith("page_unread")


def test_a_title_elsewhere_speaks_for_a_row_whose_column_is_old(database: Database, file: Path) -> None:
    run("duties", "import", "--unit", "jyj", file, "--in-force", "2020-01-01")
    notices: list[tuple[str, str | None]] = [("青禾市教育局2026年部门预算公开", "2026-02-01")]
    fill(database, yjs=[("2023年部门预算", "2023-02-01")], tzgg=notices)
    found = judge(database)
    assert (found[2].verdict.value, found[2].facts["newest_on"]) == ("compliant", "2026-02-01")


@pytest.mark.parametrize(("alone", "reason"), [(True, "in_place"), (False, "")])
def test_a_page_that_is_the_column_itself_may_have_been_changed_in_place(
    database: Database, tmp_path: Path, alone: bool, reason: str
) -> None:
    path = tmp_path / "目录.html"
    path.write_bytes(html(table(["1", "财政信息", "行政事业性收费", "项目", "每年", "政府网站", "主动"])))
    run("duties", "import", "--unit", "jyj", path, "--in-force", "2020-01-01")
    show(database, "sf", ("收费公示", "2019-01-01"), alone=alone)
    assert (judge(database)[1].reason or "").split(":")[0] == reason
    assert open_rows(database) == ([] if alone else [1])


def test_nothing_is_due_before_the_directory_holds(database: Database, file: Path) -> None:
    run("duties", "import", "--unit", "jyj", file)
    fill(database, yjs=[("2023年部门预算", "2023-02-01")])
    assert (judge(database)[2].reason or "").startswith("not_due")


def test_a_row_that_an_earlier_version_had_goes_on_holding(database: Database, file: Path) -> None:
    run("duties", "import", "--unit", "jyj", file, "--in-force", "2020-01-01")
    run("duties", "import", "--unit", "jyj", file)
    fill(database, yjs=[("2023年部门预算", "2023-02-01")])
    judge(database)
    assert open_rows(database) == [2]


# ------------------------------------------------------------------ corrections


def test_a_person_says_where_a_row_is_and_it_is_judged_there(database: Database, file: Path) -> None:
    run("duties", "import", "--unit", "jyj", file, "--in-force", "2020-01-01")
    fill(database)
    told = run("duties", "map", "jyj", "5", "--column", "tzgg", "--who", "张三", "--why", "在通知公告栏目")
    assert told.exit_code == 0
    assert told.output.startswith("青禾市教育局, row 5 其他信息: column tzgg 通知公告: 张三 said so on 20")
    assert judge(database)[5].facts["mapped_by"] == "张三"
    assert "4 rows" not in run("duties", "list", "--unit", "jyj").output
    # another version, its rows in another order: the correction goes with its row
    file.write_bytes(docx(table(ROWS[4], *ROWS[:4], ["8", "新增", "新事项信息", "内容", "及时", "网站", "主动"])))
    shown = run("duties", "import", "--unit", "jyj", file, "--yes").output
    assert "column tzgg 通知公告: 张三 said so on 20" in shown
    assert "  + row 6 新事项信息" in shown
    assert "  - row 6 个案信息" in shown
    assert judge(database)[1].facts["mapped_by"] == "张三"
    assert "earlier versions: 1 of 20" in run("duties", "list", "--unit", "jyj").output


def test_a_row_set_aside_is_held_against_nobody(database: Database, file: Path) -> None:
    run("duties", "import", "--unit", "jyj", file, "--in-force", "2020-01-01")
    fill(database, yjs=[("2023年部门预算", "2023-02-01")])
    judge(database)
    assert open_rows(database) == [2]
    told = run("duties", "map", "jyj", "2", "--none", "在预决算公开统一平台公开")
    assert "set aside: " in told.output
    assert "在预决算公开统一平台公开" in told.output
    found = judge(database)
    assert (found[2].verdict.value, (found[2].reason or "").split(":")[0]) == ("not_assessable", "set_aside")
    assert open_rows(database) == []


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("99", "yjs", "its directory has no row 99; it has 1 to 6"),
        ("1", "zzz", "--column zzz: there is no such column"),
    ],
)
def test_corrections_of_what_is_not_there(database: Database, file: Path, row: str, column: str, said: str) -> None:
    run("duties", "import", "--unit", "jyj", file)
    told = run("duties", "map", "jyj", row, "--column", column)
    assert (told.exit_code, said in told.stderr) == (2, True)


# ------------------------------------------------------------------ as data


def test_rows_as_data(database: Database, file: Path, tmp_path: Path) -> None:
    run("duties", "import", "--unit", "jyj", file, "--in-force", "2020-01-01")
    fill(database)
    judge(database)
    lines = [json.loads(line) for line in run("duties", "list", "--format", "jsonl").stdout.splitlines()]
    assert [line["row"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert lines[1] == {
        **lines[1],
        "unit": "jyj",
        "version": 1,
        "since": "2020-01-01",
        "level1": "财政信息",
        "level2": "部门预算",
        "limit_text": "每年",
        "limit": {"kind": "periodic", "period": "year"},
        "columns": ["yjs"],
        "keywords": ["部门预算"],
        "mapped_by": "import",
        "verdict": "compliant",
        "as_of": "2026-06-30",
    }
    for form in ("csv", "xlsx", "parquet"):
        out = tmp_path / f"duties.{form}"
        told = run("duties", "list", "--unit", "jyj", "--format", form, "--out", out)
        assert (told.exit_code, told.stderr) == (0, "6 duties\n")
    rows = list(csv.reader(io.StringIO((tmp_path / "duties.csv").read_text(encoding="utf-8-sig"))))
    assert len(rows) == 7
    assert load_workbook(tmp_path / "duties.xlsx").active.max_row == 7


def test_nothing_imported_is_nothing_to_list(database: Database) -> None:
    told = run("duties", "list")
    assert told.exit_code == 0
    assert "0 of 2 units have their own directory imported" in told.output
    assert run("duties", "list", "--format", "jsonl").stdout == ""
