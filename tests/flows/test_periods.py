"""Periods are frozen once, corrected beside what was frozen, and follow from what was kept."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from flows.assess import assess_database
from flows.cli import app
from flows.compliance.regimes import FOLDER
from flows.periods.amending import amend
from flows.periods.freezing import freeze
from flows.periods.frozen import problems
from storage import findings, periods, registry, settings, tables
from storage.database import Database, open_database
from storage.exceptions import ExportError, PeriodRefused, UnknownTarget
from storage.periods import Amendment, Period
from storage.schema import Verdict, VerdictKind, Waiver
from tests.flows import small_city
from tests.flows.test_reproducible import recount, same

LATER = dt.datetime(2026, 11, 5, 4, tzinfo=dt.UTC)
MONTH = "2026-10"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def home() -> Path:
    return settings.load().home


@pytest.fixture
def database(judged_city: Path) -> Iterator[Database]:
    """The small city, judged on the last day but one of the month."""
    with closing(small_city.copied(judged_city)) as opened:
        yield opened


def judge(database: Database, day: dt.date = small_city.TODAY, now: dt.datetime = small_city.NOW) -> None:
    assess_database(database, settings.load(), as_of=day, now=now)


def frozen(database: Database, name: str = MONTH, **given: Any) -> Period:
    return freeze(database, settings.load().home, name, **{"by": "王小满", "now": LATER, **given})


def amended(database: Database, unit: str = "jyj", **given: Any) -> Amendment:
    known = {"unit": unit, "reason": "申诉成立", "by": "李青禾", "now": LATER}
    return amend(database, settings.load().home, MONTH, **{**known, **given})


def finding_of(database: Database, unit: str, rule: str) -> str:
    return next(one.id for one in findings.iter_findings(database, unit=unit) if one.rule == rule)


def line(board: Any, unit: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in board["scores"] if one["unit"] == unit)
    return found


# ------------------------------------------------------------------ freezing


def test_what_is_frozen_is_the_scoreboard_and_all_it_follows_from(database: Database, home: Path) -> None:
    told = json.loads(run("report", "scoreboard", "--json").stdout)
    exported, city = run("export", "verdicts").stdout, run("city", "export").stdout
    made = frozen(database, note="第一次")
    assert (made.as_of, made.first, made.last, made.early) == (
        small_city.TODAY, dt.date(2026, 10, 1), dt.date(2026, 10, 31), False,
    )  # fmt: skip
    assert periods.get(database, MONTH) == made
    assert json.loads(made.board) == told
    file = home / made.file
    assert gzip.decompress(file.read_bytes()).decode() == exported
    assert hashlib.sha256(file.read_bytes()).hexdigest() == made.sha256
    assert hashlib.sha256(exported.encode()).hexdigest() == made.digest
    assert made.rows == exported.count("\n")
    same(told, recount(exported, city, [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yml"))]))
    assert made.city == city
    assert [path.name for path in file.parent.iterdir()] == [f"{MONTH}.verdicts.jsonl.gz"]
    assert list(problems(database, home, MONTH)) == []


def test_frozen_twice_it_would_be_the_same_bytes(database: Database) -> None:
    month, quarter = frozen(database), frozen(database, "2026-Q4", early=True)
    assert (month.sha256, month.board) == (quarter.sha256, quarter.board)
    assert [one.name for one in periods.iter_periods(database)] == ["2026-Q4", "2026-10"]


def test_a_period_is_frozen_once(database: Database, home: Path) -> None:
    made = frozen(database)
    before = (home / made.file).read_bytes()
    small_city.show(database, "jyj", "news", *small_city.fresh_news("jyj", small_city.TODAY))
    judge(database)
    with pytest.raises(PeriodRefused, match=r"frozen at 2026-11-05 04:00 UTC by 王小满 .*period amend 2026-10"):
        frozen(database, by="李青禾")
    assert periods.get(database, MONTH) == made
    assert (home / made.file).read_bytes() == before
    assert len(list((home / "periods").iterdir())) == 1


@pytest.mark.parametrize(
    ("name", "now", "early", "refused"),
    [
        (MONTH, dt.datetime(2026, 10, 31, 15, 59, tzinfo=dt.UTC), False, "is not over: it ends on 2026-10-31; --early"),
        (MONTH, dt.datetime(2026, 10, 31, 16, 0, tzinfo=dt.UTC), False, None),  # midnight in the city
        (MONTH, dt.datetime(2026, 10, 31, 15, 59, tzinfo=dt.UTC), True, None),
        ("2026-Q4", LATER, False, "2026-Q4 is not over: it ends on 2026-12-31"),
        ("2026", LATER, True, None),
        ("2026-12", LATER, True, "2026-12 has not begun"),
        ("2026-09", LATER, False, "2026-09: nothing was looked at by 2026-09-30"),
        ("2026-11", LATER, True, "was as of 2026-10-30, before its first day: run gongkai assess first"),
    ],
)
def test_when_a_period_can_be_frozen(
    database: Database, name: str, now: dt.datetime, early: bool, refused: str | None
) -> None:
    if refused is None:
        made = frozen(database, name, now=now, early=early)
        assert made.early == early
        return
    with pytest.raises(PeriodRefused, match=refused):
        frozen(database, name, now=now, early=early)
    assert list(periods.iter_periods(database)) == []


def test_an_assessment_that_broke_off_is_not_frozen(database: Database) -> None:
    """Verdicts are of one day, or there is more than one; those on items stand from the day they were given."""
    newer = small_city.TODAY + dt.timedelta(days=1)
    item = Verdict(
        rule="TM-01", rule_version="1", unit="qu", column="notices", item="x", verdict=VerdictKind.COMPLIANT,
        as_of=newer + dt.timedelta(days=9),
    )  # fmt: skip
    findings.settle(database, [item], at=LATER)
    assert json.loads(frozen(database, "2026-Q4", early=True).board)["items_as_of"] == ["2026-10-30", "2026-11-09"]
    column = Verdict(
        rule="UP-06", rule_version="1", unit="qu", column="news", verdict=VerdictKind.COMPLIANT, as_of=newer
    )
    findings.settle(database, [column], at=LATER)
    with pytest.raises(PeriodRefused, match="as of 2026-10-30, 2026-10-31 stand side by side"):
        frozen(database)


def test_before_anything_was_judged() -> None:
    with closing(open_database()) as database:
        with pytest.raises(UnknownTarget, match="no city yet"):
            frozen(database)
        registry.apply(database, small_city.CITY)
        with pytest.raises(PeriodRefused, match="nothing was judged yet: run gongkai assess first"):
            frozen(database)


def test_where_the_store_has_gone_on_the_last_day_is_judged_and_no_finding_moves(
    database: Database, home: Path, tmp_path: Path
) -> None:
    """What is mended and what grew old in November is no part of October, and freezing October does not touch it."""
    small_city.show(database, "jyj", "news", *small_city.fresh_news("jyj", LATER.date()), at=LATER)
    judge(database, LATER.date(), LATER)
    before = list(findings.iter_findings(database)), list(findings.iter_verdicts(database))
    made = frozen(database)
    assert made.as_of == dt.date(2026, 10, 31)
    assert (list(findings.iter_findings(database)), list(findings.iter_verdicts(database))) == before
    assert "UP-02" in [rule for loss in line(json.loads(made.board), "jyj")["losses"] for rule in loss["rules"]]
    assert list(problems(database, home, MONTH)) == []
    # word for word what an assessment as of that day would have kept
    judge(database, made.as_of, LATER)
    again = frozen(database, "2026-Q4", early=True)
    assert (again.as_of, again.sha256) == (made.as_of, made.sha256)


def test_a_file_that_cannot_be_written_freezes_nothing(database: Database, home: Path) -> None:
    (home / "periods").write_text("in the way")
    with pytest.raises(ExportError, match="cannot be written"):
        frozen(database)
    assert list(periods.iter_periods(database)) == []


# ------------------------------------------------------------------ amending


def test_a_finding_that_was_wrong_is_set_aside(database: Database, home: Path) -> None:
    """A dispute was right: a person closes the finding, and the frozen breach behind it no longer counts."""
    made = frozen(database)
    board = json.loads(made.board)
    stale = finding_of(database, "jyj", "UP-02")
    with pytest.raises(PeriodRefused, match=rf"{stale} is open: a finding is set aside once a person"):
        amended(database, wrong=[stale])
    findings.take_step(database, stale, "closed", who="李青禾", at=LATER, note="申诉成立，栏目已迁移")
    one = amended(database, wrong=[stale])
    assert [(change["rule"], change["column"], change["now"]["verdict"]) for change in one.changes] == [
        ("UP-02", "news", "not_applicable")
    ]
    assert one.before == line(board, "jyj")
    lost = next(loss for loss in one.before["losses"] if "UP-02" in loss["rules"])
    assert one.after["points"] == pytest.approx(one.before["points"] + lost["points"], abs=0.11)
    assert one.after["open_findings"] == one.before["open_findings"]
    # judged again the breach would be there once more; what was set aside stays so
    with pytest.raises(PeriodRefused, match="nothing that is different now changes its numbers"):
        amended(database)
    # nothing that was frozen has changed
    assert periods.get(database, MONTH) == made
    assert list(problems(database, home, MONTH)) == []


def test_what_was_mended_is_no_correction(database: Database) -> None:
    """The column was filled in November: the finding is closed, by an assessment, and October stays as it was."""
    frozen(database)
    stale = finding_of(database, "jyj", "UP-02")
    small_city.show(database, "jyj", "news", *small_city.fresh_news("jyj", LATER.date()), at=LATER)
    judge(database, LATER.date(), LATER)
    closed = findings.get_finding(database, stale)
    assert closed is not None
    assert closed.state == "closed"
    with pytest.raises(PeriodRefused, match=rf"{stale} is closed: a finding is set aside once a person has waived it"):
        amended(database, wrong=[stale])
    with pytest.raises(PeriodRefused, match="nothing that is different now changes its numbers"):
        amended(database)


def test_a_waiver_granted_later_counts_when_the_same_day_is_judged_again(database: Database, home: Path) -> None:
    frozen(database)
    with pytest.raises(PeriodRefused, match="nothing that is different now changes its numbers"):
        amended(database)
    waiver = Waiver(reason="机构改革", approved_by="市政府办", until=dt.date(2026, 12, 31), column="news", rule="UP-02")
    registry.apply(database, small_city.waived("jyj", waiver))
    one = amended(database, reason="补批豁免")
    assert [change["rule"] for change in one.changes] == ["UP-02"]
    assert one.changes[0]["now"]["reason"].startswith("waived: 机构改革")
    assert (one.before["passes"], one.before["met"]) == (True, one.after["met"] - 1)
    assert list(problems(database, home, MONTH)) == []


def test_items_that_came_later_are_no_correction(database: Database) -> None:
    frozen(database)
    stale = finding_of(database, "jyj", "UP-02")
    findings.take_step(database, stale, "closed", who="李青禾", at=LATER, note="误判")
    late = Verdict(
        rule="TM-01", rule_version="1", unit="jyj", column="notices", item="new", verdict=VerdictKind.BREACH,
        as_of=LATER.date(), kind=None, facts={},
    )  # fmt: skip
    findings.settle(database, [late], at=LATER)
    with pytest.raises(PeriodRefused, match="nothing that is different"):
        amended(database)


def test_amendments_add_up_and_move_the_ranks_of_peers(database: Database, home: Path) -> None:
    made = frozen(database)
    steps = [("swj", "SE-01"), ("swj", "UP-06"), ("swj", "CT-01"), ("jyj", "TM-01")]
    for unit, rule in steps:
        wrong = [one.id for one in findings.iter_findings(database, unit=unit) if one.rule == rule]
        for finding in wrong:
            findings.take_step(database, finding, "closed", who="李青禾", at=LATER, note="误判")
        amended(database, unit, wrong=wrong, reason=f"{rule}误判")
    told = json.loads(run("period", "show", MONTH, "--json").stdout)
    assert told["board"] == json.loads(made.board)
    assert [one["number"] for one in told["amendments"]] == [1, 2, 3, 4]
    assert [line(told[board], "swj")["passes"] for board in ("board", "amended")] == [False, True]
    for earlier, later in ((1, 2), (2, 3)):
        assert told["amendments"][earlier - 1]["after"] == told["amendments"][later - 1]["before"]
    moved = [(peer["unit"], peer["was"], peer["now"]) for one in told["amendments"] for peer in one["ranks"]]
    assert moved
    assert {one["unit"]: one["rank"] for one in told["amended"]["scores"]} != {
        one["unit"]: one["rank"] for one in told["board"]["scores"]
    }
    for one in told["amended"]["scores"]:
        above = [
            other
            for other in told["amended"]["scores"]
            if other["peer_group"] == one["peer_group"]
            and (other["passes"], other["points"]) > (one["passes"], one["points"])
        ]
        assert one["rank"] == len(above) + 1
    assert list(problems(database, home, MONTH)) == []


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"unit": "jyy"}, UnknownTarget, "--unit jyy: there was no such unit in 2026-10"),
        ({"reason": " "}, PeriodRefused, "say who amends it"),
        ({"by": ""}, PeriodRefused, "say who amends it"),
        ({"wrong": ["F-0"]}, UnknownTarget, "--finding F-0: there is no such finding"),
        ({"wrong": ["qxj UP-02"]}, PeriodRefused, "is a finding of qxj, not of jyj"),
    ],
)
def test_what_is_no_amendment(database: Database, given: dict[str, Any], error: type[Exception], said: str) -> None:
    frozen(database)
    if "wrong" in given:
        given = {"wrong": [finding_of(database, *one.split()) if " " in one else one for one in given["wrong"]]}
    with pytest.raises(error, match=said):
        amended(database, **given)
    assert periods.amendments(database, MONTH) == []


def test_two_amendments_at_once(database: Database) -> None:
    frozen(database)
    stale = finding_of(database, "jyj", "UP-02")
    findings.take_step(database, stale, "closed", who="李青禾", at=LATER, note="误判")
    one = amended(database, wrong=[stale])
    with pytest.raises(PeriodRefused, match="another amendment was made meanwhile: run it again"):
        periods.amend(database, one)
    assert periods.amendments(database, MONTH, "jyj") == [one]
    assert periods.amendments(database, MONTH, "qu") == []


# ------------------------------------------------------------------ verifying


def _spoil(database: Database, made: Period, home: Path, what: str) -> None:
    file = home / made.file
    with database.begin() as session:
        change = sa.update(tables.periods)
        match what:
            case "gone":
                file.unlink()
            case "cut":
                file.write_bytes(file.read_bytes()[:-20])
            case "a verdict":
                lines = gzip.decompress(file.read_bytes()).replace(b'"breach"', b'"compliant"', 1)
                file.write_bytes(gzip.compress(lines, mtime=0))
            case "a number":
                board = json.loads(made.board)
                line(board, "qu")["met"] += 1
                session.execute(change.values(board=json.dumps(board)))
            case "the law":
                session.execute(change.values(regulation=made.regulation.replace('"weight":"35"', '"weight":"50"')))
            case "formula":
                other = made.regulation.replace('"score":{"version":"2"', '"score":{"version":"9"')
                digest = hashlib.sha256(other.encode()).hexdigest()
                session.execute(change.values(regulation=other, regulation_digest=digest))
            case "an amendment":
                amend_it = sa.update(tables.period_amendments)
                session.execute(amend_it.values(changes="[]"))


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("gone", r"2026-10\.verdicts\.jsonl\.gz: cannot be read .*restore it from the backup"),
        ("cut", "cannot be read"),
        ("a verdict", r"holds \d+ verdicts with the sum .* that were frozen: restore it"),
        ("a number", r"2026-10: qu: met \d+ is stored and \d+ follows"),
        ("the law", "its regulation is not the one that was frozen"),
        ("formula", "frozen by score formula 2, which this version of gongkai does not compute"),
        ("an amendment", "amendment 1, jyj: "),
    ],
)
def test_what_was_changed_shows(database: Database, home: Path, what: str, said: str) -> None:
    made = frozen(database)
    stale = finding_of(database, "jyj", "UP-02")
    findings.take_step(database, stale, "closed", who="李青禾", at=LATER, note="误判")
    amended(database, wrong=[stale])
    assert (run("period", "verify").exit_code, list(problems(database, home, MONTH))) == (0, [])
    _spoil(database, made, home, what)
    told = run("period", "verify", MONTH)
    assert told.exit_code == 1
    assert "2026-10: 1 problems" in told.stdout
    assert re.search(said, told.stderr), told.stderr


# ------------------------------------------------------------------ the commands


def test_the_commands_say_what_was_done(database: Database) -> None:
    assert "no period is frozen yet" in run("period", "list").stdout
    assert "no period is frozen yet" in run("period", "verify").stdout
    done = run("period", "freeze", "2026-Q4", "--by", "王小满", "--note", "试行", "--early")
    assert done.exit_code == 0, done.output
    assert "2026-Q4 is frozen: judged as of 2026-10-30, 62 days before its end; 6 units, score formula 2" in done.stdout
    again = run("period", "freeze", "2026-Q4", "--by", "王小满", "--early")
    assert (again.exit_code, again.stderr.count("\n")) == (2, 1)
    stale = finding_of(database, "jyj", "UP-02")
    run("finding", "closed", stale, "--who", "李青禾", "--note", "误判")
    given = ("--unit", "jyj", "--by", "李青禾", "--reason", "申诉成立", "--finding", stale)
    told = run("period", "amend", "2026-Q4", *given)
    assert told.exit_code == 0, told.output
    assert "UP-02 news: breach → not_applicable (amended: 申诉成立)" in told.stdout
    assert "2026年第四季度" in run("period", "list").stdout
    assert json.loads(run("period", "list", "--json").stdout)[0]["amendments"] == 1
    shown = run("period", "show", "2026-Q4", "--losses", "1").stdout
    for words in ("by 王小满, before it was over: 试行", "score formula 2", "amendments", "as amended", "申诉成立"):
        assert words in shown
    assert "2026-Q4: every number follows from the frozen verdicts" in run("period", "verify").stdout
    missing = run("period", "show", MONTH)
    assert (missing.exit_code, missing.stderr) == (2, "gongkai: 2026-10 is not frozen; frozen are: 2026-Q4\n")
