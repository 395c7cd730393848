"""Corrects one unit's numbers in a frozen period, beside what was frozen.

Which verdicts were wrong: those behind findings that a person has closed or waived, or those that are given differently
now when the same day is judged again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows.compliance.formula import SILENT
from flows.compliance.regimes import of_city
from flows.periods.frozen import Frozen, Row, applied, frozen, key_of, line_of, standing
from flows.periods.judging import judged
from flows.report import known_city
from flows.reports import scoreboard
from storage import findings, periods
from storage.database import Database, utcnow
from storage.exceptions import PeriodRefused, UnknownTarget
from storage.periods import Amendment
from storage.schema import Finding, VerdictKind

_AMENDED = "amended"  # the machine word of what a person set aside


def amend(
    database: Database,
    home: Path,
    name: str,
    *,
    unit: str,
    reason: str,
    by: str,
    wrong: Sequence[str] = (),
    now: dt.datetime | None = None,
) -> Amendment:
    """Corrects the numbers of one unit in a frozen period, beside what was frozen.

    :param wrong: ids of findings that were wrong or are waived; where none are given, what is said differently now
        when the same day is judged again.
    :raises UnknownTarget: no such period is frozen, or there is no such unit or finding.
    :raises PeriodRefused: nothing is different, or a finding still stands.
    :raises ExportError: the file of the frozen verdicts is not the one that was frozen.
    """
    if not (by.strip() and reason.strip()):
        raise PeriodRefused(f"{name}: say who amends it (--by) and why (--reason)")
    kept = frozen(database, home, name)
    body = next((one for one in kept.city.units if one.id == unit), None)
    if body is None:
        raise UnknownTarget(f"--unit {unit}: there was no such unit in {name}")
    made = periods.amendments(database, name)
    rows = list(kept.rows([unit]))
    for one in made:
        if one.unit == unit:
            rows = applied(rows, one.changes)
    changes = (
        _set_aside(database, kept, unit, rows, wrong, reason)
        if wrong
        else _judged_anew(database, home, kept, unit, rows)
    )
    lines = standing(kept.board, made)["scores"]
    amended = scoreboard.replaced(lines, line_of(body, kept.formula, applied(rows, changes)))
    before, after = ({line["unit"]: line for line in some} for some in (lines, amended))
    if before[unit] == after[unit]:
        raise PeriodRefused(f"{name}: {unit}: nothing that is different now changes its numbers")
    amendment = Amendment(
        period=name,
        number=len(made) + 1,
        unit=unit,
        at=now or utcnow(),
        who=by,
        reason=reason,
        changes=tuple(changes),
        before=before[unit],
        after=after[unit],
        ranks=tuple(
            {"unit": peer, "was": before[peer]["rank"], "now": line["rank"]}
            for peer, line in after.items()
            if peer != unit and before[peer]["rank"] != line["rank"]
        ),
    )
    periods.amend(database, amendment)
    return amendment


def _change(row: Row, verdict: str, reason: str | None) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("rule", "column", "item")},
        "was": {name: row[name] for name in ("verdict", "reason")},
        "now": {"verdict": verdict, "reason": reason},
    }


def _judged_anew(database: Database, home: Path, kept: Frozen, unit: str, rows: Sequence[Row]) -> list[Row]:
    """What is said differently now of what was judged then; what was not judged then is no correction.

    What an earlier amendment set aside stays so: judged again it would say what was wrong.
    """
    city = known_city(database)
    again = judged(database, city, of_city(city.code, home), kept.period.as_of, utcnow())
    now = {key_of(row): row for row in again if row["unit"] == unit}
    pairs = ((row, now[key_of(row)]) for row in rows if key_of(row) in now and _word(row) != _AMENDED)
    return [_change(was, new["verdict"], new["reason"]) for was, new in pairs if _says(was) != _says(new)]


def _says(row: Row) -> tuple[str, str | None]:
    word = _word(row)
    return row["verdict"], word if row["verdict"] == VerdictKind.NOT_ASSESSABLE and word in SILENT else None


def _word(row: Row) -> str:
    return (row["reason"] or "").partition(":")[0]


def _set_aside(
    database: Database, kept: Frozen, unit: str, rows: Sequence[Row], wrong: Sequence[str], reason: str
) -> list[Row]:
    """The breaches behind findings that a person has closed or waived, as not applicable.

    :raises UnknownTarget: there is no such finding.
    :raises PeriodRefused: a finding is another unit's, still stands, or was no breach in the period.
    """
    by_key = {key_of(row): row for row in rows}
    changes: list[Row] = []
    for name in dict.fromkeys(wrong):
        finding = findings.get_finding(database, name)
        if finding is None:
            raise UnknownTarget(f"--finding {name}: there is no such finding")
        row = by_key.get((finding.rule, finding.column, finding.item))
        if finding.unit != unit:
            raise PeriodRefused(f"{name} is a finding of {finding.unit}, not of {unit}")
        if row is None or row["verdict"] != VerdictKind.BREACH:
            raise PeriodRefused(f"{name} ({finding.rule}) was no breach in {kept.period.name}")
        if not _settled_by_hand(finding):
            raise PeriodRefused(
                f"{name} is {finding.state}: a finding is set aside once a person has waived it, or closed it because "
                "it was wrong (gongkai finding)"
            )
        changes.append(_change(row, VerdictKind.NOT_APPLICABLE.value, f"{_AMENDED}: {reason}"))
    return changes


def _settled_by_hand(finding: Finding) -> bool:
    """Whether a person waived or closed it; what an assessment closed was mended."""
    if finding.state == findings.State.WAIVED:
        return True
    closing = next((event for event in reversed(finding.events) if event.step == "closed"), None)
    return finding.state == findings.State.CLOSED and closing is not None and closing.who != "assess"
