"""Search through its own door, the same questions on both databases: found, in which order, and nothing else."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from unittest import mock

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from storage import catalogue, outbox, search, tables
from storage.catalogue import revisions
from storage.database import Database, dumps, open_database
from storage.exceptions import DatabaseError, UnknownTarget
from storage.formats.json_item import from_json, to_json
from storage.schema import Attachment, Category, Item
from storage.search import Filters, Match, asking, engine, finding, indexing, words
from tests.storage import build

ITEMS: dict[str, dict[str, Any]] = {
    "title": {
        "title": "关于做好环境保护工作的通知",
        "published_on": dt.date(2024, 5, 1),
        "body_text": "各区县：请认真落实。",
        "document_number": "青政发〔2024〕12号",
        "index_number": "11629900MB1234567A/2024-00012",
        "validity": "有效",
        "statutory": "20-01",
        "category": Category.POLICIES,
    },
    "newer": {
        "title": "环境保护通知",
        "published_on": dt.date(2025, 1, 1),
        "body_text": "详见附件。",
        "unit": "jiaotong",
        "column": "wj",
        "theme": "城乡建设、环境保护",
        "attachments": (Attachment(name="考核评分表.xlsx", url=f"{build.SITE}/a.xlsx"),),
    },
    "body": {
        "title": "会议情况",
        "published_on": dt.date(2026, 2, 1),
        "body_text": "会上传达了通知，环境 保护督察随后进行。GB/T 2312—1980，ＡＩ应用，税负下降。",
    },
    "apart": {
        "title": "工作总结",
        "published_on": dt.date(2026, 3, 1),
        "body_text": "保护环境，人人有责。（2024）12号楼；青政办发[2024]12号。境保人员。环境\n保护站。",
    },
    "undated": {"title": "机构职能", "published_on": None, "body_text": "负责税收征管。", "keywords": ("税务",)},
}


def fill(db: Database, items: dict[str, dict[str, Any]] | None = None) -> dict[str, str]:
    """Stores and indexes ``items`` (by default the ones above); their names by id."""
    wanted = [build.item(name, **facts) for name, facts in (ITEMS if items is None else items).items()]
    catalogue.upsert(db, wanted, seen_at=build.NOON)
    search.catch_up(db)
    by_url = {item.url: name for item, name in zip(wanted, ITEMS if items is None else items, strict=True)}
    return {item.id: by_url[item.url] for item in catalogue.iter_items(db) if item.url in by_url}


def every(db: Database, text: str | None, filters: Filters | None = None, limit: int = 20) -> list[Match]:
    """Every match, a page after the other."""
    found: list[Match] = []
    after = None
    while True:
        page = search.search(db, text, filters, after=after, limit=limit)
        found += page.matches
        if page.after is None:
            return found
        assert page.after != after
        after = page.after


QUESTIONS = [
    ("通知", ["newer", "title", "body"]),
    ("环境保护", ["newer", "title", "body"]),  # not where a line, a comma or other signs part it
    ("“环境保护”", ["newer", "title", "body"]),
    ("环境 保护", ["newer", "title", "apart", "body"]),
    ("保护 环境", ["newer", "title", "apart", "body"]),  # all in the title, then side by side, then anywhere
    ("环境 OR 税", ["newer", "title", "undated", "apart", "body"]),
    ("环境 或 税", ["newer", "title", "undated", "apart", "body"]),
    ("环境|税", ["newer", "title", "undated", "apart", "body"]),
    ("环境 -通知", ["apart"]),
    ("环境 －“做好环境保护”", ["newer", "apart", "body"]),
    ("-环境", ["undated"]),
    ("通知 会上", ["body"]),
    ("税", ["undated", "body"]),
    ("税务", ["undated"]),
    ("号", ["title", "apart"]),
    ("青政发〔2024〕12号", ["title"]),
    ("青政发[2024]12号", ["title"]),
    ("青政发（2024）１２号", ["title"]),
    ("青政发 2024", ["title"]),
    ("青政办发【2024】12号", ["apart"]),
    ("2024", ["title", "apart"]),
    ("202", []),
    ("ai", ["body"]),
    ("gb/t 2312-1980", ["body"]),
    ("11629900mb1234567a", ["title"]),
    ("评分表", ["newer"]),
    ("考核 xlsx", ["newer"]),
    ("督查", []),
    (
        "关于做好《环境保护》工作的通知",
        [],
    ),  # punctuation of an unquoted word makes words: 工作的通知 and 关于做好 are there
]


@pytest.mark.parametrize("few", [0, 200])
def test_questions(db: Database, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the index or the texts say what comes first."""
    monkeypatch.setattr(finding, "FEW", few)
    names = fill(db)
    told = {text: [names[one.data["id"]] for one in every(db, text, limit=3)] for text, _ in QUESTIONS[:-1]}
    assert told == dict(QUESTIONS[:-1])
    assert [names[one.data["id"]] for one in every(db, QUESTIONS[-1][0])] == ["title"]


