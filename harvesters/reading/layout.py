"""A page as lines of text in reading order, each knowing which element it stands in.

The parsed tree comes in; out goes a ``Layout``: the elements in document order and the lines their text falls
into. One walk over the tree answers what every reader of the page asks: what stands beside, before and after
a line, how much of an element is text and how much is links, what is hidden, what is frame and not content. A
line ends where a block element begins or ends and at ``<br>``; inside it the pieces of single text nodes are kept,
because "来源：" and its value, or a value and the next label, are often told apart by nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from harvesters.reading.scripts import written
from harvesters.reading.spaces import squeeze

_INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i"),
        *("img", "input", "ins", "kbd", "label", "link", "mark", "meta", "nobr", "o:p", "q", "rp", "rt", "ruby", "s"),
        *("samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
_SKIPPED = frozenset(
    (
        *("style", "noscript", "template", "head", "title", "select", "textarea", "button"),
        *("svg", "canvas", "map", "math"),
    )
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# class words that hide an element on a desktop screen, which is what the public is shown
_HIDDEN_CLASS = re.compile(
    r"(?:^|\s)(?:hidden|hide|ng-hide|d-none|dn|none|undis|display-none|sr-only|hidden-(?:md|lg|pc)|visible-(?:xs|sm)|"
    r"pchide|pc-hide|pc_hide)(?:\s|$)",
    re.IGNORECASE,
)
# id and class words of a page's frame: what stands in them is never the article (an "article-header" is its own, and
# what is laid out "with-sidebar" holds both)
_FRAME = re.compile(
    r"(?:^|\s)(?:(?:site|top|main|web|common|pub)[_-]?)?(?:header|foot(?:er)?)(?=$|[\s_-])|"
    r"(?:^|[\s_-])(?:crumbs?|bread(?:crumb)?s?(?:nav)?|curmb|breadcrumbnav|location|position|dqwz|weizhi|"
    r"copyright|banquan|(?<!with[_-])(?<!has[_-])(?<!no[_-])sidebar|footbox|newfoot\w*|footnav|mfooter|gotop|"
    r"site-?map)(?=$|[\s_-])"
)
# those that are lists of links or buttons, and hold nothing anyone reads
_MENU = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation|igator)?|(?:main|sub|side|left|right|top)?menu|mnav|topnav|bdsharebuttonbox|"
    r"share(?:-?box)?|friendlink|yqlj|youqing|toolbar|search(?:box)?|login)(?=$|[\s_-])"
)
# a fact of the document, as an info line states it: a labelled value, or a full date that is not today's
_FACT = re.compile(
    r"(?:来源|时间|日期|文号|字号|索引号|作者|编辑)\s*[:：∶]\s*[\u4e00-\u9fa5\w(（]|"
    r"(?<!今天是)(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}"
)
# what templates put into the element of the headline behind it: a date, often in brackets, or a labelled fact
_ASIDE = re.compile(
    r"[（(【\[]?\s*+(?:(?:发布|发表|公开|更新|公布)?(?:时间|日期)?\s*+(?:[:：]\s*+)?)?(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?"
    r"\d{1,2}\s?日?(?:\s*+\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?\s*+(?:[)）】\]]\s*+)?(?:$|\S{2,6}\s*[:：])|"
    r"[（(【\[]?\s*+(?:(?:文章|信息|稿件)?来源|(?:发布|发表|公开|更新)?(?:时间|日期)|字[号体]|作者|编辑|(?:浏览|点击|阅读)\S{0,2}|"
    r"(?:发文)?[文字]号|索引号)\s*[:：]"
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_IN_TAGS = re.compile(r"<[^<>]*>|document\.write(?:ln)?|[\"'();+\s]")
_HEADLINE_PIECES = 50  # text nodes of a headline; a page in a heading that was never closed has thousands
_INFO_SIZE = 4000  # characters of mark-up; an info line with its scripts and switches is shorter
_INFO_LINKS = 6  # font sizes, print, close
_ESCAPED = re.compile(r"%u([0-9A-Fa-f]{4})")  # JavaScript's escape(), left in titles by some generators


_TOLD = re.compile(r"来源|时间|日期|作者|文号|索引号|(?:19|20)\d\d[-/.年]")


@dataclass(slots=True)
class Element:
    """One element: its place in the tree and the lines that stand in it (``first`` up to before ``last``)."""

    index: int
    tag: str
    parent: int  # index of the parent element; -1 for the root
    order: int  # its place among the elements of its parent
    names: str  # "id class class", lower-cased
    ident: str  # the id alone, lower-cased
    hidden: bool
    frame: bool
    node: LexborNode
    first: int
    last: int = 0
    end: int = 0  # index after its last descendant


@dataclass(slots=True)
class Line:
    """A run of text. ``pieces`` are its text nodes as (text, is link); ``element`` is the block it stands in."""

    index: int
    text: str
    element: int
    pieces: list[tuple[str, bool]]
    links: int  # characters that are link text
    hidden: bool
    frame: bool


@dataclass(slots=True)
class Layout:
    """Elements in document order, lines in reading order, and the comments that generators leave as marks."""

    elements: list[Element] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    marks: list[tuple[str, int]] = field(default_factory=list)  # comment, element it stands in
    prose: list[int] = field(default_factory=lambda: [0])  # visible characters outside links, summed up to each line

    def mass(self, element: Element) -> int:
        """Visible characters of ``element`` that are not link text."""
        return self.prose[element.last] - self.prose[element.first]

    def inside(self, element: Element) -> list[Line]:
        """The lines of ``element``."""
        return self.lines[element.first : element.last]

    def ancestors(self, index: int) -> list[Element]:
        """The elements around element ``index``, nearest first."""
        found = []
        parent = self.elements[index].parent
        while parent >= 0:
            element = self.elements[parent]
            found.append(element)
            parent = element.parent
        return found

    def common(self, one: int, other: int) -> Element:
        """The innermost element around both, or one of them if it holds the other."""
        element = self.elements[one]
        while not element.index <= other < element.end:
            element = self.elements[element.parent]
        return element


def clean(text: str) -> str:
    """``text`` without escapes and zero-width characters, a run of white space as one space, and none at the ends."""
    if "%u" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return squeeze(text)


def is_aside(text: str) -> bool:
    """Whether ``text`` is a date alone or begins with a labelled fact, and so no part of the headline before it."""
    return _ASIDE.match(text) is not None


def lay_out(tree: LexborHTMLParser, *, whole: bool = False) -> Layout:
    """Walk ``tree`` once. An empty page gives an empty layout.

    Menus, share bars and search boxes, known by their names, are left out; ``whole`` keeps them and takes nothing for
    frame, for pages whose makers give such a name to everything.
    """
    layout = Layout()
    body = tree.body
    if body is not None:
        _walk(layout, body, whole)
    return layout


@lru_cache(maxsize=8192)
def _named(ident: str, classes: str) -> tuple[str, bool, bool, bool]:
    """An element's names in lower case; whether they hide it, make it frame, make it a menu. Names repeat a lot."""
    names = f"{ident} {classes}".lower()
    hides = bool(classes) and _HIDDEN_CLASS.search(classes) is not None
    return names, hides, _FRAME.search(names) is not None, _MENU.search(names) is not None


