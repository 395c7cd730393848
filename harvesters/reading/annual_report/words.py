"""What the cells of the report's tables say, as pages really write it, and which row, column or group that is.

Words decide, not places: ordinals, brackets' notes, quotes, blanks, line ends and punctuation are left out first.
Only the words that tell a row from all others of the form are asked for, so that a label that a page cuts or a
province words a little differently is still known; what could be two rows is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from harvesters.reading.annual_report.values import narrow

LONGEST: Final = 90  # characters of a label; the form's longest has 46 with its note
_SPACES: Final = re.compile(r"\s+")
_ORDINAL: Final = re.compile(
    r"^(?:\((?P<bracketed>[一二三四五六七八九十]{1,3}|\d{1,2})\)|(?P<plain>[一二三四五六七八九十]{1,3}|\d{1,2})[、.:)]|"
    r"(?P<digit>\d{1,2})(?=[\u4e00-\u9fa5]))[、.]?"
)
_NOTE: Final = re.compile(r"\([^()]{0,60}\)?")
_LONG_NOTE: Final = re.compile(r"\([^()]{61,400}\)")  # some provinces' forms explain within a row's label what counts
_LABEL_OF_NOTE: Final = 30  # characters beside such a note; the longest label that has one has 20
_MARKS: Final = re.compile(r"[^\u4e00-\u9fa5A-Za-z0-9]+")


class Label(NamedTuple):
    """A label: its ordinal ("七" of （七）, "3" of 3.), and its words without notes and marks."""

    ordinal: str
    words: str


@lru_cache(maxsize=4096)
def label(text: str) -> Label:
    """The label that a cell holds; empty words for what is too long to be one."""
    tight = _SPACES.sub("", narrow(text)) if len(text) <= 5 * LONGEST else text
    noted, notes = _LONG_NOTE.subn("", tight) if len(tight) <= 5 * LONGEST else (tight, 0)
    if len(noted) > (_LABEL_OF_NOTE if notes else LONGEST):
        return Label("", "")
    tight = noted
    found = _ORDINAL.match(tight)
    ordinal = ""
    if found:
        ordinal = found["bracketed"] or found["plain"] or found["digit"]
        tight = tight[found.end() :]
    return Label(ordinal, _MARKS.sub("", _NOTE.sub("", tight)))


# ------------------------------------------------------------------ part 三

GROUPS: Final = (
    ("results", re.compile(r"^本年度?办理结果")),
    ("refused", re.compile(r"^不予公开")),
    ("unable", re.compile(r"^无法提供")),
    ("declined", re.compile(r"^不予处理")),
    ("other", re.compile(r"^其他处理")),
)
_ROWS: Final = (
    ("new", re.compile(r"^本年(?:度)?(?:新)?(?:收|受理)(?!费)")),
    ("carried_in", re.compile(r"^(?:上|前)一?年度?结转")),
    ("carried_out", re.compile(r"^结转(?:至)?(?:下|次)一?年|^(?:尚未办结)?结转下")),
    ("granted", re.compile(r"^予以公开")),
    ("partly", re.compile(r"^部分公开")),
    ("refused_secret", re.compile(r"国家秘密")),
    ("refused_forbidden", re.compile(r"^其他法律|法规禁止公开")),
    ("refused_stability", re.compile(r"三安全")),
    ("refused_third_party", re.compile(r"第三方合法")),
    ("refused_internal", re.compile(r"内部事务")),
    ("refused_process", re.compile(r"过程性")),
    ("refused_case_file", re.compile(r"执法案卷")),
    ("refused_query", re.compile(r"行政查询")),
    ("unable_not_held", re.compile(r"不掌握")),
    ("unable_to_be_made", re.compile(r"现成信息|另行制作")),
    ("unable_unclear", re.compile(r"^补正后|内容仍不明确")),
    ("declined_petition", re.compile(r"信访举报|举报投诉")),
    ("declined_repeated", re.compile(r"^重复申请|^重复政府信息公开申请")),
    ("declined_publication", re.compile(r"公开出版")),
    ("declined_mass", re.compile(r"大量反复|正当理由大量")),
    ("declined_confirmation", re.compile(r"行政机关确认|重新出具")),
    ("other_not_corrected", re.compile(r"逾期不补正|期不补正|正当理由逾期")),
    ("other_not_paid", re.compile(r"收费通知|逾期未按收|缴纳费用")),
)
_TOTAL: Final = re.compile(r"^(?:办理结果)?(?:总计|合计|总数)$")
_OTHER: Final = re.compile(r"^其[他它](?:情形|情况)?$")


_NUMBERED: Final = re.compile(r"^\d{1,2}")


@lru_cache(maxsize=4096)
def request_row(text: str) -> str | None:
    """What a cell of table 三 names: a row, "group:…", "total?" or "other?", which its row must still prove; or None.

    A group and its row in one cell ("（三）不予公开 1.属于国家秘密") name the row.
    """
    words = label(text).words
    group = None
    for name, pattern in GROUPS:
        found = pattern.search(words)
        if found:
            rest = _NUMBERED.sub("", words[found.end() :])
            if not rest:
                return f"group:{name}"
            group, words = name, rest
    for name, pattern in _ROWS:
        if words and pattern.search(words):
            return name
    if _TOTAL.search(words):
        return {None: "total?", "results": "total"}.get(group)
    if _OTHER.search(words):
        return {None: "other?", "other": "other_other"}.get(group)
    return f"group:{group}" if group else None


_APPLICANTS: Final = (
    ("natural", re.compile(r"自然人")),
    ("business", re.compile(r"商业")),
    ("research", re.compile(r"科研")),
    ("social", re.compile(r"公益")),
    ("legal", re.compile(r"法律服务")),
    ("total", re.compile(r"总计|合计")),
    ("other", re.compile(r"^其[他它](?:组织|机构)?$")),
)
_OVER_ORGANISATIONS: Final = re.compile(r"法人[或和及]?(?:者)?其[他它]组织")
_OVER_APPLICANTS: Final = re.compile(rf"申请人情况|{_OVER_ORGANISATIONS.pattern}|本列数据\w*之和")


def is_applicant_head(text: str) -> bool:
    """Whether a cell is, or stands over, one of the columns of table 三."""
    words = label(text).words
    return bool(words) and (
        _OVER_APPLICANTS.search(words) is not None
        or (len(words) <= 8 and any(pattern.search(words) for name, pattern in _APPLICANTS if name != "other"))
    )


def is_over_organisations(text: str) -> bool:
    """Whether a cell is the common head 法人或其他组织."""
    return _OVER_ORGANISATIONS.search(label(text).words) is not None


def applicant(stack: str) -> str | None:
    """The column that the heads over it, joined from above, name; None where they name none or several."""
    words = _OVER_APPLICANTS.sub("", label(stack).words)
    found = [name for name, pattern in _APPLICANTS if pattern.search(words)]
    return found[0] if len(found) == 1 else None


# ------------------------------------------------------------------ part 二

_ACTIVE_ROWS: Final = {
    "规章": "regulations",
    "行政规范性文件": "normative",
    "规范性文件": "normative",
    "行政许可": "permits",
    "其他对外管理服务事项": "services",
    "行政处罚": "penalties",
    "行政强制": "coercion",
    "行政事业性收费": "fees",
    "政府集中采购": "procurement",
}
_ACTIVE_COLUMNS: Final = (
    ("made_new", re.compile(r"新制作")),
    ("published", re.compile(r"新公开")),
    ("in_force_open", re.compile(r"对外公开总")),
    ("made", re.compile(r"制发")),
    ("repealed", re.compile(r"废止")),
    ("in_force", re.compile(r"现行有效")),
    ("items", re.compile(r"上一?年(?:度)?项目|采购项目")),
    ("change", re.compile(r"增减|增加减少|年增$")),
    ("decisions", re.compile(r"处理决定")),
    ("amount", re.compile(r"收费金额|采购总?金额")),
)
_SAME_COLUMN: Final = {"made_new": "made", "in_force_open": "in_force"}
OLD_COLUMNS: Final = frozenset(("made_new", "published", "in_force_open", "items", "change"))
_ITEM: Final = re.compile(r"^第?二十条第?|^第二十条")


def active_row(text: str) -> str | None:
    """The row of table 二 that a cell names in full; ordinals and notes in brackets do not matter."""
    return _ACTIVE_ROWS.get(label(text).words)


def active_column(text: str) -> str | None:
    """The column of table 二 that a cell names, old names told apart ("made_new"); see ``same_column``."""
    words = label(text).words
    if not words or len(words) > 20:
        return None
    return next((name for name, pattern in _ACTIVE_COLUMNS if pattern.search(words)), None)


def same_column(name: str) -> str:
    """The name of a column as figures use it."""
    return _SAME_COLUMN.get(name, name)


def is_active_head(text: str) -> bool:
    """Whether a cell is 信息内容, or names the item of the article over a block of table 二."""
    words = label(text).words
    return words == "信息内容" or (len(words) <= 14 and _ITEM.search(words) is not None)


# ------------------------------------------------------------------ part 四

_OUTCOMES: Final = (
    ("upheld", re.compile(r"^结果维持$|^维持$")),
    ("corrected", re.compile(r"^结果纠正$|^纠正$")),
    ("other", re.compile(r"^其他结果$|^其[他它]$")),
    ("pending", re.compile(r"^尚?未审结$|^未结$")),
    ("total", re.compile(r"^(?:总计|合计|小计)$")),
)
_OVER_CASES: Final = re.compile(r"^(?:政府信息公开)?行政(?:复议|诉讼)$|未经复议|复议后")


def outcome(text: str) -> str | None:
    """The outcome that a cell of table 四 names."""
    words = label(text).words
    return next((name for name, pattern in _OUTCOMES if pattern.search(words)), None) if words else None


def is_over_case(text: str) -> bool:
    """Whether a cell is one of the heads 行政复议, 行政诉讼, 未经复议直接起诉, 复议后起诉."""
    words = label(text).words
    return 0 < len(words) <= 14 and _OVER_CASES.search(words) is not None


def case(heads: str) -> str | None:
    """The kind of case that the heads over a column or before a row, joined, name; None for none or several."""
    words = _MARKS.sub("", _SPACES.sub("", narrow(heads)))
    found = []
    if "未经复议" in words or "直接起诉" in words:
        found.append("suit_direct")
    if "复议后" in words:
        found.append("suit_after_review")
    if "行政复议" in words and "诉讼" not in words:
        found.append("review")
    return found[0] if len(found) == 1 else None


# words that only the tables have, and how many of them tell that a text is one
_ONLY_IN_TABLES: Final = {
    2: (2, ("第二十条第", "信息内容", "处理决定数量", "行政事业性收费")),
    3: (
        4,
        ("申请数量", "结转下年", "三安全一稳定", "第三方合法权益", "行政执法案卷", "公开出版物", "不掌握相关政府信息"),
    ),
    4: (3, ("结果维持", "结果纠正", "尚未审结", "未经复议直接起诉", "复议后起诉")),
}


def tables_in_text(lines: Iterable[str]) -> tuple[int, ...]:
    """The parts whose tables stand in a text as lines, however its words are cut over them."""
    whole = _SPACES.sub("", "".join(lines))
    return tuple(
        part for part, (least, told) in _ONLY_IN_TABLES.items() if sum(words in whole for words in told) >= least
    )
