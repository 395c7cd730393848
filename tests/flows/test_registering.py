"""Edits of the registry from the console: by the rules of the city file, and nothing else is changed."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.registering import EDITS, edit_registry, edited
from harvesters import city_file
from storage import registry
from storage.database import Database, open_database
from storage.exceptions import CityFileError, GongkaiError, UnknownTarget
from storage.schema import City, ColumnKind, UnitKind
from tests.storage import build

HOME = "http://www.yunxi.invalid/"
COLUMN = {"id": "xw", "name": "云溪要闻", "kind": "news", "url": f"{HOME}xw/"}
UNIT = {"id": "yunxi", "name": "云溪县人民政府", "kind": "district", "supervision": "local", "home": HOME}
WAIVER = {"reason": "无此项工作", "approved_by": "市政府办", "until": "2026-12-31", "column": "tzgg"}


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(open_database()) as opened:
        yield opened


def known() -> City:
    return build.city(build.unit())


def test_a_new_installation_gets_its_city_and_its_first_unit(database: Database) -> None:
    edit_registry(database, {"edit": "city", "name": "青禾市", "code": "629900", "contact": "mailto:o@qinghe.invalid"})
    told = edit_registry(database, {"edit": "add_unit", "unit": {**UNIT, "columns": [COLUMN]}, "by": "zhang"})
    assert told == {"changes": ["unit yunxi", "column yunxi/xw"], "unit": "yunxi"}
    city = registry.load_city(database)
    assert city is not None
    assert [(unit.id, unit.kind, [one.kind for one in unit.columns]) for unit in city.units] == [
        ("yunxi", UnitKind.DISTRICT, [ColumnKind.NEWS])
    ]


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ({"edit": "add_unit", "unit": UNIT}, "there is no city yet"),
        ({"edit": "nothing"}, "expected one of"),
        ({"edit": "city", "name": "青禾市"}, "code"),
    ],
)
def test_nothing_is_made_of_nothing(database: Database, edit: dict[str, Any], told: str) -> None:
    with pytest.raises(GongkaiError, match=told):
        edit_registry(database, edit)
    assert registry.load_city(database) is None


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ({"edit": "add_unit", "unit": {**UNIT, "id": "tianhe-qu"}}, "tianhe-qu"),
        ({"edit": "add_unit", "unit": {**UNIT, "home": "javascript:alert(1)"}}, "home"),
        ({"edit": "add_unit", "unit": {**UNIT, "kind": "ministry"}}, "kind"),
        ({"edit": "add_unit", "unit": {**UNIT, "secret": "x"}}, "secret"),
        ({"edit": "add_unit", "unit": {**UNIT, "columns": [COLUMN, COLUMN]}}, "xw"),
        ({"edit": "add_unit"}, "nothing was given"),
        ({"edit": "change_unit", "unit": "tianhe-qu", "fields": {"id": "other"}}, "no such field"),
        ({"edit": "change_unit", "unit": "gone", "fields": {}}, "no unit 'gone'"),
        ({"edit": "put_column", "unit": "tianhe-qu", "column": {"id": "neu"}}, "name"),
        ({"edit": "retire_column", "unit": "tianhe-qu", "column": "gone"}, "no column 'gone'"),
        ({"edit": "waive", "unit": "tianhe-qu", "waiver": {**WAIVER, "until": "soon"}}, "until"),
        ({"edit": "waive", "unit": "tianhe-qu", "waiver": {**WAIVER, "approved_by": ""}}, "approved_by"),
        ({"edit": "end_waiver", "unit": "tianhe-qu", "number": 0}, "the unit has 0"),
    ],
)
def test_what_a_city_file_refuses_is_refused_here_and_changes_nothing(
    database: Database, edit: dict[str, Any], told: str
) -> None:
    registry.apply(database, known())
    with pytest.raises((CityFileError, UnknownTarget)) as refused:
        edit_registry(database, edit)
    assert told in str(refused.value)
    assert registry.load_city(database) == known()


def test_each_edit_changes_what_it_says_and_nothing_else() -> None:
    city = known()
    unit = city.units[0]
    column = unit.columns[0]
    changed = edited(city, {"edit": "change_unit", "unit": unit.id, "fields": {"name": "田禾区政府", "site_code": ""}})
    assert changed == replace(city, units=(replace(unit, name="田禾区政府"),))
    moved = {"id": column.id, "url": f"{build.SITE}/new/", "feed": None}
    changed = edited(city, {"edit": "put_column", "unit": unit.id, "column": moved})
    assert changed.units[0].columns == (replace(column, url=f"{build.SITE}/new/", feed=None),)
    waived = edited(city, {"edit": "waive", "unit": unit.id, "waiver": WAIVER})
    assert [(one.column, one.until) for one in waived.units[0].waivers] == [("tzgg", dt.date(2026, 12, 31))]
    assert edited(waived, {"edit": "end_waiver", "unit": unit.id, "number": 0}) == city
    retired = edited(waived, {"edit": "retire_column", "unit": unit.id, "column": column.id})
    assert (retired.units[0].columns, retired.units[0].waivers) == ((), ())  # a waiver of what is gone is none
    assert edited(city, {"edit": "retire_unit", "unit": unit.id}).units == ()


_TEXT = st.text(max_size=30) | st.sampled_from(["田禾区", "xw", HOME, "news", "", "2026-12-31", "a: b", "'\"[]{}#"])
_EDIT = st.fixed_dictionaries(
    {
        "edit": st.sampled_from(list(EDITS)),
        "unit": st.just("tianhe-qu") | st.fixed_dictionaries({name: _TEXT | st.just(UNIT[name]) for name in UNIT}),
        "column": st.just("tzgg") | st.fixed_dictionaries({name: _TEXT | st.just(COLUMN[name]) for name in COLUMN}),
    },
    optional={
        "fields": st.fixed_dictionaries({"name": _TEXT}),
        "waiver": st.fixed_dictionaries({name: _TEXT | st.just(WAIVER[name]) for name in WAIVER}),
        **dict.fromkeys(("name", "code", "contact", "reason", "by", "on", "until"), _TEXT),
        "number": st.integers(-2, 3),
    },
)


@given(st.lists(_EDIT, max_size=4))
def test_whatever_was_made_goes_out_as_a_city_file_and_in_again(edits: list[dict[str, Any]]) -> None:
    city = known()
    for edit in edits:
        try:
            city = edited(city, edit)
        except (CityFileError, UnknownTarget):
            continue
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "city.yml")
        file.write_text(city_file.dump(city), encoding="utf-8")
        assert city_file.load(file) == city
