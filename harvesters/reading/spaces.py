"""White space as pages have it: text goes in, the same text with one blank for every run of it comes out.

Every line, link and cell of a page goes through here, so it costs as little as can be: splitting takes a tenth of the
time of a pattern, and signs without width, which few texts have, are looked for before they are taken out.
"""

from __future__ import annotations

import re

_WIDTHLESS = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")


def squeeze(text: str) -> str:
    """``text`` without signs that have no width and with every run of white space as one blank, none at the ends."""
    if not text.isascii() and _WIDTHLESS.search(text):
        text = _WIDTHLESS.sub("", text)
    return " ".join(text.split())
