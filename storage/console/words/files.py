"""Words of attachments: whether we have them, and what became of reading them."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "error.file": ("没有存下这个附件", "This attachment was not kept"),
    "item.file_size": ("{size} 字节", "{size} bytes"),
    "item.file_pages": ("{pages} 页", "{pages} pages"),
    "item.file_take": ("下载存档件", "download as captured"),
    "field.files": ("附件信息（本系统测得）", "what we learnt of attachments"),
    "file_state.waiting": ("待下载", "not asked for yet"),
    "file_state.fetched": ("已下载", "fetched"),
    "file_state.failed": ("未能下载，将重试", "could not be had, tried again"),
    "file_state.refused": ("未下载（超出本系统限制）", "not fetched, beyond our bounds"),
    "file_outcome.read": ("已读取", "read"),
    "file_outcome.scanned": ("扫描件，无文字", "a scan, without text"),
    "file_outcome.empty": ("空白文件", "empty"),
    "file_outcome.locked": ("有密码，未读取", "locked with a password"),
    "file_outcome.refused": ("超出读取上限，未读取", "beyond the bounds of reading"),
    "file_outcome.unreadable": ("文件已损坏", "damaged"),
    "file_outcome.unsupported": ("不支持的格式", "of a kind that is not read"),
}
