"""What a rule answers, and how that becomes a verdict that can be replayed.

A rule returns a ``Judgement``; ``verdict`` adds the rule's version and citation, the evidence and the coverage,
and lets a waiver that was approved and has not expired take the place of any judgement. Where we do not look, because
the office has paused it, nothing is judged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flows.compliance.regulation import RuleText
from storage.schema import Evidence, Paused, Unit, Verdict, VerdictKind, Waiver


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What a rule says of its subject. ``reason`` is a machine word, a colon, and words."""

    verdict: VerdictKind
    reason: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()


def compliant(*, warning: str | None = None, **facts: Any) -> Judgement:
    """The subject does what the rule asks; ``warning``: it comes near the limit, and how."""
    reason = f"early_warning: {warning}" if warning else None
    return Judgement(verdict=VerdictKind.COMPLIANT, reason=reason, facts=_json_safe(facts))


def breach(*, evidence: tuple[Evidence, ...] = (), **facts: Any) -> Judgement:
    """The subject provably does not do what the rule asks."""
    return Judgement(verdict=VerdictKind.BREACH, facts=_json_safe(facts), evidence=evidence)


def not_assessable(word: str, words: str, **facts: Any) -> Judgement:
    """Nothing can be said of the subject, and why."""
    return Judgement(verdict=VerdictKind.NOT_ASSESSABLE, reason=f"{word}: {words}", facts=_json_safe(facts))


def not_applicable(word: str, words: str, **facts: Any) -> Judgement:
    """The rule does not ask anything of this subject, and why."""
    return Judgement(verdict=VerdictKind.NOT_APPLICABLE, reason=f"{word}: {words}", facts=_json_safe(facts))


def _json_safe(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _plain(value) for key, value in facts.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return value


_ADVICE = "would be a breach; it is told and not held against the unit until the city adopts the rule (advice: false)"


def waiver_for(unit: Unit, rule: str, columns: Iterable[str | None], as_of: dt.date) -> Waiver | None:
    """The waiver that covers this rule for every one of these columns (None: the unit as a whole) on this day."""
    wanted = list(columns)
    for waiver in unit.waivers:
        covers = waiver.column is None or (bool(wanted) and all(column == waiver.column for column in wanted))
        if covers and as_of <= waiver.until and waiver.rule in (None, rule):
            return waiver
    return None


def pause_for(unit: Unit, columns: Iterable[str | None], as_of: dt.date) -> tuple[Paused, bool] | None:
    """The pause that touches these columns (None: the unit as a whole) on this day, and whether it covers them all."""
    found = [unit.paused_on(as_of, column) for column in columns] or [unit.paused_on(as_of)]
    first = next((one for one in found if one is not None), None)
    return None if first is None else (first, all(one is not None for one in found))


def verdict(
    judgement: Judgement,
    *,
    rule: str,
    version: str,
    text: RuleText,
    unit: Unit,
    as_of: dt.date,
    column: str | None = None,
    item: str | None = None,
    waiver: Waiver | None = None,
    paused: tuple[Paused, bool] | None = None,
    evidence: tuple[Evidence, ...] = (),
    coverage: float | None = None,
) -> Verdict:
    """The judgement with everything that makes it replayable."""
    if waiver is not None and judgement.verdict is not VerdictKind.NOT_APPLICABLE:
        words = f"{waiver.reason} (approved by {waiver.approved_by}, until {waiver.until.isoformat()})"
        judgement = not_applicable("waived", words)
    if paused is not None and judgement.verdict is not VerdictKind.NOT_APPLICABLE:
        judgement = _while_paused(judgement, *paused)
    if text.advice and judgement.verdict is VerdictKind.BREACH:
        judgement = replace(judgement, verdict=VerdictKind.NOT_ASSESSABLE, reason=f"advice: {_ADVICE}")
    if as_of < text.in_force_from:
        judgement = not_applicable("not_in_force", f"in force from {text.in_force_from.isoformat()}")
    is_breach = judgement.verdict is VerdictKind.BREACH
    return Verdict(
        rule=rule,
        rule_version=version,
        unit=unit.id,
        column=column,
        item=item,
        verdict=judgement.verdict,
        reason=judgement.reason,
        as_of=as_of,
        kind=text.kind if is_breach else None,
        severity=text.severity if is_breach else None,
        basis=text.basis,
        facts={**judgement.facts, "confidence": text.confidence} if is_breach else judgement.facts,
        evidence=judgement.evidence or evidence,
        coverage=coverage,
    )


def _while_paused(judgement: Judgement, paused: Paused, is_whole: bool) -> Judgement:
    """Nothing is said of a place that is not looked at; where only a part is, what the rest proves still stands."""
    if not is_whole and judgement.verdict is not VerdictKind.BREACH:
        return judgement
    until = f" until {paused.until.isoformat()}" if paused.until else ""
    return not_assessable("paused", f"{paused.reason} (paused by {paused.by} on {paused.on.isoformat()}{until})")
