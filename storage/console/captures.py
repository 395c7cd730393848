"""A captured page in the console: shown in a frame that can do nothing, or saved; only the bytes that were noted."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from html import escape
from typing import Final

from fastapi import HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from storage import captured, settings
from storage.console import rendering, replay, texts
from storage.exceptions import ArchiveError
from storage.schema import City, Evidence

_STYLE: Final = (
    "body{font:16px/1.6 sans-serif;margin:1rem;overflow-wrap:anywhere}pre{white-space:pre-wrap}"
    "table{border-collapse:collapse}td,th{border:1px solid #888;padding:.2rem .4rem;vertical-align:top}"
    ".told{border:2px solid #8a5a00;padding:.5rem 1rem;margin-bottom:1rem}"
    "mark{background:#ffe08a;outline:2px solid #8a5a00}"
)
_STYLE_SUM: Final = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
FRAMED: Final = {  # a page that may do nothing, load nothing and be framed by the finding's page alone
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_SUM}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "no-store",
}


def read(one: Evidence) -> tuple[str, captured.ArchivedResponse | None]:
    """What the archive holds of it now, and whether it is what was noted: same, differs, gone, unkept."""
    if one.warc is None or one.record_id is None:
        return "unkept", None
    try:
        response = captured.read_response(settings.load().archive, one.warc, one.record_id)
    except ArchiveError:
        return "gone", None
    return ("same" if hashlib.sha256(response.body).hexdigest() == one.sha256 else "differs"), response


def framed(request: Request, city: City | None, one: Evidence, *, title: str, sought: Iterable[str]) -> HTMLResponse:
    """The captured page, sanitised, as a page of its own; 409 where its bytes are others now, 404 where it is gone.

    :param sought: texts to mark in it.
    """
    language = rendering.language_of(request)
    zone = rendering.zone_of(city)
    state, response = read(one)
    shown = None
    if response is not None and state == "same":
        types = [value for key, value in response.headers if key.lower() == "content-type"]
        shown = replay.show(response.body, types[-1] if types else None, one.url, sought)
    at = one.captured_at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    html = [f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>']
    html += [f"<style>{_STYLE}</style></head><body><div class=told>"]
    html += [f"<strong>{escape(texts.text(language, 'replay.banner'))}</strong>"]
    html += [f"<p>{escape(one.url)}<br>{at} ({escape(zone.key)})<br>SHA-256 {escape(one.sha256)}</p>"]
    html += [f"<p>{escape(texts.word(language, 'capture', state))}</p>"]
    if shown is not None:
        html += [f"<p>{escape(texts.text(language, 'replay.marks', count=shown.marks))}</p>"]
        if shown.kind == "file":
            html += [f"<p>{escape(texts.text(language, 'replay.file'))}</p>"]
        if shown.is_cut:
            html += [f"<p>{escape(texts.text(language, 'replay.cut'))}</p>"]
    html += ["</div>", shown.markup if shown else ""]
    if shown is not None and shown.data:
        html += [
            f"<h2>{escape(texts.text(language, 'replay.data'))}</h2>",
            *(f"<pre>{one}</pre>" for one in shown.data),
        ]
    if shown is not None and shown.links:
        html += [f"<details><summary>{escape(texts.text(language, 'replay.links'))} {len(shown.links)}</summary><ul>"]
        html += [f"<li>{escape(words)}<br>{escape(url)}</li>" for words, url in shown.links]
        html += ["</ul></details>"]
    status = 200 if shown is not None else 409 if state == "differs" else 404
    return HTMLResponse("".join([*html, "</body></html>"]).encode("utf-8", "replace"), status, headers=FRAMED)


def saved(one: Evidence, name: str) -> Response:
    """The bytes as captured, to be saved and never shown.

    :raises HTTPException: 409 they are others than were noted, 404 they are gone.
    """
    state, response = read(one)
    if response is None or state != "same":
        raise HTTPException(409 if state == "differs" else 404, f"refused.proof_{state}")
    told = f'attachment; filename="{name}.bin"'
    headers = {"Content-Disposition": told, "Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(response.body, media_type="application/octet-stream", headers=headers)
