"""An item as it is searched: its text in normal form, its tokens, its day; from the JSON of a revision and no more.

What can be found is the title, the numbers, the summary, who issued and published it, the keywords, the attachments'
names and the body. Tokens with a mark say more than that a text holds them: ``t:`` in the title, ``n:`` in a number;
and what the item is: of a unit, a column, a category, and so on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final

from storage.search import words

EVERY: Final = "a:1"  # every document has it
WITHDRAWN: Final = "w:1"
UNDATED: Final = "o:1"  # no date of publication is known; it stands where it was first seen
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


def tokens_of(data: Mapping[str, Any]) -> str:
    """Every token of an item, parted by spaces."""
    found = words.tokens(whole_form(data))
    title = words.bounded(words.normal(data["title"]))
    found.update(f"t:{token}" for token in words.tokens(title))
    for mark, name in (("d", "document_number"), ("i", "index_number")):
        if number := data.get(name):
            found.update(f"n:{token}" for token in words.tokens(words.normal(number)))
            found.update(words.beginnings(mark, number))
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
