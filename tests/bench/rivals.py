"""One general-purpose reader in a process of its own: ``python rivals.py NAME MANIFEST``.

Runs with the interpreter of the rivals' environment, so it uses nothing of the house. ``MANIFEST`` has a line
``{"id", "path", "url"}`` a page. For every line on standard input all pages are read once, and one line of JSON goes
out: ``{id: {"ms", "article"}}``, the article in the form of ``gongkai read``. Measured is the processor time of the
reader's own call; files are read and decoded before, which is in the rivals' favour: the house decodes on the clock.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Read = Callable[[str, str], dict[str, Any]]


def text_of(body: bytes) -> str:
    """The page as text: UTF-16 by its mark, UTF-8 where it is valid, else GB18030."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("gb18030", "replace")


def trafilatura() -> Read:
    """trafilatura with its defaults."""
    from trafilatura import bare_extraction  # type: ignore[import-not-found]

    def read(text: str, url: str) -> dict[str, Any]:
        found = bare_extraction(text, url=url, with_metadata=True)
        return {} if found is None else {"title": found.title, "published_on": found.date, "body_text": found.text}

    return read


def gne() -> Read:
    """GeneralNewsExtractor with its defaults."""
    from gne import GeneralNewsExtractor  # type: ignore[import-not-found]

    extractor = GeneralNewsExtractor()

    def read(text: str, url: str) -> dict[str, Any]:
        found = extractor.extract(text, host=url)
        return {"title": found["title"], "published_on": _day(found["publish_time"]), "body_text": found["content"]}

    return read


def newspaper4k() -> Read:
    """newspaper4k, told that the pages are Chinese."""
    from newspaper.article import Article  # type: ignore[import-not-found]

    def read(text: str, url: str) -> dict[str, Any]:
        article = Article(url, language="zh")
        article.download(input_html=text)
        article.parse()
        published = article.publish_date
        day = f"{published:%Y-%m-%d}" if published else None
        return {"title": article.title, "published_on": day, "body_text": article.text}

    return read


RIVALS: dict[str, Callable[[], Read]] = {"trafilatura": trafilatura, "gne": gne, "newspaper4k": newspaper4k}


def _day(written: str) -> str | None:
    """The day of a time as GNE hands it on ("2026年3月4日 10:00"): only digits and order are looked at."""
    parts = "".join(sign if sign.isdigit() else " " for sign in written).split()
    return "-".join((parts[0], parts[1].zfill(2), parts[2].zfill(2))) if len(parts) >= 3 else None


def _once(read: Read, text: str, url: str) -> dict[str, Any]:
    began = time.process_time()
    try:
        article = read(text, url)
    # whatever a reader stumbles over is a page it has not read
    except Exception:  # noqa: BLE001
        article = {}
    return {"ms": 1000 * (time.process_time() - began), "article": article}


def main(name: str, manifest: Path) -> None:
    """Answer until standard input ends."""
    lines = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    pages = [(line["id"], text_of(Path(line["path"]).read_bytes()), line["url"]) for line in lines]
    out = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):  # what a reader prints is no answer
        read = RIVALS[name]()
        for _ in sys.stdin:
            answer = {ident: _once(read, text, url) for ident, text, url in pages}
            out.write(json.dumps(answer, ensure_ascii=False, default=str) + "\n")
            out.flush()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
