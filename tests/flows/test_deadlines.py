"""Deadlines of special laws, from stored rows to findings that open, close and are explained day by day."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.cli import app
from storage import catalogue, findings, registry, settings
from storage.catalogue import ArticleLook, Walk, WalkRow
from storage.database import Database, open_database
from storage.schema import Item, Outcome, VerdictKind
from tests.flows.test_assess import NOW, city, item, look, open_rules, run, show, verdict

KINDS = ("news", "notices", "permits", "penalties", "procurement", "budget", "replies")
DAY = dt.timedelta(days=1)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path))
    monkeypatch.setenv("GONGKAI_DATABASE_URL", f"sqlite:///{tmp_path / 'a.db'}")
    opened = open_database()
    registry.apply(opened, city(kinds=KINDS))
    yield opened
    opened.close()


@pytest.fixture
def known(tmp_path: Path) -> settings.Settings:
    return replace(settings.load(), home=tmp_path)


def regulations(known: settings.Settings, text: str) -> None:
    """The city's own file, as the office writes it."""
    own = known.home / "regulations" / "629900.yml"
    own.parent.mkdir(exist_ok=True)
    own.write_text(text, encoding="utf-8")


def of(database: Database, *rules: str) -> list[tuple[str, str | None]]:
    return [found for found in open_rules(database) if found[0] in rules]


def judged(database: Database, rule: str, name: Item | None = None) -> VerdictKind:
    return next(
        one for one in findings.iter_verdicts(database, rule=rule) if name is None or one.item == name.id
    ).verdict


def stored(database: Database, column: str) -> list[Item]:
    return sorted(catalogue.iter_items(database, unit="jyj", column=column), key=lambda one: one.url)


def explained(database: Database, rule: str) -> tuple[str, dict[str, Any]]:
    """What ``gongkai explain`` prints of the open finding under a rule, and what it gives as JSON."""
    [found] = [one for one in findings.iter_findings(database, "open") if one.rule == rule]
    shown = CliRunner().invoke(app, ["explain", found.id])
    assert shown.exit_code == 0, shown.output
    told: dict[str, Any] = json.loads(CliRunner().invoke(app, ["explain", found.id, "--json"]).output)
    return shown.output, told


def last_in_time(output: str) -> str:
    [line] = [line for line in output.splitlines() if line.endswith("<- the last day in time")]
    return line.split()[0]


# ------------------------------------------------------------------ a year that is not announced


SUMMER = dt.datetime(2027, 6, 30, 4, tzinfo=dt.UTC)


def test_a_case_judged_provisionally_is_judged_again_when_the_notice_is_entered(
    database: Database, known: settings.Settings
) -> None:
    """2027-03-01 is a Monday; without a notice 2027-03-31 is the 22nd working day, 19 at the least."""
    near = item("notices", 1, "2027-03-31", formed_on=dt.date(2027, 3, 1))
    far = item("notices", 2, "2027-06-20", formed_on=dt.date(2027, 3, 1))
    show(database, "notices", near, far, at=SUMMER)
    run(database, known, now=SUMMER)
    first, second = stored(database, "notices")
    assert judged(database, "TM-01", first) is VerdictKind.NOT_ASSESSABLE
    assert judged(database, "TM-01", second) is VerdictKind.BREACH
    [opened] = [one for one in findings.iter_findings(database, "open") if one.rule == "TM-01"]
    assert (opened.item, opened.facts["provisional"]) == (second.id, True)

    # the notice gives no day off in March: the near case is late too, and the far one is no longer provisional
    regulations(known, "holidays: {days_off: {2027-04-05: 清明节}, announced: [2027]}")
    told = run(database, known, now=SUMMER + DAY)
    assert (told.items, told.opened, told.closed) == (2, 1, 0)
    assert judged(database, "TM-01", first) is VerdictKind.BREACH
    facts = {one.item: one.facts for one in findings.iter_findings(database, "open") if one.rule == "TM-01"}
    assert facts[second.id]["provisional"] is False
    assert facts[second.id]["counted"] == opened.facts["counted"] - 1

    # it is corrected, and gives a week in March: the near case was in time, its finding closes
    week = ", ".join(f"2027-03-{day:02d}: 特别放假" for day in range(8, 13))
    regulations(known, f"holidays: {{days_off: {{{week}}}, announced: [2027]}}")
    told = run(database, known, now=SUMMER + 2 * DAY)
    assert (told.opened, told.closed) == (0, 1)
    assert judged(database, "TM-01", first) is VerdictKind.COMPLIANT
    assert [one.item for one in findings.iter_findings(database, "open") if one.rule == "TM-01"] == [second.id]


