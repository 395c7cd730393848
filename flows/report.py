"""Reports made from what is stored; nothing is fetched and nothing is judged here.

What a report says is decided in ``flows/reports``; here the store's doors are opened for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.compliance.regimes import of_city
from flows.reports import scoreboard
from storage import findings, registry, settings
from storage.database import Database
from storage.exceptions import UnknownTarget


def board(database: Database) -> scoreboard.Scoreboard:
    """The scoreboard as the store has it now.

    :raises UnknownTarget: no city was applied yet.
    :raises SettingsError: the city's regulations file says something that is not understood.
    """
    city = registry.load_city(database)
    if city is None:
        raise UnknownTarget("no city yet: run gongkai city apply FILE, then gongkai harvest and gongkai assess")
    told = findings.iter_verdicts(database), findings.iter_findings(database, "open")
    return scoreboard.scoreboard(city, of_city(city.code, settings.load().home), *told)


def lines(told: scoreboard.Scoreboard, *, losses: int = 0) -> Iterator[str]:
    """The scoreboard for a terminal; below each unit its heaviest ``losses``."""
    return scoreboard.lines(told, losses=losses)
