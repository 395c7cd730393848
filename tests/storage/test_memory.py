"""What the crawler remembers: looks, list pages, leases; and what the console asks for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from storage import leases, list_pages, observations, requests
from storage.database import Database
from storage.exceptions import UnknownTarget
from storage.list_pages import ListPage
from storage.schema import Outcome, Subject
from tests.storage import build

NOON, DAY = build.NOON, build.DAY
HERE = ("tianhe-qu", "tzgg")


# ------------------------------------------------------------------ looks


def test_a_look_comes_back_as_it_was_and_once(db: Database) -> None:
    look = build.observation(detail="一切如常", reason="ok")
    observations.record(db, [look])
    observations.record(db, [look])
    assert list(observations.iter_observations(db)) == [look]


def test_the_latest_look_and_the_latest_good_one_are_at_hand(db: Database) -> None:
    good = build.observation("good", at=NOON)
    bad = build.observation("bad", at=NOON + DAY, outcome=Outcome.BLOCKED)
    home = build.observation("home", at=NOON, column=None, subject=Subject.HOME)
    observations.record(db, [bad, home])
    observations.record(db, [good])  # an older look that arrives later
    assert observations.latest_by_column(db, Subject.COLUMN) == {HERE: bad}
    assert observations.latest_good_by_column(db, Subject.COLUMN) == {HERE: good}
    assert observations.latest_by_column(db, Subject.HOME) == {("tianhe-qu", None): home}
    assert observations.latest_by_column(db, Subject.FEED) == {}


def test_the_latest_look_of_a_day_in_the_past(db: Database) -> None:
    looks = [build.observation(str(day), at=NOON + day * DAY) for day in range(4)]
    looks[2] = build.observation("2", at=NOON + 2 * DAY, outcome=Outcome.UNREACHABLE)
    observations.record(db, looks)
    assert observations.latest_by_column(db, Subject.COLUMN, until=NOON + 2 * DAY) == {HERE: looks[2]}
    assert observations.latest_good_by_column(db, Subject.COLUMN, until=NOON + 2 * DAY) == {HERE: looks[1]}


def test_the_latest_good_look_that_has_a_fact(db: Database) -> None:
    """A look that found the page unchanged, and one that was turned away, do not hide what an earlier one read."""
    page: Any = {"page": {"tags": {"SiteName": ["青禾市"]}}}
    looks = [
        build.observation("old", at=NOON, facts={"page": {"tags": {}}}),
        build.observation("read", at=NOON + DAY, facts=page),
        build.observation("nothing", at=NOON + 2 * DAY, facts={"page": None}),
        build.observation("blocked", at=NOON + 3 * DAY, facts=page, outcome=Outcome.BLOCKED),
        build.observation("same", at=NOON + 4 * DAY, outcome=Outcome.NOT_MODIFIED),
        build.observation("whole", at=NOON + 4 * DAY, column="yw", facts=page),
        build.observation("never", at=NOON + 4 * DAY, column="rs"),
        build.observation("home", at=NOON + 4 * DAY, column=None, subject=Subject.HOME, facts=page),
    ]
    observations.record(db, looks)
    found = observations.latest_good_with(db, Subject.COLUMN, "page", since=NOON)
    assert found == {HERE: looks[1], ("tianhe-qu", "yw"): looks[5]}
    late = observations.latest_good_with(db, Subject.COLUMN, "page", since=NOON + 2 * DAY)
    assert late == {("tianhe-qu", "yw"): looks[5]}
    homes = observations.latest_good_with(db, Subject.HOME, "page", since=NOON)
    assert homes == {("tianhe-qu", None): looks[7]}


def test_looks_come_in_the_order_of_time_however_many_and_filtered(db: Database) -> None:
    many = [build.observation(f"{number:04}", at=NOON, unit="a" if number % 2 else "b") for number in range(2300)]
    observations.record(db, reversed(many))
    observations.record(db, [build.observation("late", at=NOON + DAY)])
    found = [look.id for look in observations.iter_observations(db)]
    assert found == [look.id for look in many] + ["late"]
    assert sum(1 for _ in observations.iter_observations(db, unit="a")) == 1150
    assert [look.id for look in observations.iter_observations(db, since=NOON + DAY)] == ["late"]


# ------------------------------------------------------------------ list pages


def test_list_pages_come_back_as_they_were_saved_last(db: Database) -> None:
    rows = ({"url": "http://a.invalid/1", "title": "一", "date": None},)
    first = ListPage(request_key="GET index.html", url="http://a.invalid/", sha256="0", rows=rows, seen_at=NOON)
    further: dict[str, Any] = {"next": {"url": "x"}, "ended": True, "total_pages": 2}
    second = ListPage(request_key="POST 2", url="http://a.invalid/2", sha256="1", seen_at=NOON, **further)
    list_pages.save(db, *HERE, [first, second])
    changed = ListPage(
        request_key="GET index.html", url="http://a.invalid/", etag='"b"', sha256="2", seen_at=NOON + DAY
    )
    list_pages.save(db, *HERE, [changed])
    assert list_pages.load(db, *HERE) == {"GET index.html": changed, "POST 2": second}
    assert list_pages.load(db, "tianhe-qu", "yw") == {}


# ------------------------------------------------------------------ leases


def test_a_host_is_in_one_crawl_at_a_time_and_free_when_it_is_let_go(db: Database) -> None:
    assert leases.acquire(db, "a.invalid", "one", 60, now=NOON)
    assert not leases.acquire(db, "a.invalid", "two", 60, now=NOON)
    assert leases.acquire(db, "b.invalid", "two", 60, now=NOON)
    assert leases.holder_of(db, "a.invalid", now=NOON) == "one"
    assert not leases.release(db, "a.invalid", "two")
    assert leases.release(db, "a.invalid", "one")
    assert leases.acquire(db, "a.invalid", "two", 60, now=NOON)


def test_a_lease_runs_out_unless_it_is_renewed(db: Database) -> None:
    leases.acquire(db, "a.invalid", "one", 3600, now=NOON)
    assert leases.renew(db, "a.invalid", "one", 2 * 24 * 3600, now=NOON)
    assert not leases.acquire(db, "a.invalid", "two", 60, now=NOON + DAY)
    assert leases.acquire(db, "a.invalid", "two", 60, now=NOON + 2 * DAY)
    assert not leases.renew(db, "a.invalid", "one", 60, now=NOON + 2 * DAY)


def test_of_many_that_want_a_host_at_once_one_gets_it(db: Database) -> None:
    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(lambda name: leases.acquire(db, "a.invalid", f"crawl {name}", 60), range(6)))
    assert sum(got) == 1


# ------------------------------------------------------------------ requests


def test_a_request_is_left_claimed_and_answered(db: Database) -> None:
    name = requests.leave(db, "read", {"url": "http://a.invalid/"})
    left = requests.get(db, name)
    assert left is not None
    assert (left.kind, left.payload, left.state) == ("read", {"url": "http://a.invalid/"}, "left")
    claimed = requests.claim(db, "worker")
    assert claimed is not None
    assert (claimed.id, claimed.state, claimed.claimed_by) == (name, "claimed", "worker")
    assert requests.claim(db, "other") is None
    requests.answer(db, name, result={"kind": "article"})
    done = requests.get(db, name)
    assert done is not None
    assert (done.state, done.result, done.error) == ("done", {"kind": "article"}, None)


def test_a_request_that_cannot_be_done_says_why(db: Database) -> None:
    name = requests.leave(db, "discover", {})
    requests.claim(db, "worker")
    requests.answer(db, name, error="http://a.invalid/ does not answer")
    failed = requests.get(db, name)
    assert failed is not None
    assert (failed.state, failed.error) == ("failed", "http://a.invalid/ does not answer")


def test_a_worker_that_died_does_not_keep_its_request(db: Database) -> None:
    name = requests.leave(db, "harvest", {})
    requests.claim(db, "dead", now=NOON)
    again = requests.claim(db, "alive", now=NOON + DAY, stale_after_s=3600)
    assert again is not None
    assert (again.id, again.claimed_by) == (name, "alive")


def test_workers_never_get_the_same_request(db: Database) -> None:
    names = [requests.leave(db, "read", {"number": number}) for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        got = [request.id for request in pool.map(lambda one: requests.claim(db, str(one)), range(8)) if request]
    while (late := requests.claim(db, "late")) is not None:
        got.append(late.id)
    assert sorted(got) == sorted(names)


def test_an_answer_to_no_request_is_refused(db: Database) -> None:
    with pytest.raises(UnknownTarget, match="no request x"):
        requests.answer(db, "x", result=1)


def test_text_that_databases_refuse_is_kept_without_it(db: Database) -> None:
    dirty = "坏\x00的\ud83d"
    observations.record(db, [build.observation(detail=dirty, facts={"title": dirty}, url=f"http://a.invalid/{dirty}")])
    [look] = observations.iter_observations(db)
    assert (look.detail, look.facts) == ("坏的?", {"title": "坏的?"})
    page = ListPage(request_key="1", url="http://a.invalid/", sha256="0", rows=({"title": dirty},), seen_at=NOON)
    list_pages.save(db, *HERE, [page])
    assert list_pages.load(db, *HERE)["1"].rows == ({"title": "坏的?"},)
    name = requests.leave(db, "read", {"url": dirty})
    requests.answer(db, name, result={"title": dirty})
    done = requests.get(db, name)
    assert done is not None
    assert done.result == {"title": "坏的?"}
