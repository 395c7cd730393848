"""Reports made from what is stored; nothing is fetched and nothing is judged here.

What a report says is decided in ``flows/reports``; here the store's doors are opened for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

from flows.compliance.regimes import of_city
from flows.compliance.regulation import Regulation
from flows.gathering.columns import looks_due_at
from flows.gathering.run import run_of
from flows.reports import scoreboard
from storage import findings, registry, settings
from storage.database import Database, utcnow
from storage.exceptions import UnknownTarget
from storage.schema import City, Subject


def known_city(database: Database) -> City:
    """The city of this database.

    :raises UnknownTarget: no city was applied yet.
    """
    city = registry.load_city(database)
    if city is None:
        raise UnknownTarget("no city yet: run gongkai city apply FILE, then gongkai harvest and gongkai assess")
    return city


def board(database: Database) -> scoreboard.Scoreboard:
    """The scoreboard as the store has it now.

    :raises UnknownTarget: no city was applied yet.
    :raises SettingsError: the city's regulations file says something that is not understood.
    """
    city = known_city(database)
    law = of_city(city.code, settings.load().home)
    return board_of(database, city, law, findings.iter_judged(database))


def board_of(
    database: Database, city: City, law: Regulation, verdicts: Iterable[scoreboard.Judged]
) -> scoreboard.Scoreboard:
    """The scoreboard of these verdicts, with the open findings and the looks due as the store has them now."""
    told = scoreboard.scoreboard(city, law, verdicts, findings.iter_opened(database))
    return told if told.as_of is None else replace(told, looks=looks_of(database, city, law, told.as_of))


def looks_of(database: Database, city: City, law: Regulation, as_of: dt.date) -> scoreboard.Looks:
    """The days with a good look and those on which one was due at each column, in the window that ends at ``as_of``."""
    return looks_due_at(run_of(database, city, law, as_of, utcnow()), Subject.COLUMN)


def lines(told: scoreboard.Scoreboard, *, losses: int = 0) -> Iterator[str]:
    """The scoreboard for a terminal; below each unit its heaviest ``losses``."""
    return scoreboard.lines(scoreboard.as_json(told), losses=losses)
