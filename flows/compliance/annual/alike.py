"""Reports whose own words are last year's or another unit's: AR-11.

Compared are the sentences of parts 一 and 五, with numbers, years and the unit's own names taken out. What a third of
all units write, as the law's own words, is nobody's own. A report is held against last year's of its unit, and against
other units' of its year; of two units' the one that was published first has copied nothing.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from flows.compliance.annual.known import Known, Likeness
from flows.compliance.judgement import Judgement, breach, compliant, not_assessable
from flows.compliance.texts import squeezed
from storage.annual.report import Report
from storage.annual.rollup import Alike

_PARTS: Final = (1, 5)
_SHINGLE: Final = 5  # characters
_LEAST_SENTENCE: Final = 12  # characters; shorter ones are headings
_NEAR: Final = 0.8  # of a sentence's shingles, from which on it stands in the other text too
_COMMON: Final = 4  # units that share a sentence, at the least, before it is everybody's: fewer may have copied it
_SHOWN: Final = 5
_ENOUGH: Final = 0.25  # shared word for word, before it is worth comparing sentences that are only near
_TOLD: Final = 0.5  # shares from here on are kept
_NUMBER: Final = re.compile(
    r"\d+(?:\.\d+)?|[〇零一二两三四五六七八九十百千万]+(?=[件条份次个项人年月日期起篇场家所名位户类])"
)
_SELF: Final = re.compile(r"[我本全该](?:局|委|办|区|县|市|镇|乡|街道|院|厅|处|中心|单位|机关|部门|队)")
# a heading ends with its line; a long line without an end is one of a PDF, whose sentence goes on in the next
_END: Final = re.compile(r"[。！？；!?;]+|(?<![^\n]{25})\n")


@dataclass(frozen=True)
class Text:
    """A report's own sentences, masked, in their order, with how they were written."""

    report: str
    unit: str
    name: str
    year: int
    sentences: Mapping[str, str]  # masked → as written
    published_on: dt.date | None = None
    named: str | None = None
    published: bool = True


def text_of(
    report: Report,
    *,
    key: str,
    unit: str,
    name: str,
    year: int,
    published_on: dt.date | None = None,
    published: bool = True,
) -> Text:
    """The sentences of a report that can be its own."""
    names = sorted({one for one in (report.unit, name) if one and len(one) > 1}, key=len, reverse=True)
    sentences: dict[str, str] = {}
    for part in report.parts:
        if part.number not in _PARTS:
            continue
        for sentence in _END.split(unicodedata.normalize("NFKC", part.text)):
            masked = _masked(sentence, names)
            if len(masked) >= _LEAST_SENTENCE:
                sentences.setdefault(masked, sentence.strip())
    return Text(key, unit, name, year, sentences, published_on, report.unit, published)


def _masked(sentence: str, names: Sequence[str]) -> str:
    for one in names:
        sentence = sentence.replace(one, "")
    return squeezed(_NUMBER.sub("", _SELF.sub("", sentence)))


