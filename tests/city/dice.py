"""Every choice in the city is a pure function of a key: same seed, same city, in any order of asking.

``Dice(seed, "title", 12, 7)`` always rolls the same numbers. Nothing is stored, so a city of a million items
needs no memory for them; an address hides its column and item behind ``seal`` and ``unseal``, which undo each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
_MASK = (1 << 64) - 1


class Dice:
    """A small splitmix64 generator seeded by whatever names the thing that is being decided."""

    __slots__ = ("_state",)

    def __init__(self, *key: object) -> None:
        self._state = int.from_bytes(blake2b(repr(key).encode(), digest_size=8).digest(), "little")

    def roll(self) -> int:
        """The next 64 bits."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return z ^ (z >> 31)

    def below(self, limit: int) -> int:
        """A number from 0 to ``limit - 1``."""
        return self.roll() % limit

    def between(self, low: int, high: int) -> int:
        """A number from ``low`` to ``high``, both included."""
        return low + self.roll() % (high - low + 1)

    def one(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[self.roll() % len(choices)]

    def chance(self, percent: float) -> bool:
        """True in about ``percent`` of a hundred cases."""
        return self.roll() % 10_000 < percent * 100


def token(*key: object, size: int = 16) -> str:
    """``size`` bytes in hex that belong to the key."""
    return blake2b(repr(key).encode(), digest_size=size).hexdigest()


def _pad(seed: int, head: str) -> int:
    return int.from_bytes(blake2b(f"{seed}:{head}".encode(), digest_size=8).digest(), "little")


def seal(seed: int, column: int, key: int) -> str:
    """Column number and item key as 32 hex digits that look like any CMS's identifiers."""
    value = column << 32 | key
    head = blake2b(f"{seed}/{value}".encode(), digest_size=8).hexdigest()
    return f"{head}{value ^ _pad(seed, head):016x}"


def unseal(seed: int, name: str) -> tuple[int, int] | None:
    """The column number and item key behind 32 hex digits, or None if this city did not make them."""
    try:
        value = int(name[16:], 16) ^ _pad(seed, name[:16])
    except ValueError:
        return None
    if len(name) != 32 or seal(seed, value >> 32, value & 0xFFFFFFFF) != name:
        return None
    return value >> 32, value & 0xFFFFFFFF
