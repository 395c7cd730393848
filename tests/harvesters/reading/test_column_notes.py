"""What a list page says of its column: notes that nothing happened, and words that it is archived; what are none."""

from __future__ import annotations

import datetime as dt
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.reading.column_notes import as_json, is_archived, note_in, read_notes, read_text
from harvesters.reading.document import Document

TODAY = dt.date(2026, 7, 5)

# (what is said, kind, last day of the period)
NOTES: list[tuple[str, str, str | None]] = [
    # standing
    ("若当月未公布信息，则表明当月无此类案件。", "standing", None),
    (
        "本栏目在作出处罚决定后7个工作日内发布，若当月未公布信息,则表明当月无此类行政处罚案件,特此说明。",
        "standing",
        None,
    ),
    ("如当月没有更新，即表示当月无新增行政许可。", "standing", None),
    ("如未显示信息，说明本部门无此类事项", "standing", None),
    ("如该季度未公开相关内容，视为该季度未发生政府采购事项", "standing", None),
    ("我局无行政强制事项", "standing", None),
    ("本单位不涉及行政事业性收费项目。", "standing", None),
    ("说明：本镇不存在行政征收事项", "standing", None),
    # of a period that is named
    ("2026年6月无行政处罚案件信息", "period", "2026-06-30"),
    ("２０２６年６月份，我局无行政处罚信息。", "period", "2026-06-30"),
    ("2026 年第二季度，我局无行政强制信息。", "period", "2026-06-30"),
    ("2026年一季度未发生行政复议案件", "period", "2026-03-31"),
    ("2026年1-6月份我局未作出行政处罚决定", "period", "2026-06-30"),
    ("2026年1月至5月无行政许可事项", "period", "2026-05-31"),
    ("2026年上半年无重大建设项目", "period", "2026-06-30"),
    ("2025年下半年没有政府采购项目", "period", "2025-12-31"),
    ("2025年度我局无行政征收事项", "period", "2025-12-31"),
    ("2025年，本单位未收到人大建议和政协提案", "period", "2025-12-31"),
    ("截至2026年6月15日，本单位未作出行政处罚决定", "period", "2026-06-15"),
    ("2026年6月行政许可信息：无", "period", "2026-06-30"),
    ("2026年6月无行政处罚信息 2026-07-01", "period", "2026-06-30"),
    ("2026年二季度行政处罚数量为0件", "period", "2026-06-30"),
    ("本月无行政处罚信息（2026年3月）", "period", "2026-03-31"),
    # of a period whose year is not named: the last that had begun
    ("6月份无行政处罚案件", "period", "2026-06-30"),
    ("12月无行政处罚案件", "period", "2025-12-31"),
    ("一季度无行政强制信息", "period", "2026-03-31"),
    ("四季度无行政强制信息", "period", "2025-12-31"),
    ("上半年，我局未实施行政处罚", "period", "2026-06-30"),
    # of the period in which it is read
    ("本月无此类信息", "current", None),
    ("当月未发生行政处罚案件", "current", None),
    ("本季度暂无政府采购信息", "current", None),
    ("今年以来，我局未发生行政诉讼案件", "current", None),
    ("本年度无人事任免信息", "current", None),
    ("本期无通知公告", "current", None),
    ("目前我局暂无行政处罚信息", "current", None),
    ("截至目前，我单位没有重大建设项目", "current", None),
    # who knows
    ("暂无行政处罚信息", "unclear", None),
    ("目前暂无行政许可事项", "unclear", None),
    ("无此类信息", "unclear", None),
]

# what an empty template says, and what only looks like a note
NO_NOTES = [
    "暂无数据",
    "暂无内容",
    "暂无信息",
    "暂无相关信息",
    "没有相关信息",
    "没有找到相关内容",
    "对不起，该栏目暂无信息！",
    "本栏目暂无内容",
    "目前暂无相关数据",
    "当前栏目无数据",
    "本月无更新",
    "本月暂无数据",
    "本期暂无内容",
    "如果页面没有显示信息，说明您的浏览器没有安装插件",
    "若无法显示内容，请刷新页面",
    "如有疑问，请拨打12345",
    "2026年上半年无障碍环境建设项目情况",
    "2026年度无偿献血工作信息",
    "今年以来我市无人机产业项目签约12个",
    "2026年6月行政处罚信息公示",
    "本月行政许可信息12条",
    "2026年第二季度行政强制信息",
    "我局召开行政处罚案件评查会",
    "我县未发生重特大安全事故",
    "2026年13月无行政处罚案件",
    "截至2026年6月31日，本单位未作出行政处罚决定",
    "",
]


@pytest.mark.parametrize(("said", "kind", "ends"), NOTES)
def test_a_note(said: str, kind: str, ends: str | None) -> None:
    found = note_in(said, TODAY)
    assert found is not None
    assert (found.kind, found.ends.isoformat() if found.ends else None) == (kind, ends)
    assert found.text == said


