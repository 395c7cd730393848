"""What texts are compared by: the signs that copying does not change, in overlapping pieces, and a sketch of those.

A text loses its furniture (source, editor, counters, attachments' names), width, case, spaces and punctuation; digits
and words stay. Its pieces are every four signs in a row; two texts are as alike as their sets of pieces (Jaccard). A
sketch of 48 numbers (MinHash) estimates that, and its bands of six find texts that are at least about 0.8 alike
without comparing all pairs: of pairs 0.9 alike 99.8 % share a band, of pairs 0.8 alike 91 %, of those 0.5 alike 12 %.

What is made here is stored. Whoever changes how raises ``METHOD``, and all of it is made anew by the next run.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

METHOD: Final = 1
LEAST: Final = 200  # signs, so much a text has at least that can tell documents apart by itself
LEAST_NAMED: Final = 60  # signs, where one of two pages names the other as its source besides
BANDS: Final = 8
ROWS: Final = 6
_MOST: Final = 20_000  # signs of a text that are cut into pieces; the digest is of all of them
_PIECE: Final = 4  # signs: two words of Chinese
_EDGE: Final = "\x00" * (_PIECE - 1)  # makes a sign at the edge stand in as many pieces as any other
_MULTIPLIERS: Final = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)

_FURNITURE: Final = re.compile(
    r"^[ \t　（(【\[]*+(?:(?:信息)?来源|稿源|文章来源|作者|记者|编辑|责任编辑|责编|审核|校对|编审|供稿|撰稿|通讯员|"
    r"发布(?:时间|日期|机构|单位|人)|字体|字号|浏览|点击|阅读|访问|打印|关闭|分享|扫一扫|相关(?:链接|附件|文章)|附件)"
    r"[^\n]{0,80}+$",
    re.MULTILINE,
)
_COUNTERS: Final = re.compile(r"(?:浏览|点击|阅读|访问|下载)(?:次数|量|数|率)?\s*+[:：]?\s*+\d++\s*+次?")
_NO_LETTERS: Final = re.compile(r"[\W_]+")

Pieces = NDArray[np.uint32]


def plain(text: str) -> str:
    """``text`` as it is compared."""
    bare = _NO_LETTERS.sub("", _COUNTERS.sub("", _FURNITURE.sub("", text))).lower()
    if unicodedata.is_normalized("NFKC", bare):
        return bare  # most are, once the wide punctuation is gone, and saying so takes a tenth of normalising
    return _NO_LETTERS.sub("", unicodedata.normalize("NFKC", bare)).lower()


@dataclass(frozen=True)
class Text:
    """A text in its compared form."""

    plain: str

    @classmethod
    def of(cls, body: str | None) -> Text:
        """The compared form of an item's text."""
        return cls(plain(body) if body else "")

    @property
    def is_telling(self) -> bool:
        """Whether it is long enough to tell documents apart by itself."""
        return len(self.plain) >= LEAST

    @property
    def is_short(self) -> bool:
        """Whether it is too short for that, and long enough to be recognised where a source is named."""
        return LEAST_NAMED <= len(self.plain) < LEAST

    @cached_property
    def digest(self) -> int:
        """64 bits, signed, for the whole of it."""
        return hash64("t", self.plain)

    @cached_property
    def rows(self) -> Pieces:
        """Its pieces in their order."""
        signs = np.frombuffer(
            f"{_EDGE}{self.plain[:_MOST]}{_EDGE}".encode("utf-32-le", "replace"), dtype=np.uint32
        ).astype(np.uint64)
        last = len(signs) - _PIECE + 1
        mixed = np.zeros(last, dtype=np.uint64)
        for place, factor in enumerate(_MULTIPLIERS):
            mixed ^= (signs[place : place + last] + np.uint64(1)) * np.uint64(factor)
            mixed ^= mixed >> np.uint64(29)
            mixed *= np.uint64(_MULTIPLIERS[0])
        return (mixed >> np.uint64(32)).astype(np.uint32)

    @cached_property
    def pieces(self) -> Pieces:
        """Its pieces, each once, in ascending order."""
        return np.unique(self.rows)

    @cached_property
    def sketch(self) -> Pieces:
        """MinHash of its pieces."""
        made = _empty_sketch().copy()
        made.update_batch(self.pieces.tolist())
        values: Pieces = made.hashvalues.astype(np.uint32)
        return values


def likeness(one: Text, other: Text) -> float:
    """How alike two texts are, 0 to 1, by all their pieces."""
    shared = len(np.intersect1d(one.pieces, other.pieces, assume_unique=True))
    whole = len(one.pieces) + len(other.pieces) - shared
    return shared / whole if whole else 1.0


def share_within(one: Text, other: Text) -> float:
    """The share of the shorter text's pieces that the longer one has too, 0 to 1."""
    least = min(len(one.pieces), len(other.pieces))
    shared = len(np.intersect1d(one.pieces, other.pieces, assume_unique=True))
    return shared / least if least else 1.0


def only_adds(one: Text, other: Text) -> bool:
    """Whether one of the texts is the other with words added and none replaced.

    A word added leaves in the text without it at most three pieces in a row that the other has not; a sign replaced
    leaves four or more in both: a template with another name, figure or date in it is no copy.
    """
    return _longest_own(one, other) < _PIECE or _longest_own(other, one) < _PIECE


def estimate(one: Pieces, other: Pieces) -> float:
    """How alike two texts are by their sketches; off by some 0.05 near 0.8."""
    return float(np.count_nonzero(one == other)) / len(one)


def bands(sketch: Pieces) -> Iterator[int]:
    """Keys of which texts that are alike share one or more."""
    data = sketch.tobytes()
    width = ROWS * sketch.itemsize
    for number in range(BANDS):
        digest = hashlib.blake2b(
            data[number * width : (number + 1) * width], digest_size=8, salt=number.to_bytes(2, "big")
        )
        yield int.from_bytes(digest.digest(), "big", signed=True)


def hash64(kind: str, *parts: str) -> int:
    """64 bits, signed, for a kind of key and what it is made of."""
    text = "\n".join((kind, *parts))
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def _longest_own(one: Text, other: Text) -> int:
    """How many pieces in a row of ``one`` at most ``other`` has not."""
    own = ~np.isin(one.rows, other.pieces)
    if not own.any():
        return 0
    edges = np.flatnonzero(np.diff(np.concatenate(([False], own, [False])).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max())


def _as_it_is(value: int) -> int:
    return value


@cache
def _empty_sketch() -> Any:
    from datasketch import MinHash  # takes a fifth of a second to import, and most commands sketch nothing

    return MinHash(num_perm=BANDS * ROWS, seed=1, scheme="affine32", hashfunc=_as_it_is)
