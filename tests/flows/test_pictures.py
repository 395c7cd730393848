"""A captured page is shown as a picture, from the archive's bytes alone; without pictures the proof is whole still."""

from __future__ import annotations

import json
import os
import signal
import zlib
from pathlib import Path
from typing import Any

import pytest

from flows.reports import pictures
from harvesters.archive import Archive, ArchivedResponse
from harvesters.reading.document import Document
from harvesters.spiders import rendering
from storage import settings
from storage.schema import Evidence
from tests.flows.capturing import PAGE, captured, close, finding, run
from tests.harvesters.loopback import served
from tests.storage import build

RED, GREEN = (255, 0, 0), (0, 128, 0)


@pytest.fixture
def chromium() -> None:
    if rendering.lacking(settings.load()) is not None:
        pytest.skip(f"no picture can be drawn here: {rendering.lacking(settings.load())}")


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def corner(png: bytes) -> tuple[int, ...]:
    """The colour of the first pixel: whatever the filter of a first row is, its first pixel is written as it is."""
    at, packed = 8, b""
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        packed += png[at + 8 : at + 8 + length] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += 12 + length
    return tuple(zlib.decompress(packed)[1:4])


def bundled(evidence: list[Evidence], out: Path) -> list[dict[str, Any]]:
    """What the manifest says of each page of a bundle that is whole."""
    result = run("evidence", finding(evidence), "--out", str(out))
    assert result.exit_code == 0, result.output
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    drawn = {name for name in manifest["files"] if name.endswith(".png")}
    assert drawn == {one["picture"] for one in manifest["pages"] if "picture" in one}
    told: list[dict[str, Any]] = manifest["pages"]
    return told


def page(style: str = "", more: str = "") -> bytes:
    return PAGE.replace("</head>", f"<style>{style}</style></head>").replace("</body>", f"{more}</body>").encode()


@pytest.mark.usefixtures("chromium")
def test_pages_are_drawn_from_the_archive_alone(tmp_path: Path) -> None:
    """Each page asks for what would turn it red; only what was captured, and is no script, may change a page."""
    red = f"body{{background:rgb{RED}}}"
    with served() as site:
        for name in ("s.css", "page", "frame", "i.png"):
            site.page(f"/{name}", red, "text/css")
        asks = (
            f"<link rel=stylesheet href='{site.base}/s.css'><img src='{site.base}/i.png'>"
            f"<iframe src='{site.base}/frame'></iframe>"
            f"<script>document.body.style.background='rgb{RED}';fetch('{site.base}/page');location='{site.base}/page'</script>"
            f"<meta http-equiv=refresh content='0;url={site.base}/page'>"
        )  # fmt: skip
        archived = Archive(settings.load().archive, "gk-test")
        green = f"body{{background:rgb{GREEN}}}".encode()
        captured(archived, f"{build.SITE}/own.css", green, kind="text/css")
        captured(archived, f"{build.SITE}/own.js", b"document.body.style.background='red'", kind="text/javascript")
        own = (
            "<link rel=stylesheet href='/own.css'><script src='/own.js'></script><link rel=stylesheet href='/gone.css'>"
        )
        raw = captured(archived, f"{build.SITE}/drawn/", b"<html><div id=app></div></html>")
        evidence = [
            captured(archived, f"{build.SITE}/plain/", page(more=asks)),
            captured(archived, f"{build.SITE}/styled/", page(more=own)),
            archived.write_rendered(raw.url, page(f"body{{background:rgb{GREEN}}}"), of=raw, captured_at=build.NOON),
            captured(archived, f"{build.SITE}/gone/", page(), status=404),
            captured(archived, f"{build.SITE}/long/", page(more="<p>通知</p>" * 3000)),
            captured(archived, f"{build.SITE}/part/", "<div>通知公告</div><table><tr><td>2025-08-01".encode()),
            captured(archived, f"{build.SITE}/api", b'{"rows": "<html>"}', kind="application/json"),
            captured(archived, f"{build.SITE}/1.pdf", b"%PDF-1.4", kind="application/pdf"),
            captured(archived, f"{build.SITE}/rss.xml", b"<?xml version='1.0'?><rss><p>1</p></rss>", kind="text/xml"),
        ]  # fmt: skip
        close(archived)
        told = bundled(evidence, tmp_path / "proof")
        assert not site.hits
    drawn = [(tmp_path / "proof" / one["picture"]).read_bytes() for one in told if "picture" in one]
    assert [one.get("picture") for one in told] == [*(f"pages/0{n}.png" for n in range(1, 7)), None, None, None]
    assert [one["picture_note"] for one in told[6:]] == ["no HTML page"] * 3
    assert [corner(png) for png in drawn[:3]] == [(255, 255, 255), GREEN, GREEN]
    assert {size(png)[0] for png in drawn} == {pictures.WIDTH}
    assert [size(png)[1] for png in drawn] == [900, 900, 900, 900, pictures.HEIGHT, 900]


