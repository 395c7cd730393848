"""索引号 as sites write it: its front part, year and serial, and what a generator left behind instead of them.

A displayed number comes in, an ``IndexNumber`` goes out. Known forms: the guide of 2009's (organisation code, slash,
year, dash, serial), with a credit code or a site code in front, with year and month, dated serials. Others are local
and right where they are; only what no numbering can mean (null, undefined, an unfilled place) is a defect.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from storage.schema import Item

_DISPLAYED = ("label", "beside_title")
Form = Literal["organisation", "credit", "site", "dated", "slashed", "local"]

# what programs print where a value is missing; "NaN" and "None" only as programs write them, for NAN may be a place
_LEFT_OVER = re.compile(
    r"(?<![A-Za-z])(?i:null)(?![a-z])|(?i:undefined)|(?<![A-Za-z])(?:NaN|None)(?![A-Za-z])|\$\{|\{\{|<%|%>|#\{|"
    r"\[object|#(?:N/A|VALUE|REF|NAME)|(?i:x{4,})"
)
# a slash with nothing before the year or the serial, a year with nothing after its dash
_EMPTY = re.compile(r"^[-—]?/(?:19|20)\d{2}|(?:^|/)(?:19|20)\d{2}(?:\d{2})?[-—]$|/[-—]\d")
_FORMS: tuple[tuple[Form, re.Pattern[str]], ...] = (
    ("credit", re.compile(r"([0-9A-HJ-NPQRTUWXY]{18})/((?:19|20)\d{2})(?:\d{2})?-(\d{1,8})")),
    ("organisation", re.compile(r"([0-9A-Z]{8}-?[0-9X])/((?:19|20)\d{2})(?:\d{2})?-(\d{1,8})")),
    ("site", re.compile(r"(\d{10})/((?:19|20)\d{2})(?:\d{2})?-(\d{1,8})")),
    ("slashed", re.compile(r"([0-9A-Z._-]{1,40})/((?:19|20)\d{2})(?:\d{2})?[-_/]?(\d{1,8})")),
    ("dated", re.compile(r"()((?:19|20)\d{2})(?:0[1-9]|1[0-2])(?:[0-3]\d)?[-_/](\d{3,12})")),
    ("dated", re.compile(r"()((?:19|20)\d{2})-(?:0[1-9]|1[0-2])-(\d{3,12})")),
)


@dataclass(frozen=True, kw_only=True)
class IndexNumber:
    """One index number in plain width and capitals. ``defect``: what a generator left in it; None where nothing."""

    text: str
    form: Form = "local"
    front: str | None = None
    year: int | None = None
    serial: str | None = None
    defect: str | None = None

    @property
    def tells_apart(self) -> bool:
        """Whether it can be one document's alone: with a year, and a serial of three digits that are not all zeros."""
        return (
            self.defect is None
            and self.year is not None
            and len(self.serial or "") >= 3
            and bool((self.serial or "").strip("0"))
        )


def is_displayed(item: Item) -> bool:
    """Whether the page is known to show the item's index number: what only an interface says nobody was shown."""
    told = item.provenance.get("index_number")
    return item.index_number is not None and told is not None and told.origin in _DISPLAYED


def read_index_number(shown: str) -> IndexNumber:
    """The parts of an index number as a page shows it."""
    wide = shown if shown.isascii() else unicodedata.normalize("NFKC", shown).replace("—", "-").replace("–", "-")
    plain = "".join(wide.split())
    only_digits = plain.replace("/", "").replace("-", "").isdigit()  # as most are: no word can be left in them
    left_over = None if only_digits else _LEFT_OVER.search(plain)
    if left_over:
        return IndexNumber(text=plain, defect=left_over[0])
    if _EMPTY.search(plain):
        return IndexNumber(text=plain, defect="空缺")
    text = plain.upper()
    for form, pattern in _FORMS:
        found = pattern.fullmatch(text)
        if found:
            return IndexNumber(text=text, form=form, front=found[1] or None, year=int(found[2]), serial=found[3])
    return IndexNumber(text=text)
