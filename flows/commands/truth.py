"""What was found against what is true: a city that knows its truth tells how well it was watched.

Items are matched by their addresses, findings by rule, unit, column and the item's address. What is counted is what
the demo promises: every item found with no field and no address wrong, a document of several units united under its
first publisher and nothing else united, every seeded breach found, nothing found that was not seeded, and nobody
accused where a fault of ours was seeded. Truth files are read a line at a time; of a million items only the addresses
are held.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from flows.compliance.working_day_limit import is_displayed
from storage import catalogue, findings
from storage.addresses import address_key
from storage.database import Database
from storage.schema import Finding, Item

TOLD = 12  # mismatches of one sort that are listed
ITEM_FIELDS = (
    *("title", "published_on", "source", "issuing_body", "document_number", "index_number", "formed_on", "subject"),
    *("summary", "theme_code", "genre", "statutory", "attachments", "body_text"),
)


@dataclass(kw_only=True)
class Compared:
    """The counts, and the first mismatches of each sort in words."""

    items_true: int = 0
    items_found: int = 0
    wrong_fields: int = 0
    unexpected: int = 0  # items of the catalogue that the truth does not have
    seeded: int = 0
    found: int = 0
    false: int = 0
    faults: int = 0
    accusations: int = 0
    documents: int = 0  # that several units publish
    copies: int = 0  # of those, at other units than the first
    lookalikes: int = 0  # items that only look like another unit's
    united: int = 0
    wrongly_united: int = 0
    missed_copies: int = 0
    told: dict[str, list[str]] = field(default_factory=dict)

    @property
    def missed(self) -> int:
        """Seeded breaches without a finding."""
        return self.seeded - self.found

    @property
    def is_right(self) -> bool:
        """Whether nothing differs."""
        return not (
            self.items_true - self.items_found
            or self.wrong_fields
            or self.unexpected
            or self.missed
            or self.false
            or self.accusations
            or self.wrongly_united
            or self.missed_copies
        )

    def tell(self, sort: str, words: str) -> None:
        """Notes a mismatch in words, as long as there are few of its sort."""
        of_sort = self.told.setdefault(sort, [])
        if len(of_sort) < TOLD:
            of_sort.append(words)


def compare(database: Database, truth: Path) -> Compared:
    """What ``database`` holds against ``items``, ``findings`` and ``faults.jsonl`` in the folder ``truth``."""
    compared = Compared()
    urls = _compare_items(database, truth / "items.jsonl", compared)
    _compare_findings(database, truth, compared, urls)
    return compared


# ------------------------------------------------------------------ items


_NTH_BITS = 8  # of a place: which of a line's items, its own (0) or the n-th copy


def _compare_items(database: Database, file: Path, compared: Compared) -> dict[str, str]:
    """Compares the items; returns the address of every item a finding may name, by its id."""
    places, shared = _places(file, compared)
    urls: dict[str, str] = {}
    matched: set[int] = set()
    standing: dict[int, Item] = {}  # place → item, of documents that several units publish
    with file.open("rb") as lines:
        for item in catalogue.iter_items(database):
            place = _place_of(item, places)
            urls[item.id] = address_key(item.url)
            if item.withdrawn_at is not None:
                continue
            if place is None or place in matched:
                compared.unexpected += 1
                compared.tell("items not in the truth", f"{item.unit}/{item.column} {item.url} {item.title}")
                continue
            matched.add(place)
            line = _line_at(lines, place)
            truth = _told_at(line, place)
            urls[item.id] = address_key(truth["url"])
            for name in wrong_fields(truth, item):
                compared.wrong_fields += 1
                words = f"{name}: {_short(truth.get(name))} is true, {_short(_found(item)[name])} was found"
                compared.tell("wrong fields", f"{item.url} {words}")
            if place >> _NTH_BITS in shared:
                standing[place] = replace(item, body_text=None)
            else:
                _compare_alone(truth, item, compared)
        for start in sorted(shared):
            _compare_shared(_line_at(lines, start << _NTH_BITS), start, standing, compared)
        firsts = {place for place in places.values() if not place & (1 << _NTH_BITS) - 1}
        compared.items_found = len(firsts & matched)
        for place in sorted(firsts - matched)[:TOLD]:
            lost = _line_at(lines, place)
            compared.tell("items not found", f"{lost['unit']}/{lost['column']} {lost['url']} {lost['title']}")
    return urls


def _places(file: Path, compared: Compared) -> tuple[dict[tuple[str, str], int], set[int]]:
    """Where each unit's addresses stand in the truth: the line, and which of its items; and the lines with copies."""
    places: dict[tuple[str, str], int] = {}
    shared: set[int] = set()
    with file.open("rb") as lines:
        while True:
            start = lines.tell()
            line = lines.readline()
            if not line:
                return places, shared
            told = json.loads(line)
            compared.items_true += 1
            compared.lookalikes += told.get("looks_like") is not None
            for nth, one in enumerate((told, *told.get("copies", ()))):
                for url in (one["url"], *one.get("aliases", ())):
                    places[one["unit"], address_key(url)] = start << _NTH_BITS | nth
            if told.get("copies"):
                shared.add(start)
                compared.documents += 1
                compared.copies += len(told["copies"])


