"""The yearly reports of a year: the roster of units as last told, and what every page of the year shows.

Nothing is worked out here that telling did not tell; it is counted, ordered and laid out. A unit's person sees its own
unit's line, claims and counts, and no sums, for these are made of the others' reports.
"""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from storage import registry, rule_texts
from storage.annual import told
from storage.annual.rollup import Check, Line, Published, Rollup
from storage.console import heat, rendering, signing, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.database import utcnow
from storage.formats.table import Field, write_csv
from storage.people import Action

router = APIRouter(include_in_schema=False)
YEARS: Final = range(2008, 2200)  # 条例 came into force in 2008
# the checks whose breach says that numbers do not hold together; the others say other things
RELATIONS: Final = ("AR-01", "AR-02", "AR-03", "AR-04", "AR-06", "AR-10")
STATES: Final = (*Published, "mail", "unread")  # that the roster can be narrowed to
SORTS: Final = ("unit", "state", "published_on", "broken")
_GRAVEST: Final = (Published.MISSING, Published.LATE, Published.UNKNOWN, Published.DUE, Published.IN_TIME)
_READ: Final = "read"
_FIELDS: Final = (
    *(Field(name, "text") for name in ("unit", "name", "kind", "rule")),
    Field("due", "date"),
    *(Field(name, "text") for name in ("published", "why", "title", "url")),
    *(Field(name, "date") for name in ("published_on", "first_seen_on", "received_on")),
    *(Field(name, "text") for name in ("source", "format", "form", "outcome", "detail")),
    *(Field(name, "text") for name in ("breaches", "not_assessable", "alike")),
)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What one check says, as a sign and its word."""

    check: Check
    sign: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A line of the roster. ``broken``: rules whose breach was proven; ``marks``: of every check, in order."""

    line: Line
    marks: tuple[Mark, ...]
    broken: tuple[str, ...]

    @property
    def is_unread(self) -> bool:
        """Whether there is a report that could not be read."""
        return self.line.report is not None and self.line.outcome != _READ


@router.get("/annual")
def show_latest(store: Store, person: Person) -> Response:
    """The latest year of which something was told; the year that is reported on now where nothing was."""
    signing.may(person, Action.SEE, person.account.unit)
    return RedirectResponse(f"/annual/{next(iter(told.years(store)), utcnow().year - 1)}", 303)


@router.get("/annual/{year}", response_class=HTMLResponse)
def show_year(
    request: Request,
    store: Store,
    person: Person,
    year: str,
    state: str = "",
    kind: str = "",
    check: str = "",
    sort: str = "",
) -> HTMLResponse:
    """The roster (名册) of a year, narrowed and ordered as asked."""
    found, at = of_year(store, person, number(year))
    lines = [shown(one) for one in found.lines] if found else []
    chosen = ordered([one for one in lines if _fits(one, state, kind, check)], sort)
    return page(
        request,
        store,
        person,
        "annual.html",
        number(year),
        at,
        rollup=found,
        heads=heads(lines),
        lines=chosen,
        count=len(lines),
        kinds=list(dict.fromkeys(one.line.kind for one in lines)),
        checks=_checks(lines),
        rules=rule_texts.all_texts(store),
        signs=heat.SIGNS,
        asked={"state": state, "kind": kind, "check": check, "sort": sort},
        states=STATES,
        sorts=SORTS,
    )


@router.get("/annual/{year}/roster.csv")
def give_roster(store: Store, person: Person, year: str) -> Response:
    """The roster as a table for a spreadsheet; nothing in it is run there."""
    found, _ = of_year(store, person, number(year))
    if found is None:
        raise HTTPException(404, "refused.annual_year")
    out = io.BytesIO()
    write_csv((_row(shown(one)) for one in found.lines), _FIELDS, out)
    headers = {"Content-Disposition": f'attachment; filename="annual-{found.year}.csv"', "Cache-Control": "no-cache"}
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


# ------------------------------------------------------------------ what is told, to whom


