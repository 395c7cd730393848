"""A judgement on a yearly report as what a rule says of it; of one that was not read it says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from flows.compliance.annual.known import Known
from flows.compliance.bodies import is_same
from flows.compliance.facts import About
from flows.compliance.judgement import Judgement, not_assessable
from storage.schema import VerdictKind

_READ: Final = "read"
_UNREAD: Final = {
    "not_fetched": "the page names a file that was not fetched",
    "scanned": "the file is pictures of pages without text",
    "locked": "the file is locked with a password",
    "refused": "the file is beyond a bound of size, time or memory",
    "unreadable": "the file is damaged, or of a format that is not read",
}


def about(known: Known, judge: Callable[[Known], Judgement]) -> About:
    """What is said of the report, with where it stands."""
    judgement = _unread(known) or judge(known)
    where = {"year": known.year, "title": known.title, "url": known.url}
    facts = {**{key: value for key, value in where.items() if value is not None}, **judgement.facts}
    if judgement.verdict is VerdictKind.BREACH:  # what is found stands first: a notice shows the first few
        facts = {**{key: judgement.facts[key] for key in ("found", "hint") if key in judgement.facts}, **facts}
    seen = (known.evidence,) if known.evidence is not None else ()
    return About(
        unit=known.unit,
        judgement=replace(judgement, facts=facts, evidence=seen),
        column=known.column,
        item=known.item,
    )


def _unread(known: Known) -> Judgement | None:
    if known.report is None or known.outcome != _READ:
        outcome = known.outcome if known.outcome in _UNREAD else "unreadable"
        words = _UNREAD[outcome] + (f": {known.detail}" if known.detail else "")
        return not_assessable(f"report_{outcome}", words)
    named = known.report.unit
    if named and not is_same(named, known.unit.name, known.city):
        return not_assessable("whose_report", f"the report names another body: {named}")
    if known.report.year is not None and known.report.year != known.year:
        return not_assessable("which_year", f"the report names the year {known.report.year}, its place {known.year}")
    return None
