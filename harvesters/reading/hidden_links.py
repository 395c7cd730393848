"""Links to foreign hosts that a page holds and does not show: 暗链, as break-ins leave them.

A ``Document`` comes in; out go the links that lead to another house than the page's and to no government's, and that
the page hides: by an inline style on them or around them, by a rule of its own ``<style>``, by a script that hides
what stands beside it. What menus, tabs and mobile copies hide are links into the own house or to governments, and is
not even looked at. Whether a hidden link is a harm is not decided here. Style sheets in files of their own are not
read, so that a link they hide is not found; and what is shown to search engines only, nobody else sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from harvesters.city_file import same_house
from harvesters.reading.document import Document
from harvesters.reading.layout import clean
from harvesters.reading.links import joined

MOST: Final = 20  # links that are kept, one a host; the rest are counted
_MOST_LINKS = 5000  # on one page; a portal's home page has some 1500
_MOST_AROUND = 60  # elements around a link that are asked; pages nest a third as deep
_STYLES = 200_000  # characters of the page's own style rules that are read
_SIBLINGS = 300  # elements after a script that opens a hidden block
_URL, _TEXT, _BY = 100, 40, 60  # characters that are kept of each
# governments of every country, their Chinese names (.政务), and who certifies their sites
_GOVERNMENTS = re.compile(r"(?:^|\.)(?:gov(?:\.[a-z]{2})?|conac\.cn|政务(?:\.cn)?|xn--zfr164b(?:\.cn)?)$")
_FAR = 400  # pixels off the screen; menus that slide in stand a menu's width aside, or one whole screen's (100 %)
_LENGTH = re.compile(r"^(-?\d*\.?\d+)\s*(px|r?em|%|pt|vw|vh)?$")
_IN_PIXELS = {"px": 1.0, "": 1.0, "pt": 1.3, "em": 16.0, "rem": 16.0, "vw": 3.9, "vh": 3.9, "%": 3.9}
_HIDING = frozenset(
    (
        "display",
        "visibility",
        "opacity",
        "width",
        "height",
        "max-width",
        "max-height",
        "position",
        "text-indent",
        "font-size",
    )
)
_TYPESETTING = frozenset(("a", "span", "font", "b", "i", "em", "strong", "u", "small"))
_NAMED_COLOURS = {"white": "#ffffff", "black": "#000000", "red": "#ff0000", "blue": "#0000ff", "transparent": ""}
_AT_RULE = re.compile(r"@(?:media|supports|(?:-\w+-)?keyframes|font-face|page)\b[^{};]{0,300}\{")
_BRACE = re.compile(r"[{}]")
_COMPOUND = re.compile(r"^([a-z][\w-]*)?((?:[.#][\w-]+)+)$", re.IGNORECASE)
_OPENS = re.compile(r"<(?:div|span|p|ul|marquee|font|table|td)\b[^>]{0,200}>", re.IGNORECASE)
_STYLE_ATTRIBUTE = re.compile(r"style\s*=\s*\\?[\"']?([^\"'>]{1,200})", re.IGNORECASE)
_CLOSES = re.compile(r"<\\?/(?:div|span|p|ul|marquee|font|table|td)", re.IGNORECASE)
_HIDDEN_BY_ID = re.compile(
    r"getElementById\(\s*[\"']([\w-]{1,60})[\"']\s*\)\s*\.\s*style\s*\.\s*(?:display\s*=\s*[\"']none|visibility\s*=\s*[\"']hidden)"
)


def hidden_links(doc: Document) -> dict[str, Any]:
    """``links`` (``url``, ``text``, ``by``: what hides it), one a host, and ``more``: how many others there are.

    Empty where the page hides none.
    """
    hiding: _Hiding | None = None
    kept: dict[str, dict[str, str]] = {}
    more = 0
    for node, url in _foreign(doc):
        hiding = hiding or _Hiding.of(doc)
        by = hiding.of_node(node)
        if by is None:
            continue
        host = urlsplit(url).hostname or ""
        if host in kept or len(kept) >= MOST:
            more += 1
        else:
            kept[host] = {"url": url.partition("?")[0][:_URL], "text": _words(node)[:_TEXT], "by": by[:_BY]}
    if not kept:
        return {}
    return {"links": list(kept.values()), **({"more": more} if more else {})}


def _foreign(doc: Document) -> Iterator[tuple[LexborNode, str]]:
    """The links that lead to another house than the page's, and to no government's."""
    for number, node in enumerate(doc.tree.css("a[href],area[href]")):
        if number >= _MOST_LINKS:
            return
        href = (node.attributes.get("href") or "").strip()
        if not href[:8].lower().startswith(("http:", "https:", "//")):
            continue
        url = joined(doc, href)
        try:
            host = (urlsplit(url or "").hostname or "").rstrip(".")
        except ValueError:
            continue
        if url and "." in host and not _GOVERNMENTS.search(host) and not same_house(doc.url, url):
            yield node, url


def _words(node: LexborNode) -> str:
    """The text of a link, or what its picture or title says."""
    text = clean(node.text() or "")
    for shown in (node, *node.css("img")) if not text else ():
        for name in ("title", "alt"):
            text = text or clean(shown.attributes.get(name) or "")
    return text


@dataclass
class _Hiding:
    """What hides elements of one page: its own style rules, and its scripts. Answers are kept an element."""

    rules: Mapping[str, list[tuple[tuple[str, ...], Mapping[str, str]]]]  # last class or id → names before it, style
    scripted: frozenset[int]  # elements that a script of the page hides
    known: dict[int, str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, doc: Document) -> _Hiding:
        text = "\n".join(node.text() or "" for node in doc.tree.css("style"))[:_STYLES]
        return cls(rules=_rules(text), scripted=frozenset(_by_scripts(doc)))

    def of_node(self, node: LexborNode) -> str | None:
        """What hides ``node``, on itself or around it; None where nothing does, as far as the page says."""
        around: list[LexborNode] = []
        at: LexborNode | None = node
        by: str | None = None
        while at is not None and at.tag not in ("body", "html", "-undef") and len(around) < _MOST_AROUND:
            if at.mem_id in self.known:
                by = self.known[at.mem_id]
                break
            if at.tag in ("noscript", "template"):
                return None  # shown to nobody, and on every page that counts its visits
            around.append(at)
            at = at.parent
        for one in reversed(around):
            by = by or self._by(one)
            self.known[one.mem_id] = by
        return by or self._font_or_colour(node)

    def _by(self, node: LexborNode) -> str | None:
        attributes = node.attributes
        if node.mem_id in self.scripted:
            return "script"
        if "hidden" in attributes:
            return "hidden"
        if node.tag == "marquee" and any(_tiny(attributes.get(name)) for name in ("width", "height")):
            return "marquee"
        if by := _hides(_declared(attributes.get("style") or "")):
            return by
        for name in _names(node):
            for before, style in self.rules.get(name, ()):
                if (by := _hides(style)) and _stands_in(node, before):
                    return f"{name} {{{by}}}"
        return None

    def _font_or_colour(self, node: LexborNode) -> str | None:
        """Whether the size of a link's text is none, or its colour that of its ground, both stated in line.

        A size of none closes the gaps between pictures and menu entries, too: it counts for a text only, and where a
        rule of the page states it, on the link itself or what sets its type.
        """
        if not clean(node.text() or ""):
            return None
        size = colour = ground = None
        at: LexborNode | None = node
        for _ in range(_MOST_AROUND):
            if at is None or at.tag in ("body", "html"):
                break
            attributes = at.attributes
            style = _declared(attributes.get("style") or "")
            size = size or style.get("font-size")
            for name in _names(at) if at.tag in _TYPESETTING and size is None else ():
                size = next((rule["font-size"] for _, rule in self.rules.get(name, ()) if "font-size" in rule), None)
            colour = colour or style.get("color") or (attributes.get("color") if at.tag == "font" else None)
            ground = ground or style.get("background-color") or style.get("background") or attributes.get("bgcolor")
            at = at.parent
        if size is not None and _pixels(size, 1) == 0:
            return f"font-size:{size}"
        if colour and ground and (same := _colour(colour)) and same == _colour(ground):
            return f"color:{colour} on {ground}"
        return None


def _names(node: LexborNode) -> list[str]:
    """The classes and the id of an element, as style rules write them."""
    attributes = node.attributes
    names = [f".{name}" for name in (attributes.get("class") or "").split()]
    return [*names, f"#{attributes['id']}"] if attributes.get("id") else names


def _stands_in(node: LexborNode, names: tuple[str, ...]) -> bool:
    """Whether every one of ``names`` (classes and ids) is the element's own or that of one around it."""
    if not names:
        return True
    around: set[str] = set()
    at: LexborNode | None = node
    for _ in range(_MOST_AROUND):
        if at is None:
            break
        around.update(_names(at))
        at = at.parent
    return around.issuperset(names)


