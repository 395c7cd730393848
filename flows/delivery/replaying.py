"""Dead letters once more: a refused item is sent as it is now, after everything else the receiver lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from flows.delivery import receivers
from flows.delivery.alone import alone
from flows.delivery.configured import Configured
from flows.delivery.handing import bring_up, put_off, send_again
from storage import outbox, settings
from storage.database import Database, open_database
from storage.exceptions import DeliveryFailed, SettingsError, UnknownTarget
from storage.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What came of sending items again to one receiver."""

    receiver: str
    sent: int = 0
    refused: int = 0
    held: str | None = None

    def __str__(self) -> str:
        told = f"{self.receiver}: {self.sent} items sent again, {self.refused} of them refused again"
        return f"{told}; {self.held}" if self.held else told


def replay_all(*, to: str | None = None, items: Sequence[str] = ()) -> list[Replayed]:
    """Sends ``items`` again, or where none are named every dead letter, to every receiver or to the one called ``to``.

    :raises UnknownTarget: there is no such receiver, or an item that it was never sent.
    """
    now = settings.load()
    wanted = receivers.named(receivers.load(now), to)
    with closing(open_database(now.database_url)) as database:
        known = outbox.changes_of(database, items)
        unknown = [one for one in items if one not in known]
        if unknown:
            raise UnknownTarget(f"{unknown[0]}: there is no such item; gongkai deliver dead lists those refused")
        return [replay(database, one, now, items) for one in wanted]


def replay(database: Database, config: Configured, now: Settings, items: Sequence[str] = ()) -> Replayed:
    """Brings the receiver up to the head, then sends ``items`` again, or every dead letter where none are named."""
    with alone(database, config.name, now.lease_s) as still_mine:
        if still_mine is None:
            return Replayed(receiver=config.name, held="another delivery is at it; run this again when it has ended")
        try:
            with receivers.opened(config) as receiver:
                bring_up(database, receiver, go_on=still_mine)
                sent, refused = send_again(database, receiver, items or _dead(database, config.name))
        except (DeliveryFailed, SettingsError) as problem:
            put_off(database, config.name, str(problem), now)
            return Replayed(receiver=config.name, held=str(problem))
    outbox.succeeded(database, config.name)
    return Replayed(receiver=config.name, sent=sent, refused=refused)


def _dead(database: Database, receiver: str) -> Iterator[str]:
    after = 0
    while letters := outbox.dead_letters(database, receiver, after=(receiver, after)):
        for letter in letters:
            yield letter.item_id
        after = letters[-1].seq
