"""Who is told what, of what happened: steps of findings, days and faults in; notices out. Pure.

An event has a key of its own. With who is told it makes the notice's key, so the same event read twice is one notice.
What is to go out now is decided anew at each run: what is no longer so is overtaken, what came too thick joins the
next digest, and all that one addressee is told at a time is one message.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flows.notices.channels import Channels
from flows.notices.table import OVER, ROWS, Audience, When
from flows.notices.times import Calendar, is_due, next_digest
from storage.findings import State, Step
from storage.notices import Fault, New, Notice
from storage.schema import City, Finding

# steps by which a unit knows of a finding
_KNOWN: Final = frozenset({"notified", "received", "fixing", "answered", "disputed", "upheld"})
_ASSESSMENT: Final = "assess"  # who takes the steps that nobody takes by hand
_MENDING: Final = (State.NOTIFIED, State.RECEIVED, State.FIXING)


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. ``for_unit``: its unit is told where the table says so."""

    kind: str
    key: str
    subject: str
    unit: str | None = None
    for_unit: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)


# ------------------------------------------------------------------ what happened to findings


def of_steps(steps: Iterable[Step], told: Callable[[Finding], Mapping[str, Any]]) -> Iterator[Event]:
    """What of the steps of findings anybody is told.

    :param told: a finding as people read of it.
    """
    for step in steps:
        kind = _kind(step)
        if kind is None:
            continue
        found = step.finding
        facts = {
            "note": step.event.note,
            "by": step.event.who,
            "at": step.event.at.isoformat(),
            "step": step.event.step,
        }
        yield Event(
            kind=kind,
            key=f"{kind}:{found.id}:{step.number}",
            subject=found.id,
            unit=found.unit,
            for_unit=step.event.step == "notified" or any(one.step in _KNOWN for one in step.before),
            facts={**told(found), **facts},
        )


def _kind(step: Step) -> str | None:
    was_disputed = next((one.step for one in reversed(step.before) if one.step != "rechecked"), None) == "disputed"
    # a disputed finding that an assessment closes was mended: nobody has said that the dispute was right
    was_disputed = was_disputed and step.event.who != _ASSESSMENT
    match step.event.step:
        case "opened":
            return "opened_red" if step.finding.severity == "red" else "opened"
        case "upheld":
            return "dispute_settled"
        case "closed" | "waived" if was_disputed:
            return "dispute_settled"
        case "notified" | "reopened" | "answered" | "disputed" | "closed" as same:
            return str(same)
    return None


def last_day(
    notified: dt.datetime, days: int | None, add: Callable[[dt.date, int], dt.date], zone: dt.tzinfo
) -> str | None:
    """The last day for mending what was handed over at ``notified``, as ISO; None where the office has set none."""
    return None if days is None else add(notified.astimezone(zone).date(), days).isoformat()


def notified_at(finding: Finding) -> dt.datetime | None:
    """When the unit was last told of the finding."""
    return next((one.at for one in reversed(finding.events) if one.step == "notified"), None)


def of_day(
    waived: Iterable[Finding],
    mending: Iterable[Finding],
    city: City,
    today: dt.date,
    waiver_days: int,
    told: Callable[[Finding], Mapping[str, Any]],
) -> Iterator[Event]:
    """What a new day brings: waivers that end soon, and findings whose last day for mending is over.

    :param mending: findings that wait for their unit.
    :param told: a finding as people read of it; ``due`` is its last day, where one was set.
    """
    soon = today + dt.timedelta(days=waiver_days)
    for found in waived:
        until = found.waived_until
        if until is not None and today <= until <= soon:
            facts = {**told(found), "until": until.isoformat()}
            yield Event(
                kind="waiver_ends",
                key=f"waiver_ends:{found.id}:{until}",
                subject=found.id,
                unit=found.unit,
                facts=facts,
            )
    for unit in city.units:
        columns = {one.id: one.name for one in unit.columns}
        for one in unit.waivers:
            if today <= one.until <= soon:
                subject = f"waiver:{unit.id}/{one.column or '*'}/{one.rule or '*'}"
                facts = {"unit_name": unit.name, "until": one.until.isoformat(), "reason": one.reason}
                facts |= {"place": columns.get(one.column, one.column) if one.column else "", "rule": one.rule or ""}
                yield Event(
                    kind="waiver_ends", key=f"{subject}:{one.until}", subject=subject, unit=unit.id, facts=facts
                )
    for found in mending:
        facts = dict(told(found))
        at = notified_at(found)
        if at is not None and facts.get("due") and str(facts["due"]) < today.isoformat():
            key = f"overdue:{found.id}:{at.isoformat()}"
            yield Event(kind="overdue", key=key, subject=found.id, unit=found.unit, facts=facts)


