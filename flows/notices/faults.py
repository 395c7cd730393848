"""What is amiss on our side, from what the store holds of looks, receivers, channels and runs. Pure.

Nothing is told before it lasted: a look, a receiver or a channel that failed once may be well at the next try. No fault
says anything about a unit; ``unit`` is only where the operator has to look.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flows.notices.channels import Limits
from storage.catalogue import Held
from storage.console import texts
from storage.notices import Channel, Fault
from storage.observations import Row
from storage.outbox import Receiving
from storage.schema import City, Subject

LANGUAGE: texts.Language = "zh"


@dataclass(frozen=True, kw_only=True)
class Run:
    """The last run of a flow that ended."""

    flow: str
    failed: bool
    at: dt.datetime
    said: str = ""


def of_looks(
    city: City, failing: Mapping[Subject, Mapping[tuple[str, str | None], Row]], limits: Limits
) -> Iterator[Fault]:
    """Columns and home pages that could not be observed at so many looks in a row, by the registry's order."""
    for unit in city.units:
        places: list[tuple[Subject, str | None, str, str]] = [
            (Subject.COLUMN, column.id, column.name, column.url) for column in unit.columns
        ]
        places.append((Subject.HOME, None, texts.text(LANGUAGE, "home_page"), unit.home))
        for subject, column, name, url in places:
            row = failing.get(subject, {}).get((unit.id, column))
            if row is None or row.count < limits.looks:
                continue
            outcome = row.last.outcome.value
            yield Fault(
                key=f"unobserved:{unit.id}/{column or ''}",
                kind="unobserved",
                unit=unit.id,
                since=row.since,
                facts={
                    "unit_name": unit.name,
                    "place": name,
                    "url": url,
                    "count": row.count,
                    "outcome": texts.word(LANGUAGE, "outcome", outcome),
                    "advice": texts.advice(LANGUAGE, outcome, row.last.reason),
                },
            )


def of_held(city: City, held: Iterable[Held]) -> Iterator[Fault]:
    """Columns whose writing is held because too much changed at once, and that nobody has accepted."""
    units = {unit.id: unit for unit in city.units}
    for one in held:
        unit = units.get(one.unit)
        column = next((each for each in unit.columns if each.id == one.column), None) if unit else None
        if unit is None or column is None or one.accepted is not None:
            continue
        yield Fault(
            key=f"held:{one.unit}/{one.column}",
            kind="held",
            unit=one.unit,
            since=one.since,
            facts={
                "unit_name": unit.name,
                "place": column.name,
                "url": column.url,
                "lost": one.lost,
                "of": one.of,
                "command": f'gongkai catalogue accept {one.unit} {one.column} --why "…"',
            },
        )


def of_receivers(
    receivers: Iterable[Receiving], drifts: Mapping[str, int], limits: Limits, now: dt.datetime
) -> Iterator[Fault]:
    """Receivers that failed so often in a row, and those that hold what they should not or lack what they should."""
    for one in receivers:
        if one.left_at is not None:
            continue
        if one.failures >= limits.failures:
            yield Fault(
                key=f"receiver_fails:{one.name}",
                kind="receiver_fails",
                since=one.failed_since or now,
                facts={"name": one.name, "count": one.failures, "error": one.error or ""},
            )
        if drifts.get(one.name):
            yield Fault(
                key=f"receiver_drifts:{one.name}",
                kind="receiver_drifts",
                since=now,
                facts={"name": one.name, "drift": drifts[one.name]},
            )


def of_channels(channels: Iterable[Channel], limits: Limits, now: dt.datetime) -> Iterator[Fault]:
    """Channels that failed so often in a row; told by the operator's others."""
    for one in channels:
        if one.left_at is None and one.failures >= limits.failures:
            yield Fault(
                key=f"channel_fails:{one.name}",
                kind="channel_fails",
                since=one.failed_since or now,
                facts={"name": one.name, "count": one.failures, "error": one.error or ""},
            )


def of_runs(runs: Iterable[Run]) -> Iterator[Fault]:
    """Flows whose last run failed."""
    for one in runs:
        if one.failed:
            facts = {"name": one.flow, "error": one.said}
            yield Fault(key=f"flow_failed:{one.flow}", kind="flow_failed", since=one.at, facts=facts)


def of_templates(broken: Mapping[str, str], now: dt.datetime) -> Iterator[Fault]:
    """Templates of the office's own that cannot be used; ours are, meanwhile."""
    for name, why in broken.items():
        facts = {"name": name, "error": why}
        yield Fault(key=f"template_broken:{name}", kind="template_broken", since=now, facts=facts)
