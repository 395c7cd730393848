"""Text as it may stand in XML 1.0: escaped, and without the characters that the language has no way to write.

Written as text and not as a tree: a page of the feed has some ten thousand elements, and building them one by one
takes most of the time of answering.
"""

from __future__ import annotations

import re
from typing import Final

# what is not in XML 1.0's Char: most controls, surrogates, two non-characters
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(value: str) -> str:
    """``value`` as the content of an element; a reader gets every sign back that XML knows."""
    if not value.isprintable():  # cheap, and true of most short values
        value = _ILLEGAL.sub("", value)
    # a bare carriage return would be read back as a line feed
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def attribute(value: str) -> str:
    """``value`` between the double quotes of an attribute; likewise."""
    return text(value).replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;")


def element(name: str, value: str | None) -> str:
    """``<name>value</name>``, or nothing where there is no value."""
    return "" if value is None else f"<{name}>{text(value)}</{name}>"
