"""The names of periods, and their days."""

from __future__ import annotations

import pytest

from flows.compliance.periods import span_of
from storage.exceptions import UnknownTarget


@pytest.mark.parametrize(
    ("name", "first", "last", "chinese"),
    [
        ("2026-10", "2026-10-01", "2026-10-31", "2026年10月"),
        ("2026-02", "2026-02-01", "2026-02-28", "2026年2月"),
        ("2028-02", "2028-02-01", "2028-02-29", "2028年2月"),
        ("2026-12", "2026-12-01", "2026-12-31", "2026年12月"),
        ("2026-Q1", "2026-01-01", "2026-03-31", "2026年第一季度"),
        ("2026-Q3", "2026-07-01", "2026-09-30", "2026年第三季度"),
        ("2026-Q4", "2026-10-01", "2026-12-31", "2026年第四季度"),
        ("2026", "2026-01-01", "2026-12-31", "2026年"),
    ],
)
def test_a_period_has_its_days(name: str, first: str, last: str, chinese: str) -> None:
    span = span_of(name)
    assert (span.first.isoformat(), span.last.isoformat(), span.chinese) == (first, last, chinese)


@pytest.mark.parametrize("name", ["2026-13", "2026-00", "2026-Q5", "2026-Q0", "2026-q1", "26-10", "2026-1", "", "0026"])
def test_what_is_no_period(name: str) -> None:
    with pytest.raises(UnknownTarget, match=r"expected a month \(2026-10\)"):
        span_of(name)
