"""A discovered unit as a form and back: proposals in, fields with numbers out; the fields in, a unit's entry out. Pure.

A form is one flat table of field → text, whether it was proposed, was sent before and refused, or is being sent now,
so that a page shows all three alike. A box that is not ticked is not there. Addresses of columns are not fields: they
stay those that were discovered.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from storage.schema import ColumnKind, Supervision, UnitKind

MOST_COLUMNS: Final = 200
MOST_FIELDS: Final = 20 + 8 * MOST_COLUMNS
LONGEST: Final = 2000  # characters of a value, as in a city file
TICKED: Final = "1"
_ID: Final = re.compile(r"\w[\w.-]{0,63}")
_SITE_CODE: Final = re.compile(r"(\d{6}|bm\d{4})\d{4}")
_EMAIL: Final = re.compile(r"([^@\s]+@[^@\s]+)?")
_STATIONED: Final = re.compile(r"税务|海关|气象|海事|邮政|烟草|消防救援|国家统计局|人民银行|金融监督管理|出入境|地震")
_HOSTS: Final = ("www", "zfxxgk", "xxgk", "m", "wap")  # words of a host that name no unit


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with a field; ``word`` is one of the ``bad.…`` texts."""

    field: str
    word: str


# ------------------------------------------------------------------ what was discovered


def columns(result: Any) -> list[Mapping[str, Any]]:
    """The proposed columns of a discovery, as many as a form may have."""
    found = result.get("columns") if isinstance(result, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)][:MOST_COLUMNS] if isinstance(found, list) else []


def proposed(result: Any, taken: Collection[str], number: int) -> dict[str, str]:
    """The form as it is shown first.

    :param taken: ids of units there are; the one proposed is another.
    :param number: of the unit in the city, for a site whose address names nobody.
    """
    told = result if isinstance(result, Mapping) else {}
    site, unit = (part if isinstance(part := told.get(name), Mapping) else {} for name in ("site", "unit"))
    home, name = line(told.get("home")), line(unit.get("name") or site.get("name"))
    kind, supervision = guessed(name)
    email, phone = line(unit.get("email")), line(unit.get("phone"))
    code = line(site.get("id_code"))
    values = {
        "id": _free(_named_by(home) or f"unit-{number}", taken),
        "name": name,
        "kind": kind.value,
        "supervision": supervision.value,
        "home": home,
        "site_code": code if _SITE_CODE.fullmatch(code) else "",
        "contact": "网站公布的联系方式" if email or phone else "",
        "email": email,
        "phone": phone,
    }
    for at, one in enumerate(columns(told)):
        values |= {f"column-{at}-{field}": line(one.get(field)) for field in ("id", "name", "kind")}
        values[f"column-{at}-first_level"] = TICKED
        if not one.get("doubtful"):
            values[f"column-{at}-take"] = TICKED
    return values


def sent_before(entry: Any, result: Any, first: Mapping[str, str]) -> dict[str, str]:
    """The form as it was when ``entry`` was made of it: what was chosen, and as it was called.

    :param first: the form as it was proposed, for what was not chosen.
    """
    if not isinstance(entry, Mapping):
        return dict(first)
    values = {name: text for name, text in first.items() if not name.endswith("-take")}
    values |= {name: line(entry.get(name)) for name in ("id", "name", "kind", "supervision", "home", "site_code")}
    contacts = entry.get("contacts") or [{}]
    values |= {name: line(contacts[0].get(of)) for name, of in (("contact", "name"), ("email",) * 2, ("phone",) * 2)}
    chosen = {one.get("url"): one for one in entry.get("columns") or ()}
    for at, one in enumerate(columns(result)):
        kept = chosen.get(one.get("url"))
        if kept is None:
            continue
        values[f"column-{at}-take"] = TICKED
        values |= {f"column-{at}-{field}": line(kept.get(field)) for field in ("id", "name", "kind")}
        for field in ("first_level", "render"):
            values.pop(f"column-{at}-{field}", None)
            if kept.get(field):
                values[f"column-{at}-{field}"] = TICKED
    return values


def guessed(name: str) -> tuple[UnitKind, Supervision]:
    """The kind of a unit by its name, and who it answers to; a person looks at it."""
    if re.search(r"(?:镇|乡|街道|办事处)(?:人民政府)?$", name):
        return UnitKind.TOWNSHIP, Supervision.LOCAL
    if re.search(r"(?:区|县|市|旗)(?:人民)?政府$|管委会$|管理委员会$", name):
        return UnitKind.DISTRICT, Supervision.LOCAL
    if _STATIONED.search(name):
        return UnitKind.STATIONED, Supervision.VERTICAL
    return UnitKind.DEPARTMENT, Supervision.LOCAL


def line(value: object) -> str:
    """A value of a page on one line, without control signs; empty for what is no text."""
    if not isinstance(value, str):
        return ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())


