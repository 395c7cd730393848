"""What a list page calls its column: the standard meta tag, the breadcrumb, the heading above the list, the title."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from harvesters.reading.document import Document
from harvesters.reading.scripts import written
from harvesters.reading.spaces import squeeze

_WHERE = re.compile(
    r"(?:当前|您的|你的|所在|您现在的|现在的?|您当前的|目前|您所在的?)\s*(?:所在)?的?位置(?:是)?|位置\s*[:：]|您现在(?:正)?(?:在|位于)"
)
_STEP = re.compile(r"\s{0,9}(?:>>|>|》|»|›|＞|→|::|\\|/|(?<=\s)-(?=\s)|\||·)\s*")
_NOT_A_NAME = re.compile(
    r"^(?:首页|网站首页|主页|列表|正文|当前位置|文章列表|信息列表|列表页|详情|内容|更多|index|home|null|undefined|[<{].*)$",
    re.IGNORECASE,
)
_TITLE_STEP = re.compile(r"\s?[-_|–—>»:：,，]+\s*|\s{2,}")

_SITE = re.compile(
    r"(?:人民政府|政府网?|委员会|管委会|委|局|厅|网|网站|门户|办公室|平台|官网|公司|大学|学院|研究[所院]|示范区|开发区)$"
    r"|^[一-鿿]{1,5}[市县区旗州盟镇乡]$"  # a place alone: 高阳县 - 政务动态
)
_TAGS = ("div", "p", "span", "td", "li", "dt", "em", "h2", "h3", "ul", "dl", "label", "b", "font", "i", "strong")
_AROUND_WHERE = tuple(
    (word, ",".join(f'{tag}:lexbor-contains("{word}")' for tag in _TAGS)) for word in ("位置", "您现在")
)
_CRUMBS = ",".join(
    f"[{attribute}{word} i]"
    for attribute in ("class", "id")
    for word in ("*=crumb", "*=bread", "*=position", "*=location", "*=weizhi", "*=dqwz", "~=pos", "~=path", "~=mbx")
)
_OWN_LINKS = 6  # tabs over a list and a 更多 are fewer
_HOME = re.compile(r"(?:网站|本站)?(?:首页|主页)")
_FROM_HOME = re.compile(r"^\W*(?:网站|本站)?(?:首页|主页)\s*(?:-{0,2}>>?|[》»›＞→])")


def column_name(doc: Document, place: LexborNode | None = None) -> str | None:
    """The column's name as the page shows it. ``place`` is the element that holds the list.

    The meta tag is asked first, then breadcrumb, heading and title; but what two of them agree on beats what one
    says alone, since templates are copied with their meta tags.
    """
    meta, kind = (_named(doc.meta.get(name, "")) for name in ("columnname", "columntype"))
    crumb = _breadcrumb(doc)
    if crumb is not None and (meta is None or crumb == meta):
        return crumb
    heading, titled = _heading(place), _from_title(doc)
    if crumb is not None and crumb == heading:
        return crumb  # shown twice over the list; tags and title may be those of the whole site
    said = [name for name in (meta, crumb, heading, titled) if name]
    for name in said:
        if said.count(name) > 1 or (name == titled and name in (kind, _main_heading(doc, name))):
            return name
    return said[0] if said else None


def _main_heading(doc: Document, name: str) -> str | None:
    """``name`` if a heading of the page is just that."""
    for node in doc.tree.css("h1,h2,h3"):
        if node.text(strip=True) == name:
            return name
    return None


def _named(text: str) -> str | None:
    text = squeeze(text).strip(" :：>»《》[]【】·|-")
    return text if 1 < len(text) <= 30 and not _NOT_A_NAME.match(text) else None


def _breadcrumb(doc: Document) -> str | None:
    for word, around in _AROUND_WHERE:
        if word not in doc.text:
            continue
        # the outermost of the elements around the words comes first: the short ones are the breadcrumb's own
        for node in doc.tree.css(around):
            words = _shown(node)
            if len(words) <= 160 and _WHERE.search(words):
                holder: LexborNode | None = node
                for _ in range(4):
                    if holder is None or holder.tag in ("body", "html"):
                        break
                    if name := _last_step(holder):
                        return name
                    holder = holder.parent
                break
    for node in doc.tree.css(_CRUMBS):
        if len(node.text(strip=True)) <= 160 and (name := _last_step(node)):
            return name
    return _trail_from_home(doc)


def _trail_from_home(doc: Document) -> str | None:
    """The last step of a breadcrumb without words or class: ``首页 > 政务公开 > 通知公告``."""
    for link in doc.tree.css("a"):
        holder = link.parent
        if holder is None or not _HOME.fullmatch(link.text(strip=True)):
            continue
        for node in (holder, holder.parent):
            if node is not None and len(words := node.text(strip=True)) <= 160 and _FROM_HOME.match(words):
                return _last_step(node)
    return None


def _last_step(holder: LexborNode) -> str | None:
    words = squeeze(_shown(holder, " "))
    if len(words) > 200:
        return None
    tail = _WHERE.split(words)[-1]
    links = [squeeze(link.text()) for link in holder.css("a")]
    steps = [step for step in _STEP.split(tail) if step.strip(" :：")]
    names = [name for step in steps if (name := _named(step))]
    if len(steps) >= 2 and names:
        return names[-1]
    linked = [name for link in links if (name := _named(link))]
    return linked[-1] if linked and (len(linked) > 1 or len(links) > 1) else None


def _heading(place: LexborNode | None) -> str | None:
    """The nearest short heading before the list, climbing at most four levels."""
    node = place
    for _ in range(5):
        if node is None or node.tag in ("body", "html"):
            return None
        before = node.prev
        steps = 0
        while before is not None and steps < 12:
            if before.tag not in ("-text", "-comment", "script", "style"):
                name = _heading_in(before)
                if name:
                    return name
            before = before.prev
            steps += 1
        node = node.parent
    return None


def _heading_in(node: LexborNode) -> str | None:
    klass = (node.attrs.get("class") or "") + (node.attrs.get("id") or "")
    tag = node.tag or ""
    if tag in ("h1", "h2", "h3", "h4") or re.search(r"tit|name|head|^t_", klass, re.IGNORECASE):
        pieces = [piece for piece in _shown(node, "\x1f").split("\x1f") if piece]
        if pieces and len(pieces) <= 3:
            return _named(pieces[0])
    if len(node.css("a")) >= _OWN_LINKS:
        return None  # a block with links of its own: its heading is theirs
    for inner in node.css("h1,h2,h3,h4,[class*=title],[class*=tit]"):
        text = _shown(inner)
        if 1 < len(text) <= 20:
            return _named(text)
    return None


def _shown(node: LexborNode, separator: str = "") -> str:
    """The text of ``node``, with the words its scripts write in place of the scripts."""
    if node.css_first("script") is None:
        return node.text(separator=separator, strip=True)
    pieces: list[str] = []
    for inner in node.traverse(include_text=True):
        if inner.tag == "script":
            pieces.append(written(inner.text()).strip())
        elif inner.tag == "-text" and inner.parent is not None and inner.parent.tag not in ("script", "style"):
            pieces.append(inner.text(deep=False).strip())
    return separator.join(piece for piece in pieces if piece)


def _from_title(doc: Document) -> str | None:
    node = doc.tree.css_first("title")
    if node is None:
        return None
    parts = [_without_site(part) for part in _TITLE_STEP.split(squeeze(node.text())) if part]
    site = squeeze(doc.meta.get("sitename", ""))
    names = [name for part in parts if (name := _named(part)) and name != site and not _SITE.search(name)]
    return names[0] if names else None


def _without_site(part: str) -> str:
    """A part of a title without the names of sites that only a blank parts from it: ``云溪县人民政府 通知公告``."""
    words = part.split(" ")
    rest = [word for word in words if not _SITE.search(word)]
    return " ".join(rest) if rest and len(rest) < len(words) else part