# ------------------------------------------------------------------ faults begin and end


def changes(
    now: Sequence[Fault], before: Mapping[str, Fault], looked_at: frozenset[str]
) -> tuple[list[Fault], list[Fault]]:
    """Which faults are new, and which of those before are over.

    :param looked_at: kinds that were looked at; of others nothing is over.
    """
    stand = {one.key for one in now}
    began = [one for one in now if one.key not in before]
    over = [one for one in before.values() if one.kind in looked_at and one.key not in stand]
    return began, over


def of_fault(fault: Fault, *, over: bool = False) -> Event:
    """The event that a fault began, or is over."""
    key = f"{fault.key}@{fault.since.isoformat()}"
    return Event(
        kind=f"{fault.kind}{OVER}" if over else fault.kind,
        key=f"{key}{OVER}" if over else key,
        subject=fault.key,
        unit=fault.unit,
        for_unit=False,
        facts={**fault.facts, "since": fault.since.isoformat()},
    )


# ------------------------------------------------------------------ who is told


def addressed(events: Iterable[Event], channels: Channels, units: frozenset[str]) -> Iterator[New]:
    """The notices of these events: one for each channel of each audience that is to know.

    :param units: the units of the registry; another has nobody to write to.
    """
    for event in events:
        row = ROWS[event.kind]
        for audience in Audience:
            unit = event.unit if audience is Audience.UNIT else None
            if row.when(audience) is None or (
                audience is Audience.UNIT and (not event.for_unit or event.unit not in units)
            ):
                continue
            for name in channels.told_by(audience, unit):
                if event.subject == f"channel_fails:{name}":
                    continue  # a channel that fails cannot say so itself
                yield New(
                    key=f"{audience}:{unit}:{event.key}" if unit else f"{audience}:{event.key}",
                    channel=name,
                    audience=str(audience),
                    unit=unit,
                    kind=event.kind,
                    subject=event.subject,
                    facts=event.facts,
                )


def begin_key(new: New) -> str:
    """The key of the notice of a fault's beginning, of that of its end."""
    return new.key.removesuffix(OVER)


# ------------------------------------------------------------------ what goes out now


@dataclass(frozen=True, kw_only=True)
class Message:
    """What one addressee is told at a time. ``number`` is the same at every try."""

    number: str
    channel: str
    audience: Audience
    unit: str | None
    notices: tuple[Notice, ...]

    @property
    def is_urgent(self) -> bool:
        """Whether something of it does not wait for the digest."""
        return any(ROWS[one.kind].when(self.audience) is When.AT_ONCE for one in self.notices)


@dataclass(frozen=True, kw_only=True)
class Going:
    """What is to be done with what waits."""

    messages: tuple[Message, ...] = ()
    overtaken: tuple[Notice, ...] = ()
    lost: tuple[Notice, ...] = ()  # their channel is in the channels file no more
    crowded: Mapping[dt.datetime, tuple[Notice, ...]] = field(default_factory=dict)  # until the next digest


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What it depends on what goes out: the time, the city's days, the file, and what went out in the last hour."""

    now: dt.datetime
    channels: Channels
    calendar: Calendar
    zone: dt.tzinfo
    sent: Mapping[tuple[str, str | None], int] = field(default_factory=dict)
    at_once: bool = False  # a person sends it now: neither digest nor quiet hours nor back-off hold it


