"""The files that belong to a document.

A layout and where the document stands in it come in, ``Attachment`` tuples go out, addresses absolute and
percent-encoded, in page order, once each. A link is a file by its extension, by a download script, or by the file
name in its query; PDFs shown only by a viewer (a picture with ``data-powerurl``, ``#pdfshow[data-value]``, a frame)
count too. Files of the document stand in its container, or between it and the page's footer in the part of the page
that is the article's: not in side columns, navigation, or the site's own download boxes.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from harvesters.reading.document import Document, is_address
from harvesters.reading.layout import Element, Layout, clean
from storage.schema import Attachment

_KINDS = "pdf|docx?|wps|wpt|ofd|xlsx?|et|csv|pptx?|dps|zip|rar|7z|txt|rtf|ceb|caj|tiff?|dwg|xml"
_BY_NAME = re.compile(rf"\.({_KINDS})$", re.IGNORECASE)
_MAYBE_FILE = re.compile(rf"\.(?:{_KINDS})(?:$|[?&#;])|down|attach", re.IGNORECASE)  # before addresses are taken apart
_SCRIPTS = re.compile(
    r"/(?:downfile|download(?:file|attach)?|filedown(?:load)?|downloadattach\w*|attach(?:ment)?down\w*|virtual_attach_file)(?:\.\w{2,5})?$|"
    r"/document/download$|/module/download/",
    re.IGNORECASE,
)
_FILE_PARAMETERS = ("filename", "file", "name", "fileurl", "path", "url", "filepath")
_VIEWED = ("file", "src", "url", "pdf", "furl", "fileurl")  # what viewers call the address of what they show
_NO_ADDRESS = re.compile(r"\s*(?:$|#|javascript:)", re.IGNORECASE)
_QUOTED_FILE = re.compile(rf"[\"']([^\"'<>]{{1,300}}\.(?:{_KINDS}))[\"']", re.IGNORECASE)
# a script that has a viewer show a file: showVsbpdfIframe("/a.pdf", …), PDFObject.embed("/a.pdf", …)
_SHOWN = re.compile(r"pdf[\w.]{0,40}\(\s*[\"']([^\"'<>]{1,300}\.(?:pdf|ofd))[\"']", re.IGNORECASE)
_PAGE = re.compile(r"(?:\.s?html?|/)$", re.IGNORECASE)
_SAYS_NOTHING = re.compile(
    r"^(?:点击|请点击|在线|立即|附件|文件)?(?:下载|查看|浏览|预览|打开|此处|这里|附件)+(?:文件|附件|地址|\d+)?[>》]*$|^$"
)
_BOX = re.compile(
    r"fujian|attach|appendix|(?:^|[\s_-])(?:fj|fjxz|downfile|filelink|file-?list|accessory)(?:$|[\s_-])|^filerider"
)
_HEADING = re.compile(r"^\s*[【\[]?(?:相关)?(?:附件(?:下载|列表|信息)?|(?:文件|文档|原文|全文)下载)[】\]]?\s*[:：>]*")
_FILE_LABEL = re.compile(r"\s*(?:相关)?(?:附件|文件|文档)(?:下载|列表)?\s*[:：]")
_FILE_CELL = re.compile(r"\s*(?:(?:相关)?附件(?:下载|列表)?|(?:文件|文档)下载)\s*+(?:[:：]\s*+)?$")
# what storage puts before the name a person gave
_HASHED = re.compile(r"^(?:[0-9a-f]{32}|[0-9a-f]{16}|[0-9a-f]{8})[_-]?(?=\d{0,2}[.、]?[\u4e00-\u9fa5])")
_IN_LINK = 50  # elements in a link; links that were never closed stand in each other by the thousand
_NEAR = 200  # characters before a link in which a file is named
_CARRIERS = frozenset(("a", "img", "iframe", "embed", "object", "div", "p", "span"))
_VIEWERS = {"iframe": "src", "embed": "src", "object": "data"}


def find_attachments(
    doc: Document, layout: Layout, container: Element | None, after: int, footer: int
) -> tuple[Attachment, ...]:
    """The files of the document in ``container`` whose headline ends before line ``after``."""
    found: dict[str, Attachment] = {}
    first_line = min(after, container.first if container else after)
    article = _article(layout, container, after)
    block = any(_FILE_LABEL.match(line.text) or _FILE_CELL.match(line.text) for line in layout.lines[:after])
    for element in layout.elements:
        if element.frame or element.tag not in _CARRIERS:
            continue
        inside = container is not None and container.index <= element.index < container.end
        if not inside and element.first >= footer:
            continue
        # above the document only what a block of labels calls its file
        above = not inside and element.first < after
        if ((not inside and element.last <= first_line) or above) and not (block and _labelled(layout, element)):
            continue
        href = _file_address(element)
        if not href:
            continue
        # a script's address tells nothing where the text of its link is a file's name
        is_link = element.tag == "a" and element.end - element.index <= _IN_LINK
        called = inside and is_link and _BY_NAME.search(clean(element.node.text())) is not None
        if not called and not _MAYBE_FILE.search(href):
            continue
        url = absolute(doc, href)
        if url is None or not (is_file(url) or (called and not _PAGE.search(urlsplit(url).path))):
            continue
        heading = inside or above or _in_box(layout, element) or _after_heading(layout, element)
        nearby = article is not None and article.index <= element.index < article.end
        if element.hidden and not (inside or heading):
            continue
        if (heading or nearby) and url not in found:
            found[url] = Attachment(name=_name(layout, element, url), url=url, type=kind_of(url))
    for href in _shown_by_scripts(container) if container else ():
        url = absolute(doc, href)
        if url and url not in found:
            found[url] = Attachment(name=_last_name(url), url=url, type=kind_of(url))
    return tuple(found.values())


def _shown_by_scripts(container: Element) -> list[str]:
    """The files that scripts in ``container`` have a viewer show."""
    scripts = (node.text() or "" for node in container.node.css("script"))
    return [match[1] for script in scripts if len(script) < 4000 for match in _SHOWN.finditer(script)]


def is_file(url: str) -> bool:
    """Whether an address leads to a file to be kept, and not to a page."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "file"):  # "file": the address beside a saved page of unknown address
        return False
    if _BY_NAME.search(unquote(parts.path)):
        return not parts.path.lower().endswith((".xml", ".txt")) or "sitemap" not in parts.path.lower()
    if _SCRIPTS.search(parts.path):
        return True
    return any(_BY_NAME.search(value) for key, value in parse_qsl(parts.query) if key.lower() in _FILE_PARAMETERS)


