"""The scoreboard: units by rank among their peers, open findings by kind, coverage; every rate with its two numbers.

Stored verdicts and findings come in, one at a time, and the looks that were due at every column; a ``Scoreboard`` goes
out, as JSON (which a frozen period keeps) and from that as text for a terminal. The formula is
``flows/compliance/score.py``'s, its weights the regulation's. Nothing is judged here.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Protocol

from flows.compliance.formula import SILENT, Formula, formula_of, unplaced
from flows.compliance.regulation import Regulation
from flows.compliance.score import Group, Loss, UnitScore, ranked, score, tenths
from flows.compliance.tally import Counted, Tally, Veto
from storage.schema import City, FindingKind, PeerGroup, Unit, VerdictKind

CHINESE: Final = {
    PeerGroup.DISTRICT: "区县",
    PeerGroup.DEPARTMENT: "市直部门",
    PeerGroup.STATIONED: "中省驻市单位",
    PeerGroup.TOWNSHIP: "乡镇街道",
    PeerGroup.VERTICAL: "垂直管理单位",
}
# what of a unit's line does not follow from verdicts alone
BESIDE: Final = ("open_findings", "coverage")
Looks = Mapping[tuple[str, str | None], tuple[int, int]]


class Judged(Counted, Protocol):
    """What is read of a verdict: what is counted, and the day it was given for."""

    @property
    def as_of(self) -> dt.date: ...


class Opened(Protocol):
    """What is read of a finding."""

    @property
    def unit(self) -> str: ...
    @property
    def kind(self) -> FindingKind: ...
    @property
    def closed_at(self) -> dt.datetime | None: ...


@dataclass(frozen=True, kw_only=True)
class Scoreboard:
    """The city on one day. ``findings`` counts the open ones, by unit and kind.

    ``silent`` counts the verdicts told as advice or put before a person, by which of the two; ``looks`` are the days
    with a good look and the days on which one was due, by unit and column. ``items`` are the first and the last day of
    the verdicts on items, which stand from the day they were given.
    """

    city: City
    as_of: dt.date | None
    formula: Formula
    regulation: Mapping[str, Any]
    scores: tuple[UnitScore, ...]
    findings: Mapping[str, Mapping[str, int]]
    verdicts: Mapping[str, int]
    silent: Mapping[str, int]
    items: tuple[dt.date, dt.date] | None
    looks: Looks = field(default_factory=dict)

    @property
    def totals(self) -> dict[str, int]:
        """Open findings by kind, in the order of the schema; kinds without any are left out."""
        counts: Counter[str] = Counter()
        for by_kind in self.findings.values():
            counts.update(by_kind)
        return {kind.value: counts[kind.value] for kind in FindingKind if counts[kind.value]}

    def coverage(self, unit: Unit | None = None) -> tuple[int, int]:
        """Days with a good look, and days on which one was due, over the columns of a unit or of all units."""
        units = self.city.units if unit is None else (unit,)
        known = [self.looks.get((one.id, column.id), (0, 0)) for one in units for column in one.columns]
        return sum(good for good, _ in known), sum(due for _, due in known)


def scoreboard(
    city: City, law: Regulation, verdicts: Iterable[Judged], findings: Iterable[Opened], looks: Looks | None = None
) -> Scoreboard:
    """The scoreboard of a city from its latest verdicts and its open findings.

    The day judged is that of the verdicts that name no item: an item's stand from the day it last changed.
    """
    formula = formula_of(law)
    tally, kinds, silent = Tally(city.units, formula), Counter[str](), Counter[str]()
    afresh: set[dt.date] = set()
    items: set[dt.date] = set()
    for verdict in verdicts:
        tally.add(verdict)
        kinds[verdict.verdict.value] += 1
        (afresh if verdict.item is None else items).add(verdict.as_of)
        if verdict.verdict is VerdictKind.NOT_ASSESSABLE:
            silent[(verdict.reason or "").partition(":")[0]] += 1
    here = {unit.id for unit in city.units}
    counted: dict[str, Counter[str]] = {}
    for finding in findings:
        if finding.closed_at is None and finding.unit in here:
            counted.setdefault(finding.unit, Counter())[finding.kind.value] += 1
    return Scoreboard(
        city=city,
        as_of=max(afresh or items, default=None),
        formula=formula,
        regulation={"digest": law.digest, "regimes": dict(law.regimes)},
        scores=score(tally),
        findings={unit: dict(counts) for unit, counts in counted.items()},
        verdicts={kind.value: kinds[kind.value] for kind in VerdictKind},
        silent={word: silent[word] for word in SILENT},
        items=(min(items), max(items)) if items else None,
        looks=looks or {},
    )


# ------------------------------------------------------------------ as JSON


def as_json(board: Scoreboard) -> dict[str, Any]:
    """The whole scoreboard, JSON-safe; points with one decimal and exactly, as a fraction."""
    units = {unit.id: unit for unit in board.city.units}
    return {
        "city": board.city.name,
        "code": board.city.code,
        "as_of": board.as_of.isoformat() if board.as_of else None,
        "items_as_of": [day.isoformat() for day in board.items] if board.items else None,
        "formula": formula_json(board.formula),
        "regulation": dict(board.regulation),
        "peer_groups": [
            {
                "id": group.value,
                "chinese": CHINESE[group],
                "units": sum(one.peer_group is group for one in board.scores),
                "ranked": sum(one.peer_group is group and one.rank is not None for one in board.scores),
            }
            for group in PeerGroup
            if any(one.peer_group is group for one in board.scores)
        ],
        "scores": [
            {
                **unit_json(one, units[one.unit], board.formula),
                "open_findings": dict(board.findings.get(one.unit, {})),
                "coverage": _share(board.coverage(units[one.unit])),
            }
            for one in board.scores
        ],
        "open_findings": board.totals,
        "verdicts": dict(board.verdicts),
        "advice": board.silent.get("advice", 0),
        "review": board.silent.get("review", 0),
        "columns": sum(len(unit.columns) for unit in board.city.units),
        "coverage": _share(board.coverage()),
    }


def formula_json(formula: Formula) -> dict[str, Any]:
    """The formula with the rules that bind, each under its group or with why it is not counted."""
    text = formula.text
    return {
        "version": text.version,
        "least_judged": str(text.least_judged),
        "groups": [
            {
                "id": name,
                "name": group.name,
                "chinese": group.chinese,
                "weight": str(group.weight),
                "counts": group.counts,
                "rules": [rule for rule in formula.rules if text.group_of(rule) == name],
            }
            for name, group in text.groups.items()
        ],
        "veto": [rule for rule in formula.rules if text.is_veto(rule)],
        "uncounted": [
            {"rule": rule, "why": entry.why, "says": entry.says}
            for rule in formula.rules
            if (entry := text.left_out(rule)) is not None
        ],
        "unplaced": list(unplaced(formula)),
        "rules": {rule: {"title": title.title, "says": title.says} for rule, title in formula.rules.items()},
    }


def unit_json(one: UnitScore, unit: Unit, formula: Formula) -> dict[str, Any]:
    """One unit's line: what follows from verdicts, the city file and the formula alone."""
    columns = {column.id: column.name for column in unit.columns}
    return {
        "unit": one.unit,
        "name": one.name,
        "kind": unit.kind.value,
        "supervision": unit.supervision.value,
        "peer_group": one.peer_group.value,
        **_points(one.points),
        "rank": one.rank,
        "peers": one.peers,
        "passes": not one.vetoes,
        "met": one.met,
        "judged": one.judged,
        "not_assessable": one.not_assessable,
        "groups": [_group_json(group) for group in one.groups],
        "losses": [_loss_json(loss, columns, formula) for loss in one.losses],
        "vetoes": [_veto_json(veto, formula) for veto in one.vetoes],
    }


