"""What a column loses at once is held back (law 7): rows, their dates, fields of articles; and let through once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from storage import catalogue, outbox, registry
from storage.catalogue import Acceptance, Held, Rereads, Settled, WalkResult
from storage.database import Database
from storage.exceptions import StepRefused, UnknownTarget
from storage.schema import Item
from tests.storage import build

NOON, DAY = build.NOON, build.DAY
PLACE = ("tianhe-qu", "tzgg")
TEN = [
    build.item(n, document_number=f"田政发〔2026〕{n + 1}号", source="田禾区人民政府", body_text="通知的正文。" * 20)
    for n in range(10)
]


@pytest.fixture(autouse=True)
def _registered(db: Database) -> None:
    registry.apply(db, build.city(build.unit()))


def _walk(db: Database, items: list[Item], day: int = 0, **facts: Any) -> WalkResult:
    return catalogue.record_walk(db, build.walk([build.row(one) for one in items], at=NOON + day * DAY, **facts))


def _accept(db: Database, day: int, why: str = "栏目清理", who: str = "张三") -> Acceptance:
    return catalogue.accept(db, *PLACE, who=who, why=why, at=NOON + day * DAY)


def _held(db: Database) -> Held:
    [one] = catalogue.held(db)
    return one


# ------------------------------------------------------------------ rows


def test_a_held_column_is_told_with_what_is_gone_and_since_when(db: Database) -> None:
    _walk(db, TEN)
    _walk(db, TEN[:2], day=1)
    _walk(db, TEN[:3], day=2)
    one = _held(db)
    assert (one.unit, one.column, one.since, one.reason) == (*PLACE, NOON + DAY, "rows_gone")
    assert (one.lost, one.of, one.accepted) == (7, 10, None)
    assert [gone.title for gone in one.sample] == [item.title for item in TEN[3:8]]
    assert one.sample[0].date == TEN[3].published_on
    _walk(db, TEN, day=3)
    assert catalogue.held(db) == []


def test_an_accepted_change_is_let_through_once_and_kept_for_good(db: Database) -> None:
    _walk(db, TEN)
    _walk(db, TEN[:2], day=1)
    _accept(db, day=1)
    assert _held(db).accepted is not None
    assert not _walk(db, TEN[:2], day=2, full=False, complete=False).held
    assert len(_walk(db, TEN[:2], day=3).gone) == 8
    assert catalogue.held(db) == []
    [kept] = catalogue.acceptances(db)
    assert (kept.who, kept.why, kept.lost, kept.of) == ("张三", "栏目清理", 8, 10)
    assert (kept.at, kept.used_at, kept.outcome) == (NOON + DAY, NOON + 3 * DAY, "taken_over")
    _walk(db, TEN, day=4)
    assert _walk(db, TEN[:2], day=5).held  # the guard is back


def test_an_acceptance_that_was_not_needed_is_for_nothing_later(db: Database) -> None:
    _walk(db, TEN)
    _walk(db, TEN[:2], day=1)
    _accept(db, day=1)
    _walk(db, TEN, day=2)
    assert [one.outcome for one in catalogue.acceptances(db)] == ["not_needed"]
    assert _walk(db, TEN[:2], day=3).held


def test_an_acceptance_of_one_loss_is_none_of_another(db: Database) -> None:
    _walk(db, TEN)
    _walk(db, TEN[:2], day=1)
    _accept(db, day=1)
    held = _walk(db, [replace(one, published_on=None) for one in TEN], day=2)
    assert (held.held, held.reason) == (True, "dates_gone")


@pytest.mark.parametrize(("who", "why"), [("", "清理"), ("张三", " "), ("\x00", "清理")])
def test_who_and_why_are_asked_for(db: Database, who: str, why: str) -> None:
    _walk(db, TEN)
    _walk(db, [], day=1)
    with pytest.raises(StepRefused, match="who says so, and why"):
        _accept(db, day=1, who=who, why=why)


def test_only_what_is_held_can_be_accepted_and_once(db: Database) -> None:
    _walk(db, TEN)
    with pytest.raises(UnknownTarget, match="not held"):
        _accept(db, day=1)
    _walk(db, [], day=1)
    _accept(db, day=1)
    with pytest.raises(StepRefused, match="accepted already"):
        _accept(db, day=2)


# ------------------------------------------------------------------ fields of articles

SHELL: dict[str, Any] = {"body_text": "请稍候"}
LOSSES: dict[str, tuple[int, int, dict[str, Any], str | None]] = {
    # of how many, how many lose what; why the column is held
    "every text": (10, 10, {"body_text": None}, "body_text_gone"),
    "a shell in place of every text": (10, 10, SHELL, "body_text_gone"),
    "most numbers": (10, 6, {"document_number": None}, "document_number_gone"),
    "every source": (10, 10, {"source": None}, "source_gone"),
    "every date": (10, 10, {"published_on": None}, "published_on_gone"),
    "more of one thing than of another": (10, 10, {"source": None, "body_text": None}, "body_text_gone"),
    "a few texts": (10, 3, {"body_text": None}, None),
    "all of very few": (4, 4, {"body_text": None}, None),
    "what none of them stated": (10, 10, {"summary": None}, None),
    "other words": (10, 10, {"body_text": "另一份正文。" * 20}, None),
    "nothing": (10, 0, {}, None),
}


def _store(db: Database, count: int = 10) -> int:
    _walk(db, TEN)
    catalogue.upsert(db, TEN[:count], seen_at=NOON)
    return outbox.head(db)


def _reread(db: Database, lost: dict[str, Any], losing: int, of: int, day: int = 1) -> tuple[Rereads, Settled]:
    """The articles are read again, in two batches; the first ``losing`` of them have lost something."""
    changed = [replace(one, **lost, content_hash=f"{n} {day}") for n, one in enumerate(TEN[:losing])]
    items, seen = [*changed, *TEN[losing:of]], Rereads()
    for some in (items[:3], items[3:]):
        catalogue.upsert(db, some, seen_at=NOON + day * DAY, doubting=seen)
    return seen, catalogue.settle(db, *PLACE, seen, at=NOON + day * DAY)


@pytest.mark.parametrize("case", LOSSES)
def test_a_field_that_most_articles_lose_is_not_written(db: Database, case: str) -> None:
    of, losing, lost, reason = LOSSES[case]
    head = _store(db, of)
    _, settled = _reread(db, lost, losing, of)
    assert (settled.held, settled.reason) == (reason is not None, reason)
    if reason is None:
        assert catalogue.held(db) == []
        assert outbox.head(db) == head + (losing if lost else 0)
        return
    assert outbox.head(db) == head
    one = _held(db)
    assert (one.reason, one.lost, one.of) == (reason, losing, of)
    assert [gone.url for gone in one.sample] == [item.url for item in TEN[:5]]
    assert all(item.revision == 1 for item in catalogue.iter_items(db))


def test_what_is_put_aside_is_lost_with_the_crawl_and_seen_again(db: Database) -> None:
    head = _store(db)
    seen = Rereads()
    catalogue.upsert(db, [replace(TEN[0], body_text=None, content_hash="x")], seen_at=NOON + DAY, doubting=seen)
    assert outbox.head(db) == head
    assert seen.doubts(*PLACE, TEN[0].url)
    assert not seen.doubts(*PLACE, TEN[1].url)
    _reread(db, {"body_text": None}, 1, 10, day=2)
    assert outbox.head(db) == head + 1


def test_a_loss_of_articles_that_a_person_accepts_is_taken_over_once(db: Database) -> None:
    head = _store(db)
    _reread(db, {"body_text": None}, 10, 10)
    _walk(db, TEN, day=1)  # the list is as usual, which says nothing of the articles
    _accept(db, day=1)
    _walk(db, TEN, day=2)
    _, settled = _reread(db, {"body_text": None}, 10, 10, day=2)
    assert (settled.held, settled.changed) == (False, 10)
    assert outbox.head(db) == head + 10
    assert catalogue.held(db) == []
    assert [one.outcome for one in catalogue.acceptances(db)] == ["taken_over"]
    catalogue.upsert(db, TEN, seen_at=NOON + 3 * DAY)
    assert _reread(db, {"body_text": None}, 10, 10, day=4)[1].held  # the guard is back


def test_articles_that_are_read_as_usual_again_end_the_hold(db: Database) -> None:
    _store(db)
    _reread(db, {"source": None}, 10, 10)
    since = _held(db).since
    _reread(db, {"source": None}, 10, 10, day=2)
    assert _held(db).since == since
    _reread(db, {}, 0, 4, day=3)  # too few were read again to say
    assert _held(db).since == since
    _reread(db, {}, 0, 10, day=4)
    assert catalogue.held(db) == []


def test_new_documents_of_a_held_column_are_stored(db: Database) -> None:
    head = _store(db, 8)
    changed = [replace(one, body_text=None, content_hash="x") for one in TEN[:8]]
    seen = Rereads()
    catalogue.upsert(db, [*changed, *TEN[8:]], seen_at=NOON + DAY, doubting=seen)
    assert catalogue.settle(db, *PLACE, seen, at=NOON + DAY).held
    assert outbox.head(db) == head + 2


def test_a_column_too_long_to_wait_is_settled_on_the_way(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue.fading, "MOST_WAITING", 6)
    head = _store(db)
    seen = Rereads()
    lost = [replace(one, body_text=None, content_hash="x") for one in TEN]
    for start in (0, 6):
        catalogue.upsert(db, lost[start : start + 6], seen_at=NOON + DAY, doubting=seen)
        for place in tuple(seen.full()):
            catalogue.settle(db, *place, seen, at=NOON + DAY)
    assert catalogue.settle(db, *PLACE, seen, at=NOON + DAY).held
    assert (_held(db).lost, outbox.head(db)) == (10, head)


def test_where_the_title_stands_for_another_column_nothing_is_lost(db: Database) -> None:
    """A copy in another column adds its address: what it does not show, the document has not lost."""
    _store(db)
    copies = [replace(one, column="yw", url=one.url.replace("tzgg", "yw"), body_text=None) for one in TEN]
    seen = Rereads()
    catalogue.upsert(db, copies, seen_at=NOON + dt.timedelta(hours=1), doubting=seen)
    assert seen.waiting == {}
