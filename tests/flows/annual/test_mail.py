"""A report that came by mail: taken by what it is, kept with its bytes, checked, and it accuses nobody."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.annual import asked, mail
from flows.annual.mail import receive
from flows.cli import app
from flows.requests import KINDS, work_off
from storage import findings, registry, requests, settings
from storage.annual import handed, held, told
from storage.annual.handed import What
from storage.annual.held import HeldReport, Outcome
from storage.annual.report import report_of
from storage.database import Database, open_database
from storage.exceptions import ReportRefused, UnknownTarget
from tests import files
from tests.flows.annual.test_reading import CITY, NAME, TEXTS, WHOLE, blocks, notice, whole_page
from tests.flows.annual.test_sheet import HEAD, workbook
from tests.harvesters.reading import annual_layouts as layouts

FILE = files.docx_of(blocks(*WHOLE))


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path))
    monkeypatch.delenv("GONGKAI_DATABASE_URL", raising=False)
    with closing(open_database()) as opened:
        registry.apply(opened, CITY)
        yield opened


def received(database: Database, content: bytes = FILE, name: str = "年报.docx", **facts: Any) -> mail.Received:
    known: dict[str, Any] = {"unit": "wjw", "year": 2023, "by": "李敏", **facts}
    return receive(database, settings.load(), known.pop("unit"), known.pop("year"), name, content, **known)


def test_it_is_kept_with_its_bytes_and_its_figures(database: Database) -> None:
    one = received(database, note="邮件", received_on=dt.date(2024, 1, 20)).report
    assert (one.source, one.format, one.year, one.form) == ("mail", "docx", 2023, "2021")
    assert (one.received_by, one.note, one.sha256) == ("李敏", "邮件", hashlib.sha256(FILE).hexdigest())
    assert held.content(database, one.id) == FILE
    assert one.report is not None
    figures = report_of(one.report).figures
    assert {name: figure.value for name, figure in figures.items()} == layouts.numbers(TEXTS)


def test_the_roster_says_when_it_came_and_nobody_is_accused(database: Database) -> None:
    one = received(database, received_on=dt.date(2024, 1, 20)).report
    found = told.told(database, 2023)
    assert found is not None
    line = found[0].lines[0]
    assert (line.received_on, line.received_by, line.report, line.source) == (
        *(dt.date(2024, 1, 20), "李敏"),
        *(one.id, "mail"),
    )
    assert found[0].sums["3/granted/natural"].parts == {"wjw": 5345}
    assert list(findings.iter_findings(database)) == []


READ = {
    "by content and not by name": (FILE, "年报.pdf", Outcome.READ, "docx"),
    "a saved page": (whole_page(), "年报.doc", Outcome.READ, "html"),
    "pictures of pages": (files.scan_of(1), "年报.pdf", Outcome.SCANNED, "pdf"),
    "damaged": (b"%PDF-1.7 and no more", "年报.pdf", Outcome.UNREADABLE, "pdf"),
    "something else": (files.docx_of(["关于开展检查的通知", "请认真落实。"]), "通知.docx", Outcome.NO_REPORT, "docx"),
}


@pytest.mark.parametrize("name", READ)
def test_what_cannot_be_read_is_kept_too_and_says_why(database: Database, name: str) -> None:
    content, file, outcome, kind = READ[name]
    found = received(database, content, file)
    assert (found.report.outcome, found.report.format) == (outcome, kind)
    assert found.told.startswith(f"{NAME} 2023: {file} received")
    assert ("not read" in found.told) is (outcome is not Outcome.READ)
    assert held.content(database, found.report.id) == content


REFUSED = {
    "empty": ({"content": b""}, ReportRefused, "empty"),
    "too large": ({"content": b"x" * 2000}, ReportRefused, "GONGKAI_FILE_BYTES"),
    "no such unit": ({"unit": "nobody"}, UnknownTarget, "nobody"),
    "a year to come": ({"year": 2999}, UnknownTarget, "2999"),
    "before there were any": ({"year": 1999}, UnknownTarget, "1999"),
    "a day to come": ({"received_on": dt.date(2999, 1, 1)}, ReportRefused, "2999"),
    "of another year": ({"year": 2022}, ReportRefused, "report on 2023"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_why_and_is_not_kept(
    database: Database, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts, error, words = REFUSED[name]
    if name == "too large":
        monkeypatch.setenv("GONGKAI_FILE_BYTES", "1024")
    with pytest.raises(error, match=words):
        received(database, **facts)  # type: ignore[arg-type]
    assert held.standing(database) == []


def test_a_file_that_names_another_unit_is_told(database: Database) -> None:
    found = received(database, unit="qu")
    assert "was handed in for 青禾市田禾区人民政府" in found.told
    assert found.report.report is not None
    assert any(NAME in one for one in report_of(found.report.report).problems)


def test_the_same_file_is_the_same_report_and_a_later_one_takes_its_place(database: Database) -> None:
    first = received(database).report
    assert received(database).report.id == first.id
    corrected = files.docx_of([*blocks(*WHOLE), "更正稿"])
    second = received(database, corrected).report
    assert [one.id for one in held.standing(database, source="mail")] == [second.id]
    assert received(database, notice("通知"), "通知.html").report.outcome is Outcome.NO_REPORT
    assert [one.id for one in held.standing(database) if one.outcome is Outcome.READ] == [second.id]
    assert received(database).report.id == first.id  # sent once more, it is the latest
    assert [one.id for one in held.standing(database) if one.outcome is Outcome.READ] == [first.id]


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("C:\\文件\\年报.docx", "年报.docx"),
        ("../../etc/年报.docx", "年报.docx"),
        ("年\u202e报\x00.docx", "年 报 .docx"),
        ("", "report"),
        ("长" * 200 + ".docx", "长" * 115 + ".docx"),
    ],
)
def test_a_name_is_only_a_name(name: str, clean: str) -> None:
    assert mail.clean_name(name) == clean


def test_another_reader_reads_what_came_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    one = received(database).report
    assert mail.read_again(database, settings.load()) == 0
    monkeypatch.setattr(mail, "READER", "another")
    assert mail.read_again(database, settings.load()) == 1
    [again] = held.standing(database)
    assert (again.id, again.reader, again.report) == (one.id, "another", one.report)


# ------------------------------------------------------------------ asked for at the console


def done(database: Database, name: str) -> requests.Request:
    work_off(database, KINDS)
    found = requests.get(database, name)
    assert found is not None
    return found


def test_a_report_that_was_handed_in_is_taken_by_the_worker(database: Database) -> None:
    name = handed.ask(database, What.REPORT, "年报.docx", FILE, year=2023, by="李敏", unit="wjw")
    found = done(database, name)
    assert found.state == "done"
    [one] = held.standing(database)
    assert found.result["report"] == one.id
    assert found.result["told"].startswith(f"{NAME} 2023: 年报.docx received")
    assert handed.get(database, found.payload["handed"]) is None


def test_a_file_that_is_refused_is_dropped_and_says_why(database: Database) -> None:
    name = handed.ask(database, What.REPORT, "年报.docx", FILE, year=2022, by="李敏", unit="wjw")
    found = done(database, name)
    assert (found.state, "report on 2023" in (found.error or "")) == ("failed", True)
    assert handed.get(database, found.payload["handed"]) is None


def test_a_worker_that_is_stopped_leaves_the_file(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any, **__: Any) -> HeldReport:
        raise KeyboardInterrupt

    monkeypatch.setattr(mail, "receive", stopped)
    name = handed.ask(database, What.REPORT, "年报.docx", FILE, year=2023, by="李敏", unit="wjw")
    with pytest.raises(KeyboardInterrupt):
        work_off(database, KINDS)
    waits = requests.get(database, name)
    assert waits is not None
    assert waits.state == "left"
    assert handed.get(database, waits.payload["handed"]) is not None


def test_a_sheet_that_was_handed_in_is_entered_and_told(database: Database) -> None:
    sheet = workbook(HEAD, ("wjw", 2023, "channel/press", 12))
    found = done(database, handed.ask(database, What.FIGURES, "表.xlsx", sheet, year=2023, by="李敏"))
    assert found.result["figures"] == 1
    rollup = told.told(database, 2023)
    assert rollup is not None
    assert [(one.unit, one.value, one.entered_by) for one in rollup[0].entered] == [("wjw", Decimal(12), "李敏")]
    wrong = workbook(HEAD, ("wjw", 2023, "channel/press", "若干"))
    assert "D2" in (
        done(database, handed.ask(database, What.FIGURES, "表.xlsx", wrong, year=2023, by="李敏")).error or ""
    )


def test_years_are_told_on_demand_and_nothing_else_is_done(database: Database) -> None:
    assert asked.do({"do": "tell", "year": 2023})["years"] == [2023]
    assert asked.do({"do": "read"})["told"].startswith("0 items")
    with pytest.raises(UnknownTarget):
        asked.do({"do": "anything"})
    with pytest.raises(UnknownTarget):
        asked.do({"do": "add", "handed": "nothing"})


# ------------------------------------------------------------------ commands


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["annual", *arguments])
    return result.exit_code, result.output


def test_commands_take_list_and_show(database: Database, tmp_path: Path) -> None:
    file, sheet = tmp_path / "年报.docx", tmp_path / "表.xlsx"
    file.write_bytes(FILE)
    code, said = run("add", str(file), "--unit", "wjw", "--year", "2023", "--by", "李敏", "--received", "2024-01-20")
    assert (code, "read as docx, 3 of 3 tables" in said) == (0, True)
    code, said = run("roster", "--year", "2023")
    assert code == 0
    assert f"wjw  {NAME}" in said
    assert "came by mail on 2024-01-20; docx, form 2021" in said
    code, said = run("show", "wjw", "--year", "2023")
    assert (code, "表三 (一)予以公开 · 自然人 = 5345" in said) == (0, True)
    assert run("figures", "--year", "2023", "--template", str(sheet))[0] == 0
    code, said = run("figures", str(sheet), "--year", "2023")
    assert (code, "no figure stands in it" in said) == (2, True)
    sheet.write_bytes(workbook(HEAD, (NAME, 2023, "新闻发布会（场）", 2)))
    assert run("figures", str(sheet), "--year", "2023", "--by", "李敏") == (0, "表.xlsx: 1 figures of 2023 entered\n")
    assert run("read")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "nowhere.docx", "--unit", "wjw", "--year", "2023"),
        ("add", "nowhere.docx", "--unit", "wjw", "--year", "2023", "--received", "yesterday"),
        ("figures", "--year", "2023"),
        ("figures", "nowhere.xlsx", "--year", "2023"),
        ("show", "nobody", "--year", "2023"),
    ],
)
def test_wrong_use_says_what_is_expected(database: Database, arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2
