"""What is told to the console follows from the whole verdicts, and is told again only where something is different."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.assess import assess_database
from flows.compliance.regimes import of_city
from flows.publishing import publish
from flows.report import board_of
from flows.reports import scoreboard
from storage import boards, findings, registry, settings
from storage.boards import Board
from storage.database import Database, dumps, open_database
from storage.schema import VerdictKind
from tests.flows import small_city

HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small city, judged and told; made once and copied."""
    home = tmp_path_factory.mktemp("published")
    path = home / "gongkai.db"
    with pytest.MonkeyPatch.context() as patch, closing(open_database(f"sqlite:///{path}")) as opened:
        patch.setenv("GONGKAI_HOME", str(home))
        small_city.fill(opened)
        judge(opened)
        publish(opened, settings.load())
    return path


@pytest.fixture
def database(published: Path, tmp_path: Path) -> Iterator[Database]:
    path = shutil.copy(published, tmp_path / "gongkai.db")
    with closing(open_database(f"sqlite:///{path}")) as opened:
        yield opened


def judge(database: Database, *, day: dt.date = small_city.TODAY, now: dt.datetime = small_city.NOW) -> None:
    assess_database(database, settings.load(), as_of=day, now=now)


def told(database: Database) -> Board:
    found = boards.latest(database)
    assert found is not None
    return found


def test_the_board_is_what_whole_verdicts_and_findings_make(database: Database) -> None:
    law = of_city(small_city.CITY.code, settings.load().home)
    whole = list(findings.iter_verdicts(database))
    made = scoreboard.as_json(board_of(database, small_city.CITY, law, whole))
    opened = list(findings.iter_findings(database, "open"))
    assert [(one.unit, one.kind) for one in findings.iter_opened(database)] == [(one.unit, one.kind) for one in opened]
    found = told(database)
    board = {name: value for name, value in found.board.items() if name not in ("trend", "items")}
    lines = []
    for line in made["scores"]:
        stands = boards.standing(database, line["unit"])
        assert stands is not None
        lines.append({**stands.line, "losses": list(stands.losses or ())})
        counts = Counter((one.rule, one.verdict.value) for one in whole if one.unit == line["unit"])
        assert {(rule, kind): n for rule, kinds in stands.cells.items() for kind, n in kinds.items()} == counts
    assert {**board, "scores": lines} == made
    assert dumps(board) == dumps({name: value for name, value in made.items() if name != "scores"})
    points = [line["points"] for line in made["scores"] if line["points"] is not None]
    assert sorted(found.board["trend"]["points"].values()) == sorted(points)
    assert found.board["trend"]["mean"] == pytest.approx(sum(points) / len(points), abs=0.06)


def nothing(_: Database) -> None:
    pass


def judge_again(database: Database) -> None:
    judge(database, now=small_city.NOW + HOUR)


def look_again(database: Database) -> None:
    """A second good look on the same day: other evidence, the same verdicts."""
    small_city.look(database, "qu", "news", at=small_city.NOW + HOUR)
    judge(database, now=small_city.NOW + 2 * HOUR)


def judge_tomorrow(database: Database) -> None:
    judge(database, day=small_city.TODAY + dt.timedelta(days=1), now=small_city.NOW + 24 * HOUR)


def mend(database: Database) -> None:
    now = small_city.NOW + HOUR
    small_city.show(database, "jyj", "news", *small_city.fresh_news("jyj", small_city.TODAY), at=now)
    judge(database, now=now + HOUR)


def waive(database: Database) -> None:
    one = next(findings.iter_findings(database, "open"))
    given: Any = {"note": "准予", "approved_by": "李四", "until": dt.date(2027, 1, 1)}
    findings.take_step(database, one.id, "waived", who="王小满", at=small_city.NOW, **given)


def rename(database: Database) -> None:
    units = (replace(small_city.CITY.units[0], name="田禾新区"), *small_city.CITY.units[1:])
    registry.apply(database, replace(small_city.CITY, units=units))


@pytest.mark.parametrize(
    ("happens", "again"),
    [
        (nothing, False),
        (judge_again, False),
        (look_again, False),
        (judge_tomorrow, True),
        (mend, True),
        (waive, True),
        (rename, True),
    ],
)
def test_a_board_is_told_again_only_where_something_is_different(
    database: Database, happens: Callable[[Database], None], again: bool
) -> None:
    before = told(database)
    happens(database)
    publish(database, settings.load())
    after = told(database)
    assert (after.told_at != before.told_at) is again
    if not again:  # and telling it anyway would have said the same
        law = of_city(small_city.CITY.code, settings.load().home)
        made = scoreboard.as_json(board_of(database, small_city.CITY, law, findings.iter_judged(database)))
        assert {name: made[name] for name in made if name != "scores"} == {
            name: after.board[name] for name in made if name != "scores"
        }


def test_a_good_look_that_makes_up_for_a_failed_one_is_told_by_its_coverage(database: Database) -> None:
    def covered() -> tuple[int, int]:
        share = told(database).board["coverage"]
        return share["good"], share["due"]

    first = covered()
    small_city.look(database, "jtj", None, "blocked", at=small_city.NOW + HOUR)
    publish(database, settings.load())
    assert covered() == first  # a home page is no column
    day = small_city.NOW - dt.timedelta(days=2)
    small_city.look(database, "jtj", "rules", "blocked", at=day)
    publish(database, settings.load())
    assert covered() != first


def test_slim_verdicts_are_the_whole_ones_without_their_facts(database: Database) -> None:
    def slim(one: findings.Judged) -> tuple[object, ...]:
        return (one.rule, one.unit, one.column, one.item, one.verdict, one.reason, one.as_of)

    whole = {
        (one.rule, one.unit, one.column, one.item, one.verdict, one.reason, one.as_of)
        for one in findings.iter_verdicts(database)
    }
    assert {slim(one) for one in findings.iter_judged(database)} == whole
    assert {one.verdict for one in findings.iter_judged(database)} == set(VerdictKind)
