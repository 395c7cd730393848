"""How search grows with the catalogue: a fixed mix of questions at each size, and what the index costs to keep.

``python -m tests.bench.searching SIZE …`` measures other sizes than the line of the table, such as 100000 1000000.
"""

from __future__ import annotations

import bisect
import datetime as dt
import hashlib
import itertools
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from harvesters.crawl import peak_kb
from storage import catalogue, search, tables
from storage.catalogue import revisions, rows
from storage.catalogue.identity import Likeness
from storage.database import Database, dumps, insert_many, open_database
from storage.formats.json_item import to_json
from storage.schema import Category, Item
from storage.search import Filters

_AT = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
_FIRST = dt.date(2016, 1, 1)
_COMMON = [
    "通知",
    "工作",
    "公告",
    "管理",
    "办法",
    "实施",
    "方案",
    "意见",
    "发展",
    "建设",
    "项目",
    "服务",
    "安全",
    "生产",
    "市政府",
    "办公室",
    "印发",
    "有关",
    "单位",
    "部门",
    "规定",
    "要求",
    "进一步",
    "加强",
    "做好",
    "环境",
    "保护",
    "教育",
    "医疗",
    "保障",
    "企业",
    "经济",
    "社会",
    "人民",
    "政府",
    "信息",
    "公开",
    "预算",
    "决算",
    "采购",
    "招标",
    "会议",
    "检查",
    "督查",
    "任免",
    "职务",
    "规划",
    "计划",
    "统计",
    "公报",
    "农业",
    "乡村",
    "振兴",
    "交通",
    "运输",
    "水利",
    "财政",
    "税务",
    "市场",
    "监管",
    "应急",
    "消防",
    "住房",
    "城乡",
    "自然",
    "资源",
    "卫生",
    "健康",
    "文化",
    "旅游",
    "就业",
    "养老",
]
_WORDS = 30_000
_UNREAD = (  # of the items' own row: search reads the revision, and each index takes its time to fill
    *("body_text", "document_number", "published_on", "validity", "first_seen", "evidence"),
    *("by_index", "by_document", "by_content"),
)
MIX = (
    ("通知", Filters()),
    ("养老", Filters()),
    ("税", Filters()),
    ("通知 环境 教育", Filters()),
    ("水利 OR 交通 -会议", Filters()),
    ("“安全生产”", Filters()),
    ("关于印发实施方案的通知", Filters()),
    ("青政发〔2021〕12号", Filters()),
    ("公告", Filters(unit="u7")),
    ("通知", Filters(since=dt.date(2019, 3, 1), until=dt.date(2019, 3, 31))),
    ("消防 检查", Filters(unit="u3", category="工作动态")),
    (None, Filters(document_number="青政发〔2024〕")),
    (None, Filters(column="c2", validity="有效")),
    ("龘龘", Filters()),
)


def search_growth(sizes: tuple[int, ...]) -> dict[str, float]:
    """Milliseconds of each question of the mix, first page and count, at each size of one growing catalogue.

    ``ratio``: the mix's median at the largest size ÷ at the smallest. ``index_vs_store``: seconds of indexing ÷ of
    storing the same items through the catalogue's door.
    """
    told: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder:
        told["index_vs_store"] = _index_vs_store(Path(folder) / "small.db")
        path = Path(folder) / "gongkai.db"
        with closing(open_database(f"sqlite:///{path}")) as database:
            stored, seconds = 0, 0.0
            for size in sizes:
                put(database, stored, size)
                before = sum(one.stat().st_size for one in path.parent.glob("gongkai.db*"))
                began = time.perf_counter()
                search.catch_up(database)
                seconds += time.perf_counter() - began
                grown = sum(one.stat().st_size for one in path.parent.glob("gongkai.db*")) - before
                times = [_milliseconds(database, text, filters) for text, filters in MIX]
                told |= {
                    f"median_ms_{size}": statistics.median(times),
                    f"most_ms_{size}": max(times),
                    f"index_s_{size}": seconds,
                    f"bytes_an_item_{size}": grown / (size - stored),
                }
                stored = size
                for (text, filters), took in zip(MIX, times, strict=True):
                    given = {name: str(value) for name, value in vars(filters).items() if value}
                    print(f"  {size:>9,} {took:8.2f} ms  {text or ''} {given or ''}", file=sys.stderr, flush=True)
    told["peak_mb"] = peak_kb() / 1024
    told["ratio"] = told[f"median_ms_{sizes[-1]}"] / told[f"median_ms_{sizes[0]}"]
    return told


