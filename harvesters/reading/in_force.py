"""The day from which a document says of itself that it is in force: 本办法自2026年1月1日起施行.

A text comes in; out come the day and the words. The document speaks of itself only as 本 (本办法, 本通知): a text that
reports on another one names it. A text with two such days, as of an order and what it brings into force, says no one
day; 自发布之日起 names none, and 有效期 may have been prolonged elsewhere, so neither is read.
"""

from __future__ import annotations

import datetime as dt
import re

_KINDS = (
    "办法|规定|条例|细则|规则|意见|通知|通告|公告|决定|方案|措施|标准|规程|规范|制度|政策|文件|规划|目录|"
    "基准|命令|令|清单"
)
_SELF = re.compile(
    rf"本\s*(?:实施|管理|暂行|试行|若干|有关){{0,2}}\s*(?:{_KINDS})\s*(?:[（(][^（）()]{{1,10}}[)）])?\s*自\s*"
    r"((?:19|20)\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*(?:之日)?\s*起\s*(?:正式)?\s*(?:施行|实施|执行|生效)"
)


def effective_day(text: str) -> tuple[dt.date, str] | None:
    """The one day that the text gives for itself, and the words that give it."""
    if "起" not in text or "本" not in text:
        return None
    found: dict[dt.date, str] = {}
    for one in _SELF.finditer(text):
        try:
            found.setdefault(dt.date(int(one[1]), int(one[2]), int(one[3])), one[0])
        except ValueError:
            return None
    return next(iter(found.items())) if len(found) == 1 else None