def _place_of(item: Item, places: Mapping[tuple[str, str], int]) -> int | None:
    """The item's place, by the addresses of its own unit: those of its copies are other units'."""
    keys = [(item.unit, address_key(url)) for url in (item.url, *item.aliases)]
    return next((places[key] for key in keys if key in places), None)


def _line_at(lines: BinaryIO, place: int) -> dict[str, Any]:
    lines.seek(place >> _NTH_BITS)
    told: dict[str, Any] = json.loads(lines.readline())
    return told


def _told_at(line: dict[str, Any], place: int) -> dict[str, Any]:
    nth = place & (1 << _NTH_BITS) - 1
    told: dict[str, Any] = line["copies"][nth - 1] if nth else line
    return told


# ------------------------------------------------------------------ one document on several sites


def _compare_alone(truth: Mapping[str, Any], item: Item, compared: Compared) -> None:
    """An item that no other unit publishes: nothing may be united with it, and its addresses are its own."""
    if item.same_as is not None or item.copies:
        compared.wrongly_united += 1
        why = truth.get("looks_like") or "documents of their own"
        with_whom = item.same_as or ", ".join(f"{copy.unit} {copy.url}" for copy in item.copies)
        compared.tell("wrongly united", f"{item.unit}/{item.column} {item.url} {item.title} with {with_whom} ({why})")
    else:
        _compare_addresses(item, (truth,), compared)


def _compare_shared(line: Mapping[str, Any], start: int, standing: Mapping[int, Item], compared: Compared) -> None:
    """A document of several units: each copy points to the first publisher's item, which knows exactly these."""
    first = standing.get(start << _NTH_BITS)
    united = set()
    joined = [line]
    for nth, copy in enumerate(line["copies"], 1):
        item = standing.get(start << _NTH_BITS | nth)
        if first is not None and item is not None and item.same_as == first.id:
            compared.united += 1
            united.add((item.id, copy["unit"], copy["column"], address_key(copy["url"]), copy["published_on"]))
            joined.append(copy)
            _compare_addresses(item, (copy,), compared)
        elif item is not None and item.same_as is not None and (first is None or first.same_as is None):
            compared.wrongly_united += 1
            compared.tell("wrongly united", f"{copy['unit']}/{copy['column']} {copy['url']} with {item.same_as}")
        else:
            compared.missed_copies += 1
            whose = f"of {line['unit']} {line['url']}" + ("" if item is not None else ": the copy was not found")
            compared.tell("copies not united", f"{copy['unit']}/{copy['column']} {copy['url']} {line['title']} {whose}")
    if first is None or first.same_as is not None:
        return
    known = {
        (
            one.item,
            one.unit,
            one.column,
            address_key(one.url),
            one.published_on.isoformat() if one.published_on else None,
        )
        for one in first.copies
    }
    for strange in sorted(known - united, key=str):
        compared.wrongly_united += 1
        compared.tell("wrongly united", f"{first.unit}/{first.column} {first.url} with {strange[1]} {strange[3]}")
    for lost in sorted(united - known, key=str):
        compared.missed_copies += 1
        compared.tell(
            "copies not united", f"{first.unit}/{first.column} {first.url} does not tell of {lost[1]} {lost[3]}"
        )
    _compare_addresses(first, joined, compared)


