"""The probe: does each unit's front door answer, and how fast? One GET each, fifteen seconds at most."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

from prefect import flow

from flows.harvest import HarvestReport, day_in, run_tasks
from harvesters.crawl import CrawlJob
from storage import leases, registry, settings
from storage.database import open_database
from storage.exceptions import CrawlFailed, UnknownTarget
from storage.schema import City


def unpaused(city: City, today: dt.date) -> tuple[str, ...]:
    """The units whose home pages are looked at on a calendar day of the city."""
    return tuple(unit.id for unit in city.units if unit.paused_on(today) is None)


def planned() -> CrawlJob:
    """The probe of every registered unit that is not paused, as one light crawl.

    :raises UnknownTarget: no city yet.
    """
    with closing(open_database(settings.load().database_url)) as database:
        city = registry.load_city(database)
    if city is None:
        raise UnknownTarget("there is no city in the registry; run gongkai city apply FILE first")
    return CrawlJob(name="probe", holder=leases.new_holder(), probes=unpaused(city, day_in(city)))


@flow(name="probe")
def probe() -> HarvestReport:
    """Look once at every unit's home page; outcome and seconds are kept as observations.

    :raises UnknownTarget: no city yet.
    :raises CrawlFailed: the probing itself failed; nothing is said about any unit.
    """
    report = run_tasks([planned()])
    if report.failed or report.bugs:
        raise CrawlFailed(str(report))
    return report
