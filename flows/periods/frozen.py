"""A frozen period read back: what its numbers follow from, what it says with its amendments, whether it still holds."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flows.compliance.formula import Formula, Title
from flows.compliance.periods import span_of
from flows.compliance.regulation import ScoreText
from flows.compliance.score import score
from flows.compliance.tally import Tally
from flows.reports import scoreboard
from harvesters import city_file
from storage import periods
from storage.database import Database
from storage.exceptions import ExportError, PeriodRefused
from storage.export import verdict_of
from storage.periods import Amendment, Period
from storage.schema import City, Unit

Row = Mapping[str, Any]  # a verdict as it is exported


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """A frozen period, read back: what its numbers follow from."""

    period: Period
    file: Path
    city: City
    formula: Formula
    board: Mapping[str, Any]

    def rows(self, units: Iterable[str] | None = None) -> Iterator[Row]:
        """The frozen verdicts, of all units or of these."""
        wanted = None if units is None else set(units)
        return (row for row in periods.read_verdicts(self.file) if wanted is None or row["unit"] in wanted)


def frozen(database: Database, home: Path, name: str) -> Frozen:
    """A frozen period with its verdicts, city and formula.

    :raises UnknownTarget: no period of this name is frozen.
    :raises PeriodRefused: what is stored is not what was frozen, or another formula's.
    :raises ExportError: the file of its verdicts is not there, or is not the one that was frozen.
    """
    period = periods.get(database, name)
    file = home / period.file
    found = periods.sums_of(file)
    if (found.rows, found.digest, found.sha256) != (period.rows, period.digest, period.sha256):
        raise ExportError(
            f"{file}: holds {found.rows} verdicts with the sum {found.sha256}, not the {period.rows} with "
            f"{period.sha256} that were frozen: restore it from the backup"
        )
    if hashlib.sha256(period.regulation.encode()).hexdigest() != period.regulation_digest:
        raise PeriodRefused(f"{name}: its regulation is not the one that was frozen; the database was changed by hand")
    board = json.loads(period.board)
    try:
        text = ScoreText.model_validate(json.loads(period.regulation)["score"])
    except ValidationError as error:
        version = board["formula"]["version"]
        raise PeriodRefused(
            f"{name}: frozen by score formula {version}, which this version of gongkai does not compute: "
            "use the one that froze it"
        ) from error
    rules = {rule: Title(**title) for rule, title in board["formula"]["rules"].items()}
    return Frozen(
        period=period, file=file, city=_city(period.city), formula=Formula(text=text, rules=rules), board=board
    )


def _city(text: str) -> City:
    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:  # the reader of that format reads files
        file = Path(folder) / "city.yml"
        file.write_text(text, encoding="utf-8")
        return city_file.load(file)


def standing(board: Mapping[str, Any], made: Iterable[Amendment]) -> dict[str, Any]:
    """A frozen board as its amendments leave it, all ranks worked out anew."""
    lines = list(board["scores"])
    for one in made:
        lines = scoreboard.replaced(lines, one.after)
    ranked = [
        {**group, "ranked": sum(line["peer_group"] == group["id"] and line["rank"] is not None for line in lines)}
        for group in board["peer_groups"]
    ]
    return {**board, "peer_groups": ranked, "scores": lines}


def applied(rows: Iterable[Row], changes: Iterable[Row]) -> list[Row]:
    """The rows of one unit with its changed verdicts in the place of those that stood."""
    now = {key_of(change): change["now"] for change in changes}
    return [{**row, **now.get(key_of(row), {})} for row in rows]


def key_of(row: Row) -> tuple[str, str | None, str | None]:
    """What a verdict on a unit speaks of: rule, column, item."""
    return row["rule"], row["column"], row["item"]


def line_of(unit: Unit, formula: Formula, rows: Iterable[Row]) -> dict[str, Any]:
    """A unit's line without its rank."""
    tally = Tally([unit], formula)
    for row in rows:
        tally.add(verdict_of(row))
    return scoreboard.unit_json(score(tally)[0], unit, formula)


# ------------------------------------------------------------------ checking


def problems(database: Database, home: Path, name: str) -> Iterator[str]:
    """What does not follow from the stored verdicts: one sentence each, nothing where all numbers do.

    :raises UnknownTarget: no period of this name is frozen.
    """
    try:
        kept = frozen(database, home, name)
    except (PeriodRefused, ExportError) as problem:
        yield str(problem)
        return
    tally = Tally(kept.city.units, kept.formula)
    amended = periods.amendments(database, name)
    touched: dict[str, list[Row]] = {one.unit: [] for one in amended}
    for row in kept.rows():
        tally.add(verdict_of(row))
        if row["unit"] in touched:
            touched[row["unit"]].append(row)
    units = {unit.id: unit for unit in kept.city.units}
    computed = {one.unit: scoreboard.unit_json(one, units[one.unit], kept.formula) for one in score(tally)}
    told = {one["unit"]: {key: one[key] for key in one if key not in scoreboard.BESIDE} for one in kept.board["scores"]}
    for unit in sorted(told.keys() | computed.keys()):
        if told.get(unit) != computed.get(unit):
            yield f"{name}: {unit}: {_differing(told.get(unit), computed.get(unit))}"
    lines = list(kept.board["scores"])
    for one in amended:
        touched[one.unit] = applied(touched[one.unit], one.changes)
        standing = next((line for line in lines if line["unit"] == one.unit), None)
        lines = scoreboard.replaced(lines, line_of(units[one.unit], kept.formula, touched[one.unit]))
        after = next(line for line in lines if line["unit"] == one.unit)
        if standing != one.before or after != one.after:
            was = _differing(one.before, standing) if standing != one.before else _differing(one.after, after)
            yield f"{name}: amendment {one.number}, {one.unit}: {was}"


def _differing(stored: Mapping[str, Any] | None, computed: Mapping[str, Any] | None) -> str:
    if stored is None or computed is None:
        return "stands on one side only"
    names = [key for key in stored.keys() | computed.keys() if stored.get(key) != computed.get(key)]
    shown = [f"{key} {stored.get(key)} is stored and {computed.get(key)} follows" for key in sorted(names)]
    return "; ".join(part for part in shown if len(part) < 200) or f"{', '.join(sorted(names))} differ"


# ------------------------------------------------------------------ telling


def as_json(database: Database, period: Period) -> dict[str, Any]:
    """A frozen period with its amendments, and the board as they leave it; JSON-safe."""
    made = periods.amendments(database, period.name)
    board = json.loads(period.board)
    return {
        **heading(period),
        "board": board,
        "amendments": [amendment_json(one) for one in made],
        "amended": standing(board, made) if made else None,
    }


def heading(period: Period) -> dict[str, Any]:
    """What is said of a period beside its numbers."""
    return {
        "period": period.name,
        "chinese": span_of(period.name).chinese,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "as_of": period.as_of.isoformat(),
        "early": period.early,
        "frozen_at": period.frozen_at.isoformat(),
        "frozen_by": period.frozen_by,
        "note": period.note,
        "regulation_digest": period.regulation_digest,
        "verdicts": {"file": period.file, "rows": period.rows, "digest": period.digest, "sha256": period.sha256},
    }


def amendment_json(one: Amendment) -> dict[str, Any]:
    """An amendment, JSON-safe."""
    return {**vars(one), "at": one.at.isoformat(), "changes": list(one.changes), "ranks": list(one.ranks)}
