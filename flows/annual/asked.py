"""What the console asks about yearly reports, done: the request kind "annual".

Payloads: ``{"do": "add", "handed": id}`` and ``{"do": "figures", "handed": id}`` as ``storage.annual.handed.ask``
leaves them, ``{"do": "read", "again": bool}`` reads the published reports, ``{"do": "tell", "year": int}`` brings one
year together, all of them that there are where no year is named. Each answers ``{"told": sentence, …}``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, Final

from flows.annual.sheet import enter
from flows.annual.telling import tell, tell_year
from storage import settings
from storage.annual import handed
from storage.annual.handed import Handed
from storage.database import Database, open_database
from storage.exceptions import UnknownTarget
from storage.settings import Settings


def do(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Does what a request asks.

    :raises UnknownTarget: there is no such thing to do, or no such file, unit or year.
    :raises GongkaiError: the file cannot be taken; the message says why.
    """
    wish = DEEDS.get(str(payload.get("do")))
    if wish is None:
        raise UnknownTarget(f"annual {payload.get('do')!r}: expected one of {', '.join(DEEDS)}")
    known = settings.load()
    with closing(open_database(known.database_url)) as database:
        return wish(database, known, payload)


def _add(database: Database, known: Settings, payload: Mapping[str, Any]) -> dict[str, Any]:
    from flows.annual.mail import receive

    with _taken(database, payload) as file:
        kept = receive(
            database,
            known,
            file.unit or "",
            file.year,
            file.name,
            file.content,
            by=file.by,
            note=file.note,
            received_on=file.received_on,
        )
    return {"told": kept.told, "report": kept.report.id}


def _figures(database: Database, known: Settings, payload: Mapping[str, Any]) -> dict[str, Any]:
    with _taken(database, payload) as file:
        count = enter(database, known, file.year, file.name, file.content, by=file.by)
    tell_year(database, known, file.year)
    return {"told": f"{file.name}: {count} figures of {file.year} entered", "figures": count}


def _read(database: Database, known: Settings, payload: Mapping[str, Any]) -> dict[str, Any]:
    from flows.annual.reading import read_published

    told = read_published(database, known, again=bool(payload.get("again")))
    tell(database, known)
    return {"told": str(told)}


def _tell(database: Database, known: Settings, payload: Mapping[str, Any]) -> dict[str, Any]:
    year = payload.get("year")
    if not isinstance(year, int):
        years = tell(database, known)
    else:
        tell_year(database, known, year)
        years = [year]
    return {"told": f"brought together: {', '.join(str(year) for year in years) or 'no year'}", "years": years}


@contextmanager
def _taken(database: Database, payload: Mapping[str, Any]) -> Iterator[Handed]:
    """The file that was handed in; dropped at the end, unless the worker was stopped: then it is taken again."""
    name = str(payload.get("handed"))
    file = handed.get(database, name)
    if file is None:
        raise UnknownTarget(f"no file {name!r} waits: it was taken already")
    try:
        yield file
    except Exception:
        handed.drop(database, file.id)
        raise
    handed.drop(database, file.id)


DEEDS: Final[Mapping[str, Callable[[Database, Settings, Mapping[str, Any]], dict[str, Any]]]] = {
    "add": _add,
    "figures": _figures,
    "read": _read,
    "tell": _tell,
}
