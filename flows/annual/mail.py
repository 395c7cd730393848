"""A yearly report that came by mail is read, kept with its bytes and checked; the answer is one sentence.

What it is says its content and not its name. What cannot be read is kept too, for that it came is a fact of the roster.
A file that says it is of another year is refused: it is the wrong file, and its figures would be counted.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
import zoneinfo
from dataclasses import dataclass, replace
from typing import Final

from flows.annual.merging import FileSeen
from flows.annual.reading import READER, is_own, seen_of
from flows.annual.rolling import MAIL
from flows.annual.telling import FIRST, tell_year
from harvesters.file_reading import FileReader
from harvesters.reading import annual_report
from storage import registry
from storage.annual import held
from storage.annual.held import HeldReport, Outcome
from storage.annual.report import as_data
from storage.database import Database, utcnow
from storage.exceptions import ReportRefused, UnknownTarget
from storage.schema import City, Unit
from storage.settings import Settings

_LONGEST: Final = 120  # characters of a file's name


@dataclass(frozen=True, kw_only=True)
class Received:
    """A report that was taken in, and what is said of it in one sentence."""

    report: HeldReport
    told: str


def receive(
    database: Database,
    known: Settings,
    unit: str,
    year: int,
    name: str,
    content: bytes,
    *,
    by: str,
    note: str | None = None,
    received_on: dt.date | None = None,
) -> Received:
    """Takes in a unit's report on a year; the same file again is the same report.

    :param received_on: a day of the city; None: today.
    :raises UnknownTarget: no city yet, no such unit, or no such year.
    :raises ReportRefused: the file is empty, too large, or says that it is of another year.
    """
    city = registry.load_city(database)
    owner = next((one for one in city.units if one.id == unit), None) if city is not None else None
    if city is None or owner is None:
        raise UnknownTarget(f"no unit {unit!r} in the registry; gongkai city export shows them")
    zone = zoneinfo.ZoneInfo(city.timezone)
    now = utcnow()
    today = now.astimezone(zone).date()
    if not FIRST <= year <= today.year:
        raise UnknownTarget(f"no reports on {year}: expected a year from {FIRST} to {today.year}")
    if received_on is not None and received_on > today:
        raise ReportRefused(f"received on {received_on}: that day has not come")
    name = clean_name(name)
    if not content:
        raise ReportRefused(f"{name}: the file is empty")
    if len(content) > known.file_bytes:
        raise ReportRefused(f"{name}: {len(content)} bytes, more than {known.file_bytes} (GONGKAI_FILE_BYTES)")
    seen = _read(known, name, content)
    problems = list(_problems(seen, owner, city, year, name))
    report = replace(seen.report, problems=(*seen.report.problems, *problems)) if seen.report is not None else None
    outcome = Outcome.NO_REPORT if seen.outcome is Outcome.READ and report is None else seen.outcome
    sha256 = hashlib.sha256(content).hexdigest()
    moment = now if received_on in (None, today) else dt.datetime.combine(received_on or today, dt.time(12), zone)
    one = HeldReport(
        id=hashlib.sha256(f"{unit}\n{year}\n{sha256}".encode("utf-8", "surrogatepass")).hexdigest()[:24],
        unit=unit,
        year=year,
        source=MAIL,
        name=name,
        format=seen.format,
        sha256=sha256,
        outcome=outcome,
        reader=READER,
        read_at=now,
        detail=seen.detail,
        form=report.form.value if report is not None else None,
        received_at=moment.astimezone(dt.UTC),
        received_by=by,
        note=note,
        report=as_data(report) if report is not None else None,
    )
    held.keep(database, one, content=content)
    if outcome is not Outcome.NO_REPORT:
        held.stand(database, unit, year, MAIL, one.id, at=now)
    tell_year(database, known, year)
    kept = held.get(database, one.id) or one
    return Received(report=kept, told=_told(kept, owner, problems))


def read_again(database: Database, known: Settings) -> int:
    """Reads the reports that came by mail again with the reader as it is now; how many changed."""
    changed = 0
    for one in held.standing(database, source=MAIL):
        content = held.content(database, one.id) if one.reader != READER else None
        if content is None:
            continue
        seen = _read(known, one.name, content)
        report = seen.report
        now = replace(
            one,
            format=seen.format,
            outcome=Outcome.NO_REPORT if seen.outcome is Outcome.READ and report is None else seen.outcome,
            detail=seen.detail,
            form=report.form.value if report is not None else None,
            report=as_data(report) if report is not None else None,
            reader=READER,
            read_at=utcnow(),
        )
        changed += held.keep(database, now)
    return changed


def clean_name(name: str) -> str:
    """The last part of a file's name, without control and direction signs."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(" " if unicodedata.category(sign)[0] in "ZC" else sign for sign in last)
    shown = " ".join(shown.split())
    return shown[-_LONGEST:] if shown else "report"


def _read(known: Settings, name: str, content: bytes) -> FileSeen:
    with FileReader(known) as reader:
        read = reader.read(content, name)
    if read.kind == "html":
        report = annual_report.from_page(content, f"file:///{name}")
        if report is not None:
            return FileSeen(name=name, outcome=Outcome.READ, format=read.kind, report=report)
    return seen_of(read, name, title=None)


def _problems(seen: FileSeen, unit: Unit, city: City, year: int, name: str) -> list[str]:
    report = seen.report
    if report is None:
        return []
    if report.year is not None and report.year != year:
        raise ReportRefused(f"{name}: it is the report on {report.year}, and was handed in for {year}")
    if not is_own(report.unit or "", unit, city):
        return [f"it names {report.unit}, and was handed in for {unit.name}"]
    return []


def _told(report: HeldReport, unit: Unit, problems: list[str]) -> str:
    """What came of it: read or why not, the tables found, and the checks that do not hold."""
    said = f"{unit.name} {report.year}: {report.name} received"
    if report.report is None:
        why = f" ({report.detail})" if report.detail else ""
        return f"{said}; not read: {report.outcome.value}{why}"
    tables = len(report.report["tables_found"])
    checks = report.checks or ()
    broken = [str(one["rule"]) for one in checks if one["verdict"] == "breach"]
    unsure = sum(one["verdict"] == "not_assessable" for one in checks)
    parts = [f"read as {report.format}, {tables} of 3 tables"]
    parts.append(f"checks that do not hold: {', '.join(broken)}" if broken else "no check says that it does not hold")
    if unsure:
        parts.append(f"{unsure} could not be made")
    return "; ".join((said, *parts, *problems))
