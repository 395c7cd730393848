"""What each role may do: one table, read from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from storage.schema import Role


class Action(StrEnum):
    """What can be done in the console."""

    SEE = "see"  # boards, units, findings, catalogue
    NOTIFY = "notify"  # 交办
    RECEIVE = "receive"  # 签收
    ANSWER = "answer"  # 反馈
    DISPUTE = "dispute"  # 申诉
    SETTLE = "settle"  # 销号, 重新打开, 申诉不成立
    WAIVE = "waive"  # 豁免
    RECHECK = "recheck"  # 立即复查
    SOURCES = "sources"  # add units and columns, read and harvest
    PAPERS = "papers"  # notices, bulletins, workbooks
    DELIVER = "deliver"  # replay, reconcile
    PEOPLE = "people"  # invite, close accounts


_OWN: Final = frozenset({Action.RECEIVE, Action.ANSWER, Action.DISPUTE, Action.RECHECK})
ACTIONS: Final[Mapping[Role, frozenset[Action]]] = {
    Role.OFFICE: frozenset(Action),
    Role.UNIT: _OWN | {Action.SEE},
    Role.READER: frozenset({Action.SEE}),
}


def may(role: Role, own_unit: str | None, action: Action, unit: str | None) -> bool:
    """Whether a person of ``role`` (and, as a unit's, of ``own_unit``) may do ``action``.

    :param unit: whose matter it is; None: nobody's in particular, which a unit's person may not touch.
    """
    if action not in ACTIONS[role]:
        return False
    return role is not Role.UNIT or (own_unit is not None and unit == own_unit)
