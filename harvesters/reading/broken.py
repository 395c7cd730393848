"""Whether a page is what a server puts in place of a site: its own error, its default page, a notice that it stopped.

The title and the visible text of a page come in, why there is no site behind it goes out, or None. Such pages have a
heading and some sentences, as an article has, so they are told by the words that servers, frameworks and hosts ship
with, at the beginning of the title or of the text. What a host says of a stopped site counts on short pages only: an
office announces the same of its own site.
"""

from __future__ import annotations

import re

_SHORT = 400  # characters of a notice that a host puts up; the longest seen is 190

_ERROR_TITLE = re.compile(
    r"5\d\d\W*$|HTTP\s?(?:Status|状态|Error|错误)\s?[45]\d\d(?!\s?号)|Error\s[45]\d\d--|"
    r"(?:HTTP\s)?[45]\d\d\W{0,3}(?:Internal|Bad |Service|Gateway Time|Server Error|(?:内部)?服务器错误)|"
    r"IIS\s[\d.]+\s(?:详细错误|Detailed Error)|(?:运行时错误|Runtime Error)$|.?/.?应用程序中的服务器错误|"
    r"Server Error in|系统(?:发生|出现)错误|Internal Server Error|Bad Gateway|"
    r"(?:错误|ERROR)\s?[:：]\s?(?:您所请求的网址|The requested URL)",
    re.IGNORECASE,
)
_DEFAULT_TITLE = re.compile(
    r"Welcome to (?:nginx|OpenResty|tengine|CentOS)|IIS\s?\d{0,2}(?:\sWindows Server)?$|Internet Information Services|"
    r"(?:Apache2?|HTTP Server)\b.{0,30}(?:Default|Test) Page|Test Page for the|Apache Tomcat/\d|"
    r"恭喜\W{0,3}站点创建成功|站点创建成功|Index of /|Directory Listing (?:Denied|For)|It works!$|Under Construction$",
    re.IGNORECASE,
)
_STOPPED_TITLE = re.compile(r"(?:没有找到站点|抱歉\W{0,2}站点已暂停|网站访问报错|网站暂时无法访问)\W*$")
_DIRECTORY = re.compile(r"Index of /|Directory Listing For", re.IGNORECASE)
_ERROR_TEXT = re.compile(
    r"No input file specified|(?:PHP )?(?:Fatal|Parse) error\s?:|Whitelabel Error Page|"
    r"Microsoft (?:OLE DB|JET|VBScript)|ADODB\.|Active Server Pages|DedeCMS\s?(?:Error|错误)|"
    r"(?:SQLSTATE|ORA-\d{5})\W|(?:java|javax|org\.(?:apache|spring\w+))\.[\w.]{8}|HTTP Error [45]\d\d|"
    r"(?:Internal Server Error|Bad Gateway|Gateway Time-?out|Service Unavailable)$|页面错误\W{1,2}请稍后再试|"
    r"系统发生错误|数据库(?:连接)?(?:出错|失败|错误)|ERROR The requested URL could not be retrieved",
    re.IGNORECASE,
)
_STOPPED = re.compile(
    r"没有找到(?:对应的)?站点|找到对应的站点|(?:站点|网站)已(?:经)?(?:被管理员)?(?:暂停|停止|到期)|域名未绑定|"
    r"域名(?:已|未)(?:过期|到期|续费|备案)|(?:网站|域名).{0,20}未.{0,16}(?:备案|ICP)|该网站(?:可能由于以下原因|暂时)?无法访问|"
    r"batit\.aliyun\.com|本(?:网站|网|站)已.{0,16}(?:关闭|关停|停用|停止(?:运行|服务|维护))"
)


def broken_title(title: str) -> bool:
    """Whether a title is one that servers give to their own errors and default pages."""
    words = title.strip()
    return any(form.match(words) for form in (_ERROR_TITLE, _DEFAULT_TITLE, _STOPPED_TITLE))


def lists_files(title: str) -> bool:
    """Whether a title is one that servers give to what they show of a folder without a page of its own."""
    return _DIRECTORY.match(title.strip()) is not None


def broken(title: str, shown: str, markup: str) -> str | None:
    """What a page without proof of content is: "server_error", "default_page", "site_stopped", or None of these.

    :param shown: its visible text; ``markup`` what stands in the page, looked at where nothing is shown.
    """
    words = " ".join(shown.split())
    if _ERROR_TITLE.match(title.strip()) or _ERROR_TEXT.match(words):
        return "server_error"
    if _DEFAULT_TITLE.match(title.strip()) or _DEFAULT_TITLE.match(words):
        return "default_page"
    if len(words) < _SHORT and _STOPPED.search(f"{title} {words} {'' if words else markup}"):
        return "site_stopped"
    return None
