"""What is wrong in the city, on purpose: breaches of the units, and faults that are ours to live with.

Each column gets at most one of them. Every breach is clear of its limit by days, and so is everything healthy,
so that no time zone and no unannounced holiday can turn one into the other.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tests.city import annual, faults, flaws, items, shared
from tests.city.dice import Dice
from tests.city.families import feeds
from tests.city.model import (
    HALF_YEAR_KINDS,
    LABELLED_KINDS,
    NEWS_KINDS,
    PLATFORM_KINDS,
    TABLE_HALF_YEAR,
    TABLE_YEAR,
    YEAR_KINDS,
    Column,
    Unit,
)
from tests.city.plan import last_due

if TYPE_CHECKING:
    from tests.city.city import City

# how many of each in a city of 34 units
BREACHES = {
    "UP-02": 4,
    "UP-03": 4,
    "UP-08": 3,
    "UP-09": 8,
    "UP-06": 5,
    "UP-07": 4,
    "TM-01": 8,
    "CT-01": 8,
    "TM-10": 3,
    "TM-11": 2,
    "AR": 6,
    "AR-10": 1,
    "AR-11": 2,
    "AR-12": 1,
    "PL-01": 3,
    **flaws.BREACHES,
}
FAULTS = {
    "block_403": 2, "challenge_412": 2, "challenge_521": 1, "challenge_200": 2, "timeout": 2, "burst_503": 2,
    "truncated": 1,
    "truncated_once": 1, "charset_header": 2, "redesign": 2, "moved": 2, "redirect_home": 1, "soft404": 2,
    "home_404": 1,
    "empty_api": 1, "empty_proxy": 1, "empty_first": 2, "cookie_bounce": 1, "gzip_unasked": 1, "jump_404": 1,
    "challenge_slider": 1, "block_567": 1, "block_f5": 1,
}  # fmt: skip
_STALE = {"UP-02": (20, 120), "UP-03": (200, 400), "UP-08": (380, 700)}
_LACKING = ("index_number", "summary", "formed_on")
_MISSING = ("rules", "guide", "catalogue", "annual_reports")
_KIND = {
    "UP": "untimely", "TM": "untimely", "IN": "untimely", "CT": "incomplete", "PL": "incomplete", "GD": "incomplete",
    "SE": "improper", "AR": "improper",
}  # fmt: skip


def sow(city: City) -> None:
    """Seeds breaches, then faults, then what is only lifelike."""
    picker = Picker(city)
    if city.faults and len(city.units) >= 10:
        alone = [u for u in city.units if len(u.site.units) == 1 and u.kind != "district"]
        if alone:
            unit = min(alone, key=lambda u: Dice(city.seed, "dead", u.index).roll())
            unit.dead = True
            unit.site.base = f"http://www.{unit.id}.qinghe.invalid"
    _platforms(city, picker)
    picker.columns = city.columns
    flaws.sow_front(city, picker, partial(_note, city))
    _reports(city, picker)
    _stale(city, picker)
    _blank_and_undated(city, picker)
    _items(city, picker)
    if city.faults:
        _faults(city, picker)
    flaws.sow(city, picker, partial(_note, city))
    _lifelike(city, picker)
    sow_annual(city, picker)
    flaws.keep_clear(city, partial(_note, city))
    shared.sow(city)


class Picker:
    """Chooses columns in an order of its own, those of little-burdened units first."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.columns = city.columns
        self.load: Counter[int] = Counter()
        self.taken: set[int] = set()
        self.rank = {c.no: Dice(city.seed, "rank", c.no).roll() for u in city.units for c in u.columns}

    def wanted(self, base: int) -> int:
        return max(1, round(base * len(self.city.units) / 34))

    def pick(self, fits: Callable[[Column], bool], columns: Iterable[Column] | None = None) -> Column | None:
        free = [
            c
            for c in (self.columns if columns is None else columns)
            if c.no not in self.taken and not c.unit.dead and fits(c)
        ]
        if not free:
            return None
        best = min(free, key=lambda c: (self.load[c.unit.index], self.rank[c.no]))
        self.take(best)
        return best

    def take(self, column: Column) -> None:
        self.taken.add(column.no)
        self.load[column.unit.index] += 1


def _note(city: City, rule: str, unit: Unit, column: Column | None, key: int | None, note: str, **more: object) -> None:
    city.seeded.append(
        {"rule": rule, "kind": _KIND[rule[:2]], "unit": unit, "column": column, "key": key, "note": note, **more}
    )


