"""How alike two texts or titles are: said the same way by every rule that tells copies from documents of their own."""

from __future__ import annotations

import re
import unicodedata

_NO_LETTERS = re.compile(r"[\W_]+")
_NAMED = re.compile(r"《([^《》]{4,}(?:《[^《》]+》[^《》]*)?)》")
_DRESS = re.compile(
    r"[（(\[【〔][^（）()]*(?:稿|试行|暂行|修订|第.{1,6}号|\d号|附|转载|转发)[^（）()]*[)）\]】〕]|^.{0,30}?关于|"
    r"(?:印发|公布|发布|转发|公开征求|征求|解读|图解|一图读懂|政策问答|的?(?:通知|公告|通告|意见|函|请示|决定|说明))"
)
_MOST = 4000  # characters of a text that are compared
_SHINGLE = 6  # characters


def squeezed(text: str) -> str:
    """``text`` without width, case, spaces and punctuation."""
    return _NO_LETTERS.sub("", unicodedata.normalize("NFKC", text)).lower()


def core(title: str) -> str:
    """What a title is about, squeezed: the document it names, else the title without the words all titles have."""
    named = _NAMED.search(title)
    return squeezed(_DRESS.sub("", named[1] if named else title)) or squeezed(title)


def may_be_one(one: str, other: str) -> bool:
    """Whether two titles may be those of one document: what one is about is in what the other is about."""
    first, second = core(one), core(other)
    return first in second or second in first


def likeness(one: str, other: str) -> float:
    """The share, 0 to 1, of the shorter text that stands in the longer one too; 1 where one has no text."""
    first, second = _shingles(one), _shingles(other)
    least = min(len(first), len(second))
    return len(first & second) / least if least else 1.0


def _shingles(text: str) -> set[str]:
    plain = squeezed(text[:_MOST])
    return {plain[place : place + _SHINGLE] for place in range(len(plain) - _SHINGLE + 1)}
