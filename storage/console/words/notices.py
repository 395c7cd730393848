"""Words of the notices: what is told to whom."""

from __future__ import annotations

from typing import Final

_KINDS: Final[dict[str, tuple[str, str]]] = {
    "notified": ("问题交办", "finding handed over"),
    "reopened": ("问题重新打开", "finding opened again"),
    "closed": ("问题销号", "finding closed"),
    "dispute_settled": ("申诉处理结果", "dispute settled"),
    "opened_red": ("新发现红牌问题", "new red finding"),
    "opened": ("新发现问题", "new finding"),
    "disputed": ("申诉待处理", "dispute waits for the office"),
    "answered": ("整改反馈待复查", "answer waits for the recheck"),
    "overdue": ("整改逾期", "past its last day for mending"),
    "waiver_ends": ("豁免即将到期", "waiver ends soon"),
    "unobserved": ("栏目无法观测", "column cannot be observed"),
    "held": ("栏目变化过大待确认", "column held: too much changed"),
    "receiver_fails": ("接收方故障", "receiver fails"),
    "receiver_drifts": ("接收方对账差异", "receiver drifts"),
    "flow_failed": ("任务失败", "flow failed"),
    "channel_fails": ("通知渠道故障", "channel fails"),
    "template_broken": ("通知模板有误", "template cannot be used"),
}
_FAULTS: Final = tuple(list(_KINDS)[10:])

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "notices": ("通知", "Notices"),
    "notices.why": (
        "单位只收到自己的问题；公开办收到新问题、反馈与申诉；采集方自身的故障只告知运维，绝不发给单位。",
        "Units are told of their own findings alone; the office of new ones, answers and disputes; what is amiss on "
        "our side goes to the operator and to no unit.",
    ),
    "notices.none": ("尚无通知渠道。", "There are no channels yet."),
    "notices.none_next": (
        "将 deploy/channels.example.yml 复制为数据目录中的 channels.yml，填写渠道，然后运行",
        "Copy deploy/channels.example.yml to channels.yml in the data folder, name your channels, then run",
    ),
    "notices.channels": ("渠道", "Channels"),
    "notices.channel": ("渠道", "Channel"),
    "notices.tells": ("告知对象", "Who is told by it"),
    "notices.last_sent": ("最近送达", "Last sent"),
    "notices.state": ("状态", "State"),
    "notices.well": ("正常", "well"),
    "notices.unused": ("尚未使用", "not used yet"),
    "notices.fails": ("连续失败 {count} 次", "failed {count} times in a row"),
    "notices.gone": ("已不在渠道文件中，自", "not in the channels file since"),
    "notices.failed": ("未能送达", "Given up"),
    "notices.failed_why": (
        "多次尝试仍未送达，已停止尝试。按原因处理后可重新发送；编号不变。",
        "These were tried often enough and did not go out. Mend the cause, then send again; the number stays.",
    ),
    "notices.failed_none": ("没有未能送达的通知。", "Nothing was given up."),
    "notices.waiting": ("待发送", "Waiting"),
    "notices.waiting_why": (
        "等待当日汇总、静默时段结束或下一次尝试；每 5 分钟检查一次。",
        "For the day's digest, the end of quiet hours or the next try; looked at every 5 minutes.",
    ),
    "notices.waiting_none": ("没有待发送的通知。", "Nothing waits."),
    "notices.settled": ("已处理", "Gone out"),
    "notices.settled_none": ("尚未发出任何通知。", "Nothing was sent yet."),
    "notices.what": ("事项", "What"),
    "notices.whom": ("告知", "To whom"),
    "notices.about": ("涉及", "About"),
    "notices.made": ("产生时间", "Since"),
    "notices.reason": ("原因", "Reason"),
    "notices.next": ("下次尝试", "Next try"),
    "notices.tries": ("已试 {count} 次", "tried {count} times"),
    "notices.number": ("编号", "Number"),
    "notices.when": ("时间", "When"),
    "notices.again": ("重新发送", "Send again"),
    "notices.again_of": ("重新发送：{what}，{whom}", "Send again: {what}, {whom}"),
    "notices.again_done": ("已重新排入，数分钟内发送。", "It waits again and is sent within minutes."),
    "notices.advice": (
        "渠道故障：改正渠道文件或密钥后运行 gongkai notices test 渠道名；单位无邮箱：在城市文件中补充联系人邮箱。",
        "A channel fails: mend the channels file or its secret, then gongkai notices test NAME. A unit has no address: "
        "add a contact's e-mail in the city file.",
    ),
    "notice_state.waiting": ("待发送", "waiting"),
    "notice_state.sent": ("已送达", "sent"),
    "notice_state.failed": ("未能送达", "given up"),
    "notice_state.overtaken": ("情况已变，未发送", "overtaken, not sent"),
    "audience.unit": ("公开主体", "unit"),
    "audience.office": ("公开办", "office"),
    "audience.operator": ("运维", "operator"),
    "channel_kind.email": ("电子邮件", "e-mail"),
    "channel_kind.wecom": ("企业微信", "WeCom"),
    "channel_kind.dingtalk": ("钉钉", "DingTalk"),
    "channel_kind.feishu": ("飞书", "Feishu"),
    "channel_kind.webhook": ("网络回调", "webhook"),
    "refused.no_notice": ("没有这条未能送达的通知。", "There is no such notice that was given up."),
    "did.notice.again": ("要求重新发送通知", "had a notice sent again"),
    **{f"notice_kind.{kind}": words for kind, words in _KINDS.items()},
    **{f"notice_kind.{kind}.over": (f"恢复正常：{_KINDS[kind][0]}", f"over: {_KINDS[kind][1]}") for kind in _FAULTS},
}
