"""Published yearly reports are found in the catalogue, read out of the archive, and kept; nothing is fetched.

An item may be its unit's report where TM-10 takes it for one: by its title, in a report column by less. Its page is
read first, and its files where the page lacks tables. Only what changed is read again: an item with another revision,
a file that was asked for since, everything where the reader or the registry is another. A report of another body is
nobody's here; of a unit's several reports on one year the one that could be read best stands, then the latest.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from flows.annual.merging import ALL_TABLES, FileSeen, Whole, lacks_tables, put_together
from flows.compliance.bodies import is_same
from flows.compliance.rules.annual_report import may_be_report
from flows.compliance.yearly import body_of, report_year
from harvesters import archive
from harvesters.file_reading import FileReader
from harvesters.reading import annual_report, files
from harvesters.reading.files import FileOutcome, FileRead
from storage import catalogue, outbox, progress, registry
from storage.annual import candidates, held
from storage.annual.candidates import Candidate, Fetched
from storage.annual.forms import Form
from storage.annual.held import HeldReport, Outcome
from storage.annual.report import Report, as_data
from storage.database import Database, utcnow
from storage.exceptions import ArchiveError, DatabaseError
from storage.schema import Attachment, City, ColumnKind, Evidence, Item, Unit
from storage.settings import Settings

STAGE: Final = "annual_read"
READER: Final = f"{annual_report.VERSION}/{files.VERSION}"
PUBLISHED: Final = "published"
MOST_FILES: Final = 8  # of one page that are looked into; a report has one or two
_WORDS: Final = ("年度", "年报", "工作报告")  # every title that may be a report outside its column has one of them
_NUMBERED: Final = re.compile(r"^附件\s*[\d一二三四五六七八九十]*\s*[:：.、．-]?\s*")
_PICTURES: Final = frozenset(("jpg", "jpeg", "png", "gif", "bmp", "webp", "tif", "tiff"))
_OUTCOMES: Final[Mapping[FileOutcome, Outcome]] = {
    FileOutcome.READ: Outcome.READ,
    FileOutcome.SCANNED: Outcome.SCANNED,
    FileOutcome.EMPTY: Outcome.UNREADABLE,
    FileOutcome.LOCKED: Outcome.LOCKED,
    FileOutcome.REFUSED: Outcome.REFUSED,
    FileOutcome.UNREADABLE: Outcome.UNREADABLE,
    FileOutcome.UNSUPPORTED: Outcome.UNREADABLE,
}
FAULT: Final = "the program failed at it; the fault was logged"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ReadTold:
    """What one run read. ``outcomes`` counts the reports it read; ``withdrawn`` those that stand no more."""

    looked_at: int = 0
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    changed: int = 0
    withdrawn: int = 0

    def __str__(self) -> str:
        read = sum(self.outcomes.values())
        said = ", ".join(f"{count} {outcome.value}" for outcome, count in sorted(self.outcomes.items()) if count)
        return (
            f"{self.looked_at} items may be yearly reports; read now: {read}{f' ({said})' if said else ''}; "
            f"{self.changed} changed, {self.withdrawn} stand no more"
        )


def read_published(database: Database, known: Settings, *, again: bool = False) -> ReadTold:
    """Reads the yearly reports that changed since the last time, and keeps them; of a database without a city none.

    :param again: all of them, whether they changed or not.
    """
    city = registry.load_city(database)
    if city is None:
        return ReadTold()
    head, conditions = outbox.head(database), _conditions(city)
    before = progress.read(database, STAGE)
    same = not again and before.get("conditions") == conditions
    kept = {one.item: one for one in held.of_items(database) if one.item is not None}
    waiting = _asked_since(database, kept.values())
    if same and before.get("items") == head and not waiting:
        return ReadTold(looked_at=before.get("candidates", 0))
    found = _candidates(database, city)
    after = before.get("items", 0) if same else 0
    due = [one for one in found if one.seq > after or one.item not in kept or one.item in waiting]
    told = _read(database, known, city, due)
    gone = [one for item, one in kept.items() if item not in {each.item for each in found}]
    withdrawn = held.withdraw(database, [one.id for one in gone], at=utcnow())
    _settle(database, {one.item for one in found})
    progress.note(database, STAGE, {"conditions": conditions, "items": head, "candidates": len(found)})
    return replace(told, looked_at=len(found), withdrawn=withdrawn)


def report_id(unit: str, item: str) -> str:
    """The lasting name of a published report."""
    return hashlib.sha256(f"{unit}\n{item}".encode("utf-8", "surrogatepass")).hexdigest()[:24]


# ------------------------------------------------------------------ what is read


def _conditions(city: City) -> int:
    """What everything is read anew for where it changes: the reader, the units' names, which columns are asked."""
    units = [(unit.id, unit.name, [(one.id, one.kind.value) for one in unit.columns]) for unit in city.units]
    return int(hashlib.sha256(repr((READER, city.name, units)).encode("utf-8", "replace")).hexdigest()[:15], 16)


