"""Rates as papers say them: numerator and denominator, one decimal, never rounded to all or to none.

Real bulletins print rates that their own numbers do not bear out; here a rate is only ever made from its two numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

# what XML, and so a Word file, cannot hold; \t \n \r stay
_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def percent(part: int, whole: int) -> str:
    """``part`` of ``whole`` in per cent, half up, with one decimal; 100.0 only of all, 0.0 only of none.

    >>> percent(280, 289), percent(1999, 2000), percent(1, 9999)
    ('96.9%', '99.9%', '0.1%')
    """
    tenths = (part * 2000 + whole) // (2 * whole)
    if part < whole:
        tenths = min(tenths, 999)
    if part > 0:
        tenths = max(tenths, 1)
    return f"{tenths // 10}.{tenths % 10}%"


def share(part: int, whole: int) -> str:
    """The rate with its two numbers; a dash where there is nothing to take a share of."""
    return f"{percent(part, whole)}（{part}/{whole}）" if whole else "—（0/0）"


def printable(value: Any) -> Any:
    """The same structure with every text free of signs that no paper can hold."""
    if isinstance(value, str):
        return _UNPRINTABLE.sub("", value)
    if isinstance(value, Mapping):
        return {name: printable(one) for name, one in value.items()}
    if isinstance(value, Sequence):
        return [printable(one) for one in value]
    return value
