"""Who is told what and when: the table, quiet hours, digests, limits, and what is still so, as tables of cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compliance.calendar import WorkingDays
from flows.notices import deciding, faults, times
from flows.notices.channels import Channels, Email, Limits, Times, Webhook
from flows.notices.deciding import Event, Moment
from flows.notices.table import FAULTS, OVER, ROWS, TABLE, Audience, Row, When
from storage.findings import STEPS, State, Step
from storage.notices import Fault, New, Notice
from storage.observations import Row as Looks
from storage.schema import Finding, FindingEvent, FindingKind, Outcome, Subject
from tests.storage import build

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = WorkingDays()
MINUTE = dt.timedelta(minutes=1)
UNIT, OFFICE, OPERATOR = Audience
NOW, DIGEST = When.AT_ONCE, When.DIGEST


def at(text: str) -> dt.datetime:
    """A moment in the city's zone; 2026-03-02 is a Monday, 2026-02-14 a Saturday that is worked (春节调休)."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


CHANNELS = Channels(
    channels=(
        Email(name="mail", kind="email", host="h", sender="a@b.cn", to=("office@b.cn",)),
        Webhook(name="hook", kind="webhook", url="http://h/"),
        Webhook(name="own", kind="webhook", url="http://h/"),
    ),
    audiences={UNIT: ("mail",), OFFICE: ("mail",), OPERATOR: ("hook",)},
    units={"b": ("own",)},
)

# ------------------------------------------------------------------ the table


@pytest.mark.parametrize("audience", [{"unit": NOW}, {"office": NOW}, {"unit": DIGEST, "operator": NOW}])
def test_a_fault_of_ours_can_be_made_nobodys_but_the_operators(audience: Mapping[str, When]) -> None:
    with pytest.raises(ValueError, match="operator's alone"):
        Row(kind="x", tool=True, **audience)


@pytest.mark.parametrize("kind", list(ROWS))
def test_no_fault_of_ours_is_told_to_a_unit(kind: str) -> None:
    """Over every kind of event, with a unit named and everybody reachable."""
    told = list(deciding.addressed([Event(kind=kind, key="k", subject="s", unit="a")], CHANNELS, frozenset({"a"})))
    audiences = {one.audience for one in told}
    if ROWS[kind].tool:
        assert audiences == {OPERATOR}
        assert all(one.unit is None for one in told)
    else:
        assert OPERATOR not in audiences
        assert {one.unit for one in told if one.audience == UNIT} <= {"a"}
    assert audiences


def test_every_fault_has_an_end_and_every_row_tells_somebody() -> None:
    assert {f"{kind}{OVER}" for kind in FAULTS} <= set(ROWS)
    assert all(any(row.when(one) for one in Audience) for row in TABLE)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (Event(kind="notified", key="k", subject="F", unit="a"), [("mail", "unit", "a")]),
        (Event(kind="notified", key="k", subject="F", unit="b"), [("own", "unit", "b")]),
        (Event(kind="notified", key="k", subject="F", unit="gone"), []),
        (Event(kind="closed", key="k", subject="F", unit="a", for_unit=False), []),
        (Event(kind="opened", key="k", subject="F", unit="a"), [("mail", "office", None)]),
        (Event(kind="reopened", key="k", subject="F", unit="a"), [("mail", "unit", "a"), ("mail", "office", None)]),
        (Event(kind="channel_fails", key="k", subject="channel_fails:hook"), []),
        (Event(kind="channel_fails", key="k", subject="channel_fails:mail"), [("hook", "operator", None)]),
    ],
)
def test_who_is_told_by_what(event: Event, told: list[tuple[str, str, str | None]]) -> None:
    found = deciding.addressed([event], CHANNELS, frozenset({"a", "b"}))
    assert [(one.channel, one.audience, one.unit) for one in found] == told


def test_one_event_has_one_key_for_each_who_is_told() -> None:
    event = Event(kind="reopened", key="k", subject="F", unit="a")
    first, again = (list(deciding.addressed([event], CHANNELS, frozenset({"a"}))) for _ in range(2))
    assert first == again
    assert len({one.key for one in first}) == 2


# ------------------------------------------------------------------ steps of findings


