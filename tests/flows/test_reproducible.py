"""What is exported is enough: the score follows from it, and the same facts give the same bytes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as checked
from hypothesis import strategies as st
from typer.testing import CliRunner

from flows.assess import assess_database
from flows.cli import app
from flows.compliance.regimes import FOLDER, load
from flows.reports.scoreboard import as_json, scoreboard
from harvesters import city_file
from storage import catalogue, export, progress, settings
from storage.database import Database, open_database
from storage.schema import Verdict, VerdictKind
from tests.flows import small_city

PUBLISHED = tuple(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yml")))
LAW = load()


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == 0, done.output
    return done.stdout


# ------------------------------------------------------------------ somebody else's reckoning


def recount(exported: str, city: str, published: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Points and ranks from exported verdicts, an exported city file and the published texts; nothing of ours is used.

    Written from what flows/compliance/score.py says in words and regulations/score.yml in numbers.
    """
    score: dict[str, Any] = {}
    binding: set[str] = set()
    for text in published:
        data = yaml.safe_load(text)
        score = data.get("score", score)
        entries = data.get("rules", {}).items()
        binding |= {rule for rule, entry in entries if entry.get("enabled", True) and not entry.get("advice", False)}

    def fits(rule: str, pattern: str) -> bool:
        return rule.startswith(pattern[:-1]) if pattern.endswith("*") else rule == pattern

    def place(rule: str) -> tuple[str | None, bool]:
        found: list[tuple[int, str | None, bool]] = [(0, None, False)]
        for name, group in score["groups"].items():
            found += [(len(p), name, False) for p in group["rules"] if fits(rule, p)]
            found += [(len(p), name, True) for p in group.get("found", []) if fits(rule, p)]
        found += [(len(p), None, False) for e in score["uncounted"].values() for p in e["rules"] if fits(rule, p)]
        return max(found, key=lambda one: one[0])[1:]

    units = {unit["id"]: unit for unit in yaml.safe_load(city)["units"]}
    said: dict[Any, dict[Any, set[str]]] = defaultdict(lambda: defaultdict(set))  # unit, group → obligation → verdicts
    failed = set()
    for row in map(json.loads, exported.splitlines()):
        columns = {column["id"] for column in units.get(row["unit"], {}).get("columns", [])}
        if row["rule"] not in binding or row["unit"] not in units or row["column"] not in (*columns, None):
            continue
        silent = row["verdict"] == "not_assessable" and (row["reason"] or "").split(":")[0] in ("advice", "review")
        if row["verdict"] == "not_applicable" or silent:
            continue
        if row["verdict"] == "breach" and any(fits(row["rule"], pattern) for pattern in score["veto"]):
            failed.add(row["unit"])
        group, breaches_only = place(row["rule"])
        if group is None or (breaches_only and row["verdict"] != "breach"):
            continue
        way = score["groups"][group]["counts"]
        obligation = {
            "columns": row["column"],
            "items": (row["item"], None if row["item"] else row["column"]),
            "unit": (row["rule"], row["column"], row["item"]),
        }[way]
        if obligation is not None:
            said[row["unit"], group][obligation].add(row["verdict"])
    lines: dict[str, dict[str, Any]] = {}
    for unit, told in units.items():
        met, judged, unsure = {}, {}, {}
        for group in score["groups"]:
            gravest = [
                next(kind for kind in ("breach", "not_assessable", "compliant") if kind in kinds)
                for kinds in said[unit, group].values()
            ]
            met[group], unsure[group] = gravest.count("compliant"), gravest.count("not_assessable")
            judged[group] = len(gravest) - unsure[group]
        weights = {group: Fraction(str(score["groups"][group]["weight"])) for group in judged if judged[group]}
        watched = [group for group in judged if score["groups"][group]["counts"] == "columns"]
        seen = sum(judged[g] for g in watched) >= Fraction(str(score["least_judged"])) * sum(
            judged[g] + unsure[g] for g in watched
        )
        points = None
        if seen and any(weights.values()):
            shares = (100 * w * met[g] / judged[g] for g, w in weights.items())
            points = sum(shares, Fraction(0)) / sum(weights.values(), Fraction(0))
        counts = {"met": sum(met.values()), "judged": sum(judged.values()), "not_assessable": sum(unsure.values())}
        peers = "vertical" if told["supervision"] == "vertical" else told["kind"]
        lines[unit] = {"points": points, "passes": unit not in failed, "peers": peers, **counts}
    for line in lines.values():
        above = [
            other for other in lines.values()
            if other["peers"] == line["peers"] and other["points"] is not None
            and (not other["passes"], -other["points"]) < (not line["passes"], -(line["points"] or 0))
        ]  # fmt: skip
        line["rank"] = None if line["points"] is None else 1 + len(above)
    return lines


def same(told: dict[str, Any], recounted: dict[str, dict[str, Any]]) -> None:
    """Every unit's line of the scoreboard says what was counted again."""
    assert {one["unit"] for one in told["scores"]} == set(recounted)
    for one in told["scores"]:
        again = recounted[one["unit"]]
        assert (None if one["exact"] is None else Fraction(one["exact"])) == again["points"]
        for name in ("rank", "passes", "met", "judged", "not_assessable"):
            assert one[name] == again[name], (one["unit"], name)
        assert one["peer_group"] == again["peers"]
        if again["points"] is not None:
            assert sum((Fraction(loss["exact"]) for loss in one["losses"]), again["points"]) == 100


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(open_database()) as opened:
        small_city.fill(opened)
        yield opened


