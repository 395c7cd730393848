"""The filled example of the form (国办公开办函〔2021〕30号), written in the layouts that offices' pages and files have.

The numbers of table 三 and 四 are those of the rule book's example, whose sums hold; those of table 二 are made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from storage.annual import forms
from storage.annual.forms import Form
from tests.files import Block

TITLE: Final = "青禾市卫生健康委员会2023年政府信息公开工作年度报告"

_REQUESTS: Final = """
new 13612 252 0 45 128 32 14069
carried_in 535 6 0 1 18 0 560
granted 5345 129 0 41 19 14 5548
partly 2120 39 0 1 6 2 2168
refused_secret 13 0 0 0 0 0 13
refused_forbidden 30 0 0 0 0 0 30
refused_stability 11 0 0 0 0 0 11
refused_third_party 49 2 0 0 0 0 51
refused_internal 103 1 0 0 0 0 104
refused_process 84 1 0 0 0 0 85
refused_case_file 282 4 0 0 0 0 286
refused_query 147 0 0 0 1 2 150
unable_not_held 3075 50 0 0 89 8 3222
unable_to_be_made 177 3 0 0 0 0 180
unable_unclear 19 0 0 0 0 0 19
declined_petition 199 1 0 0 3 0 203
declined_repeated 147 1 0 0 0 0 148
declined_publication 0 0 0 0 0 0 0
declined_mass 100 1 0 0 0 0 101
declined_confirmation 5 0 0 0 0 0 5
other_not_corrected 315 3 0 0 0 0 318
other_not_paid 202 0 0 1 0 0 203
other_other 941 17 0 1 3 3 965
other_all 1458 20 0 2 3 3 1486
total 13364 252 0 44 121 29 13810
carried_out 783 6 0 2 25 3 819
"""
_CASES: Final = ("376 97 196 121 790", "16 1 12 27 56", "74 1 30 51 156")
_ACTIVE: Final = {
    "2/regulations/made": "3",
    "2/regulations/published": "2",
    "2/regulations/repealed": "1",
    "2/regulations/in_force": "41",
    "2/normative/made": "28",
    "2/normative/published": "27",
    "2/normative/repealed": "6",
    "2/normative/in_force": "214",
    "2/permits/items": "12",
    "2/permits/change": "-3",
    "2/permits/decisions": "10427",
    "2/services/items": "7",
    "2/services/change": "2",
    "2/services/decisions": "88",
    "2/penalties/items": "96",
    "2/penalties/change": "0",
    "2/penalties/decisions": "512",
    "2/coercion/items": "5",
    "2/coercion/change": "1",
    "2/coercion/decisions": "9",
    "2/fees/items": "4",
    "2/fees/change": "-1",
    "2/fees/amount": "1036.25",
    "2/procurement/items": "31",
    "2/procurement/amount": "704.6",
}

Texts = Mapping[str, str]  # figure → what stands in its cell


def example(form: Form = Form.F2021) -> dict[str, str]:
    """Every figure of the form's example, as it stands in its cell."""
    told = dict(_ACTIVE)
    for line in _REQUESTS.split("\n"):
        if line:
            row, *numbers = line.split()
            told |= {f"3/{row}/{column}": text for column, text in zip(forms.APPLICANTS, numbers, strict=True)}
    names = [f"4/{case}/{outcome}" for case in forms.CASES for outcome in forms.OUTCOMES]
    told |= dict(zip(names, " ".join(_CASES).split(), strict=True))
    return {name: told[name] for name in forms.figures_of(form)}


def numbers(texts: Texts) -> dict[str, Decimal]:
    """The numbers of such texts."""
    return {name: Decimal(text) for name, text in texts.items()}


# ------------------------------------------------------------------ the tables as rows of cells

Cell = tuple[str, int, int]  # text, columns, rows
Rows = list[list[Cell]]


def one(text: str) -> Cell:
    """A cell of one place."""
    return text, 1, 1


