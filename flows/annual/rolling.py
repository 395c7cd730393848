"""The yearly reports of a city's units brought together: pure, from what was read to what is told of the year.

A unit's figures are those of its published report where that could be read, else of the one that came by mail. A figure
is summed over the units that say a number; who says none is told with the reason, and nobody's blank is a nought.
Townships are on the roster and in no sum: their figures are in their district's report already, which a county-level
government compiles from its departments and townships (条例 第四十九条, 国办公开办函〔2021〕30号).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from storage.annual.forms import Form, figures_of
from storage.annual.held import HeldReport, Outcome
from storage.annual.report import Report, State, report_of
from storage.annual.rollup import Alike, Check, Counts, Entered, Lacks, Line, Published, Rollup, Sum
from storage.catalogue import YearCount
from storage.schema import Category, City, Column, ColumnKind, Unit, UnitKind

NOT_SUMMED: Final = frozenset((UnitKind.TOWNSHIP,))
NO_CLASS: Final = "none"  # no statutory class known
MAIL: Final = "mail"
_SAME_MEANING: Final = ("3/", "4/")  # figures of these parts mean the same in both forms


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a unit stands with the publication of its report, by TM-10 or TM-11. Days of the city."""

    published: Published
    rule: str | None = None
    due: dt.date | None = None
    why: str | None = None
    title: str | None = None
    url: str | None = None
    published_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What is held of one unit and year: the published report, the one that came by mail."""

    published: HeldReport | None = None
    mail: HeldReport | None = None

    @property
    def counted(self) -> HeldReport | None:
        """The report whose figures count: the published one, unless only the other could be read."""
        some = [one for one in (self.published, self.mail) if one is not None]
        return next((one for one in some if one.outcome is Outcome.READ), some[0] if some else None)


@dataclass(frozen=True, kw_only=True)
class Year:
    """What one year is made of."""

    year: int
    as_of: dt.date
    city: City
    standings: Mapping[str, Standing]  # by unit
    held: Sequence[HeldReport]  # that stand, of the year
    last: Sequence[HeldReport] = ()  # of the year before
    counts: Counts = field(default_factory=Counts)
    counts_last: Counts | None = None
    entered: Sequence[Entered] = ()
    days: Mapping[str, dt.date] = field(default_factory=dict)  # report → the day we first saw it, or it was received


def form_of(year: int) -> Form:
    """The form that reports of a year have; before 2019 there was none for all."""
    if year >= 2021:
        return Form.F2021
    return Form.F2019 if year >= 2019 else Form.INDICATORS


def roll(of: Year) -> Rollup:
    """The roll-up of the year; its claims are for who knows the catalogue's columns."""
    by_unit, before = reported(of.held), reported(of.last)
    lines = tuple(
        _line(unit, of.standings.get(unit.id), by_unit.get(unit.id, Reported()), of.days) for unit in of.city.units
    )
    summed = [unit.id for unit in of.city.units if unit.kind not in NOT_SUMMED]
    owing = {line.unit for line in lines if line.published is not Published.NOT_OWED or line.report is not None}
    return Rollup(
        year=of.year,
        as_of=of.as_of,
        city=of.city.name,
        lines=lines,
        sums=_sums(of.year, [unit for unit in summed if unit in owing], by_unit, before),
        counts=of.counts,
        counts_last=of.counts_last,
        entered=tuple(of.entered),
    )


def reported(held: Iterable[HeldReport]) -> dict[str, Reported]:
    """The reports of a year by unit; what turned out to be no report is nobody's."""
    some: dict[str, dict[str, HeldReport]] = defaultdict(dict)
    for one in held:
        if one.outcome is not Outcome.NO_REPORT:
            some[one.unit].setdefault(one.source, one)
    return {unit: Reported(published=one.get("published"), mail=one.get(MAIL)) for unit, one in some.items()}


# ------------------------------------------------------------------ the roster


def _line(unit: Unit, standing: Standing | None, has: Reported, days: Mapping[str, dt.date]) -> Line:
    standing = standing or Standing(published=Published.NOT_OWED)
    public, mail, counted = has.published, has.mail, has.counted
    told = tuple(Check.model_validate(one) for one in (counted.checks or ())) if counted is not None else ()
    shown: dict[str, Any] = {}
    if counted is not None:
        shown = {
            "report": counted.id,
            "source": counted.source,
            "format": counted.format,
            "form": counted.form,
            "outcome": counted.outcome.value,
            "detail": counted.detail,
        }
    return Line(
        unit=unit.id,
        name=unit.name,
        kind=unit.kind.value,
        supervision=unit.supervision.value,
        rule=standing.rule,
        due=standing.due,
        published=standing.published,
        why=standing.why,
        title=standing.title or (public.name if public is not None else None),
        url=standing.url or (public.url if public is not None else None),
        published_on=public.published_on if public is not None else standing.published_on,
        first_seen_on=days.get(public.id) if public is not None else None,
        received_on=days.get(mail.id) if mail is not None else None,
        received_by=mail.received_by if mail is not None else None,
        checks=told,
        alike=_alike(told),
        **shown,
    )


