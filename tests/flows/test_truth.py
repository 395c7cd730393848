"""The comparison with what is true sees what was united that should not be, and what was not that should.

A fictional city's documents are put into the catalogue as its pages show them, with no harvest: so a city of any seed
can be asked whether the catalogue takes for one what is one, and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.commands.truth import Compared, compare
from flows.settling import settle_database
from harvesters import categories, city_file
from harvesters.normalise import content_hash
from harvesters.reading.titles import stage_of
from storage import catalogue, registry
from storage.database import Database, open_database
from storage.schema import Attachment, Category, ColumnKind, Item, UnitKind
from tests.city import City
from tests.city.shared import Shared

NOW = dt.datetime(2026, 11, 21, 4, tzinfo=dt.UTC)
SIZES = [(12, 300, 11), (3, 60, 3)]


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _item(line: dict[str, Any]) -> Item:
    """The item that a harvest makes of this page."""
    item = Item(
        unit=line["unit"],
        column=line["column"],
        url=line["url"],
        aliases=tuple(line["aliases"]),
        title=line["title"],
        category=Category.NEWS,
        published_on=_day(line["published_on"]),
        formed_on=_day(line["formed_on"]),
        source=line["source"],
        issuer=line["issuing_body"],
        document_number=line["document_number"],
        index_number=line["index_number"],
        theme=line["subject"],
        theme_code=line["theme_code"],
        genre=line["genre"],
        statutory=line.get("statutory"),
        summary=line["summary"],
        attachments=tuple(Attachment(name=file["name"], url=file["url"]) for file in line["attachments"]),
        body_text=line.get("body_text"),
        stage=stage_of(line["title"]) or "other",
        page_read=line["page"],
    )
    return replace(item, content_hash=content_hash(item))


def _stored(city: City, folder: Path) -> Database:
    city.write_truth(folder)
    (folder / "truth" / "findings.jsonl").write_text("")  # nothing is assessed
    database = open_database(f"sqlite:///{folder}/gongkai.db")
    registry.apply(database, city_file.load(folder / "city.yml"))
    catalogue.upsert(database, [_item(line) for line in city.truth_pages()], seen_at=NOW)
    settle_database(database)
    return database


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[City, Database, Path]]:
    """A city that is stored as it should be; what a test changes, it puts back."""
    folder = tmp_path_factory.mktemp("city")
    units, items, seed = SIZES[0]
    city = City(units=units, items=items, seed=seed)
    with closing(_stored(city, folder)) as database:
        yield city, database, folder / "truth"


@pytest.mark.parametrize(("units", "items", "seed"), SIZES[1:])
def test_a_small_city_of_any_seed_is_united_as_it_is(tmp_path: Path, units: int, items: int, seed: int) -> None:
    city = City(units=units, items=items, seed=seed)
    with closing(_stored(city, tmp_path)) as database:
        told = compare(database, tmp_path / "truth")
    assert told.is_right, told.told
    assert (told.documents, told.united) == (len(city.shared), told.copies)


def _id_of(city: City, place: Any) -> str:
    column, key = place
    from storage.addresses import address_key

    return catalogue.item_id(column.unit.id, address_key(city.url_of(column, key)))


def _shared(city: City) -> Shared:
    return next(one for one in city.shared if len(one.copies) > 1)


def _counts(told: Compared) -> tuple[int, int, int]:
    return told.copies - told.united, told.missed_copies, told.wrongly_united


def test_what_is_one_is_one_and_nothing_else(kept: tuple[City, Database, Path]) -> None:
    city, database, truth = kept
    told = compare(database, truth)
    assert told.is_right, told.told
    assert told.united == told.copies == sum(len(one.copies) for one in city.shared) > 3
    assert told.lookalikes == len(city.lookalikes) > 5
    assert told.items_found == told.items_true == catalogue.count_items(database, withdrawn=False)


def test_a_copy_that_stands_by_itself_is_missed(kept: tuple[City, Database, Path]) -> None:
    city, database, truth = kept
    copy, first = _id_of(city, _shared(city).copies[0]), _id_of(city, _shared(city).first)
    catalogue.split_item(database, copy, who="t", why="t")
    told = compare(database, truth)
    catalogue.merge_items(database, copy, first, who="t", why="t")
    assert _counts(told) == (1, 1, 0)
    assert not told.is_right
    assert any(city.url_of(*_shared(city).copies[0]) in words for words in told.told["copies not united"])
    assert compare(database, truth).is_right


def test_what_only_looks_alike_and_is_united_is_told(kept: tuple[City, Database, Path]) -> None:
    city, database, truth = kept
    names = list(city.lookalikes.values())
    alike = next(name for name in names if names.count(name) == 2)
    places = [place for place, name in city.lookalikes.items() if name == alike]
    columns = {column.no: column for column in city.columns}
    one, other = (_id_of(city, (columns[no], key)) for no, key in places)
    catalogue.merge_items(database, one, other, who="t", why="t")
    told = compare(database, truth)
    catalogue.split_item(database, one, who="t", why="t")
    assert told.wrongly_united == 2  # the one that joined, and the one that it was joined to
    assert all(f"({alike})" in words for words in told.told["wrongly united"])
    assert compare(database, truth).is_right


def test_a_copy_in_another_document_is_wrong_at_both(kept: tuple[City, Database, Path]) -> None:
    city, database, truth = kept
    mine, other = city.shared[0], city.shared[1]
    copy = _id_of(city, mine.copies[0])
    catalogue.split_item(database, copy, who="t", why="t")
    catalogue.merge_items(database, copy, _id_of(city, other.first), who="t", why="t")
    told = compare(database, truth)
    catalogue.split_item(database, copy, who="t", why="t")
    catalogue.merge_items(database, copy, _id_of(city, mine.first), who="t", why="t")
    assert told.wrongly_united == 2
    assert told.wrong_fields == 1  # the other document has an address that is not its own
    assert compare(database, truth).is_right


@pytest.mark.parametrize("seed", [1, 5])
def test_the_tables_say_of_every_title_what_the_truth_says(seed: int) -> None:
    """The truth has its own tables; a title of any column that they read otherwise is wrong here or there."""
    city = City(units=14, items=500, seed=seed)
    kinds = {(column.unit.id, column.id): ColumnKind(column.kind) for column in city.columns}
    units = {unit.id: UnitKind(unit.kind) for unit in city.units}
    for line in city.truth_pages():
        kind = kinds[line["unit"], line["column"]]
        read = replace(_item(line), genre=None, theme_code=None, stage=categories.stage_in(kind, line["title"]))
        found = categories.classed(kind, read)
        assert (found.genre, found.theme_code) == (line["genre"], line["theme_code"]), line["title"]
        if "statutory" in line:
            assert categories.counted(units[line["unit"]], kind, found)[1] == line["statutory"], line["title"]
