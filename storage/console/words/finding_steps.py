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
    "proof": ("附件", "Proof:"),
    "proof.add": ("附件（可不附）", "Files that prove it (may be left out)"),
    "proof.why": (
        "至多 {most} 个，每个不超过 {size}：PDF、图片（PNG、JPEG、WebP）、DOCX、XLSX、OFD。随问题留存，不可更改。",
        "{most} at most, {size} each: PDF, pictures (PNG, JPEG, WebP), DOCX, XLSX, OFD. They stay with the finding.",
    ),
    "proof_kind.pdf": ("PDF 文件", "PDF"),
    "proof_kind.png": ("PNG 图片", "PNG picture"),
    "proof_kind.jpeg": ("JPEG 图片", "JPEG picture"),
    "proof_kind.webp": ("WebP 图片", "WebP picture"),
    "proof_kind.docx": ("Word 文档", "Word document"),
    "proof_kind.xlsx": ("Excel 工作簿", "Excel workbook"),
    "proof_kind.ofd": ("OFD 版式文件", "OFD document"),
    "error.proof": ("该问题没有此附件。", "This finding has no such file."),
    "refused.proof_empty": (
        "附件中有空文件，未做任何更改。请返回重新选择。",
        "One of the files is empty; nothing was changed. Go back and choose again.",
    ),
    "refused.proof_large": (
        "附件过大，未做任何更改。请返回压缩后重新选择。",
        "One of the files is too large; nothing was changed. Go back and choose a smaller one.",
    ),
    "refused.proof_many": (
        "附件过多，未做任何更改。请返回重新选择。",
        "There are too many files; nothing was changed. Go back and choose fewer.",
    ),
    "refused.proof_kind": (
        "附件按内容只能是 PDF、PNG、JPEG、WebP、DOCX、XLSX、OFD（不含宏，不收压缩包），未做任何更改。",
        "By its content a file must be PDF, PNG, JPEG, WebP, DOCX, XLSX (no macros) or OFD, no archive; nothing was "
        "changed.",
    ),
    "refused.too_long": ("提交的内容过大，未做任何更改。", "What was sent is too long; nothing was changed."),
    "refused.too_slow": (
        "提交超时，未做任何更改。请检查网络后再试。",
        "It did not come in time; nothing was changed. Check the line and try again.",
    ),
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
