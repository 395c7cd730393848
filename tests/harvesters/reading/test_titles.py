"""The core of a title: one for every page of one matter, another for everything else; and the stage a title tells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.reading.titles import (
    beginnings,
    core_title,
    draft_named,
    in_letters,
    matters,
    matters_in,
    may_name,
    stage_of,
)

RIVER = "青禾市河道保护管理办法"
OLD_AGE = "加快推进养老服务高质量发展的实施意见"
# title, core, stage it tells
TITLES = [
    # consultations
    ("青禾市水务局关于公开征求《青禾市河道保护管理办法（征求意见稿）》意见的公告", RIVER, "consultation"),
    ("关于《青禾市河道保护管理办法（草案）》公开征求意见的通知", RIVER, "consultation"),
    ("关于对《青禾市河道保护管理办法》（征求意见稿）公开征求意见的启事", RIVER, "consultation"),
    ("关于就《青禾市河道保护管理办法（修订草案征求意见稿）》向社会公开征求意见的公告", RIVER, "consultation"),
    ("《青禾市河道保护管理办法（送审稿）》意见征集", RIVER, "consultation"),
    ("青禾市河道保护管理办法（征求意见稿）公开征求意见", RIVER, "consultation"),
    ("关于公开征求青禾市河道保护管理办法(草案)意见的通告", RIVER, "consultation"),
    ("青禾市河道保护管理办法征求意见稿", RIVER, "consultation"),
    ("【意见征集】关于再次公开征求《青禾市河道保护管理办法（征求意见稿）》意见建议的公告", RIVER, "consultation"),
    ("青禾市水务局关于征求《青禾市河道保护管理办法（征求意见稿）》意见建议的函", RIVER, "consultation"),
    ("《青禾市河道保护管理办法（草案，征求意见稿）》征求意见", RIVER, "consultation"),
    ("青禾市人民政府印发<青禾市河道保护管理办法(征求意见稿)>", RIVER, "consultation"),
    (f"关于公开征求《关于{OLD_AGE}（征求意见稿）》意见的公告", OLD_AGE, "consultation"),
    ("青禾市国土空间规划（2021—2035年）草案公示", "青禾市国土空间规划", "consultation"),
    ("意见征集|青禾市河道保护管理办法（征求意见稿）", RIVER, "consultation"),
    # results
    ("关于《青禾市河道保护管理办法（征求意见稿）》公开征求意见情况的反馈", RIVER, "feedback"),
    ("《青禾市河道保护管理办法（征求意见稿）》公众意见采纳情况", RIVER, "feedback"),
    ("关于《青禾市河道保护管理办法》意见征集结果的公示", RIVER, "feedback"),
    ("《青禾市河道保护管理办法》（征求意见稿）征求社会公众意见反馈情况说明", RIVER, "feedback"),
    ("关于《青禾市河道保护管理办法（草案》的意见采纳反馈情况", RIVER, "feedback"),  # brackets as people type them
    ("《青禾市河道保护管理办法》的结果反馈", RIVER, "feedback"),
    ("青禾市河道保护管理办法意见征集结果", RIVER, "feedback"),
    ("关于公开征求《青禾市河道保护管理办法》意见的公告【结果反馈】", RIVER, "feedback"),
    ("关于《青禾市河道保护管理办法》公开征求意见期满无意见的说明", RIVER, "feedback"),
    # documents
    ("青禾市人民政府关于印发《青禾市河道保护管理办法》的通知", RIVER, None),
    ("青禾市人民政府办公室关于印发青禾市河道保护管理办法的通知", RIVER, None),
    ("青政规〔2026〕3号 青禾市人民政府关于印发青禾市河道保护管理办法（试行）的通知", RIVER, None),
    ("关于印发《青禾市河道保护管理办法》的通知（青政办规[2026]12号）", RIVER, None),
    ("青禾市人民政府令第5号 青禾市河道保护管理办法", RIVER, None),
    ("青禾市河道保护管理办法（2026年修订）", RIVER, None),
    ("青禾市水务局 青禾市财政局关于印发《青禾市河道保护管理办法》的通知", RIVER, None),
    (f"青禾市人民政府办公室关于{OLD_AGE}", OLD_AGE, None),
    # interpretations
    ("《青禾市河道保护管理办法》政策解读", RIVER, "interpretation"),
    ("一图读懂《青禾市河道保护管理办法》", RIVER, "interpretation"),
    ("政策解读丨《青禾市河道保护管理办法》", RIVER, "interpretation"),
    ("图解：青禾市河道保护管理办法", RIVER, "interpretation"),
    ("关于《青禾市河道保护管理办法》的政策解读", RIVER, "interpretation"),
    ("青禾市水务局局长解读《青禾市河道保护管理办法》", RIVER, "interpretation"),
    ("【政策解读】《青禾市河道保护管理办法》解读（二）", RIVER, "interpretation"),
    ("《青禾市人民政府关于印发〈青禾市河道保护管理办法〉的通知》政策解读", RIVER, "interpretation"),
    ("青禾市河道保护管理办法政策问答（一）", RIVER, "interpretation"),
    ("市水务局负责人就《青禾市河道保护管理办法》答记者问", RIVER, "interpretation"),
    (f"《青禾市人民政府办公室关于{OLD_AGE}》解读", OLD_AGE, "interpretation"),
    ("一图看懂青禾市河道保护管理办法", RIVER, "interpretation"),
    ("《青禾市河道保护管理办法》新旧政策对比解读", RIVER, "interpretation"),
    ("青禾市河道保护管理办法的政策解读（图文版）", RIVER, "interpretation"),
    # papers of a consultation, and other documents of the same name
    ("关于《青禾市河道保护管理办法（征求意见稿）》的起草说明", RIVER, None),
    ("关于修改《青禾市河道保护管理办法》的决定", f"修改{RIVER}的决定", None),
    ("关于废止《青禾市河道保护管理办法》的通知", f"废止{RIVER}的通知", None),
    ("关于贯彻落实《青禾市河道保护管理办法》的实施意见", f"贯彻落实{RIVER}的实施意见", None),
    ("《青禾市河道保护管理办法》实施细则", f"{RIVER}实施细则", None),
    ("关于《青禾市河道保护管理办法》的补充通知", f"{RIVER}的补充通知", None),
    ("《青禾市河道保护管理办法（征求意见稿）》听证报告", f"{RIVER}听证报告", None),
    ("青禾市河道保护管理办法（征求意见稿）及起草说明", RIVER, None),
    ("关于加强无障碍环境建设意见的通知", "加强无障碍环境建设意见的通知", None),
    ("关于加强政策解读工作的通知", "加强政策解读工作的通知", None),
]


@pytest.mark.parametrize(("title", "core", "stage"), TITLES)
def test_a_title_tells_its_matter_and_its_stage(title: str, core: str, stage: str | None) -> None:
    assert (core_title(title), stage_of(title)) == (core, stage)


@pytest.mark.parametrize("title", [title for title, core, _ in TITLES if core == RIVER])
def test_the_quick_look_misses_none(title: str) -> None:
    assert may_name(title, beginnings(matters(f"《{RIVER}》")))
    others = [matter for n in range(20) for matter in matters(f"青禾市第{n}类事项管理办法")]
    assert may_name(title, beginnings((*matters(f"《{RIVER}》"), *others)))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2026年青禾市招生工作方案（征求意见稿）", "关于印发青禾市2026年招生工作方案的通知", True),
        ("2026年青禾市招生工作方案（征求意见稿）", "关于印发青禾市2025年招生工作方案的通知", False),
        ("青禾市招生工作方案（征求意见稿）", "关于印发青禾市2025年招生工作方案的通知", True),
        ("青禾市新能源行动计划（2026—2028年）", "《青禾市新能源行动计划（2026-2028年）》解读", True),
        ("青禾市河道保护管理办法", "青禾市河道保护管理规定", False),
        ("青禾市河道保护管理办法", "河道保护管理办法", False),  # another body's, for all we know
        ("关于公开征求意见的公告", "关于公开征求意见的公告", False),  # names no matter
        ("政策解读", "政策解读", False),
        ("2000年2000年", "2000年2000年", False),
    ],
)
def test_years_tell_apart_and_nothing_alike_is_the_same(one: str, other: str, same: bool) -> None:
    assert matters(one)[0].is_same(matters(other)[0]) is same


def test_a_title_may_be_about_several() -> None:
    title = "《青禾市取水许可管理办法》《青禾市节约用水管理办法》政策解读"
    assert [one.core for one in matters(title)] == ["青禾市取水许可管理办法", "青禾市节约用水管理办法"]


def test_a_title_without_a_matter_takes_the_draft_its_text_names() -> None:
    text = "根据《重大行政决策程序暂行条例》，我局起草了《青禾市养犬管理办法（征求意见稿）》，现公开征求意见。"
    assert [one.core for one in matters_in("关于公开征求意见的公告", text)] == ["青禾市养犬管理办法"]
    assert draft_named("根据《中华人民共和国水法》制定。") is None


WORDS = (
    *(
        "青禾市",
        "水务局",
        "关于",
        "公开",
        "征求",
        "意见",
        "的",
        "公告",
        "《",
        "》",
        "（",
        "）",
        "征求意见稿",
        "草案",
        "印发",
        "通知",
    ),
    *(
        "解读",
        "图解",
        "管理办法",
        "河道",
        "2026年",
        "〔2026〕3号",
        "一图读懂",
        "：",
        "采纳",
        "情况",
        "修订",
        "对",
        "【",
        "】",
        "<",
        ">",
    ),
)
SOME_TITLES = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=18).map("".join))


@given(SOME_TITLES)
def test_the_core_is_a_core_of_itself_and_never_empty(title: str) -> None:
    core = core_title(title)
    assert core_title(core) == core
    assert bool(core) == bool(title)


@given(SOME_TITLES, SOME_TITLES)
def test_no_title_is_too_strange(one: str, other: str) -> None:
    stage_of(one)
    draft_named(one)
    same = any(a.is_same(b) for a in matters(one) for b in matters(other))
    assert same == any(b.is_same(a) for a in matters(one) for b in matters(other))
    if same:
        assert in_letters(one)


@pytest.mark.parametrize(
    "piece", ["征求", "关于", "局关于", "《", "《》", "的", "（草案", "[2026]1号", "公开征求对", "意见", "政策"]
)
def test_no_title_takes_long(piece: str) -> None:
    for title in (piece * 40_000, f"{piece * 90}解读", f"关于{piece * 90}意见的公告x"):
        assert core_title(title)
        stage_of(title)
