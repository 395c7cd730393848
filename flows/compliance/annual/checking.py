"""What the rules say of one report as checks of the roster, whether it was published or came by mail.

Waivers and pauses are the business of findings: a check says what stands in the report. What is only advice stays so.
"""

from __future__ import annotations

from typing import Final

from flows.compliance.annual.known import Known
from flows.compliance.facts import About, Case
from flows.compliance.judgement import verdict
from flows.compliance.rulebook import BY_SUBJECT
from storage.annual.rollup import Check

GROUP: Final = "annual"


def checks(known: Known, case: Case) -> tuple[Check, ...]:
    """Every rule in use on yearly reports, in the order of their ids."""
    found: list[Check] = []
    for rule in BY_SUBJECT["group"]:
        text = case.law.rules[rule.id]
        if rule.module.GROUPS != GROUP or not text.enabled or not text.asks_unit(known.unit):
            continue
        said: About
        for said in rule.module.judge(known, case.of(rule.id)):
            told = verdict(
                said.judgement, rule=rule.id, version=rule.version, text=text, unit=known.unit, as_of=case.as_of
            )
            found.append(Check(rule=rule.id, verdict=told.verdict.value, reason=told.reason, facts=dict(told.facts)))
    return tuple(found)
