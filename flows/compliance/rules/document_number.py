"""A document number has its form: body's word, whole year in 〔〕, serial without 第 or zeros before it, 号: CT-03.

Judged on the number as the page writes it (GB/T 9704-2012, 党政机关公文处理工作条例). Orders (国务院令第711号),
announcements (公告 2026年第3号), numbers without a body's word and the unified numbers of normative documents
(HFGS—2017—9) have forms of their own, and what is no such number at all is not judged.
"""

from __future__ import annotations

import re
import unicodedata

from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from storage.schema import Item

RULES = ("CT-03",)
SUBJECT = "item"
VERSION = "1"
SEARCHES = True

_OPEN, _CLOSE = "〔[【(﹝〖{〈<《", "〕]】)﹞〗}〉>》"
_SIX_ANGLED = "〔﹝"  # the second is the same bracket in another block of the code
_NUMBER = re.compile(
    rf"(?P<word>[\u4e00-\u9fa5A-Za-z][\u4e00-\u9fa5A-Za-z()·、]{{0,30}}?)(?P<open>[{re.escape(_OPEN)}])(?P<year>\d{{2,4}})年?"
    rf"(?P<close>[{re.escape(_CLOSE)}])(?P<series>[\u4e00-\u9fa5A-Za-z]{{0,4}}?)(?P<ordinal>第?)(?P<serial>\d{{1,6}})(?P<end>号?)"
)


def judge(item: Item, _context: ItemContext, _case: Case) -> Judgement:
    """Whether the number is written as the standard has it."""
    if item.document_number is None:
        return not_applicable("no_number", "the page shows no document number")
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    if not item.page_read:
        return not_assessable("unread", "the article has not been read")
    told = item.provenance.get("document_number")
    shown = told.raw if told is not None and told.raw else item.document_number
    wrong = defects(shown)
    if wrong:
        return breach(document_number=shown, defects=list(wrong))
    return compliant()


def defects(shown: str) -> tuple[str, ...]:
    """What is wrong with a document number as written, in the office's words; nothing of what is no such number."""
    number = _NUMBER.search("".join(unicodedata.normalize("NFKC", shown).split()))
    if number is None:
        return ()
    found = []
    if number["open"] not in _SIX_ANGLED:
        found.append("年份应当用六角括号〔〕括入")
    if len(number["year"]) != 4:
        found.append("年份应当标全称")
    if number["ordinal"]:
        found.append("发文顺序号不加“第”字")
    if number["serial"].startswith("0"):
        found.append("发文顺序号不编虚位")
    if not number["end"]:
        found.append("发文顺序号后应当加“号”字")
    return tuple(found)
