"""``gongkai explain`` and ``gongkai evidence``: everything a finding rests on, so that its unit can check it."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import zoneinfo
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import typer

from flows.compliance.counting import DayCount, day_count
from flows.compliance.regimes import of_city
from flows.compliance.rulebook import RULES
from flows.gathering.run import run_of
from flows.reports.evidence import write_bundle
from harvesters import archive
from storage import catalogue, findings, proofs, registry, seals, settings
from storage.database import Database, open_database, utcnow
from storage.exceptions import ArchiveError, UnknownTarget
from storage.export import finding_json
from storage.formats.json_item import evidence_json
from storage.schema import Evidence


def explain(finding: str, *, as_json: bool) -> None:
    """Prints the explanation of one finding.

    :raises UnknownTarget: there is no such finding.
    """
    with closing(open_database()) as database:
        told = explanation(database, finding)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for line in lines(told):
        typer.echo(line)


def evidence(finding: str, out: Path) -> int:
    """Writes what proves a finding into the folder ``out``; the exit status: 1 where a page could not be proven.

    :raises UnknownTarget: there is no such finding.
    :raises ExportError: ``out`` holds something already, or cannot be written.
    """
    with closing(open_database()) as database:
        told = explanation(database, finding)
        found = findings.get_finding(database, finding)
        sealed = {one.name: one for one in seals.iter_seals(database)}
        assert found is not None
        handed_in = proofs.of_finding(database, finding)
        files = (proofs.get(database, finding, one.id) for one in handed_in)  # one after the other: 10 MB each
        answers = (one for one in files if one is not None)
        bundle = write_bundle(told, list(lines(told)), found.evidence, sealed, settings.load(), out, answers)
    for problem in bundle.problems:
        typer.echo(f"gongkai: {problem}", err=True)
    for note in bundle.notes:
        typer.echo(f"gongkai: pictures: {note}", err=True)
    counted = f"{len(found.evidence)} captured pages" + (f", {len(handed_in)} files handed in" if handed_in else "")
    typer.echo(f"{bundle.folder}: {len(bundle.files)} files, {counted}")
    return 1 if bundle.problems else 0


def explanation(database: Database, finding: str) -> dict[str, Any]:
    """The finding with its rule in words, its citation, its limits, its count day by day, and its life; JSON-safe.

    Words and limits are those of today; ``rule_version`` is the one that the verdict was given by.

    :raises UnknownTarget: there is no such finding, or no city.
    """
    found = findings.get_finding(database, finding)
    city = registry.load_city(database)
    if found is None or city is None:
        raise UnknownTarget(
            f"no finding {finding} in {database.name}: see `gongkai export findings` for those there are"
        )
    run = run_of(database, city, of_city(city.code, settings.load().home), None, utcnow())
    unit = run.units.get(found.unit)
    column = run.columns.get((found.unit, found.column)) if found.column else None
    item = catalogue.get_item(database, found.item) if found.item else None
    text = run.case.law.rules.get(found.rule)
    rule = RULES.get(found.rule)
    count = day_count(found.facts, run.case.days)
    by_event: dict[int | None, list[dict[str, Any]]] = {}
    for one in proofs.of_finding(database, finding):
        by_event.setdefault(one.event, []).append({"name": one.name, "bytes": one.size, "sha256": one.sha256})
    return {
        **finding_json(found),
        "evidence": [evidence_json(one) | {"status": _status(one)} for one in found.evidence],
        "timezone": city.timezone,
        "unit_name": unit.name if unit else None,
        "column_name": column.name if column else None,
        "column_url": column.url if column else None,
        "item_title": item.title if item else None,
        "item_url": item.url if item else None,
        "title": text.title if text else None,
        "says": rule.says if rule else None,
        "confidence": text.confidence if text else None,
        "in_force_from": text.in_force_from.isoformat() if text else None,
        "limits": run.case.law.limits(found.rule) if text else {},
        "rule_version_today": rule.version if rule else None,
        "regulation": {"regime": text.regime, "version": run.case.law.regimes.get(text.regime)} if text else None,
        "count": _count_json(count) if count else None,
        "life": [
            {
                "at": event.at.isoformat(),
                "who": event.who,
                "step": event.step,
                "note": event.note,
                "number": event.number,
                "proof": by_event.get(event.number, []),
            }
            for event in found.events
        ],
    }


def _status(one: Evidence) -> int | None:
    """The HTTP status a page was captured with, as the archive has it; None where it does not have the page."""
    if one.warc is None or one.record_id is None:
        return None
    with contextlib.suppress(ArchiveError):
        return archive.read_response(settings.load().archive, one.warc, one.record_id).status
    return None


def _count_json(count: DayCount) -> dict[str, Any]:
    return {
        "unit": count.unit,
        "start": count.start.isoformat(),
        "end": count.end.isoformat(),
        "counted": count.counted,
        "provisional": count.provisional,
        "days": [
            {"on": day.on.isoformat(), "name": day.name, "number": day.number, "is_last": day.is_last}
            for day in count.days
        ],
    }


def lines(told: dict[str, Any]) -> Iterator[str]:
    """The explanation for people."""
    zone = zoneinfo.ZoneInfo(told["timezone"])
    place = " · ".join(filter(None, (told["unit_name"] or told["unit"], told["column_name"] or told["column"])))
    yield f"{told['id']}  {told['rule']} version {told['rule_version']}"
    yield f"{told['kind']}, {told['severity']}, {told['state']}"
    yield place
    for name in ("item_title", "item_url", "column_url"):
        if told[name]:
            yield f"  {told[name]}"
    yield ""
    yield f"{told['title'] or told['rule']}"
    if told["says"]:
        yield f"  {told['says']}"
    yield f"  {told['basis']}" + (f" ({told['confidence']})" if told["confidence"] else "")
    if told["in_force_from"]:
        law = told["regulation"]
        yield f"  in force from {told['in_force_from']}; limits of {law['regime']} version {law['version']}"
    if told["rule_version_today"] not in (None, told["rule_version"]):
        yield f"  these are the words and limits of version {told['rule_version_today']}"
    for name, value in told["limits"].items():
        yield _named(name, value)
    yield ""
    yield "facts"
    for name, value in told["facts"].items():
        yield _named(name, value)
    if told["coverage"] is not None:
        yield f"  {'coverage':24} {told['coverage']:.1%} of the looks that were due"
    if told["count"]:
        yield ""
        yield from _count_lines(told["count"], told["facts"])
    yield ""
    yield f"evidence ({len(told['evidence'])})"
    for one in told["evidence"]:
        yield f"  {_local(one['captured_at'], zone)}  HTTP {one['status'] or '-'}  {one['url']}"
        yield f"    sha256 {one['sha256']}  {one['warc'] or '-'}  {one['record_id'] or '-'}"
    yield ""
    yield "life"
    for event in told["life"]:
        note = f"  {event['note']}" if event["note"] else ""
        yield f"  {_local(event['at'], zone)}  {event['step']}  {event['who']}{note}"
        for one in event["proof"]:
            yield f"    proof {one['name']}  {one['bytes']} bytes  sha256 {one['sha256']}"


def _named(name: str, value: object) -> str:
    return f"  {name:24} {value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)}"


def _count_lines(count: dict[str, Any], facts: dict[str, Any]) -> Iterator[str]:
    yield f"{count['counted']} {count['unit']} from {count['start']} (not counted) to {count['end']}"
    if count["provisional"]:
        yield "  provisional: holidays among these days have not been announced"
    stored = facts.get("counted")
    if isinstance(stored, int) and stored != count["counted"]:
        yield f"  {stored} by the calendar the verdict was given by; the next assessment judges by this one"
    for day in count["days"]:
        number = "-" if day["number"] is None else str(day["number"])
        yield f"  {day['on']}  {number:>4}  {day['name']}" + ("  <- the last day in time" if day["is_last"] else "")


def _local(moment: str, zone: dt.tzinfo) -> str:
    return f"{dt.datetime.fromisoformat(moment.replace('Z', '+00:00')).astimezone(zone):%Y-%m-%d %H:%M:%S}"
