"""The regulations file: what the national one must hold, and what a city may lay over it."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.compliance.regimes import load
from flows.compliance.regulation import FRESHNESS_RULES, RegulationError, Window, WindowText, add_months
from flows.compliance.rulebook import RULES
from flows.compliance.rules import availability, home_page, required_columns, site_counts
from storage import settings
from storage.schema import ColumnKind, UnitKind
from tests.flows.compliance import LAW

WITHOUT_WINDOW = {
    "guide", "rules", "catalogue", "leaders", "functions", "request", "annual_reports", "consultation", "feedback",
    "replies", "gazette", "other",
}  # fmt: skip


def test_every_rule_has_its_text_and_every_text_its_rule() -> None:
    assert set(RULES) == set(LAW.rules)
    for rule, text in LAW.rules.items():
        assert RULES[rule].says.endswith((".", "UP-06.", "UP-07."))
        assert text.basis.startswith("《")
        assert text.in_force_from <= dt.date(2021, 9, 26)


@pytest.mark.parametrize("kind", list(ColumnKind))
def test_every_kind_of_column_has_one_window_or_is_known_to_have_none(kind: ColumnKind) -> None:
    assert (LAW.window(kind) is None) == (kind.value in WITHOUT_WINDOW)
    owners = [rule for rule in FRESHNESS_RULES if LAW.text(rule, WindowText).windows.get(kind)]
    assert len(owners) <= 1


@pytest.mark.parametrize(
    ("kind", "rule", "window"),
    [
        ("news", "UP-02", "14 days"),
        ("activity", "UP-02", "14 days"),
        ("notices", "UP-03", "6 months"),
        ("policies", "UP-03", "6 months"),
        ("personnel", "UP-08", "12 months"),
        ("plans", "UP-08", "12 months"),
        ("statistics", "UP-09", "6 months"),
        ("budget", "UP-09", "12 months"),
    ],
)
def test_windows(kind: str, rule: str, window: str) -> None:
    found = LAW.window(ColumnKind(kind))
    assert found is not None
    assert (found[0], str(found[1])) == (rule, window)


def test_warnings_come_at_a_common_monitors_values() -> None:
    """Home page more than 10 days, more than 2 blank and more than 6 idle columns, 3 % of visits failed."""
    assert (str(LAW.text("UP-01", home_page.Text).window), str(LAW.text("UP-01", home_page.Text).warns_after)) == (
        "14 days",
        "10 days",
    )
    assert LAW.text("UP-06S", site_counts.Text).counts.warns_at == 3
    assert LAW.text("UP-05", site_counts.Text).counts.warns_at == 7
    assert LAW.text("AV-01", availability.Text).sampling.warns_at == 0.03
    for rule in FRESHNESS_RULES:
        text = LAW.text(rule, WindowText)
        assert (text.warns_after is None) != (text.warns_at is None)


@pytest.mark.parametrize(
    ("given", "newest", "on", "warned"),
    [
        ({"warns_after": Window(days=10)}, "2026-06-20", "2026-06-30", False),
        ({"warns_after": Window(days=10)}, "2026-06-19", "2026-06-30", True),
        ({"warns_at": 0.5}, "2026-06-23", "2026-06-30", False),
        ({"warns_at": 0.5}, "2026-06-22", "2026-06-30", True),
        ({}, "2026-06-16", "2026-06-30", False),
    ],
)
def test_when_a_warning_comes(given: dict[str, Any], newest: str, on: str, warned: bool) -> None:
    text = LAW.text("UP-02", WindowText).model_copy(update={"warns_after": None, "warns_at": None, **given})
    days = dt.date.fromisoformat(newest), dt.date.fromisoformat(on)
    found = text.warning(Window(days=14), *days)
    assert (found is not None) is warned
    if found:
        assert found == f"{(days[1] - days[0]).days} days since {newest}; due by {days[0] + dt.timedelta(days=14)}"


@pytest.mark.parametrize("kind", list(UnitKind))
def test_every_kind_of_unit_has_a_deadline_and_required_columns(kind: UnitKind) -> None:
    assert sum(kind in LAW.rules[rule].units for rule in ("TM-10", "TM-11")) == 1
    assert LAW.text("PL-01", required_columns.Text).required[kind]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2025-12-01", 1, "2026-01-01"),
        ("2024-02-29", 12, "2025-02-28"),
    ],
)
def test_calendar_months(day: str, months: int, later: str) -> None:
    assert add_months(dt.date.fromisoformat(day), months).isoformat() == later


def laid_over(folder: Path, text: str) -> Path:
    path = folder / "629900.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_city_names_only_what_differs(tmp_path: Path) -> None:
    stricter = laid_over(
        tmp_path,
        """
        rules:
          UP-03: {windows: {notices: 1 month}}
          UP-09: {windows: {gazette: 60 days, fees: null}}
          PL-01: {enabled: false}
        holidays: {days_off: {2026-04-20: 三月三}}
        """,
    )
    law = load(stricter)
    assert law.window(ColumnKind.NOTICES) == ("UP-03", Window(months=1))
    assert law.window(ColumnKind.POLICIES) == ("UP-03", Window(months=6))
    assert law.window(ColumnKind.GAZETTE) == ("UP-09", Window(days=60))
    assert law.window(ColumnKind.FEES) is None
    assert not law.rules["PL-01"].enabled
    assert law.holidays.days_off == {dt.date(2026, 4, 20): "三月三"}
    assert law.digest != LAW.digest
    assert load().digest == LAW.digest


def test_the_digest_is_the_same_in_every_process() -> None:
    """Sets have another order in each: what is judged again, and what a frozen period keeps, depends on it."""
    code = "from flows.compliance.regimes import load; print(load().digest)"
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=settings.child_environment(PYTHONHASHSEED=seed),
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[3],
        ).stdout.strip()
        for seed in ("1", "2", "3")
    }
    assert told == {LAW.digest}
    assert hashlib.sha256(LAW.canonical.encode()).hexdigest() == LAW.digest


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules: {UP-03: {windows: {notices: half a year}}}", 'expected "14 days", "6 months" or "1 year"'),
        ("rules: {UP-03: {windows: {noticeboard: 6 months}}}", "UP-03.windows.noticeboard"),
        ("rules: {UP-03: {windows: {news: 6 months}}}", "news has a window in UP-02 and in UP-03"),
        ("rules: {UP-03: {window: 6 months}}", "rules.UP-03.window: Extra inputs"),
        ("rules: {TM-10: {due: 31 January}}", 'month and day as "01-31"'),
        ("rules: {TM-10: {due: 02-30}}", "day is out of range"),
        ("rules: {TM-01: {working_days: 0}}", "rules.TM-01.working_days"),
        ("rules: {XX-01: {title: x}}", "rules.XX-01: there is no such rule"),
        ("rulez: {}", "rulez: Extra inputs"),
        ("- a list", "expected keys such as rules"),
        ("rules: [", "is not YAML"),
    ],
)
def test_what_is_not_understood_is_an_error(tmp_path: Path, text: str, told: str) -> None:
    path = laid_over(tmp_path, text)
    with pytest.raises(RegulationError) as raised:
        load(path)
    assert told in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RegulationError, match="cannot be read"):
        load(tmp_path / "none.yml")


def test_what_is_unsure_is_not_held_against_anyone_by_default() -> None:
    for rule, text in LAW.rules.items():
        if text.confidence in ("inferred", "memory"):
            assert text.advice or not text.enabled, rule
