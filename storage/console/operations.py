"""What the operator's tools ask: ``/healthz`` (is it up) and ``/metrics`` (Prometheus text, how is it going)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from storage import catalogue, notices, observations, outbox, registry
from storage.console import board, queries
from storage.console.api import Store
from storage.database import utcnow
from storage.exceptions import DatabaseError
from storage.schema import FindingKind, Subject

router = APIRouter(tags=["operation"])
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    503: {"content": {"text/plain": {}}, "description": "the database cannot be read"}
}
_Sample = tuple[dict[str, str], float]


@router.get("/healthz", response_class=PlainTextResponse, responses=_RESPONSES)
def healthz(store: Store) -> PlainTextResponse:
    """Whether the database answers; 503 and one sentence for the operator when it does not."""
    try:
        outbox.head(store)
    except DatabaseError as error:
        return PlainTextResponse(f"{error}\n", status_code=503)
    return PlainTextResponse("ok\n")


@router.get("/metrics", response_class=PlainTextResponse, responses=_RESPONSES)
def metrics(store: Store) -> PlainTextResponse:
    """Items, findings, looks and the outbox in Prometheus' text format."""
    now = utcnow()
    text = "".join(
        line
        for name, what, samples in _figures(store, now)
        for line in (f"# HELP {name} {what}\n", f"# TYPE {name} gauge\n", *_lines(name, samples))
    )
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4; charset=utf-8")


def _figures(store: Store, now: dt.datetime) -> Iterator[tuple[str, str, list[_Sample]]]:
    city = registry.load_city(store)
    columns = [(column.unit, column.id) for unit in (city.units if city else ()) for column in unit.columns]
    latest = observations.latest_by_column(store, Subject.COLUMN)
    held = queries.held_columns(store)
    well = sum(board.failure(latest.get(place), is_held=place in held) is None for place in columns)
    looked = [latest[place].at for place in columns if place in latest]
    head = outbox.head(store)
    standing = catalogue.count_items(store, withdrawn=False)
    withdrawn = catalogue.count_items(store, withdrawn=True)
    counts = queries.open_findings(store)
    yield (
        "gongkai_items",
        "Items in the catalogue.",
        [
            ({"state": "standing"}, standing),
            ({"state": "withdrawn"}, withdrawn),
        ],
    )
    kinds = {**dict.fromkeys([kind.value for kind in FindingKind], 0), **counts}
    yield "gongkai_open_findings", "Open findings.", [({"kind": kind}, count) for kind, count in kinds.items()]
    yield (
        "gongkai_columns",
        "Columns in the registry, by whether the last look at them was good.",
        [
            ({"observed": "well"}, well),
            ({"observed": "not_well"}, len(columns) - well),
        ],
    )
    if looked:
        age = max(0.0, (now - max(looked)).total_seconds())
        yield "gongkai_last_look_age_seconds", "Time since the newest look at any column.", [({}, age)]
    yield "gongkai_outbox_head", "Number of the catalogue's latest change.", [({}, head)]
    known = [one for one in outbox.receivers(store).values() if one.left_at is None]
    names = [{"receiver": one.name} for one in known]
    dead, drifts = outbox.open_letters(store), outbox.drifts(store)
    yield (
        "gongkai_outbox_lag",
        "Changes a receiver has not been given yet.",
        [(name, head - one.seq) for name, one in zip(names, known, strict=True)],
    )
    yield (
        "gongkai_delivery_lag_seconds",
        "Time since the oldest change a receiver has not been given yet was written.",
        [(name, _age(store, one.seq, now)) for name, one in zip(names, known, strict=True)],
    )
    yield (
        "gongkai_delivery_failures",
        "Failures in a row; the receiver is left alone between them.",
        [(name, one.failures) for name, one in zip(names, known, strict=True)],
    )
    yield (
        "gongkai_dead_letters",
        "Changes a receiver refused and that were set aside.",
        [(name, dead.get(one.name, 0)) for name, one in zip(names, known, strict=True)],
    )
    yield (
        "gongkai_drift",
        "Items by which a receiver differed from what it should hold, when it was last compared.",
        [(name, drifts[one.name]) for name, one in zip(names, known, strict=True) if one.name in drifts],
    )
    yield (
        "gongkai_notices",
        "Notices by what came of them; failed ones were given up.",
        [({"state": state}, count) for state, count in notices.counts(store).items()],
    )
    yield (
        "gongkai_channel_failures",
        "Failures in a row of a channel of notices.",
        [({"channel": one.name}, one.failures) for one in notices.channels(store).values() if one.left_at is None],
    )


def _age(store: Store, seq: int, now: dt.datetime) -> float:
    written = outbox.oldest_after(store, seq)
    return 0.0 if written is None else max(0.0, (now - written).total_seconds())


def _lines(name: str, samples: Iterable[_Sample]) -> Iterator[str]:
    for labels, value in samples:
        shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"{name}{{{shown}}} {value:.15g}\n" if shown else f"{name} {value:.15g}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