def going(waiting: Iterable[Notice], moment: Moment, is_so: Callable[[Notice], bool]) -> Going:
    """What of all that waits goes out now.

    :param is_so: whether what a notice says is still so.
    """
    messages: dict[tuple[Any, ...], list[Notice]] = {}
    overtaken, lost = [], []
    for one in waiting:
        if one.kind not in ROWS or not is_so(one):
            overtaken.append(one)
        elif moment.channels.named(one.channel) is None:
            lost.append(one)
        elif _may_go(one, moment):
            # what was bound to a message before goes out in it again, and in no other
            messages.setdefault((one.channel, one.audience, one.unit, one.message), []).append(one)
    ready: list[Message] = []
    crowded: dict[dt.datetime, tuple[Notice, ...]] = {}
    count = dict(moment.sent)
    for (channel, audience, unit, number), notices in messages.items():
        made = Message(
            number=number or number_of(notices),
            channel=channel,
            audience=Audience(audience),
            unit=unit,
            notices=tuple(notices),
        )
        addressee = (channel, unit)
        if count.get(addressee, 0) >= moment.channels.limits.per_hour and _may_wait(made) and not moment.at_once:
            until = next_digest(moment.now, made.audience, moment.channels.times, moment.calendar, moment.zone)
            crowded[until] = (*crowded.get(until, ()), *notices)
            continue
        count[addressee] = count.get(addressee, 0) + 1
        ready.append(made)
    return Going(messages=tuple(ready), overtaken=tuple(overtaken), lost=tuple(lost), crowded=crowded)


def number_of(notices: Sequence[Notice]) -> str:
    """The number of the message with these notices: of them alone, so that it is the same whoever makes it."""
    of = "\n".join(sorted(f"{one.channel} {one.key}" for one in notices))
    return f"N-{hashlib.sha256(of.encode()).hexdigest()[:12]}"


def _may_go(one: Notice, moment: Moment) -> bool:
    if moment.at_once:
        return True
    if one.next_attempt_at is not None and one.next_attempt_at > moment.now:
        return False
    audience = Audience(one.audience)
    when = ROWS[one.kind].when(audience) or When.DIGEST
    times = moment.channels.times
    return is_due(one.made_at, moment.now, audience, when, times, moment.calendar, moment.zone)


def _may_wait(message: Message) -> bool:
    """Whether a message is no digest: those come once a day, and are never too many."""
    return all(ROWS[one.kind].when(message.audience) is When.AT_ONCE for one in message.notices) and not any(
        one.next_attempt_at for one in message.notices
    )


# ------------------------------------------------------------------ what is still so


def is_so(notice: Notice, states: Mapping[str, str], faults: Mapping[str, Fault]) -> bool:
    """Whether what a notice says is still so.

    :param states: where each finding stands that a notice is about.
    :param faults: what is amiss now, by key.
    """
    row = ROWS[notice.kind]
    if row.tool:
        stands = faults.get(notice.subject)
        if notice.kind.endswith(OVER):
            return stands is None
        return stands is not None and stands.since.isoformat() == notice.facts.get("since")
    if notice.subject.startswith("waiver:"):
        return True
    if notice.subject not in states:
        return False
    state = State(states[notice.subject])
    match notice.kind:
        case "opened" | "opened_red":
            return state is State.OPEN
        case "notified" | "reopened":
            return not state.is_settled
        case "closed":
            return state is State.CLOSED
        case "disputed" | "answered":
            return state == notice.kind
        case "overdue":
            return state in _MENDING
        case "waiver_ends":
            return state is State.WAIVED
        case _:  # dispute_settled: as it was settled
            step = notice.facts.get("step")
            return state == step if step in ("closed", "waived") else not state.is_settled
