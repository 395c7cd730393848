"""Real saved pages, where they lie beside the checkout: reading must not fall below what it has reached."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harvesters.reading.document import Document
from harvesters.reading.page import as_json, read_page

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
FLOOR = {
    "title": 0.95,
    "published_on": 0.95,
    "source": 0.92,
    "body_start": 0.95,
    "body_end": 0.95,
    "issuing_body": 0.9,
    "document_number": 0.9,
    "index_number": 0.9,
    "formed_on": 0.9,
    "subject": 0.9,
    "attachments": 0.9,
    "kind": 0.95,
    "outcome_good_pages": 0.98,
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
