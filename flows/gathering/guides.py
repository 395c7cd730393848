"""What stands in the guide columns of a unit: each item's title, date, text and files."""

from __future__ import annotations

from collections.abc import Iterator

from flows.compliance.facts import Guide
from flows.compliance.working_day_limit import is_displayed
from flows.gathering.run import Run
from storage import catalogue
from storage.schema import ColumnKind, Item, Unit


def guides_of(run: Run, unit: Unit) -> Iterator[Guide]:
    """What the unit's guide columns list now, read or not."""
    for column in unit.columns:
        if column.kind is not ColumnKind.GUIDE:
            continue
        items = {item.id: item for item in catalogue.iter_items(run.database, unit=unit.id, column=column.id)}
        for row in catalogue.known_rows(run.database, unit.id, column.id).values():
            item = None
            if row.item is not None:
                item = items.get(row.item) or catalogue.get_item(run.database, row.item)
            if item is not None:
                yield _guide(item, column.id)
            else:
                yield Guide(title=row.title, url=row.url, column=column.id, published_on=row.date)


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
