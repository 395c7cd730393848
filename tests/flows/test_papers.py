"""A notice to a unit: who is told what, in a Word file that opens, whatever stands in titles and templates."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import docx
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.reports.notice import GAP, Paper, Told, belongs, context, facts_in_words
from flows.reports.word import OURS, filled, text_of
from storage import findings, registry
from storage.database import Database, open_database
from storage.exceptions import PaperFailed
from storage.schema import Evidence, Finding, FindingEvent, FindingKind
from tests.storage import build

AT = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
TODAY = dt.date(2026, 3, 5)
EVIL = "]]></w:t>{{ 7*7 }}{% for x in y %}<script>&"


def event(step: str) -> FindingEvent:
    return FindingEvent(at=AT, who="张三", step=step)


def finding(state: str = "open", *steps: str, name: str = "F-1", severity: str = "red") -> Finding:
    return Finding(
        id=name,
        rule="UP-03",
        rule_version="1",
        kind=FindingKind.UNTIMELY,
        severity=severity,
        unit="tianhe-qu",
        column="tzgg",
        item=None,
        state=state,
        opened_at=AT,
        closed_at=None,
        basis="《政府信息公开条例》第二十三条",
        facts={"newest_on": "2025-06-01", "days_over": 93, "nothing_known": 1, "provisional": True},
        evidence=(Evidence(url="http://u.invalid/tzgg/", captured_at=AT, sha256="ab" * 32),),
        coverage=1.0,
        events=tuple(map(event, ("opened", *steps))),
    )


@pytest.mark.parametrize(
    ("state", "steps", "reminder", "rectification"),
    [
        ("open", (), True, False),
        ("notified", ("notified",), False, True),
        ("received", ("notified", "received"), False, True),
        ("fixing", ("notified", "fixing"), False, True),
        ("open", ("notified", "answered", "reopened"), False, True),  # the answer did not hold
        ("answered", ("notified", "answered"), False, False),  # waits for the recheck
        ("disputed", ("notified", "disputed"), False, False),
        ("closed", ("notified", "closed"), False, False),
        ("waived", (), False, False),
    ],
)
def test_who_is_told_what(state: str, steps: tuple[str, ...], reminder: bool, rectification: bool) -> None:
    one = finding(state, *steps)
    assert (belongs(one, Paper.REMINDER), belongs(one, Paper.RECTIFICATION)) == (reminder, rectification)


def told(item: str | None = None, **facts: object) -> Told:
    return Told(finding=finding(**facts), rule="动态栏目更新", column="通知公告", item=item, url="http://u.invalid/")  # type: ignore[arg-type]


def test_a_paper_says_its_facts_and_leaves_gaps_where_nothing_is_known() -> None:
    city, unit = build.city(build.unit()), build.unit()
    shown = context(Paper.REMINDER, city, unit, [told(severity="yellow", name="F-2"), told()], today=TODAY)
    paper = text_of(filled("notice", shown, Path("/nowhere")))
    for words in (
        "政府信息公开工作提示单",
        unit.name,
        "发现问题2项（公开不及时2项）",
        "动态栏目更新（UP-03）",
        "2026年3月5日",
    ):
        assert words in paper
    assert "最新信息日期：2025-06-01；超期天数：93" in paper
    assert paper.count(GAP) >= 3  # number, last day, and in each row
    assert paper.count("《政府信息公开条例》第二十三条") == 1
    assert "nothing_known" not in paper
    due = context(
        Paper.RECTIFICATION, city, unit, [told()], today=TODAY, due=dt.date(2026, 3, 20), number="公开办〔2026〕3号"
    )
    paper = text_of(filled("notice", due, Path("/nowhere")))
    assert "请于2026年3月20日前完成整改" in paper
    assert "公开办〔2026〕3号" in paper
    assert GAP not in paper


def test_what_stands_in_titles_is_text_and_nothing_else() -> None:
    shown = context(Paper.REMINDER, build.city(build.unit()), build.unit(), [told(EVIL)], today=TODAY)
    assert EVIL in text_of(filled("notice", shown, Path("/nowhere")))


def test_facts_are_told_under_words_people_know() -> None:
    assert facts_in_words({"days_over": 3, "rows": [1], "x": "y", "newest_on": None}) == ["超期天数：3"]


# ------------------------------------------------------------------ templates of the office


def own_template(home: Path, text: str) -> None:
    document = docx.Document()
    document.add_paragraph(text)
    (home / "templates").mkdir()
    document.save(str(home / "templates" / "notice.docx"))


def test_the_offices_own_template_is_used(tmp_path: Path) -> None:
    own_template(tmp_path, "致{{ unit }}：{{ count }}项")
    shown = context(Paper.REMINDER, build.city(build.unit()), build.unit(), [told()], today=TODAY)
    assert text_of(filled("notice", shown, tmp_path)) == f"致{build.unit().name}：1项"


@pytest.mark.parametrize(
    "text",
    ["{{ nothing }}", "{% for one in %}", "{{ unit.__class__.__mro__[1].__subclasses__() }}", "{{ rows[0].missing }}"],
)
def test_a_template_that_asks_for_what_there_is_not_is_told_in_words(tmp_path: Path, text: str) -> None:
    own_template(tmp_path, text)
    shown = context(Paper.REMINDER, build.city(build.unit()), build.unit(), [told()], today=TODAY)
    with pytest.raises(PaperFailed, match=r"notice\.docx: cannot be filled in"):
        filled("notice", shown, tmp_path)


def test_a_file_that_is_no_word_file_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "notice.docx").write_bytes(b"no zip")
    with pytest.raises(PaperFailed, match="cannot be filled in"):
        filled("notice", {}, tmp_path)


def test_our_template_repeats_its_head_on_every_page() -> None:
    [table] = docx.Document(str(OURS / "notice.docx")).tables
    assert "tblHeader" in table.rows[0]._tr.xml


# ------------------------------------------------------------------ the command


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(open_database()) as opened:
        registry.apply(opened, build.city(build.unit()))
        findings.settle(opened, [build.verdict()], at=build.NOON)
        yield opened


def test_the_command_writes_a_paper_of_what_was_not_told_yet(database: Database, tmp_path: Path) -> None:
    out, run = tmp_path / "p" / "notice.docx", CliRunner().invoke
    [found] = findings.iter_findings(database, "open")
    asked = ["report", "notice", "--unit", found.unit, "--out", str(out)]
    assert run(app, [*asked, "--due", "2026-04-01"]).exit_code == 0
    assert "2026年4月1日" in text_of(out.read_bytes())
    assert docx.Document(io.BytesIO(out.read_bytes())).tables
    findings.take_step(database, found.id, "notified", who="张三", at=AT)
    assert run(app, asked).exit_code == 1
    assert run(app, [*asked, "--kind", "rectification"]).exit_code == 0
    assert "整改通知书" in text_of(out.read_bytes())
    wrong = run(app, ["report", "notice", "--unit", "nobody", "--out", str(out)])
    assert wrong.exit_code == 2
