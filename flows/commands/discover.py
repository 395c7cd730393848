"""``gongkai discover``: home pages in, their units' columns out, for people, as JSON, or as a city file to review.

One address gives one unit's columns. A city file gives itself back with columns under every unit that has none.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import typer
import yaml

from harvesters import city_file
from harvesters.discover import Tell, discover
from harvesters.one_page import Session
from harvesters.proposals import SAMPLES, Discovery, Proposal, as_json
from storage import settings
from storage.exceptions import UnknownTarget
from storage.schema import City, Unit

_AT_ONCE = 8  # hosts asked side by side: what is waited for is the pause each of them is given
_SITE_CODE = re.compile(r"(\d{6}|bm\d{4})\d{4}")
_STATIONED = re.compile(r"税务|海关|气象|邮政管理|烟草|海事|调查队|地震|银行|通信管理|消防救援")


def run(home: str, *, yaml: bool, json_: bool, pages: int, allow_private: bool) -> int:
    """Prints what ``home`` leads to; the exit status: 1 where the home page could not be read.

    :raises UnsafeAddress: the address is not public and ``allow_private`` is not set.
    """
    with _progress() as tell, Session(settings.load(), allow_private=allow_private) as session:
        found = discover(home, session, budget=pages, tell=tell)
        ways = session.ways
    for way in ways:
        typer.echo(f"gongkai: {_plain(way)}", err=True)
    if json_:
        typer.echo(json.dumps(as_json(found), ensure_ascii=False))
    elif found.outcome.is_good:
        for line in as_yaml(found) if yaml else lines(found):
            typer.echo(line)
    if not found.outcome.is_good:
        typer.echo(f"gongkai: {found.outcome.value} ({found.reason}): {found.detail}", err=True)
    return 0 if found.outcome.is_good else 1


def run_city(file: Path, *, units: Sequence[str], pages: int) -> int:
    """Prints the city file with the columns of the units that have none; 1 where a home page could not be read.

    A unit that has columns stands as it stood. What the file says of a unit is kept, and what it leaves out (site
    code, contact) is taken from the home page.

    :param units: only these; none for all.
    :raises CityFileError: the file is not valid.
    :raises UnknownTarget: a unit named is not in the file, or has columns already.
    """
    city = city_file.load(file)
    bare = [unit for unit in city.units if not unit.columns and (not units or unit.id in units)]
    for name in units:
        if name not in {unit.id for unit in bare}:
            known = "has columns already; take them out of the file to have them found anew"
            there = any(unit.id == name for unit in city.units)
            raise UnknownTarget(f"{file}: unit {name} {known if there else 'is not in it'}")
    with _progress() as tell:
        found = _explored(city, bare, pages, tell)
    for line in city_yaml(city, found):
        typer.echo(line)
    unread = {unit: one for unit, one in found.items() if not one.outcome.is_good}
    for unit, one in unread.items():
        typer.echo(f"gongkai: {unit}: {one.outcome.value} ({one.reason}): {_plain(one.detail or '')}", err=True)
    return 1 if unread else 0


def _explored(city: City, units: Sequence[Unit], pages: int, tell: Tell) -> dict[str, Discovery]:
    """What each unit's home page leads to, in the order of ``units``; one host is asked one thing at a time."""
    by_host = defaultdict(list)
    for unit in units:
        by_host[urlsplit(unit.home).netloc].append(unit)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        parts = pool.map(
            lambda of_host: [_explored_unit(city, unit, pages, tell) for unit in of_host], by_host.values()
        )
        told = {
            unit.id: one
            for part, of_host in zip(parts, by_host.values(), strict=True)
            for unit, one in zip(of_host, part, strict=True)
        }
    return {unit.id: told[unit.id] for unit in units}


def _explored_unit(city: City, unit: Unit, pages: int, tell: Tell) -> Discovery:
    with Session(settings.load(), allow_private=city.allow_private_addresses, delay_s=city.delay_s) as session:
        found = discover(unit.home, session, budget=pages, tell=lambda line: tell(f"{unit.id} {line}"))
        for way in session.ways:
            tell(f"{unit.id} {way}")
        return found


@contextmanager
def _progress() -> Iterator[Tell]:
    """Where progress goes: one live line on a terminal, a line for each page elsewhere; never to standard output."""
    if not sys.stderr.isatty():
        yield lambda line: typer.echo(_plain(line), err=True)
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status("asking the home page") as status:
        yield lambda line: status.update(escape(_plain(line)))


def lines(found: Discovery) -> list[str]:
    """The discovery for people."""
    site = found.site
    told = [
        f"home       {found.home}    section {found.section}",
        f"site       {site.name or '-'}    {site.id_code or 'no site code'}",
        f"unit       {found.unit_name or '-'}    {found.phone or '-'}    {found.email or '-'}",
        f"platform   {found.platform or 'none was found'}",
        f"asked      {found.requests} of at most {found.budget} requests; {len(found.columns)} columns",
    ]
    for one in found.columns:
        told += ["", f"{'? ' if one.is_doubtful else ''}{_plain(one.name)}  [{one.kind}]  {_plain(one.url)}"]
        told += [f"    {line}" for line in _notes(one)]
        told += [f"    {row.date or '(no date)'!s:10}  {_plain(row.title)}" for row in one.rows[:SAMPLES]]
    if found.left_out:
        told += ["", f"left out: {len(found.left_out)}"]
        told += [f"  {_plain(f'{one.name} {one.url}: {one.why}')}" for one in found.left_out]
    return told


