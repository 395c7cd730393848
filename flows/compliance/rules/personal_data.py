"""No identity numbers, no phone or bank numbers in bulk, no marks of secrecy stand in what is public: SE-01.

Judged on the text of articles that were read (条例 第十四条、第十五条). A number counts as a citizen's identity number
only with a valid date of birth and a valid check digit (GB 11643), as a bank card only with a valid check digit
(Luhn), and not where a label says that it is a code of an organisation. A number that is masked is not shown. What is
found is never repeated: the facts tell how many there are, and the ends of the first.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.regulation import RuleText
from storage.schema import Item

RULES = ("SE-01",)
SUBJECT = "item"
VERSION = "1"
SEARCHES = True

_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-8]\d{5}(?:18|19|20)\d{2}[01]\d[0-3]\d\d{3}[\dXx](?![0-9A-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_MOBILE = re.compile(r"(?<![0-9A-Za-z-])1[3-9]\d{9}(?![0-9A-Za-z])")
_CARD = re.compile(r"(?<![0-9A-Za-z])62\d{14,17}(?![0-9A-Za-z])")
_OF_ORGANISATION = re.compile(r"(?:信用代码|机构代码|标识码|登记号|项目代码|许可证|编号|注册号)[^\n]{0,12}$")
# 密级 stands on a line of its own on a document's face, with its star and term (GB/T 9704)
_SECRECY = re.compile(r"(?m)^\s*(?:绝密|机密|秘密)\s*★\s*(?:\d+\s*[年月]|长期)?\s*$|^\s*份号\s*[:：]?\s*\d{6}\s*$")
_PARTS = {
    "identity_numbers": "居民身份证号码",
    "phones": "手机号码",
    "bank_cards": "银行卡号",
    "secrecy_marks": "密级或份号标志",
}


class Text(RuleText):
    """How many different ones on one page count, by what they are."""

    least: dict[str, Annotated[int, Field(ge=1)]]


def judge(item: Item, _context: ItemContext, case: Case) -> Judgement:
    """Whether the text shows what must not be public."""
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    if not item.page_read:
        return not_assessable("unread", "the article has not been read")
    text = item.body_text or ""
    found = {
        "identity_numbers": sorted(set(identity_numbers(text))),
        "phones": sorted(set(_MOBILE.findall(text))),
        "bank_cards": sorted({card for card in _CARD.findall(text) if _luhn(card)}),
        "secrecy_marks": [mark.strip() for mark in _SECRECY.findall(text)],
    }
    least = case.text(Text).least
    shown = {name: numbers for name, numbers in found.items() if len(numbers) >= least.get(name, 1)}
    if not shown:
        return compliant()
    return breach(
        found=[f"{_PARTS[name]} {len(numbers)}" for name, numbers in shown.items()],
        first={name: _masked(numbers[0]) for name, numbers in shown.items()},
        least=least,
    )


def identity_numbers(text: str) -> Iterator[str]:
    """The citizens' identity numbers in ``text``: date of birth and check digit are valid, no other label is before."""
    for found in _IDENTITY.finditer(text):
        number = found.group().upper()
        if _is_born(number[6:14]) and _checks(number) and not _OF_ORGANISATION.search(text[: found.start()][-40:]):
            yield number


def _is_born(digits: str) -> bool:
    try:
        born = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return 1890 <= born.year <= 2099


def _checks(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECK[total % 11] == number[17]


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = (digit * 2 - 9 * (digit > 4) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _masked(number: str) -> str:
    return number if not number.isalnum() or len(number) < 8 else f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"
