"""The blocks of like links on a page, and which of them is the list the page is about.

In comes a parsed page; every link is grouped with those that stand like it (same parent, same kind of child). Each
group is weighed: rows that show a date, addresses with the shape of an article, addresses below the page's own, long
titles, the pager close by; against it: navigation, side boxes, friend links, blocks a script still hides. The best
one is the main list, together with the blocks that continue it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from harvesters.engines.pager import Pager
from harvesters.reading.document import Document, is_address
from harvesters.reading.links import is_article, script_address
from harvesters.reading.listing import is_only_date, is_short_date, texts

_ROW_TAGS = frozenset(
    {"li", "tr", "div", "dl", "dt", "dd", "p", "a", "ul", "ol", "tbody", "table", "article", "section", "span"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "font", "td"}
)
# class words that say where a piece stands, or how far a script has faded it in (WOW.js, AOS), and not what it is
_PASSING = re.compile(r"(?<!\S)(?:animated|wow|aos-(?:init|animate)|first|last|odd|even)(?!\S)")
DATE_HINT = re.compile(r"(?:19|20)\d\d\s*[-/.年–—]|(?<![\d.:])\d{1,2}\s*[-/.月]\s*\d{1,2}(?![\d.:])")
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|foot|footer|header|head|friend|links?|friendlink|yqlj|side"
    r"|(?<!with[_-])(?<!has[_-])(?<!no[_-])sidebar|aside|hot|recommend|rank"
    r"|relat\w*|banner|slide\w*|swiper|focus|xglj|crumb\w*|breadcrumb|position|location|login|search|share|toolbar"
    r"|pager|pagination|paging|copyright|leftmenu|left-?nav|sub-?nav|top-?nav|tuijian|remen)"
    r"(?:$|[\s_-]|\d)",
    re.IGNORECASE,
)
MORE = re.compile(r"^\W*(?:更多|查看更多|more)\W*$", re.IGNORECASE)
_NEIGHBOUR = re.compile(r"[\s【\[]{0,4}(?:上|下|前|后)一?[篇条](?:文章|新闻|信息)?\s{0,4}[】\]]?\s{0,4}[:：】\]]")
_SCRIPT_TARGET = re.compile(r"\.s?html?|\d{4,}")
_VARYING_CLASS = re.compile(r"\b(?:odd|even|first|last|on|active|current|cur|top|bg|nobg|line)\b|\d+", re.IGNORECASE)
_LIST_CLASS = re.compile(r"list|news", re.IGNORECASE)


_Step = tuple[LexborNode, int, str, LexborNode, int]  # an element, its mark, its tag, its parent, the parent's mark


@dataclass(slots=True)
class Link:
    """A link that may be a row's."""

    node: LexborNode
    href: str
    length: int  # of the longer of text and title
    article: bool
    near: bool  # below the column's own address
    text: str
    title: str


@dataclass(slots=True)
class Group:
    """Children of one parent, of one tag, each with the links inside it.

    ``mode`` says where the rows' dates stand: "own" inside the row, "after" or "before" it in a flat list.
    """

    parent: LexborNode
    tag: str
    order: int
    children: dict[int, tuple[LexborNode, list[Link]]] = field(default_factory=dict)
    score: float = 0.0
    dated: int = 0
    mode: str = "own"
    aside: bool = False
    by_pager: bool = False
    near: bool = False  # most rows lie below the column's own address
    far: bool = False  # none does

    @property
    def rows(self) -> list[tuple[LexborNode, list[Link]]]:
        """The children with their links, in order."""
        return list(self.children.values())


def find_groups(doc: Document) -> tuple[list[Group], int]:
    """Every group of like children that hold links, and how many links of the page say 更多."""
    folder = urlsplit(doc.url).path.rsplit("/", 1)[0] + "/"
    host = doc.host
    groups: dict[tuple[int, str], Group] = {}
    crowded: set[int] = set()
    chains: dict[int, list[_Step]] = {}  # by the element they start above
    more_links = 0
    has_neighbours = "一篇" in doc.text or "一条" in doc.text or "上篇" in doc.text
    for node in doc.tree.css("a,[onclick]"):
        attributes = node.attrs
        if node.tag != "a" and not _is_clicked(node):
            continue
        href = (attributes.get("href") or "").strip()
        onclick = attributes.get("onclick")
        if (not href or href == "#") and not onclick:
            continue
        if href[:7].lower() == "mailto:" or href[:4].lower() == "tel:":
            continue
        text = node.text(strip=True)
        title = (attributes.get("title") or "").strip()
        length = max(len(text), len(title))
        if MORE.match(text):
            more_links += 1
            continue
        # menus are short words at addresses without numbers; a short title has an article's address
        scripted = href[:11].lower() == "javascript:" or not href or href[0] == "#"
        if scripted:
            named = script_address(onclick or "") or script_address(href)
            target = named or onclick or href
            article = is_article("/" + named) if named else bool(_SCRIPT_TARGET.search(target))
            near = named is not None and _near(named, folder, host)
            if length < 4:
                continue
        else:
            target = href
            article = is_article("/" + href)
            if length < 6 and not (article and length >= 2):
                continue
            near = _near(href, folder, host)
        if has_neighbours and _leads_on(node, text):
            continue
        link = Link(node, target, length, article, near, text, title)
        for child, mark, tag, parent, parent_mark in _climb(node, chains):
            if mark in crowded:
                break
            if tag not in _ROW_TAGS:
                continue
            key = (parent_mark, tag)
            group = groups.get(key)
            if group is None:
                group = groups[key] = Group(parent, tag, len(groups))
            entry = group.children.get(mark)
            if entry is None:
                group.children[mark] = (child, [link])
            else:
                entry[1].append(link)
                if len(entry[1]) > 8:
                    crowded.add(mark)  # no row has so many links: neither has anything around it
    return list(groups.values()), more_links


