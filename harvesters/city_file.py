"""A ``city.yml`` in, a :class:`storage.schema.City` out, and back: the only reader and writer of that format.

A city file is what a person writes, so everything wrong with it is said at once, each problem with file, line,
key path, what was found and what is expected. Unknown keys are errors: a misspelt ``waivers`` must not silently
mean "none". Scalars are taken as they are written (``code: 629900`` and ``code: "629900"`` are the same), so that
YAML's habit of reading ``010`` as eight never changes an area code.

The order of work: bytes → YAML nodes (they know their lines) → plain data plus a table of key path → line →
pydantic, which judges each value alone → ``_consistency``, which judges values against each other.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from harvesters.addresses_guard import is_private_host, literal_address
from harvesters.marked_yaml import KeyPath, dotted, in_lines, nearest, read, shown
from storage import schema
from storage.exceptions import CityFileError

LONGEST_TEXT = 2000  # characters; a longer value is a paste gone wrong, not a name or an address


# ------------------------------------------------------------------ single values


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("empty")
    if len(value) > LONGEST_TEXT or any(ord(sign) < 32 or ord(sign) == 127 for sign in value):
        raise ValueError("control")
    return value


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", value) or parts.username:
        raise ValueError("address")
    if parts.port == 0:  # reading .port also raises for what is no port at all
        raise ValueError("port")
    return value


def _zone(value: str) -> str:
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise ValueError("zone") from problem
    return value


def _day(value: object) -> dt.date:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError("day")
    return dt.date.fromisoformat(value)


def _member(kind: type[StrEnum]) -> Any:
    def pick(value: object) -> Any:
        return kind(value) if isinstance(value, str) else kind("")

    return BeforeValidator(pick)


def _matching(pattern: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError("pattern")
        return value

    return AfterValidator(check)


Text = Annotated[str, BeforeValidator(_text)]
Address = Annotated[Text, AfterValidator(_address)]
Id = Annotated[Text, _matching(r"\w[\w.-]{0,63}")]
Harvest = Literal["hourly", "daily"]

# every field's description completes the sentence "expected …" in a problem
_AN_ID = "letters, digits, - . _ only, 64 at most (it becomes part of file names and addresses)"
_A_TEXT = "a text on one line, not empty"
_AN_ADDRESS = "an absolute http:// or https:// address without user name and blanks"
_A_PAUSE = "reason, by and on, and until where its last day is known"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ContactModel(_Model):
    name: Text = Field(description=_A_TEXT)
    email: Annotated[Text, _matching(r"[^@\s]+@[^@\s]+")] | None = Field(None, description="an e-mail address")
    phone: Text | None = Field(None, description=_A_TEXT)


class WaiverModel(_Model):
    reason: Text = Field(description="why the duty does not apply, in words")
    approved_by: Text = Field(description="who approved the exception")
    until: Annotated[dt.date, BeforeValidator(_day)] = Field(description="a day YYYY-MM-DD; a waiver always expires")
    column: Text | None = Field(None, description="the id of one of this unit's columns")
    rule: Text | None = Field(None, description="the id of a rule")


class ConfirmedModel(_Model):
    by: Text = Field(description="who looked at the column and found it in its place")
    on: Annotated[dt.date, BeforeValidator(_day)] = Field(description="the day they looked, YYYY-MM-DD")


class PausedModel(_Model):
    reason: Text = Field(description="why nothing is looked at there, in words")
    by: Text = Field(description="who paused it")
    on: Annotated[dt.date, BeforeValidator(_day)] = Field(description="the first day of the pause, YYYY-MM-DD")
    until: Annotated[dt.date, BeforeValidator(_day)] | None = Field(
        None, description="the last day of the pause, YYYY-MM-DD, not before on"
    )


class ColumnModel(_Model):
    id: Id = Field(description=_AN_ID)
    name: Text = Field(description=_A_TEXT)
    kind: Annotated[schema.ColumnKind, _member(schema.ColumnKind)] = Field(
        description="one of " + ", ".join(schema.ColumnKind)
    )
    url: Address = Field(description=_AN_ADDRESS)
    feed: Address | None = Field(None, description=_AN_ADDRESS)
    harvest: Harvest | None = Field(None, description="hourly or daily")
    first_level: bool = Field(default=True, description="true or false")
    render: bool = Field(default=False, description="true or false")
    confirmed: ConfirmedModel | None = Field(None, description="by and on: who found the column in its place, and when")
    paused: PausedModel | None = Field(None, description=_A_PAUSE)


class UnitModel(_Model):
    id: Id = Field(description=_AN_ID)
    name: Text = Field(description=_A_TEXT)
    kind: Annotated[schema.UnitKind, _member(schema.UnitKind)] = Field(
        description="one of " + ", ".join(schema.UnitKind)
    )
    supervision: Annotated[schema.Supervision, _member(schema.Supervision)] = Field(
        schema.Supervision.LOCAL, description="one of " + ", ".join(schema.Supervision)
    )
    home: Address = Field(description=_AN_ADDRESS)
    site_code: Annotated[Text, _matching(r"(\d{6}|bm\d{4})\d{4}")] | None = Field(
        None, description="a 网站标识码: ten digits, or bm and eight digits"
    )
    contacts: tuple[ContactModel, ...] = Field((), description="a list of contacts")
    columns: tuple[ColumnModel, ...] = Field((), description="a list of columns")
    waivers: tuple[WaiverModel, ...] = Field((), description="a list of waivers")
    paused: PausedModel | None = Field(None, description=_A_PAUSE)


class CityModel(_Model):
    name: Text = Field(description=_A_TEXT)
    code: Annotated[Text, _matching(r"\d{6}(\d{3}){0,2}")] = Field(description="a 行政区划代码 of six digits")
    timezone: Annotated[Text, AfterValidator(_zone)] = Field(
        "Asia/Shanghai", description="a time zone of the IANA list such as Asia/Shanghai"
    )
    contact: Text = Field(description="where site operators can reach you, such as mailto:office@example.gov.cn")


class DefaultsModel(_Model):
    delay_s: float = Field(1.0, ge=0, allow_inf_nan=False, description="seconds between two requests, 0 or more")
    robots: Literal["obey", "ignore"] = Field("obey", description="obey, or ignore together with robots_reason")
    robots_reason: Text | None = Field(None, description="why robots.txt is not obeyed, in words")
    harvest: Harvest = Field("daily", description="hourly or daily")
    files: Literal["all", "annual_reports", "none"] = Field(
        "all", description="which attachments are fetched: all, annual_reports (of those columns) or none"
    )


class FileModel(_Model):
    city: CityModel = Field(description="the city: name, code, timezone, contact")
    allow_private_addresses: bool = Field(default=False, description="true or false")
    defaults: DefaultsModel = Field(DefaultsModel(), description="delay_s, robots, robots_reason, harvest, files")
    units: tuple[UnitModel, ...] = Field(description="a list of units")


# ------------------------------------------------------------------ the doors


def load(path: str | Path) -> schema.City:
    """Reads and checks the city file at ``path``.

    :raises CityFileError: with every problem found, one line each; nothing is half-loaded.
    """
    file = Path(path)
    data, lines = _read(file)
    city, problems = _checked(data)
    if city is None:
        raise CityFileError(str(file), in_lines(file, lines, problems))
    return city


def check(data: Mapping[str, Any], what: str) -> schema.City:
    """The city of plain data in the form of a city file, by the same rules; ``what`` names it in problems.

    :raises CityFileError: with every problem found, one line each.
    """
    city, problems = _checked(data)
    if city is None:
        told = sorted({(dotted(where), said) for where, said in problems})
        raise CityFileError(what, tuple(f"{what}: {key}: {said}" for key, said in told))
    return city


def _checked(data: Any) -> tuple[schema.City | None, list[tuple[KeyPath, str]]]:
    """The city; or None, and every problem by its key."""
    problems: list[tuple[KeyPath, str]] = []
    model = None
    try:
        model = FileModel.model_validate(data)
    except ValidationError as error:
        problems = [_explain(detail, data) for detail in error.errors(include_url=False)]
    problems += _consistency(data)
    return (None, problems) if problems or model is None else (_to_city(model), [])


def dump(city: schema.City) -> str:
    """``city`` as the text of a city file; :func:`load` makes the same city of it."""
    text: str = yaml.safe_dump(as_data(city), allow_unicode=True, sort_keys=False, width=120)
    return text


def as_data(city: schema.City) -> dict[str, Any]:
    """``city`` as plain data in the form of a city file; :func:`check` makes the same city of it."""
    defaults = {"delay_s": city.delay_s, "robots": city.robots, "robots_reason": city.robots_reason}
    return {
        "city": {"name": city.name, "code": city.code, "timezone": city.timezone, "contact": city.contact},
        "allow_private_addresses": city.allow_private_addresses,
        "defaults": _present(
            {**defaults, "harvest": city.harvest, "files": city.files if city.files != "all" else None}
        ),
        "units": [_dump_unit(unit) for unit in city.units],
    }


def _dump_unit(unit: schema.Unit) -> dict[str, Any]:
    return _present(
        {
            "id": unit.id,
            "name": unit.name,
            "kind": unit.kind.value,
            "supervision": unit.supervision.value,
            "home": unit.home,
            "site_code": unit.site_code,
            "contacts": [_present({"name": c.name, "email": c.email, "phone": c.phone}) for c in unit.contacts],
            "columns": [
                _present(
                    {
                        "id": column.id,
                        "name": column.name,
                        "kind": column.kind.value,
                        "url": column.url,
                        "feed": column.feed,
                        "harvest": column.harvest,
                        "first_level": None if column.first_level else False,
                        "render": column.render or None,
                        "confirmed": {"by": column.confirmed.by, "on": column.confirmed.on.isoformat()}
                        if column.confirmed
                        else None,
                        "paused": _dump_pause(column.paused),
                    }
                )
                for column in unit.columns
            ],
            "waivers": [
                _present(
                    {
                        "column": waiver.column,
                        "rule": waiver.rule,
                        "reason": waiver.reason,
                        "approved_by": waiver.approved_by,
                        "until": waiver.until.isoformat(),
                    }
                )
                for waiver in unit.waivers
            ],
            "paused": _dump_pause(unit.paused),
        }
    )


def _dump_pause(paused: schema.Paused | None) -> dict[str, Any] | None:
    if paused is None:
        return None
    until = paused.until.isoformat() if paused.until else None
    return _present({"reason": paused.reason, "by": paused.by, "on": paused.on.isoformat(), "until": until})


def _present(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if value is not None and value != []}


def _to_city(file: FileModel) -> schema.City:
    return schema.City(
        **file.city.model_dump(),
        **file.defaults.model_dump(),
        allow_private_addresses=file.allow_private_addresses,
        units=tuple(
            schema.Unit(
                **unit.model_dump(exclude={"contacts", "columns", "waivers", "paused"}),
                contacts=tuple(schema.Contact(**contact.model_dump()) for contact in unit.contacts),
                columns=tuple(_to_column(unit.id, column) for column in unit.columns),
                waivers=tuple(schema.Waiver(**waiver.model_dump()) for waiver in unit.waivers),
                paused=_to_pause(unit.paused),
            )
            for unit in file.units
        ),
    )


def _to_column(unit: str, column: ColumnModel) -> schema.Column:
    confirmed = schema.Confirmed(**column.confirmed.model_dump()) if column.confirmed else None
    paused = _to_pause(column.paused)
    return schema.Column(
        unit=unit, **column.model_dump(exclude={"confirmed", "paused"}), confirmed=confirmed, paused=paused
    )


def _to_pause(paused: PausedModel | None) -> schema.Paused | None:
    return schema.Paused(**paused.model_dump()) if paused else None


# ------------------------------------------------------------------ bytes to data and lines


def _read(file: Path) -> tuple[Any, dict[KeyPath, int]]:
    """The file as plain data, and the line of every key path."""
    data, lines = read(
        file,
        example="deploy/city.example.yml",
        what="a city file",
        refuse=lambda problems: CityFileError(str(file), problems),
    )
    if not isinstance(data, dict):
        expected = f"expected the keys {', '.join(FileModel.model_fields)}"
        raise CityFileError(str(file), (f"{file}:1: found {shown(data)}, {expected}",))
    return data, lines


# ------------------------------------------------------------------ pydantic's findings in our words


def _explain(detail: Mapping[str, Any], data: Any) -> tuple[KeyPath, str]:
    where: KeyPath = tuple(part for part in detail["loc"] if isinstance(part, int) or not part.startswith("function-"))
    names = tuple(part for part in where if isinstance(part, str))
    expected = _EXPECTED.get(names, "something else")
    if detail["type"] == "extra_forbidden":
        known = [key[-1] for key in _EXPECTED if key[:-1] == names[:-1]]
        return where, f"unknown key{nearest(names[-1], known)}; expected one of {', '.join(known)}"
    if detail["type"] == "missing":
        return where, f"missing, expected {expected}"
    found = _at(data, where)
    if where and isinstance(where[-1], int):
        return where, f"found {shown(found)}, expected keys and values"
    choices = expected.removeprefix("one of ").split(", ") if expected.startswith("one of ") else ()
    hint = nearest(found, choices) if isinstance(found, str) else ""
    return where, f"found {shown(found)}, expected {expected}{hint}"


def _expectations(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, info in model.model_fields.items():
        yield (*path, name), info.description or ""
        inner = _INNER.get((model, name))
        if inner:
            yield from _expectations(inner, (*path, name))


_INNER: Mapping[tuple[type[BaseModel], str], type[BaseModel]] = {
    (FileModel, "city"): CityModel,
    (FileModel, "defaults"): DefaultsModel,
    (FileModel, "units"): UnitModel,
    (UnitModel, "contacts"): ContactModel,
    (UnitModel, "columns"): ColumnModel,
    (ColumnModel, "confirmed"): ConfirmedModel,
    (ColumnModel, "paused"): PausedModel,
    (UnitModel, "waivers"): WaiverModel,
    (UnitModel, "paused"): PausedModel,
}
_EXPECTED = dict(_expectations(FileModel))


def _at(data: Any, path: KeyPath) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


# ------------------------------------------------------------------ values against each other


def _consistency(data: Mapping[str, Any]) -> list[tuple[KeyPath, str]]:
    """What is wrong between values; looks only at what has the right shape, the rest is told elsewhere."""
    problems: list[tuple[KeyPath, str]] = []
    defaults = _mapping(data.get("defaults"))
    if defaults.get("robots") == "ignore" and not defaults.get("robots_reason"):
        problems.append((("defaults", "robots"), "found 'ignore' without robots_reason, expected the reason in words"))
    private_allowed = str(data.get("allow_private_addresses")).lower() in ("true", "yes", "on", "1")
    units = list(_mappings(data.get("units")))
    problems += _repeated_ids(units, ("units",))
    for index, unit in units:
        path: KeyPath = ("units", index)
        home = unit.get("home")
        columns = list(_mappings(unit.get("columns")))
        problems += _repeated_ids(columns, (*path, "columns"))
        addresses: list[tuple[KeyPath, object]] = [((*path, "home"), home)]
        for at, column in columns:
            for key in ("url", "feed"):
                addresses.append(((*path, "columns", at, key), column.get(key)))
        for where, address in addresses:
            host = _host(address)
            if not host or not str(address).startswith(("http://", "https://")):
                continue
            if not private_allowed and is_private_host(host):
                problems.append(
                    (
                        where,
                        f"found the private address {host}, expected a public one (or allow_private_addresses: true)",
                    )
                )
            if where[-1] != "home" and not same_house(str(home), str(address)):
                problems.append((where, f"found host {_netloc(address)}, expected {_house(home)}"))
        places: list[tuple[KeyPath, Mapping[str, Any]]] = [(path, unit)]
        places += [((*path, "columns", at), column) for at, column in columns]
        for where, entry in places:
            problems += _turned_pause(_mapping(entry.get("paused")), (*where, "paused", "until"))
        known = [str(column.get("id")) for _, column in columns]
        for at, waiver in _mappings(unit.get("waivers")):
            named = waiver.get("column")
            # a waiver may name a column that is not kept (nothing to put in it is what is waived), or is still to be
            # discovered; an id that nearly is another's is a slip
            if isinstance(named, str) and named not in known and (meant := nearest(named, known)):
                what = f"one of this unit's columns ({', '.join(known)})"
                where = (*path, "waivers", at, "column")
                problems.append((where, f"found {shown(named)}, expected {what}{meant}"))
    return problems


def _turned_pause(paused: Mapping[str, Any], where: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    try:
        on, until = _day(paused.get("on")), _day(paused.get("until"))
    except ValueError:
        return
    if until < on:
        yield where, f"found {until}, expected {on} (the first day of the pause) or later"


def _repeated_ids(entries: Sequence[tuple[int, Mapping[str, Any]]], path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    first: dict[str, int] = {}
    for index, entry in entries:
        name = entry.get("id")
        if isinstance(name, str) and first.setdefault(name, index) != index:
            yield (
                (*path, index, "id"),
                f"found {name!r} again (first at {dotted((*path, first[name]))}), expected ids to differ",
            )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _mappings(value: object) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if isinstance(value, list):
        yield from ((index, entry) for index, entry in enumerate(value) if isinstance(entry, dict))


# ------------------------------------------------------------------ hosts


def _host(address: object) -> str | None:
    try:
        return urlsplit(address).hostname if isinstance(address, str) else None
    except ValueError:
        return None


def _netloc(address: object) -> str:
    parts = urlsplit(str(address))
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return f"{(parts.hostname or '').rstrip('.')}:{port}"


def registered_domain(host: str) -> str:
    """What one owner registers: the last two labels, or three where the second last is a class of names.

    Under a country's domain names are sold below classes (``gov.cn``, ``com.cn``) and below provinces
    (``bj.cn``): such second-last labels are of two or three letters. So ``zfxxgk.qinghe.gov.cn`` and
    ``www.qinghe.gov.cn`` have one owner, two cities under ``gov.cn`` have not.
    """
    labels = host.rstrip(".").lower().split(".")
    classed = len(labels) >= 3 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if classed else labels[-2:])


def same_house(home: str, address: str) -> bool:
    """Whether ``address`` may belong to the unit whose home page is ``home``.

    Literal addresses must agree in host and port; names in their registered domain, since one unit's
    columns stand on ``www.``, ``zfxxgk.`` and ``xxgk.`` of it. True where either is no address at all.
    """
    here, there = _host(home), _host(address)
    try:
        ports_told = _netloc(home), _netloc(address)
    except ValueError:
        return True
    if not here or not there:
        return True
    if _is_name(here) and _is_name(there):
        return registered_domain(here) == registered_domain(there)
    return ports_told[0] == ports_told[1]


def _is_name(host: str) -> bool:
    return literal_address(host) is None and "." in host.rstrip(".")


def _house(home: object) -> str:
    host = _host(home) or ""
    if _is_name(host):
        return f"a host under {registered_domain(host)} like the unit's home"
    return f"{_netloc(home)} like the unit's home"
