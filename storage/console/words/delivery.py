"""Words of the feed's state."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "delivery": ("供数", "Delivery"),
    "delivery.head": ("最新变化第 {number} 号", "latest change {number}"),
    "delivery.none": ("尚未向任何接收方供数。", "Nothing was handed to any receiver yet."),
    "delivery.none_next": (
        "在接收方文件中登记接收方（没有该文件时写入数据目录），然后运行",
        "Name receivers in the receivers file (without one, a folder of the data folder is it), then run",
    ),
    "delivery.left": ("已留下请求，由后台任务完成。", "The request was left; it is done in the background."),
    "receiver": ("接收方", "Receiver"),
    "receiver.cursor": ("已收到", "Has everything up to"),
    "receiver.lag": ("待送", "Waiting"),
    "receiver.drift": ("对账差异", "Drift"),
    "receiver.dead": ("拒收", "Refused"),
    "receiver.state": ("状态", "State"),
    "receiver.well": ("正常", "well"),
    "receiver.held": ("连续失败 {count} 次，下次尝试", "failed {count} times in a row, next attempt"),
    "receiver.gone": ("已不在接收方文件中，自", "not in the receivers file since"),
    "receiver.replay": ("重送拒收的", "Send the refused again"),
    "dead.why": (
        "接收方拒收的变化在此留存，不会丢失；重送时送该信息的最新状态。",
        "What a receiver refused is kept here and not lost; what is sent again is the item as it is now.",
    ),
    "dead.reason": ("接收方说明", "In the receiver's words"),
    "dead.tries": ("次数", "Tries"),
    "did.delivery.replay": ("要求重送", "asked to send again"),
}
