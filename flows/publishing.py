"""What was judged is told to the console: the rules in words, the scoreboard of the day; runs after each assessment.

The console imports nothing of the flows, so everything that follows from rules, limits and the formula is worked out
here and kept through the doors of ``storage``. Nothing is judged here, and telling twice tells the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from flows import telling_drift, telling_dues
from flows.commands.rules import book
from flows.compliance.regimes import of_city
from flows.gathering.run import run_of
from flows.report import board_of
from flows.reports import scoreboard
from storage import boards, findings, registry, rule_texts, settings
from storage.database import Database, utcnow
from storage.schema import Verdict

Cells = dict[str, dict[str, Counter[str]]]


def publish(database: Database, known: settings.Settings) -> None:
    """Tells the rules and the board of the day judged; of a database without a city nothing.

    :raises SettingsError: the city's regulations file says something that is not understood.
    """
    city = registry.load_city(database)
    if city is None:
        return
    telling_drift.tell(database, city)
    law = of_city(city.code, known.home)
    rules = book(law, city.name)
    rule_texts.tell(database, (*rules["rules"], *rules["not_judged"]))
    cells: Cells = defaultdict(lambda: defaultdict(Counter))
    told = board_of(database, city, law, _counted(findings.iter_verdicts(database), cells))
    if told.as_of is None:
        return
    run = run_of(database, city, law, told.as_of, utcnow())
    telling_dues.tell(run)
    board = {**scoreboard.as_json(told), "calendar": telling_dues.days_off(run.case)}
    lines = board.pop("scores")
    boards.tell(
        database,
        told.as_of,
        board,
        (
            boards.Standing(
                day=told.as_of,
                unit=line["unit"],
                line={name: value for name, value in line.items() if name != "losses"},
                cells={rule: dict(counts) for rule, counts in sorted(cells[line["unit"]].items())},
                losses=tuple(line["losses"]),
            )
            for line in lines
        ),
    )


def _counted(verdicts: Iterable[Verdict], cells: Cells) -> Iterator[Verdict]:
    """The verdicts as they come, counted by unit and rule on their way."""
    for one in verdicts:
        cells[one.unit][one.rule][one.verdict.value] += 1
        yield one