def as_yaml(found: Discovery) -> list[str]:
    """An entry for ``units:`` of a city file, to be reviewed: what is doubtful, or only guessed, says so."""
    kind, supervision = _kind_of(found.unit_name or "")
    told = [
        f"# Proposed by gongkai discover {found.home} ({found.requests} of at most {found.budget} requests).",
        "# Review it, uncomment what is right among the doubtful, and put the entry under units: of the city file.",
        "units:",
        f"  - id: {_unit_id(found.home)}",
        f"    name: {_scalar(found.unit_name or found.site.name or 'FILL IN')}",
        f"    kind: {kind} # guessed from the name",
        f"    supervision: {supervision} # guessed from the name",
        f"    home: {_scalar(found.home)}",
    ]
    return [*told, *_site_lines(found), *_column_lines(found)]


def city_yaml(city: City, found: dict[str, Discovery]) -> list[str]:
    """The city file of ``city`` with what was ``found`` for its units, to be reviewed as :func:`as_yaml`'s is."""
    data = city_file.as_data(city)
    units = data.pop("units")
    told = [
        "# Columns proposed by gongkai discover: review them, uncomment what is right among the doubtful,",
        "# and run gongkai city apply on this file.",
        *_block(data),
        "units:",
    ]
    for entry in units:
        one = found.get(entry["id"])
        if one is None:
            told += textwrap.indent("\n".join(_block([entry])), "  ").splitlines()
            continue
        told += textwrap.indent("\n".join(_block([entry])), "  ").splitlines()
        if one.outcome.is_good:
            told += [line for line in _site_lines(one) if line.strip().partition(":")[0] not in entry]
            told += _column_lines(one)
        else:
            told += ["    columns: []", f"    # {_plain(f'{one.outcome.value}: {one.detail or one.reason}')}"]
    return told


def _block(data: Any) -> list[str]:
    text: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)
    return text.splitlines()


def _site_lines(found: Discovery) -> list[str]:
    """What the home page says of the unit's site, as keys of its entry."""
    told = []
    if found.site.id_code and _SITE_CODE.fullmatch(found.site.id_code):
        told.append(f"    site_code: {_scalar(found.site.id_code)}")
    if found.phone or found.email:
        contact = {"name": "网站公布的联系方式", "email": found.email, "phone": found.phone}
        told.append(f"    contacts: [{_flow({key: value for key, value in contact.items() if value})}]")
    return told


def _column_lines(found: Discovery) -> list[str]:
    """The columns as a unit's entry holds them: the doubtful commented out, what was left out told."""
    told = ["    columns:" if any(not one.is_doubtful for one in found.columns) else "    columns: []"]
    for one in found.columns:
        told += [f"      # {line}" for line in _notes(one)]
        entry = {"id": one.id, "name": one.name, "kind": one.kind, "url": one.url}
        written = _flow({**entry, "feed": one.feed} if one.feed else entry)
        told.append(f"      {'# ' if one.is_doubtful else ''}- {written}")
    told += [f"      # left out: {_plain(f'{one.name} {one.url}: {one.why}')}" for one in found.left_out]
    return told


def _notes(one: Proposal) -> list[str]:
    total = f"{one.total_rows} in all" if one.total_rows is not None else f"{one.total_pages or '?'} pages"
    told = [
        f"{'DOUBTFUL, ' if one.is_doubtful else ''}confidence {one.confidence:.2f}: {'; '.join(one.why)}",
        f"engine {one.engine or '-'}; newest row {one.newest_on or '-'}; {len(one.rows)} rows on page 1, {total}; "
        f"linked from {one.linked_from}",
    ]
    if one.detail:
        told.append(f"{one.outcome.value}: {one.detail}")
    told += [f"also {other.url}: {other.why}" for other in one.others]
    return [_plain(line) for line in told]


def _plain(text: str) -> str:
    """What pages say, on one line: nothing of it may end a comment, or steer a terminal."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _scalar(text: str) -> str:
    return json.dumps(_plain(text), ensure_ascii=False)  # JSON is YAML


def _flow(values: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {_scalar(str(value))}" for key, value in values.items()) + "}"


def _unit_id(home: str) -> str:
    """A name for the unit: its section on a portal, else its host's first word."""
    parts = urlsplit(home)
    steps = [step for step in parts.path.split("/") if re.fullmatch(r"[A-Za-z][\w-]{1,40}", step)]
    labels = [label for label in (parts.hostname or "").split(".") if label not in ("www", "zfxxgk", "xxgk")]
    if steps:
        return steps[-1]
    named = bool(labels) and re.fullmatch(r"[A-Za-z][\w-]*", labels[0]) is not None
    return labels[0] if named else f"unit-{parts.port or 80}"


def _kind_of(name: str) -> tuple[str, str]:
    if re.search(r"(?:镇|乡|街道|办事处)(?:人民政府)?$", name):
        return "township", "local"
    if re.search(r"(?:区|县|市|旗)(?:人民)?政府$|管委会$|管理委员会$", name):
        return "district", "local"
    return ("stationed", "vertical") if _STATIONED.search(name) else ("department", "local")
