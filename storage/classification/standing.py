"""有效性 and 公开方式: whether a document is in force, and how it is disclosed, in one spelling each.

A page's words come in; out goes the value of the table, None for words that the table does not know: those stay as
the page shows them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

VALIDITIES: Final = ("有效", "失效", "废止", "部分失效")
FORMS: Final = ("主动公开", "依申请公开", "不予公开")

_VALIDITY: Final = {
    **dict.fromkeys(
        ("有效", "现行有效", "继续有效", "长期有效", "是", "生效", "有效文件", "已生效", "保留有效"), "有效"
    ),
    **dict.fromkeys(("失效", "已失效", "无效", "否", "失效文件", "已经失效", "宣布失效", "自动失效"), "失效"),
    **dict.fromkeys(("废止", "已废止", "被废止", "宣布废止", "废止文件", "已经废止", "全文废止"), "废止"),
    **dict.fromkeys(("部分失效", "部分废止", "部分有效", "部分条款失效", "部分条款废止", "部分已失效"), "部分失效"),
}
_FORM: Final = {
    **dict.fromkeys(("主动公开", "主动", "主动公开类"), "主动公开"),
    **dict.fromkeys(("依申请公开", "依申请", "申请公开", "依申请公开类"), "依申请公开"),
    **dict.fromkeys(("不予公开", "不公开", "免予公开"), "不予公开"),
}
_SIGNS: Final = re.compile(r"[\s【】\[\]()《》“”\"。.]+")
_PARTS: Final = re.compile(r"[,，;；、/|]|(?=长期|全社会|面向|网站|政府网)")


@lru_cache(maxsize=1024)
def validity(shown: str) -> str | None:
    """Whether the document is in force: one of ``VALIDITIES``."""
    return _VALIDITY.get(_SIGNS.sub("", unicodedata.normalize("NFKC", shown)))


@lru_cache(maxsize=1024)
def form(shown: str) -> str | None:
    """How it is disclosed: one of ``FORMS``. Of several statements (主动公开、长期公开) the first."""
    return _FORM.get(_PARTS.split(_SIGNS.sub("", unicodedata.normalize("NFKC", shown)), maxsplit=1)[0])
