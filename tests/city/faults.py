# ruff: noqa: E501 - lines of markup are kept whole
"""Faults that are ours to live with: what a seeded fault makes of a healthy answer. None says anything about a unit.

``role`` is what was asked for: list (a column page), data (a list interface), article or file.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.city import furniture, rows
from tests.city.dice import token
from tests.city.model import Column
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.site import SiteApp

HANG_S = 30.0
SHORT_ANSWER = b'<?xml version="1.0" encoding="utf-8"?><datastore/>\r\n\r\n'  # 54 bytes
BURST = 2  # refusals per address before the answer comes

# families a fault can be laid on; others take any
FITS: dict[str, tuple[str, ...]] = {
    "redesign": ("trs", "trs_bare", "ucap", "vsb"),
    "moved": ("trs", "trs_bare"),
    "truncated": ("trs", "trs_bare", "ucap", "vsb"),
    "truncated_once": ("trs", "trs_bare", "ucap", "vsb"),
    "charset_header": ("trs", "trs_bare", "ucap", "vsb"),
    "empty_first": ("trs", "trs_bare", "ucap"),
    "empty_api": ("gkmlpt",),
    "empty_proxy": ("hanweb",),
    "rate_empty": ("trs", "trs_bare", "ucap"),
    "cookie_bounce": ("trs", "trs_bare", "ucap", "vsb"),
    "jump_404": ("trs", "trs_bare", "ucap", "vsb"),
    "gzip_unasked": ("trs", "trs_bare", "ucap", "vsb", "gkmlpt"),
}
# rows of these stay within reach
HARMLESS = frozenset(
    {"burst_503", "truncated_once", "charset_header", "empty_first", "moved", "cookie_bounce", "gzip_unasked"}
)


def apply(app: SiteApp, column: Column, request: Request, role: str, healthy: Callable[[], Response]) -> Response:
    """The answer under the column's fault."""
    fault = column.fault
    if fault in ("moved", "charset_header"):
        return healthy()  # the one is in the plan, the other in the Content-Type
    if fault == "block_403":
        return _page(403, _BLOCKED.replace("{id}", token(request.path, size=8)), ("X-Powered-By-CloudWAF", "1"))
    if fault == "challenge_412":
        seed = token(request.path, column.no)
        return _page(
            412, _RUISHU.replace("{seed}", seed), ("Set-Cookie", f"{seed[:12]}S={'5' + seed}; Path=/; HttpOnly")
        )
    if fault == "challenge_521":
        return _page(521, _JSL, ("Set-Cookie", f"__jsluid_h={token(column.no)}; max-age=31536000; path=/; HttpOnly"))
    if fault == "challenge_200":
        return _page(200, _SCRIPT_ONLY.replace("{seed}", token(request.path, column.no)), ("Cache-Control", "no-store"))
    if fault == "challenge_slider":
        return _page(200, _SLIDER, ("WZWS-RAY", "113-1718000000.1"), ("Set-Cookie", "wzws_sessionid=ab12; Path=/"))
    if fault == "block_567":
        return _page(567, "<html><head><title>567</title></head><body></body></html>", ("Server", "TencentEdgeOne"))
    if fault == "block_f5":
        support = int(token(request.path, size=7), 16)
        return _page(200, _REJECTED.replace("{id}", f"{support:019d}"), ("Set-Cookie", "TS01a2b3c4=01; Path=/"))
    if fault == "cookie_bounce":
        cookie = f"CT6T{column.no}={token(column.no)}"
        if role == "file" or cookie in request.headers.get("cookie", ""):
            return healthy()
        return Response(status=302, headers=(("Location", request.target), ("Set-Cookie", f"{cookie}; Path=/")))
    if fault == "gzip_unasked":
        answer = healthy()
        if answer.status != 200 or role == "file":
            return answer
        return replace(answer, make=lambda: gzip.compress(answer.make() if answer.make else answer.body, mtime=0))
    if fault == "timeout":
        return Response(hang_s=HANG_S)
    if fault == "burst_503":
        return (
            _page(503, "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>")
            if _times(app, request.target) < BURST
            else healthy()
        )
    if role in ("article", "file") and fault != "truncated_once":
        return healthy()
    return _of_a_list(app, column, request, role, healthy, fault or "")


