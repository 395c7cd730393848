"""Words of what people do with a finding."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "steps": ("处理", "What can be done now"),
    "note": ("说明（可不填）", "Note (may be left out)"),
    "note_needed": ("说明（必填，随问题留存）", "Why (needed; it stays with the finding)"),
    "approved_by": ("批准人", "Approved by"),
    "waived_until": ("豁免截止日期", "Last day of the waiver"),
    "refused.until": ("请填写豁免截止日期。", "Give the last day of the waiver."),
    "do.notified": ("交办", "Notify the unit"),
    "do.received": ("签收", "Confirm receipt"),
    "do.fixing": ("开始整改", "Begin to mend"),
    "do.answered": ("反馈整改结果", "Answer: it is mended"),
    "do.disputed": ("申诉", "Dispute"),
    "do.upheld": ("驳回申诉", "Reject the dispute"),
    "do.waived": ("豁免", "Waive"),
    "do.closed": ("销号", "Close"),
    "do.reopened": ("重新打开", "Reopen"),
    "do.recheck": ("立即复查", "Recheck now"),
    "do_why.notified": ("记录已向单位发出提示或整改通知。", "Notes that the unit was told, by notice or letter."),
    "do_why.received": ("确认单位已收到通知。", "Notes that the unit has the notice."),
    "do_why.fixing": ("单位已着手整改。", "The unit is at it."),
    "do_why.answered": (
        "写明如何整改。此后的第一次有效观测即为复查：合格则销号，仍不合格则重新打开。",
        "Say how it was mended. The next good look is the recheck: it closes the finding, or opens it again.",
    ),
    "do_why.disputed": ("写明为何认为判定有误。", "Say why you hold that it is not so."),
    "do_why.upheld": ("写明为何维持判定；问题回到已交办。", "Say why the finding stands; it goes back to notified."),
    "do_why.waived": (
        "到期自动恢复。须有理由、批准人和截止日期。",
        "Ends by itself. Needs a reason, an approver and a day.",
    ),
    "do_why.closed": (
        "人工销号：写明依据。只有判定有误或问题已消除时使用。",
        "Closed by hand: say on what ground. For a wrong finding, or one that is no more.",
    ),
    "do_why.reopened": ("写明为何重新打开。", "Say why it is opened again."),
    "do_why.recheck": (
        "留下复查请求，由采集任务在后台完成：重新采集该栏目并重新判定。",
        "Leaves a request; the column is harvested and judged again in the background.",
    ),
}
