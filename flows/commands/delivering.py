"""``gongkai deliver`` and what belongs to it: status, dead, replay, reconcile, ddl."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import typer

from flows.commands.prefect_server import a_server
from flows.delivery import receivers
from flows.delivery.reconciling import Compared, compare
from flows.delivery.replaying import replay_all
from flows.delivery.standing import standings
from storage import outbox, settings
from storage.database import open_database
from storage.exceptions import UnknownTarget

DEAD = 50  # listed for people; --json has all


def deliver(*, to: str | None, now: bool, set_aside: bool) -> int:
    """Delivers what waits; 1 where something went wrong, still waits or was refused.

    :raises UnknownTarget: there is no receiver ``to``.
    """
    receivers.named(receivers.load(settings.load()), to)
    with a_server(settings.load()):
        from flows.deliver import deliver as deliver_flow
        from flows.delivery.handing import BY_HAND_S

        told = deliver_flow(to=to, at_once=now, set_aside=set_aside, limit_s=BY_HAND_S)
    for one in told:
        typer.echo(str(one))
    return 1 if any(one.waiting or one.refused or one.held for one in told) else 0


def status(*, as_json: bool) -> int:
    """Prints how each receiver stands; 1 where a person has something to do."""
    with closing(open_database()) as database:
        told = standings(database, settings.load())
    if as_json:
        typer.echo(_json(told))
    else:
        for one in told:
            for line in _lines(one):
                typer.echo(line)
    return 1 if any(one["to_do"] for one in told) else 0


def _lines(one: dict[str, Any]) -> list[str]:
    found = [
        f"{one['name']} ({one['kind']}){'' if one['configured'] else ': no longer in the receivers file'}",
        f"  has changes up to {one['cursor']} of {one['head']}; {one['lag']} wait"
        + (f", the oldest for {_span(one['lag_s'])}" if one["lag"] else "")
        + (f"; being delivered now by {one['running']}" if one["running"] else ""),
    ]
    last = one["last_receipt"]
    if last:
        found.append(f"  last receipt    {_shown(last['at'])} up to {last['seq']}")
    last = one["last_reconciliation"]
    found.append(f"  last compared   {_shown(last['at'])}, drift {last['drift']}" if last else "  never compared")
    if one["failures"]:
        found.append(f"  next attempt    {_shown(one['next_attempt_at'])} (gongkai deliver --now: at once)")
    return [*found, *(f"  to do           {what}" for what in one["to_do"])]


def _shown(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}Z"


def _span(seconds: float) -> str:
    """A time for people, in its largest unit."""
    for size, name in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {name}"
    return f"{seconds:.0f} s"


def dead(*, to: str | None, as_json: bool) -> int:
    """Prints what was refused and is still set aside; 1 where there is something."""
    after, found = ("", 0), []
    with closing(open_database()) as database:
        while letters := outbox.dead_letters(database, to, after=after):
            found += letters
            after = letters[-1].receiver, letters[-1].seq
    if as_json:
        typer.echo(_json([dataclasses.asdict(one) for one in found]))
        return 1 if found else 0
    for one in found[:DEAD]:
        typer.echo(
            f"{one.receiver}  {one.item_id} revision {one.revision} (change {one.seq}), {one.tries} times since "
            f"{one.first_at:%Y-%m-%d %H:%M}Z: {one.reason}"
        )
    if len(found) > DEAD:
        typer.echo(f"… {len(found) - DEAD} more; gongkai deliver dead --json lists all")
    if not found:
        typer.echo("nothing was refused")
    return 1 if found else 0


def replay(*, to: str | None, items: Sequence[str]) -> int:
    """Sends items again, or every dead letter where none are named; 1 where something went wrong or is refused again.

    :raises UnknownTarget: there is no such receiver or item.
    """
    told = replay_all(to=to, items=items)
    for one in told:
        typer.echo(str(one))
    return 1 if any(one.refused or one.held for one in told) else 0


def reconcile(*, to: str | None, repair: bool, as_json: bool) -> int:
    """Compares; 1 where there is a drift, or a receiver could not be asked.

    :raises UnknownTarget: there is no receiver ``to``.
    """
    now = settings.load()
    wanted = receivers.named(receivers.load(now), to)
    with closing(open_database()) as database:
        told = [compare(database, one, now, repair=repair) for one in wanted]
    if as_json:
        typer.echo(_json([_as_json(one) for one in told]))
    else:
        for one in told:
            for line in _compared_lines(one):
                typer.echo(line)
    return 1 if any(one.failed or one.told is None or one.told.drift for one in told) else 0


def _as_json(one: Compared) -> dict[str, Any]:
    told = {} if one.told is None else dataclasses.asdict(one.told)
    return {**told, "receiver": one.receiver, "failed": one.failed, "repaired": one.repaired}


def _compared_lines(one: Compared) -> list[str]:
    found = []
    if one.repaired:
        found.append(f"{one.receiver}: {one.repaired} items sent again, then compared once more")
    if one.told is not None:
        told = one.told
        found.append(
            f"{one.receiver}: drift {told.drift} at change {told.seq}; {told.ours} items given, {told.held} held there"
        )
        for fault, count in told.counts.items():
            if count:
                some = ", ".join(sample["item"] for sample in told.samples.get(fault, ())[:5])
                found.append(f"  {fault:9} {count}  {some}{' …' if count > 5 else ''}")
    if one.failed:
        found.append(f"{one.receiver}: could not be {'mended' if one.told else 'compared'}: {one.failed}")
    return found


def _json(told: object) -> str:
    def shown(value: object) -> str:
        return value.isoformat() if isinstance(value, dt.datetime) else str(value)

    return json.dumps(told, ensure_ascii=False, indent=1, default=shown)


def ddl(name: str) -> None:
    """Prints how the tables of the exchange database ``name`` are made.

    :raises UnknownTarget: there is no such receiver, or it is of another kind.
    :raises SettingsError: its secret is missing.
    """
    from flows.delivery import exchange

    [config] = receivers.named(receivers.load(settings.load()), name)
    if not isinstance(config, exchange.ExchangeConfig):
        raise UnknownTarget(f"{name} is a receiver of kind {config.kind}: only an exchange database has tables")
    typer.echo(exchange.ddl(config), nl=False)
