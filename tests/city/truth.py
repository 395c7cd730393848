"""What is true of the city, written down one line at a time: items, findings, faults, and the city file."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.city import annual, classes, families, items
from tests.city.families import feeds
from tests.city.model import Column, Facts

if TYPE_CHECKING:
    from tests.city.city import City

# columns under these faults never show their rows
HIDING = frozenset({
    "block_403", "challenge_412", "challenge_521", "challenge_200", "timeout", "truncated", "redesign", "redirect_home",
    "soft404", "home_404", "empty_api", "jump_404", "challenge_slider", "block_567", "block_f5",
})  # fmt: skip

_BRACKETS = re.compile(r"[\[（〔](\d{4})[\]）〕]")

_CITY = {
    "name": "青禾市",
    "code": "629900",
    "timezone": "Asia/Shanghai",
    "contact": "mailto:office@qinghe.invalid",
}


def _text(city: City, facts: Facts) -> str | None:
    return "\n".join(items.body_of(city, facts)) or None


def _in_one_spelling(number: str | None) -> str | None:
    """A document number in 〔〕, whatever brackets the page writes."""
    return _BRACKETS.sub(r"〔\1〕", number) if number else None


def visible_keys(city: City, column: Column) -> Iterator[int]:
    """Keys a careful harvester can reach through the column."""
    if column.unit.dead or column.fault in HIDING:
        return
    keys = items.order(city, column)
    yield from keys[: column.page_size] if column.fault == "empty_proxy" else keys


def item_of(city: City, column: Column, key: int) -> dict[str, Any]:
    """One line of items.jsonl."""
    facts = items.facts_of(city, column, key)
    base = column.unit.site.base
    at = facts.published_at
    return {
        "unit": column.unit.id, "column": column.id, "columns": [column.id], "url": base + families.item_path(city,
        column, key),
        "aliases": [], "title": facts.title,
        "published_on": facts.published_on.isoformat() if facts.published_on else None,
        "published_at": at.isoformat() if at else None, "source": facts.source, "issuing_body": facts.issuing_body,
        "document_number": _in_one_spelling(facts.document_number), "index_number": facts.index_number,
        "formed_on": facts.formed_on.isoformat() if facts.formed_on else None, "subject": facts.subject,
        "summary": facts.summary, "theme_code": classes.theme_code(facts), "genre": classes.genre(column, facts),
        "statutory": classes.statutory(column, facts),
        "attachments": [{"name": f.name, "url": base + f.path} for f in facts.files],
        # where tables stand in the text, how their cells are told in it is not said here
        **({} if _has_tables(city, column, key) else {"body_text": _text(city, facts)}),
        "page": not facts.is_file, "reachable": True, "feed_only": [], "copies": [],
        "looks_like": city.lookalikes.get((column.no, key)),
    }  # fmt: skip


def _has_tables(city: City, column: Column, key: int) -> bool:
    return bool(column.reports) and annual.layout(city, column, key).way == "page"


def items_of(city: City) -> Iterator[dict[str, Any]]:
    """Every expected catalogue item; a document of several units is one, of the first, with the others' as ``copies``.

    A copy is told as any item is, for its unit is judged by it. Where the first publisher's own does not stand, the
    others are on their own here: a test that takes it away knows which of them comes next.
    """
    firsts = {(column.no, key): shared for shared in city.shared for column, key in (shared.first,)}
    later = {
        (column.no, key) for shared in city.shared if _stands(*shared.first) for column, key in shared.copies
    }  # fmt: skip
    for line, column, key in _placed(city):
        if (column.no, key) in later:
            continue
        shared = firsts.get((column.no, key))
        if shared is not None:
            line["copies"] = [item_of(city, *copy) for copy in shared.copies if _stands(*copy)]
        yield line


def pages_of(city: City) -> Iterator[dict[str, Any]]:
    """Every unit's own items, copies of another's document among them."""
    for line, _, _ in _placed(city):
        yield line


def _stands(column: Column, key: int) -> bool:
    return key not in column.removed and not column.unit.dead and column.fault not in HIDING


def _placed(city: City) -> Iterator[tuple[dict[str, Any], Column, int]]:
    """Each unit's items with their places; a document in two of its columns is one with two addresses."""
    for unit in city.units:
        shared: dict[tuple[int, int], list[tuple[Column, int]]] = {}
        for column in unit.columns:
            for n, (home, key) in enumerate(column.mirrors):
                place = column.count + n
                if place not in column.removed and not column.hidden and column.fault is None:
                    shared.setdefault((home.no, key), []).append((column, place))
        for column in unit.columns:
            if column.hidden:
                continue
            mobile = set(feeds.keys_of(city, column)) if column.feed == "atom" else set()
            for key in visible_keys(city, column):
                if items.origin(column, key)[0] is not column:
                    continue
                line = item_of(city, column, key)
                for other, place in shared.get((column.no, key), ()):
                    line["columns"].append(other.id)
                    line["aliases"].append(unit.site.base + families.item_path(city, other, place))
                    line.pop("statutory", None)  # is that of whichever of its columns it was first seen in
                if key in mobile:
                    line["feed_only"] = [unit.site.base + feeds.MOBILE + families.item_path(city, column, key)]
                    line["aliases"] += line["feed_only"]
                yield line, column, key


# how many breaches of which rules fail a whole site, held against the unit at its front door
_SITE_COUNTS = (("UP-04", ("UP-02", "UP-03"), 5), ("UP-05", ("UP-08", "UP-09"), 10), ("UP-06S", ("UP-06",), 5))


