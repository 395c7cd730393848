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
from flows.compliance.pages import column_page, host_of
from flows.compliance.regulation import RuleText
from flows.compliance.seen import looks_prove
from storage.schema import Evidence

RULES = ("SE-02",)
SUBJECT = "unit"
READS_COLUMNS = True
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
    home = looks_prove(unit.home, case.law, case.as_of)
    home_gap = None if home.part_seen else home.gap
    if home_gap is None and unit.page is None:
        home_gap = not_assessable("page_unread", "no look has read yet what the home page carries: harvest again")
    bad: list[dict[str, Any]] = []
    other: list[dict[str, Any]] = []
    unseen: list[str] = []
    evidence: dict[Evidence, None] = {}
    pages = more = 0
    for place, page, is_proven in _pages(unit, case, home_seen=home_gap is None):
        hidden = page.shown.get("hidden") or {}
        found = [{"page": place, **link} for link in hidden.get("links") or ()]
        words = [{**link, "word": word} for link in found if (word := word_in(link, text))]
        if not is_proven:
            unseen += [place] if words else []
            continue
        pages += 1
        more += int(hidden.get("more") or 0)
        bad += words
        other += [link for link in found if not word_in(link, text) and not _is_harmless(link, text)]
        evidence.update(dict.fromkeys(page.evidence if words else ()))
    if bad:
        return breach(evidence=tuple(evidence), links=bad[:_TOLD], count=len(bad), pages=pages)
    if unseen:
        return not_assessable("unseen_since", f"such links stood on {', '.join(unseen)}, which was not read since")
    if home_gap is not None:
        return home_gap
    if other:
        said = f"{len(other)} hidden links lead to foreign hosts: a person has to see whether they are meant so"
        return not_assessable("review", said, links=other[:_TOLD], more=more or None, pages=pages)
    return compliant(pages=pages)


def _pages(unit: UnitFacts, case: Case, *, home_seen: bool) -> Iterator[tuple[str, PageFacts, bool]]:
    """The pages that were read: place, what they carry, and whether the looks prove it today."""
    if unit.page is not None:
        yield "home", unit.page, home_seen
    for column in unit.columns.values():
        if column.page is not None:
            yield column.column.id, column.page, column_page(column, case) is not None


def word_in(link: Mapping[str, str], text: Text) -> str | None:
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
