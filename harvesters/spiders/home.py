"""What a unit's front door shows: what is new there, which of its columns are linked, and whether one has moved.

The home page and the disclosure platform it links to are read. A column that is frozen because publishing moved
elsewhere looks exactly like one that nobody fills; that the front pages link its name at another address, or no longer
link it, are the only signs, so they are kept as facts of the look; so are the feeds that the pages lead to, and what
the home page carries beside its content (``page``). Where a column that was linked before is linked no more, the hubs
the home page links are asked for it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from harvesters.front_page import front_of, hubs_of, lost
from harvesters.navigation import PLATFORM_NAMES, Links, kinds_by_name, links_of, plain_name, stem
from harvesters.reading.dates import CHINA
from harvesters.reading.facts import Fetch
from harvesters.reading.furniture import furniture_of
from harvesters.spiders import found_feeds
from harvesters.spiders.looking import Look, Looker, observation
from harvesters.spiders.sites import same_site
from storage.addresses import address_key
from storage.schema import Observation, Outcome, Subject, Unit

MOST_HUBS = 3  # asked in one look, and only for a column that is no longer linked where it was


def platform_of(home: str, links: Links) -> str | None:
    """The address of the disclosure platform the home page links on its own site; None where it links none."""
    for wanted in PLATFORM_NAMES:
        for name, url in links:
            if name == wanted and same_site(home, url) and address_key(url) != address_key(home):
                return url
    return None


def facts_of(unit: Unit, links: Links) -> dict[str, object]:
    """``links`` (kind → address), ``columns_linked`` and ``moved`` of a home observation."""
    kinds = kinds_by_name()
    by_kind: dict[str, str] = {}
    by_name: dict[str, list[str]] = {}
    linked = set()
    for name, url in links:
        kind = kinds.get(name)
        if kind is not None:
            by_kind.setdefault(kind, url)
        by_name.setdefault(name, []).append(url)
        linked.add(stem(url))
    columns_linked = [column.id for column in unit.columns if stem(column.url) in linked]
    moved = {}
    for column in unit.columns:
        if column.id in columns_linked:
            continue
        others = [url for url in by_name.get(plain_name(column.name), ()) if same_site(column.url, url)]
        if others:
            moved[column.id] = others[0]
    return {"links": by_kind, "columns_linked": columns_linked, "moved": moved}


async def look_home(looker: Looker, unit: Unit, before: Observation | None = None) -> Observation:
    """One look at the unit's home page and, where it links one, its disclosure platform.

    :param before: the last good look, which knows since when what stands there.
    """
    look = proven(front_door(await looker.look(Fetch(url=unit.home), expect=None)), unit)
    evidence = [look.evidence] if look.evidence is not None else []
    links: Links = []
    facts: dict[str, object] = {}
    if look.outcome.is_good and look.document is not None:
        links = links_of(look.document)
        documents = [look.document]
        platform = platform_of(look.document.url, links)
        known = _front(before)

        async def read_too(url: str) -> None:
            second = front_door(await looker.look(Fetch(url=url, headers={"Referer": unit.home}), expect=None))
            if second.outcome.is_good and second.document is not None:
                links.extend(links_of(second.document))
                documents.append(second.document)
                evidence.extend([second.evidence] if second.evidence is not None else [])

        if platform is not None:
            await read_too(platform)
        pages = len(documents)
        proposed = await found_feeds.propose(looker.fetcher, documents, unit.columns)
        if lost(unit, links, known):
            for hub in hubs_of(unit.home, links, most=MOST_HUBS):
                await read_too(hub)
        day = look.at.astimezone(CHINA).date()
        front = front_of(look.document, documents, links, unit, day=day, before=known)
        facts = {**facts_of(unit, links), "platform": platform, "pages": pages, "feeds": proposed, "front": front}
        facts["page"] = furniture_of(look.document, footer=True)
    return observation(
        look,
        unit=unit,
        column=None,
        subject=Subject.HOME,
        url=unit.home,
        facts=facts,
        evidence=tuple(evidence),
    )


def _front(before: Observation | None) -> Mapping[str, Any] | None:
    front = before.facts.get("front") if before is not None else None
    return front if isinstance(front, Mapping) else None


def proven(look: Look, unit: Unit) -> Look:
    """The look, where links to at least half of the unit's columns prove a page genuine that its size or scripts put
    in doubt (a home page of frames and menus may be very short)."""
    if look.outcome.is_good or look.status != 200 or look.document is None:
        return look
    linked = facts_of(unit, links_of(look.document))["columns_linked"]
    if isinstance(linked, list) and linked and len(linked) * 2 >= len(unit.columns):
        return replace(look, outcome=Outcome.OK, reason=None, detail=None)
    return look


def front_door(look: Look) -> Look:
    """The look, where a page that is no list and no document is as good as any: nothing but links is wanted of it."""
    as_good = look.outcome is Outcome.STRUCTURE_CHANGED and look.status == 200 and look.document is not None
    if as_good or look.outcome is Outcome.OK:
        return replace(look, outcome=Outcome.OK, reason=None, detail=None)
    return look
