"""Text as it may stand in XML 1.0: escaped value by value, and made a document without the signs XML has not.

Written as text and not as a tree: a page of the feed has some ten thousand elements, and to build them one by one
takes most of the time of answering.
"""

from __future__ import annotations

from typing import Final

# XML 1.0 knows no other controls than tab, line feed and carriage return, nor the last two places of the first plane
_CONTROLS: Final = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_NO_SIGNS: Final = ("\ufffe", "\uffff")


def document(xml: str) -> bytes:
    """Written XML as UTF-8, without what XML 1.0 has no way to write: most controls, half pairs, two non-characters.

    Taken out of the whole at once, so that no value can be forgotten; a website that writes them into a title must not
    keep every reader from the page it stands on.
    """
    for sign in _NO_SIGNS:
        xml = xml.replace(sign, "")
    return xml.encode("utf-8", "ignore").translate(None, _CONTROLS)


def text(value: str) -> str:
    """``value`` as the content of an element; its reader gets a carriage return back as one, not as a line feed."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def attribute(value: str) -> str:
    """``value`` between the double quotes of an attribute."""
    return text(value).replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;")


def element(name: str, value: str | None) -> str:
    """``<name>value</name>``, or nothing where there is no value."""
    return "" if value is None else f"<{name}>{text(value)}</{name}>"
