"""What must not be public (SE-01), and dates that contradict our looks (FK-01) or each other (TM-16), as tables."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compliance.rulebook import judge_item
from flows.compliance.rules import back_dated, personal_data, premature
from storage.schema import Attachment, VerdictKind
from tests.flows.compliance import at, case, context, item


def _luhn(number: str) -> bool:
    doubled = "".join(str(int(digit) * (1 + place % 2)) for place, digit in enumerate(reversed(number)))
    return sum(map(int, doubled)) % 10 == 0


# made numbers of a district that does not exist (629901), with their right check digits
BORN_1988 = "629901198805120019"
BORN_1975 = "62990119751130432X"
PHONES = [f"138{n:08}" for n in range(25)]
CARDS = [f"622999{n:09}" + str(check) for n in range(3) for check in range(10) if _luhn(f"622999{n:09}{check}")]


def _checked(seventeen: str) -> str:
    total = sum(
        int(d) * w for d, w in zip(seventeen, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=True)
    )
    return seventeen + "10X98765432"[total % 11]


BORN_1988 = _checked(BORN_1988[:17])
BORN_1975 = _checked(BORN_1975[:17])
WRONG_DIGIT = BORN_1988[:17] + ("1" if BORN_1988[17] != "1" else "2")

FILES = (Attachment(name=f"王小满{BORN_1988}.pdf", url="http://a.invalid/1.pdf"),)
LIST = "2026年临时救助对象名单"


def _credit_and_identity() -> str:
    """A number that is at the same time a valid identity number and a valid credit code of a body of 12…"""
    signs, weights = "0123456789", (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    for serial in range(1000):
        number = _checked(f"12990119880512{serial:03d}")
        total = sum(signs.index(sign) * weight for sign, weight in zip(number[:17], weights, strict=True))
        if number[17] == str((31 - total % 31) % 31):
            return number
    raise AssertionError


BOTH = _credit_and_identity()
PERMITS = [_checked(f"629901202305{day:02d}{serial:03d}") for day in range(1, 21) for serial in (1,)]
PROJECTS = [f"6201002023{n:08d}" for n in range(40)]  # numbers of projects in 甘肃: one in ten passes for a card

PERSONAL: list[Any] = [
    # not applicable
    pytest.param({"body_text": "名单如下。", "withdrawn_at": at("2026-06-10")}, "not_applicable", id="withdrawn"),
    # not assessable: not read
    pytest.param({"page_read": False}, "not_assessable", id="not read"),
    # compliant
    pytest.param({"body_text": None}, "compliant", id="no text"),
    pytest.param({"body_text": "咨询电话：13800000001、0936-1234567。"}, "compliant", id="a contact's phone"),
    pytest.param({"body_text": f"身份证号：{BORN_1988[:6]}********{BORN_1988[14:]}"}, "compliant", id="masked"),
    pytest.param({"body_text": f"李四 {BORN_1988[:10]}****{BORN_1988[14:]}"}, "compliant", id="masked in the middle"),
    pytest.param(
        {"body_text": f"中签人：{BORN_1988[:6]}XXXXXXXX{BORN_1988[14:]}"}, "compliant", id="masked by letters"
    ),
    pytest.param({"body_text": f"身份证号：{WRONG_DIGIT}"}, "compliant", id="wrong check digit"),
    pytest.param({"body_text": f"统一社会信用代码：{BORN_1988}"}, "compliant", id="an organisation's code"),
    pytest.param({"body_text": f"施工许可证编号：{PERMITS[0]}"}, "compliant", id="a permit's number"),
    pytest.param({"body_text": f"不动产权证号：{BORN_1975}"}, "compliant", id="another certificate's number"),
    pytest.param({"body_text": f"合同编号9{BORN_1988}7"}, "compliant", id="inside a longer number"),
    pytest.param({"body_text": f"检验报告GC{BORN_1988}"}, "compliant", id="behind letters"),
    pytest.param({"body_text": _checked("62990119881332001")}, "compliant", id="no such day"),
    pytest.param({"body_text": " ".join(PHONES[:19])}, "compliant", id="fewer phones than the bulk"),
    pytest.param(
        {"title": "青禾市各部门办公电话", "body_text": "\n".join(f"第{n}科 0999-82{n:05d}" for n in range(60))},
        "compliant",
        id="telephones of offices",
    ),
    pytest.param({"body_text": "标准为机密★级的说明"}, "compliant", id="words about secrecy"),
    pytest.param({"body_text": "图为标有机密★1年的文件封面（资料图）"}, "compliant", id="a mark in a caption"),
    pytest.param({"body_text": "高考试卷标有“绝密★启用前”。\n绝密★启用前\n语文"}, "compliant", id="an exam paper"),
    pytest.param({"body_text": "000001\n青禾市人民政府文件"}, "compliant", id="a number that no label calls a copy's"),
    pytest.param({"body_text": "内部资料不得外传的规定已经废止。"}, "compliant", id="a sentence about internal papers"),
    pytest.param({"body_text": "\n".join(f"项目代码：{number}" for number in PROJECTS)}, "compliant", id="projects"),
    # breach
    pytest.param({"body_text": f"王小满 {BORN_1988} 青禾镇"}, "breach", id="an identity number"),
    pytest.param({"body_text": f"李四（{BORN_1975.lower()}）"}, "breach", id="a check digit in small letters"),
    pytest.param({"body_text": f"公民身份号码\n{BORN_1975}"}, "breach", id="under its head"),
    pytest.param(
        {"body_text": f"身份证号码：{BORN_1988[:6]} {BORN_1988[6:14]} {BORN_1988[14:]}"}, "breach", id="in groups"
    ),
    pytest.param({"body_text": f"身份证件编号：{BORN_1988}"}, "breach", id="an identity card's number"),
    pytest.param({"body_text": "".join(chr(ord(c) + 0xFEE0) for c in BORN_1975)}, "breach", id="in full width"),
    pytest.param({"body_text": f"身份证号：{_checked('62990120150512001')}"}, "breach", id="a child's"),
    pytest.param({"body_text": "见附件。", "attachments": FILES}, "breach", id="in the name of a file"),
    pytest.param({"page_read": False, "attachments": FILES}, "breach", id="in the name of a file, the page not read"),
    pytest.param({"title": LIST, "body_text": "\n".join(PHONES)}, "breach", id="phones of persons in bulk"),
    pytest.param({"body_text": "卡号：" + "、".join(CARDS)}, "breach", id="bank cards"),
    pytest.param({"body_text": "机密★1年\n青禾市人民政府文件"}, "breach", id="a mark of secrecy"),
    pytest.param({"body_text": "份号：000001\n秘密★长期\n特急"}, "breach", id="a copy's number and a mark"),
    # not assessable: a person has to see
    pytest.param({"body_text": f"登记 {PERMITS[3]} 号"}, "not_assessable", id="a day too late for a birth"),
    pytest.param({"body_text": f"填写说明：如：{BORN_1988}"}, "not_assessable", id="an example"),
    pytest.param(
        {"body_text": f"{BORN_1988[:6]} {BORN_1988[6:14]} {BORN_1988[14:]}"}, "not_assessable", id="three numbers"
    ),
    pytest.param({"body_text": f"青禾中学 {BOTH}"}, "not_assessable", id="may be a body's code as well"),
    pytest.param({"body_text": " ".join(PHONES)}, "not_assessable", id="phones in bulk of nobody knows whom"),
    pytest.param(
        {"title": "网格员名单", "body_text": "\n".join(PHONES)},
        "not_assessable",
        id="phones that are there to be called",
    ),
    pytest.param(
        {"title": LIST, "body_text": "责任人\n" + "\n".join(PHONES)},
        "not_assessable",
        id="phones of officers in a list",
    ),
    pytest.param({"body_text": "、".join(CARDS)}, "not_assessable", id="numbers that may be cards"),
    pytest.param(
        {"title": "公文格式国家标准", "body_text": "机密★1年\n×××人民政府"}, "not_assessable", id="a text about marks"
    ),
    pytest.param({"body_text": "请示。\n（此件不予公开）"}, "not_assessable", id="marked as not to be public"),
    pytest.param({"body_text": "内部资料，不得外传\n纪要"}, "not_assessable", id="marked as internal"),
]


@pytest.mark.parametrize(("given", "kind"), PERSONAL)
def test_personal_data(given: dict[str, Any], kind: str) -> None:
    found = personal_data.judge(item(**given), context(), case("SE-01"))
    assert found.verdict.value == kind, found
    if kind == "not_assessable" and given.get("page_read", True):
        assert (found.reason or "").startswith("review: ")


def test_what_is_found_is_not_repeated() -> None:
    text = f"王小满 {BORN_1988}"
    facts = personal_data.judge(item(body_text=text), context(), case("SE-01")).facts
    assert facts["found"] == ["居民身份证号码 1"]
    assert BORN_1988 not in str(facts)
    assert facts["first"]["identity_numbers"].count("*") == 13
    unsure = personal_data.judge(item(body_text=f"如：{BORN_1988}"), context(), case("SE-01"))
    assert BORN_1988 not in str(unsure)


@given(
    st.from_regex(r"[1-6][0-9]{5}19[4-9][0-9](0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}", fullmatch=True), st.data()
)
def test_only_one_check_digit_makes_an_identity_number(seventeen: str, data: st.DataObject) -> None:
    last = data.draw(st.sampled_from("0123456789X"))
    number = seventeen + last
    found = [one for one, _ in personal_data.identity_numbers(f"身份证号 {number} 。")]
    assert found == ([number] if number == _checked(seventeen) else [])


@given(
    st.lists(
        st.sampled_from([BORN_1988, PHONES[0], CARDS[0], "★", "机密", "份号", "\n", "1", " ", "人", "年"]), max_size=60
    )
)
def test_searching_never_fails(parts: list[str]) -> None:
    text = "".join(parts)
    found = personal_data.judge(item(body_text=text, title=text or "甲"), context(), case("SE-01"))
    assert BORN_1988 not in str(found)


LOOKED = {"not_before": at("2026-06-10"), "first_seen": at("2026-06-11")}
BACK: list[Any] = [
    pytest.param({"published_on": "2026-06-01"}, "not_applicable", id="stood there at the first look"),
    pytest.param(LOOKED, "not_applicable", id="no date"),
    pytest.param({**LOOKED, "published_on": "2026-06-10"}, "compliant", id="the day of the look"),
    pytest.param({**LOOKED, "published_on": "2026-06-09"}, "compliant", id="within the tolerance"),
    pytest.param({**LOOKED, "published_on": "2026-06-08"}, "not_assessable", id="before the look: a person has to see"),
]


@pytest.mark.parametrize(("given", "kind"), BACK)
def test_back_dated(given: dict[str, Any], kind: str) -> None:
    found = back_dated.judge(item(**given), context(), case("FK-01"))
    assert found.verdict.value == kind, found
    assert found.verdict is not VerdictKind.NOT_ASSESSABLE or (found.reason or "").startswith("review: ")


PREMATURE: list[Any] = [
    pytest.param({"published_on": "2026-06-01"}, "not_applicable", id="one date only"),
    pytest.param({"published_on": "2026-06-01", "formed_on": "2026-06-01"}, "compliant", id="the same day"),
    pytest.param({"published_on": "2026-06-01", "formed_on": "2026-06-02"}, "not_assessable", id="before it is formed"),
]


@pytest.mark.parametrize(("given", "kind"), PREMATURE)
def test_premature(given: dict[str, Any], kind: str) -> None:
    assert premature.judge(item(**given), context(), case("TM-16")).verdict.value == kind


def test_a_new_item_in_order_gets_no_verdict_that_only_says_so() -> None:
    sound = item(body_text="名单如下。", published_on="2026-06-01", formed_on="2026-06-01")
    said = [one.rule for one in judge_item(sound, context(), case(), all_rules=False)]
    assert said == ["TM-01"]
    told = [one.rule for one in judge_item(item(body_text=BORN_1988), context(), case(), all_rules=False)]
    assert told == ["SE-01", "TM-01"]
