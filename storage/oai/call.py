"""One request on its way to its verb, and what a verb is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import settings, tables
from storage.database import Database

_NO_CITY: Final = "gongkai.localhost"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request whose arguments are allowed, there where required, and each given once."""

    db: Database
    base_url: str
    moment: dt.datetime  # the response's date
    arguments: Mapping[str, str]  # without the verb


@dataclass(frozen=True, kw_only=True)
class Verb:
    """What a verb takes, and what answers it: the content of the element of its name, as XML."""

    answer: Callable[[Call], str]
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    resumable: bool = False  # takes a resumptionToken, alone


def city_facts(session: Session) -> Mapping[str, Any]:
    """Name, code and contact of the city as the registry has them; empty where no city file was applied."""
    found: Mapping[str, Any] | None = session.execute(sa.select(tables.city.c.facts)).scalar_one_or_none()
    return found or {}


def repository_of(facts: Mapping[str, Any]) -> str:
    """The repository's part of every identifier: the setting's, else one made of the city's code.

    It has the form of a host name, as the identifier scheme wants, and must not change once somebody has harvested.
    """
    told = settings.load().oai_repository
    if told:
        return told
    code = re.sub(r"[^A-Za-z0-9-]", "-", str(facts.get("code") or ""))
    return f"c{code}.gongkai" if code else _NO_CITY