def _platforms(city: City, picker: Picker) -> None:
    units = sorted((u for u in city.units if not u.dead), key=lambda u: Dice(city.seed, "platform", u.index).roll())
    if len(units) < 4:
        return
    for n, unit in enumerate(units[: picker.wanted(BREACHES["PL-01"])]):
        missing = _MISSING[(n + city.seed) % 4]
        unit.columns = [c for c in unit.columns if c.kind != missing]
        unit.missing = missing
        picker.load[unit.index] += 2
        _note(city, "PL-01", unit, None, None, missing, missing=missing)


def _reports(city: City, picker: Picker) -> None:
    if city.annual is not None:
        _reports_as_wanted(city, picker, city.annual)
        return
    for rule, kinds in (("TM-10", ("department", "stationed")), ("TM-11", ("district", "township"))):
        for n in range(picker.wanted(BREACHES[rule])):
            mine = [c for u in city.units if u.kind in kinds and not u.missing for c in u.columns]
            column = picker.pick(lambda c: c.kind == "annual_reports", mine)
            if column is None:
                break
            _withhold(city, column, rule, late=n % 2 == city.seed % 2)


def _reports_as_wanted(city: City, picker: Picker, wanted: annual.Annual) -> None:
    for late, count in ((True, wanted.late), (False, wanted.missing)):
        for _ in range(count):
            column = picker.pick(lambda c: c.kind == "annual_reports" and not c.unit.missing)
            if column is None:
                raise ValueError("the city has too few units for what is wanted of its yearly reports")
            rule = "TM-11" if column.unit.kind in ("district", "township") else "TM-10"
            _withhold(city, column, rule, late=late)


def _withhold(city: City, column: Column, rule: str, *, late: bool) -> None:
    """The last report due came late, if there was time for that, or not at all."""
    year, deadline = last_due(column.unit, city.as_of)
    came = deadline + dt.timedelta(days=4 + Dice(city.seed, "late", column.no).below(70))
    rest = column.reports[1:]
    if late and came < city.as_of - dt.timedelta(days=3):
        column.reports = ((year, came), *rest)
        _note(city, rule, column.unit, column, 0, f"{year}年年报于{came}发布", year=year, how="late")
    else:
        column.reports = rest
        column.count = len(rest)
        _note(city, rule, column.unit, column, None, f"{year}年年报未发布", year=year, how="missing")


def sow_annual(city: City, picker: Picker) -> None:
    """Last year's reports with one figure off, two that make up for each other, another's words, a part too few."""

    def next_one(also: Callable[[Column], bool] = lambda c: True) -> Column | None:
        def fits(column: Column) -> bool:
            return (
                column.kind == "annual_reports"
                and bool(column.reports)
                and column.reports[0][0] == last_due(column.unit, city.as_of)[0]
                and not column.unit.missing
                and also(column)
            )

        return picker.pick(fits)

    def sow_one(column: Column, flaw: annual.Flaw, note: str) -> None:
        column.annual[0] = flaw
        for rule in flaw.rules:
            _note(city, rule, column.unit, column, 0, note)

    wanted = city.annual or annual.Annual(
        arithmetic=picker.wanted(BREACHES["AR"]), compensating=picker.wanted(BREACHES["AR-10"]),
        copied=(picker.wanted(BREACHES["AR-11"]) + 1) // 2, same_as_last=picker.wanted(BREACHES["AR-11"]) // 2,
        lacks_part=picker.wanted(BREACHES["AR-12"]),
    )  # fmt: skip
    for _ in range(wanted.arithmetic):
        if column := next_one():
            flaw = annual.one_cell(Dice(city.seed, "annual-flaw", column.no))
            sow_one(column, flaw, f"年报表格一格有误：{flaw.changes}")
    for _ in range(wanted.compensating):
        if column := next_one():
            flaw = annual.compensating(Dice(city.seed, "annual-flaw", column.no))
            sow_one(column, flaw, f"年报表格两格互相抵消：{flaw.changes}")
    for _ in range(wanted.copied):
        column = next_one()
        first = _first_publisher(city, column) if column is not None else None
        if column is not None and first is not None:
            picker.take(first)  # its words stay its own
            sow_one(column, annual.Flaw("copied", ("AR-11",), (), (first, 0)), f"年报与{first.unit.name}雷同")
    for _ in range(wanted.same_as_last):
        if column := next_one(lambda c: len(c.reports) > 1 and annual.layout(city, c, 1).way != "scan"):
            sow_one(column, annual.Flaw("same_as_last", ("AR-11",), (), (column, 1)), "年报与上年雷同")
    for _ in range(wanted.lacks_part):
        if column := next_one(lambda c: annual.layout(city, c, 0).way != "scan"):
            sow_one(column, annual.Flaw("lacks_part", ("AR-12",)), "年报缺第五部分")


