"""A site's home page shows something new within two weeks: UP-01.

国办秘函〔2019〕19号 单项否决“首页不更新”. Rows of the home page that show a date are judged by the newest of them.
Where none does, the home page is only a way to the second-level pages and the unit's columns are judged instead, those
that others keep on the same site counted in its favour. So does an undated link count that may be new: it is old once
our own looks have seen it stand there for two weeks. A page whose scripts may fill in rows is no proof that nothing
new is there. A unit whose home page is a section of another's site is judged there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from flows.compliance.facts import Case, ColumnFacts, UnitFacts
from flows.compliance.front import Front, day_of, front_of, is_section
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.regulation import Warned, WindowIn
from flows.compliance.seen import column_seen
from storage.addresses import fingerprint

RULES = ("UP-01",)
SUBJECT = "unit"
READS_COLUMNS = True
VERSION = "1"

_NEIGHBOUR = "a column of another unit on the same site"
_Shown = tuple[dt.date, str | None, str | None]  # a date, the address of what shows it, the column where that stands


class Text(Warned):
    """How long the home page may stand without anything new."""

    window: WindowIn


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether the home page was fresh on the day it was last read."""
    if is_section(unit.unit.home):
        return not_applicable("section", "its home page is a section of a site that is judged by its own home page")
    text, front = case.text(Text), front_of(unit, case)
    if front.gap is not None:
        return front.gap
    shown = front.shown
    facts: dict[str, Any] = {
        "home": front.home,
        "judged_on": front.on,
        "window": str(text.window),
        "rows": shown.get("rows"),
        "dated": shown.get("dated"),
    }
    newest: Mapping[str, Any] = shown.get("newest") or {}
    newest_on = day_of(newest.get("on"))
    if newest_on is not None and newest_on > front.on:
        words = f"the home page shows {newest_on.isoformat()}, later than the day judged"
        return not_assessable("later_dates", words, **facts, newest_on=newest_on)
    own = list(_shown_undated(unit, front, case)) if newest_on is not None else list(_columns(unit, case))
    if unit.neighbour_on is not None and newest_on is None:
        own.append((unit.neighbour_on, unit.neighbour_url, _NEIGHBOUR))
    candidates: list[_Shown] = [(newest_on, newest.get("url"), None)] if newest_on is not None else []
    candidates += own
    if not candidates:
        return _without_dates(unit, case, facts)
    on, url, column = max(candidates, key=lambda one: (one[0], one[1] or ""))
    facts |= {"newest_on": on, "newest_url": url, "newest_title": newest.get("title") if column is None else None}
    facts |= {"shown_in": column or "home page", "due_on": text.window.due(on)}
    if front.on <= text.window.due(on):
        return compliant(warning=text.warning(text.window, on, front.on), **facts)
    doubt = _doubt(unit, front, case, text, by_columns=newest_on is None)
    if doubt is not None:
        word, words = doubt
        return not_assessable(word, words, **facts)
    over = {"days_since": (front.on - on).days, "days_over": (front.on - text.window.due(on)).days}
    return breach(evidence=front.evidence, **facts, **over)


def _shown_undated(unit: UnitFacts, front: Front, case: Case) -> Iterator[_Shown]:
    """The newest documents of the unit's columns that the home page shows without a date."""
    marks = {mark for marks in (front.shown.get("undated") or {}).values() for mark in marks}
    for column, on in _dated_columns(unit, case):
        if column.newest_url is not None and fingerprint(column.newest_url) in marks:
            yield on, column.newest_url, column.column.id


def _columns(unit: UnitFacts, case: Case) -> Iterator[_Shown]:
    """The newest documents of all of the unit's columns."""
    for column, on in _dated_columns(unit, case):
        yield on, column.newest_url, column.column.id


def _dated_columns(unit: UnitFacts, case: Case) -> Iterator[tuple[ColumnFacts, dt.date]]:
    for column in unit.columns.values():
        if column.newest_on is not None and column_seen(column, case.law, case.as_of).shows:
            yield column, column.newest_on


def _without_dates(unit: UnitFacts, case: Case, facts: Mapping[str, Any]) -> Judgement:
    doubt = _unseen(unit, case)
    word, words = doubt or ("no_dates", "neither the home page nor any column of the unit shows a date")
    return not_assessable(word, words, **facts)


def _doubt(unit: UnitFacts, front: Front, case: Case, text: Text, *, by_columns: bool) -> tuple[str, str] | None:
    """What may be newer than the newest date that was seen."""
    shown = front.shown
    if shown.get("scripted"):
        return "scripted", "scripts or frames of the home page may fill in rows that the page as sent does not show"
    if shown.get("many"):
        return "undated_rows", "the home page has more links without a date than are kept apart"
    standing = [day for since in shown.get("undated") or {} if (day := day_of(since)) is not None]
    latest = max(standing, default=None)
    if latest is not None and front.on <= text.window.due(latest):
        words = (
            f"links without a date have been seen on the home page only since {latest.isoformat()}, so that they may "
            "be new"
        )
        return "undated_rows", words
    return _unseen(unit, case) if by_columns else None


def _unseen(unit: UnitFacts, case: Case) -> tuple[str, str] | None:
    """The first column that may hold something newer; a column without a window is read where it shows dates."""
    if not unit.columns:
        return "no_columns", "the home page shows no dated row, and no column of the unit is registered"
    for column in unit.columns.values():
        name = column.column.name
        seen = column_seen(column, case.law, case.as_of)
        if seen.gap is not None:
            return "unseen_columns", f"{name} could not be seen whole: {seen.gap.reason}"
        if column.unread_undated:
            return "unseen_columns", f"{name} has undated rows whose articles have not been read"
        if column.rows and not column.dated and case.law.window(column.column.kind) is not None:
            return "unseen_columns", f"{name} shows no dates"
    return None
