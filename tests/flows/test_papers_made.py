"""Papers on request: made, kept with who asked and of what they are made; on the command line written to a file."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.papers_made import make
from flows.publishing import publish
from flows.reports.word import text_of
from flows.requests import KINDS, work_off
from harvesters.spiders import rendering
from storage import findings, papers, requests, settings
from storage.annual.rollup import rollup_of
from storage.database import Database, open_database
from storage.exceptions import GongkaiError
from tests.flows import small_city

BROWSER = rendering.browser(settings.load())


@pytest.fixture
def database(judged_city: Path) -> Iterator[Database]:
    """The small city, judged, and told to the console."""
    with closing(small_city.copied(judged_city)) as opened:
        publish(opened, settings.load())
        yield opened


def asked(database: Database, **payload: Any) -> papers.Paper:
    return make(database, settings.load(), {"by": "zhang", **payload})


def text(database: Database, paper: papers.Paper) -> str:
    content = papers.content(database, paper.id)
    assert content is not None
    assert (len(content), paper.made_by) == (paper.size, "zhang")
    return text_of(content) if paper.name.endswith(".docx") else content.decode()


def test_a_notice_is_kept_with_the_findings_it_names(database: Database) -> None:
    paper = asked(database, paper="notice", unit="jyj", kind="reminder", due="2026-11-20", number="〔2026〕7号")
    stand = {one.id for one in findings.iter_findings(database, "open", unit="jyj")}
    assert set(paper.facts["findings"]) == stand != set()
    assert (paper.kind, paper.unit) == ("notice", "jyj")
    said = text(database, paper)
    assert "2026年11月20日" in said
    assert "〔2026〕7号" in said
    assert f"发现问题{len(stand)}项" in said


@pytest.mark.parametrize("form", ["docx", "html"])
def test_a_bulletin_is_kept_with_what_it_names(database: Database, form: str) -> None:
    paper = asked(database, paper="bulletin", form=form)
    stand = {one.id for one in findings.iter_findings(database, "open")}
    assert set(paper.facts["named"]) == stand
    assert paper.facts["as_of"] == small_city.TODAY.isoformat()
    assert f"问题{len(stand)}项" in text(database, paper)


def test_a_board_is_printed_with_every_unit_and_its_numbers(database: Database) -> None:
    said = text(database, asked(database, paper="board", form="html"))
    for unit in small_city.CITY.units:
        assert unit.name in said
    assert "单项否决" in said
    assert f"公开主体</dt><dd>{len(small_city.UNITS)}个" in said
    assert "垂直管理单位（单列）（1个）" in said
    assert not re.search(r"<script|https?://|src=|href=", said)  # it stands alone


def test_a_workbook_is_made_by_its_maker(database: Database) -> None:
    paper = asked(database, paper="workbook")
    content = papers.content(database, paper.id)
    assert content is not None
    assert "排名" in openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    assert paper.name.endswith(".xlsx")


@pytest.mark.parametrize(("layout", "form"), [("six", "docx"), ("nine", "html"), ("six", "xlsx")])
def test_the_citys_yearly_report_is_kept_with_what_it_was_made_of(database: Database, layout: str, form: str) -> None:
    paper = asked(database, paper="annual", year=2025, layout=layout, form=form)
    facts = paper.facts
    assert (paper.kind, facts["year"], facts["layout"]) == ("annual", 2025, layout)
    assert re.fullmatch(r"[0-9a-f]{64}", facts["rollup_sha256"])
    if form == "xlsx":
        content = papers.content(database, paper.id)
        assert content is not None
        assert "表格合计" in openpyxl.load_workbook(io.BytesIO(content)).sheetnames
        return
    said = text(database, paper)
    assert "2025年政府信息公开工作年度报告" in said
    assert facts["gaps"]
    assert all(gap.removeprefix("【待补充：").partition("（建议")[0].rstrip("】") in said for gap in facts["gaps"])


WRONG: Final[tuple[tuple[dict[str, Any], str], ...]] = (
    ({"paper": "letter"}, "expected notice"),
    ({}, "expected notice"),
    ({"paper": "notice", "unit": "nobody"}, "no unit"),
    ({"paper": "notice", "unit": "jyj", "kind": "x"}, "expected one of"),
    ({"paper": "notice", "unit": "jyj", "kind": "rectification"}, "没有应告知的问题"),
    ({"paper": "notice", "unit": "jyj", "due": "soon"}, "expected a day"),
    ({"paper": "bulletin", "form": "exe"}, "expected one of"),
    ({"paper": "bulletin", "form": "xlsx"}, "is written as"),
    ({"paper": "bulletin", "period": "2026-09"}, "not frozen"),
    ({"paper": "bulletin", "last": "x"}, "no bulletin"),
    ({"paper": "board", "form": "docx"}, "is written as"),
    ({"paper": "annual"}, "expected a year"),
    ({"paper": "annual", "year": 2025, "layout": "ten"}, "expected one of"),
)


def test_what_cannot_be_made_is_answered_in_words_and_holds_up_nothing(database: Database) -> None:
    left = [requests.leave(database, "paper", payload) for payload, _ in WRONG]
    right = requests.leave(database, "paper", {"paper": "board", "form": "html", "by": "zhang"})
    assert work_off(database, KINDS) == len(WRONG) + 1
    for name, (payload, why) in zip(left, WRONG, strict=True):
        failed = requests.get(database, name)
        assert failed is not None
        assert failed.state == "failed", payload
        assert why in (failed.error or ""), payload
    done = requests.get(database, right)
    [kept] = papers.latest(database)
    assert done is not None
    assert done.result == {"paper": kept.id, "name": kept.name}


def test_without_a_city_or_verdicts_it_says_what_to_do() -> None:
    with closing(open_database()) as empty:
        with pytest.raises(GongkaiError, match="gongkai city apply"):
            asked(empty, paper="bulletin")
        small_city.fill(empty)
        with pytest.raises(GongkaiError, match="gongkai assess"):
            asked(empty, paper="bulletin")


# ------------------------------------------------------------------ the commands


def test_the_commands_write_files_and_keep_the_bulletin(database: Database, tmp_path: Path) -> None:
    run = CliRunner().invoke
    out = tmp_path / "p" / "通报.docx"
    told = run(app, ["report", "bulletin", "--out", str(out), "--due", "2026-12-01", "--number", "〔2026〕8号"])
    assert told.exit_code == 0, told.output
    said = text_of(out.read_bytes())
    assert "于2026年12月1日前完成" in said
    assert "〔2026〕8号" in said
    [kept] = papers.latest(database, kind="bulletin")
    assert kept.id in told.output
    page = tmp_path / "board.html"
    assert run(app, ["report", "board", "--out", str(page)]).exit_code == 0
    assert "得分总览" in page.read_text(encoding="utf-8")
    for wrong in (
        ["bulletin", "--out", "x.txt"],
        ["board", "--out", "x.docx"],
        ["bulletin", "--out", "x.pdf", "--due", "1"],
    ):
        assert run(app, ["report", *wrong]).exit_code == 2
    assert run(app, ["report", "bulletin", "--out", str(out), "--period", "2026-09"]).exit_code == 2


def test_the_command_writes_the_yearly_report_as_it_is_asked(database: Database, tmp_path: Path) -> None:
    run = CliRunner().invoke
    out = tmp_path / "年报.html"
    told = run(app, ["report", "annual", "--year", "2025", "--form", "nine", "--out", str(out)])
    assert told.exit_code == 0, told.output
    assert "九、统计附表" in out.read_text(encoding="utf-8")
    [kept] = papers.latest(database, kind="annual")
    assert kept.id in told.output
    printed = run(app, ["report", "annual", "--year", "2025", "--json"])
    assert rollup_of(json.loads(printed.stdout)).year == 2025
    assert run(app, ["report", "annual", "--as", "pdf", "--out", str(out)]).exit_code == 2
    assert run(app, ["report", "annual", "--form", "ten"]).exit_code == 2


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here")
def test_a_browser_prints_the_bulletin(database: Database, tmp_path: Path) -> None:
    out = tmp_path / "通报.pdf"
    told = CliRunner().invoke(app, ["report", "bulletin", "--out", str(out)])
    assert told.exit_code == 0, told.output
    printed = out.read_bytes()
    assert printed.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 5  # the body, and an annex to a page at least
    assert len(printed) > 20_000
