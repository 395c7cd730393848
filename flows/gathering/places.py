"""Where the units' front pages say that their columns stand: the latest good look at them, and what is another's left
out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flows.compliance.facts import Placed
from flows.gathering.run import Run
from harvesters.navigation import stem
from harvesters.spiders.sites import same_site
from storage.schema import Column, Observation, Unit


class Places:
    """Reads the looks at home pages; knows which addresses are other units'."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._registered = {stem(column.url) for column in run.columns.values()}
        self._sections = [(unit.id, unit.home) for unit in run.city.units if urlsplit(unit.home).path.strip("/")]

    def moved_to(self, column: Column, home: Observation | None) -> str | None:
        """The other address under which the home page links the column's name, if that is no other column's."""
        moved = home.facts.get("moved") if home is not None else None
        url = moved.get(column.id) if isinstance(moved, Mapping) else None
        return url if isinstance(url, str) and not self._is_anothers(url, column) else None

    def of(self, column: Column, unit: Unit, home: Observation | None) -> Placed | None:
        """What the front pages say of one column; None where they were not read, or not for this."""
        front = home.facts.get("front") if home is not None else None
        known = (front.get("columns") or {}) if isinstance(front, Mapping) else {}
        told = known.get(column.id)
        if home is None or not isinstance(told, Mapping) or told.get("address") != stem(column.url):
            return None
        linked = {each for each in home.facts.get("columns_linked") or () if isinstance(each, str)}
        others = [one.id for one in unit.columns if one.id != column.id]
        other: Mapping[str, Any] = told.get("elsewhere") or {}
        if other and self._is_anothers(str(other["url"]), column):
            other = {}
        block: Mapping[str, Any] = told.get("block") or {}
        return Placed(
            on=self._run.day(home.at),
            home=home.url,
            linked="linked_on" in told and "unlinked_since" not in told,
            siblings=len(others),
            siblings_linked=sum(one in linked for one in others),
            linked_on=_day(told.get("linked_on")),
            unlinked_since=_day(told.get("unlinked_since")),
            other_name=other.get("name"),
            other_url=other.get("url"),
            other_by=other.get("by"),
            other_since=_day(other.get("since")),
            block_on=_day(block.get("on")),
            block_url=block.get("url"),
            block_since=_day(block.get("since")),
            evidence=home.evidence,
        )

    def _is_anothers(self, url: str, column: Column) -> bool:
        """Whether an address is a registered column, or lies in another unit's section of the site."""
        if stem(url) in self._registered:
            return True
        place = stem(url)
        return any(
            unit != column.unit and same_site(home, url) and f"{place}/".startswith(f"{stem(home)}/")
            for unit, home in self._sections
        )


def _day(value: object) -> dt.date | None:
    return dt.date.fromisoformat(value[:10]) if isinstance(value, str) else None
