"""What must not be public (SE-01), and dates that contradict our looks (FK-01) or each other (TM-16), as tables."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compliance.rulebook import judge_item
from flows.compliance.rules import back_dated, personal_data, premature
from storage.schema import VerdictKind
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

PERSONAL: list[Any] = [
    pytest.param({"body_text": "名单如下。", "withdrawn_at": at("2026-06-10")}, "not_applicable", id="withdrawn"),
    pytest.param({"page_read": False}, "not_assessable", id="not read"),
    pytest.param({"body_text": None}, "compliant", id="no text"),
    pytest.param({"body_text": "咨询电话：13800000001、0936-1234567。"}, "compliant", id="a contact's phone"),
    pytest.param({"body_text": f"身份证号：{BORN_1988[:6]}********{BORN_1988[14:]}"}, "compliant", id="masked"),
    pytest.param({"body_text": f"身份证号：{WRONG_DIGIT}"}, "compliant", id="wrong check digit"),
    pytest.param({"body_text": f"统一社会信用代码：{BORN_1988}"}, "compliant", id="an organisation's code"),
    pytest.param({"body_text": f"合同编号9{BORN_1988}7"}, "compliant", id="inside a longer number"),
    pytest.param({"body_text": _checked("62990119881332001")}, "compliant", id="no such day"),
    pytest.param({"body_text": " ".join(PHONES[:19])}, "compliant", id="fewer phones than the bulk"),
    pytest.param({"body_text": "标准为机密★级的说明"}, "compliant", id="words about secrecy"),
    pytest.param({"body_text": f"王小满 {BORN_1988} 青禾镇"}, "breach", id="an identity number"),
    pytest.param({"body_text": f"李四（{BORN_1975.lower()}）"}, "breach", id="a check digit in small letters"),
    pytest.param({"body_text": " ".join(PHONES)}, "breach", id="phones in bulk"),
    pytest.param({"body_text": "、".join(CARDS)}, "breach", id="bank cards"),
    pytest.param({"body_text": "机密★1年\n青禾市人民政府文件"}, "breach", id="a mark of secrecy"),
]


@pytest.mark.parametrize(("given", "kind"), PERSONAL)
def test_personal_data(given: dict[str, Any], kind: str) -> None:
    found = personal_data.judge(item(**given), context(), case("SE-01"))
    assert found.verdict.value == kind, found


def test_what_is_found_is_not_repeated() -> None:
    text = f"王小满 {BORN_1988}"
    facts = personal_data.judge(item(body_text=text), context(), case("SE-01")).facts
    assert facts["found"] == ["居民身份证号码 1"]
    assert BORN_1988 not in str(facts)
    assert facts["first"]["identity_numbers"].count("*") == 13


@given(st.from_regex(r"[1-6]\d{5}19[4-9]\d(0[1-9]|1[0-2])(0[1-9]|1\d|2[0-8])\d{3}", fullmatch=True), st.data())
def test_only_one_check_digit_makes_an_identity_number(seventeen: str, data: st.DataObject) -> None:
    last = data.draw(st.sampled_from("0123456789X"))
    number = seventeen + last
    assert list(personal_data.identity_numbers(f"号码 {number} 。")) == (
        [number] if number == _checked(seventeen) else []
    )


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
