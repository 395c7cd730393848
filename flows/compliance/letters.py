"""What the page of a public message (留言、来信) says: when it was asked, of what kind it is, whether it was answered.

A text comes in, ``Message`` goes out. Answered is what shows an answer, or says so; unanswered is what says so in its
state (办理中, 待答复 …) or keeps the place of its answer empty. An answer that is shown counts before any state, and
where nothing tells the state nothing is known.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final, Literal

from flows.compliance.stated import dates_under

State = Literal["answered", "unanswered", "refused", "unknown"]

_ASKED: Final = re.compile(
    r"(?:来信|写信|提交|留言|提问|咨询|发信|信件提交|反映|投递|登记|发帖|来件|来函|诉求|求助|信件)的?(?:日期|时间)"
)
_STATE: Final = re.compile(
    r"(?:办理|处理|信件|回复|答复|受理|当前|问题|诉求|留言|工单|流程)的?(?:状态|进度|阶段)|(?<![\u4e00-\u9fff])状态"
)
_ANSWER: Final = re.compile(
    r"(?:(?:回复|答复|反馈|办理|处理|办复|回应)(?:内容|意见|结果|情况|正文|详情)(?=[ \u3000】\]]*(?:[:：∶\n]|$))"
    r"|(?:(?:官方|部门|单位)|(?<![\u4e00-\u9fff]))(?:回复|答复|回应)(?=[ \u3000】\]]*[:：∶]))"
)
_ANSWERED_ON: Final = re.compile(r"(?:回复|答复|办结|反馈|办复|办理完成|回应)的?(?:日期|时间)")
_KIND: Final = re.compile(r"(?:信件|来信|留言|诉求|写信|问题|工单)的?(?:类型|类别|性质|分类)")
_VALUE: Final = re.compile(r"[ \u3000】\]]*[:：∶]?[ \u3000]*\n?[ \u3000]*([^\n]{0,60})")
_DONE: Final = re.compile(
    r"已(?:经)?(?:办结|办理|回复|答复|处理|完成|反馈|解决|采纳|结案|办复)|办结|办理完毕|处理完[成毕]|答复完|回复完|完结|结案"
)
_UNDONE: Final = re.compile(
    r"未(?:办|处理|回复|答复|受理)|待(?:办|处理|回复|答复|受理|回应)|(?:办理|处理|受理|答复|回复|转办|交办)中|"
    r"正在(?:办理|处理|受理|答复|回复)|尚未|暂未|暂无(?:回复|答复)|没有(?:回复|答复)"
)
_REFUSED: Final = re.compile(
    r"不予(?:受理|办理|回复|答复)|无效|重复|已?撤[销回]|已?删除|不符合|退回|待审核|未审核|不公开"
)
_NOTHING: Final = re.compile(
    r"[\s:：∶】\]]*(?:暂无|尚无|无|没有|等待)?(?:回复|答复|处理|办理|反馈)?(?:内容|结果)?[\s。.…/—-]*"
)
# a line that says it by itself, where the page has no label for it
_UNDONE_LINE: Final = re.compile(
    r"[\s【\[（(]*(?:[该此本]?(?:信件|留言|问题|来信|诉求))?(?:当前|目前)?(?:状态)?[:：]?"
    r"(?:暂无(?:回复|答复)|(?:暂未|尚未|还没有|未)(?:回复|答复|办理|处理)|待(?:回复|答复|办理|处理)|正在(?:办理|处理)中?|办理中|处理中)"
    r"(?:[，,].{0,15})?[\s】\]）)。！…]*"
)
# what else such pages label; an answer may begin with a salutation (张先生：), which is none of these
_LABELLED: Final = re.compile(
    r"[\u4e00-\u9fff]{0,8}(?:时间|日期|单位|部门|机构|状态|标题|编号|类型|类别|评价|满意度|附件|次数|方式)"
    r"[ \u3000]*(?:[:：∶]|$)"
)


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a page says of its message. ``raw``: the words that tell its state; None where only an empty place does."""

    state: State
    asked_on: dt.date | None = None
    kind: str | None = None
    raw: str | None = None


def message_in(text: str) -> Message:
    """What the page of a message says of it; of several days on which it may have been asked the latest."""
    asked = max((one.on for one in dates_under(_ASKED, text)), default=None)
    kinds = [value for label in _KIND.finditer(text) if (value := _value(text, label.end()))]
    state, raw = _state(text)
    return Message(state=state, asked_on=asked, kind=kinds[0][:20] if kinds else None, raw=raw)


def _state(text: str) -> tuple[State, str | None]:
    answer = _answer(text)
    if answer:
        return "answered", answer[:40]
    if next(dates_under(_ANSWERED_ON, text), None) is not None:
        return "answered", None
    stated = [value for label in _STATE.finditer(text) if (value := _value(text, label.end())[:20])]
    said = [(_said(value), value) for value in stated]
    for wanted in ("refused", "answered", "unanswered"):  # of two that contradict each other the one for the unit
        for state, value in said:
            if state == wanted:
                return state, value
    line = next((line for line in text.split("\n") if len(line) <= 30 and _UNDONE_LINE.fullmatch(line)), None)
    if line is not None:
        return "unanswered", line.strip()
    return ("unknown" if answer is None else "unanswered"), None


def _said(value: str) -> State:
    if _REFUSED.search(value):
        return "refused"
    if _UNDONE.search(value):
        return "unanswered"
    return "answered" if _DONE.search(value) else "unknown"


def _value(text: str, label_end: int) -> str:
    found = _VALUE.match(text, label_end)
    return found[1].strip() if found is not None else ""


def _answer(text: str) -> str | None:
    """The answer that is shown; empty where its place is and nothing stands there or after; None where it has none."""
    place = _ANSWER.search(text)
    if place is None:
        return None
    awaits_value = False
    for line in text[place.end() :].split("\n"):
        line = line.strip(" \u3000:：∶】]")
        if not line:
            continue
        if awaits_value and len(line) <= 30:
            awaits_value = False
        elif (label := _LABELLED.match(line)) is not None:
            awaits_value = label.end() == len(line)
        elif not (_NOTHING.fullmatch(line) or _ANSWER.fullmatch(line) or _UNDONE_LINE.fullmatch(line)):
            return line
    return ""
