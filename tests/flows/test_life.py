"""The commands about one finding: why it stands, and the steps people take with it."""

from __future__ import annotations

import json
from contextlib import closing

import pytest
from typer.testing import CliRunner, Result

from flows.cli import Step, app
from storage import findings, people, registry
from storage.database import open_database
from tests.storage import build


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def finding() -> str:
    """The id of one open finding: a document published after 25 working days, the holiday week between."""
    facts = {
        "formed_on": "2026-09-21",
        "published_on": "2026-11-02",
        "limit": 20,
        "counted": 25,
        "count_start": "2026-09-21",
        "count_end": "2026-11-02",
        "deadline": "2026-10-26",
    }
    with closing(open_database()) as database:
        registry.apply(database, build.city(build.unit()))
        findings.settle(database, [build.verdict(rule="TM-01", facts=facts)], at=build.NOON)
        [found] = findings.iter_findings(database)
    return found.id


def test_an_explanation_shows_rule_citation_count_evidence_and_life(finding: str) -> None:
    shown = run("explain", finding)
    assert shown.exit_code == 0, shown.output
    for words in (
        "田禾区人民政府 · 通知公告",
        "政府信息应自形成之日起20个工作日内公开",
        "An item is published within 20 working days of being formed",
        "25 working days from 2026-09-21 (not counted) to 2026-11-02",
        "2026-10-10     9  国庆节调休上班",
        "2026-10-01     -  国庆节",
        "sha256 " + "ab" * 32,
        "2026-03-02 12:00:00  opened  assess",
    ):
        assert words in shown.output
    assert shown.output.count("<- the last day in time") == 1
    told = json.loads(run("explain", finding, "--json").output)
    assert (told["count"]["counted"], told["facts"]["counted"]) == (25, 25)
    assert sum(day["number"] is not None for day in told["count"]["days"]) == 25


def test_steps_are_told_and_kept(finding: str) -> None:
    assert run("finding", "notified", finding, "--who", "王小满", "--note", "提示单〔2026〕3号").exit_code == 0
    waived = ("--note", "平台迁移", "--approved-by", "市政府办", "--until", "2099-01-31")
    assert "it is waived now" in run("finding", "waived", finding, "--who", "李青禾", *waived).output
    with closing(open_database()) as database:
        deeds = [(one.action, one.subject, one.facts["who"]) for one in people.entries(database)]
    assert deeds == [("finding.step", finding, "李青禾"), ("finding.step", finding, "王小满")]
    shown = run("explain", finding).output
    assert "notified  王小满  提示单〔2026〕3号" in shown
    assert "waived  李青禾  平台迁移 (approved by 市政府办, until 2099-01-31)" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("finding", "received", "{id}", "--who", "王小满"), "what can be done now"),
        (("finding", "closed", "{id}", "--who", "王小满"), "say why"),
        (("finding", "waived", "{id}", "--who", "王小满", "--note", "a", "--until", "31.1."), "expected a day like"),
        (("finding", "notified", "F-0", "--who", "王小满"), "no finding F-0"),
        (("explain", "F-0"), "no finding F-0"),
    ],
)
def test_wrong_use_is_said_and_changes_nothing(arguments: tuple[str, ...], said: str, finding: str) -> None:
    result = run(*(one.replace("{id}", finding) for one in arguments))
    assert result.exit_code == 2
    assert said in result.output
    with closing(open_database()) as database:
        found = findings.get_finding(database, finding)
    assert found is not None
    assert (found.state, len(found.events)) == ("open", 1)


def test_the_commands_steps_are_the_steps_there_are() -> None:
    assert [step.value for step in Step] == list(findings.STEPS)
