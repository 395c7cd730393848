"""A site is down only by the sampling rule, and never by an outage of ours: AV-01 as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from flows.compliance.facts import ProbeDay
from flows.compliance.rules import availability
from flows.compliance.rules.availability import Answer, Probe, probe_days, probe_of
from storage.schema import Observation
from tests.flows.compliance import TODAY, ZONE, at, case, look, unit, unit_facts

WEEK = [TODAY - dt.timedelta(days=back) for back in range(7, 0, -1)]


def days(*failed: int, counted: int = 26) -> tuple[ProbeDay, ...]:
    """A week of 26 probes a day, so many of which failed."""
    return tuple(ProbeDay(on=on, counted=counted, failed=count) for on, count in zip(WEEK, failed, strict=True))


CASES: list[Any] = [
    pytest.param((), "http://a.invalid/mzj/", "not_applicable", "section", id="a section of a portal"),
    pytest.param((), "http://a.invalid/", "not_assessable", "few_probes", id="never probed"),
    pytest.param(days(*[26] * 7)[:6], "http://a.invalid/", "not_assessable", "few_probes", id="six days"),
    pytest.param(days(*[19] * 7, counted=19), "http://a.invalid/", "not_assessable", "few_probes", id="19 a day"),
    pytest.param(days(0, 0, 0, 0, 0, 0, 0), "http://a.invalid/", "compliant", None, id="always there"),
    pytest.param(days(5, 0, 0, 0, 0, 0, 0), "http://a.invalid/", "compliant", None, id="2.7 %"),
    pytest.param(days(0, 0, 6, 0, 0, 0, 0), "http://a.invalid/", "compliant", "early_warning", id="3.3 %"),
    pytest.param(days(9, 0, 0, 0, 0, 0, 0), "http://a.invalid/", "compliant", "early_warning", id="4.9 %"),
    pytest.param(days(1, 1, 1, 1, 2, 2, 2), "http://a.invalid/", "breach", None, id="5.5 %"),
]


@pytest.mark.parametrize(("probes", "home", "kind", "reason"), CASES)
def test_availability(probes: tuple[ProbeDay, ...], home: str, kind: str, reason: str | None) -> None:
    found = availability.judge(unit_facts(unit(home=home), probes=probes), case("AV-01"))
    assert found.verdict.value == kind, found
    assert (found.reason or "").partition(":")[0] == (reason or "")
    if kind == "breach":
        assert (found.facts["failed"], found.facts["probes"], found.facts["share"]) == (10, 182, 0.0549)


def test_today_is_not_over_and_does_not_count() -> None:
    today = (*days(*[0] * 7), ProbeDay(on=TODAY, counted=26, failed=26))
    assert availability.judge(unit_facts(unit(), probes=today), case("AV-01")).verdict.value == "compliant"


def _round(hour: int, answers: dict[str, Answer]) -> list[Probe]:
    return [
        Probe(unit=name, host=name, at=at(TODAY, hour) + dt.timedelta(seconds=n), answer=answer)
        for n, (name, answer) in enumerate(answers.items())
    ]


@pytest.mark.parametrize(
    ("answers", "counted", "failed"),
    [
        pytest.param([Answer.FAILED, Answer.ANSWERED], 1, 1, id="another host answered: the site was down"),
        pytest.param([Answer.FAILED, Answer.FAILED], 0, 0, id="nobody answered: our line may have been down"),
        pytest.param([Answer.FAILED, Answer.UNSURE], 0, 0, id="the other turned us away: no control"),
        pytest.param([Answer.UNSURE, Answer.ANSWERED], 0, 0, id="turned away counts neither way"),
        pytest.param([Answer.ANSWERED, Answer.FAILED], 1, 0, id="it answered"),
    ],
)
def test_a_failure_counts_only_beside_a_success(answers: Sequence[Answer], counted: int, failed: int) -> None:
    probes = _round(2, dict(zip(("a", "b"), answers, strict=True)))
    [day] = probe_days(probes, ZONE)["a"]
    assert (day.counted, day.failed) == (counted, failed)


def test_the_control_must_be_of_the_same_round() -> None:
    probes = [*_round(2, {"a": Answer.FAILED, "b": Answer.FAILED}), *_round(3, {"b": Answer.ANSWERED})]
    assert probe_days(probes, ZONE)["a"] == (ProbeDay(on=TODAY, counted=0, failed=0),)


@pytest.mark.parametrize(
    ("seen", "answer"),
    [
        (look("ok", seconds=0.4, subject="probe"), Answer.ANSWERED),
        (look("ok", seconds=15.0, subject="probe"), Answer.FAILED),
        (look("unreachable", reason="timeout", subject="probe"), Answer.FAILED),
        (look("unreachable", reason="dns", subject="probe"), Answer.FAILED),
        (look("unreachable", reason="unsafe_address", subject="probe"), Answer.UNSURE),
        (look("unreachable", reason="http_502", subject="probe"), Answer.FAILED),
        (look("unreachable", reason="site_stopped", subject="probe"), Answer.UNSURE),
        (look("unreachable", reason="server_error", subject="probe"), Answer.UNSURE),
        (look("blocked", reason="challenge:ruishu", subject="probe"), Answer.UNSURE),
        (look("shell", reason="app_shell", subject="probe"), Answer.UNSURE),
    ],
)
def test_what_a_probe_says(seen: Observation, answer: Answer) -> None:
    assert probe_of(seen, 15).answer is answer
