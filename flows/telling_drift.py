"""Signs that columns are no longer read as they were: gathered for the whole city, and told to the console."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from flows.drift import LOOKS, Drift, drifts_of
from storage import catalogue, drift_told, observations
from storage.database import Database
from storage.schema import City, Subject

NEW_ITEMS_DAYS = 30  # items first seen since are the new ones, when shares of fields are compared


def drifts(database: Database, city: City) -> list[Drift]:
    """The signs at every column of the city that is looked at, in the order of the registry."""
    now = dt.datetime.now(dt.UTC)
    today = now.astimezone(zoneinfo.ZoneInfo(city.timezone)).date()
    homes = observations.latest_good_by_column(database, Subject.HOME)
    fields: dict[str, dict[str, catalogue.FieldCounts]] = {}
    for counts in catalogue.field_counts(database, now - dt.timedelta(days=NEW_ITEMS_DAYS)):
        fields.setdefault(counts.unit, {})[counts.column] = counts
    found: list[Drift] = []
    for unit in city.units:
        names = [column.id for column in unit.columns]
        looks = observations.recent_good(database, Subject.COLUMN, unit.id, names, LOOKS)
        told = drifts_of(unit, looks, home=homes.get((unit.id, None)), fields=fields.get(unit.id, {}), today=today)
        found += [one for one in told if unit.paused_on(today, one.column) is None]
    return found


def tell(database: Database, city: City) -> None:
    """Tells the signs in place of those told before."""
    drift_told.tell(
        database,
        (
            drift_told.Sign(
                unit=one.unit, column=one.column, what=one.what, was=one.was, now=one.now, proposal=one.proposal
            )
            for one in drifts(database, city)
        ),
    )