def _asked_since(database: Database, kept: Iterable[HeldReport]) -> set[str]:
    """Items of reports that could not be read whole, of which a file was asked for since."""
    unread = {one.item: one.read_at for one in kept if one.item is not None and one.outcome is Outcome.NOT_FETCHED}
    tried = candidates.tried(database, unread.keys())
    return {item for item, at in tried.items() if at > unread[item]}


def _candidates(database: Database, city: City) -> list[Candidate]:
    """The live items that may be their unit's report, by their titles."""
    units = {unit.id: unit for unit in city.units}
    places = [
        (unit.id, column.id)
        for unit in city.units
        for column in unit.columns
        if column.kind is ColumnKind.ANNUAL_REPORTS
    ]
    return [
        one
        for one in candidates.candidates(database, _WORDS, places)
        if one.unit in units
        and may_be_report(one.title, in_report_column=one.in_place)
        and is_own(body_of(one.title), units[one.unit], city)
    ]


def _read(database: Database, known: Settings, city: City, due: Sequence[Candidate]) -> ReadTold:
    units = {unit.id: unit for unit in city.units}
    outcomes: Counter[Outcome] = Counter()
    changed = 0
    with FileReader(known) as reader:
        for item in catalogue.get_items(database, [one.item for one in due]):
            try:
                report = read_item(database, known, city, units[item.unit], item, reader)
            except DatabaseError:
                raise
            except Exception:  # noqa: BLE001  # a fault of ours at one report holds up no other, and no assessment
                _log.exception("yearly report %s of %s", item.id, item.unit)
                report = _held(item, report_year(item.title), Whole(outcome=Outcome.UNREADABLE, detail=FAULT))
            changed += held.keep(database, report)
            outcomes[report.outcome] += 1
    return ReadTold(outcomes=outcomes, changed=changed)


def _settle(database: Database, live: set[str]) -> None:
    """Of a unit's reports on one year the one stands that was read best, then the one that came out last."""
    by_place: dict[tuple[str, int], list[HeldReport]] = {}
    for one in held.of_items(database):
        if one.year is not None and one.item in live:
            by_place.setdefault((one.unit, one.year), []).append(one)
    for (unit, year), some in sorted(by_place.items()):
        best = max(some, key=_rank)
        if any((one.replaced_at is None) is not (one is best) for one in some):
            held.stand(database, unit, year, PUBLISHED, best.id, at=utcnow())


def _rank(report: HeldReport) -> tuple[bool, bool, bool, dt.date, str]:
    shown = report.published_on or (report.first_seen.date() if report.first_seen else dt.date.min)
    is_report, is_read = report.outcome is not Outcome.NO_REPORT, report.outcome is Outcome.READ
    return is_report, is_read, report.form not in (None, Form.PROSE), shown, report.id


# ------------------------------------------------------------------ one item


def read_item(
    database: Database, known: Settings, city: City, unit: Unit, item: Item, reader: FileReader
) -> HeldReport:
    """An item as the yearly report that it may be, out of the archive."""
    year = report_year(item.title)
    page, why = _page(known, item)
    if page is not None and not is_own(page.unit or "", unit, city):
        words = f"it names another body: {page.unit}"
        return _held(item, year or page.year, Whole(outcome=Outcome.NO_REPORT, detail=words))
    attached = [one for one in item.attachments if not _is_anothers(one.name, year, unit, city)]
    if why is not None and not attached:
        return _held(item, year, Whole(outcome=Outcome.NOT_FETCHED, detail=why))
    wanted = year or (page.year if page is not None else None)

    def belongs(report: Report) -> bool:
        return is_own(report.unit or "", unit, city) and (wanted is None or report.year in (None, wanted))

    found = set(page.tables_found) if page is not None else set()
    seen: list[FileSeen] = []
    for file in _files(database, known, item, attached, reader) if lacks_tables(page) else ():
        seen.append(file)
        found |= set(file.report.tables_found) if file.report is not None and belongs(file.report) else set()
        if found >= ALL_TABLES:
            break
    whole = put_together(page, seen, belongs)
    report = whole.report
    if report is not None and report.year is not None and year is not None and report.year != year:
        said = f"its title says {year}, the report itself {report.year}"
        whole = replace(whole, report=replace(report, problems=(*report.problems, said)))
    if year is None and report is not None:
        year = report.year
    return _held(item, year, whole)