def active_rows(texts: Texts, form: Form = Form.F2021) -> Rows:
    """Table 二."""
    if form is Form.F2019:
        return _active_2019(texts)
    rows: Rows = [[("第二十条第（一）项", 4, 1)]]
    rows.append([one(text) for text in ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数")])
    for row, words in (("regulations", "规章"), ("normative", "行政规范性文件")):
        rows.append([one(words), *(one(texts[f"2/{row}/{name}"]) for name in ("made", "repealed", "in_force"))])
    for item, head, those in (
        ("五", "本年处理决定数量", {"permits": "行政许可"}),
        ("六", "本年处理决定数量", {"penalties": "行政处罚", "coercion": "行政强制"}),
        ("八", "本年收费金额（单位：万元）", {"fees": "行政事业性收费"}),
    ):
        rows += [[(f"第二十条第（{item}）项", 4, 1)], [one("信息内容"), (head, 3, 1)]]
        for row, words in those.items():
            name = "amount" if row == "fees" else "decisions"
            rows.append([one(words), (texts[f"2/{row}/{name}"], 3, 1)])
    return rows


def _active_2019(texts: Texts) -> Rows:
    rows: Rows = [[("第二十条第（一）项", 6, 1)]]
    heads = ("信息内容", "本年新制作数量", "本年新公开数量", "对外公开总数量")
    rows.append([(heads[0], 3, 1), *(one(text) for text in heads[1:])])
    for row, words in (("regulations", "规章"), ("normative", "规范性文件")):
        rows.append([(words, 3, 1), *(one(texts[f"2/{row}/{name}"]) for name in ("made", "published", "in_force"))])
    for item, those in (
        ("五", {"permits": "行政许可", "services": "其他对外管理服务事项"}),
        ("六", {"penalties": "行政处罚", "coercion": "行政强制"}),
    ):
        rows.append([(f"第二十条第（{item}）项", 6, 1)])
        rows.append([("信息内容", 3, 1), *(one(text) for text in ("上一年项目数量", "本年增/减", "处理决定数量"))])
        for row, words in those.items():
            rows.append([(words, 3, 1), *(one(texts[f"2/{row}/{name}"]) for name in ("items", "change", "decisions"))])
    rows += [[("第二十条第（八）项", 6, 1)], [("信息内容", 3, 1), one("上一年项目数量"), ("本年增/减", 2, 1)]]
    rows.append([("行政事业性收费", 3, 1), one(texts["2/fees/items"]), (texts["2/fees/change"], 2, 1)])
    rows += [[("第二十条第（九）项", 6, 1)], [("信息内容", 3, 1), one("采购项目数量"), ("采购总金额", 2, 1)]]
    rows.append([("政府集中采购", 3, 1), one(texts["2/procurement/items"]), (texts["2/procurement/amount"], 2, 1)])
    return rows


LABELS: Final = {
    "new": "一、本年新收政府信息公开申请数量",
    "carried_in": "二、上年结转政府信息公开申请数量",
    "granted": "（一）予以公开",
    "partly": "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
    "refused_secret": "1.属于国家秘密",
    "refused_forbidden": "2.其他法律行政法规禁止公开",
    "refused_stability": "3.危及“三安全一稳定”",
    "refused_third_party": "4.保护第三方合法权益",
    "refused_internal": "5.属于三类内部事务信息",
    "refused_process": "6.属于四类过程性信息",
    "refused_case_file": "7.属于行政执法案卷",
    "refused_query": "8.属于行政查询事项",
    "unable_not_held": "1.本机关不掌握相关政府信息",
    "unable_to_be_made": "2.没有现成信息需要另行制作",
    "unable_unclear": "3.补正后申请内容仍不明确",
    "declined_petition": "1.信访举报投诉类申请",
    "declined_repeated": "2.重复申请",
    "declined_publication": "3.要求提供公开出版物",
    "declined_mass": "4.无正当理由大量反复申请",
    "declined_confirmation": "5.要求行政机关确认或重新出具已获取信息",
    "other_not_corrected": "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    "other_not_paid": "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    "other_other": "3.其他",
    "other_all": "（六）其他处理",
    "total": "（七）总计",
    "carried_out": "四、结转下年度继续办理",
}
_GROUPS: Final = {
    "refused_secret": ("（三）不予公开", 8),
    "unable_not_held": ("（四）无法提供", 3),
    "declined_petition": ("（五）不予处理", 5),
    "other_not_corrected": ("（六）其他处理", 3),
}
_IN_GROUP: Final = ("refused_", "unable_", "declined_", "other_not", "other_other")


def request_rows(texts: Texts, form: Form = Form.F2021) -> Rows:
    """Table 三: three rows of heads, three columns of labels."""
    rows: Rows = [
        [("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3), ("申请人情况", 7, 1)],
        [("自然人", 1, 2), ("法人或其他组织", 5, 1), ("总计", 1, 2)],
        [one(text) for text in ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")],
    ]
    names = list(forms.REQUEST_ROWS[form])
    for row in names:
        cells: list[Cell] = []
        if row == "granted":
            cells.append(("三、本年度办理结果", 1, len(names) - 3))
        if row in _GROUPS:
            group, size = _GROUPS[row]
            cells.append((group, 1, size))
        in_group = row.startswith(_IN_GROUP)
        width = 3 if row in ("new", "carried_in", "carried_out") else 1 if in_group else 2
        cells.append((LABELS[row], width, 1))
        rows.append([*cells, *(one(texts[f"3/{row}/{column}"]) for column in forms.APPLICANTS)])
    return rows


def case_rows(texts: Texts) -> Rows:
    """Table 四: three rows of heads and one of figures."""
    outcomes = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    return [
        [("行政复议", 5, 1), ("行政诉讼", 10, 1)],
        [*((text, 1, 2) for text in outcomes), ("未经复议直接起诉", 5, 1), ("复议后起诉", 5, 1)],
        [one(text) for text in outcomes * 2],
        [one(texts[f"4/{case}/{outcome}"]) for case in forms.CASES for outcome in forms.OUTCOMES],
    ]


def grid(rows: Rows) -> list[list[str]]:
    """Rows as a grid, merged cells in every place they cover."""
    told: list[list[str]] = []
    held: dict[int, tuple[int, str]] = {}
    for row in rows:
        here = {column: text for column, (_, text) in held.items()}
        held = {column: (left - 1, text) for column, (left, text) in held.items() if left > 1}
        column = 0
        for text, wide, high in row:
            while column in here:
                column += 1
            for covered in range(column, column + wide):
                here[covered] = text
                if high > 1:
                    held[covered] = (high - 1, text)
            column += wide
        told.append([here.get(column, "") for column in range(max(here) + 1)])
    return told


def blocks(texts: Texts, form: Form = Form.F2021) -> list[Block]:
    """The report as paragraphs and tables of a file."""
    tables: dict[int, Block] = {2: active_rows(texts, form), 3: request_rows(texts, form), 4: case_rows(texts)}
    told: list[Block] = [TITLE]
    for number, words in enumerate(HEADINGS, 1):
        told.append(words)
        if number in TEXTS:
            told.append(TEXTS[number])
        if number in tables:
            told.append(tables[number])
    return [*told, "青禾市卫生健康委员会", "2024年1月25日"]


def turned(rows: Rows) -> Rows:
    """Rows as columns, without merging."""
    return [[one(text) for text in column] for column in zip(*grid(rows), strict=True)]


# ------------------------------------------------------------------ pages


def html_table(rows: Sequence[Sequence[Cell]], cell: str = "{}", attributes: str = "") -> str:
    """A table of a page; ``cell`` is what a cell's text is put into."""
    told = [f"<table {attributes}><tbody>"]
    for row in rows:
        told.append("<tr>")
        for text, wide, high in row:
            spans = (f' colspan="{wide}"' if wide > 1 else "") + (f' rowspan="{high}"' if high > 1 else "")
            told.append(f"<td{spans}>{cell.format(text)}</td>")
        told.append("</tr>")
    return "".join([*told, "</tbody></table>"])


HEADINGS: Final = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
TEXTS: Final = {
    1: "2023年，我委认真贯彻落实《中华人民共和国政府信息公开条例》，全年收到政府信息公开申请14069件，办结13810件。",
    5: "存在的主要问题：一是公开内容不够丰富，二是解读形式单一。下一步将加强培训，丰富解读形式。",
    6: "本年度收取信息处理费0元，没有其他需要报告的事项。",
}


def page(tables: Mapping[int, str], *, title: str = TITLE, paragraph: str = "<p>{}</p>", heading: str = "") -> bytes:
    """A page with the report: ``tables`` are what stands in the parts, as mark-up."""
    told = [
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}_青禾市人民政府</title>",
        f"<meta name='ArticleTitle' content='{title}'><meta name='PubDate' content='2024-01-26 10:11'></head><body>",
        "<div class='header'>青禾市人民政府门户网站</div><div class='location'>当前位置：首页 &gt; 年度报告</div>",
        f"<h1>{title}</h1><div class='info'>发布时间：2024-01-26 来源：青禾市卫生健康委员会</div>",
        "<div id='zoom' class='TRS_Editor'>",
    ]
    for number, words in enumerate(HEADINGS, 1):
        told.append((heading or paragraph).format(words))
        if number in TEXTS:
            told.append(paragraph.format(TEXTS[number]))
        told.append(tables.get(number, ""))
    told.append(paragraph.format("青禾市卫生健康委员会") + paragraph.format("2024年1月25日"))
    told.append("</div><div class='footer'>主办单位：青禾市人民政府 版权所有</div></body></html>")
    return "".join(told).encode()


_WIDE: Final = str.maketrans("0123456789.-", "０１２３４５６７８９．－")


def pages(texts: Texts, form: Form = Form.F2021) -> Iterator[tuple[str, bytes]]:
    """The example in the layouts of many sites: the layout's name, and the page."""
    active, requests, cases = active_rows(texts, form), request_rows(texts, form), case_rows(texts)
    plain = {2: html_table(active), 3: html_table(requests), 4: html_table(cases)}
    yield "plain", page(plain)
    word = (
        '<p class="MsoNormal" style="mso-pagination:none">'
        '<span lang="EN-US" style="mso-bidi-font-size:12pt">{}<o:p></o:p></span></p>'
    )
    yield (
        "pasted from Word",
        page(
            {
                number: html_table(rows, f"\r\n  {word}\r\n  ", 'class="MsoNormalTable" border="0"')
                for number, rows in ((2, active), (3, requests), (4, cases))
            },
            paragraph=word,
            heading='<p class="MsoNormal"><b><span>{}</span></b></p>',
        ),
    )
    wide = {name: text.translate(_WIDE) for name, text in texts.items()}
    yield (
        "full-width digits",
        page(
            {
                2: html_table(active_rows(wide, form)),
                3: html_table(request_rows(wide, form)),
                4: html_table(case_rows(wide)),
            }
        ),
    )
    grouped = {name: _grouped(text) for name, text in texts.items()}
    yield (
        "thousands apart",
        page(
            {
                2: html_table(active_rows(grouped, form)),
                3: html_table(request_rows(grouped, form)),
                4: html_table(case_rows(grouped)),
            }
        ),
    )
    broken = [
        [
            (text.replace("政府信息", "政府<br>信息").replace("．", ".").replace("（", "("), wide_, high)
            for text, wide_, high in row
        ]
        for row in requests
    ]
    yield (
        "line breaks and narrow brackets",
        page({**plain, 3: html_table(broken, "<p align='center'>&nbsp;{}&nbsp;</p>")}),
    )
    at = 3 + 2 + 2 + 8
    yield (
        "split without heads",
        page({**plain, 3: html_table(_ungrouped(requests)[:at]) + "<p></p>" + html_table(_ungrouped(requests)[at:])}),
    )
    yield (
        "split with heads again",
        page(
            {
                **plain,
                3: html_table(_ungrouped(requests)[:at])
                + html_table(_ungrouped(requests)[:3] + _ungrouped(requests)[at:]),
            }
        ),
    )
    yield "all in one table", page({2: html_table([*active, *requests, *cases])})
    yield (
        "one table with the headings",
        page(
            {
                2: html_table(
                    [
                        *active,
                        [("三、收到和处理政府信息公开申请情况", 10, 1)],
                        *requests,
                        [("四、政府信息公开行政复议、行政诉讼情况", 15, 1)],
                        *cases,
                    ]
                )
            }
        ),
    )
    yield "four turned", page({**plain, 4: html_table(turned(cases))})
    yield "four as rows", page({**plain, 4: html_table(_by_case(texts))})
    yield "four as three tables", page({**plain, 4: "".join(html_table(rows) for rows in _three(texts))})
    padded = [[*row, one("")] if number >= 3 else row for number, row in enumerate(requests)]
    yield "an empty column", page({**plain, 3: html_table(padded)})
    spaced = [part for row in active for part in (row, [("", 4, 1)])]
    yield "empty rows", page({**plain, 2: html_table(spaced)})
    shifted = [[("", 2, 3), *row[1:]] if number == 0 else row for number, row in enumerate(requests)]
    yield "heads a column off", page({**plain, 3: html_table(shifted)})
    yield (
        "in a table of the page's layout",
        page({number: f"<table width='100%'><tr><td>{table}</td></tr></table>" for number, table in plain.items()}),
    )
    unmerged = [cases[0], [one(text) for text, _, _ in cases[1][:5]] + cases[1][5:], [one("")] * 5 + cases[2], cases[3]]
    yield "heads of four not merged downwards", page({**plain, 4: html_table(unmerged)})
    wrong = [[("行政复议", 4, 1), ("行政诉讼", 11, 1)], *cases[1:]]
    yield "wrong spans in four", page({**plain, 4: html_table(wrong)})
    yield "headings run in", page(plain, heading="<p>{}。</p>")
    renamed = [
        [
            (
                text.replace("其他法律行政法规", "其他法律、行政法规")
                .replace("“三安全一稳定”", "‘三安全一稳定’")
                .replace("本年新收政府信息公开申请数量", "本年新收")
                .replace("（区分处理的，只计这一情形，不计其他情形）", "")
                .replace("总计", "合计")
                .replace("一、", "一．"),
                wide_,
                high,
            )
            for text, wide_, high in row
        ]
        for row in requests
    ]
    yield "other words", page({**plain, 3: html_table(renamed)})
    yield "labels that have lost their spans", page({**plain, 3: html_table(labels_said_once(requests))})
    yield "heads over two rows", page({**plain, 2: html_table(_heads_cut(active)), 3: html_table(_heads_cut(requests))})
    yield "labels that explain", page({**plain, 2: html_table(_explained(active))})
    yield "groups as rows of their own", page({**plain, 3: html_table(_groups_apart(requests))})
    yield "rows numbered", page({**plain, 3: html_table(_numbered(requests))})
    corner, natural = requests[0], requests[1]
    yield (
        "a corner too low",
        page({**plain, 3: html_table([[(corner[0][0], 3, 2), corner[1]], *requests[1:]])}),
    )
    yield (
        "organisations too wide",
        page({**plain, 3: html_table([corner, [natural[0], (natural[1][0], 6, 1), natural[2]], *requests[2:]])}),
    )
    long = [[(text, wide, high + (text == "（三）不予公开")) for text, wide, high in row] for row in requests]
    yield "a group too long", page({**plain, 3: html_table(long)})
    other = {name: str(at % 7) for at, name in enumerate(texts)}
    hidden = "<div style='DISPLAY: none;'>" + html_table(request_rows(other, form)) + "</div>"
    column = html_table(requests).replace("</tr>", "<td style='display:none'>8</td></tr>")
    yield "hidden copy and column", page({**plain, 3: hidden + column})
    yield (
        "shown by a script",
        page({number: f"<div style='display:none'>{table}</div>" for number, table in plain.items()}),
    )


def labels_said_once(rows: Rows) -> Rows:
    """Rows under the heads in which a label is said where it begins, and blank cells stand for the rest of its span."""
    told = grid(rows)
    spanless = rows[:3]
    for at in range(3, len(rows)):
        labels = [
            "" if (column and told[at][column - 1] == text) or (at > 3 and told[at - 1][column] == text) else text
            for column, text in enumerate(told[at][:3])
        ]
        spanless.append([one(text) for text in (*labels, *told[at][3:])])
    return spanless


def _heads_cut(rows: Rows) -> Rows:
    """The heads of the first block (本年…) or of the applicants (商业企业 …) with their words over two rows."""
    at = 1 if len(rows[0]) == 1 else 2
    above = [(text[:3], wide, high) for text, wide, high in rows[at]]
    below = [(text[3:], wide, high) for text, wide, high in rows[at]]
    if at == 1:
        return [rows[0], above, below, *rows[2:]]
    (corner, wide, _), applicants = rows[0]
    natural, organisations, total = rows[1]
    return [
        [(corner, wide, 4), applicants],
        [(natural[0], 1, 3), organisations, (total[0], 1, 3)],
        above,
        below,
        *rows[3:],
    ]


_EXPLAINED: Final = {
    "规章": "（设区的市和自治州的人民政府填报，其他机关填0）",
    "规范性文件": "（以本机关名义印发、在一定期限内反复适用的文件，含决定、公告、通告、意见和办法、细则、规定；"
    "内部文件、人事任免、会议纪要和批复不在其内，请据实填报）",
    "行政许可": "（指按年度统计的办件数量）",
    "处理决定数量": "（指本年度作出的决定，不含不予受理）",
    "其他对外管理服务事项": "（指行政许可以外的事项，含行政确认、行政奖励、行政给付、行政裁决、行政检查、行政征收，"
    "以及公共服务事项和其他权力事项，不含处罚和强制）",
}


def _explained(rows: Rows) -> Rows:
    return [
        [(text + _EXPLAINED.get(text.replace("行政规范", "规范"), ""), wide, high) for text, wide, high in row]
        for row in rows
    ]


def _groups_apart(rows: Rows) -> Rows:
    """Labels in one column; a group stands on a row before its first."""
    apart: Rows = [[(rows[0][0][0], 1, 3), rows[0][1]], rows[1], rows[2]]
    for row in rows[3:]:
        *groups, last = row[: len(row) - 7]
        apart += [[(text, 8, 1)] for text, _, _ in groups]
        apart.append([one(last[0]), *row[len(row) - 7 :]])
    return apart


def _numbered(rows: Rows) -> Rows:
    """A first column that numbers the rows under the heads."""
    return [
        [("序号", 1, 3), *row] if at == 0 else row if at < 3 else [one(str(at - 2)), *row]
        for at, row in enumerate(rows)
    ]


def _grouped(text: str) -> str:
    whole, dot, rest = text.partition(".")
    return f"{int(whole):,}{dot}{rest}"


def _ungrouped(rows: Rows) -> Rows:
    """Rows in which no cell reaches down from above but the heads': each row says all its labels itself."""
    return rows[:3] + [[one(text) for text in row] for row in grid(rows)[3:]]


def _by_case(texts: Texts) -> Rows:
    labels = {"review": [("行政复议", 2, 1)], "suit_direct": [("行政诉讼", 1, 2), one("未经复议直接起诉")]}
    rows: Rows = [[("", 2, 1), *(one(text) for text in forms.OUTCOMES.values())]]
    for case in forms.CASES:
        label: list[Cell] = labels.get(case, [one("复议后起诉")])
        rows.append([*label, *(one(texts[f"4/{case}/{outcome}"]) for outcome in forms.OUTCOMES)])
    return rows


def _three(texts: Texts) -> Iterator[Rows]:
    for case, words in (
        ("review", "行政复议"),
        ("suit_direct", "未经复议直接起诉"),
        ("suit_after_review", "复议后起诉"),
    ):
        rows: Rows = [[(words, 5, 1)], [one(text) for text in forms.OUTCOMES.values()]]
        if case != "review":
            rows.insert(0, [("行政诉讼", 5, 1)])
        yield [*rows, [one(texts[f"4/{case}/{outcome}"]) for outcome in forms.OUTCOMES]]