def _of_a_list(
    app: SiteApp, column: Column, request: Request, role: str, healthy: Callable[[], Response], fault: str
) -> Response:
    if fault == "truncated" or (fault == "truncated_once" and role != "file" and _times(app, request.target) == 0):
        return replace(healthy(), cut=True, etag=None, last_modified=None)
    if fault == "redesign":
        return Response(body=app.encode(_redesigned(app, column), column), content_type=app.content_type(column))
    if fault == "redirect_home":
        return Response(status=302, headers=(("Location", column.unit.prefix),))
    if fault == "soft404":
        text = f'<html><head><title>提示信息</title></head><body><div class="tip">您访问的页面不存在</div><p>{column.unit.site.name}</p></body></html>'
        return Response(body=app.encode(text, column), content_type=app.content_type(column))
    if fault == "jump_404":
        text = f"<html><head><title>404</title></head><body><p>您访问的页面不存在，三秒后返回首页</p><script>setTimeout(\"location.href='{column.unit.prefix}'\",3000)</script></body></html>"
        return Response(body=app.encode(text, column), content_type=app.content_type(column))
    if fault == "rate_empty":
        return Response(
            body=app.encode(rows.frame(app, column, '<div class="list"><p class="none">暂无信息</p></div>'), column),
            content_type=app.content_type(column),
        )
    if fault == "home_404":
        return Response(body=app.encode(app.home_html(column.unit), column), content_type=app.content_type(column))
    if fault == "empty_api" and role == "data":
        return Response(body=b'{"articles":[],"total":145}', content_type="application/json")
    if fault == "empty_proxy" and role == "data":
        return Response(body=SHORT_ANSWER, content_type="text/xml; charset=utf-8")
    if fault == "empty_first" and _times(app, f"column {column.no}") == 0:
        return Response(
            body=app.encode(rows.frame(app, column, rows.block(column, "")), column),
            content_type=app.content_type(column),
        )
    return healthy()


def _times(app: SiteApp, what: str) -> int:
    """How often this was asked for before."""
    app.attempts[what] += 1
    return app.attempts[what] - 1


def _page(status: int, text: str, *headers: tuple[str, str]) -> Response:
    return Response(status=status, body=text.encode(), headers=headers)


def _redesigned(app: SiteApp, column: Column) -> str:
    """The same site with its code, in a structure nobody knows: an application, or titles that are no links."""
    unit = column.unit
    metas = [("ColumnName", column.name)]
    if column.no % 2:
        scripts = '<script defer src="/static/js/chunk-vendors.8a1f.js"></script><script defer src="/static/js/app.1c9e.js"></script>\n'
        return furniture.head(unit, unit.site.name, metas, scripts) + (
            '<body><noscript>请启用 JavaScript 后继续访问</noscript><div id="app"></div></body></html>'
        )
    cards = "".join(
        f'<section class="card" data-k="{token(column.no, n, size=6)}"><p onclick="open_(this)">第{n}期内容摘要</p></section>'
        for n in range(8)
    )
    return (
        furniture.head(unit, f"{column.name}_{unit.site.name}", metas)
        + f'<body><main class="grid-x">{cards}</main></body></html>'
    )


_BLOCKED = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>访问被拦截</title></head><body>
<div class="box"><h2>当前访问疑似黑客攻击，已被创宇盾拦截</h2><p>如果您是网站管理员，请登录后台查看详情。</p>
<p>事件编号：{id}</p><img src="/ks-waf-error.png"/></div></body></html>"""
_RUISHU = """<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta id="13JnD7t9MzWf" content="{seed}" r='m'><script type="text/javascript" r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};
$_ts.nsd=41738;$_ts.cd="{seed}";if($_ts.lcd)$_ts.lcd();</script><script type="text/javascript" charset="iso-8859-1"
src="/4QbVtADbnLVIc/c.FxJzG50F.3fd3aeb.js" r='m'></script></head><body></body></html>"""
_JSL = (
    "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_')+('c')+('l')+('e')+('a')+('r')+('a')+('n')+('c')+('e')+('=')+"
    "(-~[]+'')+('7')+(';')+('max-age')+('=')+('3600');location.href=location.pathname+location.search</script>"
)
_SLIDER = """<html><head><meta charset="utf-8"><script>var slider='/waf_slider_verify.html?wzwscid=1';</script></head>
<body><noscript>Please enable JavaScript and refresh the page.</noscript><script src="/wzws-waf-cgi/s.js"></script></body></html>"""
_REJECTED = """<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your
administrator.<br><br>Your support ID is: {id}<br><br><a href='javascript:history.back();'>[Go Back]</a></body></html>"""
_SCRIPT_ONLY = """<html><head><script>var arg1='{seed}';(function(){var a=arg1.split('').reverse().join('');
document.cookie='acw_sc__v2='+a+';path=/';document.location.reload();})();</script></head><body></body></html>"""
