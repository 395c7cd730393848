"""Whether two items of different units are one document: pure, one answer a pair, the same whichever comes first.

They are one (each needs titles that are the same) when

- they stand at one address;
- they have one whole document number, or one well-formed index number, and texts that do not contradict each other;
- their texts are equal and long, or equal and not quite short where one names the other's unit as its source;
- their texts are at least 0.9 alike, one only adds words to the other, and one of them names the other's unit, or both
  the same third body, as the source or issuer.

They are two when their document numbers differ, or one is a draft, an answer or a reading and the other is not. What
each unit says of itself (reports, budgets, guides, "本局…") and what each claims to have issued is never joined by its
words. What is at least 0.8 alike and is not joined is near: a person may look at it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from storage.catalogue.fingerprint import Text, likeness, only_adds, share_within
from storage.catalogue.naming import Bodies, Title

ALIKE: Final = 0.9
NEAR: Final = 0.8
_NO_CONTRADICTION: Final = 0.7  # of the shorter text stands in the longer one: a copy may leave out annexes
_WHOLE_NUMBER: Final = re.compile(r"(?P<body>[\u4e00-\u9fff][\u4e00-\u9fff()]+?)〔(?:19|20)\d{2}〕\D{0,4}\d+号?")
# what a number begins with that names no body: kinds of documents, and what every government's numbers end in
_NOT_BODIES: Final = (
    "公告 通告 通知 公示 公报 决定 意见 令 文 函 批复 简报 纪要 公字 通字 办字 "
    "政发 政办发 政办 政函 政办函 政字 政办字 政规 政办规 政通 政文 办发 办函 党发 党办发 委发 局发 发文"
)
_NOT_A_BODY: Final = frozenset(_NOT_BODIES.split())
_ABOUT_ITSELF: Final = re.compile(
    r"年度报告|年报|年度工作(?:报告|总结)|工作总结|预算|决算|三公|公开指南|公开目录|公开制度|依申请公开|机构(?:职能|设置|概况|简介)|主要职责|"
    r"内设机构|领导(?:信息|简介|班子|分工|介绍)|联系(?:方式|我们|电话)|办公(?:时间|地址|电话)|权责清单|零报告|无.{0,16}(?:信息|情况|事项|记录)$"
)
_SELF: Final = re.compile(r"[本我](?:单位|部门|机关|局|委(?!托)|厅|办(?!法|理)|院|中心|所|街道|镇|乡|区|县)")
_APART: Final = frozenset(("consultation", "feedback", "interpretation"))


@dataclass(frozen=True, kw_only=True, eq=False)
class Document:
    """What is compared of an item. Numbers are well-formed and in one spelling; bodies are keys of ``Bodies``."""

    item: str
    unit: str
    title: Title
    raw_title: str
    document_number: str | None
    index_number: str | None
    sources: frozenset[str]
    issuers: frozenset[str]
    publishers: frozenset[str]
    stage: str | None
    text: Text
    addresses: frozenset[str] = field(default_factory=frozenset)
    attachments: frozenset[str] = field(default_factory=frozenset)  # their names, as titles are compared


@dataclass(frozen=True, kw_only=True)
class Sameness:
    """What two items are to each other. ``same`` False: near, and ``reason`` says what keeps them apart.

    Reasons of same: address, document_number, index_number, text, repost. Of near: texts_differ, generic_title,
    generic_number, attachments_differ, own_words, both_issued, no_source, words_replaced, titles_differ.
    """

    same: bool
    reason: str
    score: float | None = None


def judge(one: Document, other: Document, bodies: Bodies) -> Sameness | None:
    """What two items are to each other; None: two documents that have nothing to do with each other."""
    if one.unit == other.unit or _differ(one.document_number, other.document_number) or _apart(one, other):
        return None
    same_title = one.title.is_same(other.title)
    if same_title and one.addresses & other.addresses:
        return Sameness(same=True, reason="address")
    if same_title and (found := _by_number(one, other)) is not None:
        return found
    if same_title and one.text.is_short and one.text.plain == other.text.plain:
        return _by_short_text(one, other, bodies)
    if not one.text.is_telling or not other.text.is_telling:
        return None
    if not same_title and not one.title.is_alike(other.title):
        return None
    if _ABOUT_ITSELF.search(one.raw_title) or _ABOUT_ITSELF.search(other.raw_title):
        return None
    return _by_text(one, other, bodies, same_title=same_title)


def _by_number(one: Document, other: Document) -> Sameness | None:
    by_document = one.document_number is not None and one.document_number == other.document_number
    by_index = one.index_number is not None and one.index_number == other.index_number
    if not by_document and not by_index:
        return None
    reason = "document_number" if by_document else "index_number"
    both = one.text.is_telling and other.text.is_telling
    if both and share_within(one.text, other.text) < _NO_CONTRADICTION:
        return Sameness(same=False, reason="texts_differ", score=_score(one, other))
    if one.title.is_generic or not (_is_whole(one.document_number) if by_document else True):
        if both and _score(one, other) >= ALIKE:
            return Sameness(same=True, reason=reason, score=_score(one, other))
        return Sameness(same=False, reason="generic_title" if one.title.is_generic else "generic_number")
    if not by_document and _ABOUT_ITSELF.search(one.raw_title):
        return None
    return Sameness(same=True, reason=reason, score=_score(one, other) if both else None)


def _by_short_text(one: Document, other: Document, bodies: Bodies) -> Sameness | None:
    """Equal texts that are too short to be told from boilerplate, but for a source that is named."""
    if one.title.is_generic or _ABOUT_ITSELF.search(one.raw_title) or _SELF.search(one.text.plain):
        return None
    if _both_issued(one, other, bodies) or not _names_the_other(one, other, bodies) or _other_files(one, other):
        return None
    return Sameness(same=True, reason="text", score=1.0)


def _by_text(one: Document, other: Document, bodies: Bodies, *, same_title: bool) -> Sameness | None:
    equal = one.text.plain == other.text.plain
    score = 1.0 if equal else _score(one, other)
    if score < NEAR:
        return None
    if not same_title:
        return Sameness(same=False, reason="titles_differ", score=score)
    if one.title.is_generic:  # a template: near only where nothing at all was replaced
        return Sameness(same=False, reason="generic_title", score=score) if equal else None
    if _both_issued(one, other, bodies):
        return Sameness(same=False, reason="both_issued", score=score)
    if _other_files(one, other):
        return Sameness(same=False, reason="attachments_differ", score=score)
    told = _names_the_other(one, other, bodies)
    if equal and (told or not _SELF.search(one.text.plain)):
        return Sameness(same=True, reason="text", score=1.0)
    if not told:
        return Sameness(same=False, reason="own_words" if equal else "no_source", score=score)
    if score >= ALIKE and only_adds(one.text, other.text):
        return Sameness(same=True, reason="repost", score=score)
    return Sameness(same=False, reason="words_replaced", score=score)


def _score(one: Document, other: Document) -> float:
    return round(likeness(one.text, other.text), 4)


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _apart(one: Document, other: Document) -> bool:
    return one.stage != other.stage and (one.stage in _APART or other.stage in _APART)


def _other_files(one: Document, other: Document) -> bool:
    """Whether both have files, and none under one name."""
    return bool(one.attachments) and bool(other.attachments) and not one.attachments & other.attachments


def _is_whole(number: str | None) -> bool:
    """Whether a document number names the body that gave it: every body has a 公告〔2026〕1号."""
    found = _WHOLE_NUMBER.fullmatch(number or "")
    return found is not None and found["body"].strip("()") not in _NOT_A_BODY


def _both_issued(one: Document, other: Document, bodies: Bodies) -> bool:
    """Whether each of the units says that the document is its own."""
    return all(any(bodies.is_unit(key, each.unit) for key in each.sources | each.issuers) for each in (one, other))


def _names_the_other(one: Document, other: Document, bodies: Bodies) -> bool:
    """Whether one names the other's unit as where it has the document from, or both the same third body."""
    if any(bodies.is_unit(key, other.unit) for key in one.sources | one.issuers | one.publishers):
        return True
    if any(bodies.is_unit(key, one.unit) for key in other.sources | other.issuers | other.publishers):
        return True
    return bool((one.sources | one.issuers) & (other.sources | other.issuers))
