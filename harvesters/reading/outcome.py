"""What one look came to where it is not content: blocked, gone, moved, a shell, cut off.

A ``Document`` comes in, a ``Refusal`` goes out, or None where nothing speaks against the page. Status codes, sizes
and tell-tale strings are read here and nowhere else. Only ``refusal_by_status`` and ``cut_off`` may be asked before
the page has shown what it is: tell-tale strings stand on genuine pages too (a disclosure page titled "403" that
spoke of its WAF was real), so ``refusal_by_body`` is for pages that brought no proof of content.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urldefrag, urlsplit

from harvesters.reading.document import Document
from harvesters.reading.links import joined
from harvesters.reading.protection import advice, gate_of, is_title_of_block, reason_of, system_behind, system_in
from storage.schema import Outcome

# answers of protection systems: 412 瑞数, 521/512 加速乐, 405 and 418 cloud WAFs, 49x 网站卫士, 567 EdgeOne
_BLOCKING = frozenset({401, 402, 405, 406, 407, 412, 418, 423, 425, 429, 449, 451, 455, 468, 491, 493, 512, 521, 567})
_MAYBE_BLOCKING = frozenset({400, 403, 503})  # also what a site answers by itself
GONE = frozenset({404, 410})

_MISSING = re.compile(
    r"页面(?:无法访问|已失效|已过期)|"
    r"页面(?:不存在|没有找到|未找到|已删除|被删除|走丢|丢失)|(?:找不到|无法找到|未找到|没有找到).{0,8}(?:页面|网页|文件|资源|内容|信息)|"
    r"您(?:所)?访问的.{0,12}(?:不存在|已删除|已被删除|无法)|(?:文章|信息|内容|栏目|资源)(?:不存在|已删除|已被删除|已下线|未发布)|"
    r"链接已?(?:失效|过期)|"
    r"错误页面|404\s*(?:错误|not found|页面|！|!)|not found|抱歉.{0,20}(?:不存在|找不到|删除)|(?:^|\D)404(?:\D|$)",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(r"^\W*403\b|禁止访问|拒绝访问", re.IGNORECASE)
_MOVED = re.compile(
    r"(?:网站|域名|站点|本站|平台).{0,8}(?:已|变更|迁移|搬迁|更换|停用|关停|下线|整合).{0,30}(?:迁移|变更|更换|关停|停用|公告|通知|新域名|新网址)"
    r"|网站域名变更|已(?:整体)?迁移至"
)
_REPAIR = re.compile(
    r"(?:系统|网站|站点|平台|服务器)(?:正在)?(?:维护|升级|改版|建设|检修)(?:中|期间)?|服务(?:暂时)?不可用|bad gateway|"
    r"service unavailable",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"系统提示.{0,40}(?:登录|权限)|(?:请(?:先)?|需要)登录(?:后|系统)|统一身份认证", re.DOTALL)
_REFRESH = re.compile(r"(\d{0,9})(?:\.\d*)?[;,]?url=['\"]?([^\"']+)", re.IGNORECASE)
_JUMP = re.compile(
    r"(?:(?:window|self|top|parent|document)\s*\.\s*)?location(?:\.href)?\s*(?:=|\.replace\(|\.assign\()\s*\\?[\"']([^\"'\\]{1,300})\\?[\"'](?!\s*\+)",
    re.IGNORECASE,
)
_APP_ROOT = re.compile(
    r"<(?:div|section|main)[^>]{0,80}\bid=[\"'](?:app|root|__next|__nuxt|main-app)[\"']|\bng-app\b|\bv-cloak\b",
    re.IGNORECASE,
)
_FRAME_SOURCE = re.compile(r"<i?frame\b[^<>]{0,500}?\bsrc\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_NOT_A_LIST = re.compile(
    r"visitcount|login|tree\.jsp|share|footer|header|weather|tianqi|search|about:blank", re.IGNORECASE
)
_SAMPLE = 50_000  # characters of a refusing answer that are searched for its system
_JUMP_BYTES = 4096  # pages that only lead on are 13 to 700 bytes; a page of content is never this small
_CHALLENGE_BYTES = 8000  # 瑞数's own page is a seed, a script and an address
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
    """Whether the page's ``<title>`` says that there is no such page."""
    return _MISSING.search(_title(doc)) is not None


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
    """A body that ends before its end: shorter than announced, or broken off inside JSON, XML or an HTML tag."""
    announced = doc.headers.get("content-length", "")
    short = announced.isdigit() and not doc.headers.get("content-encoding") and 0 < len(doc.body) < int(announced)
    if not short and doc.body:
        text = doc.text
        tail = text[-3000:].rstrip().lower()
        first = text.lstrip("\ufeff \t\r\n")[:1]
        if first in ("{", "["):
            short = doc.json is None and tail[-1:] not in ("}", "]", ")", ";")
        elif "<html" in text[:3000].lower():
            short = not tail.endswith(">") and "</html" not in tail and "</body" not in tail
    if not short:
        return None
    return Refusal(
        kind="error",
        outcome=Outcome.UNREACHABLE,
        reason="truncated",
        detail="The answer breaks off before its end, so nothing is concluded from it; it is asked again later.",
    )