def test_weekend_days_worked_make_a_case_late(database: Database, known: settings.Settings) -> None:
    """2027-03-01 + 20 working days is 2027-03-29; two Saturdays worked make it 2027-03-25."""
    show(database, "notices", item("notices", 1, "2027-03-29", formed_on=dt.date(2027, 3, 1)), at=SUMMER)
    run(database, known, now=SUMMER)
    assert judged(database, "TM-01") is VerdictKind.COMPLIANT
    regulations(known, "holidays: {days_worked: {2027-03-06: 调休, 2027-03-13: 调休}, announced: [2027]}")
    run(database, known, now=SUMMER + DAY)
    assert of(database, "TM-01") == [("TM-01", "notices")]
    output, _ = explained(database, "TM-01")
    assert last_in_time(output) == "2027-03-25"
    assert "2027-03-06     5  调休" in output
    assert "provisional" not in output.split("working days from")[1]


# ------------------------------------------------------------------ items


def test_a_late_decision_is_one_finding_counted_from_the_decision(database: Database, known: settings.Settings) -> None:
    text = "处罚决定日期：2026年3月2日\n处罚机关：青禾市教育局"
    late = item(
        "penalties", 1, "2026-04-20", title="某培训机构行政处罚决定书", body_text=text, formed_on=dt.date(2026, 3, 2)
    )
    show(database, "penalties", late)
    run(database, known)
    assert of(database, "TM-01", "TM-02") == [("TM-02", "penalties")]
    assert (verdict(database, "TM-01", "penalties").reason or "").startswith("special_limit")
    output, told = explained(database, "TM-02")
    assert last_in_time(output) == "2026-03-11"
    assert (told["count"]["unit"], told["count"]["counted"]) == ("working days", told["facts"]["counted"])
    assert "2026-04-06     -  清明节" in output


def test_a_short_land_notice_is_counted_in_calendar_days(database: Database, known: settings.Settings) -> None:
    text = "公告期限：自2026年3月2日起至2026年3月16日止。"
    show(database, "notices", item("notices", 1, "2026-03-02", title="禾中路征地补偿安置公告", body_text=text))
    run(database, known)
    output, told = explained(database, "TM-15")
    assert (told["count"]["unit"], told["count"]["counted"], told["facts"]["days_short"]) == ("calendar days", 15, 15)
    assert "2026-03-02     1  周一" in output


# ------------------------------------------------------------------ letters


def letters(database: Database, text: str, at: dt.datetime) -> None:
    """The list of letters with one of them, its page read at that moment."""
    shown = item("replies", 1, "2026-02-02", title="关于路灯的咨询", body_text=text, content_hash=text)
    show(database, "replies", shown, at=at)


UNANSWERED = "来信时间：2026-02-02\n来信内容：路灯不亮。\n办理状态：办理中"
ANSWERED = "来信时间：2026-02-02\n来信内容：路灯不亮。\n办理状态：已办结\n答复内容：您好，路灯已修复。"
MAY = dt.datetime(2026, 5, 2, 4, tzinfo=dt.UTC)  # the last day in time


def test_time_alone_makes_a_letter_late_and_its_answer_closes_the_finding(
    database: Database, known: settings.Settings
) -> None:
    letters(database, UNANSWERED, MAY - DAY)
    run(database, known, now=MAY - DAY)
    assert of(database, "IN-02") == []
    assert (verdict(database, "IN-02", "replies").reason or "").startswith("early_warning")
    letters(database, UNANSWERED, MAY)
    run(database, known, now=MAY)
    assert of(database, "IN-02") == []
    run(database, known, now=MAY + DAY)
    assert of(database, "IN-02") == [], "its page was last read on the last day in time"
    letters(database, UNANSWERED, MAY + 2 * DAY)
    assert run(database, known, now=MAY + 2 * DAY).items == 0
    assert of(database, "IN-02") == [("IN-02", "replies")]
    output, told = explained(database, "IN-02")
    assert last_in_time(output) == "2026-05-02"
    assert (told["count"]["unit"], told["facts"]["days_over"]) == ("calendar days", 2)
    letters(database, ANSWERED, MAY + 3 * DAY)
    assert run(database, known, now=MAY + 3 * DAY).closed == 1
    assert judged(database, "IN-02") is VerdictKind.COMPLIANT


def test_a_letter_whose_page_is_answered_as_unchanged_was_read(database: Database, known: settings.Settings) -> None:
    letters(database, UNANSWERED, MAY - 10 * DAY)
    later = MAY + 3 * DAY
    [one] = stored(database, "replies")
    row = WalkRow(url=one.url, title=one.title, date=one.published_on)
    catalogue.record_walk(database, Walk(unit="jyj", column="replies", at=later, full=True, complete=True, rows=(row,)))
    look(database, "replies", "ok", later)
    run(database, known, now=later)
    assert of(database, "IN-02") == []
    catalogue.record_articles(database, "jyj", "replies", [ArticleLook(url=one.url, outcome=Outcome.NOT_MODIFIED)])
    catalogue.touch(database, "jyj", "replies", [one.url], later)
    run(database, known, now=later)
    assert of(database, "IN-02") == [("IN-02", "replies")]


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED, Outcome.UNREACHABLE, Outcome.STRUCTURE_CHANGED])
def test_a_page_that_could_not_be_read_says_nothing_of_its_letter(
    database: Database, known: settings.Settings, outcome: Outcome
) -> None:
    letters(database, UNANSWERED, MAY + 3 * DAY)
    [one] = stored(database, "replies")
    catalogue.record_articles(database, "jyj", "replies", [ArticleLook(url=one.url, outcome=outcome)])
    run(database, known, now=MAY + 3 * DAY)
    assert of(database, "IN-02") == []
    assert (verdict(database, "IN-02", "replies").reason or "").startswith("page_not_seen")


