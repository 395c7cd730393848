"""What a bulletin and a printable board are made of, read from the store: the day judged last, or a frozen period.

As of now it is the scoreboard and the open findings. Of a frozen period it is what was frozen with its amendments, and
each breach of that day with its life as it stands now: what was mended since is told as mended, what is disputed or
waived is held against nobody.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from flows.compliance.periods import span_of
from flows.compliance.regimes import of_city
from flows.compliance.regulation import Regulation
from flows.periods.frozen import Row, applied, frozen, standing
from flows.report import board_of, known_city
from flows.reports import scoreboard
from flows.reports.bulletin import Matter
from flows.reports.notice import Told
from flows.reports.standing import Last
from storage import boards, catalogue, findings, papers, periods
from storage.database import Database
from storage.exceptions import UnknownTarget
from storage.periods import Amendment
from storage.schema import City, Finding, FindingKind, VerdictKind

KIND: Final = "bulletin"
NO_LAST: Final = "none"  # asked for: compare with no bulletin
_CHUNK: Final = 500
_BREACH: Final = VerdictKind.BREACH.value


def matter_of(database: Database, home: Path, period: str | None = None, *, last: str | None = None) -> Matter:
    """What a bulletin tells.

    :param period: a frozen period's name; None: as of now.
    :param last: the paper of the bulletin to compare with, "none" for no one; None: the last one of an earlier day,
        of those noted as issued where there are any.
    :raises UnknownTarget: no city, nothing judged yet, no such period, no such bulletin.
    :raises PeriodRefused: what is stored is not what was frozen.
    :raises ExportError: the file of a frozen period's verdicts is not there, or is not the one that was frozen.
    """
    if period is None:
        city = known_city(database)
        law = of_city(city.code, home)
        board = board_now(database, city, law)
        binding = {rule for rule, text in law.rules.items() if text.enabled and not text.advice}
        open_now = (one for one in findings.iter_findings(database, "open") if one.rule in binding)
        titles = {rule: text.title for rule, text in law.rules.items()}
        found = _told(database, city, open_now, titles)
        bases = tuple(law.rules[rule].basis for rule in sorted(binding))
    else:
        kept = frozen(database, home, period)
        city = kept.city
        made = periods.amendments(database, period)
        board = standing(kept.board, made)
        rules = json.loads(kept.period.regulation)["rules"]
        breaches = [row for row in _amended(kept.rows(), made) if row["verdict"] == _BREACH]
        titles = {rule: text["title"] for rule, text in rules.items()}
        that_day = _as_frozen(database, breaches, rules, kept.period.as_of, ZoneInfo(city.timezone))
        found = _told(database, city, that_day, titles)
        bases = tuple(rules[rule]["basis"] for rule in sorted(rules) if _binds(rules[rule]))
    as_of = dt.date.fromisoformat(board["as_of"])
    return Matter(
        city=city,
        board=board,
        found=tuple(found),
        bases=bases,
        last=_last(database, city, as_of, last, titles),
        period=span_of(period).chinese if period else None,
    )


def board_now(database: Database, city: City, law: Regulation) -> dict[str, Any]:
    """The scoreboard of the day judged last, as JSON: as it was told, or worked out where nothing was told of that day.

    :raises UnknownTarget: nothing was judged yet.
    """
    told = boards.latest(database)
    if told is not None:
        lines = [dict(one.line) for one in boards.standings(database, told.day)]
        return {**told.board, "scores": lines}
    worked_out = scoreboard.as_json(board_of(database, city, law, findings.iter_verdicts(database)))
    if worked_out["as_of"] is None:
        raise UnknownTarget("nothing was judged yet: run gongkai harvest, then gongkai assess")
    return worked_out


def _binds(text: Mapping[str, Any]) -> bool:
    return bool(text.get("enabled", True)) and not text.get("advice", False)


def _amended(rows: Iterable[Row], made: Iterable[Amendment]) -> Iterator[Row]:
    """The frozen verdicts with those of their amendments in place."""
    touched: dict[str, list[Row]] = {one.unit: [] for one in made}
    for row in rows:
        if row["unit"] in touched:
            touched[row["unit"]].append(row)
        else:
            yield row
    for one in made:
        touched[one.unit] = applied(touched[one.unit], one.changes)
    for amended in touched.values():
        yield from amended


def _as_frozen(
    database: Database,
    rows: Iterable[Row],
    rules: Mapping[str, Mapping[str, Any]],
    as_of: dt.date,
    zone: ZoneInfo,
) -> Iterator[Finding]:
    """The findings of breaches of that day with their life as it stands; facts that came later are left out."""
    noon = dt.datetime.combine(as_of, dt.time(12), zone).astimezone(dt.UTC)
    named = {
        findings.finding_id(findings.verdict_key(row["rule"], row["unit"], row["column"], row["item"])): row
        for row in rows
    }
    stand = _standing(database, named)
    for name, row in named.items():
        if (known := stand.get(name)) is not None:
            judged_on = known.facts.get("judged_on")
            is_later = isinstance(judged_on, str) and judged_on > as_of.isoformat()
            yield replace(known, facts={}) if is_later else known
            continue
        text = rules[row["rule"]]
        yield Finding(
            id=name,
            rule=row["rule"],
            rule_version=row["rule_version"],
            kind=FindingKind(text["kind"]),
            severity=text["severity"],
            unit=row["unit"],
            column=row["column"],
            item=row["item"],
            state="open",
            opened_at=noon,
            closed_at=None,
            basis=text["basis"],
            facts={},
            evidence=(),
            coverage=None,
        )


def _standing(database: Database, names: Collection[str]) -> dict[str, Finding]:
    """These findings as they stand, by id: one pass over all, in bounded memory."""
    return {one.id: one for one in findings.iter_findings(database) if one.id in names} if names else {}


def _told(database: Database, city: City, found: Iterable[Finding], titles: Mapping[str, str]) -> list[Told]:
    """The findings with the words that name what they are about; those of units that are no more are left out."""
    units = {unit.id: unit for unit in city.units}
    columns = {(unit.id, column.id): column for unit in city.units for column in unit.columns}
    told = []
    here = (one for one in found if one.unit in units)
    while chunk := list(itertools.islice(here, _CHUNK)):
        wanted = sorted({one.item for one in chunk if one.item})
        items = {one.id: one for one in catalogue.get_items(database, wanted)} if wanted else {}
        for one in chunk:
            column = columns.get((one.unit, one.column)) if one.column else None
            item = items.get(one.item) if one.item else None
            told.append(
                Told(
                    finding=one,
                    rule=titles.get(one.rule, one.rule),
                    column=column.name if column else one.column,
                    item=item.title if item else None,
                    url=item.url if item else column.url if column else units[one.unit].home,
                )
            )
    return told


def _last(database: Database, city: City, as_of: dt.date, wanted: str | None, titles: Mapping[str, str]) -> Last | None:
    """The bulletin to compare with, with what it named as it stands now."""
    paper = _paper(database, as_of, wanted)
    if paper is None:
        return None
    names = [str(name) for name in paper.facts.get("named", ())]
    stand = _standing(database, set(names))
    told = _told(database, city, (stand[name] for name in names if name in stand), titles)
    return Last(
        name=paper.id,
        as_of=dt.date.fromisoformat(paper.facts["as_of"]),
        made_at=paper.made_at,
        findings=tuple(told),
        gone=len(names) - len(told),
    )


def _paper(database: Database, as_of: dt.date, wanted: str | None) -> papers.Paper | None:
    """The one asked for; else the last of an earlier day, of those issued where any were, for drafts named nobody."""
    if wanted == NO_LAST:
        return None
    if wanted is not None:
        found = papers.get(database, wanted)
        if found is None or found.kind != KIND:
            raise UnknownTarget(f"no bulletin {wanted!r} among the papers made")
        return found
    made = [
        one for one in papers.latest(database, kind=KIND) if str(one.facts.get("as_of") or "9999") < as_of.isoformat()
    ]
    issued = [one for one in made if "sent" in one.facts]
    return next(iter(issued or made), None)