def finding(*steps: str, state: str = "open", who: str = "张三", **facts: Any) -> Finding:
    events = tuple(
        FindingEvent(at=build.NOON + index * build.DAY, who=who, step=step, note="n")
        for index, step in enumerate(steps)
    )
    known: dict[str, Any] = {"kind": FindingKind.UNTIMELY, "severity": "yellow", "unit": "a", "rule": "UP-01"}
    known |= {"id": "F-1", "rule_version": "1", "column": None, "item": None, "basis": "", "facts": {}, "evidence": ()}
    known |= {"opened_at": build.NOON, "closed_at": None, "coverage": 1.0, "state": state, "events": events}
    return Finding(**{**known, **facts})


def events_of(*steps: str, **facts: Any) -> list[Event]:
    """The events of the last of these steps."""
    found = finding(*steps, **facts)
    step = Step(number=7, event=found.events[-1], before=found.events[:-1], finding=found)
    return list(deciding.of_steps([step], lambda one: {"finding": one.id}))


@pytest.mark.parametrize(
    ("steps", "facts", "kind", "for_unit"),
    [
        (["opened"], {}, "opened", False),
        (["opened"], {"severity": "red"}, "opened_red", False),
        (["opened", "notified"], {}, "notified", True),
        (["opened", "notified", "received"], {}, None, None),
        (["opened", "notified", "fixing"], {}, None, None),
        (["opened", "notified", "answered"], {}, "answered", True),
        (["opened", "notified", "answered", "reopened"], {}, "reopened", True),
        (["opened", "closed", "reopened"], {}, "reopened", False),  # the unit never heard of it
        (["opened", "closed"], {}, "closed", False),
        (["opened", "notified", "closed"], {}, "closed", True),
        (["opened", "notified", "disputed"], {}, "disputed", True),
        (["opened", "disputed", "upheld"], {}, "dispute_settled", True),
        (["opened", "disputed", "closed"], {}, "dispute_settled", True),
        (["opened", "disputed", "rechecked", "closed"], {}, "dispute_settled", True),
        (["opened", "disputed", "waived"], {}, "dispute_settled", True),
        (
            ["opened", "disputed", "closed"],
            {"who": "assess"},
            "closed",
            True,
        ),  # it was mended: the dispute was not right
        (["opened", "notified", "waived"], {}, None, None),
        (["opened", "closed", "rechecked"], {}, None, None),
    ],
)
def test_what_a_step_is_told_as(
    steps: list[str], facts: dict[str, Any], kind: str | None, for_unit: bool | None
) -> None:
    found = events_of(*steps, **facts)
    assert [(one.kind, one.for_unit) for one in found] == ([] if kind is None else [(kind, for_unit)])


@given(st.lists(st.sampled_from([*STEPS, "opened", "rechecked"]), min_size=1, max_size=6))
def test_a_unit_hears_of_nothing_it_was_not_told_of(steps: list[str]) -> None:
    told = [
        one
        for one in deciding.addressed(events_of(*steps), CHANNELS, frozenset({"a"}))
        if one.audience == UNIT and one.kind != "notified"
    ]
    assert not told or {"notified", "received", "fixing", "answered", "disputed", "upheld"} & set(steps[:-1])


# ------------------------------------------------------------------ days


def test_a_waiver_is_told_of_once_before_it_ends_and_never_after() -> None:
    waived = finding("opened", "waived", state="waived", waived_until=dt.date(2026, 3, 20))
    city = build.city(build.unit(waivers=(build.waiver(until=dt.date(2026, 3, 20), column="tzgg"),)))
    keys = set()
    for day in range(1, 31):
        told = deciding.of_day([waived], [], city, dt.date(2026, 3, day), 14, lambda one: {"finding": one.id})
        found = [one.key for one in told]
        assert len(found) == (2 if 6 <= day <= 20 else 0), day
        keys |= set(found)
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("due", "today", "kinds"),
    [
        ("2026-03-20", dt.date(2026, 3, 20), []),
        ("2026-03-20", dt.date(2026, 3, 21), ["overdue"]),
        (None, dt.date(2027, 1, 1), []),  # the office has set no day: nothing is ever late
    ],
)
def test_a_finding_is_overdue_the_day_after_its_last_day(due: str | None, today: dt.date, kinds: list[str]) -> None:
    found = finding("opened", "notified", state="notified")
    told = deciding.of_day([], [found], build.city(), today, 14, lambda one: {"due": due})
    assert [one.kind for one in told] == kinds


