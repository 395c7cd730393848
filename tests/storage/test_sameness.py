"""Which pairs of items of two units are one document, which are near, and which have nothing to do with each other."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.catalogue.fingerprint import Text, bands, likeness, only_adds, plain
from storage.catalogue.identity import document_key, index_key
from storage.catalogue.naming import Bodies, title_of
from storage.catalogue.sameness import Document, Sameness, judge

UNITS = {
    "zfb": "青禾市人民政府办公室",
    "jyj": "青禾市教育局",
    "mzj": "青禾市民政局",
    "fgw": "青禾市发展和改革委员会",
    "thq": "田禾区人民政府",
    "yhq": "云河区人民政府",
}
BODIES = Bodies("青禾市", UNITS)

MEASURES = (
    "为深入贯彻落实国务院关于优化营商环境的决策部署，进一步激发市场主体活力，结合我市实际，制定以下措施。"
    "一、压缩企业开办时间。推行企业开办全程网上办理，将企业设立登记、公章刻制、申领发票、社保登记等环节压缩至1个工作日内完成。"
    "二、简化工程建设项目审批。对社会投资的小型低风险项目，从立项到竣工验收全流程审批时间控制在20个工作日以内。"
    "三、提升获得电力水平。低压用户办电时间压缩至5个工作日，对160千瓦及以下的小微企业实行零投资接电。"
    "四、加强信用监管。依托市公共信用信息平台，归集各类信用信息3.6亿条，对守信主体减少检查频次，对失信主体依法实施惩戒。"
    "五、强化组织保障。各县区人民政府、市直各部门要明确责任人，于每季度末向市发展改革委报送工作进展情况。"
)
NOTICE = (
    "各县（市、区）民政局，各直属单位：根据国务院办公厅通知精神，现将2026年国庆节放假安排有关事项通知如下。"
    "一、放假时间。10月1日至7日放假调休，共7天。9月27日（星期日）、10月10日（星期六）上班。"
    "二、值班工作。放假期间，请各单位安排好值班和安全、保卫等工作，遇有重大突发事件，要按规定及时报告并妥善处置，"
    "确保人民群众祥和平安度过节日假期。三、廉洁过节。严格落实中央八项规定精神，严禁公款吃喝、公车私用、违规收受礼品礼金。"
    "四、安全防范。节前开展一次安全检查，重点排查用电、用气、消防等隐患，发现问题立即整改到位。青禾市民政局2026年9月20日"
)
STATISTICS = (
    "上半年，全市上下坚持稳中求进工作总基调，经济运行总体平稳、稳中有进。初步核算，全市实现地区生产总值812.6亿元，"
    "按不变价格计算，同比增长5.4%。其中，第一产业增加值61.3亿元，增长3.8%；第二产业增加值334.9亿元，增长5.9%；"
    "第三产业增加值416.4亿元，增长5.3%。全市规模以上工业增加值同比增长6.7%，固定资产投资增长4.2%，"
    "社会消费品零售总额298.5亿元，增长5.8%，城镇居民人均可支配收入21846元，增长4.9%，农村居民人均可支配收入10327元，增长6.8%。"
)
APPOINTED = (
    "各县区人民政府，市直各部门：经市政府研究决定，任命张建国同志为青禾市教育局局长，免去其青禾市民政局副局长职务；"
    "任命李卫东同志为青禾市水利局副局长（试用期一年）；任命王秀英同志为青禾市卫生健康委员会副主任（试用期一年）；"
    "任命赵永刚同志为青禾市林业局四级调研员。以上同志任职时间从市政府决定任命之日起计算，试用期满考核合格的，"
    "按期转正，任职时间从试用之日起计算。请各有关单位按照干部管理权限办理有关手续，做好工作交接，"
    "确保各项工作平稳有序。免去陈志强同志青禾市统计局二级调研员职务，到龄退休。"
)
ITSELF = (
    "本局严格按照《中华人民共和国政府信息公开条例》的要求，认真做好信息公开工作。全年共主动公开政府信息0条，"
    "收到依申请公开0件，因政府信息公开工作被申请行政复议0件、提起行政诉讼0件。存在的主要问题是公开内容还不够丰富，"
    "公开形式有待进一步创新。下一步，将加强学习培训，提高工作人员业务能力，拓宽公开渠道，丰富公开内容，"
    "及时回应社会关切，不断提高政府信息公开工作水平，切实保障公民、法人和其他组织依法获取政府信息的权利。"
)
BRIEF = (
    "为做好今年的防汛工作，市防汛抗旱指挥部定于本周五上午九时在市政府礼堂召开全市防汛工作会议，"
    "请各县区、各有关部门主要负责同志准时参加。会议由市政府分管负责同志主持，请提前十分钟入场。"
)
SHORT = "本单位2025年度无行政处罚信息。"
MEASURES_TITLE = "关于进一步优化营商环境的若干措施"


def document(unit: str, **facts: Any) -> Document:
    """What a unit's item is compared by: 若干措施 unless told otherwise."""
    title = facts.get("title", MEASURES_TITLE)
    return Document(
        item=f"{unit}-{facts.get('n', 1)}",
        unit=unit,
        title=title_of(title),
        raw_title=title,
        document_number=document_key(facts.get("number")),
        index_number=index_key(facts.get("index")),
        sources=BODIES.named_in(facts.get("source")),
        issuers=BODIES.named_in(facts.get("issuer")),
        publishers=BODIES.named_in(facts.get("publisher")),
        stage=facts.get("stage"),
        text=Text.of(facts.get("body", MEASURES)),
        attachments=frozenset(facts.get("files", ())),
        addresses=frozenset({facts.get("url", f"www.{unit}.invalid/1.html")}),
    )


