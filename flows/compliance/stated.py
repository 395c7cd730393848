"""What a text states under a label: 处罚决定日期：2026年3月1日, in one line, or label and value in lines of their own.

Cells of a table come as lines, one after the other (``harvesters/reading/body.py``), so the value under a label is what
stands right behind it, or on the next line. Anything further away is another statement's. Dates are read by
``harvesters/reading/dates.py``; one that cannot be is no statement.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from harvesters.reading.dates import all_dates, read_value

# what may stand between a label and its value: a colon, the bracket of an aside, a word that leads on, one line's end
_GAP: Final = re.compile(
    r"[ \t\u3000\xa0]{0,4}[)）】\]]?[:：∶]?[ \t\u3000\xa0]{0,4}\n?[ \t\u3000\xa0]{0,4}[为是于在（(【\[]{0,2}\s{0,2}"
)
_NEAR: Final = 48  # characters of a date with time and zone, and room
_SPAN: Final = re.compile(r"[ \u3000]*(?:起?[至到]|[—–~～]|-+ *\d)")  # the day begins a period, and is no day of an act
_COMPACT: Final = re.compile(r"20\d{6}(?!\d)")
_BODY_ENDS: Final = (*"局委会府厅办所队站院部处署室关社", "中心", "机构", "街道")
_OURSELVES: Final = re.compile(r"^[本我该]")
_BODY: Final = re.compile(r"[^\n，。；;、,（(：:\d]{2,40}")


@dataclass(frozen=True, kw_only=True)
class StatedDate:
    """A date and the label it stands under. ``end``: where in the text it ends."""

    on: dt.date
    label: re.Match[str]
    raw: str
    end: int


def dates_under(label: re.Pattern[str], text: str) -> Iterator[StatedDate]:
    """Every date that stands right behind a label, in order."""
    return dates_behind(label.finditer(text), text)


def dates_behind(labels: Iterable[re.Match[str]], text: str) -> Iterator[StatedDate]:
    """Every date that stands right behind one of these labels in ``text``."""
    for found in labels:
        begins = value_begins(text, found.end())
        near = text[begins : begins + _NEAR]
        date = next(all_dates(near), None)
        if date is None and (compact := _COMPACT.match(near)):
            date = read_value(compact[0])
        if date is not None and date.start == 0 and date.on is not None:
            end = begins + (date.end or len(date.raw))
            if _SPAN.match(text, end):
                continue
            yield StatedDate(on=date.on, label=found, raw=text[found.start() : end], end=end)


def bodies_under(label: re.Pattern[str], text: str) -> Iterator[str]:
    """The names of public bodies that stand right behind a label, in order; 本局 and the like name nobody."""
    for found in label.finditer(text):
        name = _BODY.match(text, value_begins(text, found.end()))
        if name is not None and is_body(name[0].strip()) and not _OURSELVES.match(name[0]):
            yield name[0].strip()


def is_body(name: str) -> bool:
    """Whether a name ends as those of public bodies do."""
    return len(name) <= 40 and name.endswith(_BODY_ENDS)


def value_begins(text: str, label_end: int) -> int:
    """Where the value of a label that ends at ``label_end`` would begin."""
    gap = _GAP.match(text, label_end)
    return gap.end() if gap is not None else label_end
