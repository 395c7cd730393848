"""``gongkai catalogue`` tells an item's history, lists near ones, and keeps a person's word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.settling import settle
from storage import catalogue, outbox, registry, settings
from storage.database import Database, open_database
from storage.schema import Item
from tests.storage import build
from tests.storage.test_sameness import MEASURES, MEASURES_TITLE, UNITS


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path))
    monkeypatch.delenv("GONGKAI_DATABASE_URL", raising=False)
    with closing(open_database(settings.load().database_url)) as opened:
        registry.apply(
            opened, build.city(*(replace(build.unit(one), name=UNITS[one]) for one in ("zfb", "jyj", "thq")))
        )
        yield opened


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["catalogue", *arguments])


def told(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def measures(unit: str, **facts: Any) -> Item:
    known = {"unit": unit, "url": f"http://www.{unit}.invalid/1.html", "title": MEASURES_TITLE, "body_text": MEASURES}
    return build.item(**{**known, **facts})


def test_a_documents_history_from_its_first_day_to_a_persons_word(database: Database) -> None:
    catalogue.upsert(database, [measures("zfb"), measures("jyj", issuer="青禾市人民政府")], seen_at=build.NOON)
    assert str(settle()) == "1 copies of others' joined"
    catalogue.upsert(database, [measures("zfb", theme="综合政务")], seen_at=build.NOON + build.DAY)
    outbox.advance(database, "central", outbox.head(database), {"ok": True})
    address = measures("zfb").url

    history = told("history", address)
    assert [one["action"] for one in history["revisions"]] == ["upsert"] * 3
    assert [change["field"] for change in history["revisions"][2]["changes"]] == ["theme"]
    assert history["revisions"][2]["changes"][0]["after"] == "综合政务"
    assert all("central" in one["received"] for one in history["revisions"])
    assert [(one["what"], one["who"], one["reason"]) for one in history["identity"]] == [("merged", "rule", "text")]
    lines = run("history", address).stdout
    assert "revision 3" in lines
    assert "theme: – → 综合政务" in lines
    assert "received by central" in lines

    shown = told("show", address)
    assert [copy["unit"] for copy in shown["copies"]] == ["jyj"]
    assert measures("jyj").url in run("show", address).stdout

    copy = shown["copies"][0]["item"]
    assert run("split", copy[:8], "--why", "附件不同", "--who", "office").exit_code == 0
    assert told("show", address)["copies"] == []
    last = told("history", copy)["identity"][-1]
    assert (last["what"], last["who"], last["reason"]) == ("parted", "office", "附件不同")
    assert str(settle()) == ""
    assert run("merge", copy, address, "--why", "核对无误").exit_code == 0
    assert told("show", copy)["same_as"] == shown["id"]


def test_near_ones_are_listed_until_a_person_decides(database: Database) -> None:
    near = measures("jyj", body_text=f"{MEASURES[:-9]}。特此通知。")
    catalogue.upsert(database, [measures("zfb"), near], seen_at=build.NOON)
    settle()
    [pair] = told("duplicates")
    assert {pair["one"]["unit"], pair["other"]["unit"]} == {"zfb", "jyj"}
    assert pair["score"] > 0.8
    lines = run("duplicates").stdout
    assert near.url in lines
    assert "未注明来源" in lines
    assert run("split", near.url, measures("zfb").url, "--why", "两个版本").exit_code == 0
    assert told("duplicates") == []


WRONG = {
    "no such item": ("show", "f" * 20),
    "no such address": ("history", "http://nowhere.invalid/"),
    "standing by itself": ("split", "http://www.zfb.invalid/1.html", "--why", "x"),
    "no reason": ("split", "http://www.zfb.invalid/1.html", "--why", " "),
    "itself": ("merge", "http://www.zfb.invalid/1.html", "http://www.zfb.invalid/1.html", "--why", "x"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_use_is_told_in_one_line(case: str, database: Database) -> None:
    catalogue.upsert(database, [measures("zfb")], seen_at=build.NOON)
    result = run(*WRONG[case])
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