def judged(one: dict[str, Any], other: dict[str, Any]) -> Sameness | None:
    """The answer, which is the same whichever comes first."""
    first = document(**{"unit": "zfb", **one})
    second = document(**{"unit": "thq", **other})
    there, back = judge(first, second, BODIES), judge(second, first, BODIES)
    assert there == back
    return there


NUMBER = {"number": "青政办发〔2026〕12号"}
Pair = tuple[dict[str, Any], dict[str, Any]]

ONE: dict[str, tuple[str, Pair]] = {
    "number and title, in other brackets": ("document_number", (NUMBER, {"number": "青政办发[2026]12号"})),
    "number and title, one body a mere attachment": ("document_number", (NUMBER, {**NUMBER, "body": "详见附件。"})),
    "number and title, one page not read": ("document_number", (NUMBER, {**NUMBER, "body": None})),
    "number and title, the copy without its annexes": (
        "document_number",
        (NUMBER, {**NUMBER, "body": MEASURES[: len(MEASURES) * 2 // 3]}),
    ),
    "the title with its issuer and without": (
        "document_number",
        ({**NUMBER, "title": f"青禾市人民政府办公室{MEASURES_TITLE}"}, NUMBER),
    ),
    "the number at the end of one title": (
        "document_number",
        (NUMBER, {**NUMBER, "title": f"{MEASURES_TITLE}（青政办发〔2026〕12号）"}),
    ),
    "the site's name at the end of one title": (
        "document_number",
        (NUMBER, {**NUMBER, "title": f"{MEASURES_TITLE}_田禾区人民政府网"}),
    ),
    "a mark of reposting before one title": (
        "document_number",
        (NUMBER, {**NUMBER, "title": f"【转载】{MEASURES_TITLE}"}),
    ),
    "index number and title": (
        "index_number",
        ({"index": "11629900/2026-00110"}, {"index": "11629900／2026－00110", "body": "见附件"}),
    ),
    "each unit's own index number, one document number": (
        "document_number",
        ({**NUMBER, "index": "11629900/2026-00110"}, {**NUMBER, "index": "11629901/2026-00007"}),
    ),
    "the same words": ("text", ({}, {})),
    "the same words in other width, spacing and punctuation": (
        "text",
        ({}, {"body": MEASURES.replace("，", ", ").replace("。", "。\n　　").replace("20", "２０")}),
    ),
    "the same words, furniture around them": (
        "text",
        (
            {},
            {"body": f"来源：市政府办  字号：大 中 小\n{MEASURES}\n责任编辑：张三\n附件：措施.docx\n浏览次数：128次"},
        ),
    ),
    "the words of a bureau under its own name, and named as the source": (
        "text",
        ({"body": f"本局决定：{MEASURES}", "unit": "jyj"}, {"body": f"本局决定：{MEASURES}", "source": "市教育局"}),
    ),
    "the same few words, the other named as the source": (
        "text",
        ({"body": BRIEF}, {"body": BRIEF, "source": "市政府办公室"}),
    ),
    "words added, the other named as the source": (
        "repost",
        ({}, {"body": f"{MEASURES}以上措施自印发之日起施行。", "source": "青禾市人民政府办公室"}),
    ),
    "words added, the other named by its website": (
        "repost",
        ({}, {"body": f"{MEASURES}特此通知，请遵照执行。", "source": "来源：青禾市人民政府门户网站"}),
    ),
    "words added, the other named by its short name": (
        "repost",
        ({"unit": "fgw"}, {"body": f"{MEASURES}特此通知，请遵照执行。", "source": "市发改委"}),
    ),
    "words added, the other named as the issuer": (
        "repost",
        ({}, {"body": f"{MEASURES}特此通知，请遵照执行。", "issuer": "青禾市人民政府办公室"}),
    ),
    "words added, both name the same third body": (
        "repost",
        ({"source": "新华社"}, {"body": f"{MEASURES}（完）新华社记者报道", "source": "新华社"}),
    ),
    "one page in columns of two units": (
        "address",
        ({"url": "a/1.html", "body": None}, {"url": "a/1.html", "body": None}),
    ),
}


@pytest.mark.parametrize("case", ONE)
def test_one_document(case: str) -> None:
    reason, pair = ONE[case]
    told = judged(*pair)
    assert told is not None
    assert told.same, told
    assert told.reason == reason


NEAR: dict[str, tuple[str, Pair]] = {
    "one number over other words": ("texts_differ", (NUMBER, {**NUMBER, "body": STATISTICS})),
    "a number that every body gives, other words unread": (
        "generic_number",
        ({"number": "公告〔2026〕1号", "body": None}, {"number": "公告〔2026〕1号", "body": None}),
    ),
    "a number that leaves out whose it is, other words unread": (
        "generic_number",
        ({"number": "政办发〔2026〕3号", "body": None}, {"number": "政办发〔2026〕3号", "body": None}),
    ),
    "the same words over other files": ("attachments_differ", ({"files": ["岗位表"]}, {"files": ["名单"]})),
    "a number under a title that many have, one body unread": (
        "generic_title",
        ({**NUMBER, "title": "公告"}, {**NUMBER, "title": "公告", "body": None}),
    ),
    "the same words under a title that many have": ("generic_title", ({"title": "通知公告"}, {"title": "通知公告"})),
    "a holiday notice with another bureau's name and day": (
        "both_issued",
        (
            {"unit": "mzj", "title": "关于2026年国庆节放假安排的通知", "body": NOTICE, "source": "市民政局"},
            {
                "unit": "jyj",
                "title": "关于2026年国庆节放假安排的通知",
                "body": NOTICE.replace("民政局", "教育局").replace("20日", "21日"),
                "source": "市教育局",
            },
        ),
    ),
    "the same notice with another name, nobody named": (
        "no_source",
        (
            {"title": "关于2026年国庆节放假安排的通知", "body": NOTICE},
            {"title": "关于2026年国庆节放假安排的通知", "body": NOTICE.replace("民政局2026", "教育局2026")},
        ),
    ),
    "figures replaced, though the source is named": (
        "words_replaced",
        (
            {"title": "全市上半年经济运行情况", "body": STATISTICS},
            {"title": "全市上半年经济运行情况", "body": STATISTICS.replace("5.4%", "5.1%"), "source": "市政府办公室"},
        ),
    ),
    "a name replaced, though the source is named": (
        "words_replaced",
        (
            {"title": "青禾市人民政府关于干部任免的通知", "body": APPOINTED},
            {
                "title": "青禾市人民政府关于干部任免的通知",
                "body": APPOINTED.replace("赵永刚", "孙立新"),
                "source": "青禾市人民政府",
            },
        ),
    ),
    "the last signs replaced": (
        "words_replaced",
        (
            {"title": "关于2026年国庆节放假安排的通知", "body": NOTICE},
            {"title": "关于2026年国庆节放假安排的通知", "body": f"{NOTICE[:-3]}22日", "source": "市政府办公室"},
        ),
    ),
    "a bureau's own words at two bureaus, nobody named": (
        "own_words",
        ({"body": f"本局决定：{MEASURES}"}, {"body": f"本局决定：{MEASURES}"}),
    ),
    "each says that it issued the same words": (
        "both_issued",
        ({"issuer": "青禾市人民政府办公室"}, {"issuer": "田禾区人民政府"}),
    ),
    "the same words under a slightly other title": (
        "titles_differ",
        ({}, {"title": "关于进一步优化全市营商环境的若干措施"}),
    ),
}


@pytest.mark.parametrize("case", NEAR)
def test_near(case: str) -> None:
    reason, pair = NEAR[case]
    told = judged(*pair)
    assert told is not None
    assert not told.same, told
    assert told.reason == reason


TWO: dict[str, Pair] = {
    "other numbers over the same words": (NUMBER, {"number": "青政办发〔2026〕13号"}),
    "the same serial of another year": (NUMBER, {"number": "青政办发〔2025〕12号"}),
    "a revised version": (
        {**NUMBER, "title": "青禾市扬尘污染防治办法"},
        {"number": "青政办发〔2024〕3号", "title": "青禾市扬尘污染防治办法"},
    ),
    "a draft and the final text": (
        {"stage": "consultation"},
        {"stage": "final"},
    ),
    "a reading under the number of what it reads": (NUMBER, {**NUMBER, "stage": "interpretation"}),
    "a forwarding notice and what it forwards, unlike in length": (
        {},
        {"title": f"田禾区人民政府转发《{MEASURES_TITLE}》的通知", "body": "各镇街：现转发给你们，请认真贯彻执行。"},
    ),
    "a forwarding notice with the whole text": (
        {},
        {"title": f"田禾区人民政府办公室转发市政府办公室{MEASURES_TITLE}的通知", "number": "田政办〔2026〕4号"},
    ),
    "two bodies' titles of one matter": (
        {"title": "青禾市教育局关于开展安全生产月活动的通知", "unit": "jyj", "body": None},
        {"title": "青禾市民政局关于开展安全生产月活动的通知", "unit": "mzj", "body": None},
    ),
    "few words, nobody named": ({"body": BRIEF}, {"body": BRIEF}),
    "few words, each says that they are its own": (
        {"body": BRIEF, "source": "市政府办公室"},
        {"body": BRIEF, "source": "田禾区人民政府"},
    ),
    "few words of a unit itself, a third body named": (
        {"body": f"本局{BRIEF}", "source": "市水利局"},
        {"body": f"本局{BRIEF}", "source": "市水利局"},
    ),
    "a template under a title that many have": (
        {"title": "行政处罚决定公示", "body": STATISTICS},
        {"title": "行政处罚决定公示", "body": STATISTICS.replace("5.4%", "5.1%")},
    ),
    "short boilerplate, word for word": (
        {"title": "2025年度行政处罚信息", "body": SHORT},
        {"title": "2025年度行政处罚信息", "body": SHORT},
    ),
    "reports of two units, word for word": (
        {"title": "2025年政府信息公开工作年度报告", "body": ITSELF},
        {"title": "2025年政府信息公开工作年度报告", "body": ITSELF, "source": "市政府办公室"},
    ),
    "budgets under one index number that a system gave both": (
        {"title": "2026年部门预算公开情况说明", "index": "11629900/2026-00001", "body": ITSELF},
        {"title": "2026年部门预算公开情况说明", "index": "11629900/2026-00001", "body": ITSELF},
    ),
    "the same title, other words": ({}, {"body": STATISTICS}),
    "the same title, neither read": ({"body": None}, {"body": None}),
    "the same month of another year": (
        {"title": "2026年6月份停电计划", "body": MEASURES},
        {"title": "2025年6月份停电计划", "body": MEASURES},
    ),
    "two items of one unit": ({"unit": "zfb"}, {"unit": "zfb", "n": 2}),
    "an index number a generator made": (
        {"index": "null02D/01A/D3C20190807", "body": None},
        {"index": "null02D/01A/D3C20190807", "body": None},
    ),
}


@pytest.mark.parametrize("case", TWO)
def test_two_documents(case: str) -> None:
    assert judged(*TWO[case]) is None


BODY_NAMES = {
    "青禾市教育局": "jyj",
    "市教育局": "jyj",
    "青禾市教育局网站": "jyj",
    "来源：青禾市教育局": "jyj",
    "青禾市人民政府": "zfb",
    "市政府": "zfb",
    "青禾市政府网": "zfb",
    "青禾市人民政府办公室": "zfb",
    "青禾市田禾区人民政府": "thq",
    "田禾区政府办公室": "thq",
    "市发改委": "fgw",
    "青禾市发展改革委": "fgw",
    "教育局": None,
    "省教育厅": None,
    "田禾区教育局": None,
    "本站": None,
    "互联网": None,
    "新华社": None,
    "人民网": None,
    "人民政府": None,
    "": None,
}


@pytest.mark.parametrize("name", BODY_NAMES)
def test_whom_a_source_names(name: str) -> None:
    found = {unit for key in BODIES.named_in(name) for unit in BODIES.units_of(key)}
    assert found == ({BODY_NAMES[name]} - {None})


def test_a_news_site_is_a_body() -> None:
    assert BODIES.named_in("人民网") == BODIES.named_in("来源：人民网") == {"人民网"}


# ------------------------------------------------------------------ texts


def _text_of(seed: int) -> str:
    """300 signs, none twice."""
    return "".join(map(chr, random.Random(seed).sample(range(0x4E00, 0x8000), 300)))


@given(
    seed=st.integers(0, 10**6), place=st.integers(0, 280), word=st.text(alphabet="䀀䀁䀂䀃䀄", min_size=1, max_size=20)
)
def test_adding_is_told_from_replacing(seed: int, place: int, word: str) -> None:
    text = _text_of(seed)
    one = Text(text)
    assert only_adds(one, Text(text[:place] + word + text[place:]))
    assert not only_adds(one, Text(text[:place] + word + text[place + len(word) :]))


def test_a_text_is_like_itself_and_shares_its_bands() -> None:
    for seed in range(20):
        one, other = Text(_text_of(seed)), Text(_text_of(seed))
        assert likeness(one, other) == 1.0
        assert list(bands(one.sketch)) == list(bands(other.sketch))


def test_texts_that_are_nine_tenths_alike_share_a_band() -> None:
    missed = 0
    for number in range(200):
        text = _text_of(number)
        other = text[:282] + "甲乙丙丁"
        one, two = Text(text), Text(other)
        assert likeness(one, two) > 0.9
        missed += not set(bands(one.sketch)) & set(bands(two.sketch))
    assert missed <= 2


@settings(deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_can_be_compared(text: str) -> None:
    one = Text.of(text)
    assert plain(one.plain) == plain(plain(one.plain))
    assert likeness(one, one) == 1.0
    assert len(one.sketch) == 48
