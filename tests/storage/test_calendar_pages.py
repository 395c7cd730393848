"""The calendar: what is due, month by month and as an iCalendar file, to whom it is shown."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest

from storage import boards, due_dates, registry
from storage.boards import Standing
from storage.console import calendar_pages, texts
from storage.console.calendar_pages import Due, ics, month_of, weeks
from storage.database import Database, utcnow
from storage.due_dates import DueDate
from storage.schema import Role
from tests.storage import build
from tests.storage.signing import signed_in

EVIL = "<script>alert(1)</script>"


def due(on: dt.date, title: str = "公布年报", unit: str = "tianhe-qu", **facts: object) -> DueDate:
    return DueDate(
        unit=unit, rule="TM-10", nature="recurring", title=title, due_on=on, facts={"what": "yearly", **facts}
    )


def told(db: Database, dates: list[DueDate]) -> None:
    registry.apply(db, build.city(build.unit(), build.unit("minzheng")))
    due_dates.tell(db, dates)
    days = {"off": {"2026-10-01": "国庆节"}, "worked": {"2026-10-10": "国庆节调休上班"}, "announced": [2026]}
    boards.tell(db, dt.date(2026, 3, 2), {"calendar": days}, list[Standing]())


def test_a_month_shows_what_is_due_days_off_and_what_has_passed(db: Database) -> None:
    today = utcnow().astimezone(ZoneInfo("Asia/Shanghai")).date()
    ahead = today + dt.timedelta(days=400)
    told(db, [due(ahead, f"公布{EVIL}年报"), due(today - dt.timedelta(days=9), "更新栏目"), due(ahead, unit="gone")])
    page = signed_in(db).get(f"/calendar?month={ahead:%Y-%m}").text
    assert page.count("公布&lt;script&gt;alert(1)&lt;/script&gt;年报") == 1  # in the list; cut short in the table
    assert "已过 9 日" in page
    assert "<script" not in page
    assert f"{ahead.year}年节假日安排尚未公布" in page
    october = signed_in(db).get("/calendar?month=2026-10").text
    assert "休 国庆节" in october
    assert "班 国庆节调休上班" in october
    assert "尚未公布" not in october
    assert "本月没有到期事项" in october


def test_a_units_person_sees_its_own_and_kinds_are_told_apart(db: Database) -> None:
    today = utcnow().astimezone(ZoneInfo("Asia/Shanghai")).date()
    other = "minzheng"
    told(db, [due(today, "甲"), due(today, "乙", unit=other), due(today, "丙", what="budget")])
    own = signed_in(db, "li", Role.UNIT, other).get("/calendar?unit=tianhe-qu").text
    assert "乙" in own
    assert ">甲<" not in own
    budgets = signed_in(db).get("/calendar?what=budget").text
    assert "丙" in budgets
    assert ">甲<" not in budgets
    feed = signed_in(db, "li", Role.UNIT, other).get("/calendar.ics?unit=tianhe-qu").text
    assert "乙" in feed
    assert "甲" not in feed


@pytest.mark.parametrize("month", ["2026", "2026-13", "0001-01", "9999-12", "x", "2026-1", "2026-10-01"])
def test_what_is_no_month_is_no_page(db: Database, month: str) -> None:
    registry.apply(db, build.city(build.unit(), build.unit("minzheng")))
    assert signed_in(db).get("/calendar", params={"month": month}).status_code == 404


def test_before_the_first_assessment_the_calendar_says_what_to_do(db: Database) -> None:
    registry.apply(db, build.city(build.unit(), build.unit("minzheng")))
    page = signed_in(db).get("/calendar").text
    assert "gongkai assess" in page


def test_the_month_is_laid_out_by_weeks() -> None:
    first = month_of("2026-10", dt.date(2026, 1, 1))
    days = calendar.Calendar().monthdatescalendar(2026, 10)
    line = Due(date=due(dt.date(2026, 10, 12)), unit="田禾区", column=None, late_by=0, is_advice=False)
    told = {"off": {"2026-10-01": "国庆节"}, "worked": {"2026-10-10": "调休上班"}}
    found = {cell.on: cell for week in weeks(days, first, dt.date(2026, 10, 12), [line], told) for cell in week}
    assert (found[dt.date(2026, 10, 1)].off, found[dt.date(2026, 10, 10)].off) == ("国庆节", None)
    assert (found[dt.date(2026, 10, 11)].off, found[dt.date(2026, 10, 12)].off) == ("", None)
    assert found[dt.date(2026, 10, 10)].worked == "调休上班"
    assert found[dt.date(2026, 10, 12)].due == (line,)
    assert found[dt.date(2026, 10, 12)].is_today
    assert not found[dt.date(2026, 9, 30)].in_month


def test_the_file_for_calendar_programs_keeps_to_its_form() -> None:
    title = "公布；年报, 第一;行\n第二行\\" + "长" * 60 + "\x00\r"
    line = Due(date=due(dt.date(2026, 10, 12), title), unit="田禾,区", column=None, late_by=0, is_advice=False)
    text = ics([line, line], name="日程", at=build.NOON)
    lines = text.split("\r\n")
    assert all(len(one.encode()) <= 75 for one in lines)
    assert "\r" not in text.replace("\r\n", "")
    unfolded = re.sub("\r\n ", "", text)
    summary = next(one for one in unfolded.split("\r\n") if one.startswith("SUMMARY:"))
    assert summary == "SUMMARY:田禾\\,区：公布；年报\\, 第一\\;行\\n第二行\\\\" + "长" * 60
    assert unfolded.count("BEGIN:VEVENT") == unfolded.count("END:VEVENT") == 2
    assert "DTSTART;VALUE=DATE:20261012" in unfolded
    assert len(set(re.findall("UID:(.*)", unfolded))) == 1  # the same thing keeps its id


def test_every_kind_of_due_date_has_a_word() -> None:
    assert all(texts.has(f"due_what.{what}") for what in calendar_pages.WHATS)
