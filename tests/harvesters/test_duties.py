"""Where a row of a directory is looked for: by names that are alike, and by nobody's guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.duties import keywords_of, mapping_of, title_words
from harvesters.navigation import kinds_by_name
from storage.schema import Column, ColumnKind, Duty, Supervision, Unit, UnitKind

COLUMNS = {
    "zn": ("政府信息公开指南", "guide"),
    "zd": ("公开制度", "rules"),
    "nb": ("政府信息公开年报", "annual_reports"),
    "jg": ("机构职能", "functions"),
    "ld": ("领导之窗", "leaders"),
    "yjs": ("财政预决算专栏", "budget"),
    "xk": ("行政许可公示", "permits"),
    "ywjy": ("义务教育", "livelihood"),
    "jycy": ("就业创业", "livelihood"),
    "zc": ("政策文件", "policies"),
    "gg": ("通知公告", "notices"),
    "gf": ("行政规范性文件", "normative"),
    "sj2025": ("2025年统计数据", "statistics"),
}


def unit(**columns: tuple[str, str]) -> Unit:
    return Unit(
        id="jyj",
        name="青禾市教育局",
        kind=UnitKind.DEPARTMENT,
        supervision=Supervision.LOCAL,
        home="http://jyj.invalid/",
        columns=tuple(
            Column(id=name, unit="jyj", name=said, kind=ColumnKind(kind), url=f"http://jyj.invalid/{name}/")
            for name, (said, kind) in columns.items()
        ),
    )


def duty(level1: str | None, level2: str | None = None, **given: str) -> Duty:
    return Duty(row=1, key="a", level1=level1, level2=level2, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("level1", "level2", "how", "columns"),
    [
        # its very name, also with words that every name may have
        ("政务公开", "政府信息公开指南", "name", ("zn",)),
        ("行政执法", "行政许可事项", "name", ("xk",)),
        ("行政执法", "行政许可", "name", ("xk",)),
        ("财政信息", "财政预决算", "name", ("yjs",)),
        ("信息", "通知 公告", "name", ("gg",)),
        ("数据", "统计数据", "name", ("sj2025",)),
        # a part of it
        ("教育", "义务教育招生信息", "contained", ("ywjy",)),
        # what columns of one kind hold
        ("机构信息", "机关简介", "kind", ("jg",)),
        ("机构信息", "负责人信息", "kind", ("ld",)),
        ("财政信息", "部门预算", "kind", ("yjs",)),
        ("政务公开", "政府信息公开年度报告", "kind", ("nb",)),
        ("政策", "法律法规", "kind", ("zc",)),
        # two names for one place
        ("机构", "机构职能、内设机构", "name", ("jg",)),
        ("财政", "部门预算和部门决算", "kind", ("yjs",)),
        # the first level, where the second says too little
        ("行政许可", "依据", "name", ("xk",)),
        # words in titles, where no one column is called so
        ("行政执法", "行政处罚", "keywords", ()),
        ("民生", "养老服务", "keywords", ()),
        ("执法", "行政处罚和行政强制", "keywords", ()),
        # nobody is guessed at
        ("机构", "机构职能、负责人信息", "unmapped", ()),
        ("其他", "其他应公开信息", "unmapped", ()),
        ("许可", "依据", "unmapped", ()),
        ("政策", "政策解读", "unmapped", ()),
        (None, None, "unmapped", ()),
    ],
)
def test_rows_are_looked_for(level1: str | None, level2: str | None, how: str, columns: tuple[str, ...]) -> None:
    found = mapping_of(duty(level1, level2, content="一段很长的公开内容"), unit(**COLUMNS))
    assert (found.how, found.columns) == (how, columns)
    assert found.why
    assert all(column in found.why for column in columns)


def test_two_columns_of_one_name_leave_a_row_unmapped_and_are_told() -> None:
    found = mapping_of(duty("行政许可"), unit(xk=("行政许可", "permits"), xk2=("行政许可公示", "permits")))
    assert found.how == "unmapped"
    assert found.why is not None
    assert "xk 行政许可, xk2 行政许可公示" in found.why


def test_titles_elsewhere_speak_for_a_row_that_has_a_column() -> None:
    assert mapping_of(duty("财政信息", "部门预算"), unit(**COLUMNS)).keywords == ("部门预算",)
    assert "部门预算" in title_words("青禾市教育局 2026 年【部门预算】公开")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("义务教育招生信息", ("义务教育招生",)),
        ("行政处罚和行政强制", ("行政处罚", "行政强制")),
        ("部门预算", ("部门预算",)),
        ("通知公告", ()),  # titles there are of every sort
        ("法律法规", ()),
        ("依据", ()),
        ("其他信息公开事项", ()),
        ("许可依据、办理", ()),  # one of its parts says too little
    ],
)
def test_words_that_tell_titles_apart(name: str, words: tuple[str, ...]) -> None:
    assert keywords_of(duty("一级", name)) == words


@given(st.sampled_from(sorted(kinds_by_name())) | st.text(max_size=12), st.sampled_from(sorted(kinds_by_name())))
def test_a_row_has_one_column_or_a_reason(level2: str, name: str) -> None:
    one = unit(a=(name, kinds_by_name()[name]), b=("领导之窗", "leaders"), c=("就业", "livelihood"))
    found = mapping_of(duty("一级", level2), one)
    assert found.why
    assert len(found.columns) == (found.how in ("name", "contained", "kind"))
    assert bool(found.columns or found.keywords) == (found.how != "unmapped")
