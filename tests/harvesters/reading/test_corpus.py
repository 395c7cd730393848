"""Real saved pages, where they lie beside the checkout: reading must not fall below what it has reached."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harvesters.reading.document import Document
from harvesters.reading.page import as_json, read_page

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
FLOOR = {
    "title": 0.99,
    "published_on": 0.98,
    "source": 0.95,
    "body_start": 0.95,
    "body_end": 0.95,
    "issuing_body": 0.97,
    "document_number": 0.97,
    "index_number": 0.97,
    "formed_on": 0.97,
    "subject": 0.97,
    "attachments": 0.95,
    "listing_rows": 0.98,
    "column_name": 0.95,
    "next_page": 0.98,
    "kind": 0.98,
    "outcome_good_pages": 1.0,
    "outcome_bad_pages": 1.0,
}

pytestmark = pytest.mark.skipif(not (CORPUS / "manifest.jsonl").exists(), reason="no corpus beside the checkout")


def _lines() -> list[dict[str, Any]]:
    text = (CORPUS / "manifest.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def test_reading_of_real_pages(tmp_path: Path) -> None:
    told = tmp_path / "told.jsonl"
    with told.open("w", encoding="utf-8") as out:
        for line in _lines():
            headers = {"content-type": line["content_type"]} if line.get("content_type") else {}
            url = line.get("url") or "http://unknown.invalid/"
            doc = Document((CORPUS / line["path"]).read_bytes(), url, line.get("status") or 200, headers)
            out.write(json.dumps({**as_json(read_page(doc)), "id": line["id"]}, ensure_ascii=False) + "\n")
    report = tmp_path / "report.json"
    command = [sys.executable, str(CORPUS / "score.py"), str(told), "--json", str(report)]
    subprocess.run(command, check=True, capture_output=True)
    reached = {name: row["accuracy"] for name, row in json.loads(report.read_text(encoding="utf-8")).items()}
    assert {name: reached[name] for name, least in FLOOR.items() if reached[name] < least} == {}


# ------------------------------------------------------------------ changes that mean nothing

_MENU = "".join(
    f'<li><a href="/n{n}/">{name}</a></li>' for n, name in enumerate(["首页", "政务公开", "互动交流", "数据开放"])
)
_HOT = "".join(
    f'<li><a href="/zt/202511/t202511{day}_99{day}.html">青禾市召开第{day}次工作推进会议部署近期重点任务</a>'
    f"<span>2025-11-{day}</span></li>"
    for day in range(10, 16)
)
_OPENED = re.compile(r"(<body[^>]*>)", re.IGNORECASE)
_CLOSED = re.compile(r"</body>(?![\s\S]*</body>)", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?[\w-]+", re.IGNORECASE)
_TAG = re.compile(r"<(/?)(div|p|li|ul|td|tr|table|span|a|h1|h2|h3)\b")


def _framed(before: str, after: str = "") -> Callable[[str], str]:
    def change(text: str) -> str:
        return _CLOSED.sub(lambda _: f"{after}</body>", _OPENED.sub(lambda tag: tag[1] + before, text, count=1))

    return change


CHANGES: dict[str, Callable[[str], str]] = {
    "in one more element": _framed('<div id="app"><div>', "</div></div>"),
    "under a menu": _framed(f'<div class="topnav"><ul>{_MENU}</ul></div>'),
    "over a box of hot news": _framed("", f'<div class="side"><h3>热点推荐</h3><ul>{_HOT}</ul></div>'),
    "beside hidden facts": _framed('<div style="display:none"><p>发布日期：2001-01-01</p><p>来源：隐藏网</p></div>'),
    "with upper-case tags": lambda text: _TAG.sub(lambda tag: f"<{tag[1]}{tag[2].upper()}", text),
    "without blanks between tags": lambda text: re.sub(r">[ \t\r\n]+<", "><", text),
    "encoded as GBK": lambda text: text,
}


def _facts(text: str, line: dict[str, Any], encoding: str) -> dict[str, Any]:
    body = _CHARSET.sub(f"charset={encoding}", text).encode(encoding, "xmlcharrefreplace")
    headers = {"content-type": f"text/html; charset={encoding}"}
    told = as_json(read_page(Document(body, line.get("url") or "http://unknown.invalid/", 200, headers)))
    article, listing = told["article"] or {}, told["listing"] or {}
    return {
        "kind": told["kind"],
        **{name: value for name, value in article.items() if name != "body_text"},
        "body_text": re.sub(r"\s", "", article.get("body_text") or ""),
        **{name: listing.get(name) for name in ("items", "next_page", "column_name")},
    }


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_means_nothing_changes_nothing(change: str) -> None:
    encoding = "gb18030" if change == "encoded as GBK" else "utf-8"
    differing: dict[tuple[str, str], Any] = {}
    pages = [line for line in _lines() if line["kind"] in ("article", "listing") and line["path"].endswith("html")]
    assert len(pages) > 50
    for line in pages:
        text = Document((CORPUS / line["path"]).read_bytes(), line.get("url") or "", 200, {}).text
        before, after = _facts(text, line, "utf-8"), _facts(CHANGES[change](text), line, encoding)
        differing |= {(line["id"], name): after[name] for name in before if before[name] != after[name]}
    assert differing == {}
