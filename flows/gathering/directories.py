"""Units' own directories, each row with what stands under it: the live rows of its columns, and titles with its words.

One query a unit that has a directory, whatever the number of its duties: its lists are gone through once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from flows.compliance.duty_limits import window
from flows.compliance.facts import ColumnFacts, DirectoryFacts, DutyFacts, Entry
from flows.compliance.nothing import is_old_note
from flows.compliance.rules.duty_rows import judged_on
from flows.gathering.blank_pages import blank_pages
from flows.gathering.columns import gather_columns
from flows.gathering.run import Run
from harvesters.duties import title_words
from storage import catalogue, duties
from storage.addresses import address_key
from storage.catalogue import StandingRow
from storage.schema import ColumnKind, DutyDirectory, Unit

# what is told there of a matter is news of it, and not the thing itself
_NEWS = frozenset((ColumnKind.NEWS, ColumnKind.ACTIVITY))


def gather_directories(run: Run) -> Iterator[DirectoryFacts]:
    """The directory of every unit of the registry that has one."""
    for directory in duties.iter_current(run.database):
        unit = run.units.get(directory.unit)
        if unit is None:
            continue
        known = {key[1]: facts for key, facts in gather_columns(run).items() if key[0] == unit.id}
        yield DirectoryFacts(unit=unit, directory=directory, duties=tuple(_duties(run, unit, directory, known)))


def _duties(run: Run, unit: Unit, directory: DutyDirectory, known: Mapping[str, ColumnFacts]) -> Iterator[DutyFacts]:
    facts = []
    for duty, mapping in directory.duties:
        columns = tuple(known[column] for column in mapping.columns if column in known)
        one = DutyFacts(duty=duty, mapping=mapping, columns=columns)
        due = window(duty.limit, judged_on(one, run.case)) if duty.limit is not None else None
        facts.append(replace(one, window=due))
    found = _look_through(run, unit, facts)
    asked = {column.column.id: column for one in facts for column in one.columns}
    blank = blank_pages(run, asked.values())
    for one, tally in zip(facts, found, strict=True):
        pages = {column.column.id: blank[column.column.id] for column in one.columns if column.column.id in blank}
        yield replace(
            one,
            entries=tally.entries,
            undated=tally.undated,
            alone=tally.alone,
            newest=tally.newest,
            within=tally.within,
            blank=pages,
        )


@dataclass
class _Tally:
    """What was found of one duty so far."""

    window: tuple[dt.date, dt.date] | None
    entries: int = 0
    undated: int = 0
    alone: bool = False
    newest: Entry | None = None
    within: Entry | None = None

    def add(self, entry: Entry, as_of: dt.date) -> None:
        """Counts a live row; of several as new the first in the order of columns and addresses is named."""
        self.entries += 1
        self.undated += entry.shown_on is None
        if self.newest is None or _on(entry, as_of) > _on(self.newest, as_of):
            self.newest = entry
        if self.window is not None:
            days = (entry.shown_on, entry.appeared_on, entry.changed_on)
            inside = any(day is not None and self.window[0] <= day <= self.window[1] for day in days)
            if inside and (self.within is None or _on(entry, as_of) > _on(self.within, as_of)):
                self.within = entry


def _on(entry: Entry, as_of: dt.date) -> dt.date:
    """The date displayed; none, or one in the future, is older than any."""
    return entry.shown_on if entry.shown_on is not None and entry.shown_on <= as_of else dt.date.min


def _look_through(run: Run, unit: Unit, facts: list[DutyFacts]) -> list[_Tally]:
    """Goes once through everything the unit lists, and counts each row for every duty that it is of."""
    tallies = [_Tally(window=one.window) for one in facts]
    by_column: dict[str, list[int]] = defaultdict(list)
    by_word: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(facts):
        for column in one.mapping.columns:
            by_column[column].append(at)
        for word in one.mapping.keywords:
            by_word[word].append(at)
    if not by_column and not by_word:
        return tallies
    any_word = re.compile("|".join(map(re.escape, by_word))) if by_word else None
    kinds = {column.id: column.kind for column in unit.columns}
    pages = {column.id: address_key(column.url) for column in unit.columns}
    for row in catalogue.iter_standing(run.database, unit.id):
        if row.column not in kinds:
            continue  # its column left the registry
        hits = set(by_column.get(row.column, ()))
        if any_word is not None and kinds[row.column] not in _NEWS:
            plain = title_words(row.title)
            if any_word.search(plain):
                hits.update(at for word, where in by_word.items() if word in plain for at in where)
        if hits and not is_old_note(row.title, run.case.as_of):
            entry = _entry(run, row)
            alone = address_key(row.url) == pages[row.column]
            for at in hits:
                tallies[at].add(entry, run.case.as_of)
                tallies[at].alone |= alone
    return tallies


def _entry(run: Run, row: StandingRow) -> Entry:
    return Entry(
        title=row.title,
        url=row.url,
        column=row.column,
        shown_on=row.shown_on,
        appeared_on=run.day(row.appeared_at) if row.appeared_at is not None else None,
        changed_on=run.day(row.changed_at) if row.changed_at is not None else None,
    )
