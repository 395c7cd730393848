"""No identity numbers, no phone or bank numbers in bulk, no marks of secrecy stand in what is public: SE-01.

Judged on title, text and names of attachments (条例 第十四条、第十五条). A number counts as a citizen's identity number
only with a valid date of birth and a valid check digit (GB 11643), and not where it is a code of an organisation or a
permit, as a bank card only with a valid check digit (Luhn) among others that have it, under words that say so.
Telephones count in lists of persons: numbers of offices, officers and shops are there to be called. A mark of secrecy
counts on a document's face, and not in a text about such marks. What is not that sure is put before a person. A number
that is masked is not shown. What is found is never repeated: the facts tell how many there are, and the ends of the
first.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.regulation import RuleText
from storage.schema import Item

RULES = ("SE-01",)
SUBJECT = "item"
VERSION = "2"
SEARCHES = True

# the beginning of any number looked for, in any width; \d would be any script's digit, and twice as slow
_MAY_BE_NUMBER = re.compile(r"[1-8０-９][0-9０-９]{5}[0-9０-９ -]{5}")
_RUN = re.compile(
    r"[0-9][0-9 -]{9,}"
)  # what holds a number of either sort; the rest of a text need not be gone through
_WIDE = re.compile(r"[０-９Ｘｘ]")
_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])[1-8][0-9]{5}(?P<gap>[ -]?)(?:18|19|20)[0-9]{2}[01][0-9][0-3][0-9][ -]?"
    r"[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MOBILE = re.compile(r"(?<![0-9A-Za-z-])1[3-9][0-9]{9}(?![0-9A-Za-z])")
_CARD = re.compile(r"(?<![0-9A-Za-z])62[0-9]{14,17}(?![0-9A-Za-z])")
_CARD_SHARE = 0.8  # of the numbers that may be cards: project codes of 甘肃 begin with 62 too, and one in ten checks
_OF_ORGANISATION = re.compile(
    r"(?:信用代码|机构代码|标识码|登记号|项目代码|许可证|编号|注册号|证书号|证号码?|单号|流水号|备案号|合同号)[^\n]{0,12}$"
)
_NOT_A_CITIZENS = re.compile(r"身份证|身份号|公民")  # an identity card has a 证号 too
_OF_CITIZENS = re.compile(r"身份证|身份号|证件号")
_AN_EXAMPLE = re.compile(r"(?:示例|例如|如[:：]|样例|样本|例[:：]|填写说明|格式为)[^\n]{0,12}$")
_GROWN_UP = 14  # years; a date less long ago is more often a permit's than a birth
_OF_CARDS = re.compile(r"卡号|账号|帐号|银行卡|一卡通|一折通|存折|社保卡|开户")
_OF_PERSONS = re.compile(
    r"名单|花名册|名册|人员|公示|获奖|录取|录用|补贴|救助|低保|特困|补助|资助|报名|成绩|考生|面试|体检|危房|搬迁|登记表|信息表"
)
# whom the numbers in a list are there for to be called: by its title, or by the head of its column
_TO_BE_CALLED = re.compile(
    r"联系|通讯录|电话|咨询|值班|责任人|负责人|网格|[河林田路湖]长|医生|门店|药店|企业|单位|机构|服务|窗口|热线|网点|站点|"
    r"维修|农机|物业|学校|社区工作|志愿|招聘|岗位|律师|调解|专家|经办"
)
_HEADS_CALLED = re.compile(r"联系人|负责人|责任人|联系方式|咨询电话|值班|服务电话")
# 密级 stands on a line of its own on a document's face, with its star and term (GB/T 9704)
_SECRECY = re.compile(
    r"(?m)^[ \u3000]*(?:绝密|机密|秘密)[ \u3000]*★[ \u3000]*(?:\d+[ \u3000]*[年月]|长期)?[ \u3000]*$|"
    r"^[ \u3000]*份号[ \u3000]*[:：]?[ \u3000]*\d{6}[ \u3000]*$"
)
_FACE = 400  # characters at the top of a text in which a face's marks stand
_ABOUT_MARKS = re.compile(r"保密|密级|公文格式|公文处理|公文写作|格式标准|样式|试卷|试题|档案")
_INTERNAL = re.compile(
    r"(?m)^[ \u3000]*[（(【]?此件不(?:予)?公开[）)】]?[ \u3000]*$|"
    r"^[ \u3000]*[（(【]?内部(?:文件|资料|材料|使用)[，,、；; \u3000]*(?:不得|严禁|禁止|不准|请勿|注意)?(?:对外)?"
    r"(?:公开|外传|外泄|扩散|保存|翻印|转载)[）)】]?[ \u3000]*$"
)
_SIGNS = ("★", "份号", "此件不", "内部")  # what one of the marks has, to look no further where none is
_PARTS = {
    "identity_numbers": "居民身份证号码",
    "phones": "手机号码",
    "bank_cards": "银行卡号",
    "secrecy_marks": "密级或份号标志",
    "internal_marks": "不公开或内部标志",
}


class Text(RuleText):
    """How many different ones on one page count, by what they are."""

    least: dict[str, Annotated[int, Field(ge=1)]]


@dataclass
class _Found:
    """What was found of each sort: what is sure, and what a person has to see."""

    sure: dict[str, list[str]] = field(default_factory=dict)
    unsure: dict[str, list[str]] = field(default_factory=dict)

    def add(self, sort: str, numbers: set[str], least: int, *, sure: bool) -> None:
        if len(numbers) >= least:
            (self.sure if sure else self.unsure)[sort] = sorted(numbers)


def judge(item: Item, _context: ItemContext, case: Case) -> Judgement:
    """Whether the item shows what must not be public."""
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    least = case.text(Text).least
    found = _search(item, case, least)
    if found.sure:
        return breach(
            found=_counted(found.sure),
            first={name: _masked(numbers[0]) for name, numbers in found.sure.items()},
            to_be_seen=_counted(found.unsure) or None,
            least=least,
        )
    if found.unsure:
        words = f"{'、'.join(_counted(found.unsure))}: a person has to see whether these may be public"
        return not_assessable("review", words, found=_counted(found.unsure))
    if not item.page_read:
        return not_assessable("unread", "the article has not been read")
    return compliant()


def identity_numbers(text: str) -> Iterator[tuple[str, bool]]:
    """The citizens' identity numbers in ``text``, each with whether it can be nothing else.

    Date of birth and check digit are valid, and no label before it says that it is another thing's number.
    """
    labelled: bool | None = None
    for found in _in_runs(_IDENTITY, text):
        number = re.sub(r"[ -]", "", found[0]).upper()
        before = text[max(0, found.start() - 40) : found.start()]
        if not _is_born(number[6:14]) or not _checks(number) or _is_of_organisation(before):
            continue
        if labelled is None:
            labelled = _OF_CITIZENS.search(text) is not None
        sure = not _AN_EXAMPLE.search(before) and not (_is_credit_code(number) and not labelled)
        yield number, sure and (labelled or not found["gap"])


def _in_runs(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """What ``pattern`` finds in the long runs of digits of ``text``, and in the one sign behind each."""
    for run in _RUN.finditer(text):
        yield from pattern.finditer(text, run.start(), run.end() + 1)


def _search(item: Item, case: Case, least: dict[str, int]) -> _Found:
    found = _Found()
    text = "\n".join((item.title, item.body_text or "", *(file.name for file in item.attachments)))
    if _MAY_BE_NUMBER.search(text):
        _numbers(item, case, unicodedata.normalize("NFKC", text) if _WIDE.search(text) else text, least, found)
    if any(sign in text for sign in _SIGNS):
        _marks(item, least, found)
    return found


def _numbers(item: Item, case: Case, text: str, least: dict[str, int], found: _Found) -> None:
    sure: set[str] = set()
    unsure: set[str] = set()
    for number, is_sure in identity_numbers(text):
        (sure if is_sure and _is_grown_up(number, item, case, text) else unsure).add(number)
    found.add("identity_numbers", sure, least.get("identity_numbers", 1), sure=True)
    found.add("identity_numbers", unsure, least.get("identity_numbers", 1), sure=False)
    phones = {phone[0] for phone in _in_runs(_MOBILE, text)}
    if len(phones) >= least.get("phones", 1):
        of_persons = _OF_PERSONS.search(item.title) and not _TO_BE_CALLED.search(item.title)
        found.add("phones", phones, 1, sure=bool(of_persons) and not _HEADS_CALLED.search(text))
    candidates = {card[0] for card in _in_runs(_CARD, text)} - sure - unsure
    cards = {number for number in candidates if _luhn(number)}
    if cards and len(cards) >= _CARD_SHARE * len(candidates):
        found.add("bank_cards", cards, least.get("bank_cards", 1), sure=_OF_CARDS.search(text) is not None)


def _marks(item: Item, least: dict[str, int], found: _Found) -> None:
    body = item.body_text or ""
    marks = {mark[0].strip() for mark in _SECRECY.finditer(body) if mark.start() < _FACE}
    about = _ABOUT_MARKS.search(item.title) is not None
    found.add("secrecy_marks", marks, least.get("secrecy_marks", 1), sure=not about)
    internal = {mark[0].strip() for mark in _INTERNAL.finditer(body)}
    found.add("internal_marks", internal, least.get("internal_marks", 1), sure=False)


def _counted(found: dict[str, list[str]]) -> list[str]:
    return [f"{_PARTS[name]} {len(numbers)}" for name, numbers in found.items()]


def _is_of_organisation(before: str) -> bool:
    """Whether the words right before a number say that it is a code or a permit's number."""
    label = _OF_ORGANISATION.search(before)
    return label is not None and not _NOT_A_CITIZENS.search(before[max(0, label.start() - 6) :])


def _is_grown_up(number: str, item: Item, case: Case, text: str) -> bool:
    """Whether the date in a number is long enough ago for a birth, or the text says what the number is."""
    day = item.published_on or item.formed_on or case.day(item.first_seen) or case.as_of
    return int(number[6:10]) <= day.year - _GROWN_UP or _OF_CITIZENS.search(text) is not None


def _is_born(digits: str) -> bool:
    try:
        born = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return 1890 <= born.year <= 2099


def _checks(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECK[total % 11] == number[17]


def _is_credit_code(number: str) -> bool:
    """Whether a number is at the same time a valid credit code of an organisation (GB 32100)."""
    if number[0] not in "15" or number[17] not in _CREDIT_SIGNS:
        return False
    total = sum(_CREDIT_SIGNS.index(sign) * weight for sign, weight in zip(number[:17], _CREDIT_WEIGHTS, strict=True))
    return _CREDIT_SIGNS[(31 - total % 31) % 31] == number[17]


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = (digit * 2 - 9 * (digit > 4) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _masked(number: str) -> str:
    return number if not number.isalnum() or len(number) < 8 else f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"
