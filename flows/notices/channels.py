"""The channels file: a YAML file in, one checked configuration of who is told by what out.

```yaml
channels:
  - {name: mail, kind: email, host: smtp.example.gov.cn, from: gongkai@example.gov.cn, to: [bgs@example.gov.cn]}
audiences: {office: [mail], operator: [mail], unit: [mail]}
```

Where there is no file, nobody is told anything. Everything wrong with a file is said at once, each problem with file,
line, key path, what was found and what is expected. Secrets never stand in the file: it names them, and the environment
has them (``settings.secret``). Nothing of it is handed to Apprise as an address or a configuration to read: a model per
kind holds what the kind needs, and only that.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from flows.notices.table import Audience
from harvesters.marked_entries import wrong_entries, wrong_entry
from harvesters.marked_yaml import KeyPath, Problem, in_lines, nearest, shown
from harvesters.marked_yaml import read as read_marked
from storage.exceptions import ChannelsFileError
from storage.settings import Settings

FILE: Final = "channels.yml"
EXAMPLE: Final = "deploy/channels.example.yml"


def _matching(pattern: str) -> AfterValidator:
    known = re.compile(pattern)

    def check(value: str) -> str:
        if not known.fullmatch(value):
            raise ValueError("does not match")
        return value

    return AfterValidator(check)


def _time(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value):
        hour, _, minute = value.partition(":")
        return dt.time(int(hour), int(minute))
    raise ValueError("no time of day")


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


# no address may hold what ends a header or names a second one
Address = Annotated[str, _matching(r"[^\s@<>,;:\"'\\()\[\]]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")]
Name = Annotated[str, _matching(r"\w[\w.-]{0,63}")]
Host = Annotated[str, _matching(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[?[0-9A-Fa-f:]{2,45}\]?")]
TimeOfDay = Annotated[dt.time, BeforeValidator(_time)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_listed)]
_ADDRESS: Final = re.compile(r"[^\s@<>,;:\"'\\()\[\]]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def is_address(text: str | None) -> bool:
    """Whether this is one e-mail address and nothing else."""
    return text is not None and _ADDRESS.fullmatch(text) is not None


class Strict(BaseModel):
    """Unknown keys are errors. Every scalar of the file comes as text; pydantic makes numbers of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Configured(Strict):
    """What every channel has. Descriptions complete the sentence "expected …" in a problem."""

    name: Name = Field(description="letters, digits, - . _ only, 64 at most")
    kind: str = Field(description="the kind of channel")


class Email(Configured):
    """A mail server that takes our letters; the one channel that also reaches units, at their contacts' addresses."""

    host: Host = Field(description="the mail server's name or address")
    port: int | None = Field(None, ge=1, le=65535, description="a port; left out: 465 with ssl, 587 with starttls, 25")
    security: Literal["ssl", "starttls", "none"] = Field("ssl", description="ssl, starttls or none")
    user: str | None = Field(None, description="the name to sign in with")
    key: Name | None = Field(None, description="the name of the secret that holds the password")
    sender: Address = Field(validation_alias=AliasChoices("from", "sender"), description="an e-mail address")
    to: Annotated[tuple[Address, ...], BeforeValidator(_listed)] = Field((), description="e-mail addresses")


class WeCom(Configured):
    """A robot of a WeCom group (企业微信群机器人)."""

    key: Name = Field(description="the name of the secret that holds the robot's key (after key= of its address)")


class DingTalk(Configured):
    """A robot of a DingTalk group (钉钉自定义机器人)."""

    key: Name = Field(description="the name of the secret that holds the robot's access_token")
    sign: Name | None = Field(None, description="the name of the secret it is signed with (加签), SEC…")


class Feishu(Configured):
    """A robot of a Feishu group (飞书自定义机器人)."""

    key: Name = Field(description="the name of the secret that holds the last part of the robot's address")
    sign: Name | None = Field(None, description="the name of the secret it is signed with (签名校验)")


class Webhook(Configured):
    """An address that takes JSON."""

    url: Annotated[str, _matching(r"https?://[^\s@/?#]+(/[^\s?#]*)?")] = Field(
        description="an http or https address without a name, password, ? or #"
    )
    key: Name | None = Field(None, description="the name of the secret sent as Authorization: Bearer")


Channel = Email | WeCom | DingTalk | Feishu | Webhook
# kind → its model; a new kind is one line here, and one in carriers.CARRIERS
KINDS: Final[Mapping[str, type[Configured]]] = {
    "email": Email,
    "wecom": WeCom,
    "dingtalk": DingTalk,
    "feishu": Feishu,
    "webhook": Webhook,
}


class Times(Strict):
    """Times of day in the city's zone."""

    digest: TimeOfDay = Field(dt.time(8, 30), description="a time of day such as 08:30")
    quiet_from: TimeOfDay = Field(dt.time(20, 0), description="a time of day such as 20:00")
    quiet_until: TimeOfDay = Field(dt.time(7, 30), description="a time of day such as 07:30")
    operator_red_passes: bool = Field(default=False, description="yes or no")


class Limits(Strict):
    """Thresholds before anybody is told, and how much they are told."""

    looks: int = Field(3, ge=1, description="a number of looks that failed in a row, at least 1")
    failures: int = Field(3, ge=1, description="a number of failures in a row of a receiver or channel, at least 1")
    per_hour: int = Field(10, ge=1, description="the most messages an hour to one addressee of a channel")
    tries: int = Field(10, ge=1, description="how often a message is tried before it is given up")
    waiver_days: int = Field(14, ge=1, description="how many days before its end a waiver is told of")
    mend_working_days: int | None = Field(
        None, ge=1, description="working days from a notice to the last day for mending; left out: none is named"
    )


