"""Files that items name: wanted, fetched, and told to every item that names them, whatever came between."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from storage import catalogue, files, outbox, search, tables
from storage.catalogue import revisions
from storage.database import Database
from storage.schema import Attachment, Item
from tests.storage import build

NOON, DAY = build.NOON, build.DAY
ONE, TWO = f"{build.SITE}/f/1.pdf", f"{build.SITE}/f/2.doc"
SUM, OTHER = "cd" * 32, "ef" * 32


def naming(number: int, *urls: str, **facts: Any) -> Item:
    return build.item(number, attachments=tuple(Attachment(url=url, name="年度报告.pdf") for url in urls), **facts)


def keep(db: Database, *items: Item, at: dt.datetime = NOON) -> None:
    catalogue.upsert(db, items, seen_at=at)


def come(db: Database, url: str, sha256: str = SUM, at: dt.datetime = NOON) -> None:
    one = files.Fetched(url=url, sha256=sha256, status=200, evidence=build.evidence(sha256=sha256), etag='"1"')
    files.fetched(db, [one], at=at)


def read(db: Database, reader: str = "1", kind: str = "docx") -> None:
    """What the reader does with all that is fetched."""
    for one in files.unread(db, reader, limit=9):
        content = files.Content(
            sha256=one.sha256, size=5, kind=kind, outcome="read", detail=None, pages=1, text="文", whole=True,
            reader=reader, evidence=one.evidence, read_at=NOON,
        )  # fmt: skip
        files.keep_content(db, content)


def tell(db: Database) -> int:
    """How many items were told; the next call tells nobody."""
    told = catalogue.tell_files(db, {"docx", "pdf"})
    assert catalogue.tell_files(db, {"docx", "pdf"}) == catalogue.FilesTold(files=0, items=0)
    return told.items


def known(db: Database) -> dict[str, list[tuple[str | None, int | None, str | None]]]:
    """Item's number → what it says of its files: the beginning of the sum, size, type."""
    return {
        item.url.rpartition("_")[2].removesuffix(".html"): [
            (one.sha256 and one.sha256[:2], one.size, one.type) for one in item.attachments
        ]
        for item in catalogue.iter_items(db)
    }


def due(db: Database, at: dt.datetime = NOON, column: str = "tzgg", *, full: bool = False) -> list[files.Due]:
    return files.due(db, "tianhe-qu", column, now=at, limit=9, full=full)


READ = ("cd", 5, "docx")


def test_every_item_is_told_whatever_came_first(db: Database) -> None:
    keep(db, naming(1, ONE), naming(2, ONE, TWO), naming(3, "ftp://a/b.pdf"))
    assert [one.url for one in due(db)] == [ONE, TWO]
    come(db, ONE)
    assert tell(db) == 0  # it is not read yet
    read(db)  # and the run was killed here
    assert tell(db) == 2
    assert known(db) == {"1": [READ], "2": [READ, (None, None, None)], "3": [(None, None, None)]}

    come(db, TWO)  # the same bytes under a second address: there is nothing to read
    assert files.unread(db, "1", limit=9) == []
    assert tell(db) == 1
    assert known(db)["2"] == [READ, READ]

    keep(db, naming(4, ONE), at=NOON + DAY)  # an item that comes later
    assert (due(db, NOON + DAY), tell(db), known(db)["4"]) == ([], 1, [READ])

    come(db, TWO, OTHER)
    read(db)
    assert tell(db) == 1
    come(db, ONE, OTHER)  # other bytes, which are known already from elsewhere
    assert tell(db) == 3
    assert {facts[0][0] for number, facts in known(db).items() if number != "3"} == {"ef"}

    read(db, reader="2", kind="pdf")  # a better reader says another kind
    assert tell(db) == 3
    assert known(db)["2"] == [("ef", 5, "pdf")] * 2


def test_a_page_read_again_undoes_nothing_and_asks_for_nothing(db: Database) -> None:
    keep(db, naming(1, ONE))
    come(db, ONE)
    read(db)
    tell(db)
    again = catalogue.upsert(db, [naming(1, ONE)], seen_at=NOON + DAY)
    assert (again.same, known(db)["1"], due(db, NOON + DAY)) == (1, [READ], [])


def test_a_page_that_changed_has_its_files_asked_for_again(db: Database) -> None:
    keep(db, naming(1, ONE, TWO))
    come(db, ONE)
    files.failed(db, TWO, "off_site: 别处", at=NOON, state=files.State.REFUSED)
    assert due(db, NOON + DAY) == []
    changed = naming(1, ONE, TWO, body_text="更正后的正文。", content_hash="ee" * 32)
    keep(db, changed, at=NOON + DAY)
    assert [(one.url, one.etag, one.name) for one in due(db, NOON + DAY)] == [
        (ONE, '"1"', "年度报告.pdf"), (TWO, None, "年度报告.pdf"),
    ]  # fmt: skip
    files.failed(db, ONE, "timeout: 超时", at=NOON + DAY)
    assert [one.url for one in due(db, NOON + DAY)] == [TWO]
    files.unchanged(db, [ONE], at=NOON + 3 * DAY)
    stands = files.of_urls(db, [ONE])[ONE]
    assert (stands.state, stands.reason, stands.tries) == (files.State.FETCHED, None, 0)
    keep(db, replace(changed, attachments=()), at=NOON + 4 * DAY)
    assert due(db, NOON + 4 * DAY) == []  # no page names them any more


