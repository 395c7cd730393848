"""What stands in a figure's cell becomes a state and a number: a blank is never 0, and no number is guessed.

Blank is only what holds nothing; dashes, "/" and 无, 不涉及, 不适用 say that it does not apply; whatever else is no
number is text. Digits broken by a blank or a line end ("136 12") are a number only where the sums around them prove
it: two columns run together look the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from storage.annual.report import State

# full-width forms one by one and not NFKC, which makes digits of ① and ²
_NARROW: Final = str.maketrans("０１２３４５６７８９．，－＋／（）：﹣−‐‑‒", "0123456789.,-+/():-----")
_NOTHING: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_SPACES: Final = re.compile(r"\s+")
_SLASH: Final = re.compile(r"[-—–―─ー_/\\|＼∕]+|(?:无|暂无|没有|不涉及|不适用|无此项|无数据|N/?A)[。.]?", re.IGNORECASE)
_NUMBER: Final = re.compile(
    r"(?P<sign>[-+]|增加?|减少?)?(?P<digits>\d{1,15}|\d{1,3}(?:,\d{3}){1,5})(?P<fraction>\.\d{1,10})?(?P<unit>[^\d\s]{0,4})"
)
_COUNTED: Final = frozenset(("件", "条", "项", "个", "次", "份", "宗", "起", "人", "部", "例", "件次", "人次", "件。"))
# to 万元, which the form asks for (国办公开办函〔2021〕30号: 单位:万元)
_MONEY: Final = {"元": Decimal("0.0001"), "万元": Decimal(1), "万": Decimal(1), "亿元": Decimal(10000)}
_IN_HEAD: Final = re.compile(r"单位[:：]?(?P<unit>元|万元|亿元)|\((?P<bare>元|万元|亿元)\)")
_GROUPED: Final = re.compile(r"\d{1,3}(?: \d{3})+")
_BROKEN: Final = re.compile(r"[1-9]\d*(?:\s+\d+)+")
_PENDING: Final = 8  # digits of a number put together again; no city counts more


@dataclass(frozen=True, kw_only=True)
class Value:
    """A cell as read. ``perhaps``: the number it is if its digits belong together, which only sums can prove."""

    state: State
    number: Decimal | None = None
    perhaps: Decimal | None = None


def narrow(text: str) -> str:
    """``text`` with full-width digits and signs made narrow and what has no width left out."""
    return text.translate(_NOTHING).translate(_NARROW)


def read_value(raw: str, *, money: bool = False, head: str = "") -> Value:
    """What stands in a cell. ``money``: an amount, told in 万元 whatever unit the cell or its ``head`` names."""
    text = narrow(raw).strip()
    if not text:
        return Value(state=State.BLANK)
    tight = _SPACES.sub("", text)
    if _SLASH.fullmatch(tight):
        return Value(state=State.SLASH)
    if text != tight and not _has_its_blanks_outside(text):
        text = " ".join(text.split())
        if _GROUPED.fullmatch(text):
            return Value(state=State.NUMBER, number=Decimal(tight))
        if not money and _BROKEN.fullmatch(text) and len(tight) <= _PENDING:
            return Value(state=State.TEXT, perhaps=Decimal(tight))
        return Value(state=State.TEXT)
    found = _NUMBER.fullmatch(tight)
    if found is None:
        return Value(state=State.TEXT)
    number = Decimal(found["digits"].replace(",", "") + (found["fraction"] or ""))
    if (found["sign"] or "").startswith(("-", "减")):
        number = -number
    unit = found["unit"]
    if money:
        if not unit:
            named = _IN_HEAD.search(_SPACES.sub("", narrow(head)))
            unit = (named["unit"] or named["bare"]) if named else "万元"
        if unit not in _MONEY:
            return Value(state=State.TEXT)
        return Value(state=State.NUMBER, number=number if _MONEY[unit] == 1 else (number * _MONEY[unit]).normalize())
    if unit and unit not in _COUNTED:
        return Value(state=State.TEXT)
    return Value(state=State.NUMBER, number=number)


def _has_its_blanks_outside(text: str) -> bool:
    """Whether no blank parts two digits: "12 件", "- 3"."""
    return re.search(r"[\d.,]\s+[\d.,]", text) is None
