"""Whether a unit has a site of its own, and whether what its home page carries was read lately enough to judge by.

A unit whose home page is a section of another's site answers for what it publishes there, not for the frame around
it: head, footer and domain are the site's, and are judged where its front door is.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from flows.compliance.facts import Case, ColumnFacts, PageFacts, UnitFacts
from flows.compliance.judgement import Judgement, not_applicable, not_assessable
from flows.compliance.seen import column_seen, looks_prove

_INDEX = re.compile(r"^/?(?:(?:index|default|home)\.\w{2,5})?$", re.IGNORECASE)
# names that no registry gives to anybody (RFC 2606, 6761, 6762, 8375), and those of intranets
_RESERVED = re.compile(r"\.(?:invalid|test|example|localhost|local|internal|intranet|lan|home\.arpa)$")

SECTION = not_applicable("section", "its home page is a section of a site that is judged by its own home page")


def is_front_door(home: str) -> bool:
    """Whether a home page is the front door of a site: its address has no path but an index page's name."""
    return _INDEX.match(urlsplit(home).path) is not None


def host_of(url: str) -> str:
    """The host of an address in lower case, without its port; "" where it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def is_public_name(host: str) -> bool:
    """Whether a host is a name of the public network: no number, no single label, no name that is reserved."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host and _RESERVED.search(host) is None
    return False


def home_page(unit: UnitFacts, case: Case) -> PageFacts | Judgement:
    """What the home page of a unit with its own site carries; why nothing can be said of it where nothing can."""
    if not is_front_door(unit.unit.home):
        return SECTION
    seen = looks_prove(unit.home, case.law, case.as_of)
    if seen.gap is not None and not seen.part_seen:
        return seen.gap
    if unit.page is None:
        return not_assessable("page_unread", "no look has read yet what the home page carries: harvest again")
    return unit.page


def column_page(column: ColumnFacts, case: Case) -> PageFacts | None:
    """What the first page of a column carries; None where it was not read, or the looks at the column prove nothing
    today."""
    seen = column_seen(column, case.law, case.as_of)
    return column.page if seen.gap is None or seen.part_seen else None


def is_on_own_site(column: ColumnFacts, unit: UnitFacts) -> bool:
    """Whether a column stands on the host of the unit's home page, and not on a portal's or a province's platform."""
    here, there = host_of(unit.unit.home), host_of(column.column.url)
    return here.removeprefix("www.") == there.removeprefix("www.")
