"""Names and fixed phrases are written rightly: none of the wordings that can never be right stands in a text: WD-01.

The wordings are data: literal words with their right form in the rule's entry, to which a city adds its own terms or
from which it takes some (``enabled: false``). A wording is right where one of its exceptions (``not_in``) stands,
before the day since which it is wrong, and in a text that speaks of mistakes ("误写为…"). What is found is told to the
office.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.regulation import RuleText, Strict
from storage.schema import Item

RULES = ("WD-01",)
SUBJECT = "item"
VERSION = "1"
SEARCHES = True

_MOST = 100_000  # characters of a text that are read
_TOLD = 10  # wordings told of one item
_AROUND = 12  # characters shown on either side
_SPEAKS = 40  # characters on either side in which a text says that it speaks of mistakes
_OF_MISTAKES = re.compile(
    r"应为|应是|误写|误为|误作|写成|错写|改为|更正|勘误|错别字|错误表述|规范表述|正确表述|不规范|不能写|不得写|错敏|混淆"
)


class Term(Strict):
    """A wording that is wrong. ``not_in``: words that hold it rightly; ``since``: the day since which it is wrong."""

    right: str
    not_in: tuple[Annotated[str, Field(min_length=3)], ...] = ()
    since: dt.date | None = None
    source: str
    confidence: Literal["verified", "mirrored", "local", "inferred", "memory"]
    enabled: bool = True


class Text(RuleText):
    """The wordings, by how they are written wrongly."""

    terms: dict[Annotated[str, Field(min_length=3)], Term]

    @model_validator(mode="after")
    def _can_be_wrong(self) -> Text:
        for wrong, term in self.terms.items():
            if wrong in term.right and not any(term.right in one for one in term.not_in):
                raise ValueError(f"{wrong}: its right form {term.right} holds it; name that under not_in")
            for one in term.not_in:
                if wrong not in one:
                    raise ValueError(f"{wrong}: the exception {one} does not hold it")
        return self

    @cached_property
    def used(self) -> Mapping[str, Term]:
        """The wordings in use."""
        return {wrong: term for wrong, term in self.terms.items() if term.enabled}

    @cached_property
    def any_of(self) -> re.Pattern[str] | None:
        """Finds any of them, the longest of those that begin alike; None where there are none."""
        return re.compile(_alternation(set(self.used))) if self.used else None


def judge(item: Item, _context: ItemContext, case: Case) -> Judgement:
    """Whether title or text hold a wording that is wrong."""
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    if not item.page_read:
        return not_assessable("unread", "the article has not been read")
    text = case.text(Text)
    whole = f"{item.title}\n{item.body_text or ''}"[:_MOST]
    shown: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for wrong, place in wrong_words(whole, text, item.formed_on or item.published_on):
        counts[wrong] += 1
        around = whole[max(0, place - _AROUND) : place + len(wrong) + _AROUND]
        shown.setdefault(wrong, around.replace("\n", " "))
    if not counts:
        return compliant()
    found = [
        {
            "wrong": wrong,
            "right": text.terms[wrong].right,
            "times": counts[wrong],
            "shown": words,
            "source": text.terms[wrong].source,
            "confidence": text.terms[wrong].confidence,
        }
        for wrong, words in list(shown.items())[:_TOLD]
    ]
    return breach(found=found)


def wrong_words(whole: str, text: Text, written_on: dt.date | None) -> Iterator[tuple[str, int]]:
    """The wrong wordings in ``whole`` and where they stand; ``written_on`` None: when it was written is not known."""
    if text.any_of is None:
        return
    for found in text.any_of.finditer(whole):
        wrong, place = found[0], found.start()
        term = text.used[wrong]
        if term.since is not None and (written_on is None or written_on < term.since):
            continue
        if any(_stands_in(whole, place, wrong, one) for one in term.not_in):
            continue
        if _OF_MISTAKES.search(whole, max(0, place - _SPEAKS), place + len(wrong) + _SPEAKS):
            continue
        yield wrong, place


def _alternation(words: set[str]) -> str:
    """A pattern of all words that tries each of their first characters once, and so on after it."""
    rests: dict[str, set[str]] = {}
    for word in words:
        rests.setdefault(word[:1], set()).add(word[1:])
    parts = []
    for first, rest in sorted(rests.items()):
        more = rest - {""}
        inner = f"(?:{_alternation(more)})" if more else ""
        parts.append(re.escape(first) + (f"{inner}?" if more and "" in rest else inner))
    return "|".join(parts)


def _stands_in(whole: str, place: int, wrong: str, words: str) -> bool:
    """Whether the wording at ``place`` is a part of ``words`` there."""
    start = place - words.index(wrong)
    return start >= 0 and whole.startswith(words, start)
