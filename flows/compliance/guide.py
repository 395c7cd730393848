"""The guide to disclosure (公开指南) as a text: which of a unit's is in force, and what of 条例 第十二条 it states.

A unit's facts or a text come in; out go the guides that may be the newest, or the reason why none can be judged, and
for each thing the law asks for the words that state it. The reading leans to the unit's side: labels in any wording,
values in cells below their heads, an address without a label count; a telephone in the application form that belongs to
every guide counts only with a number. What stands nowhere, in a text long enough, is missing.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from flows.compliance.bodies import is_same
from flows.compliance.facts import Case, ColumnFacts, Guide, UnitFacts
from flows.compliance.judgement import Judgement, not_applicable, not_assessable
from flows.compliance.seen import column_seen
from storage.schema import ColumnKind

# what is asked of the body that answers (six fields), and what is asked of the information it has
CONTACTS = ("工作机构名称", "办公地址", "办公时间", "联系电话", "传真号码", "互联网联系方式")
CONTENTS = ("政府信息的分类", "编排体系", "获取方式")

_TITLED = re.compile(r"指南|指引")
_NOT_THE_GUIDE = re.compile(r"解读|图解|一图|流程图|申请表|办事指南|服务指南|操作指南|使用指南|指南手册|申报指南")
_HEAD = re.compile(r"关于|政府信息|信息公开|政务公开|依申请|公开指南|指南|指引")
_EDITION = re.compile(
    r"[（(【〔][^（）()【】〔〕]*[）)】〕]|(?:19|20)\d\d年?(?:版|度|修订)*|[《》“”\s·]|^(?:印发|公布|发布)"
)
_IN_BRACKETS = re.compile(r"[（(]([\u4e00-\u9fa5]{3,}(?:局|委|办|府|厅|院|处|会|街道|镇|乡|中心|公室))[）)]")
_HARMLESS = re.compile(r"申请表|申请书|流程|示意|样表|登记表|回执|授权|承诺|目录|清单|二维码|收费|须知|条例|样式|模板")
_SPACES = re.compile(r"(?<=[\u4e00-\u9fff:：])[^\S\n]+|[^\S\n]+(?=[\u4e00-\u9fff:：])|[\u200b\ufeff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")

_NUMBER = re.compile(
    r"(?<![\d.])(?:(?:\(?0\d{2,3}\)?[-—–~ ]{0,3})?[2-9]\d{6,7}|1[3-9]\d{9}|[48]00[- ]?\d{3,4}[- ]?\d{3,4}|12\d{3})"
    r"(?!\d)"
)
_FAX = re.compile(r"传真|\bfax\b", re.IGNORECASE)
_NO_FAX = re.compile(
    r"传真[^,。;、\n]{0,12}?(?:无|没有|未设|未开通|不设|停用|同上|同电话|同联系|同号|一致)|"
    r"(?:无|没有|未设|不设|未开通|未配备|不提供)[^\n,。]{0,6}传真"
)
_NOT_A_LABEL = re.compile(r"申请|提出|方式|邮件|信函|监督|投诉|发送|。")
_FAX_CELL = re.compile(r"(?m)^(?:传真|fax)(?:号码?|电话)?[:：]?$", re.IGNORECASE)
_CELLS = 12  # lines in which the values under a row of heads stand
_FAX_REACH = 24  # characters between a label and its number
_SHARED = re.compile(r"电话\W{0,2}(?:及|和|与|兼|或)?\W{0,2}$")

_NAME = re.compile(
    r"(?:工作|受理|承办|办理|负责|责任|指定|申请)(?:的)?(?:机构|部门|单位|科室|处室)|机构名称|名称:|办公室|"
    r"(?:科|股|处|中心|大厅|窗口)(?:负责|承办|受理|具体)"
)
_PLACE = "[省市区县镇乡村路街巷道弄号楼室栋幢层厦院]"
_ADDRESS = re.compile(
    rf"(?:地址|地点)[:为是]?\n?[^\n]{{0,40}}?{_PLACE}|"
    r"[\u4e00-\u9fa5]{2,}(?:路|街|大道|巷|弄|道|胡同|村)[东西南北中]?(?:段)?\d+[-—]?\d*号|\d+(?:号楼|楼|室|层)|位于|设在|坐落"
)
_HOURS = re.compile(
    r"(?:办公|工作|受理|接待|服务|上班|办理|开放|接收|咨询)(?:的)?时间|(?:周|星期|礼拜)[一二三四五六日天1-7]|"
    r"(?:上午|下午|早上|夏季|冬季|夏令|冬令|工作日)[^\n。]{0,10}?\d{1,2}[:点时.]|\d{1,2}[:点]\d{2}[^\n]{0,4}?[-—–~至到]"
)
_ONLINE = re.compile(
    r"@[\w-]+\.|https?://|www\.|\.gov\.cn|公众号|网址|网站|门户|在线申请|网上申请|电子邮|电子信箱|e-?mail|邮箱|互联网联系",
    re.IGNORECASE,
)
_CLASSES = re.compile(r"分类|类别|种类|门类|分为|范围|内容包括|内容如下|公开内容|下列|以下|主要包括|目录")
_ORDER = re.compile(r"编排|编列|排列|编制体系|索引|检索|导航|目录|栏目|条目")
_WAYS = re.compile(
    r"(?:获取|公开|查阅|查询|获得|申请|受理)的?(?:方式|形式|途径|渠道|方法)|查阅|登录|登陆|提出申请|申请表|当面|邮寄|信函|"
    r"(?:网上|在线|现场|书面)申请|申请获取|通过[^。\n]{0,40}(?:公开|公布|发布)"
)


def plain(text: str) -> str:
    """``text`` in one width, without the spaces that layouts put into labels; its lines stay."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text).replace("∶", ":"))


