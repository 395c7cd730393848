"""Yearly reports as they were read, and their sums, against what is true: cell by cell.

A report that is a picture can be read by nobody: it counts as right where it is told as a scan, and its figures are in
no sum. A report that is readable and was not read is missed; a figure that is not the report's own is a wrong cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.commands.truth import lines_of
from storage.addresses import address_key
from storage.annual import held, told
from storage.annual.held import HeldReport, Outcome
from storage.annual.report import report_of
from storage.database import Database


@dataclass(kw_only=True)
class AnnualCompared:
    """The counts: reports there are, those read right, figures that differ, sums of the tables that differ."""

    reports: int = 0
    read: int = 0
    wrong_cells: int = 0
    sums_wrong: int = 0
    told: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether nothing differs."""
        return not (self.reports - self.read or self.wrong_cells or self.sums_wrong)


def compare_annual(database: Database, file: Path) -> AnnualCompared:
    """What is held of yearly reports against ``annual.jsonl``; a city without one has none to compare."""
    compared = AnnualCompared()
    if not file.exists():
        return compared
    standing = {address_key(one.url): one for one in held.standing(database, source="published") if one.url}
    sums: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in lines_of(file):
        compared.reports += 1
        one = standing.get(address_key(line["url"]))
        if one is not None and _is_right(one, line, compared):
            compared.read += 1
        if line["readable"] and line["summed"]:
            for name, value in line["figures"].items():
                sums[line["year"]][name] += Decimal(value)
    _compare_sums(database, sums, compared)
    return compared


def _is_right(one: HeldReport, line: Mapping[str, Any], compared: AnnualCompared) -> bool:
    place = f"{line['unit']} {line['year']} {line['way']} {line['kind']}"
    if not line["readable"]:
        if one.outcome is not Outcome.SCANNED:
            compared.told.append(f"{place}: a scan was told as {one.outcome}: {one.detail}")
        return one.outcome is Outcome.SCANNED
    if one.outcome is not Outcome.READ or one.report is None or one.year != line["year"]:
        compared.told.append(f"{place}: {one.outcome} {one.year} {one.detail or ''}")
        return False
    report = report_of(one.report)
    wrong = [name for name, value in line["figures"].items() if report.number(name) != Decimal(value)]
    wrong += [
        name for name, figure in report.figures.items() if figure.value is not None and name not in line["figures"]
    ]
    compared.wrong_cells += len(wrong)
    if wrong:
        shown = ", ".join(f"{name} {report.number(name)} ≠ {line['figures'].get(name)}" for name in wrong[:3])
        compared.told.append(f"{place}: {len(wrong)} wrong cells: {shown}")
    return not wrong


def _compare_sums(database: Database, sums: Mapping[int, Mapping[str, Decimal]], compared: AnnualCompared) -> None:
    for year in told.years(database):
        kept = told.told(database, year)
        if kept is None or year not in sums:
            continue
        for name, one in kept[0].sums.items():
            if (one.value or 0) != sums[year].get(name, 0):
                compared.sums_wrong += 1
                compared.told.append(f"{year} {name}: summed {one.value}, true {sums[year].get(name)}")
