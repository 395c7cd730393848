"""What was judged is told to the console: the rules in words, the scoreboard of the day; runs after each assessment.

The console imports nothing of the flows, so everything that follows from rules, limits and the formula is worked out
here and kept through the doors of ``storage``. Nothing is judged here, and telling twice tells the same. What was told
already is not worked out again: a few numbers say what it followed from.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from flows import telling_dues
from flows.commands.rules import book
from flows.compliance.regimes import of_city
from flows.compliance.regulation import Regulation
from flows.compliance.score import tenths
from flows.gathering.run import run_of
from flows.report import board_of, looks_of
from flows.reports import scoreboard
from storage import boards, catalogue, findings, progress, registry, rule_texts, settings
from storage.database import Database, dumps, utcnow
from storage.findings import Judged
from storage.schema import City, VerdictKind

STAGE = "publish"
Cells = dict[str, dict[str, Counter[VerdictKind]]]


def publish(database: Database, known: settings.Settings) -> None:
    """Tells the rules and the board of the day judged; of a database without a city nothing.

    :raises SettingsError: the city's regulations file says something that is not understood.
    """
    city = registry.load_city(database)
    if city is None:
        return
    law = of_city(city.code, known.home)
    rules = book(law, city.name)
    rule_texts.tell(database, (*rules["rules"], *rules["not_judged"]))
    _tell_where_different(database, city, law, rules["rules"])
    if (board := boards.latest(database)) is not None:
        telling_dues.tell(run_of(database, city, law, board.day, utcnow()))


def _tell_where_different(database: Database, city: City, law: Regulation, rules: Sequence[Mapping[str, Any]]) -> None:
    """Tells the board unless everything it follows from is as it was when it was told last."""
    before, changes = progress.read(database, STAGE), findings.changes(database)
    if before and before["changes"] == changes:
        day = dt.date.fromordinal(before["day"])
        if before["rest"] == _rest(city, law, rules, _opened(database), looks_of(database, city, law, day)):
            return
    if (told := tell_board(database, city, law)) is not None and told.as_of is not None:
        rest = _rest(city, law, rules, told.findings, told.looks)
        progress.note(database, STAGE, {"changes": changes, "day": told.as_of.toordinal(), "rest": rest})


def tell_board(database: Database, city: City, law: Regulation) -> scoreboard.Scoreboard | None:
    """Tells the board of the day judged; None where nothing was judged yet."""
    cells: Cells = defaultdict(lambda: defaultdict(Counter))
    told = board_of(database, city, law, _counted(findings.iter_judged(database), cells))
    if told.as_of is None:
        return None
    run = run_of(database, city, law, told.as_of, utcnow())
    board = {**scoreboard.as_json(told), "calendar": telling_dues.days_off(run.case)}
    lines = board.pop("scores")
    boards.tell(
        database,
        told.as_of,
        board | {"trend": _trend(told), "items": catalogue.count_items(database, withdrawn=False)},
        (
            boards.Standing(
                day=told.as_of,
                unit=line["unit"],
                line={name: value for name, value in line.items() if name != "losses"},
                cells={
                    rule: {kind.value: counts[kind] for kind in VerdictKind if counts[kind]}
                    for rule, counts in sorted(cells[line["unit"]].items())
                },
                losses=tuple(line["losses"]),
            )
            for line in lines
        ),
    )
    return told


def _trend(told: scoreboard.Scoreboard) -> dict[str, Any]:
    """What a curve over many days needs of each, so that no line of a unit is read for it."""
    points = {one.unit: one.points for one in told.scores if one.points is not None}
    mean = tenths(sum(points.values(), Fraction(0)) / len(points)) if points else None
    return {
        "points": {unit: float(tenths(one)) for unit, one in points.items()},
        "mean": None if mean is None else float(mean),
        "units": len(told.scores),
    }


def _counted(verdicts: Iterable[Judged], cells: Cells) -> Iterator[Judged]:
    """The verdicts as they come, counted by unit and rule on their way."""
    for one in verdicts:
        cells[one.unit][one.rule][one.verdict] += 1
        yield one


def _opened(database: Database) -> dict[str, Counter[str]]:
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for one in findings.iter_opened(database):
        counted[one.unit][one.kind.value] += 1
    return counted


def _rest(
    city: City,
    law: Regulation,
    rules: Iterable[Mapping[str, Any]],
    opened: Mapping[str, Mapping[str, int]],
    looks: scoreboard.Looks,
) -> int:
    """What a board follows from beside the verdicts, as a number that the database can keep."""
    here = {unit.id for unit in city.units}
    known = [
        law.digest,
        repr(city),
        list(rules),
        sorted((unit, sorted(kinds.items())) for unit, kinds in opened.items() if unit in here),
        sorted((unit, column or "", *days) for (unit, column), days in looks.items()),
    ]
    return int(hashlib.sha256(dumps(known).encode("utf-8", "replace")).hexdigest()[:15], 16)
