"""Words of the rules on what stands in yearly reports: how each is judged and met, its reasons and its facts."""

from __future__ import annotations

from typing import Final

_SUM_FIX: Final = ("核对所列单元格，更正后重新公布。", "Check the cells named, correct them and publish again.")

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "rule_family.AR": ("年度报告内容", "What yearly reports say"),
    "rule_how.AR-01": (
        "表三每列核算“一＋二＝（七）总计＋四”；含空格、“/”或文字的列不判，从不当作0。",
        "Each column of table 3 is added up; one with a blank, a slash or words is not judged, and never taken as 0.",
    ),
    "rule_fix.AR-01": _SUM_FIX,
    "rule_how.AR-02": (
        "表三每列核算“（七）总计＝各项办理结果之和”。",
        "In each column of table 3 the grand total is the sum of its results.",
    ),
    "rule_fix.AR-02": _SUM_FIX,
    "rule_how.AR-03": (
        "表三每行核算“总计＝自然人＋法人或其他组织各列”。",
        "In each row of table 3 the total is the sum of its applicants.",
    ),
    "rule_fix.AR-03": _SUM_FIX,
    "rule_how.AR-04": (
        "表四各组核算“总计＝维持＋纠正＋其他＋尚未审结”。",
        "In each block of table 4 the total is the sum of its four.",
    ),
    "rule_fix.AR-04": _SUM_FIX,
    "rule_how.AR-05": (
        "与上年年报对照：上年现行有效＋制发－废止＝现行有效；文件清理可使其不等，仅作提示。",
        "Held against last year's report; a review of old documents can break it, so it is only told.",
    ),
    "rule_fix.AR-05": (
        "核对现行有效件数；因清理变化的，在年报中说明。",
        "Check the count in force; say in the report where a review changed it.",
    ),
    "rule_how.AR-06": (
        "与上年年报对照：每列“上年结转”应等于上年“结转下年度继续办理”；没有上年年报的不判。",
        "Each column carried in is what last year's report carried out; without that report nothing is said.",
    ),
    "rule_fix.AR-06": (
        "核对两年年报，更正有误的一份。",
        "Check both reports and correct the one that is wrong.",
    ),
    "rule_how.AR-07": (
        "只核对正文中确指全年、本单位、单项数字的语句；同比、其中、占比、累计等不核对。仅作提示。",
        "Only phrases that surely mean one figure of the year are read; comparisons and parts are not. Only told.",
    ),
    "rule_fix.AR-07": ("使正文与表格一致。", "Make text and table agree."),
    "rule_how.AR-08": (
        "汇总年报的数不应小于各单位已公布年报之和；由本市指定汇总单位后启用。",
        "A report that sums up others is not below their sum; in use once the city says whose it is.",
    ),
    "rule_fix.AR-08": ("核对汇总口径和漏报单位。", "Check what was summed, and who was left out."),
    "rule_how.AR-09": (
        "负数、小数件数或“若干”等文字才认定；空格、“/”只列出，不认定。",
        "Negative or broken counts, or words that are no number; a blank or a slash is only listed.",
    ),
    "rule_fix.AR-09": ("按格式填写非负整数，没有的填0。", "Fill in whole numbers, and 0 where there is none."),
    "rule_how.AR-10": (
        "总计列平衡而两个申请人列一多一少同数，或各列平衡而两行一多一少同数，多为归类有误。",
        "Totals balance while two columns, or two rows, are off by as much: counted under the wrong heading.",
    ),
    "rule_fix.AR-10": (
        "核对所列两列（行）的归类。",
        "Check under which of the two each was counted.",
    ),
    "rule_how.AR-11": (
        "比对第一、五部分自有文字（去掉数字、年份、名称，三分之一单位都写的不计）；公布在先的不认定。",
        "Own words of parts 1 and 5, without numbers and names; whoever published first is not held to have copied.",
    ),
    "rule_fix.AR-11": ("按本单位当年实际重写。", "Write it anew from what the unit did that year."),
    "rule_how.AR-12": (
        "六个部分、三张表是否齐全；表格可能为图片或附件的，不认定缺少。",
        "Six parts and three tables; a table that may be a picture or a file is never held to be missing.",
    ),
    "rule_fix.AR-12": ("按格式补齐缺少的部分。", "Add the missing part as the form has it."),
    # ---------------------------------------------------------------- why nothing is said
    "reason.report_not_fetched": ("年报附件尚未取得", "the report's file was not fetched"),
    "reason.report_scanned": ("年报为扫描件，没有文字", "the report is scanned pictures"),
    "reason.report_locked": ("年报文件加密", "the report's file is locked"),
    "reason.report_refused": ("年报文件超出读取限度", "the report's file is beyond our bounds"),
    "reason.report_unreadable": ("年报文件不能读取", "the report's file cannot be read"),
    "reason.which_year": ("报告所称年度与归档年度不一致", "the report names another year"),
    "reason.no_table": ("未读到规定表格，可能为图片或附件", "no table of the form was read"),
    "reason.cells_without_number": ("有单元格未填数字，不当作0", "cells hold no number; never taken as 0"),
    "reason.may_be_misread": ("不符过多，可能读取有误，请看原文", "so much is off that we may have misread it"),
    "reason.no_last": ("没有可对照的上年年报", "no report of last year to hold it against"),
    "reason.no_parts": ("没有可汇总的单位年报", "no unit's report to sum up"),
    "reason.part_not_found": ("未见该部分，可能用了其他标题", "a part was not found; it may have another heading"),
    "reason.other_form": ("报告体例不同，无此要求", "of a form that does not ask for it"),
    "reason.no_compiler": ("不是汇总年报", "not a report that sums up others"),
    "reason.no_number_in_text": ("正文没有可确指的数字", "the text names no number for sure"),
    # ---------------------------------------------------------------- facts
    "fact.found": ("发现", "found"),
    "fact.hint": ("疑似有误", "most likely wrong"),
    "fact.relations": ("不符之处", "what does not hold"),
    "fact.cells": ("涉及单元格", "cells"),
    "fact.suspect": ("疑似有误的单元格", "cells most likely wrong"),
    "fact.not_assessable": ("未填数字的单元格", "cells without a number"),
    "fact.judged": ("已核算", "judged"),
    "fact.broken": ("不符项数", "do not hold"),
    "fact.alike": ("相似", "alike"),
    "fact.shared": ("相同语句（前几句）", "sentences in both"),
    "fact.others_published_on": ("另一份发布日期", "the other's date"),
    "fact.parts": ("已有部分", "parts there"),
    "fact.tables": ("已有表格（所在部分）", "tables there, by part"),
}
