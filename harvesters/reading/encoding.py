"""What text these bytes are: the bytes decide, what page and server declare is only a hint.

A response body comes in, its text and the name of the encoding it really is in go out; nothing is raised.
Order: byte order mark, UTF-16 without one, strict UTF-8, UTF-8 with a few damaged bytes, what the page and then
the header declare (strictly, and never Latin-1 or ASCII: servers send those by default), GB18030, and for what
is none of these, statistics. ``gb2312`` and ``gbk`` mean GB18030, which holds both and what is really written
under their names. Valid UTF-8 with many multi-byte characters is never anything else by chance, which is why it
goes before declarations: pages that declare gb2312 over UTF-8 bytes, and headers that say UTF-8 over GBK, are
both read right.
"""

from __future__ import annotations

import codecs
import re

import charset_normalizer

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_IN_PAGE = re.compile(rb"""(?:<\?xml[^>]{0,100}?encoding|charset)\s*+=\s*+["']?\s{0,9}([\w.:-]{2,30})""", re.IGNORECASE)
_IN_HEADER = re.compile(r"""charset\s*+=\s*+["']?\s{0,9}([\w.:-]{2,30})""", re.IGNORECASE)
_DECLARED_WITHIN = 4096  # bytes: HTML wants it in the first 1024, real pages put long comments before it
_BY_DEFAULT = {"ascii", "iso8859-1", "cp1252", "latin-1"}  # what servers send without looking
_CHANCE = 12  # bytes above 127 up to which GBK text can be valid UTF-8 by chance ("联通")
_DAMAGED = 0.02  # share of undecodable characters up to which an encoding is still the right one
_SAMPLE = 65536  # bytes that statistics look at


def decode(body: bytes, content_type: str | None) -> tuple[str, str]:
    """The text of ``body`` and the encoding it is in (``utf-8``, ``gb18030``, ``utf-16-le``, ``big5`` …).

    ``content_type`` is the header as received, with or without a charset. Bytes that cannot be decoded become
    U+FFFD; a byte order mark is removed.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), name
    wide = _utf16_without_mark(body)
    if wide:
        return body.decode(wide, "replace"), wide
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        if _damage(text) <= _DAMAGED:
            return text, "utf-8"
        return _legacy(body, content_type)
    if len(body) - len(text) <= _CHANCE and not body.isascii():
        return _short(body, text, content_type)
    return text, "utf-8"


def _utf16_without_mark(body: bytes) -> str | None:
    """The byte order of UTF-16 text without a mark: its markup has a zero in every other byte."""
    # Han text has few zeros: often only its first tags have them
    head = next((part for part in (body[:64], body[:512]) if 8 <= len(part) <= part.count(0) * 3), None)
    if head is None:
        return None
    if (head[0] == 0) != (head[1] == 0):  # text begins with a sign of ASCII; later 一 (U+4E00) has a zero of its own
        return "utf-16-be" if head[0] == 0 else "utf-16-le"
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _damage(text: str) -> float:
    """Share of undecodable characters among those that are not ASCII."""
    bad = text.count("\ufffd")
    if not bad:
        return 0.0
    beyond_ascii = len(text.encode("utf-8", "surrogatepass").translate(None, bytes(range(128)))) / 3
    return bad / beyond_ascii


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """What the page and then the header say, as Python names, without the defaults of servers."""
    names = [found.decode("ascii", "replace") for found in _IN_PAGE.findall(body[:_DECLARED_WITHIN])]
    names += _IN_HEADER.findall(content_type or "")
    known: list[str] = []
    for name in names:
        try:
            name = codecs.lookup(name).name
        except (LookupError, ValueError):
            continue
        if name in ("gb2312", "gbk", "hz"):
            name = "gb18030"
        if name not in _BY_DEFAULT and name != "utf-8" and name not in known:
            known.append(name)
    return known


def _legacy(body: bytes, content_type: str | None) -> tuple[str, str]:
    """Text that is not UTF-8: as declared, else GB18030, else what statistics say."""
    names = _declared(body, content_type)
    for name in dict.fromkeys((*names, "gb18030")):
        try:
            return body.decode(name), name
        except (UnicodeDecodeError, LookupError):
            continue
    for name in dict.fromkeys((*names, "gb18030", "utf-8")):
        text = body.decode(name, "replace")
        if _damage(text) <= _DAMAGED:
            return text, name
    best = charset_normalizer.from_bytes(body[:_SAMPLE]).best()
    name = best.encoding if best else "gb18030"
    return body.decode(name, "replace"), name.replace("_", "-")


def _short(body: bytes, text: str, content_type: str | None) -> tuple[str, str]:
    """Valid UTF-8 with so few characters beyond ASCII that it may be chance: a declared GB18030 is believed."""
    names = _declared(body, content_type)
    if names[:1] == ["gb18030"]:
        try:
            other = body.decode("gb18030")
        except UnicodeDecodeError:
            return text, "utf-8"
        # a Han character takes three bytes in UTF-8 and two in GB18030: Han in the one reading, none in the other
        if _han(other) and not _han(text):
            return other, "gb18030"
    return text, "utf-8"


def _han(text: str) -> int:
    """How many common Han characters ``text`` holds."""
    return sum("\u4e00" <= sign <= "\u9fff" for sign in text)
