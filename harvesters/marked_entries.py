"""What a settings file says under a key, entries of several kinds → all that its kinds' models find wrong with it.

The descriptions of a model's fields complete the sentence "expected …".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import AliasChoices, BaseModel, ValidationError

from harvesters.marked_yaml import Problem, nearest, shown


def wrong_entries(data: Mapping[str, Any], part: str, kinds: Mapping[str, type[BaseModel]]) -> Iterator[Problem]:
    """What is wrong with the list ``data[part]``: each entry is of one of the ``kinds``, and their names differ."""
    first: dict[str, int] = {}
    for at, entry in enumerate(data[part]):
        where = (part, at)
        if not isinstance(entry, dict):
            yield where, f"found {shown(entry)}, expected keys and values"
            continue
        kind = entry.get("kind")
        if not isinstance(kind, str) or kind not in kinds:
            hint = nearest(str(kind), list(kinds))
            yield (*where, "kind"), f"found {shown(kind)}, expected one of {', '.join(kinds)}{hint}"
            continue
        for within, what in wrong_entry(entry, kinds[kind]):
            yield (*where, *within), what
        name = entry.get("name")
        if isinstance(name, str) and first.setdefault(name, at) != at:
            yield (*where, "name"), f"found {name!r} again (first at {part}[{first[name]}]), expected names to differ"


def wrong_entry(entry: Mapping[str, Any], model: type[BaseModel]) -> Iterator[Problem]:
    """What the model finds wrong with one entry, by key paths within it."""
    try:
        model.model_validate(entry)
    except ValidationError as error:
        fields = {_key(name, field.validation_alias): field for name, field in model.model_fields.items()}
        for detail in error.errors(include_url=False):
            at = tuple(part for part in detail["loc"] if isinstance(part, int) or not part.startswith("function-"))
            name = str(at[0]) if at else ""
            field = fields.get(name) or model.model_fields.get(name)
            expected = field.description if field is not None and field.description else str(detail["msg"])
            if detail["type"] == "extra_forbidden":
                what = f"unknown key{nearest(str(at[-1]), list(fields))}; expected one of {', '.join(fields)}"
            elif detail["type"] == "missing":
                what = f"missing, expected {expected}"
            elif not at:
                what = str(detail["msg"]).removeprefix("Value error, ")
            else:
                what = f"found {shown(entry.get(name))}, expected {expected}"
            yield at, what


def _key(name: str, alias: object) -> str:
    """What a field is called in the file."""
    first = alias.choices[0] if isinstance(alias, AliasChoices) else alias
    return first if isinstance(first, str) else name
