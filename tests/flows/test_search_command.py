"""``gongkai search``: what it prints, and that the index follows by itself, by schedule and anew."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from flows.index import index
from storage import catalogue, search, settings
from storage.database import open_database
from tests.flows.capturing import run
from tests.storage import build


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path))
    monkeypatch.delenv("GONGKAI_DATABASE_URL", raising=False)


def fill(first: int, last: int) -> None:
    items = [
        build.item(n, title=f"关于第{n}项环境保护工作的通知", document_number=f"青政发〔2026〕{n}号")
        for n in range(first, last)
    ]
    with closing(open_database()) as database:
        catalogue.upsert(database, items, seen_at=build.NOON)


def test_an_empty_catalogue_has_nothing() -> None:
    done = run("search", "通知")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "0 found; the index is at change 0 of 0" in done.stderr


def test_what_was_just_stored_is_found() -> None:
    fill(0, 3)
    done = run("search", "环境 保护", "--number", "青政发[2026]2号")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == "关于第2项环境保护工作的通知"
    assert "2026-02-26 · tianhe-qu · 工作动态 · 青政发〔2026〕2号" in done.stdout
    assert "1 found; the index is at change 3 of 3" in done.stderr
    fill(3, 5)
    first = json.loads(run("search", "通知", "--limit", "3", "--json").stdout)
    assert first["total"] == {"count": 5, "exact": True}
    rest = json.loads(run("search", "通知", "--limit", "3", "--after", first["cursor"], "--json").stdout)
    assert len({one["id"] for page in (first, rest) for one in page["data"]}) == 5
    assert rest["cursor"] is None
    assert run("search", "通知", "-第2项").exit_code == 2  # an option nobody knows: the whole is to be quoted
    assert "4 found" in run("search", "通知 -第2项").stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("！",), (0, "there is nothing to search for")),
        (("a", "--from", "2026"), (2, "expected a day like")),
        (("a", "--after", "x"), (2, "is not a cursor of a search")),
        (("a", "--category", "x"), (2, "Invalid value")),
        (("通" * 3000,), (0, "only its beginning was used")),
    ],
)
def test_what_it_says_of_a_bad_question(arguments: tuple[str, ...], said: tuple[int, str]) -> None:
    done = run("search", *arguments)
    assert done.exit_code == said[0]
    assert said[1] in done.stderr


def test_the_index_follows_by_schedule_and_is_made_anew() -> None:
    fill(0, 4)
    assert index.fn() == 4
    fill(4, 6)
    assert run("search", "--update").exit_code == 0
    with closing(open_database(settings.load().database_url)) as database:
        assert (search.standing(database).seq, search.standing(database).generation) == (6, 1)
    assert run("search", "--rebuild", "通知").stderr.startswith("6 found")
    with closing(open_database(settings.load().database_url)) as database:
        assert (search.standing(database).seq, search.standing(database).generation) == (6, 2)
