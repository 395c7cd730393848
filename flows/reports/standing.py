"""What a bulletin may hold against a unit: findings sorted by their life, and what became of those named last time.

A problem is named where it stands and nobody disputes it with reason still open; what is disputed is told apart, what
was waived or whose dispute was right is not told. Pure: findings with their events in, lists out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flows.reports.notice import Told
from storage.findings import State
from storage.schema import Finding


class Mended(StrEnum):
    """What became of a finding that the last bulletin named, in the office's words."""

    CLOSED = "已销号"
    WAIVED = "已豁免"
    DISPUTED = "申诉中"
    ANSWERED = "已反馈，待复查"
    FAILED = "复查未通过"
    UNDER_WAY = "整改中"
    SILENT = "未反馈"


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """Findings by what is said of them."""

    named: tuple[Told, ...]
    disputed: tuple[Told, ...]


def sort_out(found: Sequence[Told]) -> Sorted:
    """The findings that are named, and those that are told as disputed; the others are not told.

    A count over columns (five stale ones fail a site) is named only where it reaches its limit without those of its
    columns that are not named themselves.
    """
    named: list[Told] = []
    disputed: list[Told] = []
    unnamed: dict[str, bool] = {}  # column and rule → whether it is disputed
    for one in found:
        state = State(one.finding.state)
        if state is State.DISPUTED:
            disputed.append(one)
        elif state is not State.WAIVED and not _contested(one.finding):
            named.append(one)
            continue
        unnamed[_key(one.finding)] = state is State.DISPUTED
    if not unnamed:
        return Sorted(named=tuple(named), disputed=())
    standing = [one for one in named if _is_reached(one.finding, unnamed)]
    kept = {one.finding.id for one in standing}
    disputed += [one for one in named if one.finding.id not in kept and any(map(unnamed.get, _counted(one.finding)))]
    return Sorted(named=tuple(standing), disputed=tuple(disputed))


def _contested(finding: Finding) -> bool:
    """Whether a dispute was never found wrong: then it was right, or nobody decided it."""
    contested = False
    for event in finding.events:
        if event.step == "disputed":
            contested = True
        elif event.step in ("upheld", "reopened"):
            contested = False
    return contested


def failing(named: Sequence[Told], vetoes: Collection[str]) -> dict[str, list[Told]]:
    """Unit → the named findings that fail it (单项否决)."""
    failed: dict[str, list[Told]] = {}
    for one in named:
        if one.finding.rule in vetoes:
            failed.setdefault(one.finding.unit, []).append(one)
    return failed


def _key(finding: Finding) -> str:
    """A column's breach as counts over columns name it in their facts."""
    return f"{finding.unit}/{finding.column} {finding.rule}"


def _counted(finding: Finding) -> list[str]:
    counted = finding.facts.get("columns")
    return [str(one) for one in counted] if isinstance(counted, list) else []


def _is_reached(finding: Finding, unnamed: Collection[str]) -> bool:
    counted, limit = _counted(finding), finding.facts.get("limit")
    touched = [one for one in counted if one in unnamed]
    return not touched or not isinstance(limit, int) or len(counted) - len(touched) >= limit


# ------------------------------------------------------------------ what became of the last bulletin


@dataclass(frozen=True, kw_only=True)
class Last:
    """The last bulletin: the findings it named as they stand now. ``gone`` are named ones nobody keeps any more."""

    name: str
    as_of: dt.date
    made_at: dt.datetime
    findings: tuple[Told, ...]
    gone: int = 0


# who was told, and what has come since: the last step that says anything decides
_SAID: Final[Mapping[str, Mended]] = {
    "answered": Mended.ANSWERED,
    "received": Mended.UNDER_WAY,
    "fixing": Mended.UNDER_WAY,
}


def mended(finding: Finding, since: dt.datetime) -> Mended:
    """What became of a finding since it was named.

    :param since: when the bulletin that named it was made.
    """
    state = State(finding.state)
    if state is State.CLOSED:
        return Mended.CLOSED
    if state is State.WAIVED:
        return Mended.WAIVED
    if state is State.DISPUTED:
        return Mended.DISPUTED
    said = Mended.SILENT
    for event in finding.events:
        if event.at < since:
            continue
        if event.step == "reopened":
            said = Mended.FAILED
        elif event.step in _SAID and (said is not Mended.FAILED or event.step == "answered"):
            said = _SAID[event.step]
    # an answer given before the bulletin was made still waits for its recheck
    return Mended.ANSWERED if state is State.ANSWERED else said
