"""``gongkai demo``: the whole job on a fictional city that knows its truth, on this machine alone.

The city is a process of its own, started from the checkout (or the image), and known only by its city file and its
truth, as any city would be. It is applied, harvested through the flow, assessed, delivered; then what was found is
compared with what is true, and the difference must be nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import typer

from flows.commands.prefect_server import a_server, interrupts_later, stop
from flows.commands.progress import watching
from flows.commands.truth import Compared, compare
from flows.commands.truth_annual import compare_annual
from flows.delivery import receivers
from flows.delivery.folder import read_manifest
from flows.delivery.reconciling import compare as compare_receiver
from flows.report import board, lines
from harvesters import city_file
from storage import observations, outbox, registry, settings
from storage.database import Database, open_database
from storage.exceptions import CrawlFailed, GongkaiError
from storage.scoreboard import scoreboard

CHECKOUT = Path(__file__).resolve().parents[1]
KEPT = Path("var") / "demo"
START_S = 300.0  # a city of a million items takes its time to be laid out

# the city answers at once or, where that is its part, never: waiting long for it proves nothing
QUICK = {"GONGKAI_DOWNLOAD_TIMEOUT_S": "4", "GONGKAI_RETRY_WAIT_S": "0.3"}
# the demo writes into its own folder, whatever this machine is set up for
OWN = (
    *("GONGKAI_DATABASE_URL", "GONGKAI_DELIVERY_FOLDER", "GONGKAI_RECEIVERS"),
    *("PREFECT_API_URL", "PREFECT_HOME", "PREFECT_PROFILE"),
)


def run_demo(*, seed: int, units: int | None, items: int | None, keep: bool, json_file: Path | None) -> int:
    """Runs the demo; 0 where nothing differs from the truth, 1 where something does.

    :raises GongkaiError: the city could not be started, or a stage could not be run at all.
    """
    if not (CHECKOUT / "tests" / "city" / "__main__.py").exists():
        raise GongkaiError(f"the fictional city is not in {CHECKOUT}: run the demo from a checkout or from the image")
    began = time.monotonic()
    with _folder(keep) as folder:
        settings.use(**dict.fromkeys(OWN), **QUICK, GONGKAI_HOME=str(folder))
        sizes = [f"--{name}={value}" for name, value in (("units", units), ("items", items)) if value is not None]
        _say("laying out and serving a fictional city")
        with _served(folder / "city", [f"--seed={seed}", *sizes]) as ready:
            summary, compared, failed = _job(folder, ready, began)
        if json_file is not None:
            json_file.write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        right = compared.is_right and not failed and _delivered_well(summary) and _reported_well(summary)
        _tell_end(summary, compared, failed, folder if keep else None)
        return 0 if right else 1


def _job(folder: Path, ready: dict[str, Any], began: float) -> tuple[dict[str, Any], Compared, list[str]]:
    failed: list[str] = []
    city = city_file.load(folder / "city" / "city.yml")
    with closing(open_database()) as database:
        registry.apply(database, city)
    columns = sum(len(unit.columns) for unit in city.units)
    _say("starting Prefect's server")
    with a_server(settings.load()):
        from flows.assess import assess
        from flows.deliver import deliver
        from flows.harvest import harvest

        _say(f"harvesting {len(city.units)} units, {columns} columns")
        try:
            with watching("harvest"):
                harvested = harvest(full=True)
            _say(str(harvested))
        except CrawlFailed as problem:
            failed.append(str(problem))
        _say("assessing")
        _say(str(assess(as_of=dt.date.fromisoformat(ready["as_of"]))))
        _say("delivering")
        for told in deliver():
            _say(str(told))
            failed += [told.held] if told.held else []
    with closing(open_database()) as database:
        compared = compare(database, folder / "city" / "truth")
        reports = compare_annual(database, folder / "city" / "truth" / "annual.jsonl")
        for line in ("", *lines(board(database)), _looks(database)):
            typer.echo(line)
        summary = _summary(database, len(city.units), columns, compared, time.monotonic() - began)
        summary["annual"] = {
            "reports": reports.reports,
            "read": reports.read,
            "wrong_cells": reports.wrong_cells,
            "sums_wrong": reports.sums_wrong,
        }
        for words in reports.told:
            compared.tell("yearly reports not read right", words)
    return summary, compared, failed


def _looks(database: Database) -> str:
    told = ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in scoreboard(database).looks.items())
    return f"latest looks at columns: {told}"


# ------------------------------------------------------------------ the city and its folder


@contextmanager
def _folder(keep: bool) -> Iterator[Path]:
    """Where the demo's data goes; with ``keep`` a folder that stays and is made anew by the next demo."""
    if keep:
        folder = KEPT.absolute()
        if folder.exists() and not (folder / "city").exists() and any(folder.iterdir()):
            raise GongkaiError(f"{folder}: holds something that is no demo's; move it away and run again")
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "city").mkdir(parents=True)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="gongkai-demo-", ignore_cleanup_errors=True) as name:
        (Path(name) / "city").mkdir()
        yield Path(name)


