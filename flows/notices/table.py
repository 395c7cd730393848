"""What is told to whom: one table, read from top to bottom.

A unit is told of its own findings alone. What is amiss on our side is told to the operator and to no unit, whatever
else changes here: a row that says otherwise cannot be made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Audience(StrEnum):
    """Who is told."""

    UNIT = "unit"  # 公开主体
    OFFICE = "office"  # 公开办
    OPERATOR = "operator"  # 运维


class When(StrEnum):
    """How soon."""

    AT_ONCE = "at_once"  # red: as soon as it is no quiet hour
    DIGEST = "digest"  # with the day's others


@dataclass(frozen=True, kw_only=True)
class Row:
    """One kind of event. ``tool``: it is about us, not about what a unit publishes."""

    kind: str
    tool: bool = False
    unit: When | None = None
    office: When | None = None
    operator: When | None = None

    def __post_init__(self) -> None:
        if self.tool and (self.unit is not None or self.office is not None):
            raise ValueError(f"{self.kind}: what is amiss on our side is the operator's alone")

    def when(self, audience: Audience) -> When | None:
        """How soon this audience is told; None: never."""
        return {Audience.UNIT: self.unit, Audience.OFFICE: self.office, Audience.OPERATOR: self.operator}[audience]


OVER: Final = ".over"  # what a fault's end is called
_NOW, _DAY = When.AT_ONCE, When.DIGEST

TABLE: Final = (
    # findings: the unit hears of one when the office hands it over, never by itself
    Row(kind="notified", unit=_NOW),
    Row(kind="reopened", unit=_NOW, office=_DAY),
    Row(kind="closed", unit=_DAY),
    Row(kind="dispute_settled", unit=_NOW),
    Row(kind="opened_red", office=_NOW),
    Row(kind="opened", office=_DAY),
    Row(kind="disputed", office=_NOW),
    Row(kind="answered", office=_DAY),
    Row(kind="overdue", office=_DAY),
    Row(kind="waiver_ends", office=_DAY),
    # our side
    Row(kind="unobserved", tool=True, operator=_DAY),
    Row(kind="held", tool=True, operator=_DAY),
    Row(kind="receiver_fails", tool=True, operator=_NOW),
    Row(kind="receiver_drifts", tool=True, operator=_DAY),
    Row(kind="flow_failed", tool=True, operator=_NOW),
    Row(kind="channel_fails", tool=True, operator=_NOW),
    Row(kind="template_broken", tool=True, operator=_NOW),
)
FAULTS: Final = tuple(row.kind for row in TABLE if row.tool)
# a fault's end is told as soon as its beginning is
ROWS: Final[Mapping[str, Row]] = {row.kind: row for row in TABLE} | {
    f"{row.kind}{OVER}": Row(kind=f"{row.kind}{OVER}", tool=True, operator=row.operator) for row in TABLE if row.tool
}