def _is_clicked(node: LexborNode) -> bool:
    """Whether an element without a link in it leads to an article when it is clicked on."""
    named = script_address(node.attrs.get("onclick") or "") if node.tag in _ROW_TAGS else None
    return named is not None and is_article("/" + named) and node.css_first("a") is None


def _leads_on(node: LexborNode, text: str) -> bool:
    """Whether a link leads to what stands before or after an article: "上一篇：" in it or right before it."""
    if _NEIGHBOUR.match(text):
        return True
    before = node.prev
    if before is not None and before.tag == "-text" and not before.text(deep=False).strip():
        before = before.prev
    return before is not None and _NEIGHBOUR.fullmatch(before.text(strip=True)) is not None


def _climb(node: LexborNode, chains: dict[int, list[_Step]]) -> list[_Step]:
    """A link and at most eleven elements around it, each with its parent; what siblings share is climbed once."""
    steps: list[_Step] = []
    above: list[_Step] | None = None
    while above is None:
        parent = node.parent
        if parent is None:
            above = []
            break
        mark = parent.mem_id
        steps.append((node, node.mem_id, node.tag or "", parent, mark))
        above = chains.get(mark)
        if above is None and parent.tag in ("body", "html"):
            above = chains[mark] = []
        node = parent
    for step in reversed(steps):
        above = [step, *above[:11]]
        chains[step[1]] = above
    return above


def _near(href: str, folder: str, host: str) -> bool:
    if href[0] == "/" and href[:2] != "//":
        return href.startswith(folder) and len(folder) > 1
    if "//" in href[:8]:
        whole = href if href[0] != "/" else "http:" + href
        if not is_address(whole):
            return False
        parts = urlsplit(whole)
        return parts.netloc.lower() == host and len(folder) > 1 and parts.path.startswith(folder)
    return not href.startswith("..")


def choose(doc: Document, groups: list[Group], pager: Pager, hint: str) -> tuple[Group | None, list[Group]]:
    """The group that is the page's list, and all groups that read like a list of articles."""
    if hint:
        for group in groups:
            if len(group.children) > 400 or key_of(group) != hint:
                continue
            kept = {mark: (child, own_links(child, links)) for mark, (child, links) in group.children.items()}
            if any(is_row(links) for _, links in kept.values()):
                group.children = {mark: row for mark, row in kept.items() if is_row(row[1])}
                date_rows(group)
                return group, [group]
    by_promise = sorted(groups, key=_promise, reverse=True)[:10]
    pager_ids = _ancestors(pager.nodes[0], 5) if pager.nodes else {}
    candidates: list[Group] = []
    for group in by_promise:
        rows = [(child, own) for child, links in group.children.values() if is_row(own := own_links(child, links))]
        if not rows or len(rows) * 2 < len(group.children):
            continue
        group.children = {child.mem_id: (child, links) for child, links in rows}
        if _is_two_columned(rows) or not _are_alike(rows):
            continue
        date_rows(group)
        group.aside = in_aside(group.parent)
        group.by_pager = bool(pager_ids) and _close(group, pager_ids)
        _score(group)
        candidates.append(group)
    lists = [group for group in candidates if _is_list(group)]
    lists.sort(key=lambda group: (-group.score, group.order))
    # a box beside an empty list must not be taken for the list
    while lists and lists[0].aside and not lists[0].by_pager and not lists[0].near:
        lists.pop(0)
    if not lists:
        return None, []
    chosen = lists[0]
    if chosen.far and not chosen.by_pager:
        # a box of another column has more dates, perhaps, but not one row below this column's address
        chosen = next((group for group in lists if group.near and len(group.rows) >= 3 and not group.aside), chosen)
    _add_short_rows(chosen)
    return chosen, [group for group in lists if not group.aside]


