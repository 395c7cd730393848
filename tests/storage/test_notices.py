"""The outbox of notices on both databases: kept once, bound, sent, given up, asked for again; faults and channels."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from storage import findings, notices, observations
from storage.database import Database
from storage.exceptions import UnknownTarget
from storage.notices import Channel, Fault, New
from storage.schema import Outcome, Subject, VerdictKind
from tests.storage.build import DAY, NOON, observation, verdict

HOUR = dt.timedelta(hours=1)


def new(number: int = 1, **facts: Any) -> New:
    known = {"key": f"k{number}", "channel": "mail", "audience": "unit", "unit": "a", "kind": "notified"}
    return New(**{**known, "subject": f"F-{number}", "facts": {"place": "通知\x00公告\ud800"}, **facts})


def test_the_same_event_is_kept_once_for_each_channel(db: Database) -> None:
    assert notices.keep(db, [new(1), new(1), new(1, channel="group")], at=NOON) == 2
    assert notices.keep(db, [new(1), new(2)], at=NOON + DAY) == 1
    found = notices.waiting(db)
    assert [(one.key, one.channel, one.made_at) for one in found] == [
        ("k1", "mail", NOON),
        ("k1", "group", NOON),
        ("k2", "mail", NOON + DAY),
    ]
    assert found[0].facts == {"place": "通知公告?"}  # without what no database holds


def test_more_notices_than_one_statement_takes_are_kept(db: Database) -> None:
    assert notices.keep(db, [new(number) for number in range(1200)], at=NOON) == 1200
    assert notices.counts(db)["waiting"] == 1200


def test_it_begins_behind_the_past_and_never_moves_back(db: Database) -> None:
    findings.settle(db, [verdict()], at=NOON)
    assert notices.cursor(db) is None
    first = notices.begin(db)
    assert findings.steps_after(db, first) == []
    findings.settle(db, [verdict(VerdictKind.COMPLIANT)], at=NOON + DAY)
    (step,) = findings.steps_after(db, first)
    assert (step.event.step, [one.step for one in step.before], step.finding.state) == ("closed", ["opened"], "closed")
    notices.keep(db, [], at=NOON, cursor=step.number)
    notices.keep(db, [], at=NOON, cursor=first)
    assert notices.cursor(db) == notices.begin(db) == step.number


def test_the_day_is_kept(db: Database) -> None:
    assert notices.day(db) is None
    notices.keep(db, [], at=NOON, day=dt.date(2026, 3, 2))
    assert notices.day(db) == dt.date(2026, 3, 2)


def test_a_notice_is_bound_sent_and_counted_by_message_and_addressee(db: Database) -> None:
    notices.keep(db, [new(1), new(2), new(3, unit=None, audience="office")], at=NOON)
    one, two, three = (each.id for each in notices.waiting(db))
    notices.bind(db, [one, two], "N-1")
    assert [(each.message, each.tries) for each in notices.waiting(db)] == [("N-1", 1), ("N-1", 1), (None, 0)]
    notices.sent(db, [one, two], "mail", at=NOON)
    notices.bind(db, [three], "N-2")
    notices.sent(db, [three], "mail", at=NOON + HOUR)
    assert notices.sent_since(db, NOON - HOUR) == {("mail", "a"): 1, ("mail", None): 1}
    assert notices.sent_since(db, NOON) == {("mail", None): 1}
    assert notices.sent_of(db, ["k1", "k9"]) == {("k1", "mail")}
    notices.bind(db, [one], "N-9")  # what was sent stays as it was
    assert [each.message for each in notices.latest(db, ["sent"], 9)] == ["N-2", "N-1", "N-1"]


def test_a_failure_waits_is_given_up_and_waits_again_when_asked(db: Database) -> None:
    notices.register(db, {"mail": ("email", ("unit",))}, at=NOON)
    notices.keep(db, [new(1)], at=NOON)
    (one,) = notices.waiting(db)
    notices.bind(db, [one.id], "N-1")
    notices.failed(db, [one.id], "mail", "busy\x00", at=NOON, next_attempt_at=NOON + HOUR)
    (waits,) = notices.waiting(db)
    assert waits.next_attempt_at == NOON + HOUR
    with pytest.raises(UnknownTarget):
        notices.again(db, one.id)
    notices.failed(db, [one.id], "mail", "busy", at=NOON + HOUR, next_attempt_at=None)
    channel = notices.channels(db)["mail"]
    assert (channel.failures, channel.failed_since) == (2, NOON)
    assert notices.counts(db) == {"waiting": 0, "sent": 0, "failed": 1, "overtaken": 0}
    again = notices.again(db, one.id)
    assert (again.state, again.tries, again.error, again.message) == ("waiting", 0, None, "N-1")
    notices.sent(db, [one.id], "mail", at=NOON + DAY)
    assert notices.channels(db)["mail"].failures == 0
    assert notices.channels(db)["mail"].sent_at == NOON + DAY


def test_faults_stand_until_they_are_over_with_the_moment_they_began(db: Database) -> None:
    fault = Fault(key="held:a/b", kind="held", unit="a", since=NOON, facts={"lost": 9})
    notices.keep(db, [new(1)], at=NOON, began=[fault])
    notices.keep(db, [], at=NOON + DAY, began=[Fault(key="held:a/b", kind="held", since=NOON + DAY)])
    assert notices.faults(db) == {"held:a/b": fault}
    notices.keep(db, [], at=NOON + DAY, over=["held:a/b", "unheard"])
    assert notices.faults(db) == {}


def test_channels_that_leave_the_file_are_remembered(db: Database) -> None:
    notices.register(db, {"mail": ("email", ("unit",)), "group": ("wecom", ("office",))}, at=NOON)
    notices.register(db, {"mail": ("email", ("unit", "office"))}, at=NOON + DAY)
    assert notices.channels(db) == {
        "mail": Channel(name="mail", kind="email", audiences=("unit", "office"), since=NOON),
        "group": Channel(name="group", kind="wecom", audiences=("office",), since=NOON, left_at=NOON + DAY),
    }
    notices.register(db, {"group": ("wecom", ())}, at=NOON + 2 * DAY)
    assert notices.channels(db)["group"].left_at is None


@pytest.mark.parametrize(
    ("outcomes", "count"),
    [
        ([], None),
        ([Outcome.OK], None),
        ([Outcome.BLOCKED], 1),
        ([Outcome.OK, Outcome.BLOCKED, Outcome.UNREACHABLE], 2),
        ([Outcome.BLOCKED, Outcome.BLOCKED, Outcome.OK_EMPTY], None),
        ([Outcome.BLOCKED, Outcome.NOT_MODIFIED, Outcome.SHELL], 1),
    ],
)
def test_looks_that_failed_in_a_row(outcomes: list[Outcome], count: int | None, db: Database) -> None:
    observations.record(db, [observation(f"o{n}", outcome=one, at=NOON + n * HOUR) for n, one in enumerate(outcomes)])
    observations.record(db, [observation("other", outcome=Outcome.BLOCKED, column="rs", subject=Subject.FEED)])
    found = observations.failing(db, Subject.COLUMN)
    if count is None:
        assert found == {}
        return
    row = found["tianhe-qu", "tzgg"]
    assert (row.count, row.last.outcome) == (count, outcomes[-1])
    assert row.since == NOON + (len(outcomes) - count) * HOUR


def test_looks_at_a_home_page_that_failed_in_a_row(db: Database) -> None:
    home = {"column": None, "subject": Subject.HOME, "outcome": Outcome.UNREACHABLE}
    observations.record(db, [observation(f"o{n}", **home, at=NOON + n * HOUR) for n in range(3)])
    assert observations.failing(db, Subject.HOME)["tianhe-qu", None].count == 3
