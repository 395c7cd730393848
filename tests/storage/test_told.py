"""What assessing tells the console, and the papers: through their doors, on both databases."""

from __future__ import annotations

import datetime as dt

from storage import boards, due_dates, papers, requests, rule_texts
from storage.boards import Standing
from storage.database import Database
from storage.due_dates import DueDate

DAY = dt.date(2026, 3, 2)


def line(unit: str, points: float, day: dt.date = DAY) -> Standing:
    cells = {"UP-02": {"breach": 1, "compliant": 2}}
    return Standing(day=day, unit=unit, line={"points": points}, cells=cells, losses=({"points": 100 - points},))


def test_a_day_told_again_is_told_anew_and_only_the_last_day_keeps_its_losses(db: Database) -> None:
    before = DAY - dt.timedelta(days=1)
    boards.tell(db, before, {"city": "青禾市"}, [line("a", 80.0, before), line("b", 70.0, before)])
    boards.tell(db, DAY, {"city": "青禾市"}, [line("a", 90.0), line("gone", 1.0)])
    boards.tell(db, DAY, {"city": "青禾市", "columns": 3}, [line("a", 95.5)])
    latest = boards.latest(db)
    assert latest is not None
    assert (latest.day, latest.board["columns"]) == (DAY, 3)
    assert [(one.unit, one.line["points"]) for one in boards.standings(db, DAY)] == [("a", 95.5)]
    assert [(one.day, one.line["points"]) for one in boards.history(db, "a")] == [(DAY, 95.5), (before, 80.0)]
    now, then = boards.standing(db, "a"), boards.standing(db, "a", before)
    assert now is not None
    assert then is not None
    assert now.losses == ({"points": 4.5},)
    assert then.losses is None
    assert now.cells == {"UP-02": {"breach": 1, "compliant": 2}}
    assert boards.days(db) == [before, DAY]
    earlier = boards.latest(db, until=before)
    assert earlier is not None
    assert earlier.day == before


def test_nothing_told_is_nothing(db: Database) -> None:
    assert boards.latest(db) is None
    assert boards.standing(db, "a") is None
    assert rule_texts.all_texts(db) == {}
    assert due_dates.between(db, DAY, DAY) == []
    assert papers.latest(db) == []


def test_rules_that_hold_no_more_are_told_no_more(db: Database) -> None:
    rule_texts.tell(db, [{"id": "UP-02", "title": "一"}, {"id": "TM-01", "title": "二"}])
    rule_texts.tell(db, [{"id": "UP-02", "title": "三"}])
    assert rule_texts.all_texts(db) == {"UP-02": {"id": "UP-02", "title": "三"}}
    assert rule_texts.get(db, "TM-01") is None


def test_due_dates_come_by_day_and_unit(db: Database) -> None:
    def due(unit: str, day: int) -> DueDate:
        on = dt.date(2026, 3, day)
        return DueDate(unit=unit, rule="TM-10", nature="recurring", title="年报", due_on=on, facts={"year": 2025})

    due_dates.tell(db, [due("b", 9), due("a", 9), due("a", 3), due("a", 20)])
    found = due_dates.between(db, dt.date(2026, 3, 3), dt.date(2026, 3, 9))
    assert [(one.unit, one.due_on.day) for one in found] == [("a", 3), ("a", 9), ("b", 9)]
    assert found[0].facts == {"year": 2025}
    assert [one.due_on.day for one in due_dates.between(db, DAY, dt.date(2026, 4, 1), unit="a")] == [3, 9, 20]
    due_dates.tell(db, [])
    assert due_dates.between(db, DAY, dt.date(2026, 4, 1)) == []


def test_papers_are_kept_byte_for_byte(db: Database) -> None:
    first = papers.keep(db, "bulletin", "通报.docx", "application/x", b"\x00\xff one", by="张三", facts={"n": 1})
    second = papers.keep(db, "reminder", "提示单.docx", "application/x", b"two", by="张三", unit="a")
    assert papers.content(db, first.id) == b"\x00\xff one"
    assert papers.get(db, first.id) == first
    assert {one.id for one in papers.latest(db)} == {first.id, second.id}
    assert papers.latest(db, kind="bulletin") == [first]
    assert papers.latest(db, unit="a") == [second]
    assert (first.size, papers.get(db, "nobody"), papers.content(db, "nobody")) == (6, None, None)


def test_a_request_waits_until_it_is_claimed_and_the_latest_come_first(db: Database) -> None:
    assert not requests.waits(db)
    one = requests.leave(db, "paper", {"kind": "bulletin"})
    assert requests.waits(db)
    requests.leave(db, "read", {"url": "http://a.invalid/"})
    assert next(found.kind for found in requests.latest(db)) == "read"
    assert [found.id for found in requests.latest(db, kinds=["paper"])] == [one]
    claimed = [requests.claim(db, "worker"), requests.claim(db, "worker")]
    assert all(claimed)
    assert not requests.waits(db)