@pytest.mark.parametrize(
    ("notified", "days", "last"),
    [
        (at("2026-03-02T12:00"), 15, "2026-03-23"),
        (at("2026-09-29T23:59"), 3, "2026-10-09"),  # 国庆 is not worked, and the 10th (a Saturday) is
        (at("2026-03-02T12:00"), None, None),
    ],
)
def test_the_last_day_for_mending_counts_working_days(
    notified: dt.datetime, days: int | None, last: str | None
) -> None:
    add = lambda start, count: DAYS.add_working_days(start, count).on  # noqa: E731
    assert deciding.last_day(notified.astimezone(dt.UTC), days, add, ZONE) == last


# ------------------------------------------------------------------ faults


def looks(
    count: int, outcome: Outcome = Outcome.BLOCKED, column: str | None = "tzgg", subject: Subject = Subject.COLUMN
) -> Any:
    last = build.observation(outcome=outcome, column=column, subject=subject)
    return {subject: {("tianhe-qu", column): Looks(count=count, since=build.NOON, last=last)}}


@pytest.mark.parametrize(
    ("failing", "keys"),
    [
        ({}, []),
        (looks(2), []),
        (looks(3), ["unobserved:tianhe-qu/tzgg"]),
        (looks(3, column=None, subject=Subject.HOME), ["unobserved:tianhe-qu/"]),
        (looks(9, column="gone"), []),  # no column of the registry any more
    ],
)
def test_a_column_is_told_of_after_so_many_looks(failing: Any, keys: list[str]) -> None:
    found = list(faults.of_looks(build.city(build.unit()), failing, Limits()))
    assert [one.key for one in found] == keys
    assert all(one.facts["outcome"] == "被拦截" and "放行" in one.facts["advice"] for one in found)


def fault(kind: str = "held", name: str = "a", since: dt.datetime = build.NOON) -> Fault:
    return Fault(key=f"{kind}:{name}", kind=kind, since=since)


@pytest.mark.parametrize(
    ("now", "before", "looked_at", "began", "over"),
    [
        ([fault()], [], FAULTS, ["held:a"], []),
        ([fault()], [fault()], FAULTS, [], []),
        ([], [fault()], FAULTS, [], ["held:a"]),
        ([fault(name="b")], [fault()], FAULTS, ["held:b"], ["held:a"]),
        # nobody asked how the flows do: none of them is well for that
        ([], [fault("flow_failed")], [one for one in FAULTS if one != "flow_failed"], [], []),
    ],
)
def test_which_faults_begin_and_end(
    now: list[Fault], before: list[Fault], looked_at: list[str], began: list[str], over: list[str]
) -> None:
    found = deciding.changes(now, {one.key: one for one in before}, frozenset(looked_at))
    assert [[one.key for one in part] for part in found] == [began, over]


# ------------------------------------------------------------------ quiet hours and digests


@pytest.mark.parametrize(
    ("moment", "unit", "operator"),
    [
        ("2026-03-02T07:29", False, False),
        ("2026-03-02T07:30", True, True),
        ("2026-03-02T19:59", True, True),
        ("2026-03-02T20:00", False, False),
        ("2026-03-02T03:00", False, False),
        ("2026-03-07T12:00", False, True),  # a Saturday
        ("2026-02-14T12:00", True, True),  # a Saturday that is worked
        ("2026-02-17T12:00", False, True),  # 春节
    ],
)
def test_quiet_hours(moment: str, unit: bool, operator: bool) -> None:
    open_ = [times.is_open(at(moment), one, NOW, Times(), DAYS, ZONE) for one in (UNIT, OFFICE, OPERATOR)]
    assert open_ == [unit, unit, operator]


