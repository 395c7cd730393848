"""The rows and columns of the report's three tables, by name; what every later step calls a figure by.

国办公开办函〔2021〕30号 gives the tables since the report for 2021; the form of the reports for 2019 and 2020 differs
in part 二 (other rows) and in part 三, where （六）其他处理 is one row. A figure is named ``part/row/column``, as in
``3/granted/total``. Rows are in the form's order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final


class Form(StrEnum):
    """How a report is laid out."""

    F2021 = "2021"  # 国办公开办函〔2021〕30号, reports for 2021 and later
    F2019 = "2019"  # reports for 2019 and 2020
    INDICATORS = "indicators"  # before 2019: lists of counters, 国办发〔2014〕32号 or the place's own
    PROSE = "prose"  # no table that is known


PARTS: Final[Mapping[int, str]] = {
    1: "总体情况",
    2: "主动公开政府信息情况",
    3: "收到和处理政府信息公开申请情况",
    4: "政府信息公开行政复议、行政诉讼情况",
    5: "存在的主要问题及改进情况",
    6: "其他需要报告的事项",
}

# ------------------------------------------------------------------ part 二

ACTIVE_ROWS: Final[Mapping[Form, Mapping[str, str]]] = {
    Form.F2021: {
        "regulations": "规章",
        "normative": "行政规范性文件",
        "permits": "行政许可",
        "penalties": "行政处罚",
        "coercion": "行政强制",
        "fees": "行政事业性收费",
    },
    Form.F2019: {
        "regulations": "规章",
        "normative": "规范性文件",
        "permits": "行政许可",
        "services": "其他对外管理服务事项",
        "penalties": "行政处罚",
        "coercion": "行政强制",
        "fees": "行政事业性收费",
        "procurement": "政府集中采购",
    },
}
_IN_FORCE_2021: Final = {"made": "本年制发件数", "repealed": "本年废止件数", "in_force": "现行有效件数"}
_IN_FORCE_2019: Final = {"made": "本年新制作数量", "published": "本年新公开数量", "in_force": "对外公开总数量"}
_DECISIONS_2021: Final = {"decisions": "本年处理决定数量"}
_ITEMS_2019: Final = {"items": "上一年项目数量", "change": "本年增/减"}
_DECISIONS_2019: Final = {**_ITEMS_2019, "decisions": "处理决定数量"}
ACTIVE_COLUMNS: Final[Mapping[Form, Mapping[str, Mapping[str, str]]]] = {
    Form.F2021: {
        "regulations": _IN_FORCE_2021,
        "normative": _IN_FORCE_2021,
        "permits": _DECISIONS_2021,
        "penalties": _DECISIONS_2021,
        "coercion": _DECISIONS_2021,
        "fees": {"amount": "本年收费金额(单位:万元)"},
    },
    Form.F2019: {
        "regulations": _IN_FORCE_2019,
        "normative": _IN_FORCE_2019,
        "permits": _DECISIONS_2019,
        "services": _DECISIONS_2019,
        "penalties": _DECISIONS_2019,
        "coercion": _DECISIONS_2019,
        "fees": _ITEMS_2019,
        "procurement": {"items": "采购项目数量", "amount": "采购总金额"},
    },
}
DECIMAL: Final = frozenset(("2/fees/amount", "2/procurement/amount"))  # amounts of money; all else are counts
SIGNED: Final = frozenset(
    f"2/{row}/change" for row in ("permits", "services", "penalties", "coercion", "fees")
)  # 本年增/减 may be negative

# ------------------------------------------------------------------ part 三

APPLICANTS: Final[Mapping[str, str]] = {
    "natural": "自然人",
    "business": "商业企业",
    "research": "科研机构",
    "social": "社会公益组织",
    "legal": "法律服务机构",
    "other": "其他",
    "total": "总计",
}
_RESULTS: Final[Mapping[str, str]] = {
    "granted": "(一)予以公开",
    "partly": "(二)部分公开",
    "refused_secret": "(三)不予公开 1.属于国家秘密",
    "refused_forbidden": "(三)不予公开 2.其他法律行政法规禁止公开",
    "refused_stability": "(三)不予公开 3.危及“三安全一稳定”",
    "refused_third_party": "(三)不予公开 4.保护第三方合法权益",
    "refused_internal": "(三)不予公开 5.属于三类内部事务信息",
    "refused_process": "(三)不予公开 6.属于四类过程性信息",
    "refused_case_file": "(三)不予公开 7.属于行政执法案卷",
    "refused_query": "(三)不予公开 8.属于行政查询事项",
    "unable_not_held": "(四)无法提供 1.本机关不掌握相关政府信息",
    "unable_to_be_made": "(四)无法提供 2.没有现成信息需要另行制作",
    "unable_unclear": "(四)无法提供 3.补正后申请内容仍不明确",
    "declined_petition": "(五)不予处理 1.信访举报投诉类申请",
    "declined_repeated": "(五)不予处理 2.重复申请",
    "declined_publication": "(五)不予处理 3.要求提供公开出版物",
    "declined_mass": "(五)不予处理 4.无正当理由大量反复申请",
    "declined_confirmation": "(五)不予处理 5.要求行政机关确认或重新出具已获取信息",
}
_OTHER_2021: Final[Mapping[str, str]] = {
    "other_not_corrected": "(六)其他处理 1.申请人无正当理由逾期不补正",
    "other_not_paid": "(六)其他处理 2.申请人逾期未按收费通知要求缴纳费用",
    "other_other": "(六)其他处理 3.其他",
}
_OTHER_2019: Final[Mapping[str, str]] = {"other_all": "(六)其他处理"}
RESULTS: Final[Mapping[Form, Mapping[str, str]]] = {  # what (七)总计 is the sum of
    Form.F2021: {**_RESULTS, **_OTHER_2021},
    Form.F2019: {**_RESULTS, **_OTHER_2019},
}
REQUEST_ROWS: Final[Mapping[Form, Mapping[str, str]]] = {
    form: {
        "new": "一、本年新收政府信息公开申请数量",
        "carried_in": "二、上年结转政府信息公开申请数量",
        **results,
        "total": "三、本年度办理结果 (七)总计",
        "carried_out": "四、结转下年度继续办理",
    }
    for form, results in RESULTS.items()
}

# ------------------------------------------------------------------ part 四

CASES: Final[Mapping[str, str]] = {
    "review": "行政复议",
    "suit_direct": "行政诉讼 未经复议直接起诉",
    "suit_after_review": "行政诉讼 复议后起诉",
}
OUTCOMES: Final[Mapping[str, str]] = {
    "upheld": "结果维持",
    "corrected": "结果纠正",
    "other": "其他结果",
    "pending": "尚未审结",
    "total": "总计",
}


def figures_of(form: Form) -> Iterator[str]:
    """The name of every figure that a report of this form has, in the form's order: 10 + 175 + 15 in the 2021 form."""
    for row in ACTIVE_ROWS.get(form, ()):
        yield from (f"2/{row}/{column}" for column in ACTIVE_COLUMNS[form][row])
    for row in REQUEST_ROWS.get(form, ()):
        yield from (f"3/{row}/{column}" for column in APPLICANTS)
    if form in REQUEST_ROWS:
        yield from (f"4/{case}/{outcome}" for case in CASES for outcome in OUTCOMES)


def words_of(figure: str, form: Form = Form.F2021) -> str:
    """What a figure is called for people: "表三 (一)予以公开 · 自然人"."""
    part, row, column = figure.split("/")
    if part == "2":
        return f"表二 {ACTIVE_ROWS[form][row]} · {ACTIVE_COLUMNS[form][row][column]}"
    if part == "3":
        return f"表三 {REQUEST_ROWS[form][row]} · {APPLICANTS[column]}"
    return f"表四 {CASES[row]} · {OUTCOMES[column]}"