def refusal_by_body(doc: Document, shown: str) -> Refusal | None:
    """What a page without proof of content is. ``shown`` is its visible text."""
    text = doc.text
    if not text.strip():
        return Refusal(
            kind="shell",
            outcome=Outcome.SHELL,
            reason="empty_body",
            detail="The server answered with nothing at all; sites that fence out foreign or bulk visitors do so.",
        )
    small = len(shown) < 2000
    title = _title(doc)
    system = system_in(text) if small or len(doc.body) < 30_000 else None
    if system == "ruishu" and (
        len(shown) > SHELL_TEXT or (len(doc.body) > _CHALLENGE_BYTES and _APP_ROOT.search(text))
    ):
        system = None  # its scripts stand in pages that it let through, too; its own page shows nothing
    if system is None and small and is_title_of_block(title):
        system = "huawei"
    if system and (reason_of(system).startswith("challenge:") or len(shown) < 600):
        return _blocked(doc, system)
    if small and (_MOVED.search(title) or (len(shown) < 600 and _MOVED.search(shown))):
        target = redirect_target(doc, force=True)
        where = f" It names {target}." if target else ""
        return Refusal(
            kind="error",
            outcome=Outcome.SOFT404,
            reason="moved",
            detail=f"The site says that it has moved or closed; enter its new address in the city file.{where}",
            target=target,
        )
    if len(shown) < 600 and _FORBIDDEN.search(title):
        return _blocked(doc, "http_403")
    target = redirect_target(doc)
    # before a jump is heeded: error pages send their visitor home after some seconds
    if _MISSING.search(title) or (small and _MISSING.search(shown[:600])):
        return Refusal(
            kind="error",
            outcome=Outcome.SOFT404,
            reason="soft404",
            detail="The page says that it does not exist, though its status does not; look for its new address.",
        )
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
    if len(shown) < 600 and _LOGIN.search(f"{title} {shown}"):
        return _blocked(doc, "login")
    return _shell(doc, shown)


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


def redirect_target(doc: Document, *, force: bool = False) -> str | None:
    """Where a page that only sends its visitor on leads: meta refresh within 5 s, or a script that sets location.

    A script's jump counts on a short page with no other link than one to the same place; ``force`` takes any.
    """
    here = urldefrag(doc.url)[0]
    for node in doc.tree.css("meta[http-equiv][content]"):
        if (node.attributes.get("http-equiv") or "").strip().lower() == "refresh":
            match = _REFRESH.match("".join((node.attributes.get("content") or "").split()))
            if match and int(match[1] or 0) <= 5:
                return _elsewhere(doc, match[2], here)
    if not force and len(doc.body) >= _JUMP_BYTES:
        return None
    links = [] if force else [node.attributes.get("href") or "" for node in doc.tree.css("a[href]")]
    for found in _JUMP.finditer(doc.text):
        target = _elsewhere(doc, found[1], here)
        if target and all(_elsewhere(doc, href, here) == target for href in links):
            return target
    return None


def _elsewhere(doc: Document, href: str, here: str) -> str | None:
    try:
        target = doc.absolute(href)
    except ValueError:
        return None
    parts = urlsplit(target)
    return target if parts.scheme in ("http", "https") and parts.netloc and urldefrag(target)[0] != here else None


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
