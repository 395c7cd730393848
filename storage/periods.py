"""Frozen periods: the scoreboard of a month, quarter or year as it was, and everything it can be recomputed from.

A period is frozen once. What was frozen is never changed: a correction is an amendment beside it, with who, when and
why, the old numbers and the new. The verdicts lie as gzip JSON Lines below the data folder, in the form and order of
``gongkai export verdicts``; their sums are in the database, so that a changed file shows.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from storage import export, tables
from storage.database import Database, dumps, take_lock
from storage.exceptions import ExportError, PeriodRefused, UnknownTarget

FOLDER: Final = "periods"  # below the data folder


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What stands above a frozen period. Days are the city's, ``frozen_at`` is in UTC."""

    name: str
    first: dt.date
    last: dt.date
    as_of: dt.date
    early: bool
    frozen_at: dt.datetime
    frozen_by: str
    note: str | None


@dataclass(frozen=True, kw_only=True)
class Period(Heading):
    """One frozen period, with all that it was judged by.

    ``board``, ``regulation`` and ``city`` are texts (JSON, JSON, YAML) as they were; ``file`` is the verdicts' file
    below the data folder, ``rows`` how many they are, ``digest`` the SHA-256 of their lines, ``sha256`` of the file.
    """

    board: str
    regulation: str
    regulation_digest: str
    city: str
    file: str
    rows: int
    digest: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """One correction of one unit's numbers in a frozen period; ``number`` counts those of the period from 1.

    ``changes`` are the verdicts that were replaced (rule, column, item, was, now), ``before`` and ``after`` the unit's
    line of the scoreboard, ``ranks`` the peers whose rank moved with it.
    """

    period: str
    number: int
    unit: str
    at: dt.datetime
    who: str
    reason: str
    changes: tuple[Mapping[str, Any], ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    ranks: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a file of verdicts holds."""

    rows: int
    digest: str
    sha256: str


# ------------------------------------------------------------------ the file of verdicts


def write_verdicts(rows: Iterable[Mapping[str, Any]], path: Path) -> Written:
    """Writes verdicts as they are exported; the same ones give the same bytes.

    :raises ExportError: the file cannot be written.
    """
    lines = hashlib.sha256()
    count = 0
    with export.finished(path) as stream, gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as out:
        for row in rows:
            line = dumps(row).encode("utf-8", "replace") + b"\n"
            lines.update(line)
            out.write(line)
            count += 1
    return Written(rows=count, digest=lines.hexdigest(), sha256=_sum_of(path))


def read_verdicts(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of such a file, in order and bounded memory.

    :raises ExportError: the file is not there, or is not what was written.
    """
    try:
        with gzip.open(path, "rb") as lines:
            for line in lines:
                yield json.loads(line)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise ExportError(f"{path}: cannot be read ({error}): restore it from the backup") from error


def sums_of(path: Path) -> Written:
    """What a file holds now.

    :raises ExportError: the file is not there, or is no such file.
    """
    lines = hashlib.sha256()
    count = 0
    try:
        with gzip.open(path, "rb") as stream:
            for line in stream:
                lines.update(line)
                count += 1
        return Written(rows=count, digest=lines.hexdigest(), sha256=_sum_of(path))
    except (OSError, EOFError, zlib.error) as error:
        raise ExportError(f"{path}: cannot be read ({error}): restore it from the backup") from error


def _sum_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# ------------------------------------------------------------------ freezing and reading


def freeze(db: Database, period: Period, written: Path, home: Path) -> None:
    """Keeps the period, and gives its file of verdicts its name; neither without the other.

    :param written: the file as :func:`write_verdicts` made it, below ``home`` as the final one.
    :raises PeriodRefused: it is frozen already.
    """
    with db.begin() as session:
        take_lock(session, "periods")
        found = session.execute(sa.select(tables.periods).where(tables.periods.c.name == period.name)).mappings()
        if (standing := found.first()) is not None:
            raise already_frozen(Period(**standing))
        session.execute(sa.insert(tables.periods).values(**vars(period)))
        written.replace(home / period.file)  # last, so that a failure here undoes the row


def already_frozen(standing: Period) -> PeriodRefused:
    """What is said to whoever would freeze a period again."""
    return PeriodRefused(
        f"{standing.name} was frozen at {standing.frozen_at:%Y-%m-%d %H:%M} UTC by {standing.frozen_by} and stays as "
        f"it is: a correction is an amendment, gongkai period amend {standing.name}"
    )


def find(db: Database, name: str) -> Period | None:
    """The frozen period of this name."""
    with db.read() as session:
        found = session.execute(sa.select(tables.periods).where(tables.periods.c.name == name)).mappings().first()
    return None if found is None else Period(**found)


def get(db: Database, name: str) -> Period:
    """The frozen period of this name.

    :raises UnknownTarget: no period of this name is frozen.
    """
    period = find(db, name)
    if period is None:
        frozen = ", ".join(one.name for one in iter_periods(db)) or "none yet"
        raise UnknownTarget(f"{name} is not frozen; frozen are: {frozen}")
    return period


def headings(db: Database) -> list[Heading]:
    """Every frozen period without its texts, the one judged last first, the shorter before the longer."""
    at = tables.periods.c
    columns = [at[one] for one in ("name", "first", "last", "as_of", "early", "frozen_at", "frozen_by", "note")]
    with db.read() as session:
        query = sa.select(*columns).order_by(at.as_of.desc(), at.first.desc())
        return [Heading(**row) for row in session.execute(query).mappings()]


def iter_periods(db: Database) -> Iterator[Period]:
    """Every frozen period, by its first day, the longer one first."""
    at = tables.periods.c
    with db.read() as session:
        found = session.execute(sa.select(tables.periods).order_by(at.first, at.last.desc())).mappings().all()
    yield from (Period(**row) for row in found)


# ------------------------------------------------------------------ amendments


def amend(db: Database, amendment: Amendment) -> None:
    """Keeps an amendment beside what was frozen.

    :raises PeriodRefused: another one came first; nothing is kept, make it anew.
    """
    at = tables.period_amendments.c
    row = {name: value for name, value in vars(amendment).items() if name not in _TEXTS}
    row |= {name: dumps(_listed(getattr(amendment, name))) for name in _TEXTS}
    with db.begin() as session:
        take_lock(session, "periods")
        last = session.execute(sa.select(sa.func.max(at.number)).where(at.period == amendment.period)).scalar() or 0
        if amendment.number != last + 1:
            raise PeriodRefused(f"{amendment.period}: another amendment was made meanwhile: run it again")
        session.execute(sa.insert(tables.period_amendments).values(**row))


def amendments(db: Database, period: str, unit: str | None = None) -> list[Amendment]:
    """The amendments of a period, in their order."""
    at = tables.period_amendments.c
    query = sa.select(tables.period_amendments).where(at.period == period).order_by(at.number)
    if unit is not None:
        query = query.where(at.unit == unit)
    with db.read() as session:
        found = session.execute(query).mappings().all()
    return [_amendment(row) for row in found]


_TEXTS: Final = ("changes", "before", "after", "ranks")


def _amendment(row: Mapping[Any, Any]) -> Amendment:
    known = {name: value for name, value in row.items() if name not in _TEXTS}
    read = {name: json.loads(row[name]) for name in _TEXTS}
    lists = {name: tuple(read[name]) for name in ("changes", "ranks")}
    return Amendment(**known, **{**read, **lists})


def _listed(value: Iterable[Any] | Mapping[str, Any]) -> Any:
    return value if isinstance(value, Mapping) else list(value)
