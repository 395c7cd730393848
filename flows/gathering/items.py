"""What the rules on items are told beside the item, and what their verdicts depend on beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict

from flows.compliance.facts import ItemContext
from flows.compliance.rulebook import BY_SUBJECT
from flows.compliance.rules.catalogue_fields import shown_fields
from flows.gathering.run import Run
from storage import catalogue


def contexts(run: Run, watched: Mapping[tuple[str, str], float | None]) -> dict[tuple[str, str], ItemContext]:
    """Unit and column → what is known beside the items there.

    :param watched: the coverage of each column.
    """
    shown = _shown(run)
    held = {(one.unit, one.column) for one in catalogue.held(run.database)}
    return {
        place: ItemContext(
            unit=run.units[place[0]],
            column=column,
            coverage=watched.get(place),
            shown=shown.get(place, frozenset()),
            held=place in held,
        )
        for place, column in run.columns.items()
    }


def digest_of(run: Run, contexts: Mapping[tuple[str, str], ItemContext]) -> str:
    """Changes whenever something changes that an item's verdict depends on beside the item."""
    city, case = run.city, run.case
    parts = {
        "shown": [[*place, *sorted(context.shown or ())] for place, context in sorted(contexts.items())],
        "held": [place for place, context in sorted(contexts.items()) if context.held],
        "rules": {rule.id: rule.version for rule in BY_SUBJECT["item"]},
        "law": case.law.digest,
        "calendar": sorted(case.days.announced),
        "city": [city.name, city.timezone],
        "units": [
            [
                unit.id,
                unit.name,
                unit.kind,
                unit.supervision,
                unit.home,
                [[column.id, column.kind, column.url, column.first_level] for column in unit.columns],
            ]
            for unit in city.units
        ],
        "waivers": [
            [unit.id, asdict(waiver)] for unit in city.units for waiver in unit.waivers if case.as_of <= waiver.until
        ],
        "paused": [
            [unit.id, name, asdict(paused)]
            for unit in city.units
            for name, paused in [(None, unit.paused), *((column.id, column.paused) for column in unit.columns)]
            if paused is not None and paused.covers(case.as_of)
        ],
    }
    return hashlib.sha256(json.dumps(parts, default=str, ensure_ascii=False).encode()).hexdigest()


def _shown(run: Run) -> dict[tuple[str, str], frozenset[str]]:
    """Unit and column → the fields the entries there show; see ``catalogue_fields.py``."""
    text = run.case.law.rules["CT-01"]
    found = {}
    for one in catalogue.entry_counts(run.database):
        column = run.columns.get((one.unit, one.column))
        if column is None or not text.asks_column(column):
            continue
        told = {
            "index_number": one.index_number,
            "summary": one.summary,
            "formed_on": one.formed_on,
            "validity": one.validity,
        }
        found[one.unit, one.column] = shown_fields(one.items, told)
    return found
