"""What is wrong with single items and front pages, on purpose, and what only nearly is.

The columns are chosen by ``seeding``; here an item of theirs is made a late decision, a letter left unanswered, a
consultation too short, a guide without a telephone. Beside each stands one that is in order, though only just.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from tests.city import items, matters
from tests.city.dice import Dice
from tests.city.model import NEWS_KINDS, PLATFORM_KINDS, Column, Unit

if TYPE_CHECKING:
    from tests.city.city import City

# how many of each in a city of 34 units
BREACHES = {
    "UP-01": 1,
    "GD-01": 2,
    "GD-02": 1,
    "CT-02": 2,
    "TM-02": 3,
    "IN-02": 2,
    "TM-07": 1,
    "TM-08": 1,
    "TM-12": 2,
    "TM-15": 1,
    "SE-01": 2,
    "SE-02": 1,
}
LACKING_IN_GUIDES = ("传真号码", "联系电话", "办公时间", "获取方式")
FORTNIGHT = 14
FRESH, STALE = 10, 20  # days; a front page is one or the other, clear of the fourteen


class Picker(Protocol):
    """What chooses columns; see ``seeding``."""

    def wanted(self, base: int) -> int: ...
    def pick(self, fits: Callable[[Column], bool]) -> Column | None: ...
    def take(self, column: Column) -> None: ...


Note = Callable[..., None]


def owns_site(unit: Unit) -> bool:
    """Whether its home page is the front door of a site."""
    return unit.prefix == "/" and not unit.dead


def sow_front(city: City, picker: Picker, note: Note) -> None:
    """A front page on which nothing is new, and one that was broken into; the first shows the days of its rows."""
    if len(city.units) < 10:
        return
    owners = [u for u in city.units if owns_site(u) and not u.missing and len(u.site.units) == 1 and u.index % 2 == 0]
    owners.sort(key=lambda u: Dice(city.seed, "front", u.index).roll())
    for unit in owners[: picker.wanted(BREACHES["UP-01"])]:
        for column in unit.columns:
            picker.take(column)
            if column.kind in PLATFORM_KINDS:
                continue
            column.newest_age = max(column.newest_age, STALE + Dice(city.seed, "quiet", column.no).below(30))
            if column.kind in NEWS_KINDS:
                column.breach = "UP-02"
                note("UP-02", unit, column, None, "首页停更的单位")
        unit.quiet = True
        note("UP-01", unit, None, None, "首页两周未更新")
    for unit in owners[-picker.wanted(BREACHES["SE-02"]) :]:
        unit.hidden_link = True
        note("SE-02", unit, None, None, "首页被植入暗链")


def keep_clear(city: City, note: Note) -> None:
    """When all columns have their ages: front pages clear of the limit, and reports that came in time."""
    for unit in city.units:
        if not owns_site(unit) or unit.quiet:
            continue
        shown = [c for c in unit.fronted if c.kind not in PLATFORM_KINDS and not c.undated and c.count > 1]
        if not shown or any(c.newest_age <= FRESH for c in shown if c.fault is None):
            continue
        free = [c for c in shown if c.breach is None and c.fault is None and not _is_fixed(c)]
        if free:
            free[0].newest_age = 4
        elif unit.index % 2 == 0 and min(c.newest_age for c in shown) > FORTNIGHT:
            note("UP-01", unit, None, None, "首页各栏目均超期")  # nothing here may be made younger: so it is a breach
    _rule_of_law_in_time(city)


def _is_fixed(column: Column) -> bool:
    """Whether something in the column hangs on the very days of its items."""
    of_days = {"unanswered", "law_report", "law_report_late"} & set(column.flawed.values())
    return bool(of_days or column.hidden or column.years or column.feed)


def sow(city: City, picker: Picker, note: Note) -> None:
    """Single items."""
    _guides(city, picker, note)
    _indexes(city, picker, note)
    _decisions(city, picker, note)
    _letters(city, picker, note)
    _consultations(city, picker, note)
    _land(city, picker, note)
    _rule_of_law(city, picker, note)
    _personal(city, picker, note)


def _sound(column: Column) -> bool:
    return column.breach is None and column.fault is None and not column.undated and not column.files_every


def _guides(city: City, picker: Picker, note: Note) -> None:
    for rule in ("GD-01", "GD-02"):
        for n in range(picker.wanted(BREACHES[rule])):
            column = picker.pick(lambda c: c.kind == "guide" and not c.flawed)
            if column is None:
                return
            flaw = LACKING_IN_GUIDES[(n + city.seed) % 4] if rule == "GD-01" else "old_law"
            column.flawed[0] = flaw
            note(rule, column.unit, column, 0, flaw)


def _indexes(city: City, picker: Picker, note: Note) -> None:
    for n in range(picker.wanted(BREACHES["CT-02"])):
        column = picker.pick(lambda c: c.kind in ("policies", "normative") and c.count > 6 and c.family != "gkmlpt")
        if column is None:
            return
        key = column.count - 2
        column.flawed[key] = "null_index"
        note("CT-02", column.unit, column, key, f"索引号为程序残留（{n + 1}）")


def _decisions(city: City, picker: Picker, note: Note) -> None:
    for n in range(picker.wanted(BREACHES["TM-02"])):
        column = picker.pick(lambda c: c.kind in matters.DECIDED and _sound(c) and c.count > 4)
        if column is None:
            return
        key = column.count // 2
        column.flawed[key] = "slow"
        note("TM-02", column.unit, column, key, f"作出决定后超过七个工作日公开（{n + 1}）")


def _letters(city: City, picker: Picker, note: Note) -> None:
    for n in range(picker.wanted(BREACHES["IN-02"])):
        column = picker.pick(
            lambda c: c.kind == "replies" and _sound(c) and _key_between(city, c, 110, 330) is not None
        )
        if column is None:
            return
        key = _key_between(city, column, 110, 330)
        assert key is not None
        column.flawed[key] = "unanswered"
        note("IN-02", column.unit, column, key, f"留言超过三个月未答复（{n + 1}）")
        near = _key_between(city, column, 3, 70)
        if near is not None:
            column.flawed[near] = "unanswered"


def _consultations(city: City, picker: Picker, note: Note) -> None:
    for rule, flaw in (("TM-07", "short"), ("TM-08", "unexplained")):
        for _ in range(picker.wanted(BREACHES[rule])):
            column = picker.pick(lambda c: c.kind == "consultation" and _sound(c) and c.count > 2)
            if column is None:
                break
            key = column.count - 1
            column.flawed[key] = flaw
            note(rule, column.unit, column, key, flaw)


def _land(city: City, picker: Picker, note: Note) -> None:
    for _ in range(picker.wanted(BREACHES["TM-15"])):
        column = picker.pick(
            lambda c: c.kind == "notices" and c.unit.kind in ("district", "department") and _sound(c) and c.count > 12
        )
        if column is None:
            return
        column.flawed |= {column.count - 3: "land_short", column.count - 5: "land"}
        note("TM-15", column.unit, column, column.count - 3, "征地补偿安置公告不足三十日")


def _rule_of_law(city: City, picker: Picker, note: Note) -> None:
    year = _report_year(city)
    late = dt.date(year, 4, 15), dt.date(year, 6, 20)

    def between(column: Column, first: dt.date, last: dt.date) -> int | None:
        return _key_between(city, column, (city.as_of - last).days, (city.as_of - first).days)

    for _ in range(picker.wanted(BREACHES["TM-12"])):
        column = picker.pick(
            lambda c: (
                c.kind in ("notices", "activity", "news") and _reports(c.unit) and _sound(c) and bool(between(c, *late))
            )
        )
        if column is None:
            return
        key = between(column, *late)
        assert key is not None
        column.flawed[key] = "law_report_late"
        column.unit.law_report = key
        note("TM-12", column.unit, column, key, f"{year - 1}年法治政府建设年度报告迟于三月底")


def _rule_of_law_in_time(city: City) -> None:
    year = _report_year(city)
    least, most = ((city.as_of - dt.date(year, month, day)).days for month, day in ((3, 20), (1, 10)))
    for column in city.columns:
        if column.kind == "notices" and _reports(column.unit) and _sound(column) and not column.flawed:
            key = _key_between(city, column, least, most)
            if key is not None and column.unit.index % 3:
                column.flawed[key] = "law_report"
                column.unit.law_report = key


def _report_year(city: City) -> int:
    """The last year whose spring is over."""
    return city.as_of.year if city.as_of > dt.date(city.as_of.year, 6, 30) else city.as_of.year - 1


def _reports(unit: Unit) -> bool:
    return unit.kind in ("district", "department") and unit.law_report is None


def _personal(city: City, picker: Picker, note: Note) -> None:
    kinds = ("livelihood", "recruitment", "personnel", "emergency")
    for _ in range(picker.wanted(BREACHES["SE-01"])):
        column = picker.pick(lambda c: c.kind in kinds and _sound(c) and c.count > 5)
        if column is None:
            return
        key = 3
        column.flawed |= {key: "identity", 1: "masked"}
        note("SE-01", column.unit, column, key, "公开了完整身份证号码")


def _key_between(city: City, column: Column, least: int, most: int) -> int | None:
    """The first item whose page shows a day so many days before ``as_of``."""
    if column.mirrors or column.reports:
        return None
    for key in range(1, column.count):
        if least <= (city.as_of - items.shown_day(city, column, key)).days <= most:
            return key
    return None