@pytest.mark.usefixtures("chromium")
def test_the_bytes_decide_the_encoding(tmp_path: Path) -> None:
    """The same page in four encodings, some of them declared wrong, gives the same picture; another page another."""
    archived = Archive(settings.load().archive, "gk-test")
    wide = "<body><p style='width:90%;word-break:break-all'>" + "本局现将有关事项通知如下" * 40
    text = PAGE.replace("<body>", wide)
    evidence = [
        captured(archived, f"{build.SITE}/{number}/", body, kind=kind)
        for number, (body, kind) in enumerate(
            [
                (text.encode(), "text/html; charset=utf-8"),
                (text.encode("gbk"), "text/html"),
                (text.encode("gbk"), "text/html; charset=utf-8"),
                (text.replace("<head>", "<head><meta charset=gbk>").encode(), "text/html; charset=gbk"),
                (text.replace("通知", "通报各")[:-40].encode(), "text/html"),
            ]
        )
    ]
    close(archived)
    told = bundled(evidence, tmp_path / "proof")
    drawn = [(tmp_path / "proof" / one["picture"]).read_bytes() for one in told]
    assert drawn[0] == drawn[1] == drawn[2] == drawn[3]
    assert drawn[0] != drawn[4]


@pytest.mark.parametrize(
    ("browser", "said"),
    [("/nowhere/chromium", "there is no browser"), ("/bin/false", "the browser does not work")],
)
def test_without_a_browser_the_proof_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browser: str, said: str
) -> None:
    monkeypatch.setenv("GONGKAI_CHROMIUM", browser)
    archived = Archive(settings.load().archive, "gk-test")
    evidence = [captured(archived, f"{build.SITE}/{number}/", PAGE.encode()) for number in (1, 2)]
    close(archived)
    told = bundled(evidence, tmp_path / "proof")
    assert [said in one["picture_note"] or "pip install" in one["picture_note"] for one in told] == [True, True]
    assert [one["text"] for one in told] == ["pages/01.txt", "pages/02.txt"]


@pytest.mark.usefixtures("chromium")
def test_a_browser_that_dies_costs_the_pictures_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrapper, number = tmp_path / "chromium", tmp_path / "pid"
    wrapper.write_text(f'#!/bin/sh\necho $$ > {number}\nexec {rendering.browser(settings.load())} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("GONGKAI_CHROMIUM", str(wrapper))

    def killed(url: str) -> ArchivedResponse | None:
        if url.endswith("/i.png"):
            os.kill(int(number.read_text()), signal.SIGKILL)
        return None

    bodies = (page(), page(more="<img src='/i.png'>"), page())
    pages = [Document(body, f"{build.SITE}/{at}/") for at, body in enumerate(bodies)]
    first, *others = pictures.draw(pages, killed, settings.load())
    assert first.png is not None
    assert [(one.png, bool(one.note)) for one in others] == [(None, True), (None, True)]
