"""Words of the page of sources: how the harvest goes, what is paused, what is ours to put right."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "over.title": ("数据源", "Sources"),
    "over.why": (
        "采集是否正常。本页所列均为我方事项，不计为单位问题。",
        "Whether the harvest goes well. All of this is ours to see to; nothing of it is held against a unit.",
    ),
    "over.city": ("城市设置", "The city"),
    "over.add": ("按网址添加单位", "Add a unit by its address"),
    "over.read": ("试读页面", "Try a page"),
    "over.none": ("还没有登记单位。", "No unit is registered yet."),
    "over.none_next": (
        "请先填写城市信息，再按网址添加单位。",
        "Say which city this is, then add a unit by its address.",
    ),
    "over.health": ("采集状况", "Health of the harvest"),
    "over.well": ("正常观测栏目", "Columns well observed"),
    "over.last": ("最近采集", "Last harvest"),
    "over.looks": ("近 {days} 天有效观测", "Good looks, {days} days"),
    "over.feeds": ("订阅源", "Feeds"),
    "over.paused": ("暂停采集", "Paused"),
    "over.paused_why": (
        "暂停期间不采集、不判定，原有问题保持不变；到期自动恢复。",
        "Nothing is harvested or judged while it is paused, and open findings stay as they are. It ends by itself.",
    ),
    "over.paused_none": ("没有暂停的单位或栏目。", "Nothing is paused."),
    "over.whole": ("整个单位", "the whole unit"),
    "over.reason": ("原因", "Reason"),
    "over.by": ("经办人", "By"),
    "over.on": ("起始日", "From"),
    "over.until": ("最后一日", "Last day"),
    "over.open_end": ("直到恢复", "until it is resumed"),
    "over.drift": ("读取异常", "Drift"),
    "over.drift_why": (
        "以下栏目的读取结果与以往不同，可能是改版或换址，请核对后处理。",
        "These columns are not read as they were: redesigned, perhaps, or moved. Check each, then act.",
    ),
    "over.drift_none": ("没有读取异常。", "Every column is read as it was."),
    "over.drift_at": ("截至", "As of"),
    "over.was": ("以往", "Before"),
    "over.now": ("现在", "Now"),
    "over.proposal": ("建议", "Proposal"),
    "over.try_now": ("立即重试", "Try now"),
    "over.try_place": ("立即重试：{name}", "Try now: {name}"),
    "drift_what.dates": ("日期", "dates"),
    "drift_what.titles": ("标题", "titles"),
    "drift_what.rows": ("条数", "rows"),
    "drift_what.engine": ("读取方式", "way of reading"),
    "drift_what.moved": ("疑似换址", "moved, perhaps"),
    "drift_what.unlinked": ("首页不再链接", "linked no longer"),
    "drift_what.frozen": ("长期不更新", "frozen"),
}
