"""What runs when: one table, carried alike by ``gongkai up`` and by ``deploy/prefect.yaml``.

The table fires often and at fixed minutes; what is due is decided from what was looked at last, so a run that was
missed (machine off, network down) is made good by the next one. News-like columns are due every hour. The others
are due once a day, each unit at an hour of its own that follows from its id: neighbours on one host do not pile up,
and the city is spread over the day. Once a week, on a day of its own, a unit's lists are walked to their end,
because late documents with early dates land deep in them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import yaml
from prefect import flow, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.flows import load_flow_from_entrypoint
from prefect.types.entrypoint import EntrypointType

from storage import observations, registry, settings
from storage.database import open_database
from storage.exceptions import CrawlFailed
from storage.schema import City, Column, ColumnKind, Observation, Subject

TIMEZONE = "Asia/Shanghai"
WORK_POOL = "gongkai"

# kinds with a freshness limit of days, or in which the office wants to see things the hour they appear
HOURLY_KINDS = frozenset(
    {ColumnKind.NEWS, ColumnKind.ACTIVITY, ColumnKind.NOTICES, ColumnKind.EMERGENCY, ColumnKind.CONSULTATION}
)
HOURLY_SLACK = dt.timedelta(minutes=50)  # a column looked at by hand a moment ago is left alone


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """One line of the table. ``cron`` is read in ``TIMEZONE``; ``interval_s`` is for tests and trials."""

    name: str
    entrypoint: str  # module path of a flow
    description: str
    cron: str | None = None
    interval_s: float | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


SCHEDULES = (
    Schedule(
        name="harvest",
        entrypoint="flows.schedule.harvest_due",
        cron="7 * * * *",
        description="Harvests what is due: news-like columns hourly, others daily, full passes weekly; then assesses.",
    ),
    Schedule(
        name="probe",
        entrypoint="flows.probe.probe",
        cron="*/30 7-19 * * *",
        description="Looks whether every unit's home page answers, in the hours in which the public comes.",
    ),
    Schedule(
        name="assess",
        entrypoint="flows.assess.assess",
        cron="20 0 * * *",
        description="Judges the new day: limits pass at midnight, also where nothing was harvested.",
    ),
    Schedule(
        name="deliver",
        entrypoint="flows.deliver.deliver",
        cron="*/5 * * * *",
        description="Hands what changed to the receivers.",
    ),
    Schedule(
        name="reconcile",
        entrypoint="flows.deliver.reconcile",
        cron="40 2 * * *",
        description="Compares what the receivers hold with what they should hold; the drift is kept, nothing is sent.",
    ),
    Schedule(
        name="index",
        entrypoint="flows.index.index",
        cron="3-59/10 * * * *",
        description="Brings the search index up to the catalogue.",
    ),
    Schedule(
        name="notify",
        entrypoint="flows.notify.notify",
        cron="4-59/5 * * * *",
        description="Tells who must act: units, the office, the operator, each by their channels.",
    ),
    Schedule(
        name="requests",
        entrypoint="flows.requests.answer_requests",
        cron="* * * * *",
        description="Does what the console asked for.",
    ),
)


# ------------------------------------------------------------------ what is due


@dataclass(frozen=True, kw_only=True)
class Due:
    """Columns to harvest now, as ``(unit, column)``, apart by how far their lists are walked."""

    quick: tuple[tuple[str, str], ...]
    full: tuple[tuple[str, str], ...]


def due(city: City, latest: Mapping[tuple[str, str | None], Observation], now: dt.datetime) -> Due:
    """Which columns of ``city`` are due at ``now``, given the latest look at each."""
    quick, full = [], []
    zone = zoneinfo.ZoneInfo(city.timezone)
    for unit in city.units:
        daily, weekly = last_slots(unit.id, now, zone)
        for column in unit.columns:
            look = latest.get((unit.id, column.id))
            if look is None or look.at < weekly:
                full.append((unit.id, column.id))
            elif look.at < (now - HOURLY_SLACK if is_hourly(column, city) else daily):
                quick.append((unit.id, column.id))
    return Due(quick=tuple(quick), full=tuple(full))


def is_hourly(column: Column, city: City) -> bool:
    """Whether ``column`` is looked at every hour: as its city file says, else by its kind."""
    if column.harvest is not None:
        return column.harvest == "hourly"
    return city.harvest == "hourly" or column.kind in HOURLY_KINDS


def last_slots(unit: str, now: dt.datetime, zone: dt.tzinfo) -> tuple[dt.datetime, dt.datetime]:
    """When ``unit`` was last due for its daily look and for its weekly full pass, both at or before ``now``."""
    number = int.from_bytes(hashlib.sha256(unit.encode()).digest()[:4])
    local = now.astimezone(zone)
    slot = local.replace(hour=number % 24, minute=0, second=0, microsecond=0)
    if slot > local:
        slot -= dt.timedelta(days=1)
    weekday = number // 24 % 7
    return slot, slot - dt.timedelta(days=(slot.weekday() - weekday) % 7)


@flow(name="harvest-due")
def harvest_due() -> None:
    """Harvests what is due now, then assesses what was seen, also where a part of the harvest failed.

    :raises CrawlFailed: a crawl failed; what was stored is kept and the next run goes on.
    """
    from flows.assess import assess
    from flows.harvest import harvest

    with closing(open_database(settings.load().database_url)) as database:
        city = registry.load_city(database)
        if city is None:
            return
        wanted = due(city, observations.latest_by_column(database, Subject.COLUMN), dt.datetime.now(dt.UTC))
    failed: list[str] = []
    for targets, full in ((wanted.full, True), (wanted.quick, False)):
        if targets:
            try:
                harvest(
                    units=sorted({unit for unit, _ in targets}),
                    columns=[f"{unit}/{column}" for unit, column in targets],
                    full=full,
                )
            except CrawlFailed as problem:
                failed.append(str(problem))
    assess()
    if failed:
        raise CrawlFailed("\n".join(failed))


# ------------------------------------------------------------------ the table as Prefect wants it


def deployments(table: Iterable[Schedule] = SCHEDULES) -> list[RunnerDeployment]:
    """The table as deployments to serve from this process."""
    made = []
    for entry in table:
        found: Any = load_flow_from_entrypoint(entry.entrypoint)
        made.append(
            found.to_deployment(
                entry.name,
                cron=entry.cron if entry.interval_s is None else None,
                interval=entry.interval_s,
                parameters=dict(entry.parameters),
                description=entry.description,
                paused=False,
                # a run that outlasts its interval is not joined by a second one
                concurrency_limit=ConcurrencyLimitConfig(
                    limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
                ),
                entrypoint_type=EntrypointType.MODULE_PATH,
            )
        )
    for deployment in made:
        for schedule in deployment.schedules or ():
            if getattr(schedule.schedule, "cron", None):
                schedule.schedule.timezone = TIMEZONE
    return made


def prefect_file(table: Sequence[Schedule] = SCHEDULES) -> str:
    """The table as the text of ``deploy/prefect.yaml``, for a Prefect server of one's own with workers."""
    told = {
        "name": "gongkai",
        "deployments": [
            {
                "name": entry.name,
                "description": entry.description,
                "entrypoint": entry.entrypoint,
                "parameters": dict(entry.parameters),
                "concurrency_limit": {"limit": 1, "collision_strategy": "CANCEL_NEW"},
                "schedules": [{"cron": entry.cron, "timezone": TIMEZONE}],
                "work_pool": {"name": WORK_POOL},
            }
            for entry in table
        ],
    }
    head = (
        "# Written by `python -m flows.schedule --prefect-file`; the table stands in flows/schedule.py.\n"
        "# For a Prefect server of one's own: prefect work-pool create gongkai --type process,\n"
        "# prefect deploy --all --prefect-file deploy/prefect.yaml, prefect worker start --pool gongkai.\n"
    )
    text: str = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=120)
    return head + text


def main() -> None:
    """Serves the table against the server ``PREFECT_API_URL`` names, until stopped; or prints the Prefect file."""
    if "--prefect-file" in sys.argv[1:]:
        sys.stdout.write(prefect_file())
        return
    serve(*deployments(), print_starting_message=False, limit=4)


if __name__ == "__main__":
    main()