def number(text: str) -> int:
    """The year that an address names.

    :raises HTTPException: 404, it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) == 4 and int(text) in YEARS):
        raise HTTPException(404, "refused.annual_year")
    return int(text)


def of_year(store: Store, person: Person, year: int) -> tuple[Rollup | None, dt.datetime | None]:
    """What was told of the year, and when; to a unit's person of its own unit alone.

    :raises HTTPException: 403.
    """
    own = person.account.unit
    signing.may(person, Action.SEE, own)
    found = told.told(store, year)
    if found is None:
        return None, None
    rollup, at = found
    return (rollup if own is None else of_unit(rollup, own)), at


def of_unit(rollup: Rollup, unit: str) -> Rollup:
    """What is told of one unit: its line without the names of those it is like, its counts and claims, no sums."""
    by_category = rollup.counts.by_unit_category.get(unit, {})
    counted = {unit: rollup.counts.by_unit[unit]} if unit in rollup.counts.by_unit else {}
    counts = {
        "total": sum(counted.values()),
        "by_category": by_category,
        "by_statutory": {},
        "by_channel": {},
        "by_unit": counted,
        "by_unit_category": {unit: by_category} if by_category else {},
    }
    return rollup.model_copy(
        update={
            "lines": tuple(
                one.model_copy(update={"alike": tuple(two for two in one.alike if two.unit == unit)})
                for one in rollup.lines
                if one.unit == unit
            ),
            "sums": {},
            "counts": rollup.counts.model_copy(update=counts),
            "counts_last": None,
            "claims": tuple(one for one in rollup.claims if one.unit == unit),
            "entered": tuple(one for one in rollup.entered if one.unit == unit),
        }
    )


def page(
    request: Request, store: Store, person: Person, template: str, year: int, at: dt.datetime | None, **told_too: Any
) -> HTMLResponse:
    """A page of a year, with what all of them show."""
    return rendering.page(
        request,
        template,
        registry.load_city(store),
        year=year,
        years=told.years(store),
        told_at=at,
        may_make=person.account.may(Action.PAPERS),
        is_whole=person.account.unit is None,
        why=partial(reason, rendering.language_of(request)),
        **told_too,
    )


# ------------------------------------------------------------------ the roster


def shown(line: Line) -> Shown:
    """A line with its checks as signs."""
    marks = tuple(Mark(check=one, sign=heat.SIGNS[one.verdict]) for one in line.checks)
    broken = tuple(one.rule for one in line.checks if one.verdict == "breach")
    return Shown(line=line, marks=marks, broken=broken)


def heads(lines: Sequence[Shown]) -> dict[str, int]:
    """The numbers above the roster, each counted of its lines."""
    states = Counter(one.line.published for one in lines)
    return {
        "owed": len(lines) - states[Published.NOT_OWED],
        "published": sum(one.line.url is not None for one in lines),
        "late": states[Published.LATE],
        "missing": states[Published.MISSING],
        "unknown": states[Published.UNKNOWN],
        "mail": sum(_is_mail(one) for one in lines),
        "unread": sum(one.is_unread for one in lines),
        "unbalanced": sum(bool(set(one.broken) & set(RELATIONS)) for one in lines),
        "alike": sum(bool(one.line.alike) for one in lines),
    }


def ordered(lines: list[Shown], sort: str) -> list[Shown]:
    """The lines in the order asked for: as told, the gravest first, by day of publication, by what is broken."""
    if sort == "state":
        return sorted(lines, key=lambda one: (*_GRAVEST, Published.NOT_OWED).index(one.line.published))
    if sort == "published_on":
        return sorted(lines, key=lambda one: one.line.published_on or dt.date.max)
    if sort == "broken":
        return sorted(lines, key=lambda one: -len(one.broken))
    return lines


def _fits(one: Shown, state: str, kind: str, check: str) -> bool:
    if kind and one.line.kind != kind:
        return False
    if state in STATES and not (
        one.line.published == state or (state == "mail" and _is_mail(one)) or (state == "unread" and one.is_unread)
    ):
        return False
    if check == "alike":
        return bool(one.line.alike)
    return not check or check in one.broken or (check == "any" and bool(one.broken))


def _is_mail(one: Shown) -> bool:
    return one.line.received_on is not None


def _checks(lines: Iterable[Shown]) -> list[str]:
    return sorted({mark.check.rule for one in lines for mark in one.marks})


def _row(one: Shown) -> Mapping[str, Any]:
    line = one.line
    named = line.model_dump(mode="json", exclude={"checks", "alike"})
    unsure = [f"{mark.check.rule} {mark.check.reason or ''}".strip() for mark in one.marks if mark.sign == "?"]
    alike = [f"{other.name} {other.year} {other.share:.2f}" for other in line.alike]
    return {**named, "breaches": " ".join(one.broken), "not_assessable": "; ".join(unsure), "alike": "; ".join(alike)}


def reason(language: texts.Language, text: str | None) -> str:
    """A machine word, a colon and words, for a reader: the word's own text, and of the words what names something.

    The words beside it are English and say it once more, up to a last colon; behind that stand names of columns.
    """
    if not text:
        return ""
    word, _, more = text.partition(":")
    if not texts.has(f"reason.{word}"):
        return text
    named = more.rpartition(": ")[2].strip() if ": " in more.strip() else "" if more.isascii() else more.strip()
    said = texts.word(language, "reason", word)
    return f"{said}（{named}）" if named and language == "zh" else f"{said} ({named})" if named else said
