"""The house's reader against three general-purpose ones: ms a page and how much of each page was read right.

Measured on the articles of the corpus of real pages where it lies beside the checkout, else on articles of the
fictional city. Every reader reads every page some rounds in turn, after one round to warm up, and of each page its
best round counts, in processor time, which other work on the machine disturbs least. The rivals live in an
environment of their own (``make bench`` makes it).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from harvesters.reading.document import Document
from harvesters.reading.page import as_json, read_page
from tests.city import City

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
RIVALS = ROOT / ".venv-bench"
FIELDS = (
    *("title", "published_on", "source", "issuing_body", "document_number", "index_number", "formed_on", "subject"),
    *("attachments", "body_start", "body_end"),
)
_END = 25  # characters of a body's beginning and end that are looked for
_WITHIN = 100  # characters of what was read in which they must stand

Accuracy = dict[str, float]
Round = Mapping[str, Mapping[str, Any]]  # page → {"ms", "article"}


@dataclass(frozen=True, kw_only=True)
class Pages:
    """What is read: the manifest, and who tells how much of what was said of its pages is right."""

    name: str
    manifest: Path
    score: Callable[[Mapping[str, Mapping[str, Any]]], Accuracy]
    entries: tuple[Mapping[str, Any], ...] = field(init=False)

    def __post_init__(self) -> None:
        lines = self.manifest.read_text(encoding="utf-8").splitlines()
        object.__setattr__(self, "entries", tuple(json.loads(line) for line in lines))


def read_vs(rival: str, rounds: int) -> dict[str, Any]:
    """ms a page of the house ÷ of ``rival``: below 1 the house is faster. With the accuracy of both."""
    if not (RIVALS / ".setup-done").exists():
        why = f"{RIVALS.name} is not set up; make bench does it where it can reach a package index"
        return {"note": f"not measured: {why}"}
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder:
        pages = _corpus(Path(folder)) if (CORPUS / "score.py").exists() else _city(Path(folder))
        with _working(rival, pages.manifest) as theirs:
            turns = [(_ours(pages), theirs()) for _ in range(1 + rounds)][1:]
        ours, other = (_best([turn[side] for turn in turns]) for side in (0, 1))
        return {
            "ratio": sum(ours.values()) / sum(other.values()),
            "ms_per_page": sum(ours.values()) / len(ours),
            "rival_ms_per_page": sum(other.values()) / len(other),
            "pages": len(ours),
            "note": f"on {pages.name}",
            "accuracy": {
                reader: pages.score({ident: page["article"] for ident, page in said.items()})
                for reader, said in (("gongkai", turns[-1][0]), (rival, turns[-1][1]))
            },
        }


def accuracy_table(told: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The accuracy of every reader measured, a line a field; nothing where none was."""
    columns: dict[str, Accuracy] = {}
    for line in told.values():
        columns.update(line.get("accuracy", {}))
    if not columns:
        return []
    head = f"{'accuracy':18}" + "".join(f"{reader:>13}" for reader in columns)
    shown = [name for name in FIELDS if any(name in column for column in columns.values())]
    return [
        head,
        *(f"{name:18}" + "".join(f"{column.get(name, 0.0):13.3f}" for column in columns.values()) for name in shown),
    ]


def _best(rounds: list[Round]) -> dict[str, float]:
    return {ident: min(one[ident]["ms"] for one in rounds) for ident in rounds[0]}


def _ours(pages: Pages) -> Round:
    return {entry["id"]: _read(Path(entry["path"]).read_bytes(), entry["url"]) for entry in pages.entries}


def _read(body: bytes, url: str) -> dict[str, Any]:
    began = time.process_time()
    page = read_page(Document(body, url))
    took = 1000 * (time.process_time() - began)
    return {"ms": took, "article": as_json(page)["article"] or {}}


@contextmanager
def _working(rival: str, manifest: Path) -> Iterator[Callable[[], Round]]:
    """A process that reads all pages once, each time it is asked."""
    command = [
        str(RIVALS / "bin" / "python"),
        "-W",
        "ignore",
        str(Path(__file__).with_name("rivals.py")),
        rival,
        str(manifest),
    ]
    # what the rivals say of single pages (log lines, warnings) is not told
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        yield lambda: _ask(worker.stdin, worker.stdout)
        worker.stdin.close()