def _compare_addresses(item: Item, told: Sequence[Mapping[str, Any]], compared: Compared) -> None:
    """An item has exactly the addresses of these; one that only a feed shows need not be known."""
    found = {address_key(url) for url in (item.url, *item.aliases)}
    known = {address_key(url) for one in told for url in (one["url"], *one.get("aliases", ()))}
    lacking = known - found - {address_key(url) for one in told for url in one.get("feed_only", ())}
    if lacking or found - known:
        compared.wrong_fields += 1
        words = f"addresses: {_short(sorted(lacking))} lacking, {_short(sorted(found - known))} not in the truth"
        compared.tell("wrong fields", f"{item.url} {words}")


def wrong_fields(truth: Mapping[str, Any], item: Item) -> list[str]:
    """The names of the fields that differ; only those the truth speaks of."""
    found = _found(item)
    return [name for name in ITEM_FIELDS if name in truth and _true(name, truth[name]) != found[name]]


def _true(name: str, value: Any) -> Any:
    if name == "attachments":
        return sorted((entry["name"], address_key(entry["url"])) for entry in value or ())
    return _spaced(value) if name == "body_text" else value


def _found(item: Item) -> dict[str, Any]:
    shown = item.published_on if is_displayed(item) else None
    return {
        "title": item.title,
        "published_on": shown.isoformat() if shown else None,
        "source": item.source,
        "issuing_body": item.issuer,
        "document_number": item.document_number,
        "index_number": item.index_number,
        "formed_on": item.formed_on.isoformat() if item.formed_on else None,
        "subject": item.theme,
        "summary": item.summary,
        "theme_code": item.theme_code,
        "genre": item.genre,
        "statutory": item.statutory,
        # a row that leads straight to a file has that file as its attachment, which the truth does not repeat
        "attachments": sorted((one.name, address_key(one.url)) for one in item.attachments if one.url != item.url),
        "body_text": _spaced(item.body_text),
    }


def _spaced(text: str | None) -> str | None:
    return " ".join(text.split()) or None if text else None


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}…"


# ------------------------------------------------------------------ findings


def _compare_findings(database: Database, truth: Path, compared: Compared, urls: Mapping[str, str]) -> None:
    seeded = list(lines_of(truth / "findings.jsonl"))
    faults = list(lines_of(truth / "faults.jsonl"))
    faulty = {(fault["unit"], fault["column"]) for fault in faults}
    compared.seeded, compared.faults = len(seeded), len(faults)
    left = list(range(len(seeded)))
    for finding in findings.iter_findings(database, "open"):
        url = urls.get(finding.item) if finding.item else None
        hit = next((at for at in left if is_same(seeded[at], finding, url)), None)
        if hit is not None:
            left.remove(hit)
            compared.found += 1
            continue
        compared.false += 1
        words = f"{finding.rule} {finding.unit}/{finding.column or '-'} {url or ''} {_short(dict(finding.facts))}"
        compared.tell("findings that are not right", words)
        if (finding.unit, finding.column) in faulty or (finding.unit, None) in faulty:
            compared.accusations += 1
            compared.tell("accusations for faults of ours", words)
    for at in left:
        lost = seeded[at]
        words = f"{lost['rule']} {lost['unit']}/{lost['column'] or '-'} {lost.get('item_url') or ''}"
        compared.tell("seeded breaches not found", f"{words} {lost.get('note') or ''}")


def is_same(seeded: Mapping[str, Any], finding: Finding, url: str | None) -> bool:
    """Whether ``finding`` is the seeded breach; a finding on a whole unit or column answers one
    seeded in it."""
    item_url = seeded.get("item_url")
    return (
        seeded["rule"] == finding.rule
        and seeded["unit"] == finding.unit
        and (finding.column is None or seeded["column"] == finding.column)
        and (finding.item is None or (address_key(item_url) if item_url else None) == url)
    )


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of a truth file."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
