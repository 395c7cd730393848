"""Counts working days as the State Council's yearly holiday notice sets them, and says how sure the count is.

Two dates in, a ``Count`` out. The first day is not counted, the last one is: a document formed on Monday and
published on Tuesday took one working day. Holidays and the weekend days worked in exchange (调休) come from the
announced calendars; a year whose notice has not been issued is counted Monday to Friday and marked provisional,
with ``at_least``, the count that no plausible notice can undercut. What is decided here is only the count;
whether it breaks a limit is the rule's business.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from chinese_calendar import constants

ONE_DAY = dt.timedelta(days=1)

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")

# A new year's holiday may begin in the old year, under the new year's notice (2018-12-31, 2023-12-30): from here on
# a year's days wait for the next one's notice.
NEXT_NOTICE_FROM = (12, 27)

# Where the holidays of a year not yet announced can lie, and how many of its Mondays to Fridays each can take.
# The lunar ones wander, so their stretch is every date they can fall on plus the days given around them. In the
# notices for 2004 to 2026 the most taken were 3, 6, 3, 5, 3 and, for 中秋 and 国庆 together, 8; that is what is
# allowed here, and one more for the two that have grown. ``UNFORESEEN`` comes on top in every year, for longer holidays
# than ever and for days granted once, wherever they fall (2015-09-03 and the day after). The first stretch begins in
# the old year.
STRETCHES: tuple[tuple[tuple[int, int], tuple[int, int], int], ...] = (
    (NEXT_NOTICE_FROM, (1, 5), 3),
    ((1, 15), (3, 2), 7),
    ((4, 1), (4, 8), 3),
    ((4, 25), (5, 9), 5),
    ((5, 25), (6, 29), 3),
    ((9, 5), (10, 13), 9),
)
UNFORESEEN = 3


@dataclass(frozen=True, kw_only=True)
class Day:
    """One calendar day: whether it is worked, and why where the weekday does not say so."""

    on: dt.date
    working: bool
    name: str  # 周六, 国庆节, "国庆节调休上班" …


@dataclass(frozen=True, kw_only=True)
class Count:
    """The working days after ``start`` up to and including ``end``.

    ``at_least`` equals ``counted`` unless ``provisional``.
    """

    start: dt.date
    end: dt.date
    counted: int
    at_least: int
    provisional: bool


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """The last day of a period of working days."""

    on: dt.date
    provisional: bool


def _weekdays_through(ordinal: int) -> int:
    """Mondays to Fridays from 0001-01-01, a Monday, through the day with this ordinal."""
    weeks, rest = divmod(ordinal, 7)
    return 5 * weeks + min(rest, 5)


class WorkingDays:
    """The working days of the country, and of the city where it has days of its own.

    :param until: use no notice for a year after this one (to replay what could be known then); None: all known.
    :param off: further dates not worked, with their names (regional statutory holidays).
    :param worked: weekend dates worked, with their names; with ``off`` it completes ``announced`` years.
    :param announced: years whose notice is fully entered in ``off`` and ``worked``.
    """

    def __init__(
        self,
        *,
        until: int | None = None,
        off: Mapping[dt.date, str] | None = None,
        worked: Mapping[dt.date, str] | None = None,
        announced: tuple[int, ...] = (),
    ) -> None:
        # only a year with its National Day is announced: single days of a year may come with its neighbour's notice
        years = {day.year for day in constants.holidays if (day.month, day.day) == (10, 1)} | set(announced)
        self.announced = frozenset(year for year in years if until is None or year <= until)
        self._off = {
            day: NAMES.get(str(name), str(name))
            for day, name in constants.holidays.items()
            if self._is_announced(day) and day.weekday() < 5
        }
        self._holiday_weekends = {
            day: NAMES.get(str(name), str(name))
            for day, name in constants.holidays.items()
            if self._is_announced(day) and day.weekday() >= 5
        }
        self._worked = {
            day: f"{NAMES.get(str(name), str(name))}调休上班"
            for day, name in constants.workdays.items()
            if self._is_announced(day) and day.weekday() >= 5
        }
        for day, name in (off or {}).items():
            self._worked.pop(day, None)
            (self._off if day.weekday() < 5 else self._holiday_weekends)[day] = name
        for day, name in (worked or {}).items():
            self._off.pop(day, None)
            if day.weekday() >= 5:
                self._worked[day] = name
        shifts = sorted([(day.toordinal(), -1) for day in self._off] + [(day.toordinal(), 1) for day in self._worked])
        self._shift_days = [ordinal for ordinal, _ in shifts]
        self._shift_sums = [0, *accumulate(shift for _, shift in shifts)]

    def _is_announced(self, day: dt.date) -> bool:
        if (day.month, day.day) >= NEXT_NOTICE_FROM and day.year + 1 not in self.announced:
            return False
        return day.year in self.announced

    def is_working(self, day: dt.date) -> bool:
        """Whether the day is worked; Monday to Friday where its year has not been announced."""
        return day in self._worked or (day.weekday() < 5 and day not in self._off)

    def day(self, on: dt.date) -> Day:
        """What this day is."""
        name = self._worked.get(on) or self._off.get(on) or self._holiday_weekends.get(on) or WEEKDAYS[on.weekday()]
        return Day(on=on, working=self.is_working(on), name=name)

    def days(self, start: dt.date, end: dt.date) -> Iterator[Day]:
        """Every day after ``start`` up to and including ``end``, one by one: the long form of ``count``."""
        for ordinal in range(start.toordinal() + 1, end.toordinal() + 1):
            yield self.day(dt.date.fromordinal(ordinal))

    def count(self, start: dt.date, end: dt.date) -> Count:
        """Working days after ``start`` up to and including ``end``; 0 where ``end`` is not after ``start``."""
        counted = max(self._through(end) - self._through(start), 0) if end > start else 0
        could_go = self._could_go(start, end)
        return Count(
            start=start,
            end=end,
            counted=counted,
            at_least=max(counted - could_go, 0),
            provisional=end > start and not self._all_announced(start, end),
        )

    def at_most(self, start: dt.date, end: dt.date) -> int:
        """The count that no notice can exceed: in a year without one any weekend day could yet be worked."""
        counted = self.count(start, end)
        if not counted.provisional:
            return counted.counted
        days = (dt.date.fromordinal(day) for day in range(start.toordinal() + 1, end.toordinal() + 1))
        could_come = sum(day.weekday() >= 5 and not self._is_announced(day) and day not in self._worked for day in days)
        return counted.counted + could_come

    def add_working_days(self, start: dt.date, days: int) -> Deadline:
        """The day on which the ``days``-th working day after ``start`` falls; ``start`` itself for 0.

        :raises ValueError: ``days`` is negative.
        """
        if days < 0:
            raise ValueError(f"{days} working days: expected 0 or more")
        on, target = start, self._through(start) + days
        while (missing := target - self._through(on)) > 0:
            on += missing * ONE_DAY
        return Deadline(on=on, provisional=on > start and not self._all_announced(start, on))

    def skipped(self, start: dt.date, end: dt.date) -> list[str]:
        """The days after ``start`` up to ``end`` that do not count, each as "2026-10-01 国庆节"."""
        return [f"{day.on.isoformat()} {day.name}" for day in self.days(start, end) if not day.working]

    def _through(self, day: dt.date) -> int:
        ordinal = day.toordinal()
        return _weekdays_through(ordinal) + self._shift_sums[bisect_right(self._shift_days, ordinal)]

    def _all_announced(self, start: dt.date, end: dt.date) -> bool:
        years = range((start + ONE_DAY).year, end.year + 1)
        return all(year in self.announced for year in years) and self._is_announced(end)

    def _could_go(self, start: dt.date, end: dt.date) -> int:
        """How many of the working days counted between these dates notices still to come could take away."""
        if end <= start or self._all_announced(start, end):
            return 0
        lost = 0
        for year in range((start + ONE_DAY).year, end.year + 2):
            if year in self.announced:
                continue
            elsewhere = self._between(start, end, dt.date(year - 1, *NEXT_NOTICE_FROM), dt.date(year, 12, 26))
            for first, last, most in STRETCHES:
                begin = dt.date(year - 1 if first > last else year, *first)
                weekdays = self._between(start, end, begin, dt.date(year, *last))
                elsewhere -= weekdays
                lost += min(most, weekdays)
            lost += min(UNFORESEEN, elsewhere)
        return lost

    def _between(self, start: dt.date, end: dt.date, first: dt.date, last: dt.date) -> int:
        """Working days after ``start`` up to ``end`` that lie from ``first`` to ``last``."""
        begin, finish = max(start, first - ONE_DAY), min(end, last)
        return self._through(finish) - self._through(begin) if finish > begin else 0