@pytest.mark.parametrize("said", NO_NOTES)
def test_no_note(said: str) -> None:
    assert note_in(said, TODAY) is None


@pytest.mark.parametrize(
    ("said", "after", "ends"),
    [
        ("本月无行政处罚信息", "2026-03-31", "2026-03-31"),
        ("本月无行政处罚信息", "2026年2月3日", "2026-02-28"),
        ("本季度无行政强制信息", "2026-04-02", "2026-06-30"),
        ("本年度无人事任免信息", "2025-12-30", "2025-12-31"),
        ("本周无行政处罚信息", "2026-07-01", "2026-07-05"),
        ("本月无行政处罚信息", "2026-03-31 发布的通知", None),
        ("本月无行政处罚信息", "", None),
    ],
)
def test_the_line_below_says_when_it_was_written(said: str, after: str, ends: str | None) -> None:
    found = note_in(said, TODAY, after)
    assert found is not None
    assert (found.ends.isoformat() if found.ends else None) == ends
    assert found.kind == ("period" if ends else "current")


ARCHIVED = [
    "本栏目已停止更新",
    "该专题现已归档，仅供查阅。",
    "本栏目自2024年1月1日起不再更新",
    "本专栏已归档",
    "此专题已结束",
    "专题已结束",
    "本栏目已于2023年12月停止更新，新信息请到政策文件栏目查看",
    "归档时间：2023-06-15",
    "该栏目目前已停止维护",
]
NOT_ARCHIVED = [
    "本次活动已结束",
    "征集已结束",
    "本专题讲座已结束报名",
    "关于公文归档的通知",
    "本栏目内容每周更新",
    "归档范围：行政处罚案卷",
    "栏目更新时间：2026-07-01",
    "网站已于2023年停止使用旧域名",
]


@pytest.mark.parametrize(
    ("said", "archived"), [*((one, True) for one in ARCHIVED), *((one, False) for one in NOT_ARCHIVED)]
)
def test_archived(said: str, archived: bool) -> None:
    assert is_archived(said) is archived


# ------------------------------------------------------------------ where it stands on the page


def page(content: str, title: str = "行政处罚", crumb: str = "") -> Document:
    where = crumb or '<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; 行政处罚'
    text = (
        f"<html><head><title>{title}</title></head><body>"
        "<div class='nav'><ul><li><a href='/lszt/'>历史专题</a></li></ul></div>"
        f"<div class='position'>当前位置：{where}</div><div class='main'>{content}</div>"
        "<div class='footer'>主办单位：青禾市城市管理局</div></body></html>"
    )
    return Document(text.encode(), "http://a.invalid/xzcf/", 200, {})


ROWS = "".join(
    f'<li><a href="/xzcf/t2025010{n}_1.html">关于某某公司的行政处罚决定书第{n}号</a><span>2025-01-0{n}</span></li>'
    for n in range(1, 6)
)
NOTE = "若当月未公布信息，则表明当月无此类案件"

PLACES = [
    pytest.param(f"<div class='tip'>{NOTE}</div><ul class='list'>{ROWS}</ul>", NOTE, id="above the list"),
    pytest.param(f"<ul class='list'>{ROWS}</ul><p>{NOTE}</p>", NOTE, id="below it"),
    pytest.param(f"<ul class='list'><li>{NOTE}</li></ul>", NOTE, id="instead of rows"),
    pytest.param(f"<h2>行政处罚</h2><table><tr><td>{NOTE}</td></tr></table>", NOTE, id="in a table"),
    pytest.param(f"<p><strong>说明：</strong>{NOTE}</p><ul>{ROWS}</ul>", f"说明：{NOTE}", id="over several elements"),
    pytest.param(f'<ul><li><a href="/a/t20260601_1.html">{NOTE}</a></li>{ROWS}</ul>', None, id="a row's title"),
    pytest.param(
        f'<ul><li><a href="/a/t20260601_1.html">情况的通报</a><p>今年以来，我局未发生行政诉讼案件</p></li>{ROWS}</ul>',
        None,
        id="a row's summary",
    ),
    pytest.param(
        '<div class="item"><a href="/a/t20260601_1.html">情况的通报</a><p>本月无行政处罚信息</p></div>'
        '<div class="item"><a href="/a/t20260602_1.html">情况的通报二</a><p>本月有行政处罚信息</p></div>',
        None,
        id="a card's summary",
    ),
    pytest.param(f"<ul>{ROWS}</ul><p style='display:none'>{NOTE}</p>", None, id="hidden"),
    pytest.param(f"<ul>{ROWS}</ul><script>var a='{NOTE}';</script>", None, id="in a script"),
    pytest.param("<ul class='list'><li>暂无数据</li></ul>", None, id="an empty template"),
]


@pytest.mark.parametrize(("content", "note"), PLACES)
def test_where_a_note_stands(content: str, note: str | None) -> None:
    found = read_notes(page(content), TODAY).note
    assert (found.text if found else None) == note


