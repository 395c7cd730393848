"""``gongkai notices``: status, send, test, preview."""

from __future__ import annotations

import dataclasses
import json
import uuid
import zoneinfo
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import typer

from flows.notices import carriers, wording
from flows.notices import channels as configured
from flows.notices.carriers import Letter
from flows.notices.channels import Channels, Email
from flows.notices.gathering import days_of
from flows.notices.sending import due_now, letter_of, tell
from flows.notices.table import Audience
from flows.report import known_city
from harvesters.marked_yaml import nearest
from storage import notices, registry, settings
from storage.database import Database, open_database, utcnow
from storage.exceptions import NoticeFailed, SettingsError, UnknownTarget
from storage.notices import FAILED, OVERTAKEN, SENT, WAITING
from storage.settings import Settings

SHOWN = 20  # of what failed; the console has more


def status(*, as_json: bool) -> int:
    """Prints how it stands; 1 where a person has something to do.

    :raises ChannelsFileError: the channels file is not valid.
    """
    now = settings.load()
    with closing(open_database(now.database_url)) as database:
        told = _status(database, now)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
    else:
        for line in _lines(told):
            typer.echo(line)
    return 1 if told["to_do"] else 0


def send(*, at_once: bool) -> int:
    """Makes and sends notices; 1 where one failed.

    :raises ChannelsFileError: the channels file is not valid.
    """
    now = settings.load()
    with closing(open_database(now.database_url)) as database:
        told = tell(database, now, at_once=at_once)
    typer.echo(str(told))
    return 1 if told.failed else 0


def test(name: str) -> int:
    """Sends a trial by the channel ``name``; 1 where it was not taken.

    :raises UnknownTarget: there is no channel of that name.
    :raises ChannelsFileError: the channels file is not valid.
    """
    now = settings.load()
    told_by = configured.load(now)
    if told_by is None:
        raise UnknownTarget(_begin(now))
    channel = told_by.named(name)
    if channel is None:
        names = [one.name for one in told_by.channels]
        raise UnknownTarget(f"there is no channel {name!r}{nearest(name, names)}; there are {', '.join(names)}")
    with closing(open_database(now.database_url)) as database:
        city = registry.load_city(database)
    number = f"T-{uuid.uuid4().hex[:12]}"
    text = wording.trial(name, told_by.audiences_of(name), city=city.name if city else "", number=number, home=now.home)
    to = (channel.to or (channel.sender,)) if isinstance(channel, Email) else ()
    try:
        carriers.carry(channel, Letter(number=number, subject=text.subject, body=text.body, to=to, audience="test"))
    except NoticeFailed as problem:
        typer.echo(f"not taken: {problem}", err=True)
        return 1
    typer.echo(f"{name} took it ({number}{'; to ' + ', '.join(to) if to else ''}): look whether it arrived")
    return 0


def preview(*, samples: bool) -> int:
    """Prints what waits, or made-up notices, as messages; 1 where a template of the office's own cannot be used.

    :raises ChannelsFileError: the channels file is not valid.
    """
    now = settings.load()
    if samples:
        for audience in Audience:
            text = wording.text(
                audience,
                wording.samples(audience),
                city="样例市",
                unit="样例单位",
                number="N-000000000000",
                public_url=now.public_url,
                home=now.home,
            )
            _show(f"to {audience}", text.subject, text.body)
    else:
        _preview(now)
    broken = wording.check(now.home)
    for name, why in broken.items():
        typer.echo(f"template {name}.txt: {why}", err=True)
    return 1 if broken else 0


def _preview(now: Settings) -> None:
    told_by = configured.load(now)
    if told_by is None:
        typer.echo(_begin(now))
        return
    with closing(open_database(now.database_url)) as database:
        city = known_city(database)
        moment = utcnow()
        going = due_now(database, told_by, days_of(city, moment, now), moment, at_once=True)
        for message in going.messages:
            channel = told_by.named(message.channel)
            assert channel is not None  # ``due_now`` has set the others aside
            letter = letter_of(message, channel, city, told_by, now)
            to = ", ".join(letter.to) or (message.unit or str(message.audience))
            _show(f"by {message.channel} to {to}", letter.subject, letter.body)
    if not going.messages:
        typer.echo("nothing waits; gongkai notices preview --samples shows every kind")