def _named_by(home: str) -> str | None:
    """A unit's section on a portal, else the first word of its host that names anybody."""
    parts = urlsplit(home)
    steps = [step for step in parts.path.split("/") if re.fullmatch(r"[A-Za-z][\w-]{1,40}", step)]
    if steps:
        return steps[-1].lower()
    labels = [label for label in (parts.hostname or "").split(".") if label not in _HOSTS]
    return labels[0] if labels and re.fullmatch(r"[A-Za-z][\w-]{0,40}", labels[0]) else None


def _free(name: str, taken: Collection[str]) -> str:
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


# ------------------------------------------------------------------ what was sent


def unit_entry(form: Mapping[str, str], result: Any, taken: Collection[str]) -> tuple[dict[str, Any], list[Problem]]:
    """The unit as an entry of a city file, of the fields of a form, and what is wrong with them.

    What concerns several entries (hosts, private addresses) is for the worker, which has the whole city.
    """
    problems: list[Problem] = []

    def check(field: str, word: str, *, good: bool) -> None:
        if not good:
            problems.append(Problem(field=field, word=word))

    given = {name: form.get(name, "").strip() for name in ("id", "name", "kind", "supervision", "home")}
    check("id", "id", good=_ID.fullmatch(given["id"]) is not None)
    check("id", "taken", good=given["id"] not in taken)
    check("name", "name", good=is_line(given["name"]))
    check("kind", "kind", good=given["kind"] in set(UnitKind))
    check("supervision", "supervision", good=given["supervision"] in set(Supervision))
    check("home", "url", good=is_address(given["home"]))
    entry: dict[str, Any] = dict(given)
    if code := form.get("site_code", "").strip():
        check("site_code", "site_code", good=_SITE_CODE.fullmatch(code) is not None)
        entry["site_code"] = code
    contact = {of: form.get(name, "").strip() for name, of in (("contact", "name"), ("email",) * 2, ("phone",) * 2)}
    if any(contact.values()):
        check("contact", "contact", good=is_line(contact["name"]))
        check("email", "email", good=_EMAIL.fullmatch(contact["email"]) is not None)
        check("phone", "name", good=not contact["phone"] or is_line(contact["phone"]))
        entry["contacts"] = [{of: text for of, text in contact.items() if text}]
    entry["columns"], slips = chosen_columns(form, result)
    return entry, problems + slips


def new_columns(
    form: Mapping[str, str], result: Any, taken: Collection[str]
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The columns chosen for a unit there is, whose own are called ``taken``; at least one."""
    found, problems = chosen_columns(form, result, taken)
    return found, problems if found or problems else [Problem(field="columns", word="none")]


def chosen_columns(
    form: Mapping[str, str], result: Any, taken: Collection[str] = ()
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The columns chosen as entries of a city file, and what is wrong with them."""
    problems: list[Problem] = []

    def check(field: str, word: str, *, good: bool) -> None:
        if not good:
            problems.append(Problem(field=field, word=word))

    found: list[dict[str, Any]] = []
    ids: set[str] = set()
    for at, one in enumerate(columns(result)):
        if f"column-{at}-take" not in form:
            continue
        column = {field: form.get(f"column-{at}-{field}", "").strip() for field in ("id", "name", "kind")}
        check(f"column-{at}-id", "id", good=_ID.fullmatch(column["id"]) is not None)
        check(f"column-{at}-id", "taken", good=column["id"] not in taken)
        check(f"column-{at}-id", "twice", good=column["id"] not in ids)
        check(f"column-{at}-name", "name", good=is_line(column["name"]))
        check(f"column-{at}-kind", "kind", good=column["kind"] in set(ColumnKind))
        ids.add(column["id"])
        ticked = {field: f"column-{at}-{field}" in form for field in ("first_level", "render")}
        addresses = {field: one[field] for field in ("url", "feed") if one.get(field)}
        found.append({**column, **addresses, **ticked})
    return found, problems


def city_entry(form: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """The city's own fields of a form, and what is wrong with them."""
    given = {name: form.get(name, "").strip() for name in ("name", "code", "contact", "timezone")}
    good = {
        "name": is_line(given["name"]),
        "code": re.fullmatch(r"\d{6}(\d{3}){0,2}", given["code"]) is not None,
        "contact": is_line(given["contact"]),
        "timezone": _is_zone(given["timezone"]),
    }
    words = {"contact": "name"}
    problems = [Problem(field=field, word=words.get(field, field)) for field, is_good in good.items() if not is_good]
    return {**given, "allow_private_addresses": "allow_private_addresses" in form}, problems


def address(text: str) -> str:
    """A web address as a person types it: ``http://`` may be left out."""
    told = text.strip()
    return told if "://" in told or not told else f"http://{told}"


def is_address(text: str) -> bool:
    """Whether a text is a whole web address, as a city file takes it."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or port == 0:
        return False
    return is_line(text) and re.search(r"\s", text) is None


def is_line(text: str) -> bool:
    """Whether a text is one line that is not empty and not too long."""
    return bool(text) and len(text) <= LONGEST and all(ord(sign) >= 32 and ord(sign) != 127 for sign in text)


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
