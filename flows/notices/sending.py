"""What waits goes out: messages are bound, worded, carried, and what came of each is noted at once.

At least once: a run that is killed between carrying and noting leaves its message bound, and the next run carries it
again under the same number, which stands in the text, in the header ``X-Gongkai-Notice`` and in the JSON. One run at a
time sends. A channel that fails twice in a run is left alone to its end, so that no dead server holds up the others.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from flows.notices import carriers, channels, deciding, wording
from flows.notices.carriers import Letter
from flows.notices.channels import Channel, Channels, is_address
from flows.notices.deciding import Message, Moment
from flows.notices.faults import Run
from flows.notices.gathering import Days, days_of, gather
from flows.notices.table import Audience
from storage import findings, leases, notices, registry
from storage.database import Database, utcnow
from storage.exceptions import NoticeFailed, SettingsError
from storage.notices import FAILED, OVERTAKEN, Notice
from storage.schema import City, Unit
from storage.settings import Settings

LEASE: Final = "notices"
LEASE_S: Final = 1200.0  # one that was killed on another machine lets go after so long
HOUR: Final = dt.timedelta(hours=1)
FIRST_WAIT: Final = dt.timedelta(minutes=5)  # doubles with each try
LONGEST_WAIT: Final = dt.timedelta(hours=6)
FAILURES: Final = 2  # of a channel in one run
Carry = Callable[[Channel, Letter], None]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a run came to, in notices but for ``messages``; ``why`` says why there was none, where there was none."""

    new: int = 0
    messages: int = 0
    sent: int = 0
    failed: int = 0
    overtaken: int = 0
    waiting: int = 0
    why: str | None = None

    def __str__(self) -> str:
        if self.why is not None:
            return self.why
        return (
            f"{self.new} new; {self.sent} sent in {self.messages} messages, {self.failed} failed, "
            f"{self.overtaken} overtaken, {self.waiting} wait"
        )


def tell(
    database: Database,
    now: Settings,
    *,
    runs: Iterable[Run] | None = None,
    at_once: bool = False,
    at: dt.datetime | None = None,
    carry: Carry = carriers.carry,
) -> Told:
    """Makes notices of what happened since the last time, and sends those that may go out.

    :param runs: the last runs of the flows; None: nobody has looked.
    :param at_once: also what waits for the digest, the end of quiet hours or the next try.
    :param at: now, where it is not to be the clock's.
    :raises ChannelsFileError: the channels file is not valid.
    """
    told_by = channels.load(now)
    if told_by is None:
        return Told(why=f"no channels file, so nobody is told anything; {channels.EXAMPLE} shows how to write one")
    city = registry.load_city(database)
    if city is None:
        return Told(why="no city yet: run gongkai city apply FILE")
    moment = at or utcnow()
    with _alone(database) as renew:
        if renew is None:
            return Told(why=f"another run is sending ({leases.holder_of(database, LEASE) or 'just now'})")
        notices.register(
            database, {one.name: (one.kind, told_by.audiences_of(one.name)) for one in told_by.channels}, at=moment
        )
        days = days_of(city, moment, now)
        new = gather(database, city, told_by, days, moment, now, runs)
        return _send(database, city, told_by, days, moment, now, renew, new, at_once=at_once, carry=carry)


def due_now(database: Database, told_by: Channels, days: Days, moment: dt.datetime, *, at_once: bool) -> deciding.Going:
    """What of all that waits goes out at ``moment``."""
    waiting = notices.waiting(database)
    states = findings.states(database, (one.subject for one in waiting))
    faults = notices.faults(database)
    told = Moment(
        now=moment,
        channels=told_by,
        calendar=days.calendar,
        zone=days.zone,
        sent=notices.sent_since(database, moment - HOUR),
        at_once=at_once,
    )
    return deciding.going(waiting, told, lambda one: deciding.is_so(one, states, faults))


def letter_of(message: Message, channel: Channel, city: City, told_by: Channels, now: Settings) -> Letter:
    """A message in words, with whom it goes to."""
    unit = _unit(city, message)
    text = wording.text(
        message.audience,
        message.notices,
        city=city.name,
        unit=unit.name if unit else message.unit,
        number=message.number,
        public_url=now.public_url,
        home=now.home,
        most_bytes=carriers.MOST_BYTES[channel.kind],
    )
    return Letter(
        number=message.number,
        subject=text.subject,
        body=text.body,
        to=_addresses(message, channel, unit, told_by),
        audience=str(message.audience),
        told=tuple(_for_machines(one) for one in message.notices),
    )


