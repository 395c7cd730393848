"""Wordings that can never be right (WD-01): each is found, is right in its exceptions, and a city may have its own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compliance.regimes import load
from flows.compliance.regulation import RegulationError
from flows.compliance.rules import wording
from storage.schema import VerdictKind
from tests.flows.compliance import LAW, at, case, context, item

TEXT = LAW.text("WD-01", wording.Text)
TERMS = TEXT.terms
SOUND = (
    "中华人民共和国第十四届全国人民代表大会常务委员会、最高人民检察院、国家监察委员会、中国人民政治协商会议第十四届全国委员会、"
    "国家发展和改革委员会、中共中央办公厅、新疆维吾尔自治区、内蒙古自治区、宁夏回族自治区、西藏自治区。深入学习贯彻习近平新时代中国特色"
    "社会主义思想，全面贯彻党的二十届三中全会精神，习近平总书记指出，不忘初心、牢记使命，打赢脱贫攻坚战，向第二个一百年奋斗目标进军，"
    "推进供给侧结构性改革，绿水青山就是金山银山，构建人类命运共同体，践行社会主义核心价值观，“四个全面”战略布局。根据《中华人民共和国"
    "政府信息公开条例》（国务院令第711号）、《中华人民共和国招标投标法》等中华人民共和国招投标法律法规，一如既往，再接再厉，统一部署。"
)
AFTER = dt.date(2026, 6, 1)


def found(text: str, written_on: dt.date | None = AFTER) -> list[str]:
    return [wrong for wrong, _ in wording.wrong_words(text, TEXT, written_on)]


def test_right_wordings_are_right() -> None:
    assert found(SOUND) == []


def test_there_are_enough_terms_each_with_its_source() -> None:
    assert 30 <= len(TERMS) <= 80
    for wrong, term in TERMS.items():
        assert term.source
        assert wrong != term.right


@pytest.mark.parametrize("wrong", TERMS)
def test_every_term_is_found_in_a_sentence(wrong: str) -> None:
    assert wrong in found(f"会议要求，{wrong}，各单位遵照执行。")
    assert wrong in found(wrong)
    assert found(f"会议要求，{TERMS[wrong].right}，各单位遵照执行。") == []


EXCEPTIONS = [(wrong, one) for wrong, term in TERMS.items() for one in term.not_in]


@pytest.mark.parametrize(("wrong", "one"), EXCEPTIONS)
def test_every_exception_is_right_and_the_term_beside_it_still_wrong(wrong: str, one: str) -> None:
    assert found(f"有关{one}的工作。") == []
    assert found(f"有关{one}的工作和{wrong}。") == [wrong]


SPOKEN = "脱贫攻艰"


@pytest.mark.parametrize(
    "text",
    [
        f"“{SPOKEN}”应为“脱贫攻坚”。",
        f"某网站将“脱贫攻坚”误写为“{SPOKEN}”，已责令整改。",
        f"更正：上文“{SPOKEN}”有误。",
        f"发现错别字：{SPOKEN}",
    ],
)
def test_a_text_that_speaks_of_mistakes_makes_none(text: str) -> None:
    assert found(text) == []
    assert found(f"{'。' * 100}{text}{'，' * 100}打赢{SPOKEN}战") == [SPOKEN]


SINCE = [(wrong, term.since) for wrong, term in TERMS.items() if term.since is not None]


@pytest.mark.parametrize(("wrong", "since"), SINCE)
def test_a_wording_that_was_right_once(wrong: str, since: dt.date) -> None:
    assert found(wrong, since) == [wrong]
    assert found(wrong, since - dt.timedelta(days=1)) == []
    assert found(wrong, None) == []


@given(st.lists(st.sampled_from([*TERMS, *(one for _, one in EXCEPTIONS), SOUND[:40], "，", "\n"]), max_size=12))
def test_nothing_but_terms_is_found_and_each_where_it_stands(parts: list[str]) -> None:
    text = "".join(parts)
    for wrong, place in wording.wrong_words(text, TEXT, AFTER):
        assert text[place : place + len(wrong)] == wrong
        assert TERMS[wrong].enabled


@given(
    st.sets(st.text("甲乙丙(.*", min_size=3, max_size=6), min_size=1, max_size=12), st.text("甲乙丙(.*", max_size=60)
)
def test_all_terms_at_once_find_what_each_alone_would(words: set[str], text: str) -> None:
    """Terms are literal words, whatever signs they hold."""
    entry = TEXT.model_dump() | {
        "terms": {word: {"right": "丁", "source": "x", "confidence": "local"} for word in words}
    }
    made = wording.Text.model_validate(entry)
    assert made.any_of is not None
    first = made.any_of.search(text)
    places = [text.find(word) for word in words if word in text]
    assert (first is None) == (not places)
    if first is not None:
        assert first.start() == min(places)
        assert first[0] == max((word for word in words if text.startswith(word, first.start())), key=len)


CASES: list[Any] = [
    pytest.param({"body_text": SPOKEN, "withdrawn_at": at("2026-06-10")}, "not_applicable", id="withdrawn"),
    pytest.param({"body_text": SPOKEN, "page_read": False}, "not_assessable", id="not read"),
    pytest.param({"body_text": SOUND}, "compliant", id="sound"),
    pytest.param({"body_text": None}, "compliant", id="no text"),
    pytest.param({"body_text": "。" * 100_000 + SPOKEN}, "compliant", id="beyond what is read"),
    pytest.param({"body_text": f"打赢{SPOKEN}战"}, "breach", id="in the text"),
    pytest.param({"title": f"关于{SPOKEN}的通知", "body_text": SOUND}, "breach", id="in the title"),
]


@pytest.mark.parametrize(("given", "kind"), CASES)
def test_wording(given: dict[str, Any], kind: str) -> None:
    assert wording.judge(item(**given), context(), case("WD-01")).verdict.value == kind


def test_what_is_told_shows_the_place_and_the_right_form() -> None:
    facts = wording.judge(item(body_text=f"全市{SPOKEN}工作，{SPOKEN}成果。"), context(), case("WD-01")).facts
    (told,) = facts["found"]
    assert (told["wrong"], told["right"], told["times"]) == (SPOKEN, "脱贫攻坚", 2)
    assert SPOKEN in told["shown"]


OWN = """
rules:
  WD-01:
    terms:
      清禾市: {right: 青禾市, source: 本市名称, confidence: local, not_in: [冰清禾市场]}
      脱贫攻艰: {enabled: false}
