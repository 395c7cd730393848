"""Reports to read: the scoreboard, as lines for a terminal.

What it says comes from ``storage.scoreboard``, the same the console shows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from storage.database import Database
from storage.scoreboard import Scoreboard, scoreboard

OUTCOMES = {
    "ok": "ok",
    "ok_empty": "truly empty",
    "not_modified": "unchanged",
    "blocked": "blocked",
    "unreachable": "unreachable",
    "soft404": "gone (soft 404)",
    "structure_changed": "not recognised",
    "redirected": "redirected away",
    "shell": "empty shell",
}


def board(database: Database) -> Scoreboard:
    """The scoreboard as the store has it now."""
    return scoreboard(database)


def lines(told: Scoreboard, *, most: int | None = None) -> list[str]:
    """The scoreboard for a terminal: units by rank (``most`` of them), open findings by kind, coverage."""
    if not told.lines:
        return ["no units yet: run gongkai city apply FILE, then gongkai harvest and gongkai assess"]
    day = told.as_of.isoformat() if told.as_of else "not assessed yet"
    rows = [("rank", "unit", "", "score", "coverage", "open findings", "items")]
    shown = told.lines if most is None or len(told.lines) <= most else (*told.lines[: most - 3], None, *told.lines[-3:])
    for line in shown:
        if line is None:
            rows.append(("", f"… {len(told.lines) - most} more" if most else "", "", "", "", "", ""))
            continue
        rows.append(
            (
                str(line.rank) if line.rank else "-",
                line.name,
                line.kind,
                _percent(line.score),
                _percent(line.coverage),
                _counts(line.findings),
                str(line.items),
            )
        )
    total = sum(told.findings.values())
    looks = ", ".join(f"{count} {OUTCOMES.get(outcome, outcome)}" for outcome, count in told.looks.items())
    return [
        f"{told.city}: {len(told.lines)} units, {told.columns} columns, {told.items} items; as of {day}",
        "",
        *_table(rows, right=(0, 3, 4, 6)),
        "",
        f"open findings: {total}" + (f" ({_counts(told.findings)})" if total else ""),
        f"coverage: {_percent(told.coverage)} of what was to be judged could be judged",
        f"latest looks at columns: {looks or 'none yet'}",
    ]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}%"


def _counts(findings: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in findings.items()) or "-"


def _table(rows: Sequence[Sequence[str]], right: Sequence[int]) -> list[str]:
    widths = [max(_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    told = []
    for row in rows:
        cells = [
            " " * (width - _width(cell)) + cell if at in right else cell + " " * (width - _width(cell))
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        told.append("  ".join(cells).rstrip())
    return told


def _width(text: str) -> int:
    """Columns of a terminal that ``text`` takes: Chinese signs take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
