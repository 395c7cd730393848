"""A unit's disclosure platform has the columns its kind must have (国办公开办函〔2019〕61号): PL-01.

By default guide, rules, catalogue and annual reports. A kind is missing when the registry has no such column and the
home page, proven to be the navigation by linking at least half of the registered columns, shows no link of that name.
A link that is there and not registered is the operator's to add; a platform that the home page links and that was not
read may have them all, so nothing is missing then. Where the front pages link a part of the platform
under another name than the text's (政府信息公开指南, 政府信息公开制度, 法定主动公开内容, 政府信息公开年报), or not at
all, the facts tell so, and nothing follows from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows.compliance.facts import Case, UnitFacts
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.regulation import RuleText
from flows.compliance.seen import looks_prove
from storage.schema import ColumnKind, UnitKind

RULES = ("PL-01",)
SUBJECT = "unit"
VERSION = "2"


_WITH_PLATFORM = 2  # front pages read: the home page and the platform's
_NAMES = {
    ColumnKind.GUIDE: "政府信息公开指南",
    ColumnKind.RULES: "政府信息公开制度",
    ColumnKind.CATALOGUE: "法定主动公开内容",
    ColumnKind.ANNUAL_REPORTS: "政府信息公开年报",
}


class Text(RuleText):
    """The kinds of column that each kind of unit must have."""

    required: dict[UnitKind, tuple[ColumnKind, ...]]


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether every required kind of column is there."""
    required = case.text(Text).required.get(unit.unit.kind, ())
    if not required:
        return not_applicable("unit_kind", f"no columns are required of a {unit.unit.kind.value}")
    registered = {column.kind for column in unit.unit.columns}
    absent = [kind.value for kind in required if kind not in registered]
    if not absent:
        return compliant(required=[kind.value for kind in required], **_names(unit, required))
    seen = looks_prove(unit.home, case.law, case.as_of)
    if seen.gap is not None or unit.home.last is None:
        word, _, words = ((seen.gap.reason if seen.gap else None) or "no_look: no look").partition(": ")
        return not_assessable(word, f"home page: {words}", absent=absent)
    shown = unit.home.last.facts
    links: dict[str, str] = dict(shown.get("links") or {})
    known = {column.id for column in unit.unit.columns}
    linked = known & set(shown.get("columns_linked") or ())
    facts: dict[str, Any] = {
        "home": unit.home.last.url,
        "columns": len(known),
        "columns_linked": len(linked),
        "judged_on": seen.on,
    }
    if not known or len(linked) * 2 < len(known):
        words = f"the home page links only {len(linked)} of {len(known)} registered columns"
        return not_assessable("not_navigation", words, **facts, absent=absent)
    unregistered = {kind: links[kind] for kind in absent if kind in links}
    missing = [kind for kind in absent if kind not in links]
    if not missing:
        words = "the home page links them; add them to the registry: " + ", ".join(
            f"{kind} {url}" for kind, url in unregistered.items()
        )
        return not_assessable("unregistered", words, **facts, absent=absent, unregistered=unregistered)
    if shown.get("platform") is not None and (shown.get("pages") or 0) < _WITH_PLATFORM:
        words = f"they may stand on the platform that the home page links, which was not read: {shown['platform']}"
        return not_assessable("platform_unread", words, **facts, absent=absent)
    facts |= _names(unit, required)
    return breach(evidence=unit.home.last.evidence, missing=missing, unregistered=unregistered or None, **facts)


def _names(unit: UnitFacts, required: Sequence[ColumnKind]) -> dict[str, Any]:
    """Under which other names the front pages link the platform's parts, and which they link by none that is known."""
    look = unit.home.last
    front = look.facts.get("front") if look is not None and look.outcome.is_good else None
    shown = front.get("names") if isinstance(front, Mapping) else None
    if not isinstance(shown, Mapping):
        return {}
    named = {kind: shown.get(kind.value) or [] for kind in required if kind in _NAMES}
    other = {kind.value: list(names) for kind, names in named.items() if names and _NAMES[kind] not in names}
    unnamed = [kind.value for kind, names in named.items() if not names]
    return {"other_names": other or None, "not_linked_by_name": unnamed or None}
