"""What the rules on home pages are told: ``front`` of the look at one, as ``harvesters/front_page.py`` made it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flows.compliance.facts import Case, UnitFacts
from flows.compliance.judgement import Judgement, not_assessable
from flows.compliance.seen import looks_prove
from storage.schema import Evidence

_INDEX = frozenset(("", "index", "default", "home", "main"))


class Front(NamedTuple):
    """The look at the unit's front pages; ``gap``: why nothing can be concluded from what is not there."""

    on: dt.date
    home: str
    shown: Mapping[str, Any]
    links: Mapping[str, Any]
    columns_linked: frozenset[str]
    platform_read: bool
    evidence: tuple[Evidence, ...]
    gap: Judgement | None


def front_of(unit: UnitFacts, case: Case) -> Front:
    """The latest look at the home page, as far as it proves something on the day judged."""
    seen = looks_prove(unit.home, case.law, case.as_of)
    last = unit.home.last
    facts: Mapping[str, Any] = last.facts if last is not None and last.outcome.is_good else {}
    shown = facts.get("front")
    gap = seen.gap
    if gap is not None:
        word, _, words = (gap.reason or "no_look: no look").partition(": ")
        gap = not_assessable(word, f"home page: {words}", **gap.facts)
    elif not isinstance(shown, Mapping):
        gap = not_assessable("not_read", "the last look at the home page kept only its links: harvest again")
    return Front(
        on=seen.on,
        home=last.url if last is not None else unit.unit.home,
        shown=shown if isinstance(shown, Mapping) else {},
        links=facts.get("links") or {},
        columns_linked=frozenset(facts.get("columns_linked") or ()),
        platform_read=facts.get("platform") is not None and (facts.get("pages") or 0) > 1,
        evidence=last.evidence if last is not None else (),
        gap=gap,
    )


def navigation_gap(front: Front, unit: UnitFacts) -> Judgement | None:
    """Why the front pages do not prove that what they leave out is not there: they must link half of the columns."""
    known = {column.id for column in unit.unit.columns}
    linked = known & front.columns_linked
    if not front.platform_read:
        words = "no disclosure platform that the home page links could be read, and it may stand there"
        return not_assessable("platform_unread", words, home=front.home)
    if not known or len(linked) * 2 < len(known):
        words = f"the front pages link only {len(linked)} of {len(known)} registered columns: they are no navigation"
        return not_assessable("not_navigation", words, home=front.home, columns=len(known), columns_linked=len(linked))
    return None


def is_section(home: str) -> bool:
    """Whether a home page is a section of another's site, which is judged by the site's own front door."""
    folder, _, name = urlsplit(home).path.rpartition("/")
    return bool(folder.strip("/")) or name.partition(".")[0].lower() not in _INDEX


def rows_of(value: object) -> Sequence[Mapping[str, Any]]:
    """A list of objects as an observation keeps it."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def day_of(value: object) -> dt.date | None:
    """A day as an observation keeps it."""
    return dt.date.fromisoformat(value[:10]) if isinstance(value, str) else None
