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


def test_x(db: Database) -> None:
    yearly.city(db)
    for path in (
        "/annual/2025/sums?figure=3/new/total",
        "/annual/2025/counts",
        "/annual/report/r1",
        "/annual/report/r3",
        "/annual/2025/hand-in",
        "/annual/2025/draft",
    ):
        page = signed_in(db).get(path)
        assert page.status_code == 200
        open(f"/tmp/wc/{path.split('?')[0].replace('/', '_')}.html", "w").write(page.text)
