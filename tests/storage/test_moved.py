"""A document keeps its identity when its site gives it another address, and two documents stay two."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from storage import catalogue
from storage.database import Database
from storage.schema import Item
from tests.storage import build
from tests.storage.test_sameness import MEASURES, NOTICE, STATISTICS

LATER = build.NOON + build.DAY
TEXTS = (MEASURES, NOTICE, STATISTICS)


def _article(number: int, text: str, **facts: Any) -> Item:
    return build.item(number, body_text=text, content_hash=f"{number} {text}", **facts)


def _harvest(
    db: Database, items: list[Item], at: dt.datetime, *, full: bool = True, later: list[Item] | None = None
) -> None:
    """A walk that shows ``items`` and those of ``later`` that stand after them, and what their pages say."""
    shown = [*items, *(later or [])]
    catalogue.record_walk(
        db, build.walk([build.row(one) for one in shown], at=at, full=full, complete=full), mass_change_share=1
    )
    catalogue.upsert(db, items, seen_at=at)


def _moved(one: Item, **facts: Any) -> Item:
    """The article at the new site: another path, another hash."""
    name = one.url.rsplit("_", 1)[1].removesuffix(".html")
    known = {
        "url": f"https://www.qinghe.invalid/art/2026/2/26/art_77_{name}.html",
        "content_hash": f"new {one.content_hash}",
    }
    return replace(one, **{**known, **facts})


def _ids(db: Database) -> dict[str, str]:
    return {one.title: one.id for one in catalogue.iter_items(db)}


SAME: dict[str, dict[str, Any]] = {
    "the same words, another template": {},
    "furniture around the words": {"body_text": f"来源：本站\n{MEASURES}\n责任编辑：张三"},
    "a line that the template adds": {"body_text": f"{MEASURES}版权所有青禾市人民政府，未经许可不得转载本文。"},
    "a correction on the way": {"body_text": MEASURES.replace("3.6亿", "3.7亿")},
}


@pytest.mark.parametrize("case", SAME)
def test_a_whole_site_at_new_addresses_keeps_every_identity(case: str, db: Database) -> None:
    old = [_article(number, text) for number, text in enumerate(TEXTS, 1)]
    _harvest(db, old, build.NOON)
    before = _ids(db)
    new = [_moved(one, **(SAME[case] if one.body_text == MEASURES else {})) for one in old]
    _harvest(db, new, LATER)
    assert _ids(db) == before
    stored = {one.title: one for one in catalogue.iter_items(db)}
    for was, now in zip(old, new, strict=True):
        item = stored[now.title]
        assert (item.url, item.aliases, item.body_text) == (now.url, (was.url,), now.body_text)
        assert item.first_seen == build.NOON
    assert catalogue.withdraw_due(db, LATER + 400 * build.DAY, grace_days=1, min_looks=1) == 0


def test_numbered_anew_while_the_titles_repeat(db: Database) -> None:
    """Sixty decisions of a day under one title: the words say which is which."""
    old = [_article(n, f"当事人{n}号。{STATISTICS}", title="行政处罚决定公示") for n in range(60)]
    _harvest(db, old, build.NOON)
    before = {one.body_text: one.id for one in catalogue.iter_items(db)}
    _harvest(db, [_moved(one) for one in old], LATER)
    assert {one.body_text: one.id for one in catalogue.iter_items(db)} == before


def test_a_walk_over_the_first_pages_is_enough_for_the_very_same_words(db: Database) -> None:
    old = [_article(number, text) for number, text in enumerate(TEXTS, 1)]
    _harvest(db, old, build.NOON)
    before = _ids(db)
    _harvest(db, [_moved(one) for one in old], LATER, full=False)
    assert _ids(db) == before


def test_files_that_nobody_reads_keep_their_identity(db: Database) -> None:
    old = [build.item(n, page_read=False, body_text=None, content_hash="") for n in (1, 2)]
    _harvest(db, old, build.NOON)
    before = _ids(db)
    _harvest(db, [_moved(one, content_hash="") for one in old], LATER)
    assert _ids(db) == before


OTHER: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "other words": ({}, {"body_text": STATISTICS}),
    "another day": ({}, {"published_on": dt.date(2026, 2, 27)}),
    "another title": ({}, {"title": "关于另一项工作的通知"}),
    "another number": ({"document_number": "青政发〔2026〕3号"}, {"document_number": "青政发〔2026〕4号"}),
    "another index number": ({"index_number": "11629900/2026-00110"}, {"index_number": "11629900/2026-00111"}),
}


@pytest.mark.parametrize("case", OTHER)
def test_what_came_in_the_place_of_another_document(case: str, db: Database) -> None:
    was, now = OTHER[case]
    old = _article(1, MEASURES, **was)
    _harvest(db, [old], build.NOON)
    _harvest(db, [_moved(old, **now)], LATER)
    assert len(list(catalogue.iter_items(db))) == 2


def test_a_document_that_still_stands_has_not_moved(db: Database) -> None:
    old = _article(1, MEASURES)
    _harvest(db, [old], build.NOON)
    _harvest(db, [_moved(old)], LATER, later=[old])
    assert len(list(catalogue.iter_items(db))) == 2


def test_templates_of_one_day_and_title_are_not_told_apart_by_likeness(db: Database) -> None:
    """One left and another came, and only a name in them differs; a second one came with it, so nothing is certain."""
    old = _article(1, f"{STATISTICS}甲路停水。", title="停水通知")
    _harvest(db, [old], build.NOON)
    new = [_article(n, f"{STATISTICS}{name}路停水。", title="停水通知") for n, name in ((2, "乙"), (3, "丙"))]
    _harvest(db, new, LATER)
    assert len(list(catalogue.iter_items(db))) == 3


def test_a_notice_pushed_to_the_next_page_is_not_taken_for_a_new_one_like_it(db: Database) -> None:
    old = _article(1, f"{STATISTICS}甲路停水。", title="停水通知")
    _harvest(db, [old], build.NOON)
    _harvest(db, [_article(2, f"{STATISTICS}乙路停水。", title="停水通知")], LATER, full=False)
    assert len(list(catalogue.iter_items(db))) == 2


def test_a_document_that_moves_again_and_again_stays_one(db: Database) -> None:
    one = _article(1, MEASURES)
    _harvest(db, [one], build.NOON)
    before = _ids(db)
    for day in range(1, 4):
        place = {"url": f"https://www.qinghe.invalid/{day}/art_1.html", "content_hash": f"of day {day}"}
        _harvest(db, [_moved(one, **place)], build.NOON + day * build.DAY)
    assert _ids(db) == before
    [item] = catalogue.iter_items(db)
    assert len(item.aliases) == 3


def test_what_moved_and_stands_is_not_what_comes_under_its_title_later(db: Database) -> None:
    one = _article(1, MEASURES)
    _harvest(db, [one], build.NOON)
    there = _moved(one)
    _harvest(db, [there], LATER)
    other = _moved(one, url="https://www.qinghe.invalid/art/9.html", body_text=MEASURES.replace("3.6亿", "4.1亿"))
    _harvest(db, [there, replace(other, content_hash="another")], LATER + build.DAY)
    assert catalogue.count_items(db) == 2
