# ruff: noqa: E501 -- lines of guides are kept whole
"""The guide to disclosure: what its text states in the many ways guides put it (GD-01), and on which law it rests (GD-02)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compliance import guide
from flows.compliance.facts import Guide, UnitFacts
from flows.compliance.rulebook import judge_unit
from flows.compliance.rules import guide_content, guide_current
from tests.flows.compliance import TODAY, case, column, evidence, facts, looks, unit, unit_facts

HEAD = (
    "为方便公民、法人和其他组织依法获取青禾市教育局的政府信息，根据《中华人民共和国政府信息公开条例》（国务院令第711号），编制本指南。需要获得本机关政府信息公开服务的，建议阅读本指南。",
    "本机关未依法履行政府信息公开义务的，公民、法人或者其他组织可以向政府信息公开工作主管部门反映，主管部门查证属实的，应当督促整改或者通报批评。",
    "收到申请后能够当场答复的，应当当场予以答复；不能当场答复的，自收到申请之日起二十个工作日内予以答复；延长答复的，最长不超过二十个工作日。",
)
FIELDS: dict[str, str] = {
    "政府信息的分类": "一、信息的分类。本机关的政府信息分为机构职能、政策文件、规划计划、业务工作、财政信息五类。",
    "编排体系": "二、编排体系。每条信息按序号、名称、生成日期编排。",
    "获取方式": "三、获取方式。公众可以到本机关当面查阅。",
    "工作机构名称": "四、工作机构：青禾市教育局办公室",
    "办公地址": "办公地址：青禾市禾中路8号",
    "办公时间": "办公时间：工作日8:30至12:00，14:30至17:30",
    "联系电话": "联系电话：0999-2001001",
    "传真号码": "传真号码：0999-2001002",
    "互联网联系方式": "电子邮箱：jyj@qinghe.invalid",
}
FULL = "\n".join((*HEAD, *FIELDS.values()))


def without(*names: str, **instead: str) -> str:
    """The whole guide, some of its fields left out or put otherwise."""
    lines = {name: line for name, line in {**FIELDS, **instead}.items() if name not in names}
    return "\n".join((*HEAD, *lines.values()))


def missing(text: str) -> list[str]:
    return [name for name, words in guide.stated(text).items() if words is None]


def test_a_guide_that_states_everything() -> None:
    assert missing(FULL) == []


# 分类 and 编排 are said in so many ways that a line on either often says the other too
@pytest.mark.parametrize("name", [name for name in FIELDS if name != "政府信息的分类"])
def test_what_is_left_out_is_missing_and_nothing_else(name: str) -> None:
    assert missing(without(name)) == [name]


WAYS: list[tuple[str, str]] = [
    ("办公地址", "地　址：青禾市禾中路8号市政府大楼"),
    ("办公地址", "详细地址：青禾市田禾区禾中北路"),
    ("办公地址", "通信地址：青禾市教育局，青禾市禾中路"),
    ("办公地址", "受理地点：市政务服务中心二楼公开窗口"),
    ("办公地址", "办公地点 青禾市政府1号楼305室"),
    ("办公地址", "办公地址\n青禾市禾中路8号"),
    ("办公地址", "本局位于禾中路与禾西路交叉口"),
    ("办公地址", "（青禾市禾中路8号，邮编：629900）"),
    ("办公时间", "工作时间：周一至周五（法定节假日除外）"),
    ("办公时间", "受理时间:上午8:30-11:30，下午13:30-17:00"),
    ("办公时间", "星期一至星期五上午8∶30～12∶00，下午14∶30～17∶30（节假日、公休日除外）"),
    ("办公时间", "夏季：上午08：30—11：30　下午14：00—17：00"),
    ("办公时间", "办 公 时 间：法定工作日"),
    ("办公时间", "接待时间\n工作日上午9点"),
    ("联系电话", "电话：（0999）2001001"),
    ("联系电话", "咨询电话：0999—2001001"),
    ("联系电话", "联 系 电 话： 0999 - 2001001"),
    ("联系电话", "联系方式：2001001、2001003"),
    ("联系电话", "联系人：王某某 13800000001"),
    ("联系电话", "服务热线：12345"),
    ("联系电话", "Tel: 0999-2001001"),
    ("联系电话", "联系电话\n０９９９－２００１００１"),
    ("传真号码", "传　真：0999-2001002"),
    ("传真号码", "传真电话:(0999)2001002"),
    ("传真号码", "电话/传真：0999-2001001"),
    ("传真号码", "联系电话（传真）：0999-2001001"),
    ("传真号码", "电话及传真：0999-2001001"),
    ("传真号码", "电话：0999-2001001，0999-2001002（传真）"),
    ("传真号码", "Fax：0999-2001002"),
    ("传真号码", "图文传真 0999－2001002"),
    ("传真号码", "传真号码：无"),
    ("传真号码", "传真：同上"),
    ("传真号码", "本机关未设传真。"),
    ("传真号码", "联系电话\n传真\n邮政编码\n0999-2001001\n0999-2001002\n629900"),
    ("互联网联系方式", "网址：http://jyj.qinghe.invalid/"),
    ("互联网联系方式", "电子信箱：jyj＠qinghe.invalid"),
    ("互联网联系方式", "申请人可以在www.qinghe.invalid填写申请"),
    ("互联网联系方式", "微信公众号：青禾教育"),
    ("互联网联系方式", "通过网上申请提出"),
    ("工作机构名称", "受理机构：青禾市教育局政务公开科"),
    ("工作机构名称", "机构名称\n青禾市教育局"),
    ("工作机构名称", "由局政策法规科负责受理"),
    ("获取方式", "（二）公开形式　本机关通过报刊公开政府信息"),
    ("获取方式", "申请渠道：寄送书面材料"),
    ("获取方式", "可以向本机关提出申请"),
    ("获取方式", "登录市政府网查找"),
    ("编排体系", "目录主页按分类导航区、检索区编排设计"),
    ("编排体系", "政府信息目录含序号、信息名称、公开形式、生成日期"),
    ("政府信息的分类", "主动公开下列信息：领导简介、部门文件、工作动态"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "line"), WAYS)
def test_the_ways_in_which_guides_put_it(name: str, line: str) -> None:
    assert name not in missing(without(name, **{f"{name} otherwise": line})), line


NOT_SAID: list[tuple[str, str]] = [
    ("传真号码", "申请人可以通过信函、传真、电子邮件等方式提出申请。监督电话：0999-2001009"),
    ("传真号码", "申请表\n联系电话\n传真\n通信地址\n邮政编码\n申请人签名\n申请时间 年 月 日"),
    ("传真号码", "通过传真方式申请的，请注明“政府信息公开申请”的字样。电话：0999-2001009"),
    ("联系电话", "申请表\n联系电话\n通信地址\n邮政编码\n629900"),
    ("联系电话", "邮政编码：629900，依据国办发〔2019〕61号"),
    ("办公时间", "自收到申请之日起20个工作日内予以答复"),
    ("办公地址", "网站地址：http://jyj.qinghe.invalid/"),
    ("办公地址", "申请表\n通信地址\n邮政编码"),
]


@pytest.mark.parametrize(("name", "line"), NOT_SAID)
def test_words_that_only_look_like_it(name: str, line: str) -> None:
    assert name in missing(without(name, **{f"{name} otherwise": line})), line


def test_a_number_that_is_only_a_fax_is_no_telephone() -> None:
    assert missing(without("联系电话")) == ["联系电话"]
    assert missing(without("传真号码", 联系电话="联系电话：0999-2001001")) == ["传真号码"]


@given(st.text(max_size=400))
def test_reading_never_fails(text: str) -> None:
    assert set(guide.stated(text)) == set(FIELDS)


@given(
    st.sampled_from([name for name in FIELDS if name != "政府信息的分类"]),
    st.sampled_from([" ", "　", "\xa0", "\u200b"]),
)
def test_spaces_between_characters_change_nothing(name: str, space: str) -> None:
    spaced = "\n".join(
        space.join(line) if line.isascii() is False and "@" not in line and not any(c.isdigit() for c in line) else line
        for line in without(name).split("\n")
    )
    assert missing(spaced) == [name]


@given(
    st.permutations(list(FIELDS)),
    st.sets(st.sampled_from(["联系电话", "传真号码", "办公时间", "办公地址"]), max_size=3),
)
def test_the_order_of_lines_changes_nothing(order: list[str], left_out: set[str]) -> None:
    text = "\n".join((*HEAD, *(FIELDS[name] for name in order if name not in left_out)))
    assert set(missing(text)) == left_out


# ------------------------------------------------------------------ judged


def guide_of(
    text: str | None = FULL, day: str | None = "2024-03-01", title: str = "青禾市教育局政府信息公开指南", **given: Any
) -> Guide:
    known: dict[str, Any] = {"url": f"http://a.invalid/zn/{day}.html", "column": "zn", "item": "i" * 20}
    on = dt.date.fromisoformat(day) if day else None
    return Guide(**{"title": title, "text": text, "published_on": on, "evidence": evidence(), **known, **given})


def of(*guides: Guide, outcome: str = "ok", **given: Any) -> UnitFacts:
    col = column("guide", "zn")
    owner = unit(col)
    known = replace(facts("guide", of=owner, looks=looks(outcome), **given), column=col)
    return unit_facts(owner, columns={"zn": known}, guides=guides)


OLD = FULL.replace("国务院令第711号", "国务院令第492号")
CONTENT: list[Any] = [
    # not applicable
    pytest.param(unit_facts(unit()), "not_applicable", "no_column", id="no guide column"),
    # compliant
    pytest.param(of(guide_of()), "compliant", None, id="states all"),
    pytest.param(of(guide_of(files=("1.政府信息公开指南.doc",))), "not_assessable", "attachment", id="a file that may be newer"),
    pytest.param(of(guide_of(files=("政府信息公开申请表.doc", "申请流程图.jpg"))), "compliant", None, id="forms for applicants"),
    pytest.param(of(guide_of(without("传真号码"), "2020-01-01"), guide_of()), "compliant", None, id="only the old version lacks it"),
    pytest.param(of(guide_of(without("传真号码"), None), guide_of()), "compliant", None, id="an undated version may be the older"),
    pytest.param(of(guide_of(title="政府信息公开指南（2024年版）")), "compliant", None, id="names nobody"),
    pytest.param(of(guide_of(title="关于印发《青禾市教育局政府信息公开指南》的通知")), "compliant", None, id="issued by a notice"),
    pytest.param(of(guide_of(title="政府信息公开")), "compliant", None, id="a guide by its text"),
    # breach
    pytest.param(of(guide_of(without("传真号码"))), "breach", ["传真号码"], id="no fax"),
    pytest.param(of(guide_of(without("办公时间", "获取方式"))), "breach", ["获取方式", "办公时间"], id="two missing"),
    pytest.param(of(guide_of(without("联系电话")), guide_of(day="2020-01-01")), "breach", ["联系电话"], id="the newest lacks it"),
    pytest.param(of(guide_of(without("传真号码"), None), guide_of(without("传真号码", "联系电话"))), "breach", ["传真号码"], id="all that may be newest"),
    pytest.param(of(guide_of(without("传真号码")), guide_of("受理、登记、办理、答复。", title="政府信息公开申请流程图", day="2025-01-01")), "breach", ["传真号码"], id="other things in the column"),
    # not assessable
    pytest.param(of(), "not_assessable", "no_guide", id="nothing there"),
    pytest.param(of(guide_of(title="市教育局召开工作会议", text="会议强调，要做好公开工作。")), "not_assessable", "no_guide", id="news"),
    pytest.param(of(guide_of(title="青禾市财政局政府信息公开指南")), "not_assessable", "whose_guide", id="another body's"),
    pytest.param(of(guide_of(title="政府信息公开指南（市财政局）")), "not_assessable", "whose_guide", id="another body's, in brackets"),
    pytest.param(of(guide_of(None)), "not_assessable", "unread", id="a file or not read"),
    pytest.param(of(guide_of(None, "2025-01-01"), guide_of(without("传真号码"))), "not_assessable", "unread", id="the newest was not read"),
    pytest.param(of(guide_of("青禾市教育局政府信息公开指南见下图，欢迎申请公开。")), "not_assessable", "short_text", id="a picture"),
    pytest.param(of(guide_of(without(*guide.CONTACTS))), "not_assessable", "not_whole", id="no contact at all"),
    pytest.param(of(guide_of(without("传真号码")), outcome="blocked"), "not_assessable", "blocked", id="blocked"),
]  # fmt: skip


@pytest.mark.parametrize(("given_", "kind", "detail"), CONTENT)
def test_guide_content(given_: UnitFacts, kind: str, detail: Any) -> None:
    found = guide_content.judge(given_, case("GD-01"))
    said = found.facts["missing"] if kind == "breach" else found.reason and found.reason.split(":")[0]
    assert (found.verdict.value, said) == (kind, detail), found
    if kind == "breach":
        assert found.evidence
        assert found.facts["stated"]["互联网联系方式"] == "电子邮箱:jyj@qinghe.invalid"


CURRENT: list[Any] = [
    pytest.param(unit_facts(unit()), "not_applicable", id="no guide column"),
    pytest.param(of(guide_of()), "compliant", id="the new law"),
    pytest.param(of(guide_of(FULL.replace("（国务院令第711号）", ""))), "compliant", id="names neither"),
    pytest.param(of(guide_of(FULL.replace("国务院令第711号", "国务院令第492号公布，国务院令第711号修订"))), "compliant", id="names both"),
    pytest.param(of(guide_of(FULL.replace("（国务院令第711号）", "（2019年修订，国务院令第492号）"))), "compliant", id="as revised"),
    pytest.param(of(guide_of(FULL + "本机关自2008年5月1日起正式受理申请。")), "compliant", id="a day that is no citation"),
    pytest.param(of(guide_of(OLD, "2017-01-01"), guide_of()), "compliant", id="an old version"),
    pytest.param(of(guide_of(OLD)), "breach", id="the old law"),
    pytest.param(of(guide_of(OLD.replace("国务院令第492号", "国务院令 第 492 号"))), "breach", id="with spaces"),
    pytest.param(of(guide_of(OLD.replace("国务院令第492号", "国务院第492号令"))), "breach", id="the number before"),
    pytest.param(of(guide_of(FULL.replace("（国务院令第711号）", "（2008年5月1日起施行）"))), "breach", id="by its day"),
    pytest.param(of(guide_of(OLD + "本指南将及时修订。")), "breach", id="a promise to revise"),
    pytest.param(of(guide_of(OLD, "2017-01-01")), "breach", id="published before the new law, and still there"),
    pytest.param(of(guide_of(OLD, files=("公开指南.pdf",))), "not_assessable", id="a file that may be newer"),
    pytest.param(of(guide_of(OLD), outcome="unreachable"), "not_assessable", id="unreachable"),
    pytest.param(of(guide_of(None)), "not_assessable", id="not read"),
]  # fmt: skip


@pytest.mark.parametrize(("given_", "kind"), CURRENT)
def test_guide_current(given_: UnitFacts, kind: str) -> None:
    found = guide_current.judge(given_, case("GD-02"))
    assert found.verdict.value == kind, found
    if kind == "breach":
        assert "492" in found.facts["cites"] or "2008年" in found.facts["cites"]


def test_signs_of_the_old_law_stand_beside_the_finding() -> None:
    text = OLD + "\n自收到申请之日起15个工作日内予以答复。检索费每件5元。"
    facts_ = guide_current.judge(of(guide_of(text)), case("GD-02")).facts
    assert facts_["signs"] == ["答复期限仍为15个工作日", "仍列检索费、复制费、邮寄费"]


def test_a_guides_verdicts_stand_on_its_column_with_its_page() -> None:
    told = {one.rule: one for one in judge_unit(of(guide_of(without("传真号码"))), case())}
    assert told["GD-01"].verdict.value == "breach"
    assert (told["GD-01"].column, told["GD-01"].item, told["GD-01"].severity) == ("zn", None, "yellow")
    assert [page.captured_at.date() for page in told["GD-01"].evidence] == [TODAY]
    assert told["GD-02"].verdict.value == "compliant"
