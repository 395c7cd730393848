"""The life of a finding as a table: which step leads from which state to which.

发现 → 交办 (提示单) → 签收 → 整改中 → 已反馈 → 复查 → 销号, or back to open where the recheck still finds the breach;
申诉 (dispute) and 豁免 (waiver) beside it. The words are those in which offices run it (regulations in practice:
提示单、交办单、整改通知书、回头看、销号). Rechecking is nobody's step: each assessment after an answer is one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from storage.exceptions import StepRefused
from storage.schema import VerdictKind


class State(StrEnum):
    """Where a finding stands."""

    OPEN = "open"  # 未整改
    NOTIFIED = "notified"  # 已交办
    RECEIVED = "received"  # 已签收
    FIXING = "fixing"  # 整改中
    ANSWERED = "answered"  # 已反馈, waits for the recheck
    DISPUTED = "disputed"  # 申诉中
    WAIVED = "waived"  # 已豁免, until the waiver's day
    CLOSED = "closed"  # 已销号

    @property
    def is_settled(self) -> bool:
        """Whether the finding is held against nobody: closed, or waived."""
        return self in (State.CLOSED, State.WAIVED)


_UNSETTLED: Final = tuple(state for state in State if not state.is_settled)

# step: the states it may be taken in, and the state it leads to
STEPS: Final[Mapping[str, tuple[tuple[State, ...], State]]] = {
    # a second notice (整改通知书) follows where the first came to nothing
    "notified": ((State.OPEN, State.NOTIFIED, State.RECEIVED, State.FIXING, State.ANSWERED), State.NOTIFIED),
    "received": ((State.NOTIFIED,), State.RECEIVED),
    "fixing": ((State.NOTIFIED, State.RECEIVED), State.FIXING),
    "answered": ((State.OPEN, State.NOTIFIED, State.RECEIVED, State.FIXING), State.ANSWERED),
    "disputed": ((State.OPEN, State.NOTIFIED, State.RECEIVED, State.FIXING, State.ANSWERED), State.DISPUTED),
    "upheld": ((State.DISPUTED,), State.NOTIFIED),  # the dispute came to nothing; who disputes has been told
    "waived": (_UNSETTLED, State.WAIVED),
    "closed": (_UNSETTLED, State.CLOSED),  # also: a dispute was right
    "reopened": ((State.CLOSED, State.WAIVED), State.OPEN),
}
# what nobody may do without saying why
NEEDS_NOTE: Final = frozenset({"answered", "disputed", "upheld", "waived", "closed", "reopened"})


def moved(state: State, step: str, note: str | None) -> State:
    """The state that ``step`` leads to from ``state``.

    :raises StepRefused: there is no such step, it cannot be taken in this state, or its reason is missing.
    """
    if step not in STEPS:
        raise StepRefused(f"step {step!r}: expected one of {', '.join(STEPS)}")
    before, after = STEPS[step]
    if state not in before:
        could = [name for name, (states, _) in STEPS.items() if state in states]
        raise StepRefused(f"{step}: the finding is {state}; what can be done now: {', '.join(could)}")
    if step in NEEDS_NOTE and not (note or "").strip():
        raise StepRefused(f"{step}: say why, in a note; it stays with the finding")
    return after


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a finding stands when a verdict on its subject comes in. ``since`` is the moment of its last step."""

    state: State
    since: dt.datetime
    by_hand: bool = False  # a person took the last step
    waived_until: dt.date | None = None


def settled_by(
    standing: Standing | None, verdict: VerdictKind, *, as_of: dt.date, seen_at: dt.datetime | None
) -> tuple[str, str | None] | None:
    """The step an assessment takes with a finding, and its note; None where the finding stays as it is.

    A verdict that could not be given moves nothing. What a person closed stays closed until the subject was found to
    comply once: the same facts again are no new breach. An answer is rechecked by what was seen after it.

    :param standing: None: there is no finding yet.
    :param seen_at: the newest look the verdict rests on; None where none belongs to it.
    """
    if verdict is VerdictKind.NOT_ASSESSABLE:
        return None
    if verdict is not VerdictKind.BREACH:
        if standing is None:
            return None
        if standing.state is State.CLOSED:
            return ("rechecked", "in order; a new breach opens it again") if standing.by_hand else None
        return ("closed", "recheck passed") if standing.state is State.ANSWERED else ("closed", None)
    if standing is None:
        return "opened", None
    if standing.state is State.CLOSED:
        return None if standing.by_hand else ("reopened", None)
    if standing.state is State.WAIVED:
        until = standing.waived_until
        return ("reopened", f"the waiver ended on {until}") if until is not None and as_of > until else None
    if standing.state is State.ANSWERED and seen_at is not None and seen_at > standing.since:
        return "reopened", f"recheck: still so at {seen_at.isoformat(timespec='seconds')}"
    return None
