"""Verdicts and findings: what the rules say now, and the life of every breach from opening to closing.

Verdicts come in (``settle``): the latest of each rule and subject is kept with the moment since when it has said so,
and a breach opens a finding, compliance closes it, a new breach of the same subject reopens the same finding. People
move it in between (``take_step``: notified, received, fixing, answered, disputed, waived …), by the table in ``life``.
Each step is an event with who and when, never overwritten. Findings and verdicts go out (``iter_findings``,
``iter_verdicts``), slim where they are only counted (``iter_judged``, ``iter_opened``).
"""

from storage.findings.life import NEEDS_NOTE, STEPS, State, moved
from storage.findings.reading import (
    Judged,
    Opened,
    Step,
    count_open,
    days_judged,
    get_finding,
    iter_findings,
    iter_judged,
    iter_opened,
    iter_verdicts,
    rules_on,
    states,
    steps_after,
)
from storage.findings.settling import SettleResult, changes, finding_id, retire, settle, verdict_key
from storage.findings.steps import take_step

__all__ = [
    "NEEDS_NOTE",
    "STEPS",
    "Judged",
    "Opened",
    "SettleResult",
    "State",
    "Step",
    "changes",
    "count_open",
    "days_judged",
    "finding_id",
    "get_finding",
    "iter_findings",
    "iter_judged",
    "iter_opened",
    "iter_verdicts",
    "moved",
    "retire",
    "rules_on",
    "settle",
    "states",
    "steps_after",
    "take_step",
    "verdict_key",
]
