"""``gongkai duties``: a unit's own 主动公开基本目录 in, what was understood of it shown, corrected, and counted.

What comes in is a file or an address, fetched as ``gongkai read`` fetches. Nothing is stored before it was shown.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
import zoneinfo
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import typer

from flows.commands.account import account_name
from flows.commands.stages import check_targets
from harvesters.duties import mappings
from harvesters.reading.document import Document
from harvesters.reading.duty_table import DutyTable, read_duties
from harvesters.reading.page import read_page
from storage import duties, findings, registry, settings
from storage.database import Database, open_database, utcnow
from storage.exceptions import DutyFileError, NoAnswer, UnknownTarget
from storage.export import written
from storage.formats.table import FORMATS, Field
from storage.schema import (
    City,
    Duty,
    DutyDirectory,
    DutyLimit,
    DutyMapping,
    LimitKind,
    Outcome,
    Unit,
    Verdict,
    VerdictKind,
)

Rows = Sequence[tuple[Duty, DutyMapping]]

# of a page on which no directory was found, what says more than that
_REFUSED: Final = (Outcome.BLOCKED, Outcome.UNREACHABLE, Outcome.SOFT404, Outcome.REDIRECTED, Outcome.SHELL)
_PERIODS: Final = {
    "day": "every day",
    "week": "every week",
    "month": "every month",
    "quarter": "every quarter",
    "half_year": "every half year",
    "year": "every year",
}


# ------------------------------------------------------------------ in


def import_directory(source: str, *, unit: str, in_force: dt.date | None, yes: bool, allow_private: bool) -> int:
    """Shows what is understood of the directory and keeps it; 1 where the person at the terminal said no.

    :raises UnknownTarget: no such unit or file, or no city yet.
    :raises DutyFileError: what is there is no directory that can be read.
    :raises GongkaiError: the address could not be fetched.
    """
    with closing(open_database()) as database:
        city, owner = _owner(database, unit)
        document = _document(source, allow_private=allow_private)
        table = _table(document)
        sha256 = hashlib.sha256(document.body).hexdigest()
        before = duties.current(database, unit)
        said = dict(duties.corrections(database, unit))
        found = zip(table.duties, mappings(table.duties, owner), strict=True)
        rows = [(duty, said.get(duty.key, mapping)) for duty, mapping in found]
        for line in _told(owner, table, rows):
            typer.echo(line)
        for line in _compared(before, rows, sha256, said):
            typer.echo(line)
        if not yes and _on_terminal() and not typer.confirm("Keep this?"):
            typer.echo("nothing was kept", err=True)
            return 1
        now = utcnow()
        kept = duties.store(
            database,
            unit,
            list(zip(table.duties, mappings(table.duties, owner), strict=True)),
            source=document.url if source.startswith(("http://", "https://")) else Path(source).name,
            sha256=sha256,
            in_force_from=in_force or now.astimezone(zoneinfo.ZoneInfo(city.timezone)).date(),
            unread=table.unread,
            at=now,
        )
    typer.echo(
        f"kept as version {kept.version} of {owner.name}, in force from {kept.in_force_from}; "
        "gongkai assess judges by it"
    )
    return 0


def _on_terminal() -> bool:
    return sys.stdin.isatty()


def _owner(database: Database, unit: str) -> tuple[City, Unit]:
    city = registry.load_city(database)
    if city is None:
        raise UnknownTarget("no city has been applied yet: gongkai city apply FILE")
    check_targets(city, [unit], None)
    return city, next(one for one in city.units if one.id == unit)


def _document(source: str, *, allow_private: bool) -> Document:
    """The bytes of a file or address.

    :raises UnknownTarget: there is no such file.
    :raises NoAnswer: the address gave none.
    """
    known = settings.load()
    if source.startswith(("http://", "https://")):
        from harvesters.one_page import Session

        with Session(known, allow_private=allow_private) as session:
            document = session.page(source)
        if document.status != 200:
            raise NoAnswer(f"{source}: the site answers with {document.status}; check the address", reason="status")
        return document
    file = Path(source)
    try:
        if file.stat().st_size > known.max_body_bytes:
            raise DutyFileError(
                f"{source}: larger than {known.max_body_bytes} bytes; no directory of duties is so large"
            )
        return Document(file.read_bytes(), file.absolute().as_uri())
    except OSError as problem:
        raise UnknownTarget(f"{source}: {problem.strerror or problem}; expected a file or an http address") from problem


def _table(document: Document) -> DutyTable:
    """The directory; a page that was refused says so, rather than that it holds no table."""
    try:
        return read_duties(document.body, document.url, document.headers)
    except DutyFileError:
        if document.url.startswith("http") and document.body[:4] != b"PK\x03\x04":
            page = read_page(document)
            if page.outcome in _REFUSED and page.detail:
                raise NoAnswer(f"{document.url}: {page.detail}", outcome=page.outcome, reason="page") from None
        raise


def _told(unit: Unit, table: DutyTable, rows: Rows) -> Iterator[str]:
    """What was understood, for the person who says yes to it."""
    names = {column.id: column.name for column in unit.columns}
    yield f"{unit.name}: {len(rows)} rows in a file of the form {table.form}"
    yield ""
    yield "heads"
    yield from (f"  {head}" for head in table.heads)
    yield ""
    yield "rows: the matter, its time limit and how it is understood, where it is looked for"
    for duty, mapping in rows:
        yield from _lines(duty, mapping, names)
    if table.unread:
        yield ""
        yield f"not understood or not used ({len(table.unread)})"
        yield from (f"  {one}" for one in table.unread)
    yield ""
    ways = Counter(_way(mapping) for _, mapping in rows)
    limits = sum(duty.limit is not None for duty, _ in rows)
    told = ", ".join(f"{ways[way]} {way}" for way in _WAYS if ways[way])
    yield f"{len(rows)} rows: {told}; time limits: {limits} of {len(rows)} understood"


_WAYS: Final = ("by a column", "by words in titles", "set aside", "unmapped")


def _way(mapping: DutyMapping) -> str:
    if mapping.columns:
        return "by a column"
    return "by words in titles" if mapping.keywords else "set aside" if mapping.how == "person" else "unmapped"


def _lines(duty: Duty, mapping: DutyMapping, names: dict[str, str]) -> Iterator[str]:
    matter = " / ".join(dict.fromkeys(filter(None, (duty.level1, duty.level2, duty.level3)))) or duty.name
    yield f"{duty.row:>5}  {matter}"
    limit = " ".join((duty.limit_text or "-").split())
    unread = "NOT UNDERSTOOD" if duty.limit_text else "none stated"
    yield f"       {limit} → {limit_words(duty.limit) if duty.limit else unread}"
    yield f"       {where_words(mapping, names)}"


def limit_words(limit: DutyLimit) -> str:
    """A typed limit for people."""
    if limit.kind is LimitKind.YEARLY_BY:
        return f"every year by {limit.month:02}-{limit.day:02}"
    if limit.kind is LimitKind.PERIODIC:
        return _PERIODS[limit.period.value] if limit.period else "regularly, no period named"
    if limit.kind is LimitKind.EVENT:
        days = f"within {limit.days} {'working' if limit.working else 'calendar'} days" if limit.days else "by an event"
        return f"{days} of {limit.since}" if limit.since else days
    words = {
        LimitKind.PROMPT: "promptly",
        LimitKind.STANDING: "always there",
        LimitKind.PRESCRIBED: "as other rules say",
    }
    return words[limit.kind]


def where_words(mapping: DutyMapping, names: dict[str, str]) -> str:
    """Where a row is looked for, and why there."""
    columns = ", ".join(f"{column} {names.get(column, '(left the registry)')}" for column in mapping.columns)
    where = f"column {columns}" if columns else f"titles with {'、'.join(mapping.keywords)}" if mapping.keywords else ""
    if mapping.how == "person":
        on = f" on {mapping.at:%Y-%m-%d}" if mapping.at else ""
        return f"{where or 'set aside'}: {mapping.by} said so{on}{f': {mapping.why}' if mapping.why else ''}"
    if not where:
        return f"UNMAPPED: {mapping.why}"
    return f"{where}: {mapping.why}"


def _compared(before: DutyDirectory | None, rows: Rows, sha256: str, said: dict[str, DutyMapping]) -> Iterator[str]:
    """How it differs from the version before."""
    if before is None:
        return
    old = {duty.key: duty for duty, _ in before.duties}
    new = {duty.key: duty for duty, _ in rows}
    same = " (the same file)" if before.sha256 == sha256 else ""
    yield f"version {before.version} of {before.imported_at:%Y-%m-%d}{same} has {len(old)} rows"
    yield from (f"  + row {duty.row} {duty.name}" for key, duty in new.items() if key not in old)
    yield from (f"  - row {duty.row} {duty.name}" for key, duty in old.items() if key not in new)
    lost = [key for key in said if key not in new]
    if lost:
        yield f"  {len(lost)} corrections were of rows that are not there any more"


# ------------------------------------------------------------------ out


def show(unit: str | None) -> None:
    """Prints one line a unit, or the rows of one unit with the latest verdict on each.

    :raises UnknownTarget: no such unit, or it has no directory.
    """
    with closing(open_database()) as database:
        city = registry.load_city(database)
        if city is None:
            raise UnknownTarget("no city has been applied yet: gongkai city apply FILE")
        for line in _unit_lines(database, city, unit) if unit else _city_lines(database, city):
            typer.echo(line)


def _city_lines(database: Database, city: City) -> Iterator[str]:
    rates, categories = duties.rates(database), duties.rates(database, duties.CATEGORIES)
    known = {directory.unit: directory for directory in duties.iter_current(database)}
    for unit in city.units:
        directory = known.get(unit.id)
        if directory is not None:
            yield f"{unit.id}  {unit.name}: {_version(directory)}"
            yield f"  {coverage(rates.get(unit.id))}"
        if unit.id in categories:
            rate = categories[unit.id]
            name = "" if directory is not None else f"{unit.id}  {unit.name}: no directory of its own\n"
            yield f"{name}  categories of 条例 第二十条 (advice): {rate} (as of {rate.as_of})"
    without = sum(unit.id not in known for unit in city.units)
    yield f"{len(known)} of {len(city.units)} units have their own directory imported"
    if without:
        yield "import one with: gongkai duties import --unit ID FILE_OR_URL"


def coverage(rate: duties.Rate | None) -> str:
    """The share of a directory's rows that are met, with its numerator and denominator."""
    if rate is None:
        return "coverage of duties: not judged yet; run gongkai assess"
    told = f"{rate.met} of {rate.rows} rows met, {rate.unjudged} could not be judged"
    return f"coverage of duties: {told} (as of {rate.as_of})"