# ------------------------------------------------------------------ styles


def _declared(style: str) -> dict[str, str]:
    found = {}
    for part in style[:2000].split(";"):
        name, colon, value = part.partition(":")
        if colon:
            found[name.strip().lower()] = value.replace("!important", "").strip().lower()
    return found


def _hides(style: Mapping[str, str]) -> str | None:
    """The declaration that hides an element of this style."""
    if not style:
        return None
    if style.get("display") == "none":
        return "display:none"
    if style.get("visibility") in ("hidden", "collapse"):
        return f"visibility:{style['visibility']}"
    if re.fullmatch(r"0*\.?0+%?", style.get("opacity", "")):
        return "opacity:0"
    cut = style.get("overflow", "").startswith("hidden")
    for name in ("width", "height", "max-height", "max-width"):
        if cut and _tiny(style.get(name)):
            return f"{name}:{style[name]};overflow:hidden"
    if style.get("position") in ("absolute", "fixed"):
        for name in ("left", "top", "right", "bottom", "margin-left", "margin-top"):
            if _pixels(style.get(name)) <= -_FAR:
                return f"{name}:{style[name]}"
    if _pixels(style.get("text-indent")) <= -_FAR:
        return f"text-indent:{style['text-indent']}"
    return None


def _colour(value: str) -> str:
    """A colour as six digits; "" for what is none, or names a picture."""
    value = value.strip().lower()
    if found := re.match(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*[,)]", value):
        return "#" + "".join(f"{min(255, int(part)):02x}" for part in found.groups())
    if found := re.match(r"#([0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-f])", value):
        digits = found[1]
        return "#" + ("".join(sign * 2 for sign in digits) if len(digits) == 3 else digits)
    return _NAMED_COLOURS.get(value, "")


