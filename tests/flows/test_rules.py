"""The rule book as the office reads it, and what it asks that nothing judges."""

from __future__ import annotations

import json
from contextlib import closing

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.compliance.not_judged import NotJudged, not_judged
from flows.compliance.regimes import load
from flows.compliance.rulebook import RULES
from storage import registry, settings
from storage.database import open_database
from tests.flows import small_city


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_the_book_says_what_every_rule_is() -> None:
    told = json.loads(run("rules", "--json").stdout)
    law = load()
    assert (told["city"], told["digest"]) == (None, law.digest)
    assert {one["id"] for one in told["rules"]} == set(RULES)
    for one in told["rules"]:
        text = law.rules[one["id"]]
        assert (one["title"], one["basis"], one["confidence"]) == (text.title, text.basis, text.confidence)
        assert one["status"] == ("off" if not text.enabled else "advice" if text.advice else "binding")
        assert (one["subject"], one["version"]) == (RULES[one["id"]].subject, RULES[one["id"]].version)
        assert one["regime_version"] == law.regimes[one["regime"]]
        assert (one["score"]["group"] is None) == (one["score"]["uncounted"] is not None)
    limits = {one["id"]: one["limits"] for one in told["rules"]}
    assert limits["TM-01"] == {"working_days": 20}
    assert limits["TM-10"] == {"due": "01-31"}
    assert limits["UP-02"]["windows"]["news"] == "14 days"
    assert limits["UP-07"] == {}


def test_the_book_is_the_citys() -> None:
    with closing(open_database()) as database:
        registry.apply(database, small_city.CITY)
    own = settings.load().home / "regulations" / "629900.yml"
    own.parent.mkdir()
    own.write_text("rules: {TM-01: {working_days: 15}, UP-09: {enabled: false}, UP-08: {advice: true}}")
    told = run("rules").stdout
    assert told.startswith("青禾市 · ")
    headings = ("\nbinding 生效 (", "\nadvice 仅提示 (", "\noff 未启用 (", "\nnot judged 不作判定 (")
    places = [told.index(heading) for heading in headings]
    for number, rule in enumerate(("TM-01", "UP-08", "UP-09")):
        assert f"\n  {rule} " in told[places[number] : places[number + 1]]
    assert "working_days 15" in told


def test_one_rule_says_everything() -> None:
    told = run("rules", "up-03").stdout
    for words in (
        "UP-03  通知公告",
        "windows (notices 6 months, policies 6 months)",
        "国办秘函〔2019〕19号",
        "columns",
    ):
        assert words in told
    assert json.loads(run("rules", "--json", "UP-03").stdout)["id"] == "UP-03"
    assert "needs the ledger of requests" in run("rules", "I-01").stdout
    unknown = run("rules", "UP-2")
    assert (unknown.exit_code, unknown.stderr) == (2, "gongkai: there is no rule UP-2 (did you mean UP-02?)\n")


def test_what_is_not_judged_is_told_with_the_reason() -> None:
    ids = [one.id for one in not_judged()]
    assert {*(f"I-{number:02}" for number in range(1, 19)), "UP-11", "LK-01", "CN-02"} <= set(ids)
    assert len(ids) == len(set(ids))
    told = run("rules").stdout
    for one in not_judged():
        assert f"{one.title}：{one.why}" in told


@pytest.mark.parametrize("one", not_judged(), ids=lambda one: one.id)
def test_what_is_not_judged_has_no_rule(one: NotJudged) -> None:
    name = one.id.rstrip("*")
    assert not [rule for rule in RULES if rule == name or (name.endswith("-") and rule.startswith(name))]
