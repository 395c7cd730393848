"""The plan of the city: which units there are, where they publish, and which columns they keep.

Sizes in, healthy units and columns out; what is wrong with them is decided in ``seeding``.
"""

from __future__ import annotations

import datetime as dt

from tests.city import words
from tests.city.dice import Dice
from tests.city.model import (
    HALF_YEAR_KINDS,
    LABELLED_KINDS,
    NEWS_KINDS,
    PLATFORM_KINDS,
    TABLE_HALF_YEAR,
    Column,
    Site,
    Style,
    Unit,
)

FAMILIES = (
    "trs", "hanweb", "gkmlpt", "jpaas", "ucap", "vsb", "powereasy", "trs_bare", "ucap_json", "trs",
    "lonsun", "truecms", "aspnet",
    "ewb", "trs_frame", "hycloud", "trs_script",
)  # fmt: skip
SECTION_FAMILIES = ("trs", "jpaas", "trs", "powereasy", "trs_bare")  # one host mixes engines

# what a Hanweb site lists by its disclosure module, beside the lists of jpage
DISCLOSED = (*LABELLED_KINDS, "personnel", "plans", "permits", "penalties", "budget")

ORDER = {
    "district": (
        "news", "notices", "policies", "personnel", "statistics", "normative", "budget", "emergency", "plans",
        "procurement",
        "projects", "recruitment", "livelihood", "inspection", "interpretation", "permits", "penalties", "leaders",
        "functions", "consultation", "fees", "replies", "request", "feedback", "gazette", "activity",
    ),
    "department": (
        "activity", "policies", "notices", "plans", "penalties", "budget", "personnel", "permits", "interpretation",
        "inspection", "functions", "normative", "statistics", "recruitment", "fees", "livelihood", "leaders",
        "consultation",
        "procurement", "request", "replies", "projects", "emergency", "feedback",
    ),
    "stationed": ("activity", "notices", "permits", "penalties", "functions", "policies", "statistics", "fees",
    "plans", "leaders"),
    "township": ("news", "notices", "livelihood", "budget", "emergency", "plans", "functions", "projects", "replies"),
}  # fmt: skip
# units that keep very few columns take these in turn, so that every rule still has something to watch
FEW = 6
TAKEN_IN_TURN = (
    "activity",
    "policies",
    "plans",
    "statistics",
    "notices",
    "personnel",
    "livelihood",
    "penalties",
    "budget",
)
QUOTA = {"district": 11, "department": 8, "stationed": 7, "township": 7}
WEIGHT = {"news": 8, "activity": 6, "notices": 5, "policies": 3, "penalties": 3, "permits": 3, "procurement": 3}
SLUGS = {
    "news": "zwyw", "activity": "gzdt", "notices": "tzgg", "policies": "zcwj", "normative": "gfxwj",
    "interpretation": "zcjd",
    "consultation": "yjzj", "feedback": "yjfk", "personnel": "rsxx", "plans": "ghjh", "statistics": "tjsj",
    "leaders": "ldxx",
    "functions": "jgzn", "budget": "czyjs", "procurement": "zfcg", "projects": "zdxm", "permits": "xzxk",
    "penalties": "xzcf",
    "fees": "sfxm", "recruitment": "zkly", "emergency": "yjgl", "livelihood": "msbz", "inspection": "jdjc",
    "guide": "zn",
    "rules": "zd", "catalogue": "fdzdgknr", "annual_reports": "nb", "request": "ysqgk", "replies": "lyfd",
    "gazette": "zfgb",
    "other": "qt",
}  # fmt: skip
ROW_DATES = ("%Y-%m-%d", "%Y/%m/%d", "[%Y-%m-%d]", "%Y年%m月%d日", "%Y.%m.%d", "split", "%m-%d", "%Y-%m-%d")
DATES = ("%Y-%m-%d", "%Y年%m月%d日", "%Y/%m/%d", "%Y-%m-%d")


