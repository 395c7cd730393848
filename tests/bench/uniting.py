"""What finding copies costs as the catalogue grows: processor seconds an item, at first and of a day's changes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from harvesters.crawl import peak_kb
from storage import catalogue, registry
from storage.database import open_database
from storage.schema import Category, Item
from tests.bench.growing import city_of

_UNITS = 100
_BATCH = 500
_DAY = 500  # items that change in a day
_AT = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
_TEXT = (
    "政务 服务 营商 环境 数字 政府 信用 建设 减税 降费 人才 引进 教育 均衡 医疗 改革 养老 托育 生态 保护 安全 "
    "生产 防汛 抗旱 乡村 振兴 项目 投资 消费 外贸 科技 创新 就业 社保 住房 交通 物流 文化 旅游 体育 食品 药品 "
    "市场 监管 统计 审计 财政 预算 国资 企业 推进 落实 加强 完善 提升 优化 开展 组织 实施 明确 责任 分工 时限 "
    "考核 监督 检查 报送 情况 有关 单位 部门 区县 街道 乡镇"
)
_WORDS = tuple(_TEXT.split())


def unite_growth(sizes: tuple[int, ...]) -> dict[str, float]:
    """Processor seconds of the first run and of a day's run at each size, and peak memory; one process a size.

    ``ratio``: seconds an item of the first run at the largest size ÷ at the smallest; ``day_ratio``: seconds of a run
    over the same number of changes there ÷ there. 1 is work in step with what changed.
    """
    told: dict[str, float] = {}
    for size in sizes:
        answer = subprocess.run(
            [sys.executable, "-m", "tests.bench.uniting", str(size)], check=True, capture_output=True, text=True
        )
        told.update({f"{name}_{size}": value for name, value in json.loads(answer.stdout).items()})
    first, last = sizes[0], sizes[-1]
    told["ratio"] = told[f"seconds_{last}"] / told[f"seconds_{first}"] / (last / first)
    told["day_ratio"] = told[f"day_seconds_{last}"] / told[f"day_seconds_{first}"]
    return told


def items_of(count: int, *, since: int = 0) -> Iterator[Item]:
    """So many items of a hundred units; of twenty one is a copy at another unit, and a quarter come from a template."""
    for number in range(since, since + count):
        document = number - 1 if number % 20 == 19 else number
        dice = random.Random(document)
        body = "".join(
            f"第{line}条 {''.join(dice.choices(_WORDS, k=12))}，{''.join(dice.choices(_WORDS, k=10))}。"
            for line in range(14)
        )
        title = f"关于{''.join(dice.choices(_WORDS, k=6))}的通知"
        if number % 20 >= 14 and number % 20 != 18 and document == number:
            title, body = (
                "行政处罚决定公示",
                f"当事人：{dice.choice(_WORDS)}{document}号商店。{'经查，当事人违反有关规定，决定予以警告。' * 20}",
            )
        url = f"http://u{number % _UNITS}.invalid/{number}.html"
        yield Item(
            unit=f"u{number % _UNITS}",
            column="c0",
            url=url,
            title=title,
            category=Category.POLICIES,
            published_on=dt.date(2026, 5, 1),
            body_text=body,
            content_hash=hashlib.sha256((title + body).encode()).hexdigest(),
        )


def main(count: int) -> None:
    """Unite a catalogue of so many items once, then a day's changes, and tell what it took."""
    with (
        tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder,
        closing(open_database(f"sqlite:///{Path(folder) / 'gongkai.db'}")) as database,
    ):
        registry.apply(database, city_of(_UNITS * 10))
        for start in range(0, count, _BATCH):
            catalogue.upsert(database, list(items_of(min(_BATCH, count - start), since=start)), seen_at=_AT)
        began = time.process_time()
        done = catalogue.unite(database)
        seconds = time.process_time() - began
        catalogue.upsert(database, list(items_of(_DAY, since=count)), seen_at=_AT)
        began = time.process_time()
        catalogue.unite(database)
        day = time.process_time() - began
    told = {"seconds": seconds, "day_seconds": day, "merged": done.merged, "peak_mb": peak_kb() / 1024}
    print(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]))