def _version(directory: DutyDirectory) -> str:
    return (
        f"version {directory.version} of {directory.imported_at:%Y-%m-%d} from {directory.source}, "
        f"in force from {directory.in_force_from}, {len(directory.duties)} rows"
    )


def _unit_lines(database: Database, city: City, unit: str) -> Iterator[str]:
    check_targets(city, [unit], None)
    owner = next(one for one in city.units if one.id == unit)
    directory = _directory(database, unit)
    verdicts = _verdicts(database, unit)
    names = {column.id: column.name for column in owner.columns}
    yield f"{owner.name}: {_version(directory)}"
    yield coverage(duties.rates(database).get(unit))
    yield ""
    for duty, mapping in directory.duties:
        yield from _lines(duty, mapping, names)
        verdict = verdicts.get(duty.item)
        if verdict is not None:
            said = verdict.reason or _missed(verdict)
            yield f"       {verdict.verdict.value}{f': {said}' if said else ''}"
    if directory.unread:
        yield ""
        yield f"not understood or not used ({len(directory.unread)})"
        yield from (f"  {one}" for one in directory.unread)
    earlier = duties.versions(database, unit)[:-1]
    if earlier:
        yield ""
        yield "earlier versions: " + ", ".join(
            f"{number} of {at:%Y-%m-%d} ({source})" for number, at, source in earlier
        )