def _first_publisher(city: City, column: Column) -> Column | None:
    """Another unit's column whose sound report of the same year came out before this one."""
    year, day = column.reports[0]
    others = [
        other
        for unit in city.units
        if unit is not column.unit and not unit.dead and not unit.missing
        for other in unit.columns
        if other.reports
        and other.reports[0][0] == year
        and other.reports[0][1] < day - dt.timedelta(days=1)
        and not other.annual
        and annual.layout(city, other, 0).way != "scan"
    ]
    return min(others, key=lambda one: Dice(city.seed, "copied", one.no).roll()) if others else None


def _stale(city: City, picker: Picker) -> None:
    def of(kinds: tuple[str, ...]) -> Callable[[Column], bool]:
        return lambda c: c.kind in kinds and c.count > 1

    plans: list[tuple[str, tuple[str, ...], tuple[int, int]]] = []
    limits: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("UP-02", NEWS_KINDS),
        ("UP-03", HALF_YEAR_KINDS),
        ("UP-08", YEAR_KINDS),
    )
    for rule, kinds in limits:
        plans += [(rule, kinds, _STALE[rule])] * picker.wanted(BREACHES[rule])
    for n in range(picker.wanted(BREACHES["UP-09"])):
        plans.append(("UP-09", TABLE_YEAR, (380, 600)) if n % 3 == 1 else ("UP-09", TABLE_HALF_YEAR, (200, 400)))
    for rule, kinds, (low, high) in plans:
        column = picker.pick(of(kinds))
        if column is None:
            continue
        column.newest_age = Dice(city.seed, "stale", column.no).between(low, high)
        column.breach = rule
        _note(city, rule, column.unit, column, None, f"最新一条为{city.as_of - dt.timedelta(days=column.newest_age)}")


def _blank_and_undated(city: City, picker: Picker) -> None:
    windowed = (*NEWS_KINDS, *HALF_YEAR_KINDS, *YEAR_KINDS, *TABLE_HALF_YEAR, *TABLE_YEAR)
    for _ in range(picker.wanted(BREACHES["UP-06"])):
        column = picker.pick(lambda c: c.kind in windowed and c.kind not in NEWS_KINDS and c.count < 120)
        if column is not None:
            column.count, column.breach = 0, "UP-06"
            _note(city, "UP-06", column.unit, column, None, "空白栏目")
    for _ in range(picker.wanted(BREACHES["UP-07"])):
        column = picker.pick(
            lambda c: (
                c.kind in windowed
                and not c.labelled
                and c.family in ("trs", "trs_bare", "ucap", "vsb", "hanweb", "powereasy")
            )
        )
        if column is not None:
            column.undated, column.files_every, column.breach = True, 0, "UP-07"
            _note(city, "UP-07", column.unit, column, None, "列表与正文均无日期")


def _items(city: City, picker: Picker) -> None:
    for n in range(picker.wanted(BREACHES["TM-01"])):
        column = picker.pick(lambda c: c.labelled and c.count > 1 and c.kind != "catalogue")
        if column is None:
            break
        key = _middle(city, column)
        column.late = frozenset({key})
        _note(city, "TM-01", column.unit, column, key, f"成文后超过二十个工作日公开（{n + 1}）")
    for n in range(picker.wanted(BREACHES["CT-01"])):
        column = picker.pick(lambda c: c.kind in LABELLED_KINDS and c.count > 1 and c.family != "gkmlpt")
        if column is None:
            break
        key = _middle(city, column)
        field = _LACKING[(n + city.seed) % 3]
        column.lacking = {key: field}
        _note(city, "CT-01", column.unit, column, key, field, missing=field)


def _middle(city: City, column: Column) -> int:
    """An item that is neither the newest nor one of those that stand in two columns."""
    if column.count < 8:
        return column.count - 1
    return Dice(city.seed, "middle", column.no).between(5, column.count - 1)


def _faults(city: City, picker: Picker) -> None:
    room = len(city.columns) // 6
    wanted = [(fault, n) for fault, base in FAULTS.items() for n in range(picker.wanted(base))]
    wanted.sort(key=lambda pair: (pair[1], Dice(city.seed, "fault", pair[0]).roll()))
    moved = []
    for fault, _ in wanted[:room]:
        column = picker.pick(partial(_suits, fault))
        if column is None:
            continue
        column.fault = fault
        column.files_every = 0
        if fault == "moved":
            moved.append(column)
        elif column.fault not in faults.HARMLESS and column.no % 3 == 0 and fault != "empty_proxy":
            column.newest_age = 800  # what cannot be seen may look as bad as it likes
    for column in moved:
        twin = replace(
            column, no=max(c.no for u in city.units for c in u.columns) + 1, id=f"{column.id}-2",
            path=f"{column.path[:-1]}_2/",
            hidden=True, fault=None, offset=column.offset + 300, edits={}, extras=[], removed=set(),
        )  # fmt: skip
        column.newest_age = 420 + Dice(city.seed, "frozen", column.no).below(200)
        column.unit.columns.append(twin)