@pytest.mark.parametrize(
    ("when", "passes", "expected"), [(NOW, True, True), (NOW, False, False), (DIGEST, True, False)]
)
def test_only_red_of_the_operators_passes_quiet_hours(when: When, passes: bool, expected: bool) -> None:
    own = Times(operator_red_passes=passes)
    assert times.is_open(at("2026-03-02T03:00"), OPERATOR, when, own, DAYS, ZONE) is expected
    assert not times.is_open(at("2026-03-02T03:00"), UNIT, when, own, DAYS, ZONE)


@pytest.mark.parametrize(
    ("begin", "end", "noon", "night"),
    [("20:00", "07:30", False, True), ("11:00", "13:00", True, False), ("08:00", "08:00", False, False)],
)
def test_quiet_hours_may_go_over_midnight_or_not(begin: str, end: str, noon: bool, night: bool) -> None:
    own = Times.model_validate({"quiet_from": begin, "quiet_until": end})
    assert [times.is_quiet(dt.time(12), own), times.is_quiet(dt.time(23), own)] == [noon, night]


@pytest.mark.parametrize(
    ("audience", "after", "first"),
    [
        (OFFICE, "2026-03-02T08:29", "2026-03-02T08:30"),
        (OFFICE, "2026-03-02T08:30", "2026-03-03T08:30"),
        (OFFICE, "2026-03-06T12:00", "2026-03-09T08:30"),  # Friday noon → Monday
        (OPERATOR, "2026-03-06T12:00", "2026-03-07T08:30"),
        (UNIT, "2026-02-13T12:00", "2026-02-14T08:30"),  # a Saturday that is worked
        (UNIT, "2026-09-30T12:00", "2026-10-08T08:30"),
    ],
)
def test_the_next_digest(audience: Audience, after: str, first: str) -> None:
    found = times.next_digest(at(after), audience, Times(), DAYS, ZONE)
    assert found == at(first)
    assert found.tzinfo is dt.UTC


@given(
    st.integers(0, 333 * 24 * 60),
    st.integers(0, 20_000),
    st.sampled_from(list(Audience)),
    st.sampled_from(list(When)),
)
def test_what_is_due_stays_due_while_it_is_open(made: int, minutes: int, audience: Audience, when: When) -> None:
    made_at = at("2026-01-01T00:00") + made * MINUTE
    now = made_at + minutes * MINUTE
    open_ = times.is_open(now, audience, when, Times(), DAYS, ZONE)
    due = times.is_due(made_at, now, audience, when, Times(), DAYS, ZONE)
    assert not due or open_
    if when is NOW:
        assert due == open_
    if open_ and now - made_at > dt.timedelta(days=12):  # longer than any holiday
        assert due


# ------------------------------------------------------------------ what goes out now


def notice(number: int = 1, **facts: Any) -> Notice:
    known = {"key": f"k{number}", "channel": "mail", "audience": "office", "kind": "opened_red", "subject": "F-1"}
    return Notice(**{**known, "id": number, "made_at": at("2026-03-02T12:00"), **facts})


def going(*waiting: Notice, moment: str = "2026-03-02T12:00", **facts: Any) -> deciding.Going:
    told = Moment(now=at(moment), channels=CHANNELS, calendar=DAYS, zone=ZONE, **facts)
    return deciding.going(waiting, told, lambda one: one.subject != "F-old")


def test_all_that_one_addressee_is_told_at_a_time_is_one_message() -> None:
    found = going(
        notice(1),
        notice(2, kind="disputed"),
        notice(3, audience="unit", unit="a", kind="notified"),
        notice(4, audience="unit", unit="c", kind="notified"),
    )
    assert [[one.id for one in message.notices] for message in found.messages] == [[1, 2], [3], [4]]
    assert len({message.number for message in found.messages}) == 3


@pytest.mark.parametrize(
    ("one", "moment", "sent"),
    [
        (notice(), "2026-03-02T12:00", 1),
        (notice(), "2026-03-02T21:00", 0),
        (notice(kind="opened"), "2026-03-02T12:05", 0),
        (notice(kind="opened"), "2026-03-03T08:29", 0),
        (notice(kind="opened"), "2026-03-03T08:30", 1),
        (notice(kind="opened"), "2026-03-03T21:00", 0),  # nobody sent it in the morning: not at night either
        (notice(next_attempt_at=at("2026-03-02T12:10")), "2026-03-02T12:05", 0),
        (notice(next_attempt_at=at("2026-03-02T12:10")), "2026-03-02T12:10", 1),
    ],
)
def test_when_a_notice_goes_out(one: Notice, moment: str, sent: int) -> None:
    assert len(going(one, moment=moment).messages) == sent
    assert len(going(one, moment=moment, at_once=True).messages) == 1


