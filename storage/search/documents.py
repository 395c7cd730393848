"""An item as it is searched: its text in normal form, its tokens, its day; from the JSON of a revision and no more.

What can be found is the title, the numbers, the summary, who issued and published it, the keywords, the names of
attachments, the body, and what the attachments say where they were read. Tokens with a mark say more than that a text
holds them: ``t:`` in the title, ``n:`` in a number; and what the item is: of a unit, a column, a category, and so on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from storage import files
from storage.search import words

EVERY: Final = "a:1"  # every document has it
WITHDRAWN: Final = "w:1"
UNDATED: Final = "o:1"  # no date of publication is known; it stands where it was first seen
TEXT: Final = "text"  # of an attachment: what it says; no revision has it
_FILE: Final = 20_000  # signs of an attachment's text that are searched
_ITEM: Final = 60_000  # of all attachments of an item
_NUMBERS: Final = {"d": "document_number", "i": "index_number"}
_LONGEST: Final = 2000  # signs of a title or a number that are known to be of one
_FACETS: Final = {"category": "k", "validity": "v", "theme": "h", "statutory": "s"}


def whole_form(data: Mapping[str, Any]) -> str:
    """All the text of an item that can be found, in its normal form, nothing joined across fields."""
    forms = (words.normal(part) for part in _texts(data))
    return words.bounded(words.FIELD.join(form for form in forms if form))


def _texts(data: Mapping[str, Any]) -> Iterator[str]:
    for name in ("title", "document_number", "index_number", "summary", "issuer", "publisher"):
        yield data.get(name) or ""
    yield from data.get("keywords") or ()
    for one in data.get("attachments") or ():
        yield one.get("name") or ""
    yield data.get("body_text") or ""
    for one in data.get("attachments") or ():
        yield one.get(TEXT) or ""


def with_texts(session: Session, items: Iterable[Mapping[str, Any]]) -> None:
    """Gives each attachment whose content was read its text, under ``TEXT``, so much of it as is searched.

    What an item's file said when the item was indexed is what it says now: its sum is part of the revision, and when a
    reader reads anything else out of the same bytes the index is made anew.
    """
    named = [one for data in items for one in data.get("attachments") or () if one.get("sha256")]
    texts = files.texts_in(session, {one["sha256"] for one in named}, most=_FILE) if named else {}
    for data in items:
        left = _ITEM
        for one in data.get("attachments") or ():
            text = texts.get(one.get("sha256") or "", "")[:left]
            if text:
                one[TEXT] = text
                left -= len(text)


def title_tokens(data: Mapping[str, Any]) -> set[str]:
    """The tokens of an item's title."""
    return words.tokens(words.normal(data["title"])[:_LONGEST])


def number_tokens(data: Mapping[str, Any]) -> set[str]:
    """The tokens of an item's document number and of its index number."""
    forms = (words.normal(data.get(name) or "")[:_LONGEST] for name in _NUMBERS.values())
    return set().union(*map(words.tokens, forms))


def tokens_of(data: Mapping[str, Any]) -> str:
    """Every token of an item, parted by spaces."""
    found = words.tokens(whole_form(data))
    found.update(f"t:{token}" for token in title_tokens(data))
    found.update(f"n:{token}" for token in number_tokens(data))
    for mark, name in _NUMBERS.items():
        if data.get(name):
            found.update(words.beginnings(mark, data[name]))
    for name, mark in _FACETS.items():
        if data.get(name):
            found.add(words.marked(mark, data[name]))
    for place in (data, *(data.get("copies") or ())):
        found.add(words.marked("u", place["unit"]))
        found.add(words.marked("c", place["column"]))
    found.add(EVERY)
    if data.get("withdrawn_at"):
        found.add(WITHDRAWN)
    if not data.get("published_on"):
        found.add(UNDATED)
    return " ".join(found)


def day_of(data: Mapping[str, Any], datestamp: dt.datetime) -> int:
    """The day an item is of, as a proleptic ordinal: published, or else first seen, or else written."""
    shown = data.get("published_on") or (data.get("first_seen") or "")[:10]
    return (dt.date.fromisoformat(shown) if shown else datestamp.date()).toordinal()