def _open(
    layout: Layout, node: LexborNode, tag: str, parent: Element | None, order: int, *, whole: bool
) -> Element | None:
    """The element of ``node``, or None for a menu."""
    names = ident = ""
    hidden = False
    frame = tag == "footer"
    if parent is not None:
        hidden, frame = parent.hidden, frame or parent.frame
    attributes = node.attributes
    if attributes:
        ident = attributes.get("id") or ""
        classes = attributes.get("class") or ""
        if ident or classes:
            names, hides, frames, menu = _named(ident, classes)
            if menu and not whole and not _states_facts(node):
                return None
            hidden, frame = hidden or hides, frame or frames
        style = attributes.get("style")
        if (style and _HIDDEN_STYLE.search(style)) or "hidden" in attributes:
            hidden = True
    element = Element(
        len(layout.elements),
        tag,
        -1 if parent is None else parent.index,
        order,
        names,
        ident.lower(),
        hidden,
        frame and not whole,
        node,
        len(layout.lines),
    )
    layout.elements.append(element)
    return element


def _states_facts(node: LexborNode) -> bool:
    """Whether what is named a menu is the line of facts under a headline, which templates call a toolbar."""
    markup = node.html or ""
    if len(markup) > _INFO_SIZE or markup.count("<a ") > _INFO_LINKS or "<form" in markup:
        return False
    return _FACT.search(_IN_TAGS.sub("", markup)) is not None


