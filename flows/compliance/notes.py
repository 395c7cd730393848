"""What a column's own page says excuses it: that nothing happened, or that the column is archived.

The look at a column keeps the sentence that its page shows (``note``, ``archived``; see
``harvesters/reading/column_notes.py``). A standing note (若当月未公布信息，则表明当月无此类案件) holds always. One
that names its period counts as if something had been published on the period's last day, and until the next such note
could be due. One on the period in which it is read (本月无…) holds as read, until it has stood there unchanged for two
such periods: whether it still does a person has to see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flows.compliance.facts import ColumnFacts
from flows.compliance.judgement import Judgement, not_applicable, not_assessable
from flows.compliance.regulation import Window

_PERIODS = 2  # that a note on the present period may stand unchanged
_LONGEST = dt.timedelta(days=366)


def excuse(column: ColumnFacts, on: dt.date, window: Window | None) -> Judgement | None:
    """Why nothing new need stand in the column on this day; None where its page gives no reason.

    :param on: the day the page was seen.
    :param window: how long the column may stand without a new date, where it has a window.
    """
    look = column.looks.last
    shown: Mapping[str, Any] = look.facts if look is not None else {}
    facts: dict[str, Any] = {"page": column.column.url, "judged_on": on}
    if archived := shown.get("archived"):
        return not_applicable("archived", f"the page says: {archived}", **facts, archived=archived)
    note = shown.get("note")
    if not isinstance(note, Mapping):
        return None
    text, kind, since = str(note.get("text")), note.get("kind"), _day(note.get("since"))
    facts = {**facts, "note": text, "note_kind": kind, "note_since": since, "note_ends": _day(note.get("ends"))}
    said = f"the page says: {text}"
    if kind == "unclear":
        words = f"{said}; whether nothing happened, or only the template says so, a person has to see"
        return not_assessable("unclear_note", words, **facts)
    span = dt.timedelta(days=int(note.get("span") or 0))
    ends = _day(note.get("ends"))
    if kind == "period" and ends is not None:
        return not_applicable("no_event", said, **facts) if on <= _holds_until(min(ends, on), span, window) else None
    if kind == "current" and since is not None and on > since + _PERIODS * span:
        words = f"{said}, unchanged since {since.isoformat()}; whether it still holds a person has to see"
        return not_assessable("old_note", words, **facts)
    return not_applicable("no_event", said, **facts)


def _holds_until(ends: dt.date, span: dt.timedelta, window: Window | None) -> dt.date:
    """The last day that a note on a period up to ``ends`` explains."""
    due = ends + min(span, _LONGEST)
    return max(due, window.due(ends)) if window is not None else due


def _day(value: object) -> dt.date | None:
    return dt.date.fromisoformat(value[:10]) if isinstance(value, str) else None
