"""The disclosure platform stands on the unit's own site or the government's portal, on no website of its own: PL-02.

国办公开办函〔2019〕61号：专栏依托 the existing site, 不得设立专门网站. Judged by the host of the columns that make up
the platform (guide, rules, catalogue, annual reports, applications) and of the platform that the home page links. A
host that is another unit's front door (the portal) is no website of its own; one that is named after the platform
(xxgk., zfxxgk., zwgk. …) is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flows.compliance.facts import Case, UnitFacts
from flows.compliance.front import front_of
from flows.compliance.judgement import Judgement, breach, compliant, not_assessable
from storage.schema import ColumnKind

RULES = ("PL-02",)
SUBJECT = "unit"
VERSION = "1"

_PLATFORM_KINDS = frozenset(
    (ColumnKind.GUIDE, ColumnKind.RULES, ColumnKind.CATALOGUE, ColumnKind.ANNUAL_REPORTS, ColumnKind.REQUEST)
)
_OF_ITS_OWN = re.compile(r"(?:zf|zw|zwdt|gov|gk)?(?:xxgk|xxgkml|gkml|zwgk|xinxigongkai|zfxxgkw?)(?:w|wz|pt|ml)?\d{0,3}")


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether any part of the platform stands on a website of its own."""
    home = _host(unit.unit.home)
    places = [(column.name, column.url) for column in unit.unit.columns if column.kind in _PLATFORM_KINDS]
    front = front_of(unit, case)
    platform: Mapping[str, Any] = front.shown.get("platform") or {}
    if front.gap is None and platform:
        places.append((str(platform.get("name")), str(platform.get("url"))))
    if not places:
        return not_assessable("no_platform", "no column of the platform is registered, and the home page links none")
    apart = [
        {"name": name, "url": url}
        for name, url in places
        if (host := _host(url)) != home and host not in unit.fronts and _OF_ITS_OWN.fullmatch(host.partition(".")[0])
    ]
    if apart:
        return breach(home=unit.unit.home, apart=apart)
    return compliant(home=unit.unit.home, hosts=sorted({_host(url) for _, url in places}))


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")
