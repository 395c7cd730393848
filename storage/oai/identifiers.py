"""Identifiers: ``oai:<repository>:<item id>``, and the item behind one."""

from __future__ import annotations

from typing import Any

from storage.database import storable
from storage.oai import selection
from storage.oai.call import Call, city_facts, repository_of
from storage.oai.errors import ID_DOES_NOT_EXIST, Problem


def find(call: Call, problems: list[Problem]) -> tuple[Any | None, str]:
    """The row (see ``selection``) that the call's identifier names, and the repository.

    Where there is none, ``problems`` gets one more.
    """
    asked = call.arguments["identifier"]
    with call.db.read() as session:
        repository = repository_of(city_facts(session))
        start = f"oai:{repository}:"
        name = asked.removeprefix(start)
        # what a database cannot hold is no id, and must not reach it
        row = selection.one(session, name) if asked.startswith(start) and storable(name) == name else None
    if row is None:
        problems.append(Problem(ID_DOES_NOT_EXIST, f"{asked!r} is not known here"))
    return row, repository
