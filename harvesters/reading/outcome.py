"""What one look came to where it is not content: blocked, gone, moved, a shell, cut off.

A ``Document`` comes in, a ``Refusal`` goes out, or None where nothing speaks against the page. Status codes, sizes
and tell-tale strings are read here and nowhere else. Only ``refusal_by_status`` and ``cut_off`` may be asked before
the page has shown what it is: tell-tale strings stand on genuine pages too (a disclosure page titled "403" that
spoke of its WAF was real), so ``refusal_by_body`` is for pages that brought no proof of content.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from harvesters.reading.broken import broken, broken_title, lists_files
from harvesters.reading.document import Document
from harvesters.reading.links import joined
from harvesters.reading.onward import JUMP_BYTES, redirect_target
from harvesters.reading.protection import (
    LET_THROUGH,
    advice,
    gate_of,
    is_title_of_block,
    reason_of,
    refuses,
    system_behind,
    system_in,
)
from storage.schema import Outcome

# answers of protection systems: 412 瑞数, 521/512 加速乐, 405 and 418 cloud WAFs, 49x 网站卫士, 567 EdgeOne
_BLOCKING = frozenset({401, 402, 405, 406, 407, 412, 418, 423, 425, 429, 449, 451, 455, 468, 491, 493, 512, 521, 567})
_MAYBE_BLOCKING = frozenset({400, 403, 503})  # also what a site answers by itself
GONE = frozenset({404, 410})

_MISSING = re.compile(
    r"页面(?:无法访问|已失效|已过期)|"
    r"页面(?:不存在|没有找到|未找到|走丢|丢失)|(?:找不到|无法找到|未找到|没有找到).{0,8}(?:页面|网页|文件|资源|内容|信息)|"
    r"您(?:所)?(?:访问|查看|要查看)的.{0,12}(?:不存在|已删除|已被删除|无法|已调整|已迁移)|"
    r"(?:文章|信息|内容|栏目|资源|页面|网页)(?:不存在|已(?:被.{0,6})?(?:删除|下线|撤销|撤下)|未发布|已调整)|"
    r"链接已?(?:失效|过期)|参数(?:错误|有误|无效|不正确)|"
    r"错误页面|404\s*(?:错误|not found|页面|！|!)|not found|抱歉.{0,20}(?:不存在|找不到|删除)|"
    r"(?:^|[^\d第])404(?![\d号件])",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(r"^\W*403\b|禁止访问|拒绝访问", re.IGNORECASE)
_MOVED = re.compile(
    r"(?:网站|域名|站点|本站|平台).{0,8}(?:已|变更|迁移|搬迁|更换|停用|关停|下线|整合).{0,30}(?:迁移|变更|更换|关停|停用|公告|通知|新域名|新网址)"
    r"|网站域名变更|已(?:整体)?迁移至"
)
_REPAIR = re.compile(
    r"(?:系统|网站|本站|站点|平台|服务器|栏目|页面|服务)[^，。；\n]{0,8}正在[^，。；\n]{0,6}(?:维护|升级|改版|建设|检修|调整)|"
    r"(?:系统|网站|本站|站点|平台|服务器|栏目|页面)(?:维护|升级|改版|建设|检修)(?:中|期间)|"
    r"(?:维护|升级|改造|检修|改版)[^。；\n]{0,20}暂停(?:服务|访问|开放|使用)|(?:系统|服务器)繁忙|访问人数过多|"
    r"服务(?:暂时)?不可用|bad gateway|service unavailable",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"系统提示.{0,40}(?:登录|权限)|(?:请(?:先)?|需要)登录(?:后|系统)?", re.DOTALL)
_LOGIN_TITLE = re.compile(
    r"统一(?:身份|用户)?认证|(?:用户|系统|管理员|后台)?登[录陆]\W*$|请(?:先)?登[录陆]", re.IGNORECASE
)
_GOOD_CODES = frozenset({"0", "00", "0000", "1", "200", "true", "ok", "success"})
_JSON_FAULT = re.compile(r"(?:系统|服务器?|程序|内部)(?:异常|错误|出错|故障)")
_JSON_LOGIN = re.compile(
    r"认证失败|鉴权失败|未(?:登[录陆]|授权)|请.{0,6}登[录陆]|(?:没有|无).{0,6}权限|登[录陆].{0,8}(?:过期|失效)"
)
_APP_ROOT = re.compile(
    r"<(?:div|section|main)[^>]{0,80}\bid=[\"'](?:app|root|__next|__nuxt|main-app)[\"']|\bng-app\b|\bv-cloak\b",
    re.IGNORECASE,
)
# a script that sets a cookie and asks for the page again, without a word to be seen
_BOUNCE = re.compile(
    r"document\.cookie\s*=.{1,2000}\blocation\s*(?:\.\s*(?:href|reload|replace|assign)\b|=)", re.DOTALL
)
_ALERT = re.compile(r"\balert\(\s{0,3}[\"']([^\"'\\]{2,100})[\"']\s{0,3}\)")
_FRAME_SOURCE = re.compile(r"<i?frame\b[^<>]{0,500}?\bsrc\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_NOT_A_LIST = re.compile(
    r"visitcount|login|tree\.jsp|share|footer|header|weather|tianqi|search|about:blank", re.IGNORECASE
)
_SAMPLE = 50_000  # characters of a refusing answer that are searched for its system
_CHALLENGE_BYTES = 8000  # 瑞数's own page is a seed, a script and an address
_CLOSED = ("ul", "ol", "table")  # what every template closes that opens it
# where list interfaces say why they give nothing, and the codes among them that say it as a status would
_MESSAGES = ("msg", "message", "errmsg", "errorMsg", "error", "info", "desc", "resultMsg")
_MESSAGE = 300  # characters
_CODES = ("code", "status", "state", "errcode", "errorCode", "retcode", "statusCode", "resultCode")
_BY_CODE = {"401": "login", "403": "http_403", "429": "rate_limit"}
_FAULT = re.compile(r"5\d\d")
_NO_DATA = re.compile(r"(?:无|没有)[^权访]{0,4}(?:数据|信息|内容|记录|结果)|no data", re.IGNORECASE)
_OWN_TAGS = frozenset({"siteidcode", "columnname"})
SHELL_BYTES = 600  # below it no government page of content was ever seen
SHELL_TEXT = 120  # visible characters of a page that draws itself in the browser


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a look yielded nothing: kind of page, outcome, machine word, and what the operator can do."""

    kind: str
    outcome: Outcome
    reason: str
    detail: str
    target: str | None = None  # where a redirect leads


