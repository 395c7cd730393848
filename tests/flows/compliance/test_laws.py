"""What was not seen is no breach, whatever the rule: held for all rules on columns and units, those to come as well."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from flows.compliance.facts import ColumnFacts, Looks, UnitFacts
from flows.compliance.rulebook import judge_column, judge_unit
from storage.schema import ColumnKind, Outcome, UnitKind, VerdictKind
from tests.flows.compliance import LAW, TODAY, case, column, facts, home, look, looks, unit, unit_facts

KINDS = st.sampled_from(list(ColumnKind))
OURS = st.sampled_from([outcome.value for outcome in Outcome if not outcome.is_good])
DAYS = st.dates(dt.date(2015, 1, 1), TODAY)
STALE = dt.timedelta(days=LAW.look.stale_after_days + 1)
CUT = {"complete": False, "full": True}


@st.composite
def unseen(draw: st.DrawFn) -> Looks:
    """Looks that prove nothing against anyone: failed, long ago, none at all, or cut short."""
    which = draw(st.integers(0, 3))
    if which == 0:
        return looks(draw(OURS), draw(DAYS))
    if which == 1:
        return looks(day=draw(st.dates(dt.date(2015, 1, 1), TODAY - STALE)))
    if which == 2:
        return Looks()
    return Looks(last=look(facts=CUT), last_on=TODAY, whole_on=draw(st.none() | st.just(dt.date(2026, 1, 1))))


@st.composite
def columns(draw: st.DrawFn, seen: st.SearchStrategy[Looks] | None = None) -> ColumnFacts:
    """A column of any kind, its rows counted in any way that adds up."""
    rows = draw(st.integers(0, 60))
    read = draw(st.integers(0, rows))
    dated = draw(st.integers(0, rows))
    return facts(
        draw(KINDS).value,
        looks=draw(seen if seen is not None else unseen()),
        rows=rows,
        ever=draw(st.integers(rows, 90)),
        read=read,
        dated=dated,
        later=draw(st.integers(0, rows - dated)),
        unread_undated=draw(st.integers(0, rows - dated)),
        newest_on=draw(DAYS) if dated else None,
        held=draw(st.booleans()),
    )


@given(columns())
def test_what_was_not_seen_is_no_breach_of_a_column(known: ColumnFacts) -> None:
    for verdict in judge_column(known, case()):
        assert verdict.verdict is not VerdictKind.BREACH, verdict


@given(columns(st.just(looks())), st.booleans())
def test_neither_is_what_moved_or_was_held(known: ColumnFacts, moved: bool) -> None:
    doubtful = replace(known, held=not moved, moved_to="http://a.invalid/new/" if moved else None)
    for verdict in judge_column(doubtful, case()):
        assert verdict.verdict is not VerdictKind.BREACH, verdict


@given(st.sampled_from(list(UnitKind)), st.lists(columns(), max_size=4), OURS | st.none(), DAYS)
def test_what_was_not_seen_is_no_breach_of_a_unit(
    kind: UnitKind, known: list[ColumnFacts], outcome: str | None, day: dt.date
) -> None:
    shown = home(outcome=outcome, day=day) if outcome else home({"columns_linked": []}, day=TODAY - STALE)
    own = {f"c{n}": replace(one, column=column(one.column.kind, f"c{n}")) for n, one in enumerate(known)}
    told: UnitFacts = unit_facts(unit(*(one.column for one in own.values()), kind=kind.value), home=shown, columns=own)
    for verdict in judge_unit(told, case()):
        assert verdict.verdict is not VerdictKind.BREACH, verdict


@given(columns(st.just(looks())))
def test_the_same_facts_are_judged_the_same(known: ColumnFacts) -> None:
    assert list(judge_column(known, case())) == list(judge_column(known, case()))
