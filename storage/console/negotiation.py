"""Which of the forms we have a client gets: its Accept header against our media types, as RFC 9110 has it.

The most specific range that fits a type says how much it is wanted; of those wanted most, the first we name wins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_RANGE: Final = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)/([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:;(.*))?", re.DOTALL)
_QUALITY: Final = re.compile(r"\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)
MOST_RANGES: Final = 100


def best(accept: str | None, offered: Sequence[str]) -> str | None:
    """The media type of ``offered`` (ours first) that the header wants most; None where it wants none of them.

    No header, and one in which nothing can be understood, want anything.
    """
    ranges = [found for part in (accept or "").split(",")[:MOST_RANGES] if (found := _range(part))]
    if not ranges:
        return offered[0]
    wanted = [(_quality(one, ranges), -place, one) for place, one in enumerate(offered)]
    quality, _, chosen = max(wanted)
    return chosen if quality > 0 else None


def _range(part: str) -> tuple[str, str, float] | None:
    """Type, subtype and quality of one range. Parameters but q are passed over: none of ours has any."""
    found = _RANGE.fullmatch(part)
    if found is None:
        return None
    quality = 1.0
    for parameter in (found[3] or "").split(";"):
        told = _QUALITY.fullmatch(parameter)
        if told is not None:
            quality = float(told[1])
        elif parameter.strip().lower().startswith("q="):
            return None
    return found[1].lower(), found[2].lower(), quality


def _quality(offered: str, ranges: Sequence[tuple[str, str, float]]) -> float:
    kind, _, sub = offered.partition("/")
    fitting = [
        ((one != "*") + (two != "*"), quality)
        for one, two, quality in ranges
        if (one, two) in ((kind, sub), (kind, "*"), ("*", "*"))
    ]
    return max(fitting, default=(0, 0.0))[1]
