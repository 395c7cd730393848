"""The yearly reports in the console: roster, sums, counts, one report, and who sees what."""

from __future__ import annotations

from storage.database import Database
from tests.storage import yearly
from tests.storage.signing import signed_in


def test_the_roster_shows(db: Database) -> None:
    yearly.city(db)
    page = signed_in(db).get("/annual")
    assert page.status_code == 200
    assert "乙局" in page.text
