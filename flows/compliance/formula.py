"""The published formula of the score: ``regulations/score.yml`` with the rules that bind, each in its place.

What the groups, their weights and ways of counting mean is told in ``score.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.compliance.regulation import Regulation, ScoreText
from flows.compliance.rulebook import RULES

# reasons of verdicts that are not assessable because nobody may be held to them
SILENT = ("advice", "review")


@dataclass(frozen=True, kw_only=True)
class Title:
    """What a rule asks, in Chinese and English."""

    title: str
    says: str


@dataclass(frozen=True, kw_only=True)
class Formula:
    """The published formula with the rules that bind, by id."""

    text: ScoreText
    rules: Mapping[str, Title]


def formula_of(law: Regulation) -> Formula:
    """The formula that a regulation publishes, with its binding rules in the order of their ids."""
    binding = {
        rule: Title(title=text.title, says=RULES[rule].says)
        for rule, text in sorted(law.rules.items())
        if text.enabled and not text.advice
    }
    return Formula(text=law.score, rules=binding)


def unplaced(formula: Formula) -> tuple[str, ...]:
    """Binding rules of which the formula does not say where they count, nor why they do not."""
    text = formula.text
    return tuple(rule for rule in formula.rules if text.group_of(rule) is None and text.left_out(rule) is None)