def _flush(layout: Layout, pieces: list[tuple[str, bool]], block: Element) -> None:
    """Make a line of ``pieces``, if they have text; two of a headline with facts in an element behind it."""
    if len(pieces) > 1 and block.tag in _HEADINGS:
        for place in range(1, min(len(pieces), _HEADLINE_PIECES)):
            if is_aside(clean("".join([piece for piece, _ in pieces[place:]]))):
                _flush(layout, pieces[:place], block)
                pieces = pieces[place:]
                break
    links = 0
    if len(pieces) == 1:
        whole, linked = pieces[0]
        text = clean(whole)
        links = len(text) if linked else 0
    else:
        text = clean("".join([piece for piece, _ in pieces]))
        for piece, linked in pieces:
            if linked:
                links += len(piece.strip())
    if not text:
        return
    visible = not (block.hidden or block.frame)
    layout.lines.append(Line(len(layout.lines), text, block.index, pieces, links, block.hidden, block.frame))
    layout.prose.append(layout.prose[-1] + (max(0, len(text) - links) if visible else 0))


def _awaits_value(pieces: list[tuple[str, bool]]) -> bool:
    """Whether the line so far ends in a label's colon."""
    for text, _ in reversed(pieces):
        if not text.isspace():
            return text.rstrip()[-1] in "：:"
    return False


def _walk(layout: Layout, root: LexborNode, whole: bool) -> None:
    """Visit ``root`` and all below it, without recursion: saved pages nest hundreds deep."""
    elements, lines = layout.elements, layout.lines
    pieces: list[tuple[str, bool]] = []
    opened = _open(layout, root, "body", None, 0, whole=True)
    assert opened is not None
    element = block = opened
    linked = False
    order = 0
    # what to go back to: element, block, whether in a link, place among siblings
    stack: list[tuple[Element, Element, bool, int]] = []
    node = root.child
    while True:
        if node is None:
            if element.tag not in _INLINE and pieces:
                _flush(layout, pieces, block)
                pieces = []
            element.last = len(lines) + (1 if pieces else 0)
            element.end = len(elements)
            if not stack:
                break
            node = element.node.next
            element, block, linked, order = stack.pop()
            continue
        tag = node.tag or "-"
        if tag == "-text":
            text = node.text_content or ""
            if not text.isspace():
                pieces.append((text, linked))
            elif pieces:
                pieces.append((" ", linked))
        elif tag == "br" or tag == "hr":
            if pieces:
                _flush(layout, pieces, block)
                pieces = []
        elif tag == "-comment":
            comment = node.comment_content
            if comment and len(comment) < 80:
                layout.marks.append((comment, element.index))
        elif tag == "script":
            script = node.text() or ""
            if "document.write" in script and (_TOLD.search(script) or _awaits_value(pieces)):
                told = written(script)
                if told and (_TOLD.search(told) or _awaits_value(pieces)):
                    pieces.append((told, linked))
        elif tag not in _SKIPPED and tag[0] != "-":
            inline = tag in _INLINE
            if not inline and pieces:
                _flush(layout, pieces, block)
                pieces = []
            order += 1
            opened = _open(layout, node, tag, element, order, whole=whole) if tag != "nav" or whole else None
            if opened is None:
                node = node.next
                continue
            stack.append((element, block, linked, order))
            element = opened
            order = 0
            if not inline:
                block = element
            elif tag == "a":
                linked = True
            node = node.child
            continue
        node = node.next