def kind_of(url: str) -> str | None:
    """The file's type by its name in path or query ("pdf", "docx" …), lower-case; None where no name says it."""
    parts = urlsplit(url)
    told = (*_FILE_PARAMETERS, "e")  # 博达: virtual_attach_file.vsb?…&e=.pdf
    names = [unquote(parts.path), *(value for key, value in parse_qsl(parts.query) if key.lower() in told)]
    for name in reversed(names):
        match = _BY_NAME.search(name)
        if match:
            return match[1].lower()
    return None


def absolute(doc: Document, href: str) -> str | None:
    """``href`` as an absolute address with raw Chinese and spaces percent-encoded; None for a script or a disk."""
    href = href.strip().replace("\\", "/")
    if not href or href.lower().startswith(("#", "javascript:", "mailto:", "data:", "file:")):
        return None
    try:
        url = doc.absolute(href)
        urlsplit(url).port  # noqa: B018 - raises for a broken port
    except ValueError:
        return None
    return quote(url, safe="%/:?#[]@!$&'()*+,;=~-._")


def _file_address(element: Element) -> str | None:
    """The address of a file that ``element`` links or shows."""
    attributes = element.node.attributes
    if element.tag == "a":
        href = attributes.get("href") or ""
        if not _NO_ADDRESS.match(href):
            return href
        called = _QUOTED_FILE.search(f"{href} {attributes.get('onclick') or ''}")
        return called[1] if called else attributes.get("data-href") or attributes.get("data-url")
    if element.tag in _VIEWERS:
        address = attributes.get(_VIEWERS[element.tag]) or _parameter(element)
        return _viewed(address) if address else None
    for name in ("data-powerurl", "data-value", "data-pdf", "data-file", "data-fileurl"):
        address = attributes.get(name)
        if address and is_address(address) and _BY_NAME.search(urlsplit(address).path):
            return address
    return None


