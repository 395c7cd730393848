"""One assessment: the city, its regulation and calendar, the day judged, and the database it is all read from."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from flows.compliance.calendar import WorkingDays
from flows.compliance.facts import Case, ColumnFacts
from flows.compliance.regulation import Regulation
from storage.database import Database
from storage.schema import City, Column, Unit

Place = tuple[str, str | None]  # unit and column; None: the unit as a whole


@dataclass(frozen=True, kw_only=True)
class Run:
    """What every step of one assessment needs.

    ``archive`` is the folder of captured pages, where they may be asked; ``column_facts``: what is known of every
    column, once it is gathered.
    """

    database: Database
    city: City
    case: Case
    column_facts: Mapping[tuple[str, str], ColumnFacts] = field(default_factory=dict)
    archive: Path | None = None
    gathered: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # once, for whoever asks again

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The city's units by id."""
        return {unit.id: unit for unit in self.city.units}

    @cached_property
    def columns(self) -> dict[tuple[str, str], Column]:
        """The city's columns by unit and id."""
        return {(unit.id, column.id): column for unit in self.city.units for column in unit.columns}

    def day(self, moment: dt.datetime) -> dt.date:
        """The day of a moment in the city's time zone."""
        return moment.astimezone(self.case.zone).date()


def run_of(
    database: Database,
    city: City,
    law: Regulation,
    as_of: dt.date | None,
    now: dt.datetime,
    archive: Path | None = None,
) -> Run:
    """The run of one assessment; ``as_of`` None is the city's day at ``now``."""
    zone = zoneinfo.ZoneInfo(city.timezone)
    own = law.holidays
    case = Case(
        law=law,
        days=WorkingDays(off=own.days_off, worked=own.days_worked, announced=own.announced),
        as_of=as_of or now.astimezone(zone).date(),
        zone=zone,
        city=city.name,
        area=city.code,
    )
    return Run(database=database, city=city, case=case, archive=archive)
