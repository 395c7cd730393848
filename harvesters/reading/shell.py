"""Pages that do nothing but lead on: a meta refresh or a script that sets the location, and nothing to read."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from harvesters.reading.document import Document

_SHELL_BYTES = 4096  # column pages that only lead on are 13 to 700 bytes; a real page is never this small
_REFRESH = re.compile(r"""url\s*=\s*['"]?\s*([^'"\s]+)""", re.I)
_LOCATION = re.compile(
    r"""(?:window\.|self\.|top\.|document\.|parent\.)*location(?:\.href)?\s*(?:=|\.(?:replace|assign)\()\s*(['"])([^'"]+)\1""",
    re.I,
)


def shell_target(document: Document) -> str | None:
    """Where a page that does nothing but lead on leads to; None for any other page."""
    if document.status >= 400 or len(document.body) > _SHELL_BYTES:
        return None
    text = document.text
    target = None
    for node in document.tree.css("meta[http-equiv]"):
        if (node.attributes.get("http-equiv") or "").strip().lower() == "refresh":
            found = _REFRESH.search(node.attributes.get("content") or "")
            target = found[1] if found else None
    if target is None and "<a" not in text.lower():
        script = _LOCATION.search(text)
        target = script[2] if script else None
    if target is None:
        return None
    onward = urljoin(document.url, target.strip())
    return onward if onward != document.url and onward.startswith(("http://", "https://")) else None
