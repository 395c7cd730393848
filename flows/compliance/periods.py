"""The periods a score is frozen for: ``2026-10`` a month, ``2026-Q3`` a quarter, ``2026`` a year."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from flows.compliance.regulation import add_months
from storage.exceptions import UnknownTarget

_NAME = re.compile(r"([12]\d{3})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?")
_ORDINALS = "一二三四"


@dataclass(frozen=True, kw_only=True)
class Span:
    """A period by its name: its first and last day, and how it is called in Chinese."""

    name: str
    chinese: str
    first: dt.date
    last: dt.date


def span_of(name: str) -> Span:
    """The period of that name.

    :raises UnknownTarget: it is no name of a period.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise UnknownTarget(f"{name!r} is no period: expected a month (2026-10), a quarter (2026-Q3) or a year (2026)")
    year, month, quarter = found.groups()
    if month:
        chinese, begins, months = f"{year}年{int(month)}月", int(month), 1
    elif quarter:
        chinese, begins, months = f"{year}年第{_ORDINALS[int(quarter) - 1]}季度", 3 * int(quarter) - 2, 3
    else:
        chinese, begins, months = f"{year}年", 1, 12
    first = dt.date(int(year), begins, 1)
    return Span(name=name, chinese=chinese, first=first, last=add_months(first, months) - dt.timedelta(days=1))