@pytest.mark.parametrize(
    ("content", "crumb", "archived"),
    [
        (f"<h2>2019年专项行动（已归档）</h2><ul>{ROWS}</ul>", "", "2019年专项行动（已归档）"),
        (f"<div class='col-title'>历史专题</div><ul>{ROWS}</ul>", "", "历史专题"),
        (f"<div class='tip'>本栏目已停止更新</div><ul>{ROWS}</ul>", "", "本栏目已停止更新"),
        (f"<ul>{ROWS}</ul>", '<a href="/">首页</a> &gt; <a href="/ls/">历史栏目</a> &gt; 专项行动', True),
        (f"<ul><li><a href='/a/t20260101_1.html'>2019年专项行动（已归档）</a></li>{ROWS}</ul>", "", None),
        (f"<ul>{ROWS}</ul><p>查看更多请到<a href='/lszt/'>历史专题</a></p>", "", None),
        (f"<h2>行政处罚</h2><ul>{ROWS}</ul>", "", None),
    ],
)
def test_where_an_archived_column_says_so(content: str, crumb: str, archived: str | bool | None) -> None:
    found = read_notes(page(content, crumb=crumb), TODAY).archived
    assert bool(found) if archived is True else found == archived


def test_what_holds_longest_is_taken() -> None:
    lines = "<p>2026年3月无行政处罚信息</p><p>2026年6月无行政处罚信息</p><p>本月无行政处罚信息</p>"
    found = read_notes(page(lines), TODAY).note
    assert found is not None
    assert found.ends == dt.date(2026, 6, 30)


def test_a_column_that_is_one_page_may_be_a_notice() -> None:
    assert read_text("我单位无行政强制事项。\n2026年1月5日", TODAY).note is not None
    assert read_text("我单位无行政强制事项。" + "依法履行职责，" * 60, TODAY).note is None
    assert read_text(None, TODAY).note is None


def test_as_an_observation_keeps_it() -> None:
    found = read_notes(page("<p>2026年第二季度，我局无行政强制信息。</p><h3>（已归档）</h3>"), TODAY)
    assert as_json(found, TODAY) == {
        "note": {
            "text": "2026年第二季度，我局无行政强制信息。",
            "kind": "period",
            "since": "2026-07-05",
            "ends": "2026-06-30",
            "span": 93,
        },
        "archived": "（已归档）",
    }
    assert as_json(read_notes(page(ROWS), TODAY), TODAY) == {}


# ------------------------------------------------------------------ whatever stands there

WORDS = st.sampled_from(
    [
        *(
            "若",
            "如",
            "当月",
            "本月",
            "未",
            "无",
            "暂无",
            "则",
            "表明",
            "此类",
            "案件",
            "信息",
            "行政处罚",
            "我局",
            "，",
            "。",
        ),
        *(
            "2026年",
            "6月",
            "第二季度",
            "截至",
            "目前",
            "1-6月份",
            "上半年",
            "栏目",
            "本",
            "已",
            "归档",
            "自",
            "起",
            "于",
            "（",
            "：",
        ),
    ]
)
SENTENCES = st.lists(WORDS, max_size=40).map("".join)


@given(SENTENCES | st.text(max_size=200), st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)))
def test_no_sentence_breaks_the_reader(said: str, today: dt.date) -> None:
    found = note_in(said, today)
    is_archived(said)
    if found is not None:
        assert found.text == said
        assert (found.ends is not None) == (found.kind == "period")
        assert found.span is None or found.span > 0


@given(st.text(string.printable + "若如未无则本月年季度信息处罚归档栏目，。<>/", max_size=400))
def test_no_page_breaks_the_reader(text: str) -> None:
    read_notes(Document(f"<p>{text}</p>".encode(), "http://a.invalid/", 200, {}), TODAY)
    read_text(text, TODAY)


@given(
    st.integers(2015, 2030),
    st.integers(1, 12),
    st.sampled_from(["行政处罚信息", "行政许可事项", "政府采购项目", "人事任免"]),
    st.sampled_from(["", "我局", "，我单位", "份"]),
    st.sampled_from(["无", "暂无", "没有"]),
)
def test_every_month_that_is_named_is_read(year: int, month: int, what: str, whose: str, no: str) -> None:
    found = note_in(f"{year}年{month}月{whose}{no}{what}", TODAY)
    assert found is not None
    assert found.ends is not None
    assert (found.ends.year, found.ends.month) == (year, month)
    assert (found.ends + dt.timedelta(days=1)).day == 1


def test_long_lines_of_its_own_words_cost_nothing() -> None:
    """A page of nothing but the words that notes are made of is read in time that grows with its length."""
    for word in ("若如未", "本月无", "自于", "2026年", "，：", "截至", "当月无处罚"):
        read_notes(page(f"<p>{word * 3000}</p>" + f"<p>{word * 40}</p>" * 50), TODAY)
