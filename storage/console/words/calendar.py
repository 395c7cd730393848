"""Words of the calendar of due dates."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "calendar": ("日程", "Calendar"),
    "calendar.month": ("{year}年{month}月", "{year}-{month:02d}"),
    "calendar.why": (
        "各单位到某日应完成的公开事项：年度报告、预决算、栏目更新、解读和反馈时限、自定目录时限、豁免到期。",
        "What units owe by a day: yearly reports, budgets, fresh columns, limits, their own directories, waivers.",
    ),
    "calendar.pick": ("月份（年-月）", "Month (year-month)"),
    "calendar.show": ("查看", "Show"),
    "calendar.ics": ("导出到日历软件（.ics）", "For a calendar program (.ics)"),
    "calendar.due_on": ("最迟日期", "Due on"),
    "calendar.owed": ("应公开事项", "What is owed"),
    "calendar.of_month": ("本月到期", "Due in this month"),
    "calendar.before": ("已过期未完成", "Passed and not met"),
    "calendar.before_why": (
        "均已由判定认定为问题；尚未能判定的不列在此。",
        "Each is proven by a verdict; what could not be judged is not among them.",
    ),
    "calendar.none": ("本月没有到期事项。", "Nothing is due in this month."),
    "calendar.none_before": ("没有过期未完成的事项。", "Nothing has passed without being met."),
    "calendar.passed": ("已过 {days} 日", "passed {days} days ago"),
    "calendar.in_days": ("还有 {days} 日", "in {days} days"),
    "calendar.today": ("今日", "today"),
    "calendar.waived": ("豁免至", "waived until"),
    "calendar.rest": ("休", "off:"),
    "calendar.work": ("班", "worked:"),
    "calendar.advice": ("（仅提示）", "(advice only)"),
    "calendar.provisional": ("节假日安排未公布，日期暂计", "days off not announced yet: provisional"),
    "calendar.not_announced": (
        "{year}年节假日安排尚未公布，按工作日计算的日期为暂计。",
        "The days off of {year} are not announced yet; days counted in working days are provisional.",
    ),
    "calendar.told": ("据判定结果生成于", "As of the assessment of"),
    "empty.calendar": ("还没有日程：日程由判定生成。", "There is no calendar yet: assessing makes it."),
    "due_what.yearly": ("年度报告", "yearly"),
    "due_what.budget": ("预决算", "budget and accounts"),
    "due_what.freshness": ("栏目更新", "freshness"),
    "due_what.limit": ("解读与反馈时限", "interpretation and feedback"),
    "due_what.directory": ("本单位目录时限", "own directory"),
    "due_what.waiver": ("豁免到期", "end of a waiver"),
    "weekday.0": ("周一", "Mon"),
    "weekday.1": ("周二", "Tue"),
    "weekday.2": ("周三", "Wed"),
    "weekday.3": ("周四", "Thu"),
    "weekday.4": ("周五", "Fri"),
    "weekday.5": ("周六", "Sat"),
    "weekday.6": ("周日", "Sun"),
}