def _add_short_rows(group: Group) -> None:
    """Take in the dated rows whose title is too short for a link to be one by itself: 招聘公告."""
    rows = group.rows
    if group.mode != "own" or len(rows) < 3 or group.dated * 2 < len(rows):
        return
    kinds = {_kind(child) for child, _ in rows}
    known = group.children
    children: dict[int, tuple[LexborNode, list[Link]]] = {}
    for child in group.parent.iter(include_text=False):
        if child.mem_id in known:
            children[child.mem_id] = known[child.mem_id]
        elif child.tag == group.tag and _kind(child) in kinds and (node := child.css_first("a[href]")) is not None:
            href, text = (node.attrs.get("href") or "").strip(), node.text(strip=True)
            pieces = texts(child)
            if href and 2 <= len(text) < 6 and not MORE.match(text) and len(pieces) <= 4 and _shows_date(pieces, ()):
                link = Link(node, href, len(text), article=False, near=False, text=text, title="")
                children[child.mem_id] = (child, [link])
    if len(children) > len(known):
        group.children = children


def _promise(group: Group) -> float:
    total = 0.0
    for _, links in group.children.values():
        if len(links) <= 4:
            total += max((link.article * 1.0 + link.near * 0.4 + (link.length >= 10) * 0.6) for link in links)
    return total


def own_links(child: LexborNode, links: list[Link]) -> list[Link]:
    """The links of a row without those of a list inside it: rows carry lists of their 相关解读 and 附件.

    Only an article's own link stands before such a list; what stands before a menu's is the name of a column.
    """
    if len(links) < 2 or child.tag == "a":
        return links
    own = [link for link in links if not _is_listed(link.node, child)]
    return own if own and any(link.article for link in own) else links


def words_of(child: LexborNode, links: Sequence[Link]) -> list[str]:
    """The pieces of text of a row; of a list inside it that is not the row's own only where the rest has no date."""
    pieces = texts(child)
    if child.tag == "a" or child.css_first("ul,ol") is None or any(_is_listed(link.node, child) for link in links):
        return pieces
    outside = texts(child, without=("ul", "ol"))
    return outside if _shows_date(outside, links) else pieces


def _is_listed(node: LexborNode, child: LexborNode) -> bool:
    """Whether an element stands in a list of its own inside ``child``."""
    inner = node.parent
    for _ in range(8):
        if inner is None or inner.mem_id == child.mem_id:
            return False
        if inner.tag in ("ul", "ol") and child.tag != inner.tag:
            return True
        inner = inner.parent
    return False


def is_row(links: Sequence[Link]) -> bool:
    """A row is about one article: at most two long links with different addresses (the second: a file, a twin)."""
    return len({link.href for link in links if link.length >= 8}) <= 2 and len({link.href for link in links}) <= 5


def _kind(child: LexborNode) -> str:
    """The class of an element without what differs from row to row."""
    return _VARYING_CLASS.sub("", child.attrs.get("class") or "").strip()


def _are_alike(rows: list[tuple[LexborNode, list[Link]]]) -> bool:
    """Whether the children are of one kind: the blocks of a layout have classes of their own, rows share theirs."""
    if len(rows) < 2 or rows[0][0].tag in ("li", "tr", "a", "dt", "dd"):
        return True
    kinds: dict[str, int] = {}
    for child, _ in rows:
        kind = _kind(child)
        kinds[kind] = kinds.get(kind, 0) + 1
    return max(kinds.values()) * 2 > len(rows)


def _is_two_columned(rows: list[tuple[LexborNode, list[Link]]]) -> bool:
    """Whether the children hold two articles each, with a date each: the rows are one level further in."""
    double = 0
    for child, links in rows:
        if len({link.href for link in links if link.article and link.length >= 6}) == 2:
            dates = sum(1 for part in texts(child) if is_only_date(part))
            double += dates == 2 or (dates == 0 and child.tag == "tr")
    return double * 10 >= len(rows) * 6 and double > 0


def date_rows(group: Group) -> None:
    """Count the rows with a date in themselves, or, for flat lists, in what stands after or before them."""
    rows = group.rows
    own = sum(_shows_date(texts(child), links) for child, links in rows)
    group.dated = own
    if own * 2 >= len(rows) or len(rows) < 2:
        return
    for mode in ("after", "before"):
        count = sum(_shows_date(beside(child, group, mode), links) for child, links in rows)
        if count > group.dated:
            group.dated, group.mode = count, mode


_PAGING = re.compile(r"首页|上一?页|下一?页|尾页|末页")


