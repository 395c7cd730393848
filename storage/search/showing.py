"""Where the words stand: a text as parts, what was asked for marked. Text and no markup, so that nothing slips in.

A whole title, or the passage of a long text in which the words stand first, side by side if they do anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from storage.search import words
from storage.search.asking import Query
from storage.search.documents import TEXT
from storage.search.finding import Found

PASSAGE: Final = 120  # signs of a passage
_BEFORE: Final = 30  # of them before the first hit
_STRIDE: Final = 2000  # signs of a long text that are looked at together
_OVERLAP: Final = 200
_MOST: Final = 60  # such pieces: a word further on in a very long text is found, and not shown
_TOLD: Final = [
    "id",
    "unit",
    "column",
    "url",
    "title",
    "document_number",
    "index_number",
    "issuer",
    "publisher",
    "published_on",
    "formed_on",
    "category",
    "theme",
    "statutory",
    "validity",
    "withdrawn_at",
]


@dataclass(frozen=True)
class Part:
    """A piece of a text; ``is_hit``: it was asked for."""

    text: str
    is_hit: bool = False


def shown(text: str, query: Query) -> tuple[Part, ...]:
    """A short text, whole, as parts; joined they are the text."""
    spans = _spans(text, [term.form for group in query.wanted for term in group])
    return tuple(_parts(text, spans, 0, len(text)))


def passage(text: str, query: Query, *, length: int = PASSAGE) -> tuple[Part, ...]:
    """The part of a text in which the words stand, or its beginning; with … where something was left out."""
    forms = [term.form for group in query.wanted for term in group]
    first = [query.together.form] if query.together is not None else []
    for sought in (first, forms):
        for start in range(0, min(len(text), _MOST * _STRIDE), _STRIDE) if sought else ():
            piece = text[start : start + _STRIDE + _OVERLAP]
            form = words.normal(piece)
            if not any(words.holds(form, one) for one in sought):
                continue
            if spans := _spans(piece, sought):
                return _around(text, start + spans[0][0], forms, length)
    return _around(text, 0, forms, length)


@dataclass(frozen=True)
class FileHit:
    """An attachment in whose name or text the words stand; ``text``: the passage, empty where they are in the name."""

    url: str
    name: tuple[Part, ...]
    text: tuple[Part, ...] = ()


def attachments(data: Mapping[str, Any], query: Query) -> list[FileHit]:
    """The attachments in whose names or texts the words stand."""
    found = []
    for one in data.get("attachments") or ():
        name = shown(one.get("name") or "", query)
        text = passage(one[TEXT], query) if one.get(TEXT) else ()
        text = text if any(part.is_hit for part in text) else ()
        if text or any(part.is_hit for part in name):
            found.append(FileHit(one["url"], name, text))
    return found


def text_of(data: Mapping[str, Any]) -> str:
    """Of what a passage is shown."""
    return str(data.get("body_text") or data.get("summary") or "")


def as_json(found: Found) -> list[dict[str, Any]]:
    """A page for a machine: facts of each item, its ``rank`` (0 the best), and its texts as parts."""
    return [
        {
            **{name: match.data.get(name) for name in _TOLD},
            "rank": match.rank,
            "highlights": {
                "title": _parts_json(shown(match.data["title"], found.query)),
                "text": _parts_json(passage(text_of(match.data), found.query)),
                "attachments": [
                    {"url": one.url, "name": _parts_json(one.name), "text": _parts_json(one.text)}
                    for one in attachments(match.data, found.query)
                ],
            },
        }
        for match in found.matches
    ]


def _parts_json(parts: Sequence[Part]) -> list[dict[str, Any]]:
    return [asdict(part) for part in parts]


def _around(text: str, hit: int, forms: Sequence[str], length: int) -> tuple[Part, ...]:
    start = max(hit - _BEFORE, 0) if hit + length - _BEFORE < len(text) else max(min(hit, len(text) - length), 0)
    end = min(start + length, len(text))
    # a word that the edge of the passage cuts is not marked there: it is looked for in what is shown
    piece = text[start:end]
    parts = list(_parts(piece, _spans(piece, forms), 0, len(piece)))
    if start:
        parts.insert(0, Part("…"))
    if end < len(text):
        parts.append(Part("…"))
    return tuple(parts)


def _parts(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[Part]:
    at = start
    for first, last in spans:
        if first > at:
            yield Part(text[at:first])
        yield Part(text[first:last], is_hit=True)
        at = last
    if at < end:
        yield Part(text[at:end])


def _spans(text: str, forms: Sequence[str]) -> list[tuple[int, int]]:
    """Where ``forms`` stand in ``text``, in order and without overlap."""
    form, origins = words.mapped(text)
    found = sorted((origins[at], origins[at + len(one) - 1] + 1) for one in forms for at in words.places(form, one))
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