FILTERED = [
    (Filters(unit="jiaotong"), ["newer"]),
    (Filters(column="tzgg", category="政策法规"), ["title"]),
    (Filters(since=dt.date(2025, 1, 1)), ["apart", "body", "newer"]),
    (Filters(until=dt.date(2025, 1, 1)), ["newer", "title"]),
    (Filters(since=dt.date(2025, 1, 2), until=dt.date(2026, 2, 1)), ["body"]),
    (Filters(document_number="青政发"), ["title"]),
    (Filters(document_number="青政发[2024]"), ["title"]),
    (Filters(document_number="青政发﹝２０２４﹞12号"), ["title"]),
    (Filters(document_number="政发"), []),
    (Filters(document_number="青政发〔2024〕1"), []),
    (Filters(document_number="％"), []),
    (Filters(index_number="11629900MB1234567A"), ["title"]),
    (Filters(index_number="11629900mb1234567a/2024-00012"), ["title"]),
    (Filters(index_number="1162"), []),
    (Filters(validity="有效"), ["title"]),
    (Filters(theme="城乡建设、环境保护"), ["newer"]),
    (Filters(statutory="20-01"), ["title"]),
    (Filters(withdrawn=True), []),
    (Filters(withdrawn=None), ["undated", "apart", "body", "newer", "title"]),
    (
        Filters(),
        ["undated", "apart", "body", "newer", "title"],
    ),  # the one without a date stands where it was first seen
    (Filters(unit="x\x00\ud800' OR 1=1 --"), []),
]


def test_filters(db: Database) -> None:
    names = fill(db)
    for filters, expected in FILTERED:
        assert [names[one.data["id"]] for one in every(db, None, filters, limit=2)] == expected, filters
    assert [names[one.data["id"]] for one in every(db, "环境", Filters(since=dt.date(2025, 6, 1)))] == ["apart", "body"]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            '"',
            "“",
            "”“",
            "-",
            "--",
            "- -",
            "OR",
            "OR OR",
            "或",
            "|",
            "||",
            "*",
            "^",
            "()",
            "NEAR(环境 保护, 2)",
        ),
        *(
            "title:环境",
            "环境*",
            "环境 AND",
            "NOT 环境",
            "%",
            "_",
            "环%",
            "'; DROP TABLE items; --",
            "环境\x00保护",
            "\ud800",
        ),
        *(
            "\\",
            ":*",
            "&|!",
            "<->",
            '"环境',
            "“环境",
            "环" * 5000,
            "环境 " * 3000,
            "x" * 10_000,
            "\u202e\u200d",
            "e\u0301",
        ),
    ],
)
def test_nothing_typed_fails(db: Database, text: str) -> None:
    fill(db, {"title": ITEMS["title"]})
    found = search.search(db, text)
    assert len(found.matches) <= 1
    assert (
        found.query.is_empty == (not words.normal(text).replace(" ", "") or text in {"OR", "OR OR", "或"})
        or not text.strip()
    )
    assert found.query.is_cut == (len(text) > 1000 or text.startswith("环境 环境"))
    json.dumps(search.as_json(found))