def findings_of(city: City) -> Iterator[dict[str, Any]]:
    """Every finding that is right: as seeded, less what a test has since put right, and the counts that fail a site."""
    stale: Counter[tuple[int, str]] = Counter()
    sites = {unit.id: unit.site for unit in city.units}
    for line in _seeded_findings(city):
        stale[sites[line["unit"]].index, line["rule"]] += 1
        yield line
    for site in city.sites:
        owner = next((unit for unit in site.units if unit.prefix == "/"), None)
        for rule, counted, limit in _SITE_COUNTS:
            count = sum(stale[site.index, one] for one in counted)
            if owner is not None and count >= limit:
                yield {"rule": rule, "unit": owner.id, "column": None, "item_url": None, "note": f"{count}个栏目"}


_OF_UNITS = ("TM-10", "TM-11")  # judged of the unit, whichever item shows it


def _seeded_findings(city: City) -> Iterator[dict[str, Any]]:
    for seeded in city.seeded:
        column, key = seeded["column"], seeded["key"]
        if seeded["rule"] in ("UP-02", "UP-03", "UP-08", "UP-09", "UP-06") and (column.extras or column.fault):
            continue
        if key is not None and key in column.removed:
            continue
        line = {**seeded, "unit": seeded["unit"].id, "column": column.id if column else None}
        del line["key"]
        line["item_url"] = city.url_of(column, key) if key is not None and seeded["rule"] not in _OF_UNITS else None
        yield line


def faults_of(city: City) -> Iterator[dict[str, Any]]:
    """Every fault of ours, with the address it lies on."""
    for unit in city.units:
        if unit.dead:
            yield {"fault": "dns", "unit": unit.id, "column": None, "url": unit.home}
        for column in unit.columns:
            if column.fault and not column.hidden:
                yield {"fault": column.fault, "unit": unit.id, "column": column.id, "url": city.column_url(column)}


def city_file(city: City) -> str:
    """The city file; written by hand so that nothing of ours is needed (JSON is YAML)."""

    def flow(values: dict[str, Any]) -> str:
        return json.dumps(values, ensure_ascii=False)

    lines = [
        f"city: {flow(_CITY)}",
        "allow_private_addresses: true",
        'defaults: {"delay_s": 0, "robots": "obey", "harvest": "daily"}',
        "units:",
    ]
    for unit in city.units:
        lines += [
            f"  - id: {unit.id}", f"    name: {unit.name}", f"    kind: {unit.kind}",
            f"    supervision: {unit.supervision}",
            f'    home: "{unit.home}"', f'    site_code: "{unit.site.code}"',
            f"    contacts: [{flow({'name': '公开科', 'email': f'gk@{unit.id}.qinghe.invalid'})}]", "    columns:",
        ]  # fmt: skip
        for column in unit.columns:
            if column.hidden:
                continue
            entry: dict[str, Any] = {
                "id": column.id,
                "name": column.name,
                "kind": column.kind,
                "url": city.column_url(column),
            }
            if column.feed:
                entry["feed"] = unit.site.base + feeds.path_of(column)
            if column.family == "drawn":
                entry["render"] = True
            lines.append(f"      - {flow(entry)}")
    return "\n".join(lines) + "\n"


def annual_of(city: City) -> Iterator[dict[str, Any]]:
    """Every yearly report that can be found: its figures as it states them, and how it was published."""
    for unit in city.units:
        for column in unit.columns:
            if not column.reports or column.hidden:
                continue
            for key in visible_keys(city, column):
                how = annual.layout(city, column, key)
                told = annual.figures(city, column, key)
                yield {
                    "unit": unit.id, "column": column.id,
                    "url": unit.site.base + families.item_path(city, column, key), "year": column.reports[key][0],
                    "way": how.way, "kind": how.kind, "readable": how.way != "scan",
                    "summed": unit.kind != "township",
                    "figures": {name: str(value) for name, value in told.items()},
                }  # fmt: skip


def write(city: City, folder: Path) -> dict[str, Any]:
    """Writes city.yml and truth/{items,findings,faults}.jsonl and summary.json."""
    where = folder / "truth"
    where.mkdir(parents=True, exist_ok=True)
    (folder / "city.yml").write_text(city_file(city), encoding="utf-8")
    counts: dict[str, int] = {}
    for name, lines in (
        ("items", items_of(city)),
        ("findings", findings_of(city)),
        ("faults", faults_of(city)),
        ("annual", annual_of(city)),
    ):
        counts[name] = 0
        with (where / f"{name}.jsonl").open("w", encoding="utf-8") as out:
            for line in lines:
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
                counts[name] += 1
    columns = city.columns
    summary = {
        "seed": city.seed, "as_of": city.as_of.isoformat(), "units": len(city.units), "sites": len(city.sites),
        "columns": len(columns),
        **counts,
        "identity": {
            "documents": len(city.shared), "copies": sum(len(shared.copies) for shared in city.shared),
            "lookalikes": len(city.lookalikes),
        },
        "by_rule": _count(f["rule"] for f in findings_of(city)),
        "by_fault": _count(f["fault"] for f in faults_of(city)),
        "by_family": _count(c.family for c in columns), "feeds": _count(c.feed for c in columns if c.feed),
    }  # fmt: skip
    (where / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
    return summary


def _count(names: Iterator[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items()))
