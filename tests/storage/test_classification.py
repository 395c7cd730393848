"""The national tables: themes, kinds of document, validity, form, and the core metadata of a catalogue entry."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from storage.classification import core, genres, standing, themes
from storage.classification.themes import THEMES, Theme
from storage.formats import core_record, json_item
from storage.formats.xml_text import document
from storage.schema import Category, Item, Provenance
from tests.storage import build
from tests.storage.feed import CORE_SCHEMA

SECOND = [one for one in THEMES if one.second is not None]
FIRST = [one for one in THEMES if one.second is None]

SHOWN = [
    ("综合政务\\政务公开", "02-01"),
    ("综合政务-文秘工作", "02-05"),
    ("综合政务>政务公开", "02-01"),
    ("综合政务 > 应急管理", "02-03"),
    ("综合政务　政务公开", "02-01"),
    ("综合政务->政务督查", "02-02"),
    ("综合政务／信访", "02-07"),
    ("政务公开目录>主题分类>综合政务>政务公开", "02-01"),
    ("主题分类：综合政务", "02"),
    ("综合政务类", "02"),
    ("综合政务/机关事务", "02"),  # a second level of the site's own
    ("综合政务\\其它", "02-09"),
    ("财政、金融、审计", "04"),
    ("财政金融审计", "04"),
    ("财政/金融/审计", "04"),
    ("财政，金融，审计", "04"),
    ("财政、金融、审计\\财政", "04-01"),
    ("财政", "04-01"),
    ("金融", "04"),  # a word of the first level that is none of the second
    ("交通", "07"),
    ("教育", "11-02"),
    ("货币(含外汇)", "04-04"),
    ("货币", "04-04"),
    ("工业、交通;公路", "07-07"),
    ("城乡建设、环境保护-城乡建设（含住房）", "10-02"),
    ("农业、林业、水利\\农业、畜牧业、渔业", "06-01"),
    ("国务院组织机构\\直属机构", "01-05"),
    ("科技、教育\\教育；卫生、体育\\卫生", "11-02"),  # the first of two
    ("卫生、体育；科技、教育\\教育", "13"),
    ("教育，科技", "11-02"),
    ("其他", "22"),
    ("其他\\其他", "22"),
    ("综合政务\\政务公开\\", "02-01"),
]
NOT_SHOWN = [
    *("通知公告", "政府文件", "政策法规", "机构设置\\职能", "组织机构", "直属机构", "统计/统计公报", "其他-通知"),
    *(
        "公开目录 > 卫生、体育；科技、教育\\教育",
        "安全",
        "null",
        "",
        "-",
        "青禾市教育局",
        "公文",
        "教育 青禾市教育局",
        "综合",
        "\\",
        "教育" * 41,
    ),
    "土地 综合 管理",  # 主题词, words of a vocabulary
]


@pytest.mark.parametrize(("shown", "code"), SHOWN)
def test_a_theme_in_any_spelling(shown: str, code: str) -> None:
    found = themes.read(shown)
    assert found is not None
    assert found.code == code
    assert found == themes.by_code(code)


@pytest.mark.parametrize("shown", NOT_SHOWN)
def test_what_is_no_theme(shown: str) -> None:
    assert themes.read(shown) is None


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        ("综合政务/政务公开", "02-01"),
        ("科技、教育", "11"),
        ("教育", None),
        ("政务公开", None),
        ("综合政务", None),
        ("财政/财政资金", None),
    ],
)
def test_a_theme_where_other_things_may_stand(shown: str, code: str | None) -> None:
    found = themes.read(shown, whole=True)
    assert (found.code if found else None) == code


def test_the_table_of_themes() -> None:
    assert [one.code for one in FIRST] == [f"{number:02}" for number in range(1, 23)]
    assert len({one.code for one in THEMES}) == len(THEMES)
    # two of the 22 have no 其他 as a second level, and the last has no second level at all (regulations §6.5)
    assert {one.code for one in FIRST} - {one.code[:2] for one in SECOND if one.second == "其他"} == {
        *("18", "20", "21", "22"),
    }
    assert themes.codes_below("18") == ("18", "18-01", "18-02")
    assert themes.codes_below("18-01") == ("18-01",)
    assert themes.codes_below("99") == ()
    assert Theme("02-01", "综合政务", "政务公开").name == "综合政务\\政务公开"


@given(st.sampled_from(THEMES), st.sampled_from("\\/|>＞》→-—;；:：,，·".replace("》", "〉")), st.booleans())
def test_every_theme_is_read_with_any_sign_between(one: Theme, sign: str, spaced: bool) -> None:
    between = f" {sign} " if spaced else sign
    assert themes.read(one.first if one.second is None else f"{one.first}{between}{one.second}") == one


@given(st.text(max_size=100) | st.lists(st.sampled_from([*"\\/->、 其他", *(t.first for t in FIRST)])).map("".join))
def test_whatever_is_shown_is_read_or_not(shown: str) -> None:
    found = themes.read(shown)
    assert found is None or (found in THEMES and themes.is_known(shown))


GENRES = [
    ("关于印发河道保护管理办法的通知", "通知"),
    ("青禾市人民政府办公室关于印发《河道保护管理办法》的通知（青政办发〔2026〕3号）", "通知"),
    ("青禾市人民政府关于禁止燃放烟花爆竹的通告", "通告"),
    ("市教育局、市财政局关于做好招生工作的通知", "通知"),
    ("市民政局 关于调整低保标准的通知", "通知"),
    ("中共青禾市委组织部关于干部管理的通知", "通知"),
    ("转发省政府关于防汛工作的通知", "通知"),
    ("青禾市教育局印发《招生工作方案》的通知", "通知"),
    ("关于加强消防工作的实施意见", "意见"),
    ("关于同意设立开发区的批复", "批复"),
    ("水利部关于取水许可的复函", "函"),
    ("关于修改《河道保护管理办法》的决定", "决定"),
    ("青禾市人民政府令第12号", "政府令"),
    ("青禾市人民政府令（第12号）", "政府令"),
    ("青禾市人民政府通告", "通告"),
    ("关于公开征求《河道管理办法（草案）》意见的公告", "公告"),
    # news, and titles that speak of documents
    ("市政府召开关于防汛的通报会", None),
    ("我市发布关于禁止燃放烟花爆竹的通告", None),
    ("市委召开会议学习关于改革的决定", None),
    ("市教育局印发关于做好招生工作的通知", None),
    ("市政府常务会议审议通过关于加强消防工作的意见", None),
    ("张三作关于财政预算的报告", None),
    ("关于召开政策宣讲报告会", None),
    ("《关于印发河道保护管理办法的通知》政策解读", None),
    ("一图读懂关于加强消防工作的意见", None),
    ("关于征求《河道管理办法》的意见", None),
    ("关于公布名单的公示", None),
    ("招标公告", None),
    ("青禾市河道保护管理办法", None),
    ("", None),
]


@pytest.mark.parametrize(("title", "genre"), GENRES)
def test_a_title_says_what_its_document_is_or_nothing(title: str, genre: str | None) -> None:
    assert genres.of_title(title) == genre


@pytest.mark.parametrize(
    ("shown", "genre"),
    [
        *((one, one) for one in genres.GENRES),
        ("命令(令)", "命令"),
        ("令", "命令"),
        ("体裁分类：意见", "意见"),
        ("通知类", "通知"),
        ("会议纪要", "纪要"),
        ("财政资金", None),
        ("政策文件", None),
        ("", None),
    ],
)
def test_a_label_says_what_its_document_is(shown: str, genre: str | None) -> None:
    assert genres.read(shown) == genre


@pytest.mark.parametrize(
    ("number", "genre"),
    [("青禾市人民政府令第12号", "政府令"), ("青政发〔2026〕3号", None), ("青禾市人民政府公告第3号", None)],
)
def test_the_number_of_an_order(number: str, genre: str | None) -> None:
    assert genres.of_number(number) == genre


@given(st.text(max_size=60))
def test_no_text_fails(text: str) -> None:
    assert genres.read(text) in (None, *genres.GENRES)
    assert genres.of_title(text) in (None, *genres.GENRES)
    assert standing.validity(text) in (None, *standing.VALIDITIES)
    assert standing.form(text) in (None, *standing.FORMS)


@pytest.mark.parametrize(
    ("shown", "validity"),
    [
        *((one, one) for one in standing.VALIDITIES),
        ("现行有效", "有效"),
        ("【有效】", "有效"),
        ("是", "有效"),
        ("已废止", "废止"),
        ("无效", "失效"),
        ("部分条款失效", "部分失效"),
        ("部分有效", "部分失效"),
        ("2028年12月31日", None),
        ("有效期五年", None),
        ("未知", None),
    ],
)
def test_validity_in_one_spelling(shown: str, validity: str | None) -> None:
    assert standing.validity(shown) == validity


@pytest.mark.parametrize(
    ("shown", "form"),
    [
        *((one, one) for one in standing.FORMS),
        ("主动公开、长期公开", "主动公开"),
        ("主动公开 面向社会", "主动公开"),
        ("依申请", "依申请公开"),
        ("网站公开", None),
    ],
)
def test_form_in_one_spelling(shown: str, form: str | None) -> None:
    assert standing.form(shown) == form


# ------------------------------------------------------------------ core metadata

WHOLE = build.item(
    "a",
    title="青禾市河道保护管理办法",
    url=f"{build.SITE}/a/b.pdf",
    category=Category.POLICIES,
    index_number="006299001/2026-00017",
    document_number="青禾市人民政府令第12号",
    summary="规定河道保护的职责",
    issuer="青禾市人民政府",
    formed_on=dt.date(2026, 2, 20),
    effective_on=dt.date(2026, 3, 1),
    theme="农业、林业、水利-水利",
    theme_code="06-03",
    genre="政府令",
    validity="有效",
    keywords=("河道", "保护"),
    form="主动公开",
    page_read=True,
)


def values(item: Item) -> dict[str, Any]:
    return json_item.to_json(item)


def test_fourteen_elements_and_what_cities_ask_beside_them() -> None:
    count = {need: sum(one.need is need for one in core.ELEMENTS) for need in core.Need}
    assert count == {"mandatory": 6, "conditional": 3, "optional": 5, "local": 1}
    assert {one.chinese for one in core.ELEMENTS if one.source == "V"} == {"索引号", "名称", "内容概述"}
    assert {one.key for one in core.ELEMENTS if one.law} == {"index_number", "title", "summary", "formed_on"}
    assert all(one.when for one in core.ELEMENTS if one.need is core.Need.CONDITIONAL)


@pytest.mark.parametrize(
    ("without", "missing"),
    [
        ({}, ()),
        ({"index_number": None}, ("index_number",)),
        ({"formed_on": None, "theme": None}, ("formed_on", "theme")),
        ({"issuer": None}, ("publisher",)),
        ({"issuer": None, "publisher": "青禾市水务局"}, ()),  # either of the two bodies a page names
        ({"effective_on": None}, ("effective_on",)),
        ({"effective_on": None, "genre": "通知", "document_number": "青政发〔2026〕3号"}, ()),  # not due of it
        ({"effective_on": None, "genre": "通知", "document_number": "青政规〔2026〕3号"}, ("effective_on",)),
        ({"document_number": None, "genre": "通知"}, ("document_number",)),
        ({"document_number": None, "genre": "通知", "category": Category.ACTIVITY}, ()),
        ({"document_number": None, "genre": None}, ()),
        ({"validity": "废止"}, ("repealed_on",)),
        ({"validity": "废止", "repealed_on": dt.date(2027, 1, 1)}, ()),
        ({"summary": None, "keywords": (), "form": None}, ()),  # may be left out
        ({"index_number": None, "page_read": False}, ()),  # nothing is known of a page that was not read
    ],
)
def test_what_an_item_lacks(without: dict[str, Any], missing: tuple[str, ...]) -> None:
    assert core.missing(values(replace(WHOLE, **without))) == missing


def record(item: Item) -> Any:
    root = etree.fromstring(document(core_record.to_xml(values(item), "http://h.invalid/zfxxgk.xsd")))
    CORE_SCHEMA.assertValid(root)
    return root


def said(item: Item) -> list[tuple[str, str]]:
    return [(etree.QName(one).localname, one.text) for one in record(item)]


def test_the_record_in_chinese_elements() -> None:
    assert said(WHOLE) == [
        ("索引号", "006299001/2026-00017"),
        ("名称", "青禾市河道保护管理办法"),
        ("内容概述", "规定河道保护的职责"),
        ("生成日期", "2026-02-20"),
        ("发布机构", "青禾市人民政府"),
        ("主题分类", "农业、林业、水利\\水利"),
        ("体裁分类", "政府令"),
        ("文号", "青禾市人民政府令第12号"),
        ("生效日期", "2026-03-01"),
        ("关键词", "河道"),
        ("关键词", "保护"),
        ("公开方式", "主动公开"),
        ("信息格式", "PDF"),
        ("语种", "zh"),
        ("在线链接地址", f"{build.SITE}/a/b.pdf"),
    ]
    assert record(WHOLE).find("{*}主题分类").get("代码") == "06-03"


def test_the_record_leaves_out_what_is_not_stated_and_invents_nothing() -> None:
    assert [name for name, _ in said(build.item(1))] == ["名称", "信息格式", "语种", "在线链接地址"]
    unknown = record(replace(WHOLE, theme="通知公告", theme_code=None)).find("{*}主题分类")
    assert (unknown.text, unknown.get("代码")) == ("通知公告", None)


@given(st.text(min_size=1, max_size=30), st.none() | st.dates(), st.lists(st.text(min_size=1, max_size=9), max_size=3))
def test_any_item_is_a_valid_record(text: str, day: dt.date | None, words: list[str]) -> None:
    item = replace(WHOLE, title=text, theme=text, theme_code=None, formed_on=day, keywords=tuple(words), genre=text)
    record(item)


def test_every_element_of_the_schema_is_explained_in_both_languages_and_in_the_order_of_the_table() -> None:
    schema = etree.fromstring(core_record.schema())
    xs = "{http://www.w3.org/2001/XMLSchema}"
    elements = list(schema.find(f"{xs}complexType").iter(f"{xs}element"))
    assert [one.get("name") for one in elements] == [one.chinese for one in core.ELEMENTS]
    for one, element in zip(core.ELEMENTS, elements, strict=True):
        told = [doc.text for doc in element.iter(f"{xs}documentation")]
        assert len(told) == 2
        assert core.NEEDS[one.need] in told[0]
        assert ("原文" in told[0]) == (one.source == "V")


def test_provenance_of_what_was_read_from_a_title() -> None:
    one = Provenance(origin="title", raw="关于第1项工作的通知", confidence=0.6)
    item = build.item(1, genre="通知", provenance={"genre": one})
    assert json_item.from_json(json_item.to_json(item)).provenance["genre"] == one
