"""``gongkai report categories``, ``gongkai report metadata`` and ``gongkai catalogue recategorise``.

What the catalogue holds is counted by the office's eight classes, checked for the national core metadata, and classed
anew by the tables of today. Numbers always stand with what they are of.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from harvesters import categories
from harvesters.normalise import content_hash
from storage import catalogue, registry, settings
from storage.catalogue import Completeness, Count, counting
from storage.classification import core
from storage.database import Database, open_database
from storage.exceptions import UnknownTarget
from storage.schema import Category, City, Item

_SHOWN = 8  # examples of changes told a line each


# ------------------------------------------------------------------ categories


def show_categories(
    *, year: int | None, first: dt.date | None, last: dt.date | None, unit: str | None, as_json: bool, out: Path | None
) -> None:
    """Prints the counts of the eight classes: the whole, by unit, and by column of one unit.

    :raises UnknownTarget: there is no such unit.
    """
    if year is not None:
        first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    with closing(open_database()) as database:
        city = registry.load_city(database)
        counts = catalogue.category_counts(database, first=first, last=last, unit=_known(city, unit, database))
        every = counts if first is None and last is None else catalogue.category_counts(database, unit=unit)
    told = categories_json(counts, every, city, first=first, last=last, unit=unit)
    _write([json.dumps(told, ensure_ascii=False, indent=1)] if as_json else categories_lines(told), out)


def categories_json(
    counts: Sequence[Count],
    every: Sequence[Count],
    city: City | None,
    *,
    first: dt.date | None,
    last: dt.date | None,
    unit: str | None,
) -> dict[str, Any]:
    """The counts, JSON-safe: ``whole`` counts each document once, ``shown_by_units`` copies too.

    :param every: the counts without a span of days, which tell how many items no span can hold.
    """
    names = {one.id: one.name for one in city.units} if city else {}
    whole, shown = counting.whole(counts), counting.own(counts)
    by_unit = counting.grouped(counts, lambda one: one.unit)
    order = [*(name for name in names if name in by_unit), *(name for name in by_unit if name not in names)]
    columns = {(one.id, column.id): column.name for one in city.units for column in one.columns} if city else {}
    return {
        "city": city.name if city else None,
        "from": first.isoformat() if first else None,
        "to": last.isoformat() if last else None,
        "unit": unit,
        "categories": list(Category),
        "whole": _sums(whole),
        "shown_by_units": _sums(shown),
        "copies": sum(one.count for one in counts if one.is_copy and not one.withdrawn),
        "withdrawn": sum(one.count for one in counts if one.withdrawn),
        "undated": sum(one.count for one in every if one.year is None and not one.withdrawn and not one.is_copy),
        "units": [
            {
                "unit": name,
                "name": names.get(str(name), name),
                **_sums(counting.own(by_unit[name])),
                "leading": sum(counting.whole(by_unit[name]).values()),
                "copies": sum(one.count for one in by_unit[name] if one.is_copy and not one.withdrawn),
                "withdrawn": sum(one.count for one in by_unit[name] if one.withdrawn),
                "columns": [
                    {"column": column, "name": columns.get((str(name), str(column)), column), **_sums(counting.own(of))}
                    for column, of in counting.grouped(by_unit[name], lambda one: one.column).items()
                ],
            }
            for name in order
        ],
        "years": [
            {"year": year, **_sums(counting.whole(of_year))}
            for year, of_year in sorted(
                counting.grouped(counts, lambda one: one.year).items(), key=lambda pair: int(pair[0] or 0)
            )
        ],
    }


def _sums(by_class: dict[Category, int]) -> dict[str, Any]:
    return {"total": sum(by_class.values()), "counts": {one.value: count for one, count in by_class.items()}}


def categories_lines(told: dict[str, Any]) -> Iterator[str]:
    """The counts for people: a line that adds up, then a table."""
    span = f"{told['from'] or '…'} – {told['to'] or '…'}" if told["from"] or told["to"] else "all years 全部年份"
    yield f"{told['city'] or '-'} · {span}" + (f" · {told['unit']}" if told["unit"] else "")
    key = "shown_by_units" if told["unit"] else "whole"
    yield f"{told[key]['total']} = " + " + ".join(f"{name} {count}" for name, count in told[key]["counts"].items())
    if told["copies"]:
        yield (
            f"of documents that several units published, {told['copies']} copies are in the units' own counts only: "
            f"{told['shown_by_units']['total']} shown 各单位合计, {told['whole']['total']} documents 去重后"
        )
    if told["withdrawn"]:
        yield f"{told['withdrawn']} withdrawn 已撤下, in no count"
    if told["undated"]:
        where = "in no span" if told["from"] or told["to"] else "in the counts, of no year"
        yield f"{told['undated']} without a date of publication 无发布日期, {where}"
    heads = ["total", *told["categories"]]
    rows = told["units"] if not told["unit"] else [column for one in told["units"] for column in one["columns"]]
    yield from _table(heads, [(one["name"], [one["total"], *one["counts"].values()]) for one in rows])
    if len(told["years"]) > 1:
        yield ""
        years = [(str(one["year"] or "undated"), [one["total"], *one["counts"].values()]) for one in told["years"]]
        yield from _table(heads, years)


def _table(heads: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> Iterator[str]:
    widths = [max(_width(head), 6) for head in heads]
    yield "  ".join(_left(head, width) for head, width in zip(heads, widths, strict=True))
    for name, values in rows:
        cells = [str(value).rjust(width) for value, width in zip(values, widths, strict=True)]
        yield f"{'  '.join(cells)}  {name}"


def _width(text: str) -> int:
    return sum(2 if ord(sign) > 0x2E80 else 1 for sign in text)


def _left(text: str, width: int) -> str:
    return " " * (width - _width(text)) + text


# ------------------------------------------------------------------ metadata


def show_metadata(
    *, unit: str | None, category: Sequence[Category], as_json: bool, as_csv: bool, out: Path | None
) -> None:
    """Prints how far units fill the core metadata of the national catalogue.

    :raises UnknownTarget: there is no such unit.
    """
    with closing(open_database()) as database:
        city = registry.load_city(database)
        unit = _known(city, unit, database)
        found = catalogue.completeness(database, unit=unit, categories=category)
        told = metadata_json(found, city)
        if as_json:
            _write_json(told, catalogue.iter_values(database, unit=unit, categories=category), out)
            return
    _write(metadata_csv(told) if as_csv else metadata_lines(told), out, bom=as_csv)


def metadata_json(found: Sequence[Completeness], city: City | None) -> dict[str, Any]:
    """The elements, and each unit's numbers by element; JSON-safe."""
    names = {one.id: one.name for one in city.units} if city else {}
    return {
        "city": city.name if city else None,
        "elements": [
            {
                "key": one.key,
                "chinese": one.chinese,
                "need": one.need.value,
                "need_chinese": core.NEEDS[one.need],
                "when": one.when,
                "law": one.law,
                "source": one.source,
            }
            for one in core.ELEMENTS
        ],
        "units": [
            {
                "unit": one.unit,
                "name": names.get(one.unit, one.unit),
                "items": one.items,
                "unread": one.unread,
                "elements": {
                    key: {"filled": told.filled, "of": told.of, "stated": told.stated, "missing": told.examples}
                    for key, told in one.elements.items()
                },
                "unknown_themes": dict(one.unknown_themes.most_common()),
            }
            for one in found
        ],
    }