def _missed(verdict: Verdict) -> str | None:
    """What a breach says is missing."""
    if verdict.verdict is not VerdictKind.BREACH:
        return None
    facts = verdict.facts
    missing = f"nothing from {facts['from']} to {facts['until']}" if "from" in facts else "nothing stands there"
    return f"{missing}; the newest is of {facts['newest_on']}" if "newest_on" in facts else missing


def _directory(database: Database, unit: str) -> DutyDirectory:
    directory = duties.current(database, unit)
    if directory is None:
        raise UnknownTarget(f"{unit}: no directory was imported; gongkai duties import --unit {unit} FILE_OR_URL")
    return directory


def _verdicts(database: Database, unit: str) -> dict[str, Verdict]:
    return {one.item or "": one for one in findings.iter_verdicts(database, rule=duties.RULE, unit=unit)}


_FIELDS: Final = (
    *(Field(name, "text") for name in ("unit", "key")),
    Field("version", "integer"),
    Field("since", "date"),
    Field("row", "integer"),
    *(Field(name, "text") for name in ("level1", "level2", "level3", "content", "basis", "limit_text")),
    Field("limit", "json"),
    *(Field(name, "text") for name in ("duration", "subject", "channel", "audience", "mode", "tier", "place", "how")),
    Field("columns", "json"),
    Field("keywords", "json"),
    *(Field(name, "text") for name in ("why", "mapped_by")),
    Field("mapped_at", "time"),
    *(Field(name, "text") for name in ("verdict", "reason")),
    Field("as_of", "date"),
)


