"""What stands in the guide columns of units: each item's title, date, text and files."""

from __future__ import annotations

from collections.abc import Iterable

from flows.compliance.facts import Guide
from flows.compliance.working_day_limit import is_displayed
from flows.gathering.run import Run
from storage import catalogue
from storage.schema import ColumnKind, Item, Unit


def guides_of(run: Run, units: Iterable[Unit]) -> dict[str, tuple[Guide, ...]]:
    """Unit → what its guide columns list now, read or not."""
    places = [(unit.id, column.id) for unit in units for column in unit.columns if column.kind is ColumnKind.GUIDE]
    listed = catalogue.listed_in(run.database, places)
    found: dict[str, tuple[Guide, ...]] = {}
    for unit, column in places:
        guides = (
            _guide(row.item, column)
            if row.item is not None
            else Guide(title=row.title, url=row.url, column=column, published_on=row.date)
            for row in listed.get((unit, column), ())
        )
        found[unit] = (*found.get(unit, ()), *guides)
    return found


def _guide(item: Item, column: str) -> Guide:
    return Guide(
        title=item.title,
        url=item.url,
        column=column,
        published_on=item.published_on if is_displayed(item) else None,
        item=item.id,
        text=item.body_text or "" if item.page_read else None,
        files=tuple(file.name for file in item.attachments),
        evidence=item.evidence,
    )