def test_what_is_no_cursor_is_refused(db: Database) -> None:
    fill(db)
    for after in ("", "x", "1.2", "1.2.3.4", "1.-1.5", "１.0.5", "1.0.5\n"):
        with pytest.raises(UnknownTarget, match="is not a cursor of a search"):
            search.search(db, "通知", after=after)
    assert search.search(db, "通知", after="1.9.0").matches == ()


# ------------------------------------------------------------------ nothing missed, nothing else found


def units_of(text: str) -> list[tuple[str, bool]]:
    """The reference: a text as signs and words, each with whether nothing parts it from the one before."""
    found: list[tuple[str, bool]] = []
    gap = "\n"
    for sign in unicodedata.normalize("NFKC", text).casefold():
        is_han = "\u4e00" <= sign <= "\u9fff"
        if not (is_han or (sign.isalnum())):
            gap += sign
            continue
        if is_han:
            glued = bool(found) and (not is_chinese(found[-1][0]) or ("\n" not in gap and not gap.strip()))
            found.append((sign, glued))
        elif found and not gap and not is_chinese(found[-1][0]):
            found[-1] = (found[-1][0] + sign, found[-1][1])
        else:
            found.append((sign, bool(found) and is_chinese(found[-1][0])))
        gap = ""
    return found


def is_chinese(unit: str) -> bool:
    return "\u4e00" <= unit[0] <= "\u9fff"


def contains(text: str, phrase: str) -> bool:
    whole, part = units_of(text), units_of(phrase)
    return any(
        whole[at][0] == part[0][0] and whole[at + 1 : at + len(part)] == part[1:]
        for at in range(len(whole) - len(part) + 1)
    )


SIGNS = st.text(alphabet="通知公告税12aＡ１ ，\n〔〕", max_size=14)


@hypothesis(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    texts=st.lists(st.tuples(SIGNS, SIGNS, SIGNS), min_size=1, max_size=12),
    phrases=st.lists(SIGNS.filter(lambda text: bool(units_of(text))), min_size=4, max_size=6),
)
def test_every_document_that_contains_the_phrase_is_found_and_no_other(
    db: Database, texts: list[tuple[str, str, str]], phrases: list[str]
) -> None:
    offset = outbox.head(db)
    items = [
        build.item(
            f"{offset}-{n}", unit=f"u{offset}", title=f"甲{title}", body_text=body, document_number=number or None
        )
        for n, (title, body, number) in enumerate(texts)
    ]
    catalogue.upsert(db, items, seen_at=build.NOON)
    search.catch_up(db, batch=5)
    stored = [one for one in catalogue.iter_items(db) if one.unit == f"u{offset}"]
    for phrase in phrases:
        quoted = f"“{phrase}”"
        expected = {
            one.id
            for one in stored
            if any(contains(part, phrase) for part in (one.title, one.body_text or "", one.document_number or ""))
        }
        found = [one.data["id"] for one in every(db, quoted, Filters(unit=f"u{offset}"), limit=3)]
        together = f"{phrase} 通"
        for asked in (quoted, together):
            with mock.patch.object(finding, "FEW", 0):
                by_index = every(db, asked, Filters(unit=f"u{offset}"), limit=3)
            assert by_index == every(db, asked, Filters(unit=f"u{offset}"), limit=3), asked
        assert sorted(found) == sorted(expected), phrase
        rest = {one.data["id"] for one in every(db, f"-{quoted}", Filters(unit=f"u{offset}"), limit=3)}
        assert rest == {one.id for one in stored} - expected, phrase