def _suits(fault: str, column: Column) -> bool:
    fits = faults.FITS.get(fault)
    rare = column.kind in ("replies", "consultation")  # there are few of them, and flaws to be sown in them
    if column.kind in PLATFORM_KINDS or rare or column.count < 2 or (fits is not None and column.family not in fits):
        return False
    if fault == "charset_header":
        return column.unit.site.encoding == "utf-8"
    if fault in ("burst_503", "truncated_once"):
        return column.count < 40
    if fault == "empty_proxy":
        return column.count > column.page_size
    if fault in ("soft404", "home_404", "redirect_home", "jump_404"):
        return column.family != "gkmlpt"
    return True


def _lifelike(city: City, picker: Picker) -> None:
    """Near misses, documents in two columns, feeds, careless addresses, and pages counted but not published."""
    quiet = [c for c in city.columns if c.no not in picker.taken and not c.unit.dead and c.count > 1]
    for column in quiet:
        if column.labelled and column.no % 3 == 0 and column.count > 2:
            column.near = frozenset({2})
    for unit in city.units:
        if unit.index % 3 == 2:
            continue
        mine = {c.kind: c for c in quiet if c.unit is unit}
        source, target = mine.get("policies"), mine.get("notices") or mine.get("normative")
        if source and target and not target.undated and source.count > 4:
            target.mirrors = ((source, 1), (source, 3))
            target.newest_age = min(target.newest_age, 60)
    plain = [
        c for c in quiet
        if c.family in ("trs", "trs_bare") and c.kind not in PLATFORM_KINDS and not c.mirrors and c.unit.style.clock
    ]  # fmt: skip
    for column in sorted((c for c in plain if c.family == "trs"), key=lambda c: -c.count)[: city.drawn]:
        column.family = "drawn"
        plain.remove(column)
    old = [c for c in plain if items.age(c, c.count - 1) > feeds.ABANDONED_DAYS + 30]
    for n in range(max(2, picker.wanted(8))):
        kind = ("rss", "rss_java", "atom", "atom_abandoned")[n % 4]
        fed = picker.pick(lambda c: True, old if kind == "atom_abandoned" else plain)
        if fed is not None:
            fed.feed = kind
    common = next((unit for unit in city.units if sum(c.unit is unit and c.feed is None for c in plain) > 1), None)
    for column in [c for c in plain if c.unit is common and c.feed is None]:
        column.feed = feeds.SHARED
    yearly = [c for c in plain if not c.feed and not c.labelled and c.count > 6 and c.no not in picker.taken]
    for column in yearly[::5]:
        _by_year(city, column)
    for bare in [c for c in quiet if c.family in ("trs", "trs_bare") and c.kind in HALF_YEAR_KINDS and not c.years][
        ::5
    ]:
        bare.no_slash = True
    long = [c for c in quiet if c.no not in picker.taken and c.family in ("trs", "trs_bare") and not c.mirrors]
    for cut in [c for c in long if c.count > 2 * c.page_size][::3]:
        cut.unpublished = 2 + cut.no % 3
    _written(c for c in city.columns if not c.unit.dead and c.kind not in PLATFORM_KINDS)
    if city.sites:
        city.sites[min(1, len(city.sites) - 1)].trap = "/neibu/"


def _written(columns: Iterable[Column]) -> None:
    """Lets some columns of static sites write their rows by script, or keep them in a file: one host mixes engines."""
    static = [c for c in columns if c.family in ("trs", "trs_bare") and c.fault is None and c.count > 1]
    free = [c for c in static if not (c.years or c.feed or c.unpublished or c.no_slash)]
    for n, column in enumerate(free[::4]):
        column.family = ("trs_written", "trs_json")[n % 2]


def _by_year(city: City, column: Column) -> None:
    """Gives a column a list for each year, as sites do that start a new one every January."""
    this, folder = city.as_of.year, column.path
    column.path = f"{folder}{this}n/"
    column.years = ((0, folder), (this, column.path), (this - 1, f"{folder}{this - 1}n/"))
    last = replace(
        column, no=max(c.no for u in city.units for c in u.columns) + 1, id=f"{column.id}-{this - 1}",
        name=f"{this - 1}年", path=f"{folder}{this - 1}n/", hidden=True, archive=True, offset=column.offset + 500,
        newest_age=330 + column.newest_age, mirrors=(), near=frozenset(), edits={}, extras=[], removed=set(),
    )  # fmt: skip
    column.unit.columns.append(last)
