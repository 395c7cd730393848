"""The pager of a list, read on its own: whatever the rows look like, what comes after this page.

In comes a page; out goes where the next page is, which page this is, how many there are, and whether this is
positively the last. Known forms, in the order they are believed: calls a script draws the pager with, drawn links,
and the variables of hand-written pagers; what the page says in words fills what they leave open.
"""

from __future__ import annotations

import re
from dataclasses import replace

from harvesters.engines.drawn_pager import drawn_links, packed
from harvesters.engines.pager_words import near_pager_words, words_of
from harvesters.engines.pages import Pager, pages_for
from harvesters.engines.script_pager import script_call, variables
from harvesters.reading.document import Document
from harvesters.reading.listing import texts

__all__ = ["Pager", "has_empty_place", "near_pager_words", "pager_of", "pages_for"]

# Pagers that a script draws and that are not read here: the page may have more pages than it shows.
_DRAWN_LATER = (
    "laypage",
    ".pagination(",
    ".jpage(",
    "Paging(",
    ".page({",
    "loadMore",
    "加载更多",
    'createPageHTML("',
    "createPageHTML('",
)


# The place of a pager: page_box, pagination, fenye, page_2603340
_PLACE = re.compile(
    r"(?:^|\s)(?:page|pages|pager|paging|pagination|fenye|turnpage|pag)(?:[-_]?(?:div|box|list|nav|bar|con|dec|num|\d+))?(?:$|\s)",
    re.IGNORECASE,
)


def pager_of(doc: Document) -> Pager:
    """The pager of ``doc``; ``Pager()`` with ``found`` False if it has none."""
    text = doc.text
    said = words_of(text)
    drawn = script_call(doc, text)
    if drawn is None:
        drawn = drawn_links(doc, said)
        if (drawn is None or (drawn.next is None and not drawn.ended)) and "atob(" in text:
            drawn = packed(doc, said) or drawn
        if drawn is None or (drawn.next is None and not drawn.ended):
            drawn = variables(doc, text) or drawn
    if drawn is None:
        found = said != (None, None, None) or any(mark in text for mark in _DRAWN_LATER)
        ended = said[1] is not None and said[0] == said[1]
        return Pager(found=found, ended=ended, page=said[0], total_pages=said[1], total_rows=said[2])
    page = drawn.page or said[0]
    total_pages = drawn.total_pages or said[1]
    total_rows = drawn.total_rows if drawn.total_rows is not None else said[2]
    ended = drawn.ended or (drawn.next is None and (total_pages == 1 or (page is not None and page == total_pages)))
    return replace(drawn, page=page, total_pages=total_pages, total_rows=total_rows, ended=ended)


def has_empty_place(doc: Document) -> bool:
    """Whether an empty place for a pager stands on the page: a script that is not here draws it."""
    for node in doc.tree.css("[class*=pag i],[id*=pag i],[class*=fenye],[id*=fenye]"):
        attributes = node.attrs
        if any(_PLACE.search(attributes.get(name) or "") for name in ("class", "id")) and not texts(node):
            return True
    return False
