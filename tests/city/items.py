"""Item ``key`` of a column, as a pure function of the seed; and the order in which a column lists its items.

Key 0 is the newest of the items a column starts with; keys from ``count`` on are mirrors of a sister column's
documents and what tests publish later.
"""

from __future__ import annotations

import datetime as dt
from array import array
from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.city import annual, matters, words
from tests.city.dice import Dice
from tests.city.model import Column, Facts, File

if TYPE_CHECKING:
    from tests.city.city import City


_NO_FACTS = ("version", "changed_at", "body", "credit", "published_on", "placed_on")  # of what an edit may give


def weekdays_before(day: dt.date, count: int) -> dt.date:
    """The day from which ``count`` weekdays (Monday to Friday) lead to ``day``."""
    while count:
        if day.weekday() < 5:
            count -= 1
        day -= dt.timedelta(days=1)
    while day.weekday() >= 5:
        day -= dt.timedelta(days=1)
    return day


def age(column: Column, key: int) -> int:
    """Days between the item's publication and as_of; never falls with the key."""
    if column.count <= 1:
        return column.newest_age
    step = key - key % column.burst
    return column.newest_age + step * column.span // column.count


def is_file(column: Column, key: int) -> bool:
    """Whether the row links a file directly and there is no page."""
    every = column.files_every
    return bool(every) and key < column.count and key % every == every - 1


def shown_day(city: City, column: Column, key: int) -> dt.date:
    """The day of publication its page claims (or would, in a column without dates)."""
    given = column.edits.get(key, {}).get("published_on")
    return given if isinstance(given, dt.date) else address_day(city, column, key)


def address_day(city: City, column: Column, key: int) -> dt.date:
    """The day the item was put on the site; an address keeps it whatever is edited later."""
    given = column.edits.get(key, {}).get("placed_on")
    if isinstance(given, dt.date):
        return given
    if column.reports:
        return column.reports[key][1]
    return city.as_of - dt.timedelta(days=age(column, key))


def origin(column: Column, key: int) -> tuple[Column, int]:
    """Where a mirrored document really belongs."""
    place = key - column.count
    if 0 <= place < len(column.mirrors):
        return column.mirrors[place]
    return column, key