def _names(count: int, known: tuple[tuple[str, ...], ...], tail: str) -> list[tuple[str, ...]]:
    """``count`` names: the known ones, then made-up ones."""
    out = list(known[:count])
    for n in range(len(out), count):
        word = "澜汀溆荻蓼渌洇沚"[n % 8] + "禾砚穗圃坂畈塬埠"[n // 8 % 8]
        number = "" if n < 64 else str(n // 64)
        out.append(
            (f"u{n}-{SLUGS['news']}"[: 3 + len(str(n))].rstrip("-"), f"{word}{number}{tail}", f"青{word}{number}")
        )
    return out


def _style(seed: int, index: int, family: str) -> Style:
    dice = Dice(seed, "style", index)
    return Style(
        row=dice.below(4),
        row_date=dice.one(ROW_DATES),
        info=dice.below(4),
        date=dice.one(DATES),
        clock="seconds" if family in ("powereasy", "ucap_json", "gkmlpt") else dice.one(("", "minutes", "seconds")),
        labels=dice.below(4),
        body=dice.below(3),
        metas=index % 6 != 5,
        source=index % 7 != 6,
        index=dice.below(4),
        nav=dice.below(2),
        label_words=dice.below(4),
        gzip=index % 3 == 0,
    )


def lay_out(seed: int, units: int, columns: int | None, items: int, as_of: dt.date) -> tuple[list[Site], list[Unit]]:
    """All sites and units with healthy columns."""
    if units < 1:
        raise ValueError(f"a city needs at least one unit, not {units}")
    districts = max(1, round(units * 10 / 34))
    stationed = round(units * 6 / 34) if units > 3 else 0
    townships = round(units * 2 / 34) if units > 7 else 0
    departments = units - districts - stationed - townships
    sites: list[Site] = []
    found: list[Unit] = []
    portal = Site(0, f"{words.CITY}人民政府门户网站", "6299000001", "http://127.0.0.1:20000")
    sites.append(portal)

    def add(
        kind: str, ident: str, name: str, short: str, word: str, supervision: str, host: Site | None, prefix: str
    ) -> Unit:
        index = len(found)
        if host is None:
            host = Site(
                len(sites),
                f"{name}网站",
                f"6299{index % 90 + 1:02d}{1000 + index:04d}",
                f"http://127.0.0.1:{20000 + len(sites)}",
            )
            sites.append(host)
            family = FAMILIES[len(sites) % len(FAMILIES)]
        else:
            family = "trs" if prefix == "/" else SECTION_FAMILIES[index % len(SECTION_FAMILIES)]
        unit = Unit(
            ident, name, short, kind, supervision, index, family, _style(seed, index, family), host, prefix, word
        )
        host.units.append(unit)
        found.append(unit)
        return unit

    for n, (ident, name, *_) in enumerate(_names(districts, words.DISTRICTS, "县")):
        ident = ident if n < len(words.DISTRICTS) else f"xian-{n}"
        add("district", ident, f"{name}人民政府", name, f"{name[:2]}政", "local", None, "/")
    for n, (ident, name, word) in enumerate(_names(departments, words.DEPARTMENTS, "服务局")):
        ident = ident if n < len(words.DEPARTMENTS) else f"ju-{n}"
        host = portal if n == 0 or n % 3 == 1 else None
        full = f"{words.CITY}{name}"
        add(
            "department",
            ident,
            full,
            f"市{name}" if n else "市政府办公室",
            word,
            "local",
            host,
            f"/bm/{ident}/" if host and n else "/",
        )
    for n, (ident, name, word) in enumerate(_names(stationed, words.STATIONED, "监测站")):
        ident = ident if n < len(words.STATIONED) else f"zhan-{n}"
        add("stationed", ident, name, name.removeprefix("国家税务总局"), word, "vertical", None, "/")
    for n, (ident, name, *_) in enumerate(_names(townships, words.TOWNSHIPS, "镇")):
        ident = ident if n < len(words.TOWNSHIPS) else f"zhen-{n}"
        host = found[0].site if n % 2 == 0 else None
        prefix = f"/xz{n}/" if host else "/"  # a township on its district's site keeps a section of its own
        add("township", ident, f"{name}人民政府", name, f"{name[:2]}镇政", "local", host, prefix)
    if not portal.units:
        sites.remove(portal)
    plain = [s for s in sites if s is not portal and all(u.family == "trs" for u in s.units)]
    for site in plain[::4]:
        site.encoding = "gb18030"
    _columns(seed, found, columns, items, as_of)
    return sites, found


def _columns(seed: int, units: list[Unit], columns: int | None, items: int, as_of: dt.date) -> None:
    total = sum(QUOTA[u.kind] for u in units)
    number, cursor = 1000, 0
    for unit in units:
        quota = QUOTA[unit.kind]
        if columns is not None:
            quota = max(5, round(quota * columns / total))
        quota = min(quota, max(6, items // len(units) // 3))
        kinds = list(PLATFORM_KINDS)
        wanted = ORDER[unit.kind]
        # the first three are kept by all, the others take turns, so that every kind stands somewhere
        turn = unit.index * 2 % max(1, len(wanted) - 3)
        kinds += wanted[:3] + wanted[3 + turn :] + wanted[3 : 3 + turn]
        if quota <= FEW:
            taking = [TAKEN_IN_TURN[(cursor + n) % len(TAKEN_IN_TURN)] for n in range(quota - len(PLATFORM_KINDS))]
            cursor += len(taking)
            kinds = [*PLATFORM_KINDS, *dict.fromkeys(taking)]
        kinds += ["other"] * max(0, quota - len(kinds))
        for place, kind in enumerate(kinds[:quota]):
            number += 1
            _add(seed, unit, number, kind, place, as_of)
    _share(seed, units, items)


def _add(seed: int, unit: Unit, number: int, kind: str, place: int, as_of: dt.date) -> None:
    dice = Dice(seed, "column", number)
    slug = SLUGS[kind]
    name = dice.one(words.COLUMN_NAMES[kind])
    if kind == "other":
        nth = sum(c.kind == "other" for c in unit.columns)
        slug, name = f"qt{nth + 1}", f"{name}{nth + 1}"
    family = "hanweb_xxgk" if unit.family == "hanweb" and kind in DISCLOSED else unit.family
    folder = "zfxxgk" if kind in PLATFORM_KINDS else "zwgk"
    column = Column(number, slug, name, kind, unit, family, f"{unit.prefix}{folder}/{slug}/")
    column.offset = dice.below(700)
    column.page_size = dice.one((10, 12, 15, 20))
    column.burst = dice.one((1, 1, 2, 4))
    column.span = dice.between(500, 1100)
    column.labelled = kind in LABELLED_KINDS or (kind == "notices" and unit.index % 2 == 0)
    column.sticky = dice.below(3) if dice.chance(30) else 0
    column.disorder = dice.chance(25)
    if kind in NEWS_KINDS:
        column.newest_age = dice.one((1, 2, 3, 4, 6, 12))
    elif kind in HALF_YEAR_KINDS:
        column.newest_age = dice.one((2, 5, 9, 20, 60, 168))
    elif kind in TABLE_HALF_YEAR:
        column.newest_age = dice.between(3, 150)
    elif kind == "guide":
        column.newest_age = dice.between(30, 500)
    else:
        column.newest_age = dice.between(5, 300)
    column.row_dates = family != "trs_bare" or kind in PLATFORM_KINDS
    if (
        kind not in (*LABELLED_KINDS, *PLATFORM_KINDS)
        and not column.labelled
        and family in ("trs", "ucap", "vsb")
        and dice.chance(20)
    ):
        column.files_every = dice.between(7, 11)
    if kind == "annual_reports":
        column.reports = _reports(unit, as_of, dice)
        column.count = len(column.reports)
        column.burst, column.sticky, column.disorder = 1, 0, False
    elif kind == "guide":
        column.count = 1
        column.single = unit.index % 2 == 0
    elif kind == "rules":
        column.count = dice.between(2, 4)
    elif kind == "catalogue":
        column.count = dice.between(3, 8)
    unit.columns.append(column)


def last_due(unit: Unit, as_of: dt.date) -> tuple[int, dt.date]:
    """The last year whose annual report is due at ``as_of``, and its deadline (条例 第四十九条)."""
    month, day = (3, 31) if unit.kind in ("district", "township") else (1, 31)
    year = as_of.year - 1 if as_of > dt.date(as_of.year, month, day) else as_of.year - 2
    return year, dt.date(year + 1, month, day)


def _reports(unit: Unit, as_of: dt.date, dice: Dice) -> tuple[tuple[int, dt.date], ...]:
    due, deadline = last_due(unit, as_of)
    out = []
    for year in range(due, due - dice.between(3, 5), -1):
        out.append(
            (
                year,
                dt.date(year + 1, 1, dice.between(5, 28))
                if deadline.month == 1
                else dt.date(year + 1, dice.between(1, 3), dice.between(5, 26)),
            )
        )
    return tuple(out)


def _share(seed: int, units: list[Unit], items: int) -> None:
    """Hands the wanted number of items to the columns whose size is free."""
    free = [c for u in units for c in u.columns if c.kind not in PLATFORM_KINDS]
    left = items - sum(c.count for u in units for c in u.columns)
    weights = []
    for column in free:
        weight = WEIGHT.get(column.kind, 2) * (10 + Dice(seed, "weight", column.no).below(10))
        if column.family == "gkmlpt" and column.kind == "notices":
            weight *= 4
        weights.append(weight)
    total = sum(weights) or 1
    for column, weight in zip(free, weights, strict=True):
        column.count = max(2, left * weight // total)
    for column in free:
        # short columns reach less far back, so that they are not all years old
        column.span = min(column.span, 40 + column.count * 25)
