"""One yearly report: where it came from, its tables as the form prints them with what is wrong in which cell, its text.

A unit's person sees its own unit's reports. A report that came by mail is kept whole and only given back as a file to
keep; of one that was published the captured page is shown as other evidence is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from storage import catalogue, registry, rule_texts
from storage.annual import forms, held
from storage.annual.held import HeldReport
from storage.annual.report import Report, State, report_of
from storage.annual.rollup import Check
from storage.console import annual_pages, annual_tables, captures, heat, rendering, signing
from storage.console.api import Store
from storage.console.signing import Person
from storage.people import Action
from storage.schema import Evidence

router = APIRouter(include_in_schema=False)
_UNSURE: Final = "not_assessable"
_SUSPECT: Final = "suspect"
_FIRST: Final = ("relations", "hint", "suspect")  # what a reader wants to know first
_SAID: Final = frozenset(("year", "title", "url", "published_on", "confidence"))
_MOST_ROWS: Final = 500  # of a table that has no names, as it stands


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A figure in its cell. ``broken`` are the rules whose relations it takes part in, and that do not hold."""

    text: str
    state: State
    address: str
    broken: tuple[str, ...] = ()
    is_suspect: bool = False

    @property
    def is_number(self) -> bool:
        """Whether a number stands there."""
        return self.state is State.NUMBER


@dataclass(frozen=True, kw_only=True)
class Pointed:
    """The figures that a check points to: of a broken relation, and the one that alone would mend it."""

    broken: frozenset[str] = field(default_factory=frozenset)
    suspect: frozenset[str] = field(default_factory=frozenset)


@router.get("/annual/report/{name}", response_class=HTMLResponse)
def show_report(request: Request, store: Store, person: Person, name: str) -> HTMLResponse:
    """A report as read, with its checks."""
    found = _found(store, person, name)
    city = registry.load_city(store)
    unit = next((one for one in city.units if one.id == found.unit), None) if city else None
    read = report_of(found.report) if found.report is not None else None
    checks = [Check.model_validate(one) for one in found.checks or ()]
    others = held.of_unit(store, found.unit, found.year) if found.year is not None else []
    state = captures.read(found.evidence)[0] if found.evidence else None
    return rendering.page(
        request,
        "annual_report.html",
        city,
        found=found,
        unit=unit,
        column=next((one for one in (unit.columns if unit else ()) if one.id == found.column), None),
        item=catalogue.get_item(store, found.item) if found.item else None,
        read=read,
        checks=checks,
        facts={one.rule: list(told_facts(one.facts)) for one in checks},
        rules=rule_texts.all_texts(store),
        signs=heat.SIGNS,
        tables=annual_tables.tables_of(read.form) if read else (),
        spots=spots(read, checks) if read else {},
        others=[one for one in others if one.id != found.id],
        evidence_state=state,
        most_rows=_MOST_ROWS,
        why=partial(annual_pages.reason, rendering.language_of(request)),
    )


@router.get("/annual/report/{name}/evidence", response_class=HTMLResponse)
def show_evidence(request: Request, store: Store, person: Person, name: str) -> Response:
    """The page it was read from as captured, sanitised, in a page of its own that can do nothing."""
    found = _found(store, person, name)
    return captures.framed(request, registry.load_city(store), _evidence(found), title=found.name, sought=[found.name])


@router.get("/annual/report/{name}/file")
def take_file(store: Store, person: Person, name: str) -> Response:
    """The file: as it came by mail, or as it was captured; to be saved and never shown."""
    found = _found(store, person, name)
    content = held.content(store, found.id)
    if content is None:
        return captures.saved(_evidence(found), f"annual-{found.year or ''}-{found.sha256[:8]}")
    plain = f"annual-{found.year or ''}-{found.sha256[:8]}.bin"
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


def _found(store: Store, person: Person, name: str) -> HeldReport:
    """The report, where this person may see it.

    :raises HTTPException: 404, 403.
    """
    found = held.get(store, name)
    if found is None:
        raise HTTPException(404, "refused.annual_report")
    signing.may(person, Action.SEE, found.unit)
    return found


def _evidence(found: HeldReport) -> Evidence:
    if found.evidence is None:
        raise HTTPException(404, "refused.proof_unkept")
    return found.evidence


# ------------------------------------------------------------------ cells


def spots(read: Report, checks: Iterable[Check]) -> dict[str, Spot]:
    """Each figure of the report's form with what stands in its cell and what is wrong there."""
    known = set(forms.figures_of(read.form))
    told = {one.rule: pointed(one, known) for one in checks}
    found = {}
    for name in known:
        figure = read.figures.get(name)
        state = figure.state if figure else State.ABSENT
        text = f"{figure.value:,f}" if figure and figure.value is not None else figure.raw.strip() if figure else ""
        found[name] = Spot(
            text=text,
            state=state,
            address=figure.cell.address if figure and figure.cell else "",
            broken=tuple(rule for rule, one in told.items() if name in one.broken),
            is_suspect=any(name in one.suspect for one in told.values()),
        )
    return found


def pointed(check: Check, known: Iterable[str]) -> Pointed:
    """The figures that the facts of a breach name, however deep; what could not be assessed is not among them."""
    if check.verdict != "breach":
        return Pointed()
    names = set(known)
    broken: set[str] = set()
    suspect: set[str] = set()
    for key, value in _texts(check.facts, ""):
        if value in names and not key.startswith(_UNSURE):
            (suspect if key.startswith(_SUSPECT) else broken).add(value)
    return Pointed(broken=frozenset(broken | suspect), suspect=frozenset(suspect))


def _texts(value: object, key: str) -> Iterator[tuple[str, str]]:
    """Every text in the facts under the first key that leads to it and says something of cells."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _texts(one, key if key.startswith((_UNSURE, _SUSPECT)) else str(name))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one, key)


def told_facts(facts: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """A check's facts as lines of text under their names: the sums worked out and what would mend them first.

    Left out is what the page says of the report itself, and the few sums told as one where all of them follow.
    """
    order = [name for name in _FIRST if name in facts]
    for name in (*order, *(name for name in facts if name not in order)):
        if name in _SAID or (name == "found" and "relations" in facts):
            continue
        value = facts[name]
        values = value if isinstance(value, list | tuple) else [value]
        lines = [_line(one) for one in values]
        are_short = len(lines) > 1 and all(isinstance(one, int) for one in values)
        yield name, ["、".join(lines)] if are_short else lines


def _line(value: object) -> str:
    """A cell in words, or a report that this one is like; anything else as it is."""
    if isinstance(value, Mapping) and isinstance(value.get("share"), int | float):
        return f"{value.get('name')} {value.get('year')} {value['share']:.0%}"
    if not isinstance(value, Mapping) or "words" not in value:
        return rendering.plain(value)
    at = f"（{value['address']}）" if value.get("address") else ""
    holds = f"：{value['value']}" if value.get("value") is not None else ""
    mends = f" → {value['would_be']}" if value.get("would_be") is not None else ""
    return f"{value['words']}{at}{holds}{mends}"