def order(city: City, column: Column) -> array[int]:
    """Keys in the order the column lists them; four bytes an item, made on first use."""
    if column.order is None:
        base = [k for k in range(column.count) if k not in column.removed]
        if any("published_on" in given for k, given in column.edits.items() if k < column.count):
            base.sort(key=lambda k: -shown_day(city, column, k).toordinal())
        added = [k for k in range(column.count, column.count + len(column.mirrors)) if k not in column.removed]
        added += [k for k in column.extras if k not in column.removed]
        days = [-shown_day(city, column, k).toordinal() for k in base] if added else []
        for key in added:
            day = -shown_day(city, *origin(column, key)).toordinal()
            place = bisect_right(days, day - 1)  # before the items of the same day
            days.insert(place, day)
            base.insert(place, key)
        if column.disorder:
            for place in range(4, len(base) - 6, 13):
                base[place], base[place + 5] = base[place + 5], base[place]
        for n in range(min(column.sticky, len(base) // 3)):
            base.insert(0, base.pop(len(base) * 2 // 3 + n))
        column.order = array("I", base)
    return column.order


def facts_of(city: City, column: Column, key: int) -> Facts:
    """Everything true of one item as shown in ``column``."""
    home, home_key = origin(column, key)
    if home is not column:
        return replace(facts_of(city, home, home_key), column=column, key=key, is_file=False)
    unit, style = column.unit, column.unit.style
    dice = Dice(city.seed, "item", column.no, key)
    day = shown_day(city, column, key)
    edits = column.edits.get(key, {})
    title = _title(city, column, key)
    html_title = title
    clock: dt.time | None = None
    if style.clock:
        clock = dt.time(dice.between(8, 17), dice.below(60), dice.below(60) if style.clock == "seconds" else 0)
    repost = (
        column.kind in ("policies", "notices")
        and key % 9 == 4
        and key not in column.late | column.near | column.flawed.keys()
    )
    labelled = column.labelled
    formed = issuing = number = index = subject = summary = None
    if labelled:
        issuing = unit.name
        formed = day - dt.timedelta(days=dice.below(9))
        if key in column.late:
            formed = weekdays_before(day, dice.between(35, 60))
        elif key in column.near:
            formed = weekdays_before(day, 18)
        elif repost:
            issuing = dice.one((f"{words.PROVINCE}人民政府办公厅", f"{words.CITY}人民政府", f"{words.PROVINCE}财政厅"))
            formed = day - dt.timedelta(days=dice.between(60, 400))
        number = _number(column, key, formed, repost, dice)
        index = _index(column, key, day)
        if (flaw := column.flawed.get(key)) == "null_index":
            index = f"null/{day.year}-{key + 1:05d}"
        elif flaw == "same_index":
            index = _index(column, key + 1, shown_day(city, column, key + 1))
        matter, place, _, _ = words.parts(column.offset, key)
        summary = dice.one(words.SUMMARIES).replace("{p}", place).replace("{m}", matter)
        if style.labels != 2:
            subject = dice.one(words.THEMES)
            if style.label_words % 2:
                subject += "\\" + dice.one(words.SUBTHEMES)
    source = None
    if style.source:
        source = dice.one((unit.name, unit.name, unit.short, dice.one(words.MEDIA)))
    missing = column.lacking.get(key)
    files, empty = _files(city, column, key, day, dice)
    direct = is_file(column, key)
    odd = dice.below(40)
    if odd == 0 and len(title) > 16:
        html_title = title[:10] + "<br/>" + title[10:]
    elif odd == 1:
        html_title = title[:6] + "\u200b" + title[6:] + "&nbsp;"
    meta = day
    if style.metas and dice.chance(3):
        meta = day - dt.timedelta(days=dice.one((1, 2, 17, 365, 800)))
    facts = Facts(
        column=column, key=key, title=title, html_title=html_title, published_on=day, clock=clock, source=source,
        issuing_body=issuing,
        document_number=number, index_number=None if missing == "index_number" else index,
        formed_on=None if missing == "formed_on" else formed, subject=subject,
        summary=None if missing == "summary" else summary, files=files, is_file=direct, empty_body=empty,
        labelled=labelled,
        meta_on=meta, address_on=address_day(city, column, key), version=0,
    )  # fmt: skip
    if direct:
        facts = replace(
            facts, html_title=title, source=None, files=(), clock=facts.clock if _row_clock(column) else None,
            issuing_body=None, document_number=None, index_number=None, formed_on=None, subject=None, summary=None,
        )  # fmt: skip
    if column.undated:
        facts = replace(facts, published_on=None, clock=None, meta_on=None)
    if edits:
        known = {k: v for k, v in edits.items() if k not in _NO_FACTS}
        if "title" in known:
            known["html_title"] = known["title"]
        if "published_on" in edits and not column.undated:
            known["meta_on"] = edits["published_on"]
        facts = replace(facts, version=edits.get("version", 0), **known)
    return facts


def _row_clock(column: Column) -> bool:
    return column.family == "powereasy"


def title_at(city: City, column: Column, key: int) -> str:
    """The title alone, for rows and side lists."""
    home, home_key = origin(column, key)
    given = home.edits.get(home_key, {}).get("title")
    return str(given) if given else _title(city, home, home_key)


def _title(city: City, column: Column, key: int) -> str:
    unit = column.unit
    given = column.edits.get(key, {}).get("title")
    if given:
        return str(given)
    if column.flawed and (own := matters.title(city, column, key, shown_day(city, column, key))):
        return own
    if column.kind == "guide":
        return f"{unit.name}政府信息公开指南"
    if column.reports:
        return f"{unit.name}{column.reports[key][0]}年政府信息公开工作年度报告"
    formal = column.kind in ("policies", "normative", "catalogue", "rules", "budget")
    prefix = f"{column.name}：" if column.kind == "other" else unit.name if formal else ""
    title = words.title_of(column.kind, column.offset, key, prefix)
    if unit.site.encoding != "utf-8" and key % 6 == 1:
        title += words.EXTRA
    return title


def body_of(city: City, facts: Facts) -> tuple[str, ...]:
    """The body's paragraphs; empty where the document is only a file."""
    home, key = origin(facts.column, facts.key)
    given = home.edits.get(key, {}).get("body")
    if given is not None:
        return tuple(given)
    if facts.empty_body or facts.is_file:
        return ()
    unit = home.unit
    dice = Dice(city.seed, "body", home.no, key)
    if home.kind == "guide":
        return matters.guide(unit, home.flawed.get(key))
    if home.reports:
        return annual.paragraphs(city, home, key)
    matter, place, _, _ = words.parts(home.offset, key)
    text = words.paragraphs(dice, matter, place)
    if unit.site.encoding != "utf-8" and key % 4 == 1:
        text = (*text[:-1], text[-1] + "联系人：堃喆、镕玥，另见“㙍”“𠮷”等生僻字对照。")
    return (*text, *matters.more(city, home, key, shown_day(city, home, key)))


def _number(column: Column, key: int, formed: dt.date, repost: bool, dice: Dice) -> str | None:
    if column.kind == "catalogue" or (column.kind == "notices" and key % 2):
        return None
    word = column.unit.number_word + {"policies": "发", "normative": "规", "notices": "函"}.get(column.kind, "字")
    if repost:
        word = "霁政办发" + "甲乙丙丁戊己庚辛"[column.unit.index % 8]
        return f"{word}〔{formed.year}〕{key * 2 + (column.kind == 'notices') + 1}号"
    return f"{word}〔{formed.year}〕{key + 1}号"


def _index(column: Column, key: int, day: dt.date) -> str:
    unit = column.unit
    serial = key * len(unit.columns) + unit.columns.index(column) + 1
    code = f"6299{unit.index:05d}"
    form = unit.style.index
    if form == 0:
        return f"{code[:8]}-{unit.index % 10}/{day.year}-{serial:05d}"
    if form == 1:
        return f"11{code}MB{unit.index:04d}K/{day.year}-{serial:05d}"
    if form == 2:
        return f"{day.year}-{day.month:02d}-{serial * 211 + unit.index:05d}"  # looks like a date and is none
    return f"{unit.site.code}{unit.index:02d}/{day.year}-{serial:06d}"


def _files(city: City, column: Column, key: int, day: dt.date, dice: Dice) -> tuple[tuple[File, ...], bool]:
    from tests.city import families

    if column.reports:
        return annual.files(city, column, key), not annual.paragraphs(city, column, key)
    if column.kind == "guide" or key in column.flawed or not dice.chance(22):
        return (), False
    matter, place, _, _ = words.parts(column.offset, key)
    files = []
    for n in range(dice.between(1, 3)):
        kind = dice.one(("pdf", "docx", "xlsx", "doc", "ofd", "pdf"))
        name = dice.one(
            (f"附件{n + 1}：{place}{matter}申报表", f"{n + 1}.{matter}任务分工表", f"{place}{matter}一览表{n + 1}")
        )
        files.append(families.file_of(city, column, key, day, n, f"{name}.{kind}", kind))
    return tuple(files), dice.chance(15)
