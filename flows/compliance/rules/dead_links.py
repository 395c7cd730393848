"""The links of a unit's lists lead to what they name: AV-02.

国办秘函〔2019〕19号 扣分指标“可用性”：dead links, counted a page. Counted here are rows that stand in a list while
their article answered “not there” (404, 410, or a page that says so) at the last look, and at no look before it was
there. Nothing is asked for this: it is what harvesting met. A column of which most articles fail is left out, for then
the fault is likely ours; so is one that was not read lately.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from flows.compliance.facts import Case, UnitFacts
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.regulation import RuleText
from flows.compliance.seen import column_seen

RULES = ("AV-02",)
SUBJECT = "unit"
READS_COLUMNS = True
VERSION = "1"

_MOST_TOLD = 10


class Text(RuleText):
    """How many dead links are told, at the least."""

    least: Annotated[int, Field(ge=1)] = 1


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether rows of the unit's lists lead to nothing."""
    columns = [column for column in unit.columns.values() if column.tried]
    if not columns:
        return not_applicable("no_articles", "no article of the unit has been asked for")
    read = [column for column in columns if column_seen(column, case.law, case.as_of).shows]
    ours = [column for column in read if column.gone * 2 > column.tried]
    counted = [column for column in read if column.gone * 2 <= column.tried]
    if not counted:
        words = f"{len(columns) - len(read)} columns were not read lately, of {len(ours)} most articles fail"
        return not_assessable("unseen_columns", words)
    gone = {column.column.id: column.gone for column in counted if column.gone}
    facts: dict[str, Any] = {
        "tried": sum(column.tried for column in counted),
        "gone": sum(gone.values()),
        "columns": gone or None,
        "left_out": [column.column.id for column in ours] or None,
    }
    if facts["gone"] < case.text(Text).least:
        return compliant(**facts)
    examples = [
        {"column": column.column.id, "title": title, "url": url}
        for column in counted
        for title, url in column.gone_examples
    ]
    return breach(**facts, examples=examples[:_MOST_TOLD])