def _addresses(message: Message, channel: Channel, unit: Unit | None, told_by: Channels) -> tuple[str, ...]:
    """Of a unit the addresses of its contacts, unless it has a channel of its own; else those of the channel."""
    if message.audience is Audience.UNIT and message.unit not in told_by.units:
        contacts = unit.contacts if unit else ()
        return tuple(dict.fromkeys(one.email for one in contacts if one.email and is_address(one.email)))
    return tuple(getattr(channel, "to", ()))


def _unit(city: City, message: Message) -> Unit | None:
    return next((one for one in city.units if one.id == message.unit), None)


def _for_machines(one: Notice) -> Mapping[str, object]:
    return {"key": one.key, "kind": one.kind, "subject": one.subject, "unit": one.unit, "facts": dict(one.facts)}


# ------------------------------------------------------------------ one run


def _send(
    database: Database,
    city: City,
    told_by: Channels,
    days: Days,
    moment: dt.datetime,
    now: Settings,
    renew: Callable[[], bool],
    new: int,
    *,
    at_once: bool,
    carry: Carry,
) -> Told:
    going = due_now(database, told_by, days, moment, at_once=at_once)
    if going.overtaken:
        notices.settle(database, _ids(going.overtaken), OVERTAKEN, at=moment)
    if going.lost:
        gone = "its channel is no longer in the channels file"
        notices.settle(database, _ids(going.lost), FAILED, at=moment, error=gone)
    for until, crowded in going.crowded.items():
        notices.postpone(database, _ids(crowded), until)
    failures = Counter[str]()
    messages = sent = 0
    failed = len(going.lost)
    for message in going.messages:
        if failures[message.channel] >= FAILURES:
            continue  # it waits as it is, and the next run tries it
        if not renew():
            break
        channel = told_by.named(message.channel)
        assert channel is not None  # ``going`` has set the others aside
        names = _ids(message.notices)
        if channel.kind == "email" and not _addresses(message, channel, _unit(city, message), told_by):
            lacking = f"{message.unit}: no contact with an e-mail address; add one in the city file"
            notices.settle(database, names, FAILED, at=moment, error=lacking)
            failed += len(names)
            continue
        notices.bind(database, names, message.number)
        why = _carried(message, channel, city, told_by, now, carry)
        if why is not None:
            tries = 1 + max(one.tries for one in message.notices)
            next_at = None if tries >= told_by.limits.tries else moment + _wait(tries)
            notices.failed(database, names, message.channel, why, at=moment, next_attempt_at=next_at)
            failures[message.channel] += 1
            failed += len(names)
            continue
        notices.sent(database, names, message.channel, at=moment)
        messages, sent = messages + 1, sent + len(names)
    return Told(
        new=new,
        messages=messages,
        sent=sent,
        failed=failed,
        overtaken=len(going.overtaken),
        waiting=notices.counts(database)[notices.WAITING],
    )


def _carried(
    message: Message, channel: Channel, city: City, told_by: Channels, now: Settings, carry: Carry
) -> str | None:
    """Words and hands over one message; why that failed, where it did."""
    try:
        carry(channel, letter_of(message, channel, city, told_by, now))
    except (NoticeFailed, SettingsError) as problem:
        return str(problem)
    except Exception as bug:  # noqa: BLE001  # of ours, in one message: the others go out all the same
        return f"a fault of ours, please report it: {type(bug).__name__}: {bug}"
    return None


def _wait(tries: int) -> dt.timedelta:
    return min(FIRST_WAIT * (1 << min(tries - 1, 10)), LONGEST_WAIT)


def _ids(found: Iterable[Notice]) -> list[int]:
    return [one.id for one in found]


@contextmanager
def _alone(database: Database) -> Iterator[Callable[[], bool] | None]:
    """Within it no other run sends; None where one does. What is given says whether that is still so."""
    holder = leases.new_holder()
    if not leases.take(database, LEASE, holder, LEASE_S):
        yield None
        return
    try:
        yield lambda: leases.renew(database, LEASE, holder, LEASE_S)
    finally:
        leases.release(database, LEASE, holder)
