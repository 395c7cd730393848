"""Observations, verdicts and findings as JSON: the form in which they are exported and served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from storage.formats.json_item import evidence_json, time_text
from storage.schema import Evidence, Finding, Observation, Verdict

OBSERVATION_KEYS: Final = tuple(field.name for field in fields(Observation))
VERDICT_KEYS: Final = ("rule", "rule_version", "unit", "column", "item", "verdict", "reason", "as_of")
FINDING_KEYS: Final = (
    *("id", "rule", "rule_version", "kind", "severity", "unit", "column", "item", "state"),
    *("opened_at", "closed_at", "basis", "facts", "evidence", "coverage"),
)


def observation_json(one: Observation) -> dict[str, Any]:
    """One look, whole."""
    return {key: _safe(getattr(one, key)) for key in OBSERVATION_KEYS}


def verdict_json(one: Verdict) -> dict[str, Any]:
    """One verdict: who is judged by which rule, what is said and why."""
    return {key: _safe(getattr(one, key)) for key in VERDICT_KEYS}


def finding_json(one: Finding) -> dict[str, Any]:
    """One finding with its facts and evidence."""
    return {key: _safe(getattr(one, key)) for key in FINDING_KEYS}


def _safe(value: Any) -> Any:
    if isinstance(value, Evidence):
        return evidence_json(value)
    if isinstance(value, Mapping):
        return {str(key): _safe(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_safe(inner) for inner in value]
    if hasattr(value, "astimezone"):
        return time_text(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