def is_titled_missing(doc: Document) -> bool:
    """Whether the page's ``<title>`` says that there is no such page, or no site."""
    title = _title(doc)
    return _MISSING.search(title) is not None or broken_title(title)


def is_folder(doc: Document) -> bool:
    """Whether the page is what a server shows of a folder: its files are rows of nobody's list."""
    return lists_files(_title(doc))


def is_titled_refusal(doc: Document, heading: str | None) -> bool:
    """Whether the page's ``<title>`` or ``heading`` is one with which a block speaks to its visitor."""
    return refuses(_title(doc)) or (heading is not None and refuses(heading))


def refusal_by_status(doc: Document, *, own_page: bool) -> Refusal | None:
    """What the status says. ``own_page``: the body is a page of the site itself, which 403 and 503 need to count."""
    status = doc.status
    if status == 304:
        return Refusal(
            kind="other", outcome=Outcome.NOT_MODIFIED, reason="http_304", detail="Unchanged since last time."
        )
    if 300 <= status < 400:
        target = doc.headers.get("location")
        return _redirected("http_redirect", joined(doc, target) if target else None)
    is_challenge = status == 202 and doc.json is None  # 瑞数's first answer; an interface may say it of its data
    if status in _BLOCKING or ((is_challenge or status in _MAYBE_BLOCKING) and not own_page):
        return _refused_by_status(doc)
    if status in GONE:
        return Refusal(
            kind="error",
            outcome=Outcome.SOFT404,
            reason=f"http_{status}",
            detail=f"The site says {status}: the page is gone or has moved; look for the column's new address.",
        )
    if status >= 500:
        return Refusal(
            kind="error",
            outcome=Outcome.UNREACHABLE,
            reason=f"http_{status}",
            detail=f"The site's server failed with {status}; it is asked again later.",
        )
    if status >= 400 and not own_page:
        return _refused_by_status(doc)
    return None


def cut_off(doc: Document) -> Refusal | None:
    """A body that ends before its end: shorter than announced, or broken off inside JSON, XML or HTML."""
    announced = doc.headers.get("content-length", "")
    short = announced.isdigit() and not doc.headers.get("content-encoding") and 0 < len(doc.body) < int(announced)
    if not short and doc.body:
        text = doc.text
        tail = text[-3000:].rstrip().lower()
        first = text.lstrip("\ufeff \t\r\n")[:1]
        if first in ("{", "["):
            short = doc.json is None and tail[-1:] not in ("}", "]", ")", ";")
        elif "<html" in text[:3000].lower():
            short = "</html" not in tail and "</body" not in tail and (not tail.endswith(">") or _is_left_open(text))
    if not short:
        return None
    return Refusal(
        kind="error",
        outcome=Outcome.UNREACHABLE,
        reason="truncated",
        detail="The answer breaks off before its end, so nothing is concluded from it; it is asked again later.",
    )