def test_what_is_due(db: Database) -> None:
    keep(db, naming(1, ONE), naming(2, ONE, column="gk"))
    with db.begin() as session:
        gone = sa.update(tables.items).where(tables.items.c.column == "tzgg").values(withdrawn_at=NOON)
        session.execute(gone)
    assert due(db) == []
    (one,) = due(db, column="gk")  # another column's page still names it
    assert one.page.endswith("_2.html")
    for tries in range(1, files.fetches.MOST_TRIES + 1):
        files.failed(db, ONE, "http_404: 没有", at=NOON)
        waits = 2 ** (tries - 1) * DAY
        assert due(db, NOON + waits - dt.timedelta(hours=1), "gk") == []
        assert len(due(db, NOON + waits, "gk")) == (tries < files.fetches.MOST_TRIES)
    assert files.again(db) == 1
    come(db, ONE)
    old = NOON + files.fetches.OLD + DAY
    assert (len(due(db, old, "gk")), len(due(db, old, "gk", full=True))) == (0, 1)


def test_items_kept_before_have_their_files_wanted_by_one_walk(db: Database) -> None:
    keep(db, *(naming(number, f"{build.SITE}/f/{number}.pdf") for number in range(5)), naming(9))
    with db.begin() as session:
        session.execute(sa.delete(tables.file_fetches))
        session.execute(sa.delete(tables.file_names))
    keep(db, naming(1, f"{build.SITE}/f/1.pdf"))  # read again and the same: it is not noted by that
    assert due(db) == []
    gone = [catalogue.name_files(db, most=4) for _ in range(4)]
    assert gone == [4, 2, 0, 0]
    assert len(due(db)) == 5
    come(db, f"{build.SITE}/f/3.pdf")
    read(db)
    assert tell(db) == 1


def test_what_we_learn_of_files_is_no_change_of_the_units(db: Database) -> None:
    row = build.walk([build.row(naming(1, ONE)), build.row(naming(2, TWO))])
    catalogue.record_walk(db, row)
    keep(db, naming(1, ONE), naming(2, TWO))
    catalogue.unite(db)
    before = [_judged(db), catalogue.unite(db)]
    head = outbox.head(db)
    come(db, ONE)
    come(db, TWO, OTHER)
    read(db)
    assert tell(db) == 2
    assert [_judged(db), catalogue.unite(db)] == before
    assert [entry.item_id for entry in outbox.pending(db, head)] == [
        item.id for item in catalogue.iter_items(db, changed_after=head)
    ]  # consumers are sent each once
    assert len(outbox.pending(db, head)) == 2

    list(catalogue.rederive(db, lambda item: replace(item, genre="notice"), write=True))
    assert known(db)["1"] == [READ]  # a table edited meanwhile keeps what is known


def test_a_date_that_moved_was_last_seen_with_its_page(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = iter(range(9))
    monkeypatch.setattr(revisions, "utcnow", lambda: NOON + next(hours) * dt.timedelta(hours=1))
    keep(db, naming(1, ONE))
    come(db, ONE)
    read(db)
    assert tell(db) == 1
    keep(db, naming(1, ONE, published_on=dt.date(2026, 3, 1)))
    (moved,) = catalogue.date_moves(db)
    assert moved.before_at == NOON < moved.after_at


def _judged(db: Database) -> list[Any]:
    standing = [row.changed_at for row in catalogue.iter_standing(db, "tianhe-qu")]
    return [standing, list(catalogue.date_moves(db)), list(catalogue.same_text(db, least_length=1, least_days=0))]


@pytest.mark.parametrize("reason", ["no_file: 是网页", "timeout: 超时"])
def test_a_file_we_had_stays_when_it_cannot_be_had_again(db: Database, reason: str) -> None:
    keep(db, naming(1, ONE))
    come(db, ONE)
    files.failed(db, ONE, reason, at=NOON + DAY, status=200)
    stands = files.of_urls(db, [ONE])[ONE]
    assert (stands.state, stands.sha256) == (files.State.FETCHED, SUM)
    assert files.count_fetches(db) == {("fetched", ""): 1}


def test_what_an_attachment_says_is_found_and_a_better_reading_replaces_it(db: Database) -> None:
    keep(db, naming(1, ONE))
    come(db, ONE)
    for reader, text in (("1", "污水处理厂提标改造"), ("2", "污水处理厂提标改造"), ("3", "垃圾焚烧发电")):
        for one in files.unread(db, reader, limit=9):
            content = files.Content(
                sha256=one.sha256, size=5, kind="docx", outcome="read", detail=None, pages=1, text=text, whole=True,
                reader=reader, evidence=one.evidence, read_at=NOON,
            )  # fmt: skip
            if files.keep_content(db, content):
                search.clear(db)
        tell(db)
        search.catch_up(db)
        found = {word: search.search(db, word) for word in ("提标改造", "焚烧发电")}
        assert {word for word, one in found.items() if one.matches} == {"焚烧发电" if reader == "3" else "提标改造"}
    [match] = found["焚烧发电"].matches
    [hit] = search.attachments(match.data, found["焚烧发电"].query)
    assert [part.text for part in hit.text if part.is_hit] == ["焚烧发电"]
