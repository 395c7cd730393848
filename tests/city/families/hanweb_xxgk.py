# ruff: noqa: E501 - lines of markup are kept whole
"""Hanweb's disclosure module: an empty frame, and a table that is drawn by POST to ``/module/xxgk/search.jsp``.

``infotypeId`` is what filters by column: without it, or with an unknown one, the answer is the rows of all. A GET is
refused, and a POST with a condition. Articles are those of the same system's other lists.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tests.city import items, rows
from tests.city.families import hanweb
from tests.city.model import Column, Unit
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.site import SiteApp

FRAME = hanweb.FRAME
SEARCH = "/module/xxgk/search.jsp"
item_path = hanweb.item_path
file_of = hanweb.file_of


def infotype(column: Column) -> str:
    """The column's place in the catalogue of disclosure."""
    return f"{'ABCF'[column.no % 4]}{column.no:04d}01"


def _area(unit: Unit) -> str:
    return f"11629900MB{unit.index:07d}"


def _in_address(column: Column) -> bool:
    """Whether the place in the catalogue stands in the column's address, or in its script."""
    return column.no % 2 == 0


def column_path(column: Column) -> str:
    """The column page, half of them with the place in the catalogue in the address."""
    query = f"?vc_xxgkarea={_area(column.unit)}&number={infotype(column)}&jh=26{column.unit.index}"
    return f"/col/col{column.no}/index.html{query if _in_address(column) else ''}"


def mount(app: SiteApp, column: Column) -> None:
    """The column page is its own; the search is shared by the site's columns."""
    app.routes[f"/col/col{column.no}/index.html"] = lambda request: app.guard(
        column, request, "list", lambda: rows.answer(app, column, "p", lambda: _page(app, column))
    )
    columns = {infotype(c): c for u in app.site.units for c in u.columns if c.family == "hanweb_xxgk"}

    def search(request: Request) -> Response:
        if request.method != "POST" or "form" not in request.headers.get("content-type", ""):
            return Response(status=405, body=b"Method Not Allowed")
        if "if-none-match" in request.headers:
            return Response(status=412, body=b"Precondition Failed")
        params = request.params()
        page = int(params["currpage"]) if params.get("currpage", "").isdigit() else 1
        owner = columns.get(params.get("infotypeId", ""))
        if owner is None or params.get("area", "") not in ("", _area(owner.unit)):
            return Response(body="".join(_table(app, c, page) for c in columns.values()).encode())
        return app.guard(
            owner, request, "data", lambda: rows.answer(app, owner, f"x{page}", lambda: _table(app, owner, page))
        )

    app.routes.setdefault(SEARCH, search)
    hanweb.mount_articles(app)


def _page(app: SiteApp, column: Column) -> str:
    webid = column.unit.index + 1
    if _in_address(column):
        script = (
            "function xxgkload(a,b,c){\n"
            f"  loadDynamic('{SEARCH}?standardXxgk=1&infotypeId='+a+'&vc_title='+encodeURI(b)+'&vc_number='+encodeURI(c)+'&area={_area(column.unit)}', "
            f"'div{column.no}', '0','0','950','{webid}','','');\n}}\nxxgkload(getParameter('number'),'','');"
        )
    else:
        script = (
            f'$.ajax({{type:"post",url:"{SEARCH}",data:"infotypeId={infotype(column)}&jdid={webid}&area=&divid=div{column.no}&vc_title=&vc_number='
            '&sortfield=,createdatetime:0,orderid:0&currpage=1&vc_filenumber=&vc_all=&texttype=0&fbtime=-1",\n'
            f'  dataType:"html",success:function(r){{ $("#div{column.no}").html(r); }}}});'
        )
    content = f'<div id="div{column.no}" class="xxgk_list"></div>\n<script>\n{script}\n</script>'
    return rows.frame(app, column, content, '<script src="/script/0/xxgk.js"></script>\n')


def _table(app: SiteApp, column: Column, page: int) -> str:
    city = app.city
    wide = column.unit.index % 3 != 2
    heads = ("索引号", "信息名称", "发布日期", "文号") if wide else ("序号", "标题", "发布日期")

    def row(place: int, key: int) -> str:
        facts = items.facts_of(city, column, key)
        href, title = item_path(city, column, key), escape(facts.title)
        shown = title[:20] + "..." if len(title) > 24 and "&" not in title else title
        link = f'<a class="bt_link" href="{href}" target="_blank" title="{title}" mc="{title}">{shown}</a>'
        date = rows.row_date(city, column, key, "%Y-%m-%d") or ""
        first, last = (facts.index_number or "", [facts.document_number or ""]) if wide else (str(place), [])
        cells = "".join(f"<td>{cell}</td>" for cell in (escape(first), link, date, *map(escape, last)))
        return f'<tr class="tr_main_value_{"odd" if place % 2 else "even"}">{cells}</tr>\n'

    keys = rows.keys_of(city, column, page)
    total = rows.pages_of(city, column) if items.order(city, column) else 0
    body = "".join(row(n, key) for n, key in enumerate(keys, 1))
    head = "".join(f"<td>{name}</td>" for name in heads)
    following = (
        f'<a href="javascript:void(0)" onclick="goPage(\'div{column.no}\',{page + 1})">下一页</a>'
        if page < total
        else "下一页"
    )
    return (
        f'<table class="tb_main"><tr class="tr_main_title">{head}</tr>\n{body}</table>\n'
        f'<table class="tb_title"><tr><td align="right">第{page}页&nbsp;&nbsp;共{total}页&nbsp;{following}</td></tr></table>'
    )