def replaced(lines: Sequence[Mapping[str, Any]], line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines of a scoreboard's JSON with one unit's new one, every rank worked out anew, in their order.

    What does not follow from verdicts (``BESIDE``) stays as it stood.
    """
    known = {one["unit"]: {**one} for one in lines}
    known[line["unit"]] |= line
    placed = ranked(
        UnitScore(
            unit=one["unit"],
            name=one["name"],
            peer_group=PeerGroup(one["peer_group"]),
            points=None if one["exact"] is None else Fraction(one["exact"]),
            vetoes=tuple(Veto(rule=veto["rule"], count=veto["count"]) for veto in one["vetoes"]),
        )
        for one in known.values()
    )
    return [{**known[one.unit], "rank": one.rank, "peers": one.peers} for one in placed]


def _group_json(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "chinese": group.chinese,
        "met": group.met,
        "judged": group.judged,
        "not_assessable": group.not_assessable,
        "worth": None if group.worth is None else _number(tenths(group.worth)),
        **_points(group.points),
    }


def _loss_json(loss: Loss, columns: Mapping[str, str], formula: Formula) -> dict[str, Any]:
    return {
        "group": loss.group,
        "rules": list(loss.rules),
        "title": "；".join(formula.rules[rule].title for rule in loss.rules),
        "says": " ".join(dict.fromkeys(formula.rules[rule].says for rule in loss.rules)),
        "column": loss.column,
        "column_name": columns.get(loss.column) if loss.column is not None else None,
        "item": loss.item,
        "items": list(loss.items),
        "count": loss.count,
        **_points(loss.points),
        "each": _exact(loss.points / loss.count),
    }


def _veto_json(veto: Veto, formula: Formula) -> dict[str, Any]:
    title = formula.rules[veto.rule]
    return {
        "rule": veto.rule,
        "title": title.title,
        "says": title.says,
        "count": veto.count,
        "columns": list(veto.columns),
        "items": list(veto.items),
    }


def _points(points: Fraction | None) -> dict[str, Any]:
    return {
        "points": None if points is None else _number(tenths(points)),
        "exact": None if points is None else _exact(points),
    }


def _exact(points: Fraction) -> str:
    return f"{points.numerator}/{points.denominator}"


def _number(shown: Decimal) -> float:
    return float(shown)  # one decimal: the float that prints as it


def _share(counts: tuple[int, int]) -> dict[str, Any] | None:
    good, due = counts
    return {"good": good, "due": due, "percent": good * 1000 // due / 10} if due else None


# ------------------------------------------------------------------ as text


def lines(told: Mapping[str, Any], *, losses: int = 0) -> Iterator[str]:
    """A scoreboard's JSON as text, line by line.

    :param losses: how many of each unit's losses to print below it, the heaviest first; what fails a site comes first.
    """
    day = told["as_of"] or "nothing judged yet"
    yield f"{told['city']} · {day} · score formula {told['formula']['version']}"
    present = list(told["open_findings"])
    fails = any(not one["passes"] for one in told["scores"])
    heads = ["rank", "unit", "score", *(["veto"] if fails else []), "met", "open", *present]
    heads += ["not assessable", "coverage"]
    rows: list[list[str] | str] = []
    for group in told["peer_groups"]:
        apart = " · listed apart" if group["id"] == PeerGroup.VERTICAL else ""
        rows.append(f"{group['id']} {group['chinese']}{apart}")
        for one in told["scores"]:
            if one["peer_group"] == group["id"]:
                rows.append(_cells(one, present, fails=fails))
                rows += _why(one, losses)
    yield from _table(heads, rows)
    opened = told["open_findings"]
    kinds = ", ".join(f"{count} {kind}" for kind, count in opened.items())
    yield f"open findings: {sum(opened.values())} ({kinds})" if opened else "open findings: none"
    said = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in told["verdicts"].items())
    aside = [f"{told[word]} {words}" for word, words in _ASIDE if told[word]]
    yield f"verdicts: {said}" + (f" ({', '.join(aside)})" if aside else "")
    yield f"coverage: {_covered(told['coverage'])} looks due at {told['columns']} columns"
    if told["formula"]["unplaced"]:
        yield f"not in the formula: {', '.join(told['formula']['unplaced'])}; give each a place in score.yml"


_ASIDE: Final = (("advice", "told as advice"), ("review", "put before a person"))


def _cells(one: Mapping[str, Any], present: Sequence[str], *, fails: bool) -> list[str]:
    findings = one["open_findings"]
    veto = "不合格" if not one["passes"] else ""
    share = one["coverage"]
    return [
        f"{one['rank']}/{one['peers']}" if one["rank"] is not None else "–",
        one["name"],
        f"{one['points']:.1f}" if one["points"] is not None else "–",
        *([veto] if fails else []),
        f"{one['met']}/{one['judged']}",
        str(sum(findings.values())),
        *(str(findings.get(kind, 0)) for kind in present),
        str(one["not_assessable"]),
        f"{share['good']}/{share['due']}" if share else "–",
    ]


def _why(one: Mapping[str, Any], losses: int) -> Iterator[str]:
    if not losses:
        return
    for veto in one["vetoes"]:
        times = f" ({veto['count']})" if veto["count"] > 1 else ""
        yield f"        veto   {veto['rule']}  {veto['title']}{times} · {veto['says']}"
    for loss in one["losses"][:losses]:
        where = f" {loss['column']} {loss['column_name'] or ''}".rstrip() if loss["column"] else ""
        where += f" {loss['item']}" if loss["item"] and not loss["column"] else ""
        times = f" ({loss['count']})" if loss["count"] > 1 else ""
        points = f"−{loss['points']:.1f}" if loss["points"] else "<0.1"
        yield f"        {points}  {'+'.join(loss['rules'])}{where}  {loss['title']}{times} · {loss['says']}"


def _covered(share: Mapping[str, Any] | None) -> str:
    """Cut, not rounded: 100 % is said only of everything."""
    return "no" if share is None else f"{share['good']} of {share['due']} ({share['percent']:g} %)"


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