@contextmanager
def _served(folder: Path, options: list[str]) -> Iterator[dict[str, Any]]:
    """The city, served from a process of its own while the block runs; what it says when it is ready."""
    command = [sys.executable, "-m", "tests.city", "serve", "--dir", str(folder), *options]
    with ExitStack() as ending:
        with interrupts_later(), (folder / "city.log").open("wb") as log:
            city = subprocess.Popen(command, cwd=CHECKOUT, stdout=log, stderr=log, start_new_session=True)
            ending.callback(stop, city)
        until = time.monotonic() + START_S
        while not (folder / "ready.json").exists():
            if city.poll() is not None or time.monotonic() > until:
                said = (folder / "city.log").read_text(errors="replace").strip().splitlines()
                raise GongkaiError(f"the fictional city did not start: {said[-1] if said else 'no answer in time'}")
            time.sleep(0.1)
        yield json.loads((folder / "ready.json").read_bytes())


# ------------------------------------------------------------------ what it came to


def _summary(database: Database, units: int, columns: int, compared: Compared, seconds: float) -> dict[str, Any]:
    delivered = _received(settings.load().delivery_folder)
    drift = _drift(database)
    looks = (look for look in observations.iter_observations(database) if "tags" not in look.facts)  # those are counts
    pages = sum(int(look.facts.get("pages") or 1) for look in looks)
    return {
        "units": units,
        "columns": columns,
        "pages": pages,
        "items": {
            "truth": compared.items_true,
            "found": compared.items_found,
            "wrong_fields": compared.wrong_fields,
            "unexpected": compared.unexpected,
        },
        "identity": {
            "documents": compared.documents,
            "copies": compared.copies,
            "lookalikes": compared.lookalikes,
            "united": compared.united,
            "wrongly_united": compared.wrongly_united,
            "missed": compared.missed_copies,
        },
        "findings": {
            "seeded": compared.seeded,
            "found": compared.found,
            "false": compared.false,
            "missed": compared.missed,
        },
        "faults": {"seeded": compared.faults, "accusations": compared.accusations},
        "delivered": {"expected": outbox.head(database), **delivered, "drift": drift},
        "seconds": round(seconds, 1),
    }


def _received(folder: Path) -> dict[str, int]:
    """What a reader of the delivery folder gets, read back from its files."""
    manifest = read_manifest(folder)
    seen: set[int] = set()
    count = 0
    for entry in manifest["files"]:
        with (folder / entry["name"]).open(encoding="utf-8") as changes:
            for line in changes:
                seen.add(json.loads(line)["seq"])
                count += 1
    return {"received": len(seen), "duplicates": count - len(seen)}


def _drift(database: Database) -> int | None:
    """By how many items what the receiver holds differs from what it should hold; None where it cannot be asked."""
    now = settings.load()
    (config,) = receivers.load(now)
    told = compare_receiver(database, config, now).told
    return None if told is None else told.drift


def _delivered_well(summary: dict[str, Any]) -> bool:
    told = summary["delivered"]
    return bool(told["expected"] == told["received"] and not told["duplicates"] and told["drift"] == 0)


def _reported_well(summary: dict[str, Any]) -> bool:
    told = summary["annual"]
    return bool(told["reports"] == told["read"] and not told["wrong_cells"] and not told["sums_wrong"])


def _tell_end(summary: dict[str, Any], compared: Compared, failed: list[str], kept: Path | None) -> None:
    names = ("items", "identity", "findings", "faults", "delivered", "annual")
    items, same, found, faults, sent, told = (summary[name] for name in names)
    for line in (
        "",
        "against the truth of the city:",
        f"  items      {items['found']} of {items['truth']} found, {items['wrong_fields']} wrong fields, "
        f"{items['unexpected']} not in the truth",
        f"  identity   {same['united']} of {same['copies']} copies of {same['documents']} documents united, "
        f"{same['wrongly_united']} wrongly united ({same['lookalikes']} only look alike)",
        f"  findings   {found['found']} of {found['seeded']} seeded breaches found, {found['missed']} missed, "
        f"{found['false']} false",
        f"  reports    {told['read']} of {told['reports']} yearly reports read right, "
        f"{told['wrong_cells']} wrong cells, {told['sums_wrong']} wrong sums",
        f"  faults     {faults['seeded']} faults of ours seeded, {faults['accusations']} accusations",
        f"  delivered  {sent['received']} of {sent['expected']} changes, {sent['duplicates']} twice, "
        f"drift {sent['drift']}",
        f"  seconds    {summary['seconds']}",
    ):
        typer.echo(line)
    for sort, mismatches in compared.told.items():
        typer.echo(f"{sort}:", err=True)
        for words in mismatches:
            typer.echo(f"  {words}", err=True)
    for words in failed:
        typer.echo(f"a stage failed: {words}", err=True)
    program, folder = _near(Path(sys.argv[0])), _near(KEPT.absolute())
    typer.echo("")
    typer.echo("where to look next:" if kept else "where to look next: gongkai demo --keep keeps the data; then")
    for line in (
        f"  GONGKAI_HOME={folder} {program} serve            the console on http://127.0.0.1:8080/",
        f"  GONGKAI_HOME={folder} {program} status           what could not be looked at, and why",
        f"  GONGKAI_HOME={folder} {program} export findings  every finding with its facts and evidence",
        f"  {folder}/archive (captured pages), {folder}/delivered, {folder}/city/truth",
    ):
        typer.echo(line)


def _near(path: Path) -> Path:
    """``path`` as one would type it here."""
    absolute, here = path.absolute(), Path.cwd()
    return absolute.relative_to(here) if absolute.is_relative_to(here) else path


def _say(words: str) -> None:
    for line in words.splitlines():
        typer.echo(line, err=True)