def _shows_date(parts: Sequence[str], links: Sequence[Link]) -> bool:
    own = {link.text for link in links}
    if sum(bool(_PAGING.fullmatch(part)) for part in parts) > 1:
        return False  # 首页 上页 1 下页 尾页 1/1: the number of a page is no date of a row
    for part in parts:
        hinted = not (len(part) > 40 and part in own) and DATE_HINT.search(part)
        if hinted and (is_only_date(part) or is_short_date(part) or not any(part in text for text in own)):
            return True
    digits = [part for part in parts if len(part) <= 8 and part[:1].isdigit()]
    return len(digits) >= 2


def beside(child: LexborNode, group: Group, mode: str) -> list[str]:
    """Pieces of text between this row and its neighbour, after it or before it."""
    pieces: list[str] = []
    node = child.next if mode == "after" else child.prev
    for _ in range(10):
        if node is None or node.mem_id in group.children or node.tag in ("script", "style"):
            break
        if node.tag == "-text":
            if text := node.text(deep=True).strip():
                pieces.append(text)
        elif node.tag not in ("-comment",):
            pieces.extend(texts(node))
        node = node.next if mode == "after" else node.prev
    return pieces


def _score(group: Group) -> None:
    rows = group.rows
    count = len(rows)
    articles = sum(any(link.article for link in links) for _, links in rows)
    near = sum(any(link.near for link in links) for _, links in rows)
    long = sum(max(link.length for link in links) >= 10 for _, links in rows)
    score = 2.0 * group.dated + 1.0 * articles + 0.7 * near + 0.5 * long
    if group.dated * 10 < count * 3:
        score *= 0.35 if articles * 2 < count else 0.6
    group.near = near * 5 >= count * 4
    group.far = near == 0
    if group.near:
        score *= 1.3
    if group.aside:
        score *= 0.3
    if group.by_pager:
        score *= 1.6
    if hidden(group.parent):
        score *= 0.5
    if group.tag in ("span", "font", "a", "td"):
        score *= 0.9
    group.score = score


def _is_list(group: Group) -> bool:
    rows = group.rows
    count = len(rows)
    articles = sum(any(link.article for link in links) for _, links in rows)
    lengths = sum(max(link.length for link in links) for _, links in rows) / count
    if count == 1:
        named = group.by_pager or _LIST_CLASS.search(_path(group.parent, 3))
        return bool(articles == 1 and lengths >= 6 and not group.aside and (group.dated or named))
    near = sum(any(link.near for link in links) for _, links in rows)
    if group.dated * 2 >= count:
        if articles * 5 >= count * 4 and lengths >= 3:
            return True
        return lengths >= 5 and (articles * 3 >= count or lengths >= 9 or (group.dated == near == count))
    if articles * 10 >= count * 6:
        return lengths >= 8 and not group.aside
    return count >= 3 and lengths >= 14 and near * 10 >= count * 6 and not group.aside


def in_aside(node: LexborNode | None) -> bool:
    """Whether an element stands in navigation, a side box, head or foot, by its tag or the names around it."""
    for _ in range(6):
        if node is None or node.tag in ("body", "html"):
            return False
        if node.tag in ("nav", "footer", "header", "aside", "select"):
            return True
        attributes = node.attrs
        marks = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if marks != " " and _ASIDE.search(marks) and not re.search(r"list|news|con", marks, re.IGNORECASE):
            return True
        node = node.parent
    return False


def _ancestors(node: LexborNode, levels: int) -> dict[int, int]:
    found: dict[int, int] = {}
    parent = node.parent
    for level in range(levels):
        if parent is None or parent.tag in ("body", "html"):
            break
        found[parent.mem_id] = level
        parent = parent.parent
    return found


def _close(group: Group, pager_ids: dict[int, int]) -> bool:
    node: LexborNode | None = group.parent
    for _ in range(3):
        if node is None:
            return False
        if node.mem_id in pager_ids:
            return True
        node = node.parent
    return False


def _path(node: LexborNode | None, levels: int = 6) -> str:
    names: list[str] = []
    for _ in range(levels):
        if node is None or node.tag in ("body", "html"):
            break
        words = (node.attrs.get("class") or "").strip()
        if _PASSING.search(words):
            words = " ".join(word for word in words.split() if not _PASSING.fullmatch(word))
        names.append(f"{node.tag}.{words}")
        node = node.parent
    return ">".join(reversed(names))


def key_of(group: Group) -> str:
    """The name of a group's place, the same on every page of one list."""
    return f"{_path(group.parent)}|{group.tag}"


def is_hidden(node: LexborNode) -> bool:
    """Whether an element, or the part of it that holds its words, is not shown until a script shows it."""
    return hidden(node) or node.css_first('[style*="display:none"],[style*="display: none"]') is not None


def hidden(node: LexborNode | None) -> bool:
    """Whether an element, or one around it, is not shown until a script shows it."""
    for _ in range(6):
        if node is None or node.tag in ("body", "html"):
            return False
        if "display:none" in (node.attrs.get("style") or "").replace(" ", ""):
            return True
        node = node.parent
    return False
