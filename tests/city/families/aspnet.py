# ruff: noqa: E501 - lines of markup are kept whole
"""ASP.NET WebForms: a list whose further pages come by posting its form back, view state and all.

The view state is another one in every answer, only one that was given out is taken, together with its own validation
and with the session cookie of the first answer; anything else is an error 500. So these pages never answer 304.
"""

from __future__ import annotations

import base64
import datetime as dt
from typing import TYPE_CHECKING

from tests.city import article, items, rows
from tests.city.dice import seal, token, unseal
from tests.city.model import Column, File
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.city import City
    from tests.city.site import SiteApp

FRAME = article.Frame(
    '<table class="infodetail"><tr><td id="TDContent" class="article_content">\n', "</td></tr></table>\n"
)
_NO_ROWS = (
    '<div class="list"><table class="main_list"><tr><td>暂无信息</td></tr></table></div>'  # what a grid draws instead
)
_PADDING = "dDwtMTA4NzA1OTI1Nzt0PDtsPGk8MT47PjtsPHQ8O2w8aTwxPjs+" * 30  # what a grid keeps of its rows


def column_path(column: Column) -> str:
    """A list of one category."""
    return f"{column.path}MoreInfo.aspx?CategoryNum={column.no}"


def item_path(city: City, column: Column, key: int) -> str:
    """An article by its id."""
    return f"{column.path}InfoDetail.aspx?InfoID={seal(city.seed, column.no, key)}&CategoryNum={column.no}"


def file_of(city: City, column: Column, key: int, day: dt.date, n: int, name: str, kind: str) -> File:
    """Attachments lie in folders by year."""
    return File(name, f"{column.path}UploadFile/{day:%Y}/{token(city.seed, column.no, key, n)}.{kind}", "link")


def mount(app: SiteApp, column: Column) -> None:
    """List, articles and files below the column's path."""

    def answer(request: Request) -> Response:
        rest = request.path.removeprefix(column.path)
        params = request.params()
        if rest.startswith("UploadFile/"):
            return app.guard(column, request, "file", lambda: app.file(rest))
        if rest == "MoreInfo.aspx" and params.get("CategoryNum") == str(column.no):
            return app.guard(column, request, "list", lambda: _list(app, column, request))
        made = unseal(app.city.seed, params.get("InfoID", "")) if rest == "InfoDetail.aspx" else None
        if made is None or made[0] != column.no or not app.stands(column, made[1]):
            return app.not_found()
        return app.guard(column, request, "article", lambda: article.answer(app, column, made[1], request, FRAME))

    app.routes[column.path] = answer


def _target(column: Column) -> str:
    return "AspNetPager1" if column.unit.index % 2 else "MoreInfoList1$Pager"


def _validation(app: SiteApp, state: str) -> str:
    return token(app.city.seed, "validation", state)


def _list(app: SiteApp, column: Column, request: Request) -> Response:
    session = f"ASP.NET_SessionId={token(app.city.seed, 'session', column.unit.site.index, size=12)}"
    total = rows.pages_of(app.city, column)
    page = 1
    if request.method == "POST":
        params = request.params()
        state = params.get("__VIEWSTATE", "")
        taken = (
            session in request.headers.get("cookie", "")
            and params.get("__EVENTVALIDATION") == _validation(app, state)
            and base64.b64decode(state).startswith(f"{column.no}:".encode())
            and params.get("__EVENTTARGET") == _target(column)
            and "MoreInfoList1$txtTitle" in params
        )
        if not taken:
            return Response(status=500, body="<html><body><h1>验证视图状态 MAC 失败</h1></body></html>".encode())
        page = min(total, int(params["__EVENTARGUMENT"]))
    app.clicks += 1
    state = base64.b64encode(f"{column.no}:{page}:{app.clicks}:{_PADDING}".encode()).decode()

    def make() -> bytes:
        return app.encode(rows.frame(app, column, _form(app, column, page, total, state), _SCRIPT), column)

    return Response(
        make=make, content_type=app.content_type(column), headers=(("Set-Cookie", f"{session}; path=/; HttpOnly"),)
    )


_SCRIPT = """<script type="text/javascript">
function __doPostBack(eventTarget, eventArgument) {
  var theForm = document.forms["form1"];
  theForm.__EVENTTARGET.value = eventTarget; theForm.__EVENTARGUMENT.value = eventArgument; theForm.submit();
}
</script>
"""


def _form(app: SiteApp, column: Column, page: int, total: int, state: str) -> str:
    city = app.city
    listed = "".join(
        rows.row(app, column, key, item_path(city, column, key).replace("&", "&amp;"))
        for key in rows.keys_of(city, column, page)
    )
    pager = ""
    if total > 1:
        pager = _epoint(app, column, page, total) if _target(column) != "AspNetPager1" else _pager(page, total)
    return (
        f'<form method="post" action="./MoreInfo.aspx?CategoryNum={column.no}" id="form1">\n'
        '<input type="hidden" name="__EVENTTARGET" id="__EVENTTARGET" value="" /><input type="hidden" name="__EVENTARGUMENT" id="__EVENTARGUMENT" value="" />\n'
        f'<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{state}" />\n'
        f'<input type="hidden" name="__EVENTVALIDATION" id="__EVENTVALIDATION" value="{_validation(app, state)}" />\n'
        '<div class="search">标题：<input name="MoreInfoList1$txtTitle" type="text" id="MoreInfoList1_txtTitle" /><input type="submit" name="MoreInfoList1$btnOK" value="搜索" /></div>\n'
        f"{rows.block(column, listed) if listed else _NO_ROWS}\n{pager}</form>"
    )


def _epoint(app: SiteApp, column: Column, page: int, total: int) -> str:
    def link(number: int, words: str) -> str:
        if not 1 <= number <= total:
            return words
        return f"<a href=\"javascript:__doPostBack('MoreInfoList1$Pager','{number}')\">{words}</a>"

    numbers = " ".join(
        f'<font color="red"><b>{n}</b></font>' if n == page else link(n, f"[{n}]")
        for n in range(max(1, page - 4), min(total, page + 5) + 1)
    )
    return (
        f'<div id="MoreInfoList1_Pager"><table><tr><td>记录总数：<font color="blue"><b>{len(items.order(app.city, column))}</b></font> 总页数：<font color="blue"><b>{total}</b></font> '
        f'当前页：<font color="red"><b>{page}</b></font></td><td>{link(1, "首页")} {link(page - 1, "上一页")} {numbers} {link(page + 1, "下一页")}</td></tr></table></div>'
    )


def _pager(page: int, total: int) -> str:
    def link(number: int, words: str) -> str:
        if not 1 <= number <= total:
            return f'<a disabled="disabled" style="margin-right:5px;">{words}</a>'
        return f'<a href="javascript:__doPostBack(&#39;AspNetPager1&#39;,&#39;{number}&#39;)" style="margin-right:5px;">{words}</a>'

    numbers = "".join(
        f'<span style="font-weight:bold;color:red;">{n}</span>' if n == page else link(n, str(n))
        for n in range(max(1, page - 4), min(total, page + 5) + 1)
    )
    return (
        f'<div id="AspNetPager1">{link(1, "首页")}{link(page - 1, "上一页")}{numbers}{link(page + 1, "下一页")}</div>'
    )