def _page(known: Settings, item: Item) -> tuple[Report | None, str | None]:
    """What the item's page says as a report, or why there is no page to ask."""
    if not item.page_read:
        return None, "its page has not been read"
    evidence = item.evidence
    captured = _response(known.archive, evidence)
    if captured is None or evidence is None:
        return None, "its captured page is not in the archive"
    return annual_report.from_page(captured.body, evidence.url, dict(captured.headers)), None


def _response(folder: Path, evidence: Evidence | None) -> archive.ArchivedResponse | None:
    if evidence is None or evidence.warc is None or evidence.record_id is None:
        return None
    try:
        return archive.read_response(folder, evidence.warc, evidence.record_id)
    except ArchiveError as problem:
        _log.warning("%s", problem)
        return None


def _is_anothers(name: str, year: int | None, unit: Unit, city: City) -> bool:
    """Whether a file's name says that it is the report of another body, or on another year."""
    stem = _NUMBERED.sub("", name.rpartition(".")[0] or name)
    named = report_year(stem)
    if named is None or not may_be_report(stem, in_report_column=False):
        return False
    return (year is not None and named != year) or not is_own(body_of(stem), unit, city)


def _files(
    database: Database, known: Settings, item: Item, attached: Sequence[Attachment], reader: FileReader
) -> Iterator[FileSeen]:
    """The files of an item as they are read, those first whose names say report."""
    ordered = sorted(attached, key=lambda one: not may_be_report(one.name, in_report_column=True))
    some = ordered[:MOST_FILES]
    fetched = candidates.fetched(database, [one.url for one in some])
    for one in some:
        yield _file(known, item, one, fetched.get(one.url), reader)


def _file(known: Settings, item: Item, file: Attachment, fetched: Fetched | None, reader: FileReader) -> FileSeen:
    name = file.name or file.url.rsplit("/", 1)[-1]
    if (file.type or file.url.rsplit(".", 1)[-1]).lower() in _PICTURES:
        return FileSeen(name=name, outcome=Outcome.SCANNED, format="picture", detail="it is a picture")
    captured = _response(known.archive, fetched.evidence) if fetched is not None else None
    if fetched is None or captured is None:
        why = "nobody asked for it yet" if fetched is None else fetched.reason or fetched.state
        return FileSeen(name=name, outcome=Outcome.NOT_FETCHED, format=(file.type or ""), detail=why)
    read = reader.read(captured.body, fetched.name or name)
    return seen_of(read, name, title=item.title, fetched=fetched)


def seen_of(read: FileRead, name: str, *, title: str | None, fetched: Fetched | None = None) -> FileSeen:
    """A file as it was read, and what it reports: by its own title, and by the item's where it has none."""
    outcome = _OUTCOMES[read.outcome]
    report = annual_report.from_file(read, name) if outcome is Outcome.READ else None
    if outcome is Outcome.READ and report is None and title is not None:
        report = annual_report.from_file(read, name, title=title)
    return FileSeen(
        name=name,
        outcome=outcome,
        format=read.kind,
        detail=read.detail,
        sha256=fetched.sha256 if fetched is not None else None,
        evidence=fetched.evidence if fetched is not None else None,
        report=report,
    )


def is_own(body: str, unit: Unit, city: City) -> bool:
    """Whether a report is the unit's own by the body it names, and not that of a part of it; by no name it is."""
    return not body or (is_same(body, unit.name, city.name) and is_same(unit.name, body, city.name))


def _held(item: Item, year: int | None, whole: Whole) -> HeldReport:
    source = whole.tables_from
    evidence = source.evidence if source is not None else item.evidence
    return HeldReport(
        id=report_id(item.unit, item.id),
        unit=item.unit,
        year=year,
        source=PUBLISHED,
        name=item.title,
        format=source.format if source is not None else "html",
        sha256=(source.sha256 if source is not None else None) or (item.evidence.sha256 if item.evidence else ""),
        outcome=whole.outcome,
        reader=READER,
        read_at=utcnow(),
        url=item.url,
        column=item.column,
        item=item.id,
        detail=whole.detail,
        form=whole.report.form.value if whole.report is not None else None,
        published_on=item.published_on,
        first_seen=item.first_seen,
        evidence=evidence,
        report=as_data(whole.report) if whole.report is not None else None,
    )
