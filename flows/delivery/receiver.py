"""What a receiver is: it takes changes in their order, says which it will never take, and shows what it holds.

Each kind of receiver is a module of this room. What to send next, when to try again and what to set aside is decided
by those who hand over, the same for all kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from storage.outbox import OutboxEntry


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A change that the receiver will not take however often it is sent, and why, in its own words."""

    seq: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What came of a batch: the receiver's receipt, and what it refused; everything else of the batch it has."""

    receipt: Mapping[str, Any]
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Held:
    """An item as a receiver holds it. ``sha256`` is of its payload (``changes.digest``); None: it cannot say."""

    id: str
    revision: int
    deleted: bool
    sha256: str | None = None


class Receiver(Protocol):
    """One consumer of the catalogue. Every method raises :class:`DeliveryFailed` where the receiver cannot be asked,
    or answers what cannot be true; nothing is lost by that, for the same is sent again."""

    @property
    def name(self) -> str:
        """Its lasting name: cursor, receipts and dead letters are kept under it."""

    @property
    def batch(self) -> int:
        """How many changes it takes at a time."""

    def last_seq(self) -> int | None:
        """Up to which number it has everything by its own word, refused changes included; None: it keeps none."""

    def take(self, entries: Sequence[OutboxEntry]) -> Taken:
        """Hands over ``entries`` (in order, at least one). What it has already, by item and revision, changes nothing.

        The item decides, not the number: after a crash, for a change that was refused and for one that was lost,
        changes come again below ``last_seq``. A revision older than the one it holds is taken and changes nothing;
        the very revision it holds is written anew where it can be, so that what was damaged is mended.

        :raises DeliveryFailed: it is not known that the receiver has them: they are to be sent again.
        """

    def held(self) -> Iterator[Held]:
        """Everything it holds, tombstones too where it keeps them, in the order of ids, in bounded memory."""


@runtime_checkable
class InBundles(Protocol):
    """A receiver that can be given again what it lost only together with what it was given with."""

    def together(self, seq: int) -> tuple[int, int]:
        """The first and the last number of the changes among which ``seq`` came."""