# ------------------------------------------------------------------ papers of the year

LAW_REPORT = "青禾市教育局2025年度法治政府建设情况报告"


def test_a_late_report_on_the_rule_of_law_is_found_in_any_column(database: Database, known: settings.Settings) -> None:
    run(database, known)
    assert (verdict(database, "TM-12").reason or "").startswith("not_found")
    show(database, "news", item("news", 1, "2026-04-16", title=LAW_REPORT))
    run(database, known)
    assert of(database, "TM-12") == [("TM-12", "news")]
    output, told = explained(database, "TM-12")
    assert (told["count"]["unit"], told["count"]["counted"]) == ("days late", 16)
    assert told["item_title"] == LAW_REPORT
    assert "《法治政府建设与责任落实督察工作规定》" in output
    earlier = item("notices", 2, "2026-03-20", title="2025年度法治政府建设年度报告", content_hash="earlier")
    show(database, "notices", earlier)
    assert run(database, known).closed == 1
    assert of(database, "TM-12") == []


APPROVED = "rules: {TM-05: {approvals: {2026: {budget: 2026-01-20}}}}"


def test_a_budget_is_judged_when_the_city_gives_the_day_of_its_approval(
    database: Database, known: settings.Settings
) -> None:
    papers = (
        item("budget", 1, "2026-03-16", title="青禾市教育局2026年部门预算"),
        item("budget", 2, "2026-02-01", title="青禾市第一中学2026年单位预算"),
    )
    show(database, "budget", *papers)
    run(database, known)
    assert (verdict(database, "TM-05", "budget").reason or "").startswith("no_approval_date")
    regulations(known, APPROVED)
    run(database, known)
    assert of(database, "TM-05") == [("TM-05", "budget")]
    output, told = explained(database, "TM-05")
    assert last_in_time(output) == "2026-03-01"
    assert (told["count"]["unit"], told["facts"]["days_over"]) == ("calendar days", 15)
    regulations(known, APPROVED.replace("}}}}", ", budget_reply: 2026-03-01}}}}"))
    assert run(database, known).closed == 1


def test_a_missing_budget_is_proven_only_by_the_whole_list(database: Database, known: settings.Settings) -> None:
    regulations(known, APPROVED)
    show(database, "budget", item("budget", 1, "2025-02-16", title="青禾市教育局2025年部门预算"))
    look(database, "budget", "blocked", NOW + dt.timedelta(minutes=1))
    run(database, known)
    assert of(database, "TM-05") == []
    look(database, "budget", "ok", NOW + dt.timedelta(minutes=2))
    run(database, known)
    assert of(database, "TM-05") == [("TM-05", "budget")]
    assert verdict(database, "TM-05", "budget").facts["missing"] is True
    show(database, "news", item("news", 1, "2026-02-16", title="市教育局2026年部门预算公开"))
    assert run(database, known).closed == 1, "it stands in another column"


def test_the_same_rows_give_the_same_verdicts(database: Database, known: settings.Settings, tmp_path: Path) -> None:
    regulations(known, APPROVED)
    show(database, "news", item("news", 1, "2026-04-16", title=LAW_REPORT))
    letters(database, UNANSWERED, NOW)
    show(database, "budget", item("budget", 1, "2026-03-16", title="青禾市教育局2026年部门预算"))
    run(database, known)
    first = [*findings.iter_verdicts(database)], [*findings.iter_findings(database)]
    told = run(database, known, now=NOW + dt.timedelta(hours=1))
    assert (told.opened, told.closed, told.reopened) == (0, 0, 0)
    assert ([*findings.iter_verdicts(database)], [*findings.iter_findings(database)]) == first
    with closing(open_database(f"sqlite:///{tmp_path / 'b.db'}")) as other:
        registry.apply(other, city(kinds=KINDS))
        for column, names in (("budget", 1), ("replies", 1), ("news", 1)):  # in another order
            for one in stored(database, column)[:names]:
                show(other, column, replace(one, id="", revision=0, first_seen=None, not_before=None, last_seen=None))
        run(other, known)
        assert [*findings.iter_verdicts(other, rule="IN-02")] == [*findings.iter_verdicts(database, rule="IN-02")]
        assert [*findings.iter_verdicts(other, rule="TM-05")] == [*findings.iter_verdicts(database, rule="TM-05")]
        assert [*findings.iter_verdicts(other, rule="TM-12")] == [*findings.iter_verdicts(database, rule="TM-12")]