def test_what_is_no_longer_so_and_what_has_no_channel_is_set_aside() -> None:
    found = going(notice(1, subject="F-old"), notice(2, channel="gone"), notice(3, kind="of_a_later_version"))
    assert [one.id for one in found.overtaken] == [1, 3]
    assert [one.id for one in found.lost] == [2]
    assert found.messages == ()


@pytest.mark.parametrize(
    ("sent", "one", "messages", "crowded"),
    [
        ({}, notice(), 1, []),
        ({("mail", None): 9}, notice(), 1, []),
        ({("mail", None): 10}, notice(), 0, [at("2026-03-03T08:30")]),
        ({("mail", "a"): 10}, notice(), 1, []),  # another mailbox
        ({("mail", None): 10}, notice(kind="opened", made_at=at("2026-03-01T12:00")), 1, []),  # the digest itself
    ],
)
def test_what_comes_too_thick_joins_the_next_digest(
    sent: dict[tuple[str, str | None], int], one: Notice, messages: int, crowded: list[dt.datetime]
) -> None:
    found = going(one, sent=sent)
    assert (len(found.messages), list(found.crowded)) == (messages, crowded)


def test_a_message_that_was_bound_goes_out_again_as_it_was() -> None:
    bound = [notice(1, message="N-before"), notice(2, message="N-before")]
    found = going(*bound, notice(3))
    assert [(one.number, [each.id for each in one.notices]) for one in found.messages] == [
        ("N-before", [1, 2]),
        (deciding.number_of([notice(3)]), [3]),
    ]


@pytest.mark.parametrize(
    ("kind", "facts", "so"),
    [
        ("opened", {}, {"open"}),
        ("opened_red", {}, {"open"}),
        ("notified", {}, {"open", "notified", "received", "fixing", "answered", "disputed"}),
        ("reopened", {}, {"open", "notified", "received", "fixing", "answered", "disputed"}),
        ("closed", {}, {"closed"}),
        ("answered", {}, {"answered"}),
        ("disputed", {}, {"disputed"}),
        ("overdue", {}, {"notified", "received", "fixing"}),
        ("waiver_ends", {}, {"waived"}),
        ("dispute_settled", {"step": "closed"}, {"closed"}),
        ("dispute_settled", {"step": "waived"}, {"waived"}),
        ("dispute_settled", {"step": "upheld"}, {"open", "notified", "received", "fixing", "answered", "disputed"}),
    ],
)
def test_what_is_still_so(kind: str, facts: dict[str, str], so: set[str]) -> None:
    one = notice(kind=kind, facts=facts)
    assert {str(state) for state in State if deciding.is_so(one, {"F-1": str(state)}, {})} == so
    assert not deciding.is_so(one, {}, {})


def test_a_fault_is_so_while_it_stands_and_its_end_while_it_does_not() -> None:
    began, over = (
        next(deciding.addressed([deciding.of_fault(fault(), over=end)], CHANNELS, frozenset())) for end in (False, True)
    )
    again = fault(since=build.NOON + build.DAY)
    for told, standing, so in (
        (began, fault(), True),
        (began, None, False),
        (began, again, False),
        (over, None, True),
        (over, again, False),
    ):
        one = notice(kind=told.kind, subject=told.subject, facts=told.facts)
        assert deciding.is_so(one, {}, {standing.key: standing} if standing else {}) is so


def test_the_key_of_an_end_leads_to_that_of_its_beginning() -> None:
    keys: dict[bool, New] = {
        end: next(deciding.addressed([deciding.of_fault(fault(), over=end)], CHANNELS, frozenset()))
        for end in (False, True)
    }
    assert deciding.begin_key(keys[True]) == keys[False].key != keys[True].key
