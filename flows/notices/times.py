"""When a notice may go out: at once or with the day's digest, and never in quiet hours. Pure.

Everything is asked in the city's time zone. Units and the office work on working days; the operator's digest comes on
every day, and what is red may reach them in quiet hours where the channels file says so.
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from flows.notices.channels import Times
from flows.notices.table import Audience, When

_DAYS = 60  # the longest run of days without a working one is far shorter


class Calendar(Protocol):
    """Which days are worked; ``flows.compliance.calendar.WorkingDays`` is one."""

    def is_working(self, day: dt.date) -> bool:
        """Whether this day is worked."""


def is_open(
    now: dt.datetime, audience: Audience, when: When, times: Times, calendar: Calendar, zone: dt.tzinfo
) -> bool:
    """Whether this audience may be written to at ``now``."""
    if audience is Audience.OPERATOR and when is When.AT_ONCE and times.operator_red_passes:
        return True
    local = now.astimezone(zone)
    if audience is not Audience.OPERATOR and not calendar.is_working(local.date()):
        return False
    return not is_quiet(local.time(), times)


def is_quiet(at: dt.time, times: Times) -> bool:
    """Whether this time of day lies in the quiet hours; they may go over midnight, and none where both ends meet."""
    begin, end = times.quiet_from, times.quiet_until
    return begin <= at < end if begin <= end else at >= begin or at < end


def next_digest(
    after: dt.datetime, audience: Audience, times: Times, calendar: Calendar, zone: dt.tzinfo
) -> dt.datetime:
    """The first digest of this audience later than ``after``, in UTC."""
    local = after.astimezone(zone)
    day = local.date() + dt.timedelta(days=local.time() >= times.digest)
    for _ in range(_DAYS):
        if audience is Audience.OPERATOR or calendar.is_working(day):
            break
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, times.digest, tzinfo=zone).astimezone(dt.UTC)


def is_due(
    made_at: dt.datetime,
    now: dt.datetime,
    audience: Audience,
    when: When,
    times: Times,
    calendar: Calendar,
    zone: dt.tzinfo,
) -> bool:
    """Whether what was made at ``made_at`` may go out at ``now``."""
    if not is_open(now, audience, when, times, calendar, zone):
        return False
    return when is When.AT_ONCE or next_digest(made_at, audience, times, calendar, zone) <= now
