"""Which document an incoming one is, told as pairs; and what a copy may say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from storage import catalogue, registry
from storage.catalogue.identity import document_key, index_key, title_key
from storage.database import Database
from storage.schema import Attachment, Category, Item, Provenance
from tests.storage import build

ELSEWHERE = f"{build.SITE}/zcwj/202602/t20260226_900.html"


def _store(db: Database, *items: Item) -> catalogue.UpsertResult:
    total = catalogue.UpsertResult()
    for item in items:
        one = catalogue.upsert(db, [item], seen_at=build.NOON)
        total = catalogue.UpsertResult(
            new=total.new + one.new, changed=total.changed + one.changed, same=total.same + one.same
        )
    return total


SAME: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "the address over https": ({}, {"url": build.item().url.replace("http:", "https:"), "title": "改过的标题"}),
    "an index number": ({"index_number": "000014349/2026-00110"}, {"index_number": "000014349／2026－00110"}),
    "a document number": ({"document_number": "青政发〔2026〕3号"}, {"document_number": "青政发[2026]3号"}),
    "title in other width and spacing": (
        {"index_number": "000014349/2026-00110", "title": "关于“春耕”的通知（一）"},
        {"index_number": "000014349/2026-00110", "title": '关于 "春耕" 的通知(一)'},
    ),
    "the content, on the same day": ({}, {}),
    "the text only, other attachments unnamed": ({"body_text": "同文"}, {"body_text": "同文", "source": "转载"}),
}


@pytest.mark.parametrize("case", SAME)
def test_one_document_by(case: str, db: Database) -> None:
    first, second = SAME[case]
    one = build.item(**first)
    other = build.item(**{"url": ELSEWHERE, **second})
    if "index" in str(first) or "document" in str(first):
        other = build.item(**{"url": ELSEWHERE, "body_text": "另一模板的正文。", "published_on": None, **second})
    assert _store(db, one, other).new == 1
    assert catalogue.count_items(db) == 1


TWO: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "only title and day": ({}, {"body_text": "另一件事。"}),
    "only title and day, neither read": (
        {"page_read": False, "body_text": None, "content_hash": "0" * 64},
        {"page_read": False, "body_text": None, "content_hash": "0" * 64},
    ),
    "title, day and an empty page": (
        {"body_text": None, "content_hash": "0"},
        {"body_text": None, "content_hash": "0"},
    ),
    "content, on another day": ({}, {"published_on": dt.date(2026, 2, 27)}),
    "content and day, other numbers": (
        {"document_number": "青政罚〔2026〕3号"},
        {"document_number": "青政罚〔2026〕4号"},
    ),
    "an index number a generator made": (
        {"index_number": "null02D/01A/D3C20190807", "body_text": "甲"},
        {"index_number": "null02D/01A/D3C20190807", "body_text": "乙"},
    ),
    "an index number, other title": (
        {"index_number": "000014349/2026-00110", "body_text": "甲"},
        {"index_number": "000014349/2026-00110", "title": "另一通知", "body_text": "乙"},
    ),
    "everything, in another unit": ({}, {"unit": "jiaoyu-ju"}),
    "the address, in another unit": ({}, {"unit": "jiaoyu-ju", "url": build.item().url}),
}


@pytest.mark.parametrize("case", TWO)
def test_two_documents_that_share(case: str, db: Database) -> None:
    first, second = TWO[case]
    assert _store(db, build.item(**first), build.item(**{"url": ELSEWHERE, **second})).new == 2


@pytest.mark.parametrize("case", ["one batch", "one after the other"])
def test_copies_are_found_within_a_batch_as_across_batches(case: str, db: Database) -> None:
    copies = [build.item(), build.item(url=ELSEWHERE, column="zcwj"), build.item(2), build.item(2)]
    at_once = case == "one batch"
    result = catalogue.upsert(db, copies, seen_at=build.NOON) if at_once else _store(db, *copies)
    assert (result.new, result.changed, result.same) == (2, 1, 1)
    [first, second] = sorted(catalogue.iter_items(db), key=lambda item: item.title)
    assert first.aliases == (ELSEWHERE,)
    assert (first.column, first.revision) == ("tzgg", 2)
    assert second.aliases == ()


def test_many_documents_of_one_title_and_day_in_one_batch_stay_many(db: Database) -> None:
    many = [build.item(number, title="行政处罚决定公示") for number in range(60)]
    assert catalogue.upsert(db, many, seen_at=build.NOON).new == 60


def test_a_page_that_many_addresses_lead_to_does_not_join_them(db: Database) -> None:
    login = f"{build.SITE}/login.html"
    _store(db, *(build.item(number, aliases=(login,)) for number in range(5)))
    assert catalogue.count_items(db) == 5


def test_the_id_is_made_from_unit_and_first_address_and_stays(db: Database) -> None:
    _store(db, build.item())
    [stored] = catalogue.iter_items(db)
    assert stored.id == catalogue.item_id("tianhe-qu", build.item().url.removeprefix("http://"))
    assert len(stored.id) == 20
    _store(db, build.item(title="改过的标题"))
    assert [item.id for item in catalogue.iter_items(db)] == [stored.id]


# ------------------------------------------------------------------ what a copy may say


def test_two_columns_that_tell_a_document_differently_do_not_fight(db: Database) -> None:
    own = build.item()
    other = build.item(column="yw", category=Category.NEWS, published_on=dt.date(2026, 2, 28))
    _store(db, own)
    for _ in range(3):
        assert _store(db, other, own) == catalogue.UpsertResult(same=2)
    [stored] = catalogue.iter_items(db)
    assert (stored.column, stored.category, stored.published_on) == ("tzgg", Category.ACTIVITY, own.published_on)


def test_a_copy_at_another_address_takes_over_when_the_own_row_is_gone(db: Database) -> None:
    number = {"index_number": "000014349/2026-00110"}
    own, moved = build.item(**number), build.item(url=ELSEWHERE, body_text="新站的正文。", **number)
    catalogue.record_walk(db, build.walk([build.row(own), build.row(build.item(2))]))
    _store(db, own)
    catalogue.record_walk(db, build.walk([build.row(moved), build.row(build.item(2))], at=build.NOON + build.DAY))
    assert _store(db, moved).changed == 1
    [stored] = catalogue.iter_items(db)
    assert (stored.url, stored.body_text, stored.aliases) == (ELSEWHERE, "新站的正文。", (own.url,))


def test_a_copy_in_another_column_takes_over_when_the_own_column_is_no_longer_watched(db: Database) -> None:
    registry.apply(db, build.city(build.unit(columns=["tzgg", "yw"])))
    _store(db, build.item())
    registry.apply(db, build.city(build.unit(columns=["yw"])))
    assert _store(db, build.item(column="yw", title="改过的标题")).changed == 1
    [stored] = catalogue.iter_items(db)
    assert (stored.title, stored.column, stored.aliases) == ("改过的标题", "tzgg", ())


def test_a_look_that_knew_only_the_row_never_overwrites_a_read_article(db: Database) -> None:
    read = build.item(source="市政府办")
    poor = build.item(page_read=False, body_text=None, content_hash="1" * 64, title="关于第1项工作的…")
    _store(db, read)
    assert _store(db, poor) == catalogue.UpsertResult(same=1)
    [stored] = catalogue.iter_items(db)
    assert (stored.title, stored.source, stored.page_read) == (read.title, "市政府办", True)


def test_a_row_that_is_read_later_is_a_new_revision(db: Database) -> None:
    poor = build.item(page_read=False, body_text=None, content_hash="1" * 64)
    _store(db, poor)
    assert _store(db, build.item()).changed == 1
    [stored] = catalogue.iter_items(db)
    assert (stored.page_read, stored.revision) == (True, 2)


def test_another_provenance_is_kept_and_is_no_revision(db: Database) -> None:
    _store(db, build.item())
    better = {"published_on": Provenance(origin="beside_title", raw="2026年2月26日", confidence=0.95)}
    assert _store(db, build.item(provenance=better)) == catalogue.UpsertResult(same=1)
    [stored] = catalogue.iter_items(db)
    assert (stored.provenance, stored.revision) == (better, 1)


def test_volatile_text_under_one_content_hash_is_no_change(db: Database) -> None:
    _store(db, build.item(content_hash="c" * 64, body_text="正文 浏览次数：1"))
    assert _store(db, build.item(content_hash="c" * 64, body_text="正文 浏览次数：2")).same == 1


@pytest.mark.parametrize(
    "change",
    [
        {"title": "关于第1项工作的通知（更正）"},
        {"source": "市政府办"},
        {"attachments": (Attachment(name="附件", url=f"{build.SITE}/a.pdf"),)},
        {"published_on": None},
        {"content_hash": "d" * 64},
        {"category": Category.NEWS},
    ],
    ids=str,
)
def test_a_changed_field_is_a_revision(change: dict[str, Any], db: Database) -> None:
    _store(db, build.item())
    assert _store(db, build.item(**change)).changed == 1
    [stored] = catalogue.iter_items(db)
    assert stored.revision == 2
    assert all(getattr(stored, name) == value for name, value in change.items())


# ------------------------------------------------------------------ spellings


@pytest.mark.parametrize(
    "number",
    [
        "000014349/2017-00110",
        "0142768-8/2022-00185",
        "003257952/201703-00091",
        "11441700007280420Y/2021-00050",
        "11370322004222241N/2021-5135380",
        "6107280000/2024-001005",
        "20191202-189769",
        "shg58/2021-402",
        "K28044908/2026-04277",
    ],
)
def test_index_numbers_of_the_forms_in_use_are_well_formed(number: str) -> None:
    assert index_key(number) == number.upper()


@pytest.mark.parametrize(
    "number",
    [None, "", "null02D/01A/D3C20190807", "2026-02-18", "20260218", "无", "/", "000014349/2026-00000", "-", "公开"],
)
def test_index_numbers_that_tell_nothing_apart_are_not(number: str | None) -> None:
    assert index_key(number) is None


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("青政发〔2026〕3号", "青政发〔2026〕3号"),
        ("青政发[2026]3号", "青政发〔2026〕3号"),
        ("青政发（2026）3号", "青政发〔2026〕3号"),
        ("青政发【2026】 3 号", "青政发〔2026〕3号"),
        ("国务院令第711号", "国务院令第711号"),
        ("无", None),
        ("", None),
        (None, None),
    ],
)
def test_document_numbers_in_one_spelling(number: str | None, key: str | None) -> None:
    assert document_key(number) == key


def test_titles_differ_by_their_numbers_and_not_by_their_punctuation() -> None:
    assert title_key("关于“春耕”的通知（一）") == title_key("关于 ｢春耕｣ 的通知(一)")
    assert title_key("公告（第1号）") != title_key("公告（第2号）")
    assert title_key("……") != title_key("——")
