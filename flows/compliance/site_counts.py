"""A site has fewer than five stale, ten long idle and five blank columns: UP-04, UP-05, UP-06S.

The counts that fail a whole site (国办秘函〔2019〕19号 单项否决“栏目不更新”), taken over every registered column that
stands on its host, whichever unit keeps it, and held against the unit whose home page the host's front door is. A
count is a breach when so many columns are proven; where those that could not be judged might make it one, nothing is
said. Warnings come at a common monitor's early-warning values.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable, verdict, waiver_for
from flows.compliance.regulation import Regulation
from storage.schema import Column, Unit, Verdict, VerdictKind

VERSION = "1"
SITE_RULES = ("UP-04", "UP-05", "UP-06S")


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One column verdict that a site's counts may count."""

    rule: str
    unit: str
    column: str
    verdict: VerdictKind


class Sites:
    """Column verdicts in, one verdict a site and count out; memory grows with columns."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._owners: dict[str, Unit] = {}
        for unit in units:
            parts = urlsplit(unit.home)
            if not parts.path.strip("/"):
                self._owners.setdefault(parts.netloc.lower(), unit)
        self._counted: dict[str, list[Counted]] = defaultdict(list)

    def add(self, one: Verdict, column: Column) -> None:
        """Takes a column's verdict in."""
        host = urlsplit(column.url).netloc.lower()
        self._counted[host].append(Counted(rule=one.rule, unit=one.unit, column=column.id, verdict=one.verdict))

    def verdicts(self, law: Regulation, as_of: dt.date, version: str = VERSION) -> Iterator[Verdict]:
        """The verdicts on every site that is some unit's own."""
        for host, owner in self._owners.items():
            for rule in SITE_RULES:
                text = law.rules[rule]
                if text.enabled:
                    yield verdict(
                        judge(self._counted.get(host, []), law, rule),
                        rule=rule,
                        version=version,
                        text=text,
                        unit=owner,
                        as_of=as_of,
                        waiver=waiver_for(owner, rule, [None], as_of),
                    )


def judge(columns: Sequence[Counted], law: Regulation, rule: str) -> Judgement:
    """Whether so many of a site's columns breach the rules that ``rule`` counts."""
    limit = law.rules[rule].counts
    asked = [one for one in columns if one.rule in limit.rules and one.verdict is not VerdictKind.NOT_APPLICABLE]
    if not asked:
        return not_applicable("no_columns", "no column on this site is judged by what is counted")
    proven = [one for one in asked if one.verdict is VerdictKind.BREACH]
    unseen = sum(one.verdict is VerdictKind.NOT_ASSESSABLE for one in asked)
    facts: dict[str, Any] = {
        "counted": len(proven),
        "of": len(asked),
        "not_assessable": unseen,
        "limit": limit.fails_at,
        "columns": [f"{one.unit}/{one.column} {one.rule}" for one in proven],
    }
    if len(proven) >= limit.fails_at:
        return breach(**facts)
    if len(proven) + unseen >= limit.fails_at:
        words = f"{len(proven)} are proven and {unseen} could not be judged; {limit.fails_at} would fail the site"
        return not_assessable("unseen_columns", words, **facts)
    if limit.warns_at is not None and len(proven) >= limit.warns_at:
        return compliant(warning=f"{len(proven)} columns; {limit.fails_at} fail the site", **facts)
    return compliant(**facts)