def _pixels(value: str | None, otherwise: float = 0.0) -> float:
    """A length in pixels, roughly; ``otherwise`` for what is none."""
    found = _LENGTH.match(value or "")
    return float(found[1]) * _IN_PIXELS[found[2] or ""] if found else otherwise


def _tiny(value: str | None) -> bool:
    """Whether a width or height shows nothing: none, or a pixel or two."""
    return value is not None and 0 <= _pixels(value.strip().lower(), 100.0) <= 2


def _rules(text: str) -> dict[str, list[tuple[tuple[str, ...], Mapping[str, str]]]]:
    """The page's style rules by the last class or id they name; those for print, phones and mouse-overs left out."""
    merged: dict[tuple[str, tuple[str, ...]], dict[str, str]] = {}
    for rule in _without_at_rules(_without_comments(text)).split("}"):
        selectors, brace, body = rule.rpartition("{")
        style = _declared(body) if brace else {}
        if not style.keys() & _HIDING:
            continue
        for selector in selectors[-1000:].split(","):
            parts = re.split(r"[\s>+~]+", selector.strip())
            compounds = [_COMPOUND.match(part) for part in parts]
            if not parts or compounds[-1] is None or any(":" in part or "*" in part for part in parts):
                continue
            names = [name for one in compounds if one for name in re.findall(r"[.#][\w-]+", one[2])]
            merged.setdefault((names[-1], tuple(names[:-1])), {}).update(style)
    found: dict[str, list[tuple[tuple[str, ...], Mapping[str, str]]]] = {}
    for (last, before), style in merged.items():
        if _hides(style) or "font-size" in style:
            found.setdefault(last, []).append((before, style))
    return found


def _without_comments(text: str) -> str:
    first, *others = text.split("/*")
    return "".join((first, *(other.partition("*/")[2] for other in others)))


def _without_at_rules(text: str) -> str:
    kept, place = [], 0
    while found := _AT_RULE.search(text, place):
        kept.append(text[place : found.start()])
        depth, place = 1, found.end()
        while depth and (brace := _BRACE.search(text, place)):
            depth += 1 if brace[0] == "{" else -1
            place = brace.end()
        if depth:
            return "".join(kept)
    return "".join((*kept, text[place:]))


# ------------------------------------------------------------------ scripts


def _by_scripts(doc: Document) -> Iterator[int]:
    """The elements that scripts of the page hide: what stands between a tag they write and its end, and by id."""
    ids: set[str] = set()
    for node in doc.tree.css("script:not([src])"):
        script = (node.text() or "")[:4000]
        if ".style" in script:
            ids.update(_HIDDEN_BY_ID.findall(script))
        if "document.write" not in script or _CLOSES.search(script):
            continue
        styles = (_STYLE_ATTRIBUTE.search(tag) for tag in _OPENS.findall(script))
        if not any(found and _hides(_declared(found[1])) for found in styles):
            continue
        after = node.next
        for _ in range(_SIBLINGS):
            if after is None or (after.tag == "script" and _CLOSES.search(after.text() or "")):
                break
            yield after.mem_id
            after = after.next
    for node in doc.tree.css("[id]") if ids else ():
        if node.attributes.get("id") in ids:
            yield node.mem_id
