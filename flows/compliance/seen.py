"""Whether the looks at a column or a home page prove anything about the unit.

A verdict against a unit needs positive proof that the right page was read whole, and lately. Everything short of
that (blocked, unreachable, redesigned, moved, cut short, long ago) is told to the operator and held against nobody.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from flows.compliance.facts import ColumnFacts, Looks
from flows.compliance.judgement import Judgement, not_assessable
from flows.compliance.moved import moved
from flows.compliance.regulation import Regulation
from storage.schema import Observation

NOT_WHOLE = "not every page of the list was seen lately"


class Seen(NamedTuple):
    """``on``: the day a verdict is given for. ``gap``: why no breach can be proven; None when one can.

    ``part_seen``: the gap is only that not every page was seen, or that the column may stand elsewhere too
    (``moved``), so what was seen still speaks in the unit's favour.
    """

    on: dt.date
    gap: Judgement | None
    part_seen: bool = False
    moved: bool = False

    @property
    def shows(self) -> bool:
        """Whether what was read of the column speaks in the unit's favour."""
        return self.gap is None or self.part_seen


def looks_prove(looks: Looks, law: Regulation, as_of: dt.date) -> Seen:
    """What the looks prove on this day."""
    last = looks.last
    if last is None or looks.last_on is None:
        return Seen(as_of, not_assessable("no_look", "nothing has been looked at yet: harvest first"))
    if last.reason == "mass_change":
        return Seen(as_of, not_assessable("mass_change", _detail(last.detail, "too much changed at once"), at=last.at))
    if not last.outcome.is_good:
        cause = f"{last.outcome.value} ({last.reason})" if last.reason else last.outcome.value
        words = _detail(last.detail, f"the last look at {last.url} came to {cause}")
        return Seen(as_of, not_assessable(last.outcome.value, words, at=last.at, cause=last.reason, status=last.status))
    age = (as_of - looks.last_on).days
    if age > law.look.stale_after_days:
        words = f"last seen on {looks.last_on.isoformat()}, {age} days before {as_of.isoformat()}"
        return Seen(looks.last_on, not_assessable("stale_look", words, at=last.at))
    on = min(as_of, looks.last_on)
    if looks.whole_on is None or (as_of - looks.whole_on).days > law.look.whole_within_days:
        return Seen(on, not_assessable("incomplete_walk", NOT_WHOLE, whole_on=looks.whole_on), part_seen=True)
    return Seen(on, None)


def column_seen(column: ColumnFacts, law: Regulation, as_of: dt.date) -> Seen:
    """What the looks at a column prove, the column's own doubts counted in."""
    seen = looks_prove(column.looks, law, as_of)
    if column.held and (seen.gap is None or seen.part_seen):
        words = "too many rows changed at once; nothing was written until the operator has looked"
        return Seen(seen.on, not_assessable("mass_change", words))
    if (seen.gap is None or seen.part_seen) and (sign := moved(column, as_of)) is not None:
        return Seen(seen.on, sign, part_seen=True, moved=True)
    last = column.looks.last
    if seen.gap is None and last is not None and _is_cut_short(last):
        return Seen(seen.on, not_assessable("incomplete_walk", NOT_WHOLE, at=last.at), part_seen=True)
    return seen


def saw_newest(look: Observation) -> bool:
    """Whether what was not seen is older than what was: the site publishes a window of its list, newest first."""
    return look.reason == "window" and look.facts.get("newest_first") is True


def _is_cut_short(look: Observation) -> bool:
    """Whether it set out to walk the whole list and did not come to its end, nor to the edge of what is published."""
    whole = look.facts.get("complete") is not False or saw_newest(look)
    return (not whole and look.facts.get("full") is not False) or _lacks_rows(look)


def _lacks_rows(look: Observation) -> bool:
    """Whether a list of one page says that it has more rows than were read: the reader lost some."""
    rows, said = look.facts.get("rows"), look.facts.get("total_rows")
    return look.facts.get("pages") == 1 and isinstance(rows, int) and isinstance(said, int) and rows < said


def _detail(detail: str | None, otherwise: str) -> str:
    return detail or otherwise
