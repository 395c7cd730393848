"""The limits in force, as the rules see them: a ``Regulation`` with one ``RuleText`` a rule.

Everything a rule cites or compares with is here; ``regimes.py`` reads it from the files. What every rule's entry
says is ``RuleText``; a rule with limits of its own names them in a subclass beside its ``judge``. What a file says
that is not understood is an error, never a default.
"""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import json
import re
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializeAsAny,
    model_serializer,
    model_validator,
)

from storage.exceptions import SettingsError
from storage.schema import Column, ColumnKind, FindingKind, Supervision, Unit, UnitKind

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

    @model_serializer
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


WindowIn = Annotated[Window, BeforeValidator(_window)]


def _month_day(text: object) -> object:
    found = re.fullmatch(r"(\d{2})-(\d{2})", text) if isinstance(text, str) else None
    if not found:
        raise ValueError(f'{text!r}: expected month and day as "01-31"')
    dt.date(2001, int(found[1]), int(found[2]))  # a year without 29 February: the day must exist every year
    return (int(found[1]), int(found[2]))


MonthDay = Annotated[
    tuple[int, int], BeforeValidator(_month_day), PlainSerializer(lambda day: f"{day[0]:02d}-{day[1]:02d}")
]


class RuleText(Strict):
    """What every rule's entry says: its citation, how sure we are of it, whom it applies to.

    ``confidence``: how the text is known (verified: read; mirrored: read on a re-typed copy, the numbers hold; local:
    practice of named places; inferred: ours; memory: numbers uncertain). ``advice``: what it finds is told to the
    office and held against nobody until the city adopts it with ``advice: false``. ``units``, ``columns``,
    ``supervision``: whom it asks anything of; empty means everyone. ``first_level``: only columns of the first level.
    """

    title: str
    kind: FindingKind
    severity: Literal["red", "yellow"]
    basis: str
    in_force_from: dt.date
    confidence: Literal["verified", "mirrored", "local", "inferred", "memory"]
    enabled: bool = True
    advice: bool = False
    units: frozenset[UnitKind] = frozenset()
    supervision: frozenset[Supervision] = frozenset()
    columns: frozenset[ColumnKind] = frozenset()
    first_level: bool = False
    regime: str = ""

    def asks_unit(self, unit: Unit) -> bool:
        """Whether the rule asks anything of such a unit."""
        return (not self.units or unit.kind in self.units) and (
            not self.supervision or unit.supervision in self.supervision
        )

    def asks_column(self, column: Column) -> bool:
        """Whether the rule asks anything of such a column, or of what stands in it."""
        return (not self.columns or column.kind in self.columns) and (column.first_level or not self.first_level)


class Warned(RuleText):
    """The part of an entry that says when a warning comes before a window ends.

    After ``warns_after``, or once more than the share ``warns_at`` of the window is used up.
    """

    warns_after: WindowIn | None = None
    warns_at: Annotated[float, Field(gt=0, lt=1)] | None = None

    def warning(self, window: Window, newest: dt.date, on: dt.date) -> str | None:
        """The warning to be given on a day on which the newest date is still within its window; None before it is."""
        due = window.due(newest)
        if self.warns_after is not None:
            near = on > self.warns_after.due(newest)
        else:
            near = self.warns_at is not None and (on - newest).days > self.warns_at * (due - newest).days
        if not near:
            return None
        return f"{(on - newest).days} days since {newest.isoformat()}; due by {due.isoformat()}"


class WindowText(Warned):
    """The entry of a freshness rule: a window for each kind of column it judges."""

    windows: dict[ColumnKind, WindowIn | None] = Field(default_factory=dict)


TextT = TypeVar("TextT", bound=RuleText)


class Look(Strict):
    """How old a look may be, the newest and the newest whole one, and over how many days coverage is counted."""

    stale_after_days: Annotated[int, Field(ge=0)]
    whole_within_days: Annotated[int, Field(ge=0)]
    coverage_days: Annotated[int, Field(ge=1)]


class Dates(Strict):
    """How sure a date must be."""

    least_confidence: Annotated[float, Field(ge=0, le=1)]


RuleIds = tuple[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]*\*?$")], ...]


class ScoreGroup(Strict):
    """One group of obligations: its share of the hundred points, the rules it counts, and how.

    ``counts``: ``columns`` one obligation a column, ``items`` one an item, each the gravest of what the rules say of
    it; ``unit`` one a verdict. ``rules`` and ``found`` are ids, or the beginning of ids and ``*``. Of the rules in
    ``found`` only breaches count: what is in order is not recorded for each item.
    """

    name: str
    chinese: str
    weight: Annotated[Decimal, Field(ge=0)]
    counts: Literal["columns", "unit", "items"]
    rules: RuleIds
    found: RuleIds = ()


class Uncounted(Strict):
    """Rules that cost no points, and the reason in Chinese (``why``) and English (``says``)."""

    rules: RuleIds
    why: Annotated[str, Field(min_length=1)]
    says: Annotated[str, Field(min_length=1)]