def metadata_lines(told: dict[str, Any]) -> Iterator[str]:
    """The numbers for people: all units' by element, then each unit's in a line."""
    units = told["units"]
    items, unread = sum(one["items"] for one in units), sum(one["unread"] for one in units)
    yield f"{told['city'] or '-'} · {items} items stand, {unread} of them not read (files, other sites): asked nothing"
    yield "V: read in the guideline; K-low: from memory, to be checked; 条件 by our reading; * 条例 第十二条"
    for element in told["elements"]:
        of = [one["elements"][element["key"]] for one in units]
        filled, owed = sum(one["filled"] for one in of), sum(one["of"] for one in of)
        law = "*" if element["law"] else " "
        yield (
            f"{law} {_padded(element['chinese'], 14)}{_padded(element['need_chinese'], 10)}{element['source']:6}"
            f"{filled:>9} / {owed:<9}{_share(filled, owed):>7}  {element['when'] or ''}"
        )
    for one in units:
        yield ""
        yield f"{one['name']} ({one['unit']}): {one['items']} items, {one['unread']} not read"
        for element in told["elements"]:
            number = one["elements"][element["key"]]
            if number["filled"] < number["of"] and element["need"] != core.Need.OPTIONAL.value:
                yield (
                    f"  {_padded(element['chinese'], 14)}{number['filled']} / {number['of']}  "
                    f"missing e.g. {number['missing'][0]}"
                )
        if one["unknown_themes"]:
            shown = "、".join(f"{name} ×{count}" for name, count in list(one["unknown_themes"].items())[:_SHOWN])
            yield f"  none of the 22 themes 不在22类之内: {shown}"


