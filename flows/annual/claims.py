"""What units' reports say they published, held against what the catalogue has of it: pure.

Nobody is accused by it: a list may hold more than the year's own, and a document may stand elsewhere. So both numbers
are told, and none is told as found where the columns it would stand in were not seen to their end after the year.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from storage.annual.report import Report
from storage.annual.rollup import Claim
from storage.catalogue import Validity, YearCount
from storage.schema import Column, ColumnKind, Unit

# figure → the kind of column in which what it counts stands; those of this year, or all that hold at its end
OF_YEAR: Final = {
    "2/normative/made": ColumnKind.NORMATIVE,
    "2/permits/decisions": ColumnKind.PERMITS,
    "2/penalties/decisions": ColumnKind.PENALTIES,
}
IN_FORCE: Final = {"2/normative/in_force": ColumnKind.NORMATIVE}
_REPEALED: Final = re.compile(r"失效|废止|无效|终止|撤销")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the catalogue has: ``seen`` is the day on which each column was last seen to its end."""

    counts: Sequence[YearCount]
    validity: Sequence[Validity]
    seen: Mapping[tuple[str, str], dt.date]


def claims(year: int, reports: Mapping[str, Report], units: Iterable[Unit], found: Found) -> tuple[Claim, ...]:
    """The numbers that units claim beside what was found, in the order of the units and figures."""
    told: list[Claim] = []
    for unit in units:
        report = reports.get(unit.id)
        if report is None:
            continue
        for what, kind in (*OF_YEAR.items(), *IN_FORCE.items()):
            claimed = report.number(what)
            if claimed is not None:
                columns = [column for column in unit.columns if column.kind is kind]
                told.append(_claim(unit, what, claimed, columns, year, found))
    return tuple(told)


def _claim(unit: Unit, what: str, claimed: Decimal, columns: Sequence[Column], year: int, found: Found) -> Claim:
    if not columns:
        return Claim(unit=unit.id, what=what, claimed=claimed, found=None, why="no_column: no such column is known")
    unseen = [one.name for one in columns if found.seen.get((unit.id, one.id), dt.date.min) <= dt.date(year, 12, 31)]
    if unseen:
        why = f"not_seen_since: not seen to the end since the year was over: {', '.join(unseen)}"
        return Claim(unit=unit.id, what=what, claimed=claimed, found=None, why=why)
    here = {one.id for one in columns}
    some: Iterable[YearCount | Validity] = (
        found.counts if what in OF_YEAR else (one for one in found.validity if not _REPEALED.search(one.validity or ""))
    )
    count = sum(one.count for one in some if one.unit == unit.id and one.column in here)
    return Claim(unit=unit.id, what=what, claimed=claimed, found=count)