def length(text: str) -> int:
    """How many Chinese characters a text has."""
    return len(_HAN.findall(text))


def stated(text: str) -> Mapping[str, str | None]:
    """What the law asks for, in its order → the words that state it; None where nothing does."""
    said = plain(text)
    fax, faxes = _fax(said)
    readers: Mapping[str, Callable[[str], str | None]] = {
        "政府信息的分类": _by(_CLASSES),
        "编排体系": _by(_ORDER),
        "获取方式": _by(_WAYS),
        "工作机构名称": _by(_NAME),
        "办公地址": _by(_ADDRESS),
        "办公时间": _by(_HOURS),
        "联系电话": lambda whole: _phone(whole, faxes),
        "传真号码": lambda _: fax,
        "互联网联系方式": _by(_ONLINE),
    }
    return {name: readers[name](said) for name in (*CONTENTS, *CONTACTS)}


def _by(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        found = pattern.search(text)
        return _around(text, found.start(), found.end()) if found else None

    return read


def _phone(text: str, faxes: set[int]) -> str | None:
    """A telephone number that is not a fax's alone."""
    for number in _NUMBER.finditer(text):
        if number.start() not in faxes:
            return _around(text, number.start(), number.end())
    return None


def _fax(text: str) -> tuple[str | None, set[int]]:
    """The words that state a fax number or that there is none, and where numbers begin that are a fax's alone."""
    words: str | None = None
    alone: set[int] = set()
    for label in _FAX.finditer(text):
        number = _NUMBER.search(text, label.end(), label.end() + _FAX_REACH + 16)
        between = text[label.end() : number.start()] if number else ""
        if number and len(between) <= _FAX_REACH and not _NOT_A_LABEL.search(between):
            words = words or _around(text, label.start(), number.end())
            shared = _SHARED.search(text, max(0, label.start() - 8), label.start())
            if not shared and "电话" not in between.removeprefix("电话"):
                alone.add(number.start())
            continue
        before = text[max(0, label.start() - 20) : label.start()].rstrip("(（")
        if before != text[max(0, label.start() - 20) : label.start()] and re.search(r"\d{7,8}$", before):
            words = words or _around(text, label.start(), label.end())
    if words is None and (none := _NO_FAX.search(text)):
        words = _around(text, none.start(), none.end())
    if words is None:
        for cell in _FAX_CELL.finditer(text):
            below = "\n".join(text[cell.end() :].split("\n")[1 : _CELLS + 1])
            if _NUMBER.search(below):
                return _around(text, cell.start(), cell.end()), set()
    return words, alone


def _around(text: str, start: int, end: int) -> str:
    """The words from ``start`` to ``end`` with a little of what follows on their line."""
    line_end = text.find("\n", end)
    stop = min(len(text) if line_end < 0 else line_end, max(end, start + 40))
    return text[start:stop].replace("\n", " ")


# ------------------------------------------------------------------ which guide


def rests_on(unit: UnitFacts) -> tuple[ColumnFacts, ...]:
    """The unit's guide columns."""
    return tuple(facts for facts in unit.columns.values() if facts.column.kind is ColumnKind.GUIDE)


def in_force(unit: UnitFacts, case: Case) -> Sequence[Guide] | Judgement:
    """The guides of the unit that may be its newest, read; or why none can be judged.

    One, as a rule. Of several versions those without a date may each be the newest, and so may the latest dated one:
    what is held against the unit must be true of all of them.
    """
    columns = rests_on(unit)
    if not columns:
        return not_applicable("no_column", "the unit has no guide column, which PL-01 judges")
    for column in columns:
        gap = column_seen(column, case.law, case.as_of).gap
        if gap is not None:
            word, _, words = (gap.reason or "").partition(": ")
            return not_assessable(word, f"{column.column.name}: {words}", column=column.column.id)
    named = [one for one in unit.guides if is_guide(one)]
    if not named:
        return not_assessable("no_guide", "nothing in the guide column is by its title the guide: look at it")
    own = [one for one in named if _is_of(one.title, unit.unit.name, case.city)]
    if not own:
        words = f"the guide there is by its title another body's: {named[0].title}"
        return not_assessable("whose_guide", words, url=named[0].url)
    newest = max((one.published_on for one in own if one.published_on is not None), default=dt.date.min)
    possible = [one for one in own if one.published_on in (None, newest)]
    unread = next((one for one in possible if one.text is None), None)
    if unread is not None:
        words = f"the guide is a file, or its page has not been read: {unread.title}"
        return not_assessable("unread", words, url=unread.url)
    file = next((name for one in possible for name in one.files if not _HARMLESS.search(name)), None)
    if file is not None:
        return not_assessable("attachment", f"an attachment may hold the guide: {file}", url=possible[0].url)
    return possible


def is_guide(one: Guide) -> bool:
    """Whether an item is by its title the guide; without a telling title, by what its text says of itself."""
    if _TITLED.search(one.title):
        return not _NOT_THE_GUIDE.search(one.title)
    text = one.text or ""
    return "公开" in one.title and "本指南" in text and "申请" in text


def _is_of(title: str, name: str, city: str) -> bool:
    """Whether the words before the guide's own name are the unit's, or nobody's."""
    bracketed = _IN_BRACKETS.search(title)
    if bracketed and not is_same(bracketed[1], name, city):
        return False
    body = _EDITION.sub("", _HEAD.split(unicodedata.normalize("NFKC", _EDITION.sub("", title)), maxsplit=1)[0])
    return not body or is_same(body, name, city)
