"""What the console changes in the registry: one edit in, the city as its file has it edited, checked, applied.

An edit goes by the rules of the city file (``harvesters/city_file.py``), so that whatever was made in the console
comes out of ``gongkai city export`` and goes in again unchanged. Editing is pure; applying holds the registry's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from harvesters import city_file
from storage import registry
from storage.database import Database
from storage.exceptions import UnknownTarget
from storage.schema import City

Data = dict[str, Any]
Edit = Mapping[str, Any]
_CITY: Final = ("name", "code", "contact", "timezone")
_UNIT: Final = ("name", "kind", "supervision", "home", "site_code", "contacts")
_NONE: Final[Mapping[str, Any]] = {"city": {}, "units": []}


def edit_registry(database: Database, edit: Edit) -> dict[str, Any]:
    """Makes one edit; what changed comes back in words, with the unit it was about.

    :raises CityFileError: the city would not be valid any more; nothing was changed.
    :raises UnknownTarget: there is no such edit, unit, column or waiver, or no city yet.
    """
    plan = registry.edit(database, lambda city: edited(city, edit))
    unit = edit.get("unit")
    return {
        "changes": [f"{change.what} {change.key}" for change in plan.changes],
        "unit": unit.get("id") if isinstance(unit, Mapping) else unit,
    }


def edited(city: City | None, edit: Edit) -> City:
    """The city after an edit, pure; see :func:`edit_registry`."""
    name = str(edit.get("edit"))
    if name not in EDITS:
        raise UnknownTarget(f"edit {name!r}: expected one of {', '.join(EDITS)}")
    if city is None and name != "city":
        raise UnknownTarget("there is no city yet: make it first, or apply a city file")
    data = city_file.as_data(city) if city is not None else {**_NONE, "units": []}
    EDITS[name](data, edit)
    return city_file.check(data, "registry")


def _city(data: Data, edit: Edit) -> None:
    data["city"] = {**data["city"], **{name: edit[name] for name in _CITY if edit.get(name)}}
    if "allow_private_addresses" in edit:
        data["allow_private_addresses"] = edit["allow_private_addresses"]


def _add_unit(data: Data, edit: Edit) -> None:
    data["units"].append(_given(edit, "unit"))


def _change_unit(data: Data, edit: Edit) -> None:
    unit = _unit(data, edit)
    for name, value in _given(edit, "fields").items():
        if name not in _UNIT:
            raise UnknownTarget(f"{name}: a unit has no such field to change; expected {', '.join(_UNIT)}")
        _put(unit, name, value)


def _retire_unit(data: Data, edit: Edit) -> None:
    data["units"].remove(_unit(data, edit))


def _put_column(data: Data, edit: Edit) -> None:
    """Adds a column, or changes what is named of one that is there; a field that is null is taken away."""
    unit, column = _unit(data, edit), _given(edit, "column")
    columns = unit.setdefault("columns", [])
    known = next((one for one in columns if one["id"] == column.get("id")), None)
    if known is None:
        columns.append({name: value for name, value in column.items() if value is not None})
        return
    for name, value in column.items():
        _put(known, name, value)


def _retire_column(data: Data, edit: Edit) -> None:
    unit = _unit(data, edit)
    column = _column(unit, edit)
    unit["columns"].remove(column)
    unit["waivers"] = [one for one in unit.get("waivers", []) if one.get("column") != column["id"]]


def _pause(data: Data, edit: Edit) -> None:
    paused = {"reason": edit.get("reason"), "by": edit.get("by"), "on": edit.get("on"), "until": edit.get("until")}
    _place(data, edit)["paused"] = {name: value for name, value in paused.items() if value}


def _resume(data: Data, edit: Edit) -> None:
    _place(data, edit).pop("paused", None)


def _waive(data: Data, edit: Edit) -> None:
    waiver = {name: value for name, value in _given(edit, "waiver").items() if value}
    _unit(data, edit).setdefault("waivers", []).append(waiver)


def _end_waiver(data: Data, edit: Edit) -> None:
    waivers = _unit(data, edit).get("waivers", [])
    number = edit.get("number")
    if not isinstance(number, int) or not 0 <= number < len(waivers):
        raise UnknownTarget(f"waiver {number}: the unit has {len(waivers)}; reload the page")
    del waivers[number]


EDITS: Final[Mapping[str, Callable[[Data, Edit], None]]] = {
    "city": _city,
    "add_unit": _add_unit,
    "change_unit": _change_unit,
    "retire_unit": _retire_unit,
    "put_column": _put_column,
    "retire_column": _retire_column,
    "pause": _pause,
    "resume": _resume,
    "waive": _waive,
    "end_waiver": _end_waiver,
}


def _given(edit: Edit, name: str) -> Data:
    value = edit.get(name)
    if not isinstance(value, Mapping):
        raise UnknownTarget(f"{name}: nothing was given to change it to")
    return dict(value)


def _unit(data: Data, edit: Edit) -> Data:
    found: Data | None = next((one for one in data["units"] if one["id"] == edit.get("unit")), None)
    if found is None:
        raise UnknownTarget(f"no unit {edit.get('unit')!r} in the registry")
    return found


def _column(unit: Data, edit: Edit) -> Data:
    found: Data | None = next((one for one in unit.get("columns", []) if one["id"] == edit.get("column")), None)
    if found is None:
        raise UnknownTarget(f"unit {unit['id']} has no column {edit.get('column')!r}")
    return found


def _place(data: Data, edit: Edit) -> Data:
    """The unit, or its column where one is named."""
    unit = _unit(data, edit)
    return _column(unit, edit) if edit.get("column") else unit


def _put(entry: Data, name: str, value: Any) -> None:
    if value is None or value == "":
        entry.pop(name, None)
    else:
        entry[name] = value