def metadata_csv(told: dict[str, Any]) -> Iterator[str]:
    """A row a unit and element."""
    heads = ("unit", "name", "items", "unread", "element", "chinese", "need", "source", "filled", "of", "stated")
    yield _csv_line((*heads, "missing"))
    for one in told["units"]:
        for element in told["elements"]:
            number = one["elements"][element["key"]]
            yield _csv_line(
                (
                    *(one["unit"], one["name"], one["items"], one["unread"], element["key"], element["chinese"]),
                    *(element["need_chinese"], element["source"], number["filled"], number["of"], number["stated"]),
                    " ".join(number["missing"]),
                )
            )


def _csv_line(values: Sequence[Any]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def _padded(text: str, width: int) -> str:
    return text + " " * max(1, width - _width(text))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "-"


def _write_json(told: dict[str, Any], items: Iterable[dict[str, Any]], out: Path | None) -> None:
    """The numbers, then ``items``: what each lacks, an object a line, in bounded memory."""

    def lines() -> Iterator[str]:
        head = json.dumps(told, ensure_ascii=False, indent=1)
        yield f'{head.removesuffix("}").rstrip()},\n "items": ['
        before = ""
        for item in items:
            lost = core.missing(item)
            if lost:
                one = {"item": item["id"], "unit": item["unit"], "url": item["url"], "missing_core": list(lost)}
                yield f"{before}  {json.dumps(one, ensure_ascii=False)}"
                before = ","
        yield "]}"

    _write(lines(), out)


# ------------------------------------------------------------------ recategorise


def recategorise(*, dry_run: bool) -> None:
    """Classes the whole catalogue by the tables of today; each change is a revision that consumers receive.

    :raises SettingsError: the city's own table says something that is not understood.
    """
    categories.load(settings.load().home / categories.OWN)
    moves: Counter[tuple[str, str, str]] = Counter()
    items = 0
    with closing(open_database()) as database:
        kinds = registry.kinds(database)

        def derive(item: Item) -> Item:
            known = kinds.get((item.unit, item.column))
            if known is None:
                return item
            made = categories.recategorised(*known, item)
            return made if made.validity == item.validity else replace(made, content_hash=content_hash(made))

        for one in catalogue.rederive(database, derive, write=not dry_run):
            items += 1
            for name in one.changed:
                if name != "content_hash":
                    moves[name, str(getattr(one.before, name) or "-"), str(getattr(one.after, name) or "-")] += 1
    done = "would change" if dry_run else "changed, each by a revision"
    typer.echo(f"{items} items {done}")
    for (name, before, after), count in sorted(moves.items(), key=lambda pair: (pair[0][0], -pair[1], pair[0])):
        typer.echo(f"  {name:12} {before} → {after}  {count}")


# ------------------------------------------------------------------ both


def _known(city: City | None, unit: str | None, database: Database) -> str | None:
    """The unit as asked for.

    :raises UnknownTarget: neither the registry nor the catalogue has it.
    """
    if unit is None or (city and any(one.id == unit for one in city.units)):
        return unit
    if catalogue.count_items(database, unit=unit):
        return unit
    raise UnknownTarget(f"there is no unit {unit}; see gongkai city export")


def _write(lines: Iterable[str], out: Path | None, *, bom: bool = False) -> None:
    if out is None:
        for line in lines:
            typer.echo(line)
        return
    with out.open("w", encoding="utf-8-sig" if bom else "utf-8") as file:
        for line in lines:
            file.write(f"{line}\n")