def test_a_page_that_compares_enough_texts_ends_and_the_next_goes_on(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoys = {
        f"d{n}": {"title": "情况", "body_text": f"{n}安全、全生、生产", "published_on": dt.date(2026, 1, 2)}
        for n in range(30)
    }
    names = fill(db, {**decoys, "old": {"title": "情况", "body_text": "安全生产", "published_on": dt.date(2020, 1, 1)}})
    monkeypatch.setattr(finding, "FEW", 5)
    monkeypatch.setattr(finding, "COMPARED", 10)
    monkeypatch.setattr(finding, "_CHUNK", 5)
    first = search.search(db, "安全生产")
    assert (first.matches, first.total) == ((), search.Total(count=0, is_exact=False))
    assert first.after is not None
    assert [names[one.data["id"]] for one in every(db, "安全生产")] == ["old"]


def test_the_count_is_exact_up_to_a_bound(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(db, {f"n{n}": {"title": "通知" if n % 2 else "公告", "body_text": f"通知{n}安全生产"} for n in range(9)})
    assert search.search(db, "通知").total == search.Total(count=9, is_exact=True)
    assert search.search(db, "安全生产").total == search.Total(count=9, is_exact=True)
    monkeypatch.setattr(finding, "FEW", 2)
    assert search.search(db, "通知").total == search.Total(count=9, is_exact=True)
    assert search.search(db, "安全生产").total == search.Total(count=9, is_exact=True)
    monkeypatch.setattr(finding, "COUNTED", 8)
    assert search.search(db, "通知").total == search.Total(count=8, is_exact=False)
    monkeypatch.setattr(finding, "COUNTED", 3)
    assert search.search(db, "通知").total == search.Total(count=3, is_exact=False)
    assert search.search(db, "通知", after=search.search(db, "通知", limit=1).after).total is None


def test_common_and_rare_words_of_many_documents(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PostgreSQL finds enough among the newest, where it must ask its index, and where both meet."""
    monkeypatch.setattr(engine, "_WINDOW", 5)
    monkeypatch.setattr(finding, "FEW", 3)
    items = {
        f"n{n}": {"title": f"通知{'甲乙' if n % 7 == 0 else ''}", "published_on": dt.date(2020, 1, 1) + n * build.DAY}
        for n in range(40)
    }
    names = fill(db, items)
    for text, step in (("通知", 1), ("甲乙", 7), ("通知 甲乙", 7)):
        for limit in (1, 4, 100):
            found = [names[one.data["id"]] for one in every(db, text, limit=limit)]
            assert found == [f"n{n}" for n in range(39, -1, -1) if n % step == 0]


def test_a_text_as_long_as_no_database_index_holds(db: Database) -> None:
    """200,000 signs drawn at random: more pairs than a tsvector takes; what is left out is its end."""
    dice = random.Random(1)
    long = "".join(chr(dice.randint(0x4E00, 0x9FFF)) for _ in range(200_000))
    names = fill(db, {"long": {"title": "公报", "body_text": f"安全生产{long}"}, "short": {"title": "安全生产"}})
    assert [names[one.data["id"]] for one in every(db, "安全生产")] == ["short", "long"]
    assert [names[one.data["id"]] for one in every(db, long[50_000:50_020])] == ["long"]
    assert every(db, "-安全生产") == []


# ------------------------------------------------------------------ the catalogue changes


def test_pages_stand_while_the_catalogue_grows(db: Database) -> None:
    """What comes meanwhile stands above; nothing that was there is skipped or comes twice."""
    names = fill(db, {f"n{n}": {"title": f"通知{n}", "published_on": dt.date(2025, 1, 1 + n)} for n in range(8)})
    first = search.search(db, "通知", limit=3)
    fill(db, {f"later{n}": {"title": f"通知{n}", "published_on": dt.date(2025, 2, 1)} for n in range(4)})
    second = search.search(db, "通知", after=first.after, limit=3)
    third = search.search(db, "通知", after=second.after, limit=3)
    found = [names[one.data["id"]] for page in (first, second, third) for one in page.matches]
    assert found == [f"n{n}" for n in range(7, -1, -1)]
    search.clear(db)
    search.catch_up(db)
    again = search.search(db, "通知", after=first.after, limit=10)  # of an index made anew: a day may come again
    assert [f"n{n}" for n in range(4, -1, -1)] == [names[one.data["id"]] for one in again.matches][-5:]


def test_a_change_a_withdrawal_and_a_copy(db: Database) -> None:
    names = fill(db)
    ids = {name: one for one, name in names.items()}

    def found(text: str, **filters: Any) -> set[str]:
        search.catch_up(db)
        return {names[one.data["id"]] for one in every(db, text, Filters(**filters))}

    changed = catalogue.get_item(db, ids["body"])
    assert changed is not None
    body = {**ITEMS["body"], "body_text": "改为水利", "published_on": dt.date(2026, 2, 9)}
    catalogue.upsert(db, [build.item("body", **body)], seen_at=build.NOON + build.DAY)
    assert found("督察") == set()
    assert found("水利", since=dt.date(2026, 2, 9)) == {"body"}
    write(db, ids["title"], withdrawn_at=build.NOON)
    assert found("环境保护") == {"newer"}
    assert found("环境保护", withdrawn=True) == {"title"}
    assert found("环境保护", withdrawn=None) == {"newer", "title"}
    write(db, ids["title"], withdrawn_at=None)
    assert found("环境保护") == {"newer", "title"}
    write(db, ids["newer"], same_as=ids["title"])
    copy = {"item": ids["newer"], "unit": "jiaotong", "column": "wj", "url": "http://x.invalid/", "published_on": None}
    write(db, ids["title"], copies=[copy])
    assert found("环境保护", withdrawn=None) == {"title"}
    assert found("环境保护", unit="jiaotong") == {"title"}
    write(db, ids["newer"], same_as=None)
    assert found("环境保护") == {"newer", "title"}
    assert dump(db) == rebuilt(db)


def write(db: Database, name: str, **facts: Any) -> None:
    """A revision of an item as other parts of the catalogue write it."""
    with db.begin() as session:
        turn = revisions.take_turn(session)
        stored = catalogue.get_item(db, name)
        assert stored is not None
        data = {
            **to_json(stored),
            **{key: str(value) if key.endswith("_at") and value else value for key, value in facts.items()},
        }
        item: Item = from_json({**data, "revision": stored.revision + 1})
        seq = turn.add(name, item.revision, sorted(facts), dumps(to_json(item)), revisions.action_of(item))
        revisions.finish(session, turn)
        row = {key: data[key] if key == "copies" else getattr(item, key) for key in facts}
        update = sa.update(tables.items).where(tables.items.c.id == name)
        session.execute(update.values(seq=seq, revision=item.revision, **row))


# ------------------------------------------------------------------ the index


def dump(db: Database) -> dict[str, tuple[int, int, tuple[str, ...]]]:
    """What the index holds: item → revision, day, tokens."""
    with db.begin() as session:
        doc = tables.search_docs.c
        items = {row.number: row for row in session.execute(sa.select(doc.number, doc.item, doc.seq))}
        if db.dialect == "sqlite":
            session.execute(sa.text("INSERT INTO search_words(search_words) VALUES ('integrity-check')"))
            session.execute(
                sa.text("CREATE VIRTUAL TABLE temp.held USING fts5vocab('main', 'search_words', 'instance')")
            )
            held = session.execute(sa.text("SELECT doc, term FROM temp.held")).all()
            session.execute(sa.text("DROP TABLE temp.held"))
        else:
            held = session.execute(sa.text("SELECT number, unnest(tsvector_to_array(tokens)) FROM search_words")).all()
    tokens: dict[int, list[str]] = {}
    for number, token in held:
        tokens.setdefault(number, []).append(token)
    assert tokens.keys() == items.keys()
    return {
        row.item: (row.seq, number // engine.PER_DAY, tuple(sorted(tokens[number]))) for number, row in items.items()
    }


def rebuilt(db: Database) -> dict[str, tuple[int, int, tuple[str, ...]]]:
    search.clear(db)
    assert dump(db) == {}
    search.catch_up(db, batch=7)
    return dump(db)


def changes(db: Database, dice: random.Random, count: int) -> None:
    """New, changed and withdrawn items, at random."""
    for n in range(count):
        known = [one for one in catalogue.iter_items(db) if one.revision]
        if dice.random() < 0.25 and known:
            chosen = dice.choice(known)
            write(db, chosen.id, withdrawn_at=None if chosen.withdrawn_at else build.NOON)
            continue
        body = "".join(dice.choices("通知公告税务环境保护，12 a", k=30))
        day = dt.date(2026, 1, 1 + dice.randrange(5))
        one = build.item(dice.randrange(12), title=f"关于{body[:5]}的通知", body_text=body, published_on=day)
        catalogue.upsert(db, [one], seen_at=build.NOON + n * build.DAY)


def test_followed_or_made_anew_the_index_is_the_same(db: Database) -> None:
    dice = random.Random(4)
    for _ in range(8):
        changes(db, dice, 6)
        search.catch_up(db, batch=dice.randint(1, 9))
    assert search.standing(db).lag == 0
    assert dump(db) == rebuilt(db)


def test_a_day_that_is_full_goes_on_in_the_day_before(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PER_DAY", 4)  # so three a day
    names = fill(db, {f"n{n}": {"title": f"通知{n}", "published_on": dt.date(2026, 1, 9)} for n in range(8)})
    assert {names[one.data["id"]] for one in every(db, "通知", limit=3)} == {f"n{n}" for n in range(8)}


def test_an_index_of_other_tokens_is_made_anew(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(db)
    monkeypatch.setattr(words, "VERSION", words.VERSION + 1)
    assert search.standing(db).lag == search.standing(db).head
    assert search.search(db, "通知").matches == ()
    search.catch_up(db)
    assert len(every(db, "通知")) == 3
    assert dump(db) == rebuilt(db)


def test_two_that_index_at_once_write_each_change_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one goes on between the reading of a batch and its writing."""
    fill(db)
    changes(db, random.Random(2), 10)
    prepare: Callable[..., Any] = indexing._prepare
    is_first = True

    def overtaken(*given: Any) -> Any:
        nonlocal is_first
        prepared = prepare(*given)
        if is_first:
            is_first = False
            search.catch_up(db, batch=4)
        return prepared

    monkeypatch.setattr(indexing, "_prepare", overtaken)
    search.catch_up(db, batch=3)
    assert search.standing(db).lag == 0
    assert dump(db) == rebuilt(db)


def test_how_far_the_index_is(db: Database) -> None:
    fill(db)
    changes(db, random.Random(3), 7)
    lag = search.standing(db).lag
    assert 0 < lag <= 7
    assert search.catch_up(db, most=lag - 1).lag == 1
    told: list[int] = []
    search.catch_up(db, tell=lambda stands: told.append(stands.lag))
    assert told == [0]


def dying(url: str, step: int) -> int:
    """Indexes in a child that kills itself at its statement ``step``; how many there were, or minus the signal."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        steps = 0
        try:
            with closing(open_database(url)) as opened:

                def counted(*_: Any) -> None:
                    nonlocal steps
                    steps += 1
                    if steps == step:
                        os.kill(os.getpid(), signal.SIGKILL)

                for event in ("after_cursor_execute", "commit"):
                    sa.event.listen(opened.engine, event, counted)
                search.catch_up(opened, batch=6)
            os.write(writing, str(steps).encode())
        finally:
            os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    told = os.read(reading, 100)
    os.close(reading)
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else int(told)


def test_killed_at_any_statement_the_index_goes_on_from_where_it_stood(url: str) -> None:
    dice = random.Random(5)
    kills = 0
    with closing(open_database(url)) as db:
        changes(db, dice, 20)
    for round_ in range(14):
        with closing(open_database(url)) as db:
            before = search.standing(db).seq
            changes(db, dice, 3)
        kills += dying(url, 3 + 5 * round_ % 31) == -signal.SIGKILL
        with closing(open_database(url)) as db:
            assert search.standing(db).seq >= before
            dump(db)
    assert kills >= 12
    with closing(open_database(url)) as db:
        search.catch_up(db)
        assert search.standing(db).lag == 0
        assert dump(db) == rebuilt(db)


def test_an_impatient_one_does_not_wait_for_a_writer(sqlite_url: str) -> None:
    with closing(open_database(sqlite_url)) as db, closing(open_database(sqlite_url)) as other:
        fill(db)
        changes(db, random.Random(6), 3)
        with other.begin(), pytest.raises(DatabaseError):
            search.catch_up(db, is_patient=False)
        assert search.catch_up(db, is_patient=False).lag == 0


# ------------------------------------------------------------------ showing


def parts(found: Iterator[search.Part] | tuple[search.Part, ...]) -> str:
    return "".join(f"[{one.text}]" if one.is_hit else one.text for one in found)


@pytest.mark.parametrize(
    ("text", "asked", "shown"),
    [
        ("关于环境保护的通知", "环境 通知", "关于[环境]保护的[通知]"),
        ("环境、环 境", "环境", "[环境]、[环 境]"),
        ("青政发﹝２０２４﹞１２号文", "青政发〔2024〕12号", "[青政发﹝２０２４﹞１２号]文"),
        ("ＧＢ 2312 和 gb", "gb", "[ＧＢ] 2312 和 [gb]"),
        ("2024 20245", "2024", "[2024] 20245"),
        ("通知通知公告", "通知公告 知通", "通[知通][知公告]".replace("][", "")),
        ("<b>通知</b>", "通知", "<b>[通知]</b>"),
        ("㎡和m2", "m2", "[㎡]和[m2]"),
        ("通知", "-通知", "通知"),
        ("", "通知", ""),
    ],
)
def test_hits_are_shown_where_they_stand(text: str, asked: str, shown: str) -> None:
    found = search.shown(text, asking.read(asked))
    assert parts(found).replace("[", "").replace("]", "") == text
    assert parts(found) == shown


def test_the_passage_is_where_the_words_stand() -> None:
    query = asking.read("税务 稽查")
    long = "甲" * 3000 + "税务" + "乙" * 500 + "税务稽查" + "丙" * 300
    told = search.passage(long, query, length=40)
    assert parts(told) == f"…{'乙' * 30}[税务稽查]{'丙' * 6}…"
    assert parts(search.passage("甲" * 200, query, length=40)) == f"{'甲' * 40}…"
    assert parts(search.passage("甲乙税务", query, length=40)) == "甲乙[税务]"
    assert search.passage("", query) == ()


@hypothesis(max_examples=80, deadline=None)
@given(text=st.text(max_size=60), asked=st.text(max_size=20), length=st.integers(1, 50))
def test_parts_are_the_text(text: str, asked: str, length: int) -> None:
    query = asking.read(asked)
    assert "".join(one.text for one in search.shown(text, query)) == text
    shown = "".join(one.text for one in search.passage(text, query, length=length)).removeprefix("…").removesuffix("…")
    assert shown in text or "…" in text


@hypothesis(max_examples=150, deadline=None)
@given(text=st.text(max_size=40))
def test_a_normal_form_holds_its_tokens(text: str) -> None:
    form = words.normal(text)
    assert words.normal(form) == form or not form.isascii()
    found = words.tokens(form)
    assert all(" " not in one and "\n" not in one for one in found)
    assert set(words.needed(form)) <= found | set(form)
    if form:
        assert words.holds(form, form)
    for sign in filter(words.is_han, form):
        assert any(token.startswith(sign) for token in found)