def _alike(checks: Iterable[Check]) -> tuple[Alike, ...]:
    """The reports that a report is like, as its check of sameness names them."""
    named = (one for check in checks for one in check.facts.get("alike", ()))
    return tuple(Alike.model_validate(one) for one in named)


# ------------------------------------------------------------------ the sums


def _sums(
    year: int, units: Sequence[str], now: Mapping[str, Reported], before: Mapping[str, Reported]
) -> dict[str, Sum]:
    form, form_before = form_of(year), form_of(year - 1)
    names = list(figures_of(form))
    reports, why = _readable(units, now, form)
    reports_before, _ = _readable(units, before, form_before)
    known_before = set(figures_of(form_before))
    found: dict[str, Sum] = {}
    for name in names:
        parts, lacks = _parts(name, units, reports, why)
        comparable = form is form_before or (name in known_before and name.startswith(_SAME_MEANING))
        last, _ = _parts(name, units, reports_before, {}) if comparable else ({}, [])
        found[name] = Sum(
            value=_total(parts),
            counted=len(parts),
            parts=parts,
            lacks=tuple(lacks),
            last=_total(last),
            last_counted=len(last),
        )
    return found


def _readable(
    units: Iterable[str], reported: Mapping[str, Reported], form: Form
) -> tuple[dict[str, Report], dict[str, str]]:
    """The reports of this form by unit, and why a unit has none."""
    reports: dict[str, Report] = {}
    why: dict[str, str] = {}
    for unit in units:
        counted = reported.get(unit, Reported()).counted
        if counted is None:
            why[unit] = "no_report"
        elif counted.outcome is not Outcome.READ or counted.report is None:
            why[unit] = "not_read"
        else:
            report = report_of(counted.report)
            if report.form is form:
                reports[unit] = report
            else:
                why[unit] = "other_form"
    return reports, why


def _parts(
    name: str, units: Iterable[str], reports: Mapping[str, Report], why: Mapping[str, str]
) -> tuple[dict[str, Decimal], list[Lacks]]:
    parts: dict[str, Decimal] = {}
    lacks: list[Lacks] = []
    for unit in units:
        report = reports.get(unit)
        if report is None:
            lacks.append(Lacks(unit=unit, why=why.get(unit, "no_report")))
            continue
        figure = report.figures.get(name)
        if figure is not None and figure.value is not None:
            parts[unit] = figure.value
        else:
            lacks.append(Lacks(unit=unit, why=(figure.state if figure is not None else State.ABSENT).value))
    return parts, lacks


def _total(parts: Mapping[str, Decimal]) -> Decimal | None:
    return sum(parts.values(), Decimal(0)) if parts else None


# ------------------------------------------------------------------ what the catalogue counts


def counts_of(found: Iterable[YearCount], columns: Mapping[tuple[str, str], Column], units: Collection[str]) -> Counts:
    """The catalogue's counts of a year, of the units that are in the registry.

    What the catalogue has it has from websites; what stands in a gazette's column was in the gazette too.
    """
    category: Counter[str] = Counter()
    statutory: Counter[str] = Counter()
    unit: Counter[str] = Counter()
    cross: dict[str, Counter[str]] = defaultdict(Counter)
    gazettes = {place for place, column in columns.items() if column.kind is ColumnKind.GAZETTE}
    gazette = 0
    for one in found:
        if one.unit not in units:
            continue
        category[one.category.value] += one.count
        statutory[one.statutory or NO_CLASS] += one.count
        unit[one.unit] += one.count
        cross[one.unit][one.category.value] += one.count
        gazette += one.count if (one.unit, one.column) in gazettes else 0
    total = unit.total()
    return Counts(
        total=total,
        by_category={one.value: category[one.value] for one in Category},
        by_statutory=dict(sorted(statutory.items())),
        by_channel={"website": total, **({"gazette": gazette} if gazettes else {})},
        by_unit={name: unit[name] for name in sorted(units)},
        by_unit_category={name: dict(sorted(cross[name].items())) for name in sorted(cross)},
    )
