# ruff: noqa: E501 - lines of markup are kept whole
"""What stands around the content on every page of a unit: head, header, navigation, breadcrumb, friend links, footer.

Rendered once per unit and kept; the pages add only what is theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from tests.city import words
from tests.city.model import PLATFORM_KINDS, Column, Unit

if TYPE_CHECKING:
    from tests.city.city import City

NAVIGATION = 24  # columns in the header; the home page links all
_CSS = "\n".join(
    f".{name}{{margin:0 auto;padding:{n}px 0;width:{1200 - n}px;overflow:hidden;color:#{n:02d}3{n:02d}3;font-size:{n % 6 + 12}px}}"
    for n, name in enumerate(
        ("wrap", "top", "nav", "pos", "main-con", "side", "foot", "share", "print", "links", "list", "page"), 10
    )
)
_JS = """<script type="text/javascript">
function setFont(n){document.getElementById("zoom")&&(document.getElementById("zoom").style.fontSize=n+"px");}
function doPrint(){window.print();}
var _hmt=_hmt||[];(function(){var hm=document.createElement("script");hm.src="/js/count.js";
var s=document.getElementsByTagName("script")[0];s.parentNode.insertBefore(hm,s);})();
</script>"""


def head(unit: Unit, title: str, metas: Iterable[tuple[str, str]], extra: str = "") -> str:
    """``<head>`` with the site's meta tags, in the attribute order this unit writes."""
    site = unit.site
    pairs = [
        ("SiteName", site.name),
        ("SiteDomain", site.base.removeprefix("http://")),
        ("SiteIDCode", site.code),
        *metas,
    ]
    if unit.index % 5 == 2:
        tags = "\n".join(f'<meta content="{escape(v)}" name="{k}" />' for k, v in pairs)
    else:
        tags = "\n".join(f'<meta name="{k}" content="{escape(v)}">' for k, v in pairs)
    charset = "gb2312" if site.encoding != "utf-8" else "utf-8"
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset={charset}">\n'
        f"<title>{escape(title)}</title>\n{tags}\n"
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="stylesheet" href="/css/style.css">\n{extra}'
        f'<style type="text/css">\n{_CSS}\n</style>\n{_JS}\n</head>\n'
    )


def link_to(city: City, column: Column) -> str:
    """The address the unit's own pages use for a column (fragment kept)."""
    from tests.city import families

    return families.column_path(column)


def header(city: City, unit: Unit) -> str:
    """Header and navigation."""
    from tests.city import hubs

    if "header" not in unit.caches:
        kept = [c for c in unit.fronted if c.kind not in PLATFORM_KINDS][:NAVIGATION]
        links = "".join(f'<li><a href="{link_to(city, c)}">{c.name}</a></li>' for c in kept)
        home = unit.prefix
        hub = f'<li><a href="{home}zwgk/">政务公开</a></li>' if unit.nested else ""
        trap = f'<li style="display:none"><a href="{unit.site.trap}">内部栏目</a></li>' if unit.site.trap else ""
        unit.caches["header"] = (
            f'<body>\n<div class="top"><div class="wrap"><span>{unit.name}</span> <a href="javascript:void(0)">设为首页</a> '
            f'<a href="/wza/index.html">无障碍阅读</a> <a href="/en/">English</a></div></div>\n'
            f'<div class="header"><a class="logo" href="{home}"><img src="/images/logo.png" alt="{unit.name}"/></a>'
            f'<form action="/s" method="get"><input name="wd" placeholder="请输入关键字"/><button>搜索</button></form></div>\n'
            f'<div class="nav"><ul><li><a href="{home}">首页</a></li>'
            f'<li><a href="{unit.prefix}zfxxgk/">政府信息公开</a></li>{links}{hub}{trap}</ul></div>\n'
            + hubs.portal_navigation(unit)
        )
    return unit.caches["header"]


def breadcrumb(city: City, column: Column, tail: str = "") -> str:
    """The line that says where one is."""
    unit = column.unit
    end = f" &gt; {tail}" if tail else ""
    return (
        f'<div class="pos">当前位置：<a href="{unit.prefix}">首页</a> &gt; <a href="{unit.prefix}zfxxgk/">政务公开</a> '
        f'&gt; <a href="{link_to(city, column)}">{column.name}</a>{end}</div>\n'
    )


def footer(unit: Unit) -> str:
    """Friend links and the footer with site code, registration and organiser."""
    if "footer" not in unit.caches:
        site = unit.site
        friends = "".join(
            f'<li><a href="http://www.{ident}.qinghe.invalid/" target="_blank">{words.CITY}{name}</a></li>'
            for ident, name, _ in words.DEPARTMENTS
        )
        others = "".join(
            f'<option value="http://www.{i}.qinghe.invalid/">{n}人民政府</option>' for i, n in words.DISTRICTS
        )
        unit.caches["footer"] = (
            f'<div class="links"><h4>友情链接</h4><ul class="friend">{friends}</ul><select>{others}</select></div>\n'
            f'<div class="foot"><p>主办单位：{unit.name}　承办单位：{unit.short}办公室　联系电话：0999-200{unit.index:04d}</p>'
            f"<p>网站标识码：{site.code}　霁ICP备{12000000 + site.index * 37}号-1　"
            f'<img src="/images/gaba.png" alt="公安备案"/>霁公网安备 62990002{site.index:06d}号</p>'
            f'<p><a href="/wzdt.html">网站地图</a> | <a href="/about.html">关于我们</a> | '
            f'<a href="https://zfwzgl.www.gov.cn/exposure/jiucuo.html?site_code={site.code}">我为政府网站找错</a> | '
            f'<a href="https://bszs.conac.cn/sitename?method=show"><img src="/images/jg.png" alt="党政机关"/></a></p></div>\n'
            "</body>\n</html>\n"
        )
    return unit.caches["footer"]


def sidebar(rows: Iterable[tuple[str, str]], heading: str = "相关信息") -> str:
    """A list of other articles beside the content."""
    body = "".join(f'<li><a href="{href}">{escape(title)}</a></li>' for href, title in rows)
    return f'<div class="side"><h3>{heading}</h3><ul class="tuijian">{body}</ul></div>\n'


def hidden_links(unit: Unit) -> str:
    """What no reader sees: menus not opened on every page, and where a page was broken into, links to elsewhere."""
    menu = f'<ul class="menu" style="display:none"><li><a href="http://www.{words.DEPARTMENTS[1][0]}.qinghe.gov.cn/">{words.CITY}</a></li></ul>\n'
    if not unit.hidden_link:
        return menu
    return f'{menu}<div style="position:absolute;left:-9999px"><a href="http://www.bocai-88888.invalid/">澳门博彩娱乐城官网</a></div>\n'