class ScoreText(Strict):
    """The published formula: its version, its groups, the rules that fail a site whole, the rules it leaves out.

    A rule belongs where the longest of the patterns stands that fit it; the same pattern in two places is an error.
    """

    version: Literal["2"]
    least_judged: Annotated[Decimal, Field(ge=0, le=1)]
    groups: Annotated[dict[str, ScoreGroup], Field(min_length=1)]
    veto: RuleIds
    uncounted: dict[str, Uncounted]

    @model_validator(mode="after")
    def _one_place_a_pattern(self) -> ScoreText:
        seen: set[str] = set()
        for pattern, _, _ in self._patterns:
            if pattern in seen:
                raise ValueError(f"score: {pattern} stands in two places")
            seen.add(pattern)
        return self

    @cached_property
    def _patterns(self) -> tuple[tuple[str, str | None, Uncounted | None], ...]:
        """Every pattern with its group, or with why it is not counted; the longest first."""
        groups = [
            (pattern, name, None) for name, group in self.groups.items() for pattern in (*group.rules, *group.found)
        ]
        left_out = [(pattern, None, entry) for entry in self.uncounted.values() for pattern in entry.rules]
        return tuple(sorted((*groups, *left_out), key=lambda found: -len(found[0])))

    def group_of(self, rule: str) -> str | None:
        """The group that counts the rule; None where none does."""
        return next((group for pattern, group, _ in self._patterns if _fits(rule, pattern)), None)

    def left_out(self, rule: str) -> Uncounted | None:
        """Why the rule is not counted; None where it is, or where nothing is said of it."""
        return next((entry for pattern, _, entry in self._patterns if _fits(rule, pattern)), None)

    def counts_breaches_only(self, rule: str) -> bool:
        """Whether only the rule's breaches count in its group."""
        fitting = [pattern for pattern, _, _ in self._patterns if _fits(rule, pattern)]
        return bool(fitting) and any(fitting[0] in group.found for group in self.groups.values())

    def is_veto(self, rule: str) -> bool:
        """Whether a breach of the rule fails the site whole, whatever its points."""
        return any(_fits(rule, pattern) for pattern in self.veto)


def _fits(rule: str, pattern: str) -> bool:
    return rule.startswith(pattern[:-1]) if pattern.endswith("*") else rule == pattern


class Holidays(Strict):
    """Days the city keeps that the national calendar does not know, or a notice newer than the calendar's data."""

    days_off: dict[dt.date, str] = Field(default_factory=dict)
    days_worked: dict[dt.date, str] = Field(default_factory=dict)
    announced: tuple[int, ...] = ()


class Regulation(Strict):
    """Everything the rules compare with. ``regimes``: the files it was read from, with their versions."""

    regimes: dict[str, str]
    look: Look
    dates: Dates
    rules: dict[str, SerializeAsAny[RuleText]]
    score: ScoreText
    holidays: Holidays = Holidays()

    @model_validator(mode="after")
    def _one_window_a_kind(self) -> Regulation:
        owner: dict[ColumnKind, str] = {}
        for rule, text in self._window_texts():
            for kind, window in text.windows.items():
                if window is not None and owner.setdefault(kind, rule) != rule:
                    raise ValueError(f"column kind {kind.value} has a window in {owner[kind]} and in {rule}")
        return self

    def _window_texts(self) -> list[tuple[str, WindowText]]:
        texts = [(rule, self.rules.get(rule)) for rule in FRESHNESS_RULES]
        return [(rule, text) for rule, text in texts if isinstance(text, WindowText)]

    @cached_property
    def _windows(self) -> dict[ColumnKind, tuple[str, Window]]:
        return {
            kind: (rule, window)
            for rule, text in self._window_texts()
            if text.enabled
            for kind, window in text.windows.items()
            if window is not None
        }

    def window(self, kind: ColumnKind) -> tuple[str, Window] | None:
        """The rule that sets this kind's window, and the window; None where the kind has none."""
        return self._windows.get(kind)

    def text(self, rule: str, kind: type[TextT]) -> TextT:
        """The entry of a rule with limits of its own."""
        text = self.rules[rule]
        assert isinstance(text, kind), f"{rule} is not a {kind.__name__}"
        return text

    @cached_property
    def canonical(self) -> str:
        """The whole as JSON in one spelling: the same on every machine and in every process."""
        return json.dumps(_plain(self.model_dump()), ensure_ascii=False, separators=(",", ":"))

    def limits(self, rule: str) -> dict[str, Any]:
        """What a rule compares with, beyond what every entry says; JSON-safe, windows as they are written."""
        text = self.rules[rule]
        own = type(text).model_fields.keys() - RuleText.model_fields.keys()
        said: dict[str, Any] = _plain(text.model_dump(include=set(own)))
        return {name: value for name, value in said.items() if value not in (None, {}, [], False)}

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of ``canonical``: changes whenever anything here changes, and only then."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """``value`` of types that JSON has; a set becomes a sorted list, for its own order differs between processes."""
    if isinstance(value, dict):
        return {str(_plain(key)): _plain(part) for key, part in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(_plain(part) for part in value)
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, StrEnum | Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, dt.date) else value
