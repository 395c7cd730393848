"""Columns' verdicts in, the verdicts on whole sites out: what the rules on sites count is counted here.

A site is a host; it is answered for by the unit whose home page is the host's front door, whichever units keep the
columns on it. Memory grows with columns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from flows.compliance.facts import Case, Counted
from flows.compliance.judgement import pause_for, verdict, waiver_for
from flows.compliance.rulebook import BY_SUBJECT, applies
from storage.schema import Column, Unit, Verdict


class Sites:
    """Takes column verdicts in, one at a time; gives the verdicts on sites when all are in."""

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

    def verdicts(self, case: Case) -> Iterator[Verdict]:
        """The verdicts on every site that is some unit's own."""
        for host, owner in self._owners.items():
            for rule in BY_SUBJECT["site"]:
                if applies(rule, case, owner):
                    yield verdict(
                        rule.module.judge(self._counted.get(host, []), case.of(rule.id)),
                        rule=rule.id,
                        version=rule.version,
                        text=case.law.rules[rule.id],
                        unit=owner,
                        as_of=case.as_of,
                        waiver=waiver_for(owner, rule.id, [None], case.as_of),
                        paused=pause_for(owner, [None], case.as_of),
                    )
