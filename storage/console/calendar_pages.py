"""The calendar: what units owe by a day, month by month, as a page and as an iCalendar file (RFC 5545).

The dates are told by assessing; here they are laid out. A unit's person sees those of its own unit.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from storage import boards, due_dates, registry, rule_texts
from storage.console import rendering, signing, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.database import utcnow
from storage.due_dates import DueDate
from storage.people import Action
from storage.schema import City

router = APIRouter(include_in_schema=False)
WHATS: Final = ("yearly", "budget", "freshness", "limit", "directory", "waiver")
_YEARS: Final = range(1990, 2200)  # in which anybody may look
_IN_A_CELL: Final = 3  # things named in one day of the month; the list below has all
_BEHIND: Final = dt.timedelta(days=800)  # how long ago something may have been due that still is
_AHEAD: Final = dt.timedelta(days=400)


@dataclass(frozen=True, kw_only=True)
class Due:
    """One line: what is owed, by whom. ``late_by``: days since the day passed; 0: not passed."""

    date: DueDate
    unit: str
    column: str | None
    late_by: int
    is_advice: bool

    @property
    def state(self) -> str:
        """waived, passed, or coming."""
        return "waived" if self.date.facts.get("waived_until") else "passed" if self.late_by else "coming"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One day of the month view. ``off``: its holiday's name, or of a weekend an empty text; None: a working day."""

    on: dt.date
    in_month: bool
    is_today: bool
    off: str | None
    worked: str | None
    due: tuple[Due, ...] = ()
    shown: tuple[Due, ...] = field(default=())


@router.get("/calendar", response_class=HTMLResponse)
def show_calendar(
    request: Request, store: Store, person: Person, month: str = "", unit: str = "", what: str = ""
) -> HTMLResponse:
    """One month, and what passed before it without being met."""
    own = person.account.unit
    signing.may(person, Action.SEE, own)
    city = registry.load_city(store)
    today = utcnow().astimezone(rendering.zone_of(city)).date()
    first = month_of(month, today)
    wanted = own or unit or None
    days = calendar.Calendar().monthdatescalendar(first.year, first.month)
    texts_of = rule_texts.all_texts(store)
    found = [
        one
        for one in _lines(city, due_dates.between(store, days[0][0], days[-1][-1], unit=wanted), texts_of, today)
        if what in ("", one.date.facts.get("what"))
    ]
    before = [
        one
        for one in _lines(city, due_dates.between(store, today - _BEHIND, today, unit=wanted), texts_of, today)
        if one.late_by and what in ("", one.date.facts.get("what"))
    ]
    board = boards.latest(store)
    return rendering.page(
        request,
        "calendar.html",
        city,
        first=first,
        weeks=weeks(days, first, today, found, board.board.get("calendar", {}) if board else {}),
        found=[one for one in found if first <= one.date.due_on < _next(first)],
        before=before,
        today=today,
        earlier=_before(first),
        later=_next(first),
        units=[] if own or city is None else city.units,
        unit=unit,
        what=what,
        whats=WHATS,
        told=board.told_at if board else None,
        provisional=board is not None and first.year not in board.board.get("calendar", {}).get("announced", ()),
    )


@router.get("/calendar.ics")
def give_calendar(request: Request, store: Store, person: Person, unit: str = "") -> Response:
    """The dates of the coming year for a calendar program."""
    own = person.account.unit
    signing.may(person, Action.SEE, own)
    city = registry.load_city(store)
    today = utcnow().astimezone(rendering.zone_of(city)).date()
    found = due_dates.between(store, today, today + _AHEAD, unit=own or unit or None, limit=5000)
    lines = _lines(city, found, rule_texts.all_texts(store), today)
    language = rendering.language_of(request)
    text = ics(lines, name=texts.text(language, "calendar"), at=utcnow())
    headers = {"Content-Disposition": 'attachment; filename="gongkai.ics"', "Cache-Control": "no-cache"}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


def month_of(text: str, today: dt.date) -> dt.date:
    """The first day of the month ``YYYY-MM``; of today's where none is asked for.

    :raises HTTPException: 404, it is no month.
    """
    if not text:
        return today.replace(day=1)
    try:
        first = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        raise HTTPException(404, text) from None
    if first.year not in _YEARS:
        raise HTTPException(404, text)
    return first


def weeks(
    days: Sequence[Sequence[dt.date]],
    first: dt.date,
    today: dt.date,
    found: Iterable[Due],
    told: Mapping[str, Any],
) -> list[list[Cell]]:
    """The month's weeks, Monday to Sunday, each day with what is due on it.

    :param told: the days on which the week does not say whether they are worked, as assessing told them.
    """
    by_day: dict[dt.date, list[Due]] = defaultdict(list)
    for one in found:
        by_day[one.date.due_on].append(one)
    off, worked = told.get("off", {}), told.get("worked", {})

    def cell(on: dt.date) -> Cell:
        due = tuple(by_day.get(on, ()))
        made_up = worked.get(on.isoformat())
        free = off.get(on.isoformat(), "" if on.weekday() >= calendar.SATURDAY and not made_up else None)
        is_inside = on.month == first.month
        shown = due[:_IN_A_CELL]
        return Cell(on=on, in_month=is_inside, is_today=on == today, off=free, worked=made_up, due=due, shown=shown)

    return [[cell(on) for on in week] for week in days]


def ics(lines: Iterable[Due], *, name: str, at: dt.datetime) -> str:
    """The dates as an iCalendar file: one whole-day event each, under an id that lasts."""
    told = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//gongkai//due dates//ZH", f"X-WR-CALNAME:{_escaped(name)}"]
    for one in lines:
        date = one.date
        key = "/".join(filter(None, (date.unit, date.rule, date.column, date.item, date.due_on.isoformat())))
        told += [
            "BEGIN:VEVENT",
            f"UID:{_escaped(key)}@gongkai",
            f"DTSTAMP:{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{date.due_on:%Y%m%d}",
            f"SUMMARY:{_escaped(f'{one.unit}：{date.title}')}",
            f"DESCRIPTION:{_escaped(date.rule)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "".join(f"{folded}\r\n" for line in (*told, "END:VCALENDAR") for folded in _folded(line))


def _lines(
    city: City | None, found: Iterable[DueDate], rules: Mapping[str, Mapping[str, Any]], today: dt.date
) -> list[Due]:
    """The dates with the names of the registry; those of units that left are nobody's."""
    units = {unit.id: unit for unit in (city.units if city else ())}
    columns = {(unit.id, column.id): column.name for unit in units.values() for column in unit.columns}
    return [
        Due(
            date=one,
            unit=units[one.unit].name,
            column=columns.get((one.unit, one.column)) if one.column else None,
            late_by=max(0, (today - one.due_on).days),
            is_advice=rules.get(one.rule, {}).get("status") == "advice",
        )
        for one in found
        if one.unit in units
    ]


def _before(first: dt.date) -> dt.date:
    return (first - dt.timedelta(days=1)).replace(day=1)


def _next(first: dt.date) -> dt.date:
    return (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def _escaped(text: str) -> str:
    """A text as RFC 5545 3.3.11 writes it; signs that it knows no way to write are left out."""
    plain = "".join(sign for sign in text if sign.isprintable() or sign == "\n").encode("utf-8", "replace").decode()
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(sign, written)
    return plain


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets, no sign cut in two (RFC 5545 3.1)."""
    room, part = 75, ""
    for sign in line:
        size = len(sign.encode())
        if size > room:
            yield part
            room, part = 74, " "
        part += sign
        room -= size
    yield part