"""


def test_a_city_adds_and_takes_away_terms(tmp_path: Path) -> None:
    path = tmp_path / "629900.yml"
    path.write_text(OWN, encoding="utf-8")
    own = case("WD-01", law=load(path))
    assert own.law.digest != LAW.digest, "what was judged before is judged again"
    assert wording.judge(item(body_text=SPOKEN), context(), own).verdict is VerdictKind.COMPLIANT
    assert wording.judge(item(body_text="冰清禾市场"), context(), own).verdict is VerdictKind.COMPLIANT
    facts = wording.judge(item(body_text="清禾市人民政府，穿流不息"), context(), own).facts
    assert [told["wrong"] for told in facts["found"]] == ["清禾市", "穿流不息"]


@pytest.mark.parametrize(
    "terms",
    [
        "{错: {right: 对, source: x, confidence: local}}",
        "{错词语: {right: 对词语, confidence: local}}",
        "{错词语: {right: 对词语, source: x, confidence: sure}}",
        "{错词语: {right: 对词语, source: x, confidence: local, not_in: [别的词]}}",
        "{错词语: {right: 这错词语, source: x, confidence: local}}",
        "{错词语: {right: 对词语, source: x, confidence: local, pattern: a.*b}}",
    ],
    ids=[
        "too short",
        "no source",
        "unknown confidence",
        "an exception without it",
        "held by its right form",
        "a pattern",
    ],
)
def test_a_term_that_is_not_understood_is_an_error(terms: str, tmp_path: Path) -> None:
    path = tmp_path / "629900.yml"
    path.write_text(f"rules: {{WD-01: {{terms: {terms}}}}}", encoding="utf-8")
    with pytest.raises(RegulationError, match=r"WD-01"):
        load(path)