def test_the_scoreboard_follows_from_exports(database: Database) -> None:
    assess_database(database, settings.load(), now=small_city.NOW)
    told = json.loads(run("report", "scoreboard", "--json"))
    same(told, recount(run("export", "verdicts"), run("city", "export"), PUBLISHED))
    assert {one["unit"] for one in told["scores"] if not one["passes"]} == {"swj"}
    assert {one["peer_group"] for one in told["scores"]} == {"district", "department", "stationed", "vertical"}
    ranks = [one["rank"] for one in told["scores"] if one["peer_group"] == "department"]
    assert ranks == sorted(ranks)
    assert ranks[0] == 1 < ranks[-1]


def test_the_scoreboard_says_what_it_rests_on(database: Database, tmp_path: Path) -> None:
    assess_database(database, settings.load(), now=small_city.NOW)
    out = tmp_path / "board.json"
    run("report", "scoreboard", "--json", str(out))
    told = json.loads(out.read_text(encoding="utf-8"))
    assert told == json.loads(run("report", "scoreboard", "--json"))
    assert told["regulation"]["digest"] == LAW.digest
    assert set(told["regulation"]["regimes"]) == {path.stem for path in FOLDER.glob("*.yml")}
    assert told["formula"]["version"] == "2"
    assert told["coverage"] == {"good": 42, "due": 42, "percent": 100.0}
    for one in told["scores"]:
        for name in ("met", "judged", "not_assessable"):
            assert one[name] == sum(group[name] for group in one["groups"])
        assert one["coverage"]["due"] == 7
        assert [loss["title"] and loss["says"] for loss in one["losses"] + one["vetoes"]].count("") == 0
    run("report", "scoreboard", str(out))
    assert out.read_text(encoding="utf-8") == run("report", "scoreboard")


RULES = st.sampled_from([*LAW.rules, "CT-02", "FT-01", "TM-02", "XX-01"])
ROWS = st.lists(
    st.builds(
        Verdict,
        rule=RULES,
        rule_version=st.just("1"),
        unit=st.sampled_from(["qu", "jyj", "swj", "swju", "gone"]),
        column=st.sampled_from(["news", "notices", "catalogue", "gone", None]),
        item=st.sampled_from(["a", "b", "c", None]),
        verdict=st.sampled_from(VerdictKind),
        reason=st.sampled_from([None, "blocked: by the site", "advice: not adopted", "review: look at it"]),
        as_of=st.just(small_city.TODAY),
    ),
    max_size=60,
    unique_by=lambda one: (one.rule, one.unit, one.column, one.item),
)


@checked(deadline=None)
@given(rows=ROWS)
def test_any_verdicts_count_the_same_for_somebody_else(rows: list[Verdict]) -> None:
    told = as_json(scoreboard(small_city.CITY, LAW, rows, []))
    exported = "".join(f"{json.dumps(export.verdict_json(one))}\n" for one in rows)
    same(told, recount(exported, city_file.dump(small_city.CITY), PUBLISHED))


@checked(deadline=None)
@given(rows=ROWS, data=st.data())
def test_the_order_of_verdicts_does_not_matter(rows: list[Verdict], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    assert as_json(scoreboard(small_city.CITY, LAW, shuffled, [])) == as_json(
        scoreboard(small_city.CITY, LAW, rows, [])
    )


@checked(deadline=None)
@given(rows=ROWS)
def test_a_verdict_comes_back_from_its_export(rows: list[Verdict]) -> None:
    assert [export.verdict_of(export.verdict_json(one)) for one in rows] == rows


# ------------------------------------------------------------------ the same bytes


def exported(database: Database, folder: Path) -> tuple[bytes, bytes]:
    """Verdicts and findings as ``gongkai export`` writes them."""
    for kind in ("verdicts", "findings"):
        export.export(database, kind, "jsonl", folder / kind)
    return (folder / "verdicts").read_bytes(), (folder / "findings").read_bytes()


def test_judging_again_gives_the_same_bytes(database: Database, tmp_path: Path) -> None:
    known = settings.load()
    assess_database(database, known, now=small_city.NOW)
    before = exported(database, tmp_path)
    assert before[1].count(b"\n") >= 8
    assess_database(database, known, now=small_city.NOW)
    assert exported(database, tmp_path) == before
    # everything once more, as after a change of conditions that changes no verdict
    progress.note(database, "assess", {"conditions": 0, "items": 0})
    told = assess_database(database, known, now=small_city.NOW)
    assert told.items == catalogue.count_items(database)
    verdicts, opened = exported(database, tmp_path)
    assert opened == before[1]
    # what is only looked for is recorded as in order once it is judged again; nothing that stood says anything else
    assert set(before[0].splitlines()) <= set(verdicts.splitlines())


def test_the_same_harvest_in_another_database_gives_the_same_bytes(database: Database, tmp_path: Path) -> None:
    known = settings.load()
    assess_database(database, known, now=small_city.NOW)
    other = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    small_city.fill(other, order=reversed(small_city.ORDER))
    assess_database(other, known, now=small_city.NOW)
    (tmp_path / "there").mkdir()
    assert exported(other, tmp_path / "there") == exported(database, tmp_path)
    other.close()
