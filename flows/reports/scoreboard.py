"""The scoreboard: units by rank among their kind, open findings by kind, coverage.

Stored verdicts and findings come in, one at a time; a ``Scoreboard`` goes out, and its text for a terminal. The
formula is ``flows/compliance/score.py``'s, its weights the regulation's. Nothing is judged here.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.compliance.regulation import Regulation
from flows.compliance.score import Tally, UnitScore, score
from storage.schema import City, Finding, FindingKind, Unit, UnitKind, Verdict, VerdictKind

CHINESE = {
    UnitKind.DISTRICT: "区县",
    UnitKind.DEPARTMENT: "市直部门",
    UnitKind.STATIONED: "中省驻市单位",
    UnitKind.TOWNSHIP: "乡镇街道",
}


@dataclass(frozen=True, kw_only=True)
class Scoreboard:
    """The city on one day. ``findings`` counts the open ones, by unit and kind; ``coverage`` is the columns' mean."""

    city: str
    as_of: dt.date | None
    formula: str
    scores: tuple[UnitScore, ...]
    findings: Mapping[str, Mapping[str, int]]
    verdicts: Mapping[str, int]
    columns: int
    coverage: float | None

    @property
    def totals(self) -> dict[str, int]:
        """Open findings by kind, in the order of the schema; kinds without any are left out."""
        counts: Counter[str] = Counter()
        for by_kind in self.findings.values():
            counts.update(by_kind)
        return {kind.value: counts[kind.value] for kind in FindingKind if counts[kind.value]}


def scoreboard(city: City, law: Regulation, verdicts: Iterable[Verdict], findings: Iterable[Finding]) -> Scoreboard:
    """The scoreboard of a city from its latest verdicts and its open findings."""
    tally, kinds, as_of = Tally(), Counter[str](), None
    for verdict in verdicts:
        tally.add(verdict)
        kinds[verdict.verdict.value] += 1
        as_of = verdict.as_of if as_of is None else max(as_of, verdict.as_of)
    here = {unit.id for unit in city.units}
    counted: dict[str, Counter[str]] = {}
    for finding in findings:
        if finding.closed_at is None and finding.unit in here:
            counted.setdefault(finding.unit, Counter())[finding.kind.value] += 1
    scores = score(city.units, tally, law)
    known = [(one.coverage, len(unit.columns)) for one, unit in _with_units(scores, city) if one.coverage is not None]
    columns = sum(weight for _, weight in known)
    return Scoreboard(
        city=city.name,
        as_of=as_of,
        formula=law.score.version,
        scores=scores,
        findings={unit: dict(counts) for unit, counts in counted.items()},
        verdicts={kind.value: kinds[kind.value] for kind in VerdictKind},
        columns=sum(len(unit.columns) for unit in city.units),
        coverage=sum(share * weight for share, weight in known) / columns if columns else None,
    )


def _with_units(scores: Sequence[UnitScore], city: City) -> Iterator[tuple[UnitScore, Unit]]:
    units = {unit.id: unit for unit in city.units}
    return ((one, units[one.unit]) for one in scores)


def lines(board: Scoreboard, *, losses: int = 0) -> Iterator[str]:
    """The scoreboard as text, line by line.

    :param losses: how many of each unit's losses to print below it, the heaviest first.
    """
    day = board.as_of.isoformat() if board.as_of else "nothing judged yet"
    yield f"{board.city} · {day} · score formula {board.formula}"
    present = [kind for kind in FindingKind if board.totals.get(kind.value)]
    heads = ["rank", "unit", "score", "met", "open", *(kind.value for kind in present), "not assessable", "coverage"]
    rows: list[list[str] | str] = []
    for kind in UnitKind:
        peers = [one for one in board.scores if one.kind is kind]
        if peers:
            rows.append(f"{kind.value} {CHINESE[kind]}")
        for one in peers:
            rows.append(_cells(one, board.findings.get(one.unit, {}), present))
            rows += [
                f"        −{loss.points:.1f}  {_why(loss.column, loss.why, loss.count)}" for loss in one.losses[:losses]
            ]
    yield from _table(heads, rows)
    told = ", ".join(f"{count} {kind}" for kind, count in board.totals.items()) or "none"
    yield f"open findings: {sum(board.totals.values())} ({told})" if board.totals else "open findings: none"
    said = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in board.verdicts.items())
    yield f"verdicts: {said}"
    yield f"coverage: {_percent(board.coverage)} of the looks due at {board.columns} columns"


def _cells(one: UnitScore, findings: Mapping[str, int], present: Sequence[FindingKind]) -> list[str]:
    return [
        f"{one.rank}/{one.peers}" if one.rank is not None else "–",
        one.name,
        f"{one.points:.1f}" if one.points is not None else "–",
        f"{one.met}/{one.judged}",
        str(sum(findings.values())),
        *(str(findings.get(kind.value, 0)) for kind in present),
        str(one.not_assessable),
        _percent(one.coverage),
    ]


def _why(column: str | None, why: str, count: int) -> str:
    return f"{column}: {why}" if column else f"{why} ({count})" if count > 1 else why


def _percent(share: float | None) -> str:
    """Cut, not rounded: 100 % is said only of everything."""
    return "–" if share is None else f"{int(share * 1000) / 10:g} %"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str] | str]) -> Iterator[str]:
    """Columns as wide as their widest cell; a row that is one text stands as it is. Names left, numbers right."""
    cells = [heads, *(row for row in rows if not isinstance(row, str))]
    widths = [max(_width(row[place]) for row in cells) for place in range(len(heads))]

    def laid_out(row: Sequence[str]) -> str:
        parts = []
        for place, (text, width) in enumerate(zip(row, widths, strict=True)):
            space = " " * (width - _width(text))
            parts.append(text + space if place == 1 else space + text)
        return "  ".join(parts).rstrip()

    yield laid_out(heads)
    for row in rows:
        yield row if isinstance(row, str) else laid_out(row)


def _width(text: str) -> int:
    """Columns of a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
