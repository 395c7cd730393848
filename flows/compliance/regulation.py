"""The limits in force: a regulations file in, a checked ``Regulation`` out.

``national.yml`` beside this module holds what applies everywhere. A city's own file of the same shape is laid
over it key by key, so that it names only what differs. Everything a rule cites or compares with comes from
here; what a file says that is not understood is an error, never a default.
"""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from storage.exceptions import SettingsError
from storage.schema import ColumnKind, FindingKind, UnitKind

NATIONAL = Path(__file__).parent / "regulations" / "national.yml"

FRESHNESS_RULES = ("UP-02", "UP-03", "UP-08", "UP-09")


class RegulationError(SettingsError):
    """Raised when a regulations file cannot be read or says something that is not understood."""


class Strict(BaseModel):
    """A part of the file: unknown keys are errors, values do not change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Window(Strict):
    """How long a column may stand without a new date: whole calendar days or calendar months."""

    days: int = 0
    months: int = 0

    def due(self, newest: dt.date) -> dt.date:
        """The last day on which a column whose newest date is ``newest`` is still fresh."""
        return add_months(newest, self.months) + dt.timedelta(days=self.days)

    def __str__(self) -> str:
        return f"{self.days} days" if self.days else f"{self.months} months"


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month ``months`` later, or that month's last day where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _window(text: object) -> object:
    if not isinstance(text, str):
        return text
    found = re.fullmatch(r"([1-9]\d*) (day|month|year)s?", text.strip())
    if not found:
        raise ValueError(f'{text!r}: expected "14 days", "6 months" or "1 year"')
    number = int(found[1])
    return {"days": number} if found[2] == "day" else {"months": number * (12 if found[2] == "year" else 1)}


def _month_day(text: object) -> object:
    found = re.fullmatch(r"(\d{2})-(\d{2})", text) if isinstance(text, str) else None
    if not found:
        raise ValueError(f'{text!r}: expected month and day as "01-31"')
    dt.date(2001, int(found[1]), int(found[2]))  # a year without 29 February: the day must exist every year
    return (int(found[1]), int(found[2]))


class Sampling(Strict):
    """How a site's availability is sampled: days, probes a day, and the shares that warn and fail."""

    days: Annotated[int, Field(ge=1)] = 7
    least_probes: Annotated[int, Field(ge=1)] = 20
    slow_s: Annotated[float, Field(gt=0)] = 15.0
    warns_at: Annotated[float, Field(gt=0, le=1)] = 0.03
    fails_at: Annotated[float, Field(gt=0, le=1)] = 0.05


class SiteCount(Strict):
    """How many breaches of which rules on one site fail it, and from how many on a warning is given."""

    rules: tuple[str, ...] = ()
    fails_at: Annotated[int, Field(ge=1)] = 1
    warns_at: Annotated[int, Field(ge=1)] | None = None


class RuleText(Strict):
    """One rule's citation and its limits. Which limits apply depends on the rule."""

    title: str
    kind: FindingKind
    severity: Literal["red", "yellow"]
    basis: str
    in_force_from: dt.date
    confidence: Literal["verified", "mirrored", "local"]
    enabled: bool = True
    windows: dict[ColumnKind, Annotated[Window, BeforeValidator(_window)] | None] = Field(default_factory=dict)
    event_driven: frozenset[ColumnKind] = frozenset()
    working_days: Annotated[int, Field(ge=1)] | None = None
    columns: frozenset[ColumnKind] = frozenset()
    units: frozenset[UnitKind] = frozenset()
    due: Annotated[tuple[int, int], BeforeValidator(_month_day)] | None = None
    required: dict[UnitKind, tuple[ColumnKind, ...]] = Field(default_factory=dict)
    least: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    tolerance_days: Annotated[int, Field(ge=0)] = 0
    sampling: Sampling = Sampling()
    counts: SiteCount = SiteCount()


