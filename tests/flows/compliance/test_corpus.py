"""The item rules on real saved pages, where they lie beside the checkout: nobody real is accused of what is not so."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.compliance import guide
from flows.compliance.rulebook import judge_item
from harvesters.normalise import to_item
from harvesters.reading.document import Document
from harvesters.reading.page import read_page
from storage.schema import Item, VerdictKind
from tests.flows.compliance import case, column, context, unit

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
SEARCHED = ("SE-01", "CT-02", "WD-01")

pytestmark = pytest.mark.skipif(not (CORPUS / "manifest.jsonl").exists(), reason="no corpus beside the checkout")


def _items() -> Iterator[tuple[str, Item]]:
    """Every document of the corpus as the item it would be."""
    for line in (CORPUS / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        entry: dict[str, Any] = json.loads(line)
        url = entry.get("url") or "http://unknown.invalid/"
        headers = {"content-type": entry["content_type"]} if entry.get("content_type") else {}
        page = read_page(Document((CORPUS / entry["path"]).read_bytes(), url, entry.get("status") or 200, headers))
        if page.article is None or not page.article.title:
            continue
        now = dt.datetime(2026, 6, 30, tzinfo=dt.UTC)
        yield entry["id"], to_item(unit(), column("policies"), None, page, evidence=None, captured_at=now)


def test_no_real_page_is_accused() -> None:
    said: Counter[tuple[str, str]] = Counter()
    accused = []
    for name, item in _items():
        for verdict in judge_item(item, context("policies"), case()):
            word = (verdict.reason or "").partition(":")[0]
            said[verdict.rule, f"{verdict.verdict.value} {word}".strip()] += 1
            is_told = verdict.verdict is VerdictKind.BREACH or (verdict.rule == "WD-01" and word == "advice")
            if verdict.rule in SEARCHED and is_told:
                accused.append((name, verdict.rule, verdict.facts))
    assert accused == []
    # they were judged, and not passed over
    assert all(said[rule, "compliant"] > 30 for rule in ("SE-01", "WD-01")), said
    assert said["CT-02", "compliant"] >= 5, said


def test_a_real_guide_is_read_whole() -> None:
    texts = {name: item.body_text or "" for name, item in _items() if "公开指南" in item.title}
    assert texts
    for name, text in texts.items():
        assert [field for field, words in guide.stated(text).items() if words is None] == [], name