def _milliseconds(database: Database, text: str | None, filters: Filters) -> float:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        search.search(database, text, filters)
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def _index_vs_store(path: Path, count: int = 2000) -> float:
    items = list(made(0, count))
    with closing(open_database(f"sqlite:///{path}")) as database:
        began = time.perf_counter()
        for start in range(0, count, 200):
            catalogue.upsert(database, items[start : start + 200], seen_at=_AT)
        stored = time.perf_counter() - began
        began = time.perf_counter()
        search.catch_up(database)
        return (time.perf_counter() - began) / stored


def put(database: Database, first: int, last: int) -> None:
    """Items from number ``first`` to before ``last``, with their revisions; by the shortest way: it is not timed."""
    numbers = made(first, last)
    while batch := list(itertools.islice(numbers, 1000)):
        with database.begin() as session:
            turn = revisions.take_turn(session)
            stored = []
            for item in batch:
                data = to_json(item)
                seq = turn.add(item.id, 1, [], dumps(data))
                row = rows.row_of(item, data, seq, Likeness.of(item))
                stored.append({**row, **dict.fromkeys(_UNREAD)})
            insert_many(session, tables.items, stored)
            revisions.finish(session, turn)


def made(first: int, last: int) -> Iterator[Item]:
    """Notices whose words are spread as in real text: a few everywhere, most hardly anywhere."""
    words, weights = _vocabulary()
    for number in range(first, last):
        dice = random.Random(number)
        several = dice.choices(words, cum_weights=weights, k=dice.randint(90, 260))
        sentences = ["".join(several[at : at + 9]) for at in range(0, len(several), 9)]
        title = (
            "关于" + "".join(dice.choices(words, cum_weights=weights, k=5)) + dice.choice(("的通知", "的公告", "情况"))
        )
        published = _FIRST + dt.timedelta(days=int(3900 * (1 - dice.random() ** 2)))
        yield Item(
            id=hashlib.sha256(str(number).encode()).hexdigest()[:20],
            revision=1,
            unit=f"u{dice.randrange(100)}",
            column=f"c{dice.randrange(12)}",
            url=f"http://www.qinghe.invalid/zwgk/{number}.html",
            title=title,
            category=dice.choice(tuple(Category)),
            document_number=f"青政发〔{published.year}〕{number % 300}号" if number % 5 == 0 else None,
            validity="有效" if number % 7 == 0 else None,
            published_on=published,
            body_text="，".join(sentences) + "。",
            content_hash=f"{number:064d}",
            first_seen=_AT,
        )


def _vocabulary() -> tuple[list[str], list[float]]:
    dice = random.Random(7)
    signs = [chr(code) for code in dice.sample(range(0x4E00, 0x9FA5), 3500)]
    weights = list(itertools.accumulate(1 / (place + 10) for place in range(len(signs))))
    words = list(_COMMON)
    while len(words) < _WORDS:
        length = dice.choices((1, 2, 3, 4), (5, 65, 18, 12))[0]
        words.append("".join(signs[bisect.bisect(weights, dice.random() * weights[-1])] for _ in range(length)))
    return words, list(itertools.accumulate(1 / (place + 3) for place in range(_WORDS)))


if __name__ == "__main__":
    print(json.dumps(search_growth(tuple(map(int, sys.argv[1:]))), indent=1))
