"""How each unit stands with the publication of its report on a year: as TM-10 and TM-11 say, asked and not worked out.

Of the year that was judged last their verdicts stand and are taken as they are. Of another year, or before anything
was judged, the same rule is asked again over what is known today. Before the deadline nothing can be late: a report
that is out is in time, and any other is due.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from flows.annual.rolling import Standing
from flows.compliance.facts import UnitFacts
from flows.compliance.judgement import pause_for, verdict, waiver_for
from flows.compliance.rules import annual_report
from flows.compliance.yearly import due_year
from flows.gathering.run import Run
from flows.gathering.units import reporting_units, with_reports_elsewhere
from storage import findings
from storage.annual.rollup import Published
from storage.schema import Verdict, VerdictKind

_NOT_SHOWN: Final = ("no_column", "whose_report")  # it may stand elsewhere: looked for before anything is said


def standings(run: Run, year: int) -> dict[str, Standing]:
    """Every unit's standing, by its id."""
    law = run.case.law
    owing = {unit.id: rule for unit in run.city.units if (rule := annual_report.rule_for(unit, law))}
    due = {rule: law.text(rule, annual_report.Text).due for rule in set(owing.values())}
    stored = _stored(
        run, {unit: rule for unit, rule in owing.items() if due_year(run.case.as_of, due[rule])[0] == year}
    )
    found = {unit.id: Standing(published=Published.NOT_OWED) for unit in run.city.units}
    for unit, rule in owing.items():
        if unit in stored:
            found[unit] = _standing(stored[unit], dt.date(year + 1, *due[rule]))
    for known in reporting_units(run, [unit for unit in run.city.units if unit.id in owing.keys() - stored.keys()]):
        rule = owing[known.unit.id]
        deadline = dt.date(year + 1, *due[rule])
        standing = _standing(_judged(run, known, rule, year, deadline), deadline)
        is_open = run.case.as_of <= deadline and standing.published is not Published.IN_TIME
        found[known.unit.id] = Standing(published=Published.DUE, rule=rule, due=deadline) if is_open else standing
    return found


def latest_due(run: Run) -> int:
    """The latest year whose report some unit of the city already owes."""
    law = run.case.law
    rules = {rule for unit in run.city.units if (rule := annual_report.rule_for(unit, law))}
    years = [due_year(run.case.as_of, law.text(rule, annual_report.Text).due)[0] for rule in rules]
    return max(years, default=run.case.as_of.year - 1)


def _stored(run: Run, owing: Mapping[str, str]) -> dict[str, Verdict]:
    """The verdicts that stand since the day judged, by unit, of the rule that sets its deadline."""
    return {
        one.unit: one
        for rule in annual_report.RULES
        for one in findings.iter_verdicts(run.database, rule=rule)
        if owing.get(one.unit) == rule and one.as_of == run.case.as_of
    }


def _judged(run: Run, known: UnitFacts, rule: str, year: int, deadline: dt.date) -> Verdict:
    """What the rule says; before a report is called missing, all the unit's other items are looked through for it."""
    case = run.case.of(rule)
    said = annual_report.judge_year(known, case, year, deadline)
    lacks = said.facts.get("missing") or (said.reason or "").startswith(_NOT_SHOWN)
    if lacks and run.case.as_of > deadline:
        said = annual_report.judge_year(with_reports_elsewhere(run, known), case, year, deadline)
    columns = [one.column.id for one in annual_report.rests_on(known)]
    return verdict(
        said,
        rule=rule,
        version=annual_report.VERSION,
        text=run.case.law.rules[rule],
        unit=known.unit,
        as_of=run.case.as_of,
        waiver=waiver_for(known.unit, rule, columns, run.case.as_of),
        paused=pause_for(known.unit, columns, run.case.as_of),
    )


def _standing(said: Verdict, deadline: dt.date) -> Standing:
    shown = Standing(
        published=Published.UNKNOWN,
        rule=said.rule,
        due=deadline,
        title=said.facts.get("title"),
        url=said.facts.get("url"),
        published_on=_day(said.facts.get("published_on")),
    )
    if said.verdict is VerdictKind.COMPLIANT:
        return replace(shown, published=Published.IN_TIME)
    if said.verdict is VerdictKind.BREACH:
        return replace(shown, published=Published.MISSING if said.facts.get("missing") else Published.LATE)
    return replace(shown, why=said.reason)


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
