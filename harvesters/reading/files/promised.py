"""What came is held against what was promised: a page or an error text in the place of a file is no file.

What is promised is said by the address, by the name the answer gives, and by the page that names the file. Systems
answer with 200 and "文件不存在", a script that says so, or {"code":404}; old ones hand out tables of a web page under
.xls, which is a file, and some hand out another kind of file than they say, which is one too.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import unquote_to_bytes

_PAGES: Final = frozenset(("xls", "et", "doc", "wps"))  # web pages under these names are handed out by systems
_SHEETS: Final = frozenset(("xls", "et", "csv", "txt"))  # so is text with tabs
_TEXTS: Final = frozenset(("txt", "csv", "json"))
_MARKED_UP: Final = frozenset(("xml", *_PAGES, *_TEXTS))  # Word and Excel of 2003 write XML under their old names
_PICTURES: Final = frozenset(("tif", "tiff", "jpg", "jpeg", "png", "gif", "bmp"))
_SHORT: Final = 4096  # bytes; an answer of a system that says why there is no file is shorter, most are below 300
_NOT_THERE: Final = re.compile(
    r"不存在|未找到|找不到|已(?:被)?删除|已失效|已过期|无权|没有权限|请(?:先)?登录|出错|错误|异常|失败|拒绝访问|"
    r"not[ _]?found|no such file|access denied|forbidden|unauthorized|error",
    re.IGNORECASE,
)
_SCRIPT: Final = re.compile(
    r"\ufeff?\s*<(?:script|!--|center|h[1-6]|font|span|br|title|iframe|form|style)\b", re.IGNORECASE
)
_JSON: Final = re.compile(r"\ufeff?\s*(?:\{\s*(?:\"|\})|\[\s*[\[{\"\]])")
_GIVEN: Final = re.compile(r"filename\s*=\s*(?:\"((?:[^\"\\]|\\.){1,400})\"|([^;\"]{1,400}))", re.IGNORECASE)
_GIVEN_EXACTLY: Final = re.compile(r"filename\*\s*=\s*\"?([\w.-]{0,20})'[\w-]{0,20}'([^;\"]{1,1200})", re.IGNORECASE)
_ENDINGS: Final = frozenset(
    {"pdf", "ofd", "docx", "docm", "wpt", "xlsx", "xlsm", "ppt", "pptx", "dps", "zip", "rar", "7z", "gz", "rtf", "ceb"}
    | {"caj", "dwg", "xml", "json", "mht"}
).union(_PAGES, _SHEETS, _PICTURES)
_ENDING: Final = re.compile(r"\.([A-Za-z0-9]{1,5})$")


def why_no_file(body: bytes, kind: str, *, promised: Collection[str], says: str) -> str | None:
    """What came instead of a file ("nothing", "a page", "a text", …); None where a file came.

    :param kind: what the bytes are, as of ``kind_of_bytes``.
    :param promised: endings that were promised, lower-case, no dots; empty where nobody said any.
    :param says: the answer's content type.
    """
    says = says.partition(";")[0].strip().lower()
    if kind == "empty":
        return "nothing"
    if kind == "html":
        refuses = len(body) < _SHORT and _NOT_THERE.search(_decoded(body)) is not None
        return None if _PAGES.intersection(promised) and "html" not in says and not refuses else "a page"
    if kind == "picture":
        return None if says.startswith("image/") or _PICTURES.intersection(promised) else "a picture"
    if kind == "xml":
        refuses = len(body) < _SHORT and _NOT_THERE.search(_decoded(body)) is not None
        return "XML" if refuses or (promised and not _MARKED_UP.intersection(promised)) else None
    if kind == "text":
        return _why_no_text(body, promised, says)
    return None


def _why_no_text(body: bytes, promised: Collection[str], says: str) -> str | None:
    text = _decoded(body[:_SHORT])
    if _SCRIPT.match(text):
        return "a page"
    if _JSON.match(text) and "json" not in promised:
        return "JSON"
    if len(body) < _SHORT and _NOT_THERE.search(text) and ("html" in says or len(text) < 200):
        return "a text that says there is none"
    if _TEXTS.intersection(promised) or (not promised and says != "text/html"):
        return None
    if _SHEETS.intersection(promised) and "\t" in text and "html" not in says:
        return None
    return "a text"


def name_given(disposition: str) -> str | None:
    """The file's name of a Content-Disposition as it came over HTTP (read as Latin-1); None where it gives none.

    ``filename*`` is preferred (RFC 6266). A plain ``filename`` holds percent signs, UTF-8 or GB18030 on Chinese
    systems, whatever the standard says.

    >>> name_given("attachment; filename=%E5%B9%B4%E6%8A%A5.pdf")
    '年报.pdf'
    """
    exactly = _GIVEN_EXACTLY.search(disposition)
    plainly = _GIVEN.search(disposition)
    if exactly is not None:
        raw = unquote_to_bytes(exactly[2].strip().encode("latin-1", "replace"))
        name = _decoded(raw, exactly[1])
    elif plainly is not None:
        raw = re.sub(r"\\(.)", r"\1", plainly[1] or plainly[2] or "").encode("latin-1", "replace")
        name = _decoded(unquote_to_bytes(raw) if re.search(rb"%[0-9A-Fa-f]{2}", raw) else raw)
    else:
        return None
    name = re.split(r"[/\\]", name)[-1].strip().strip("\"'")
    name = "".join(sign for sign in name if sign.isprintable())
    return name[:200] or None


def ending_of(name: str | None) -> str | None:
    """The kind of file that a name promises, lower-case, without its dot; None where it promises none.

    >>> ending_of("2025年度年报.PDF"), ending_of("附件"), ending_of("统计表2025.12")
    ('pdf', None, None)
    """
    found = _ENDING.search((name or "").rstrip(" 》）)”\"'"))
    ending = found[1].lower() if found else None
    return ending if ending in _ENDINGS else None


def _decoded(raw: bytes, says: str = "") -> str:
    for encoding in filter(None, (says, "utf-8", "gb18030")):
        try:
            return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("gb18030", "replace")