class Look(Strict):
    """How old a look may be, the newest and the newest whole one, and over how many days coverage is counted."""

    stale_after_days: Annotated[int, Field(ge=0)]
    whole_within_days: Annotated[int, Field(ge=0)]
    coverage_days: Annotated[int, Field(ge=1)]


class Dates(Strict):
    """How sure a date must be."""

    least_confidence: Annotated[float, Field(ge=0, le=1)]


class Weights(Strict):
    """The share of the hundred points each group of obligations has."""

    columns: Annotated[float, Field(ge=0)]
    annual_report: Annotated[float, Field(ge=0)]
    platform: Annotated[float, Field(ge=0)]
    timely_items: Annotated[float, Field(ge=0)]
    catalogue_items: Annotated[float, Field(ge=0)]


class ScoreText(Strict):
    """The published formula's version and weights."""

    version: str
    weights: Weights
    least_judged: Annotated[float, Field(ge=0, le=1)]


class Holidays(Strict):
    """Days the city keeps that the national calendar does not know, or a notice newer than the calendar's data."""

    days_off: dict[dt.date, str] = Field(default_factory=dict)
    days_worked: dict[dt.date, str] = Field(default_factory=dict)
    announced: tuple[int, ...] = ()


class Regulation(Strict):
    """Everything the rules compare with."""

    regime: str
    version: str
    look: Look
    dates: Dates
    rules: dict[str, RuleText]
    score: ScoreText
    holidays: Holidays = Holidays()

    @model_validator(mode="after")
    def _one_window_a_kind(self) -> Regulation:
        owner: dict[ColumnKind, str] = {}
        for rule in FRESHNESS_RULES:
            for kind, window in (self.rules[rule].windows if rule in self.rules else {}).items():
                if window is not None and owner.setdefault(kind, rule) != rule:
                    raise ValueError(f"column kind {kind.value} has a window in {owner[kind]} and in {rule}")
        return self

    @cached_property
    def _windows(self) -> dict[ColumnKind, tuple[str, Window]]:
        return {
            kind: (rule, window)
            for rule in FRESHNESS_RULES
            if rule in self.rules and self.rules[rule].enabled
            for kind, window in self.rules[rule].windows.items()
            if window is not None
        }

    def window(self, kind: ColumnKind) -> tuple[str, Window] | None:
        """The rule that sets this kind's window, and the window; None where the kind has none."""
        return self._windows.get(kind)

    @cached_property
    def digest(self) -> str:
        """Changes whenever anything here changes."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def _merge(base: Any, over: Any) -> Any:
    """``over`` laid on ``base``, mapping by mapping; anything else replaces what it lies on."""
    if isinstance(base, dict) and isinstance(over, dict):
        return base | {key: _merge(base.get(key), value) for key, value in over.items()}
    return over


def _read(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RegulationError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RegulationError(f"{path}: is not YAML in UTF-8: {error}") from error
    if not isinstance(data, dict):
        raise RegulationError(f"{path}: expected keys such as rules and look, found {type(data).__name__}")
    return data


def of_city(code: str, home: Path) -> Regulation:
    """The limits that hold for a city: the national ones, its own laid over them.

    :param home: the data folder; the city's own file is ``regulations/<city code>.yml`` there, if it has one.
    :raises RegulationError: the city's file says something that is not understood.
    """
    own = home / "regulations" / f"{code}.yml"
    return load(own if own.exists() else None)


def load(override: Path | None = None) -> Regulation:
    """The national regulation, with a city's own file laid over it where one is given.

    :raises RegulationError: a file is missing, is not YAML, or holds something not understood.
    """
    data = _read(NATIONAL)
    if override is not None:
        data = _merge(data, _read(override))
    try:
        regulation = Regulation.model_validate(data)
    except ValidationError as error:
        where = override or NATIONAL
        lines = [f"{where}: {'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors()]
        raise RegulationError("\n".join(lines)) from error
    return regulation