class Channels(Strict):
    """The whole file. ``units``: channels named for one unit, instead of the e-mail of its contacts."""

    channels: tuple[Channel, ...] = ()
    audiences: Mapping[Audience, Names] = Field(default_factory=dict)
    units: Mapping[str, Names] = Field(default_factory=dict)
    times: Times = Times()
    limits: Limits = Limits()

    def named(self, name: str) -> Channel | None:
        """The channel of this name."""
        return next((one for one in self.channels if one.name == name), None)

    def told_by(self, audience: Audience, unit: str | None = None) -> tuple[str, ...]:
        """The names of the channels by which an audience is told; of a unit its own where it has any."""
        if audience is Audience.UNIT and unit in self.units:
            return self.units[unit or ""]
        return self.audiences.get(audience, ())

    def audiences_of(self, name: str) -> tuple[str, ...]:
        """Who is told by a channel: audiences, then ids of units."""
        found = [str(audience) for audience in Audience if name in self.audiences.get(audience, ())]
        return (*found, *(unit for unit, names in self.units.items() if name in names))


def load(now: Settings) -> Channels | None:
    """The channels of this installation; None where there is no channels file.

    :raises ChannelsFileError: with every problem found, one line each.
    """
    file = now.channels or now.home / FILE
    if now.channels is None and not file.exists():
        return None
    return read(file)


def read(file: Path) -> Channels:
    """The channels of ``file``.

    :raises ChannelsFileError: with every problem found, one line each.
    """
    data, lines = read_marked(
        file,
        example=EXAMPLE,
        what="a channels file",
        refuse=lambda problems: ChannelsFileError(str(file), problems),
    )
    problems = list(_problems(data))
    if problems:
        raise ChannelsFileError(str(file), in_lines(file, lines, problems))
    made = tuple(KINDS[entry["kind"]].model_validate(entry) for entry in data["channels"])
    return Channels.model_validate({**{k: v for k, v in data.items() if v is not None}, "channels": made})


# ------------------------------------------------------------------ what is wrong

_KEYS: Final = tuple(Channels.model_fields)


def _problems(data: Any) -> Iterator[Problem]:
    if not isinstance(data, dict) or not isinstance(data.get("channels"), list):
        yield (), "expected the key channels with a list"
        return
    for key in data:
        if key not in _KEYS:
            yield (key,), f"unknown key{nearest(key, _KEYS)}; expected one of {', '.join(_KEYS)}"
    yield from wrong_entries(data, "channels", KINDS)
    for part, model in (("times", Times), ("limits", Limits)):
        given = data.get(part)
        if given is not None:
            if isinstance(given, dict):
                yield from (((part, *within), what) for within, what in wrong_entry(given, model))
            else:
                yield (part,), f"found {shown(given)}, expected keys and values"
    kinds = {entry.get("name"): entry.get("kind") for entry in data["channels"] if isinstance(entry, dict)}
    yield from _told_by(data, "audiences", kinds)
    yield from _told_by(data, "units", kinds)
    yield from _reachable(data)
    yield from _apart(data)


def _told_by(data: Mapping[str, Any], part: str, kinds: Mapping[Any, Any]) -> Iterator[Problem]:
    given = data.get(part)
    if given is None:
        return
    if not isinstance(given, dict):
        yield (part,), f"found {shown(given)}, expected keys and values"
        return
    known = [str(name) for name in kinds]
    for key, names in given.items():
        if part == "audiences" and key not in list(Audience):
            told = ", ".join(Audience)
            yield (part, key), f"unknown key{nearest(key, list(Audience))}; expected one of {told}"
            continue
        listed = _listed(names)
        if not isinstance(listed, list):
            yield (part, key), f"found {shown(names)}, expected a list of channels' names"
            continue
        for at, name in enumerate(listed):
            where: KeyPath = (part, key, at)
            if name not in known:
                yield where, f"found {shown(name)}, expected one of the channels{nearest(str(name), known)}"
            elif part == "audiences" and key == Audience.UNIT and kinds[name] != "email":
                told = "a channel of kind email: it goes to the addresses of each unit's contacts"
                yield where, f"found {name!r} of kind {kinds[name]}, expected {told} (others go under units)"


def _reachable(data: Mapping[str, Any]) -> Iterator[Problem]:
    """A letter of the office or the operator needs an address to go to."""
    told = data.get("audiences")
    given = told if isinstance(told, dict) else {}
    for at, entry in enumerate(data["channels"]):
        if not isinstance(entry, dict) or entry.get("kind") != "email" or entry.get("to"):
            continue
        units = data.get("units")
        own = [*(units.values() if isinstance(units, dict) else ()), given.get("office"), given.get("operator")]
        if any(entry.get("name") in _names(names) for names in own):
            yield (
                ("channels", at, "to"),
                "missing, expected e-mail addresses: not only contacts of units are told by it",
            )


def _apart(data: Mapping[str, Any]) -> Iterator[Problem]:
    """A unit reads neither what is amiss on our side nor what the office is told of others."""
    units, told = data.get("units"), data.get("audiences")
    if not isinstance(units, dict) or not isinstance(told, dict):
        return
    ours = {
        name: audience
        for audience in (Audience.OFFICE, Audience.OPERATOR)
        for name in _names(told.get(audience))
        if isinstance(name, str)
    }
    for unit, names in units.items():
        for at, name in enumerate(_names(names)):
            if isinstance(name, str) and name in ours:
                what = f"found {name!r}, by which the {ours[name]} is told, expected a channel that only the unit reads"
                yield ("units", unit, at), what


def _names(value: object) -> list[Any]:
    listed = _listed(value)
    return listed if isinstance(listed, list) else []