def _is_left_open(text: str) -> bool:
    """Whether a page ends neither its body nor what stands in it: cut between two tags it looks whole at its last.

    Pages that leave out the ends of body and html are in order otherwise, or a browser shows them badly.
    """
    lowered = text.lower()
    if "</html" in lowered or "</body" in lowered:
        return False
    return any(lowered.count(f"<{tag}") > lowered.count(f"</{tag}") for tag in _CLOSED)


def refusal_by_body(doc: Document, shown: str, *, documented: bool = False) -> Refusal | None:
    """What a page without proof of content is.

    :param shown: its visible text.
    :param documented: it has a headline with its date, as no block, error or notice of a host has; then words in it
        are what it is about.
    """
    text = doc.text
    if not text.strip() and redirect_target(doc) is None:
        return Refusal(
            kind="shell",
            outcome=Outcome.SHELL,
            reason="empty_body",
            detail="The server answered with nothing at all; sites that fence out foreign or bulk visitors do so.",
        )
    title = _title(doc)
    if documented and not broken_title(title):
        return _moved(doc) if _MOVED.search(title) else None
    small = len(shown) < 2000
    if not shown.strip() and len(doc.body) < JUMP_BYTES:
        shown = " ".join(_ALERT.findall(text))
    blocked = _block(doc, title, shown)
    if blocked is not None:
        return blocked
    if small and (_MOVED.search(title) or (len(shown) < 600 and _MOVED.search(shown))):
        return _moved(doc)
    if len(shown) < 600 and _FORBIDDEN.search(title):
        return _blocked(doc, "http_403")
    target = redirect_target(doc)
    # before a jump is heeded: error pages send their visitor home after some seconds
    if _MISSING.search(title):
        return _missing()
    fault = broken(title, shown, text) if small else None
    if fault is not None:
        return _at_fault(fault)
    if small and _MISSING.search(shown[:600]):
        return _missing()
    if target and len(shown) < 400:
        gate = gate_of(target)
        if gate is not None:
            return Refusal(kind="challenge", outcome=Outcome.BLOCKED, reason=gate.reason, detail=gate.advice)
        return _redirected("page_redirect", target)
    if len(shown) < 600 and _REPAIR.search(f"{title} {shown}"):
        return Refusal(
            kind="error",
            outcome=Outcome.UNREACHABLE,
            reason="maintenance",
            detail="The site says that it is under maintenance; it is asked again later.",
        )
    if _asks_for_login(doc, title, shown):
        return _blocked(doc, "login")
    return _shell(doc, shown)


def is_challenge(doc: Document, shown: str) -> bool:
    """Whether the page bears the marks of a protection system's own page, whatever it leads to."""
    found = _block(doc, _title(doc), shown)
    return found is not None and found.reason.startswith("challenge:")


def refusal_by_json(doc: Document) -> Refusal | None:
    """What an interface's answer without rows says of itself by its message and code; None where it says nothing.

    Interfaces answer 200 and put what is wrong into the text.
    """
    told = doc.json
    if not isinstance(told, Mapping):
        return None
    codes = [str(told[name]) for name in _CODES if isinstance(told.get(name), int | str)]
    message = " ".join(value for name in _MESSAGES if isinstance(value := told.get(name), str)).strip()[:_MESSAGE]
    word = system_in(message) or ("login" if _LOGIN.search(message) or _JSON_LOGIN.search(message) else None)
    word = word or next((_BY_CODE[code] for code in codes if code in _BY_CODE), None)
    if word:
        return _blocked(doc, word)
    failed = told.get("success") is False or any(_FAULT.fullmatch(code) for code in codes)
    if any(code.lower() in _GOOD_CODES for code in codes) and not failed:
        return None
    if "404" in codes or (message and _MISSING.search(message)):
        return _missing()
    if _NO_DATA.search(message) or not (failed or _REPAIR.search(message) or _JSON_FAULT.search(message)):
        return None
    said = message or ", ".join(codes) or "success: false"
    return Refusal(
        kind="error",
        outcome=Outcome.UNREACHABLE,
        reason="interface_error",
        detail=f"The list interface says that it failed ({said}); it is asked again later.",
    )