def export_rows(unit: str | None, form: str, out: Path | None) -> int:
    """Writes the rows of one unit's directory, or of all, with the latest verdict on each; how many.

    :raises UnknownTarget: no such unit, it has no directory, or xlsx or parquet to a terminal.
    :raises ExportError: the file cannot be written.
    """
    if out is None and form in ("xlsx", "parquet") and sys.stdout.isatty():
        raise UnknownTarget(f"--format {form}: not for a terminal; give --out FILE")
    with closing(open_database()) as database:
        if unit is not None:
            _owner(database, unit)
            _directory(database, unit)
        with written(out or sys.stdout.buffer, seeks=form not in ("jsonl", "csv")) as stream:
            count = FORMATS[form](_rows(database, unit), _FIELDS, stream)
    sys.stdout.buffer.flush()
    return count


def _rows(database: Database, unit: str | None) -> Iterator[dict[str, Any]]:
    for directory in duties.iter_current(database, unit):
        verdicts = _verdicts(database, directory.unit)
        for duty, mapping in directory.duties:
            yield _row(directory, duty, mapping, verdicts.get(duty.item))


def _row(directory: DutyDirectory, duty: Duty, mapping: DutyMapping, verdict: Verdict | None) -> dict[str, Any]:
    limit = None
    if duty.limit is not None:
        limit = {name: value for name, value in vars(duty.limit).items() if value not in (None, False)}
    texts = {field.name: getattr(duty, field.name) for field in _FIELDS if field.name in vars(duty)}
    return {
        **texts,
        "unit": directory.unit,
        "version": directory.version,
        "since": (duty.since or directory.in_force_from).isoformat(),
        "limit": limit,
        "how": mapping.how,
        "columns": list(mapping.columns),
        "keywords": list(mapping.keywords),
        "why": mapping.why,
        "mapped_by": mapping.by,
        "mapped_at": mapping.at.isoformat() if mapping.at else None,
        "verdict": verdict.verdict.value if verdict else None,
        "reason": verdict.reason if verdict else None,
        "as_of": verdict.as_of.isoformat() if verdict else None,
    }


# ------------------------------------------------------------------ corrections


def correct(unit: str, row: str, *, columns: Sequence[str], why: str | None, who: str | None) -> None:
    """Keeps a person's word on where a row is published.

    :raises UnknownTarget: no such unit, row or column.
    """
    with closing(open_database()) as database:
        city, owner = _owner(database, unit)
        columns = [column.removeprefix(f"{unit}/") for column in columns]
        check_targets(city, [unit], columns or None)
        directory = _directory(database, unit)
        found = [duty for duty, _ in directory.duties if row in (str(duty.row), duty.key)]
        if not found:
            raise UnknownTarget(
                f"{unit}: its directory has no row {row}; it has 1 to {len(directory.duties)}: "
                f"gongkai duties list --unit {unit}"
            )
        told = duties.correct(
            database, unit, found[0].key, columns=columns, who=who or account_name(), why=why, at=utcnow()
        )
    names = {column.id: column.name for column in owner.columns}
    typer.echo(f"{owner.name}, row {found[0].row} {found[0].name}: {where_words(told, names)}")