def _parameter(element: Element) -> str | None:
    """The address an ``object`` states in a ``param``."""
    for node in element.node.css("param[value]"):
        if (node.attributes.get("name") or "").lower() in ("src", "url", "filename"):
            return node.attributes.get("value")
    return None


def _viewed(address: str) -> str | None:
    """The file at ``address``, or the one that the viewer there is told to show."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if _BY_NAME.search(parts.path):
        return address
    told = {key.lower(): value for key, value in parse_qsl(parts.query)}
    named = [*(told[key] for key in _VIEWED if key in told), unquote(parts.fragment)]
    return next((one for one in named if _BY_NAME.search(one.split("?")[0])), None)


def _article(layout: Layout, container: Element | None, after: int) -> Element | None:
    """The part of the page that holds headline and document and nothing else; None if that is the whole page."""
    if container is None or not layout.lines:
        return None
    headline = layout.lines[max(0, min(after - 1, len(layout.lines) - 1))]
    common = layout.common(container.index, headline.element)
    return common if common.index != 0 and layout.mass(common) <= 2 * max(layout.mass(container), 200) else None


def _labelled(layout: Layout, element: Element) -> bool:
    """Whether ``element`` is a link in a line that says "附件下载：", or in a table's row with a cell that does."""
    if element.tag != "a" or element.hidden or element.first >= len(layout.lines):
        return False
    if _FILE_LABEL.match(layout.lines[element.first].text) and not _FILE_LABEL.match(clean(element.node.text())):
        return True
    row = next((around for around in layout.ancestors(element.index)[:4] if around.tag == "tr"), None)
    return row is not None and any(_FILE_CELL.match(line.text) for line in layout.lines[row.first : row.last])


def _in_box(layout: Layout, element: Element) -> bool:
    """Whether an attachment box is around ``element``, at most six levels up."""
    return any(_BOX.search(around.names) for around in layout.ancestors(element.index)[:6] if around.names)


def _after_heading(layout: Layout, element: Element) -> bool:
    """Whether the line of ``element`` or one of the twelve before it begins with "附件"."""
    for line in reversed(layout.lines[max(0, element.first - 12) : element.first + 1]):
        if _HEADING.match(line.text):
            return True
        if not line.links and len(line.text) > 40:
            return False
    return False


def _name(layout: Layout, element: Element, url: str) -> str:
    """The file's name: the link's text, else its title, else the name in the query, else the last of the path."""
    attributes = element.node.attributes
    candidates = [
        element.node.text() if element.tag == "a" else "",
        attributes.get("title"),
        attributes.get("textvalue"),
    ]
    for candidate in candidates:
        name = clean(candidate or "")
        if name and not _SAYS_NOTHING.match(name):
            return name
    parts = urlsplit(url)
    for key, value in parse_qsl(parts.query):
        if key.lower() in ("filename", "name") and value:
            return clean(value)
    line = layout.lines[element.first] if element.first < len(layout.lines) else None
    at = line.text.find(candidates[0]) if line and candidates[0] else 0
    before = clean(line.text[max(0, at - _NEAR) : at]) if line else ""
    before = _HEADING.sub("", before).strip(" ：:【[（(")
    return before or _last_name(url) or url


def _last_name(url: str) -> str:
    """The last name of the path, without the key that storage put before it."""
    return _HASHED.sub("", unquote(urlsplit(url).path.rsplit("/", 1)[-1]))