def _show(head: str, subject: str, body: str) -> None:
    typer.echo(f"--- {head}\n{subject}\n\n{body}")


# ------------------------------------------------------------------ status


def _status(database: Database, now: Settings) -> dict[str, Any]:
    told_by = configured.load(now)
    city = registry.load_city(database)
    known = notices.channels(database)
    channels = []
    for one in told_by.channels if told_by else ():
        stands = known.get(one.name)
        health = {} if stands is None else dataclasses.asdict(stands)
        told = {"name": one.name, "kind": one.kind, "tells": told_by.audiences_of(one.name) if told_by else ()}
        told |= {"secrets_missing": _missing(one)}
        channels.append({**told, **{name: health.get(name) for name in ("failures", "error", "sent_at")}})
    failed = notices.latest(database, [FAILED], SHOWN)
    counts = notices.counts(database)
    broken = wording.check(now.home)
    return {
        "configured": told_by is not None,
        "begin": None if told_by is not None else _begin(now),
        "timezone": city.timezone if city else "Asia/Shanghai",
        "public_url": now.public_url,
        "channels": channels,
        "counts": counts,
        "oldest_waiting": min((one.made_at for one in notices.waiting(database)), default=None),
        "failed": [
            {"id": one.id, "kind": one.kind, "channel": one.channel, "unit": one.unit, "error": one.error}
            for one in failed
        ],
        "templates_broken": broken,
        "to_do": list(_to_do(channels, counts, broken, told_by, now)),
    }


def _missing(channel: Any) -> list[str]:
    missing = []
    for name in (getattr(channel, "key", None), getattr(channel, "sign", None)):
        try:
            if name:
                settings.secret(name)
        except SettingsError as problem:
            missing.append(str(problem))
    return missing


def _to_do(
    channels: list[dict[str, Any]],
    counts: dict[str, int],
    broken: dict[str, str],
    told_by: Channels | None,
    now: Settings,
) -> Iterator[str]:
    for one in channels:
        yield from one["secrets_missing"]
        if one["failures"]:
            name = one["name"]
            yield f"{name}: failed {one['failures']} times in a row: {one['error']}; gongkai notices test {name}"
        if not one["tells"]:
            yield f"{one['name']}: nobody is told by it; name it under audiences or units"
    if told_by is not None:
        for audience in Audience:
            if not told_by.told_by(audience):
                yield f"{audience}: told by no channel; name one under audiences"
    if counts[FAILED]:
        yield f"{counts[FAILED]} notices were given up: the console's page of notices says why and sends them again"
    for name, why in broken.items():
        yield f"template {name}.txt cannot be used, ours is: {why}"
    if told_by is not None and now.public_url is None:
        yield "GONGKAI_PUBLIC_URL is not set: notices have no links"


def _begin(now: Settings) -> str:
    return (
        f"there is no channels file, so nobody is told anything. To begin: copy {configured.EXAMPLE} to "
        f"{now.channels or now.home / configured.FILE}, name your channels, put their secrets into the environment "
        "(GONGKAI_SECRET_…), then gongkai notices test NAME"
    )


def _lines(told: dict[str, Any]) -> Iterator[str]:
    if not told["configured"]:
        yield told["begin"]
    zone = zoneinfo.ZoneInfo(told["timezone"])
    for one in told["channels"]:
        last = f"last sent {one['sent_at'].astimezone(zone):%Y-%m-%d %H:%M}" if one["sent_at"] else "never used"
        yield f"{one['name']} ({one['kind']})  tells {', '.join(one['tells']) or 'nobody'}; {last}"
    counts = told["counts"]
    oldest = told["oldest_waiting"]
    since = f", the oldest since {oldest.astimezone(zone):%Y-%m-%d %H:%M}" if oldest else ""
    rest = f"{counts[SENT]} sent, {counts[FAILED]} given up, {counts[OVERTAKEN]} overtaken"
    yield f"{counts[WAITING]} wait{since}; {rest}"
    for one in told["failed"]:
        whom = f"{one['channel']} to {one['unit']}" if one["unit"] else one["channel"]
        yield f"  given up: {one['kind']} by {whom}: {one['error']}"
    for what in told["to_do"]:
        yield f"to do  {what}"
