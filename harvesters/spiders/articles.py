"""The documents behind a column's rows: which are due, and each one read into an Item.

A quick pass asks for what is new, changed in title or date, or not read yet (ever more rarely where it keeps failing);
a full pass asks for the known ones too, conditionally. Rows that lead to a file or to another site are not fetched:
their item is what the row says. An article that could not be read leaves no empty item behind: its row stays unread
and the look says why.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from harvesters.normalise import to_item
from harvesters.reading.facts import MOST_PARTS, Fetch, Page, Row
from harvesters.reading.links import fetchable
from harvesters.reading.page import Profile
from harvesters.reading.tags import ARTICLE_TAGS
from harvesters.spiders import policy
from harvesters.spiders.looking import Known, Look, Looker
from harvesters.spiders.memory import Step
from harvesters.spiders.sites import is_file, same_site
from harvesters.spiders.walking import Walked
from storage.addresses import address_key
from storage.catalogue import KnownRow
from storage.schema import Column, Evidence, Item, Observation, Outcome, Subject, Unit


class Way(StrEnum):
    """How a row becomes an item."""

    READ = "read"  # fetch the article
    CHECK = "check"  # fetch it conditionally: known and read before
    ROW = "row"  # from the row alone


@dataclass(frozen=True, kw_only=True)
class Due:
    """A row to be made an item in this pass."""

    row: Row
    step: Step
    way: Way
    known: KnownRow | None


def due(walked: Walked, known: Mapping[str, KnownRow], *, full: bool, today: dt.date) -> Iterator[Due]:
    """The rows of a walk that are due, in list order."""
    own = address_key(walked.column.url)
    for row, step in walked.rows():
        key = address_key(row.url)
        old = known.get(key)
        if key == own and step.is_article:
            continue  # the column is itself the document; the walk has read it
        if not fetchable(row.url):
            continue  # the row leads nowhere: it counts where rows are counted, and is no document to hand on
        changed = old is None or is_changed(row, old)
        if is_file(row.url) or not same_site(walked.column.url, row.url):
            if changed or old is None or old.item is None:
                yield Due(row=row, step=step, way=Way.ROW, known=old)
        elif old is None or (changed and old.read):
            yield Due(row=row, step=step, way=Way.READ, known=old)
        elif not old.read:
            if full or policy.is_due_again(key, old.tries, today.toordinal()):
                yield Due(row=row, step=step, way=Way.READ, known=old)
        elif full:
            yield Due(row=row, step=step, way=Way.CHECK, known=old)


def is_changed(row: Row, old: KnownRow) -> bool:
    """Whether the list says something else of the document than at the last look; a date gone missing is no change."""
    return row.title != old.title or (row.date is not None and row.date != old.date)


async def read(looker: Looker, unit: Unit, column: Column, one: Due, profile: Profile) -> tuple[Look, Item | None]:
    """The article behind a row, and the item it makes; None where it could not be read or is unchanged."""
    known = None
    if one.way is Way.CHECK and one.known is not None:
        known = Known(etag=one.known.etag, last_modified=one.known.last_modified)
    fetch = Fetch(url=one.row.url, headers={"Referer": column.url})
    look = await looker.look(fetch, expect="article", profile=profile, known=known)
    if not look.outcome.is_good or look.is_unchanged:
        return look, None
    page = look.page
    if page is None or page.article is None:
        detail = f"{one.row.url}: the page was read but no document was found on it; look whether it was redesigned"
        return replace(look, outcome=Outcome.STRUCTURE_CHANGED, reason="no_article", detail=detail), None
    whole = await _whole(looker, page, profile)
    if isinstance(whole, Look):
        return whole, None
    return look, to_item(unit, column, one.row, whole, evidence=look.evidence, captured_at=look.at)


def from_row(unit: Unit, column: Column, one: Due) -> Item:
    """The item that a row makes by itself: what it leads to lies elsewhere or is a file."""
    return to_item(unit, column, one.row, None, evidence=one.step.evidence, captured_at=one.step.seen_at)


def from_column(unit: Unit, column: Column, one: Row, look: Look) -> Item:
    """The item of a column that is itself one document, whose one row the walk has made."""
    return to_item(unit, column, one, look.page, evidence=look.evidence, captured_at=look.at)


@dataclass
class TagTally:
    """How many of the articles that a pass read in one column carry each national tag of an article."""

    read: int = 0
    carried: Counter[str] = field(default_factory=Counter)
    lacking: dict[str, tuple[str, Evidence | None]] = field(default_factory=dict)  # tag → the first without it

    def add(self, look: Look) -> None:
        """Counts the page of one look, where it brought an article's."""
        if not look.outcome.is_good or look.page is None or look.page.article is None:
            return
        self.read += 1
        for name in ARTICLE_TAGS:
            if any(look.page.tags.get(name, ())):
                self.carried[name] += 1
            else:
                self.lacking.setdefault(name, (look.url, look.evidence))

    def observation(self, unit: Unit, column: Column) -> Observation | None:
        """What was counted, as it is kept: one look for all articles; None where none was read."""
        if not self.read:
            return None
        shown = [evidence for _, evidence in self.lacking.values() if evidence is not None]
        return Observation(
            id=uuid.uuid4().hex,
            unit=unit.id,
            column=column.id,
            subject=Subject.ARTICLE,
            url=column.url,
            at=dt.datetime.now(dt.UTC),
            seconds=0.0,
            outcome=Outcome.OK,
            facts={
                "tags": {
                    "read": self.read,
                    "carried": {name: self.carried[name] for name in ARTICLE_TAGS},
                    "lacking": {name: url for name, (url, _) in self.lacking.items()},
                }
            },
            evidence=tuple(dict.fromkeys(shown)),
        )


async def _whole(looker: Looker, page: Page, profile: Profile) -> Page | Look:
    """The article with its further pages; the look at the page that could not be read, where one could not."""
    article = page.article
    assert article is not None
    seen = {page.url}
    onward = article.next_part
    while onward is not None and onward not in seen and len(seen) < MOST_PARTS and same_site(page.url, onward):
        seen.add(onward)
        look = await looker.look(Fetch(url=onward, headers={"Referer": page.url}), expect="article", profile=profile)
        part = look.page.article if look.page is not None else None
        if not look.outcome.is_good or part is None:
            return replace(look, outcome=Outcome.STRUCTURE_CHANGED) if look.outcome.is_good else look
        article = article.with_part(part)
        onward = part.next_part
    return replace(page, article=article)
