"""The rules a city's disclosure is judged by: facts in, verdicts out.

No Prefect, no SQLAlchemy, no reading but of the regulations: ``flows/assess.py`` gathers the facts and keeps the
verdicts. One module holds one rule or family; its docstring is the rule. ``RULES`` names them all. A rule whose
meaning changes gets a new version, so that everything it judged is judged again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Literal

from flows.compliance import (
    annual_report,
    availability,
    back_dated,
    blank,
    catalogue_fields,
    freshness,
    personal_data,
    premature,
    required_columns,
    site_counts,
    timely_item,
    undated,
)
from flows.compliance.facts import ColumnFacts, ItemCase, ItemContext, UnitFacts
from flows.compliance.judgement import Judgement, verdict, waiver_for
from flows.compliance.regulation import FRESHNESS_RULES, Regulation
from storage.schema import ColumnKind, Item, Verdict, VerdictKind


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What the registry says of a rule: which module judges it, on what, in which version."""

    id: str
    version: str
    subject: Literal["column", "unit", "site", "item"]
    says: str  # the rule in one sentence


def _says(module: object) -> str:
    text = (module.__doc__ or "").split("\n\n")[0]
    return " ".join(text.split())


# An item rule is a module with VERSION, judge(item, context, case) and asks(context, law): whether the rule asks
# anything of the items of such a column.
ITEM_RULES: dict[str, ModuleType] = {
    "TM-01": timely_item,
    "CT-01": catalogue_fields,
    "SE-01": personal_data,
    "FK-01": back_dated,
    "TM-16": premature,
}

RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        *(Rule(id=key, version=freshness.VERSION, subject="column", says=_says(freshness)) for key in FRESHNESS_RULES),
        Rule(id="UP-06", version=blank.VERSION, subject="column", says=_says(blank)),
        Rule(id="UP-07", version=undated.VERSION, subject="column", says=_says(undated)),
        Rule(id="TM-10", version=annual_report.VERSION, subject="unit", says=_says(annual_report)),
        Rule(id="TM-11", version=annual_report.VERSION, subject="unit", says=_says(annual_report)),
        Rule(id="PL-01", version=required_columns.VERSION, subject="unit", says=_says(required_columns)),
        Rule(id="AV-01", version=availability.VERSION, subject="unit", says=_says(availability)),
        *(
            Rule(id=key, version=site_counts.VERSION, subject="site", says=_says(site_counts))
            for key in site_counts.SITE_RULES
        ),
        *(
            Rule(id=key, version=str(module.VERSION), subject="item", says=_says(module))
            for key, module in ITEM_RULES.items()
        ),
    )
}


def judge_column(column: ColumnFacts, law: Regulation, as_of: dt.date) -> Iterator[Verdict]:
    """Every column rule's verdict on one column; of the freshness rules only the one that sets its window."""
    found = law.window(column.column.kind)
    judgements: dict[str, Judgement] = {found[0]: freshness.judge(column, law, as_of)} if found else {}
    judgements["UP-06"] = blank.judge(column, law, as_of)
    judgements["UP-07"] = undated.judge(column, law, as_of)
    look = column.looks.last
    for rule, judgement in judgements.items():
        if law.rules[rule].enabled:
            yield verdict(
                judgement,
                rule=rule,
                version=RULES[rule].version,
                text=law.rules[rule],
                unit=column.unit,
                column=column.column.id,
                as_of=as_of,
                waiver=waiver_for(column.unit, rule, [column.column.id], as_of),
                evidence=look.evidence[:1] if look else (),
                coverage=column.looks.coverage,
            )


def judge_unit(unit: UnitFacts, law: Regulation, as_of: dt.date, city: str) -> Iterator[Verdict]:
    """Every unit rule's verdict on one unit; that on its report names the column, where it has just one for them."""
    reports = [facts for facts in unit.columns.values() if facts.column.kind is ColumnKind.ANNUAL_REPORTS]
    rule = annual_report.rule_for(unit.unit.kind, law)
    if rule is not None and law.rules[rule].enabled:
        looks = [facts.looks.coverage for facts in reports]
        known = [coverage for coverage in looks if coverage is not None]
        yield verdict(
            annual_report.judge(unit, law, as_of, city),
            rule=rule,
            version=RULES[rule].version,
            text=law.rules[rule],
            unit=unit.unit,
            column=reports[0].column.id if len(reports) == 1 else None,
            as_of=as_of,
            waiver=waiver_for(unit.unit, rule, [facts.column.id for facts in reports], as_of),
            coverage=min(known, default=None),
        )
    look = unit.home.last
    for rule, module in (("PL-01", required_columns), ("AV-01", availability)):
        if law.rules[rule].enabled:
            yield verdict(
                module.judge(unit, law, as_of),
                rule=rule,
                version=RULES[rule].version,
                text=law.rules[rule],
                unit=unit.unit,
                as_of=as_of,
                waiver=waiver_for(unit.unit, rule, [None], as_of),
                evidence=look.evidence if look and rule == "PL-01" else (),
                coverage=unit.home.coverage,
            )


def judge_item(item: Item, context: ItemContext, case: ItemCase, *, all_rules: bool = True) -> Iterator[Verdict]:
    """Every item rule's verdict on one item.

    :param all_rules: False leaves out verdicts that say nothing but "in order" where none need be said: for rules
        that look for what must not be there, and rules that ask nothing of items in this column. To be used only for
        items that no such verdict can already stand on.
    """
    for rule, module in ITEM_RULES.items():
        text = case.law.rules[rule]
        if not text.enabled or not (all_rules or module.asks(context, case.law)):
            continue
        judgement: Judgement = module.judge(item, context, case)
        if not all_rules and getattr(module, "SEARCHES", False) and judgement.verdict in _IN_ORDER:
            continue
        judged = judgement.verdict in (VerdictKind.BREACH, VerdictKind.COMPLIANT)
        yield verdict(
            judgement,
            rule=rule,
            version=RULES[rule].version,
            text=text,
            unit=context.unit,
            column=item.column,
            item=item.id,
            as_of=case.as_of,
            waiver=waiver_for(context.unit, rule, [item.column], case.as_of),
            evidence=(item.evidence,) if judged and item.evidence is not None else (),
            coverage=context.coverage,
        )


_IN_ORDER = (VerdictKind.COMPLIANT, VerdictKind.NOT_APPLICABLE)