def own(texts: Sequence[Text]) -> dict[str, Text]:
    """Each text without what a third of all units of its year write, by the report's id."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    units: dict[int, set[str]] = defaultdict(set)
    seen: set[tuple[int, str, str]] = set()
    for text in texts:
        units[text.year].add(text.unit)
        for masked in text.sentences:
            if (text.year, text.unit, masked) not in seen:
                seen.add((text.year, text.unit, masked))
                counted[text.year][masked] += 1
    found: dict[str, Text] = {}
    for text in texts:
        most = max(_COMMON, -(-len(units[text.year]) // 3))
        sentences = {masked: written for masked, written in text.sentences.items() if counted[text.year][masked] < most}
        found[text.report] = replace(text, sentences=sentences)
    return found


def likenesses(texts: Mapping[str, Text], year: int) -> dict[str, tuple[Likeness, ...]]:
    """For each report of the year those that have at least half of its own words, the likest first.

    What was published is held against what was published only; what came by mail against other mail as well, but not
    where that unit's report is out.
    """
    out = {(text.unit, text.year) for text in texts.values() if text.published}
    holding: dict[str, list[Text]] = defaultdict(list)
    for text in texts.values():
        for masked in text.sentences:
            holding[masked].append(text)
    shingles = {key: frozenset(_shingles("".join(text.sentences))) for key, text in texts.items()}
    found: dict[str, tuple[Likeness, ...]] = {}
    for text in texts.values():
        if text.year != year:
            continue
        same: Counter[str] = Counter()  # characters of the sentences that both have, word for word
        for masked in text.sentences:
            for other in holding[masked]:
                same[other.report] += len(masked)
        least = _ENOUGH * sum(map(len, text.sentences))
        others = [
            texts[key] for key, count in same.items() if count >= least and _compares(text, texts[key], year, out)
        ]
        some = [_likeness(text, other, shingles[other.report]) for other in others]
        some = [one for one in some if one.alike.share >= _TOLD]
        found[text.report] = tuple(sorted(some, key=lambda one: (-one.alike.share, one.alike.unit, one.alike.report)))
    return found


def _compares(text: Text, other: Text, year: int, out: Collection[tuple[str, int]]) -> bool:
    """Whether a report is held against another: its unit's of last year, or another unit's of its own year."""
    return (
        other.report != text.report
        and (other.year == year) == (other.unit != text.unit)
        and (other.published or not (text.published or (other.unit, other.year) in out))
    )


def _likeness(text: Text, other: Text, held: frozenset[str]) -> Likeness:
    shared = [
        masked for masked in text.sentences if masked in other.sentences or _share(_shingles(masked), held) >= _NEAR
    ]
    whole = sum(map(len, text.sentences))
    share = sum(map(len, shared)) / whole if whole else 0.0
    return Likeness(
        alike=Alike(report=other.report, unit=other.unit, name=other.name, year=other.year, share=round(share, 3)),
        published_on=other.published_on,
        named=other.named,
        shared=tuple(text.sentences[one] for one in shared[:_SHOWN]),
    )


def _share(some: set[str], held: frozenset[str]) -> float:
    return len(some & held) / len(some) if some else 0.0


def _shingles(text: str) -> set[str]:
    return {text[place : place + _SHINGLE] for place in range(len(text) - _SHINGLE + 1)}


def judge_alike(known: Known, *, share: float, least_sentences: int, least_characters: int) -> Judgement:
    """AR-11: whether the report's own words are another report's."""
    if known.report is not None and not any(part.number in _PARTS for part in known.report.parts):
        return not_assessable("no_text", "parts 一 and 五 were not read")
    near = [one for one in known.likeness if one.alike.share >= share]
    facts: dict[str, Any] = {"alike": [one.alike.model_dump() for one in known.likeness]} if known.likeness else {}
    if known.own_sentences < least_sentences or known.own_characters < least_characters:
        words = f"{known.own_sentences} sentences of its own are too few to compare"
        return not_assessable("short_text", words, **facts)
    if not near:
        return compliant(**facts)
    same = [one for one in near if one.named and known.report is not None and one.named == known.report.unit]
    others = [one for one in near if one.alike.unit != known.unit.id]
    last = [one for one in near if one.alike.unit == known.unit.id]
    if last:
        return _breach(last[0], known, facts)
    if any(one in same for one in others):
        words = f"{others[0].alike.name} shows a report that names the same body: one of the two is not its own"
        return not_assessable("whose_report", words, **facts)
    mine = known.published_on
    earlier = [one for one in others if mine is not None and one.published_on is not None and one.published_on < mine]
    if earlier:
        return _breach(earlier[0], known, facts)
    if all(mine is not None and one.published_on is not None and mine < one.published_on for one in others):
        return compliant(note="published first; the later one has its words", **facts)
    words = f"nearly the words of {others[0].alike.name}; which came first is not known"
    return not_assessable("review", words, **facts)


def _breach(like: Likeness, known: Known, facts: dict[str, Any]) -> Judgement:
    one = like.alike
    return breach(
        found=f"自有文字的{one.share:.0%}与{one.name}{one.year}年度报告相同（数字、年份、名称除外）",
        shared=list(like.shared),
        published_on=known.published_on,
        others_published_on=like.published_on,
        **facts,
    )
