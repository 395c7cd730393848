"""What is ours to put right: the registry and the latest looks in; looks that failed alike, each told once, out.

A column counts as well observed when the last look at it was good and nothing holds its writing; everything short of
that goes to the list of what the operator must do, and never to the unit's account. Pure: nothing is read here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from storage.schema import Column, Observation, Unit

Looks = Mapping[tuple[str, str | None], Observation]
Places = Collection[tuple[str, str | None]]

MASS_CHANGE: Final = "mass_change"
NO_LOOK: Final = "no_look"
_SENTENCES: Final = 3  # different details shown of one trouble


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Columns of one unit (None in ``columns``: its home page) whose last looks failed in the same way.

    ``what`` is the outcome, or ``mass_change``, or ``no_look`` where nothing was looked at yet; ``reason`` the look's
    machine word, ``details`` its sentences for the operator. Times in UTC.
    """

    unit: Unit
    what: str
    reason: str | None
    details: tuple[str, ...]
    columns: tuple[Column | None, ...]
    last_look: dt.datetime | None
    last_good: dt.datetime | None  # the oldest of theirs; None: at least one was never seen well


def failure(last: Observation | None, *, is_held: bool = False) -> str | None:
    """How the last look at a place fails to prove what stands there; None when it proves it."""
    if last is None:
        return NO_LOOK
    if is_held or last.reason == MASS_CHANGE:
        return MASS_CHANGE
    return None if last.outcome.is_good else last.outcome.value


def troubles(units: Iterable[Unit], latest: Looks, good: Looks, homes: Looks, held: Places) -> list[Trouble]:
    """What the operator must see to, by unit in the order of the registry; looks that failed alike are one trouble.

    A home page is only among them when it was looked at and the look failed: not every installation probes.
    """
    return [trouble for unit in units for trouble in _of_unit(unit, latest, good, homes, held)]


def _of_unit(unit: Unit, latest: Looks, good: Looks, homes: Looks, held: Places) -> Iterator[Trouble]:
    failed: dict[tuple[str, str | None], list[tuple[Column | None, Observation | None]]] = {}
    for column in unit.columns:
        place = (unit.id, column.id)
        last = latest.get(place)
        if what := failure(last, is_held=place in held):
            failed.setdefault((what, last.reason if last else None), []).append((column, last))
    home = homes.get((unit.id, None))
    if home is not None and (what := failure(home)):
        failed.setdefault((what, home.reason), []).append((None, home))
    for (what, reason), places in failed.items():
        seen_well = [good.get((unit.id, column.id)) if column else None for column, _ in places]
        yield Trouble(
            unit=unit,
            what=what,
            reason=reason if reason != what else None,
            details=tuple(dict.fromkeys(last.detail for _, last in places if last and last.detail))[:_SENTENCES],
            columns=tuple(column for column, _ in places),
            last_look=max((last.at for _, last in places if last), default=None),
            last_good=min((look.at for look in seen_well if look), default=None) if all(seen_well) else None,
        )