def _ask(stdin: IO[str] | None, stdout: IO[str] | None) -> Round:
    assert stdin is not None
    assert stdout is not None
    stdin.write("\n")
    stdin.flush()
    answer: Round = json.loads(stdout.readline())
    return answer


def _written(folder: Path, entries: list[dict[str, Any]]) -> Path:
    manifest = folder / "manifest.jsonl"
    manifest.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    return manifest


# ------------------------------------------------------------------ real pages


def _corpus(folder: Path) -> Pages:
    """The corpus's articles, scored by its own scorer."""
    lines = [json.loads(line) for line in (CORPUS / "manifest.jsonl").read_text(encoding="utf-8").splitlines() if line]
    entries = [
        {"id": one["id"], "path": str(CORPUS / one["path"]), "url": one.get("url") or "http://unknown.invalid/"}
        for one in lines
        if one["kind"] == "article"
    ]

    def score(said: Mapping[str, Mapping[str, Any]]) -> Accuracy:
        told, report = folder / "told.jsonl", folder / "report.json"
        rows = ({"id": ident, "kind": "article", "article": article} for ident, article in said.items())
        told.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        command = [sys.executable, str(CORPUS / "score.py"), str(told), "--json", str(report)]
        subprocess.run(command, check=True, capture_output=True)
        reached = json.loads(report.read_text(encoding="utf-8"))
        return {name: reached[name]["accuracy"] for name in FIELDS if name in reached}

    return Pages(name="the corpus's articles", manifest=_written(folder, entries), score=score)


# ------------------------------------------------------------------ pages of the fictional city


def _city(folder: Path) -> Pages:
    """Articles of the fictional city of all its families, scored by its truth."""
    entries, truth = [], {}
    with City(units=6, items=300, seed=1, faults=False).serve() as served:
        items = [item for item in served.city.truth_pages() if item["page"] and item["reachable"]]
        for number, item in enumerate(items[:: max(1, len(items) // 60)]):
            ident = f"city-{number}"
            path = folder / f"{ident}.html"
            path.write_bytes(urllib.request.urlopen(item["url"]).read())
            entries.append({"id": ident, "path": str(path), "url": item["url"]})
            truth[ident] = item
    return Pages(
        name="the fictional city's articles (there is no corpus of real pages beside the checkout)",
        manifest=_written(folder, entries),
        score=lambda said: _by_truth(said, truth),
    )


def _by_truth(said: Mapping[str, Mapping[str, Any]], truth: Mapping[str, Mapping[str, Any]]) -> Accuracy:
    """Right ÷ (right, missed and wrong) a field; a field that neither the city nor the reader has is not counted."""
    counted: dict[str, list[bool]] = {}
    for ident, item in truth.items():
        for name, (one, other) in _compared(said[ident], item).items():
            if one or other:
                counted.setdefault(name, []).append(one == other)
    return {name: sum(counted[name]) / len(counted[name]) for name in FIELDS if name in counted}


def _compared(said: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, tuple[object, object]]:
    pairs: dict[str, tuple[object, object]] = {
        name: (_plain(said.get(name)), _plain(item[name])) for name in FIELDS if name in item and name != "attachments"
    }
    pairs["attachments"] = tuple(  # type: ignore[assignment]
        sorted(str(one["url"]) for one in whose.get("attachments") or ()) for whose in (said, item)
    )
    if "body_text" not in item:  # tables stand in it, and how their cells are told is not said
        return pairs
    read, body = _plain(said.get("body_text")), _plain(item["body_text"])
    start, end = body[:_END], body[-_END:]
    pairs["body_start"] = (start if start in read[:_WITHIN] else read[:_END], start)
    pairs["body_end"] = (end if end in read[-_WITHIN:] else read[-_END:], end)
    return pairs


def _plain(value: object) -> str:
    return "".join(str(value or "").split())