def _at_fault(reason: str) -> Refusal:
    return Refusal(
        kind="error",
        outcome=Outcome.UNREACHABLE,
        reason=reason,
        detail="In place of the site its server or host shows a page of its own; it is asked again later.",
    )


def _block(doc: Document, title: str, shown: str) -> Refusal | None:
    """The protection system whose own page this is."""
    text = doc.text
    small = len(shown) < 2000
    system = system_in(text) if small or len(doc.body) < 30_000 else None
    if system in LET_THROUGH and (
        len(shown) > SHELL_TEXT or (len(doc.body) > _CHALLENGE_BYTES and _APP_ROOT.search(text))
    ):
        system = None  # its own page shows nothing
    if system is None and small and is_title_of_block(title):
        system = "huawei"
    if system is None and len(shown) < 600 and refuses(title) and not _FORBIDDEN.search(title):
        system = "waf"
    if system is None and not shown.strip() and len(doc.body) < _CHALLENGE_BYTES and _BOUNCE.search(text):
        system = "cookie"
    if system and (reason_of(system).startswith("challenge:") or len(shown) < 600):
        return _blocked(doc, system)
    return None


def _asks_for_login(doc: Document, title: str, shown: str) -> bool:
    """Whether the page is a login: a word of it counts where little else is shown, or beside a field for a password."""
    if len(shown) >= 600:
        return False
    if _LOGIN_TITLE.match(title):
        return True
    return _LOGIN.search(f"{title} {shown}") is not None and (
        len(shown) < 2 * SHELL_TEXT or doc.tree.css_first("input[type=password]") is not None
    )


def _moved(doc: Document) -> Refusal:
    target = redirect_target(doc, force=True)
    where = f" It names {target}." if target else ""
    return Refusal(
        kind="error",
        outcome=Outcome.SOFT404,
        reason="moved",
        detail=f"The site says that it has moved or closed; enter its new address in the city file.{where}",
        target=target,
    )


def _missing() -> Refusal:
    return Refusal(
        kind="error",
        outcome=Outcome.SOFT404,
        reason="soft404",
        detail="The page says that it does not exist, though its status does not; look for its new address.",
    )


def _shell(doc: Document, shown: str) -> Refusal | None:
    text, title = doc.text, _title(doc)
    frames = [src for src in _FRAME_SOURCE.findall(text) if not _NOT_A_LIST.search(src)]
    if len(shown) < SHELL_TEXT and frames:
        return _redirected("frame", joined(doc, frames[0]))
    if (len(shown) < 3 * SHELL_TEXT or "{{" in shown) and _APP_ROOT.search(text):
        reason = "app_shell"
    elif len(shown) < SHELL_TEXT and "<script" in doc.lowered:
        reason = "script_only"
    elif title and shown.strip() in ("", title) and not frames and not _OWN_TAGS & doc.meta.keys():
        # 瑞数 answers so where its check has failed; a page of content says more than its name, or whose it is
        return Refusal(kind="challenge", outcome=Outcome.BLOCKED, reason="title_only", detail=advice(None))
    elif len(doc.body) < SHELL_BYTES or not shown:
        reason = "stub"
    else:
        return None
    return Refusal(
        kind="shell",
        outcome=Outcome.SHELL,
        reason=reason,
        detail="The page draws its content in the browser or is a stub; find the address its data comes from.",
    )


def _title(doc: Document) -> str:
    node = doc.tree.css_first("title")
    return node.text().strip() if node else ""


def _blocked(doc: Document, word: str) -> Refusal:
    """Blocked by what the body shows."""
    return Refusal(
        kind="challenge", outcome=Outcome.BLOCKED, reason=reason_of(word), detail=advice(word, doc.text[:_SAMPLE])
    )


def _refused_by_status(doc: Document) -> Refusal:
    """Blocked by what the status says, named after the protection system where it can be told."""
    text = doc.text[:_SAMPLE]
    word = system_behind(doc.status, doc.headers, text, _title(doc))
    return Refusal(
        kind="challenge",
        outcome=Outcome.BLOCKED,
        reason=reason_of(word) if word else f"http_{doc.status}",
        detail=f"Answered with {doc.status}. {advice(word, text)}",
    )


def _redirected(reason: str, target: str | None) -> Refusal:
    return Refusal(
        kind="shell",
        outcome=Outcome.REDIRECTED,
        reason=reason,
        detail=f"The address only leads on to {target or 'another one'}; enter that one if it is the column.",
        target=target,
    )
