"""No page hides links to gambling, pornography and the like, as break-ins leave them (暗链): SE-02.

Looked for on the home page and the first page of every column, among the links that a page hides by style and that
lead to a foreign host that is no government's. It is a breach where text or address of such a link has one of the
words; any other is put before a person, unless its host is known to be harmless. Links to the own site and to
governments, which menus hide all the time, do not count.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from flows.compliance.facts import Case, PageFacts, UnitFacts
from flows.compliance.judgement import Judgement, breach, compliant, not_assessable
from flows.compliance.pages import host_of
from flows.compliance.regulation import RuleText
from flows.compliance.seen import looks_prove
from storage.schema import Evidence

RULES = ("SE-02",)
SUBJECT = "unit"
VERSION = "1"

_TOLD = 10  # links that are named


class Text(RuleText):
    """Words of such links; words beside which they are meant well; hosts that are harmless, with all below them."""

    words: tuple[str, ...]
    unless: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether any page that was read hides such a link."""
    text = case.text(Text)
    pages = list(_pages(unit))
    if not pages:
        seen = looks_prove(unit.home, case.law, case.as_of)
        return seen.gap or not_assessable("page_unread", "no look has read yet what the pages carry: harvest again")
    bad: list[dict[str, Any]] = []
    other: list[dict[str, Any]] = []
    evidence: dict[Evidence, None] = {}
    more = 0
    for place, page in pages:
        hidden = page.shown.get("hidden") or {}
        more += int(hidden.get("more") or 0)
        for link in hidden.get("links") or ():
            word = _word(link, text)
            if word:
                bad.append({"page": place, **link, "word": word})
                evidence.update(dict.fromkeys(page.evidence))
            elif not _is_harmless(link, text):
                other.append({"page": place, **link})
    if bad:
        return breach(evidence=tuple(evidence), links=bad[:_TOLD], count=len(bad), pages=len(pages))
    if other:
        words = (
            f"{len(other)} hidden links lead to foreign hosts: a person has to see whether they are meant to be there"
        )
        return not_assessable("review", words, links=other[:_TOLD], more=more or None, pages=len(pages))
    return compliant(pages=len(pages))


def _pages(unit: UnitFacts) -> Iterator[tuple[str, PageFacts]]:
    if unit.page is not None:
        yield "home", unit.page
    for column in unit.columns.values():
        if column.page is not None:
            yield column.column.id, column.page


def _word(link: Mapping[str, str], text: Text) -> str | None:
    """The word that a link's text or address has; None where it has none, or speaks against what it names."""
    said = _folded(link.get("text", ""))
    if any(word in said for word in text.unless):
        return None
    where = _folded(unquote(link.get("url", ""), errors="replace"))
    return next((word for word in text.words if word in said or word in where), None)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _is_harmless(link: Mapping[str, str], text: Text) -> bool:
    host = host_of(link.get("url", ""))
    return any(host == known or host.endswith(f".{known}") for known in text.harmless)
