"""A document that its own unit has repealed is not shown as in force: CT-05R.

A later document of the same unit says of it, by name or number, that it is repealed or no longer in force
(国办发〔2017〕47号: amended and repealed documents must be marked). The sentence must say so of the whole document and
of today: drafts, partial repeals, lists of what stays in force and days to come say nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from flows.compliance.facts import About, Case, Repealed
from flows.compliance.judgement import breach
from flows.compliance.texts import squeezed
from storage.schema import Item

RULES = ("CT-05R",)
SUBJECT = "group"
GROUPS = "repealed"
VERSION = "1"

_SENTENCE = re.compile(r"[^。；;\n]+")
_REPEALS = re.compile(r"废止|失效")
_NOT_WHOLE = re.compile(
    r"部分|条款|第[一二三四五六七八九十百\d]+(?:条|项|款)|除.{0,40}外|继续有效|保留|拟废止|拟宣布|征求|不予废止|未废止|"
    r"是否|清理意见|修改|修订后|将于|草案"
)
_HEADS_A_LIST = re.compile(
    r"(?:废止|失效)[^。；;\n]{0,60}(?:目录|如下|清单|名单)|(?:如下|下列|以下)[^。；;\n]{0,60}(?:废止|失效)"
)
_DRAFT = re.compile(r"征求意见|草案|送审稿|解读|图解|计划|继续有效")
_GROUNDS = re.compile(
    r"(?:根据|依据|按照|依照|贯彻|落实|鉴于)[^，,]*[，,]|(?:按照?|依照|以|执行|适用|改按|参照)《[^》]*》(?:[（(][^）)]*[）)])?"
)
_BEGINS = re.compile(r"施行|实施|生效")
_DAY = re.compile(r"((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日")


def judge(group: Repealed, case: Case) -> Iterator[About]:
    """What is to be said of the document, by the first that repeals it."""
    for other in group.by:
        words = words_of_repeal(other, group.item, case.as_of)
        if words is None:
            continue
        judgement = breach(
            evidence=tuple(one.evidence for one in (group.item, other) if one.evidence is not None),
            validity=group.item.validity,
            title=group.item.title,
            url=group.item.url,
            repealed_by=other.title,
            repealed_url=other.url,
            words=words,
        )
        yield About(unit=group.unit, judgement=judgement, column=group.item.column, item=group.item.id)
        return


def words_of_repeal(other: Item, item: Item, as_of: dt.date) -> str | None:
    """The words in which ``other`` says that ``item`` is no longer in force; None if it does not."""
    if other.id == item.id or _DRAFT.search(other.title) or not _is_later(other, item):
        return None
    if other.effective_on is not None and other.effective_on > as_of:
        return None
    in_list = is_to_come = False
    for found in _SENTENCE.finditer(other.body_text or ""):
        sentence = found[0]
        speaks = _REPEALS.search(sentence) is not None
        is_to_come = _is_to_come(sentence, as_of) or (is_to_come and not _BEGINS.search(sentence))
        if speaks:
            in_list = _HEADS_A_LIST.search(sentence) is not None and not _NOT_WHOLE.search(sentence)
        elif not (in_list and ("《" in sentence or "〔" in sentence)):
            in_list = in_list and len(sentence.strip()) < 40
            continue
        if is_to_come or _NOT_WHOLE.search(sentence):
            continue
        if _names(_GROUNDS.sub("", sentence), item):
            return sentence.strip()[:160]
    return None


def _names(sentence: str, item: Item) -> bool:
    number = item.document_number
    if number and len(number) >= 8 and squeezed(number) in squeezed(sentence):
        return True
    own = squeezed(item.title)
    return any(len(name) >= 8 and squeezed(name) == own for name in re.findall(r"《([^《》]{4,120})》", sentence))


def _is_later(other: Item, item: Item) -> bool:
    first = item.formed_on or item.published_on
    second = other.formed_on or other.published_on
    return first is not None and second is not None and second >= first


def _is_to_come(sentence: str, as_of: dt.date) -> bool:
    """Whether a day in the sentence lies after the day judged."""
    for year, month, day in _DAY.findall(sentence):
        try:
            if dt.date(int(year), int(month), int(day)) > as_of:
                return True
        except ValueError:
            return True
    return False
