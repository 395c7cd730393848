"""What was found against what is true: a city that knows its truth tells how well it was watched.

Items are matched by their addresses, findings by rule, unit, column and the item's address. What is counted is what
the demo promises: every item found with no field wrong, every seeded breach found, nothing found that was not
seeded, and nobody accused where a fault of ours was seeded. Truth files are read a line at a time; of a million items
only the addresses are held.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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


def _compare_items(database: Database, file: Path, compared: Compared) -> dict[str, str]:
    """Compares the items; returns the address of every item a finding may name, by its id."""
    places: dict[str, int] = {}  # address → where the item's line begins
    urls: dict[str, str] = {}
    with file.open("rb") as lines:
        while True:
            place = lines.tell()
            line = lines.readline()
            if not line:
                break
            compared.items_true += 1
            told = json.loads(line)
            for url in (told["url"], *told.get("aliases", ())):
                places[address_key(url)] = place
        matched: set[int] = set()
        for item in catalogue.iter_items(database):
            known = {places[key] for url in (item.url, *item.aliases) if (key := address_key(url)) in places}
            urls[item.id] = address_key(item.url)
            if item.withdrawn_at is not None:
                continue
            fresh = known - matched
            if not fresh:
                compared.unexpected += 1
                compared.tell("items not in the truth", f"{item.unit}/{item.column} {item.url} {item.title}")
                continue
            matched |= known
            lines.seek(min(fresh))
            truth = json.loads(lines.readline())
            urls[item.id] = address_key(truth["url"])
            for name in wrong_fields(truth, item):
                compared.wrong_fields += 1
                words = f"{name}: {_short(truth.get(name))} is true, {_short(_found(item)[name])} was found"
                compared.tell("wrong fields", f"{item.url} {words}")
        compared.items_found = len(matched)
        for place in sorted(set(places.values()) - matched)[:TOLD]:
            lines.seek(place)
            lost = json.loads(lines.readline())
            compared.tell("items not found", f"{lost['unit']}/{lost['column']} {lost['url']} {lost['title']}")
    return urls


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
    seeded = list(_lines(truth / "findings.jsonl"))
    faults = list(_lines(truth / "faults.jsonl"))
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


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
