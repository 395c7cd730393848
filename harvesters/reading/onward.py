"""Where a page that only sends its visitor on leads: by its meta refresh, or by a script that sets the location.

A ``Document`` comes in, an absolute address goes out, or None for a page that stays.
"""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urlsplit

from harvesters.reading.document import Document

_REFRESH = re.compile(r"(\d{0,9})(?:\.\d*)?[;,]?url=['\"]?([^\"']+)", re.IGNORECASE)
_JUMP = re.compile(
    r"(?:(?:window|self|top|parent|document)\s*\.\s*)?location(?:\.href)?\s*(?:=|\.replace\(|\.assign\()\s*\\?[\"']([^\"'\\]{1,300})\\?[\"'](?!\s*\+)",
    re.IGNORECASE,
)
JUMP_BYTES = 4096  # pages that only lead on are 13 to 700 bytes; a page of content is never this small


def redirect_target(doc: Document, *, force: bool = False) -> str | None:
    """Where a page that only sends its visitor on leads: refresh within 5 s, or a script that sets location.

    A script's jump counts on a short page with no other link than one to the same place; ``force`` takes any.
    """
    here = urldefrag(doc.url)[0]
    said = [doc.headers.get("refresh", "")]
    for node in doc.tree.css("meta[http-equiv][content]"):
        if (node.attributes.get("http-equiv") or "").strip().lower() == "refresh":
            said.append(node.attributes.get("content") or "")
    for one in said:
        match = _REFRESH.match("".join(one.split()))
        if match and int(match[1] or 0) <= 5:
            return _elsewhere(doc, match[2], here)
    if not force and len(doc.body) >= JUMP_BYTES:
        return None
    links = [] if force else [node.attributes.get("href") or "" for node in doc.tree.css("a[href]")]
    for found in _JUMP.finditer(doc.text):
        target = _elsewhere(doc, found[1], here)
        if target and all(_elsewhere(doc, href, here) == target for href in links):
            return target
    return None


def _elsewhere(doc: Document, href: str, here: str) -> str | None:
    try:
        target = doc.absolute(href)
    except ValueError:
        return None
    parts = urlsplit(target)
    return target if parts.scheme in ("http", "https") and parts.netloc and urldefrag(target)[0] != here else None
