"""The site's code has its form, is of its area, and is the same in footer, meta tag and registry: FT-09.

A code is six digits of the area, or bm and four of a ministry, and four of the site. That of a unit which answers to
the city begins as the city's own code does; that of a stationed or vertical body may be its ministry's or province's.
Two codes on one page contradict each other. One that only the registry contradicts may be the registry's mistake: it
counts where another page or place of the same site carries the registered one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flows.compliance.facts import Case, PageFacts, UnitFacts
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.pages import column_page, home_page, is_on_own_site
from storage.schema import Supervision, Unit, UnitKind

RULES = ("FT-09",)
SUBJECT = "unit"
READS_COLUMNS = True
VERSION = "1"

_FORM = re.compile(r"(?:\d{6}|bm\d{4})\d{4}")


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether the codes that the home page shows are right and agree."""
    page = home_page(unit, case)
    if isinstance(page, Judgement):
        return page
    in_footer, in_tag = footer_codes(page), tag_code(page)
    shown = [*in_footer, *([in_tag] if in_tag and in_tag not in in_footer else [])]
    if not shown:
        return not_applicable("no_code", "the home page shows no code: FT-03 and MT-01 say so")
    registered = (unit.unit.site_code or "").lower() or None
    facts: dict[str, Any] = {
        "footer": in_footer or None,
        "tag": in_tag,
        "registered": registered,
        "url": page.url,
        "judged_on": page.on,
    }
    malformed = [code for code in shown if not _FORM.fullmatch(code)]
    if malformed:
        return breach(evidence=page.evidence, malformed=malformed, **facts)
    if len(in_footer) > 1:
        return not_assessable("review", f"the page shows {len(in_footer)} codes: {', '.join(in_footer)}", **facts)
    if in_footer and in_tag and in_tag not in in_footer:
        return breach(evidence=page.evidence, differ=[in_footer[0], in_tag], **facts)
    code = shown[0]
    if code == registered:
        return compliant(**facts)
    if not is_of_area(code, unit.unit, case.area):
        return breach(evidence=page.evidence, area=case.area, other_area=code[:6], **facts)
    if registered is None:
        return compliant(**facts)
    if carriers := confirming(unit, registered, case):
        return breach(evidence=page.evidence, carried_by=carriers, **facts)
    return not_assessable(
        "registry", f"the page shows {code}, the registry says {registered}: see which is right", **facts
    )


def footer_codes(page: PageFacts) -> list[str]:
    """The codes in a page's footer, in lower case."""
    items = (page.shown.get("footer") or {}).get("items") or {}
    return list((items.get("site_code") or {}).get("codes") or ())


def tag_code(page: PageFacts) -> str | None:
    """The code in a page's meta tag, in lower case; None where it has none."""
    values = [value.strip().lower() for value in page.shown.get("tags", {}).get("SiteIDCode", ())]
    return next((value for value in values if value and value not in ("null", "undefined")), None)


def confirming(unit: UnitFacts, registered: str, case: Case) -> list[str]:
    """The places of the unit's site that carry the registered code: footer, tag or errors link of its home page, and
    columns by their tags."""
    return list(_confirming(unit, registered, case))


def _confirming(unit: UnitFacts, registered: str, case: Case) -> Iterator[str]:
    if unit.page is not None:
        items: Mapping[str, Any] = (unit.page.shown.get("footer") or {}).get("items") or {}
        if registered in footer_codes(unit.page):
            yield "footer"
        if tag_code(unit.page) == registered:
            yield "tag"
        if (items.get("report_errors") or {}).get("code") == registered:
            yield "report_errors"
    for column in unit.columns.values():
        page = column_page(column, case) if is_on_own_site(column, unit) else None
        if page is not None and tag_code(page) == registered:
            yield column.column.id


def is_of_area(code: str, unit: Unit, area: str) -> bool:
    """Whether a well-formed code may be one of this unit, in a city with this area code ("" for unknown)."""
    if not area:
        return True
    if unit.kind is UnitKind.STATIONED or unit.supervision is not Supervision.LOCAL:
        return code.startswith(("bm", area[:2]))
    return code.startswith(re.sub(r"(?:00){1,2}$", "", area))
