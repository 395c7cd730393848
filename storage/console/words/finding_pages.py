"""Words of a finding's page and of the captured pages it shows."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "rule.title": ("指标要求", "What the rule asks"),
    "rule.confidence": ("依据可信度", "How sure the rule's text is"),
    "rule.status": ("使用方式", "How it is used"),
    "rule_status.binding": ("计入判定", "binding"),
    "rule_status.advice": ("仅提示", "advice only"),
    "rule_status.off": ("未启用", "off"),
    "days": ("逐日计算", "Day by day"),
    "days.why": (
        "起算日不计。“–”为不计之日，“★”为期限最后一日，“!”为超期。",
        "The first day is not counted. – does not count, ★ is the last day in time, ! is over time.",
    ),
    "days.over": ("期限之后的天数见“事实”。", "What came after the last day in time stands in the facts."),
    "days.day": ("日期", "Day"),
    "days.number": ("第几日", "Number"),
    "days.sign": ("标记", "Sign"),
    "days.reason": ("说明", "Why"),
    "capture.same": ("存档与采集时一致", "the archive holds the same bytes"),
    "capture.differs": (
        "存档字节与采集时记录的校验值不符，不作为证据显示",
        "the archive holds other bytes than were noted: not shown as evidence",
    ),
    "capture.gone": ("存档中找不到该页", "the archive does not have this page"),
    "capture.unkept": ("该页未存档", "this page was not kept"),
    "capture.unchecked": ("打开时核对", "compared when it is opened"),
    "refused.proof_differs": ("存档字节与记录不符。", "The archive holds other bytes than were noted."),
    "refused.proof_gone": ("存档中找不到该页。", "The archive does not have this page."),
    "refused.proof_unkept": ("该页未存档。", "This page was not kept."),
    "replay": ("查看采集时的页面", "See the page as captured"),
    "replay.live": ("现在的网页", "The page as it is now"),
    "replay.save": ("下载原始字节", "Save the bytes"),
    "replay.banner": (
        "采集存档，并非现在的网页；已去除脚本、样式、图片和表单",
        "A captured page, not the live one; scripts, styles, pictures and forms are left out",
    ),
    "replay.marks": ("已标出与问题有关的内容 {count} 处", "{count} places that the finding rests on are marked"),
    "replay.file": ("这是文件，不在此显示，请下载。", "This is a file: it is not shown here; save it."),
    "replay.cut": ("页面过长，只显示前面部分。", "The page is too long; only its beginning is shown."),
    "replay.data": ("页面脚本中与问题有关的数据（以文字显示）", "What the page's scripts hold of it, as text"),
    "replay.links": ("页面中的链接", "Links of the page"),
    "waits": ("当前等待", "Waits for"),
    "waits_for.office": ("公开办处理", "the office"),
    "waits_for.unit": ("公开主体处理", "the unit"),
    "waits_for.recheck": ("下一次有效观测（复查）", "the next good look, which is the recheck"),
    "waits_for.nobody": ("无需处理", "nobody"),
    "waits.since": ("自 {since} 起，已 {days} 天", "since {since}, {days} days"),
    "later": ("{days} 天后", "{days} days later"),
    "notice": ("制作通知", "Make a notice"),
    "notice.why": (
        "为该单位全部适用问题制作，由后台完成。",
        "Made for all findings of the unit that it fits, in the background.",
    ),
    "notice.left": ("已留下请求，完成后见“文书”。", "The request was left; the paper will be among the papers."),
    "notice_kind.reminder": ("提示单", "Reminder (提示单)"),
    "notice_kind.rectification": ("整改通知书", "Order to rectify (整改通知书)"),
    "did.finding.notice": ("要求制作通知", "asked for a notice"),
}
