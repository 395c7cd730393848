"""What stands in a page's footer of what every government site must show there (国办发〔2017〕47号, 底部功能区).

A ``Document`` comes in; out go the items found, each with the text or the address that proves it. Footers have no
common mark-up, so the whole page is looked through: links, pictures, texts, the scripts that draw an item where they
stand. A comment shows nothing; what a style hides counts, for it may be meant for another screen. What is not found
may still be shown: the facts say so where the footer, or a piece of it, may come by a script, a frame or a picture,
because nobody is to be accused of what we could not see.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from harvesters.reading.body import footer_from
from harvesters.reading.document import Document
from harvesters.reading.layout import Element, Layout, clean, lay_out

# the items in the order of the text: 党政机关网站标识, 我为政府网站找错, 网站标识码, 主办单位, 联系方式, ICP备案编号,
# 公安机关备案标识, 站点地图
ITEMS: Final = ("mark", "report_errors", "site_code", "organiser", "contact", "icp", "police", "site_map")
# two of these, or one and two others, show that the footer is on the page
_TEXTUAL = frozenset(("site_code", "organiser", "icp", "police"))
_PROOF = 80  # characters of a text or address that proves an item
_LINES = 4000  # lines of the page, from its end, that are looked through
_SCRIPT = 20_000  # characters of one script that are looked at
_SCRIPTS = 200_000  # and of all of them
_MOST = 5  # places named of one sort

# ---------------------------------------------------------------- by address, of what a link or picture leads to
_BY_ADDRESS: Mapping[str, re.Pattern[str]] = {
    "mark": re.compile(r"conac\.cn|ideConac|imgConac", re.IGNORECASE),
    "report_errors": re.compile(r"zfwzgl\.www\.gov\.cn|pucha\.kaipuyun\.cn|jiucuo|zhaocuo|errorInfo", re.IGNORECASE),
    "icp": re.compile(r"beian\.miit\.gov\.cn|miitbeian\.gov\.cn|miibeian\.gov\.cn", re.IGNORECASE),
    "police": re.compile(r"//(?:www\.)?beian\.gov\.cn|beian\.mps\.gov\.cn", re.IGNORECASE),
    "site_map": re.compile(
        r"/(?:wzdt|zddt|wztd|wangzhanditu|zhandianditu)(?:[/.?#]|$)|site[-_]?map|/(?:web)?map(?:\.\w+|/|/index\.\w+)?(?:[?#]|$)",
        re.IGNORECASE,
    ),
}
# by the name of a picture's file, of an id or class: what sites call these signs
_BY_NAME: Mapping[str, re.Pattern[str]] = {
    "mark": re.compile(r"conac|dzjg|dangzheng|(?:^|[/_-])(?:red|blue)\.(?:png|gif|jpe?g)", re.IGNORECASE),
    "report_errors": re.compile(r"jiu_?cuo|zhao_?cuo|zwzc|wzzc", re.IGNORECASE),
    "police": re.compile(
        r"gong_?an|ga_?ba|(?:^|[/_-])ghs\.|police|wangan|beian_?ga|(?:^|[/_-])beian\d*\.", re.IGNORECASE
    ),
    "icp": re.compile(r"(?:^|[/_-])icp", re.IGNORECASE),
}
# ---------------------------------------------------------------- by text, in one width, on the whole page
_BY_TEXT: Mapping[str, re.Pattern[str]] = {
    "mark": re.compile(r"党政机关(?:网站)?标[识志]|事业单位(?:网站)?标[识志]"),
    "report_errors": re.compile(r"(?:政府|政务)?网站找错|我为.{0,6}网站.{0,4}找错"),
    "site_code": re.compile(
        r"(?:网站\s{0,2}(?:标识码|识别码|标识编码|标识)|标识码)[\s:∶\[(【]{0,6}(?P<value>[A-Za-z]{0,2}\d{4,14})"
    ),
    "organiser": re.compile(
        r"主\s{0,6}办\s{0,6}(?:单\s{0,6}位|方|机关|者)?\s{0,3}[:∶]\s{0,6}"
        r"(?!\S{0,3}(?:ICP|公网|网站|标识|地址|邮编|电话|联系|承办|版权|备案))(?P<value>[^\s:∶|]{2,40})"
    ),
    "icp": re.compile(
        r"ICP\s{0,3}[备证]\s{0,3}(?:案)?\s{0,3}(?:序|编)?号?\s{0,3}第?[\s:∶—-]{0,4}[\u4e00-\u9fa5]?[\w-]{0,4}\d{5,12}",
        re.IGNORECASE,
    ),
    "police": re.compile(r"公网安备|公安(?:机关)?(?:网络?)?备案\s{0,3}(?:编?号|标识)?[\s:∶]{0,4}\d{8,16}"),
    "site_map": re.compile(r"(?:网站|站点|本站|本网|栏目)\s?(?:地图|导航图|导图)|site\s?map", re.IGNORECASE),
    "contact": re.compile(r"联系(?:我们|方式|本站|本网)|联络我们"),
}
# ---------------------------------------------------------------- by text, in the footer only
_PHONE = r"(?<!\d)(?:(?:\(?0\d{2,3}\)?[\s—-]{0,3})?[1-9]\d{6,7}|12345|400[\s-]?\d{3}[\s-]?\d{4}|1[3-9]\d{9})(?!\d)"
_IN_FOOTER: Mapping[str, re.Pattern[str]] = {
    "organiser": re.compile(r"[\u4e00-\u9fa5()]{4,40}\s?主办(?![方者权])|主办单位\s{0,6}[\u4e00-\u9fa5]{4,40}"),
    "contact": re.compile(
        r"(?:电话|热线|联系|咨询|传真|邮箱|信箱|技术支持|维护|TEL)"
        rf"[^\n备码]{{0,40}}?(?:{_PHONE}|[\w.-]{{2,40}}@[\w.-]{{3,40}})"
        r"|[\w.-]{2,40}@[\w-]{2,40}\.[\w.]{2,20}",
        re.IGNORECASE,
    ),
    "police": re.compile(r"公安(?:机关)?备案"),
}
# what is near to an item and is not it: to be looked at by a person
_NEAR: Mapping[str, re.Pattern[str]] = {
    "report_errors": re.compile(r"(?:网站|内容|我要|网民|有奖)?纠错"),
    "site_code": re.compile(r"(?:标识|识别)[编]?码"),  # a label whose value a script may put there, here and below
    "organiser": re.compile(
        r"主办|版权所有|主管(?:单位)?|承办(?:单位)?\s?:|(?:管理|维护|运维|运营)(?:单位)?\s?:|Copyright", re.IGNORECASE
    ),
    "contact": re.compile(r"关于(?:我们|本站|本网)|地\s{0,6}址|邮\s{0,6}[编箱]|电\s{0,6}话|" + _PHONE),
    "icp": re.compile(r"备案(?:编?号|序号)?\s?:|ICP", re.IGNORECASE),
    "site_map": re.compile(r"网站导航|站点导航|网站导览"),
}

# ---------------------------------------------------------------- what may bring the footer, or a piece of it
_FOOT = r"(?:foot(?:er)?|bottom|copyright|banquan|dibu|yejiao|weibu)"
_FOOT_FILE = re.compile(rf"(?:^|[/_.-])(?:\w{{0,12}}{_FOOT}\w{{0,12}}|tail|btm)(?:[/_.-]|$)", re.IGNORECASE)
_FOOT_NAME = re.compile(
    rf"(?:^|[\s_-])(?:\w{{0,8}}[_-])?{_FOOT}(?:[_-]?(?:box|wrap(?:per)?|con(?:tent|tainer)?|main|html|area|info|inner|div"
    r"|bar|\d{1,2}))?(?=$|\s)",
    re.IGNORECASE,
)
_CONTAINERS = frozenset(("div", "footer", "section", "table", "td", "span", "center", "p"))
_FOOT_LOADED = re.compile(
    rf"{_FOOT}[^;\n]{{0,60}}(?:\.load\(|\.html\(|innerHTML|append\(|include)|"
    rf"(?:\.load\(|ajax|fetch\(|\.get\(|include|src\s*=)[^;\n]{{0,80}}{_FOOT}\w{{0,10}}[./\"']",
    re.IGNORECASE,
)
_FOOT_BLOCK = re.compile(rf"底部|页脚|页尾|尾部|版权|{_FOOT}", re.IGNORECASE)
_UNFILLED = re.compile(r"\{\{[^{}\n]{1,60}\}\}")
_WRITES = re.compile(
    r"document\.write|innerHTML|\.html\(|\.append\(|\.text\(|textContent|innerText|insertAdjacentHTML", re.IGNORECASE
)
_ESCAPES = re.compile(r"%u([0-9A-Fa-f]{4})|\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})")
# pictures that say what they are by name, and are none of the items
_OTHER_PICTURE = re.compile(
    r"ewm|erweima|qr_?code|qr\d|weixin|wechat|weibo|(?:^|[/_-])(?:wx|wb|gzh|app|logo|ipv6|wza|slh|shilaohua|arrow|line|bg|icon"
    r"|top|close|search|phone|tel|email|mail|dot|c|loading|share|print)\w{0,12}\.|wuzhangai|slhwza",
    re.IGNORECASE,
)
_IP = re.compile(r"^\d{1,3}(?:\.\d{1,3}){3}$")


def read_footer(doc: Document) -> dict[str, Any]:
    """The footer of a page, JSON-safe.

    ``items``: of each item found ``how`` (link, picture, text, script, placeholder), ``text`` or ``url``, and for a
    site code ``codes``. ``near``: what comes near an item that was not found. ``seen``: enough of the footer is on the
    page to say what is missing from it. ``elsewhere``: what may bring it, or a piece of it, from elsewhere.
    ``pictures``: pictures in it of which nothing says what they show. ``scripts``: whether any script runs on the page.
    """
    layout = lay_out(doc.tree, whole=True)
    found = _Found()
    _links_and_pictures(doc, found)
    texts = [_plain(line.text) for line in layout.lines[-_LINES:]]
    first = max(0, len(layout.lines) - _LINES)
    whole = "\n".join(texts)
    _texts(found, whole, _BY_TEXT)
    start = _footer_start(layout, texts, first)
    foot = "\n".join(texts[max(0, start - first) :])
    _texts(found, foot, _IN_FOOTER)
    scripts = [(node, _script(node)) for node in doc.tree.css("script")]
    _by_scripts(found, scripts)
    _placeholders(found, layout)
    told = sum(name in _TEXTUAL for name in found.items)
    seen = told >= 2 or (told == 1 and len(found.items) >= 3)
    facts: dict[str, Any] = {"items": {name: found.items[name] for name in ITEMS if name in found.items}, "seen": seen}
    missing = [name for name in ITEMS if name not in found.items]
    near = {name: text for name in missing if name in _NEAR and (text := _near(_NEAR[name], foot))}
    optional = {
        "near": near,
        "elsewhere": _elsewhere(doc, layout, scripts)[:_MOST] if missing else [],
        "pictures": list(_pictures(doc, layout, start))[:_MOST] if missing else [],
        "scripts": bool(scripts),
    }
    return facts | {name: value for name, value in optional.items() if value}


class _Found:
    """The items found so far; what was found first stays."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}

    def put(self, name: str, how: str, *, text: str = "", url: str = "", **more: Any) -> None:
        told = {"how": how, "text": clean(text)[:_PROOF], "url": url[:_PROOF], **more}
        self.items.setdefault(name, {key: value for key, value in told.items() if value})


def _plain(text: str) -> str:
    """A text in one width of its signs (：, １, ＩＣＰ)."""
    return unicodedata.normalize("NFKC", text)


# ------------------------------------------------------------------ links, pictures


def _links_and_pictures(doc: Document, found: _Found) -> None:
    for node in doc.tree.css("a,area"):
        attributes = node.attributes
        href = (attributes.get("href") or "").strip()[:500]
        target = f"{href} {(attributes.get('onclick') or '')[:500]}"
        for name, pattern in _BY_ADDRESS.items():
            if pattern.search(target) and (name != "site_map" or _is_in_house(doc, href)):
                found.put(name, "link", text=node.text() or attributes.get("title") or "", url=href or target.strip())
        said = _plain(f"{attributes.get('title') or ''} {attributes.get('aria-label') or ''}")
        _texts(found, said, _BY_TEXT, how="link", url=href)
    for node in doc.tree.css("img,input[type=image]"):
        attributes = node.attributes
        source = _source(attributes.get("src"))
        said = _plain(f"{attributes.get('alt') or ''} {attributes.get('title') or ''}")
        _texts(found, said, _BY_TEXT, how="picture", url=source)
        for name, pattern in (*_BY_ADDRESS.items(), *_BY_NAME.items()):
            if name != "site_map" and pattern.search(source):
                found.put(name, "picture", text=said, url=source)


def _source(address: str | None) -> str:
    """The address of a picture; "" where the picture itself stands there."""
    return "" if not address or address[:5].lower() == "data:" else address.strip()[:300]


def _is_in_house(doc: Document, href: str) -> bool:
    """Whether an address is not of a map of the town: those lie with a map's own host."""
    host = _host(href)
    return not host or host == _host(doc.url) or host.endswith(".gov.cn")


def _host(url: str) -> str:
    try:
        return urlsplit(url if "//" in url[:9] else "").hostname or ""
    except ValueError:
        return ""


# ------------------------------------------------------------------ texts


def _texts(
    found: _Found, text: str, patterns: Mapping[str, re.Pattern[str]], *, how: str = "text", url: str = ""
) -> None:
    """Puts what the patterns find: the last hit of each, since footers stand last."""
    if not text.strip():
        return
    for name, pattern in patterns.items():
        hits = list(pattern.finditer(text))
        if not hits:
            continue
        last = hits[-1]
        if name == "site_code":
            codes = list(dict.fromkeys(hit["value"].lower() for hit in hits))[-3:]
            found.put(name, how, text=last[0], url=url, codes=codes)
        else:
            found.put(name, how, text=last[0], url=url)


def _footer_start(layout: Layout, texts: list[str], first: int) -> int:
    """The line with which the footer begins, as far as one can tell; the number of lines where nothing tells."""
    start = footer_from(layout)
    patterns = (_BY_TEXT["site_code"], _BY_TEXT["icp"], _BY_TEXT["police"])
    half = len(layout.lines) // 2
    hits = [
        first + place
        for place, text in enumerate(texts)
        if first + place >= half and any(pattern.search(text) for pattern in patterns)
    ]
    # organiser, address and map stand a few lines before the first number
    return max(0, min(start, min(hits) - 12)) if hits else start


def _near(pattern: re.Pattern[str], foot: str) -> str | None:
    hit = pattern.search(foot)
    return clean(foot[hit.start() : hit.start() + 40].split("\n")[0]) if hit else None


# ------------------------------------------------------------------ scripts


def _script(node: LexborNode) -> str:
    """The text of a script, its escapes undone, where it is one that stands on the page."""
    if node.attributes.get("src"):
        return ""
    text = (node.text() or "")[:_SCRIPT]
    if "%" in text:
        text = unquote(text, errors="replace")
    if "\\" in text or "%u" in text:
        text = _ESCAPES.sub(lambda code: chr(int(code[1] or code[2] or code[3], 16)), text).replace("\\/", "/")
    return text


def _by_scripts(found: _Found, scripts: Iterable[tuple[LexborNode, str]]) -> None:
    """What scripts draw where they stand: the mark and the way to report errors come so by their makers' design."""
    read = 0
    for node, text in scripts:
        attributes = node.attributes
        source = attributes.get("src") or ""
        named = f"{source} {attributes.get('id') or ''}"
        if _BY_ADDRESS["mark"].search(named) or _BY_NAME["mark"].search(named):
            found.put("mark", "script", url=source)
        if _BY_ADDRESS["report_errors"].search(named) or "sitecode" in attributes:
            code = (attributes.get("sitecode") or "").strip().lower()
            found.put("report_errors", "script", url=source, code=code)
        read += len(text)
        if not text or read > _SCRIPTS:
            continue
        for name in ("mark", "report_errors"):
            if hit := _BY_ADDRESS[name].search(text):
                found.put(name, "script", text=text[max(0, hit.start() - 30) : hit.end() + 30])
        if _WRITES.search(text):
            plain = _plain(text)
            _texts(found, plain, _BY_TEXT, how="script")
            for name in ("icp", "police"):
                if hit := _BY_ADDRESS[name].search(plain):
                    found.put(name, "script", text=plain[max(0, hit.start() - 30) : hit.end() + 30])


def _placeholders(found: _Found, layout: Layout) -> None:
    """Elements that are named for a sign: a style sheet paints it on them, or a script puts it into them."""
    for element in layout.elements:
        if element.names:
            for name in ("mark", "report_errors"):
                if name not in found.items and _BY_NAME[name].search(element.names):
                    found.put(name, "placeholder", text=element.names)


# ------------------------------------------------------------------ what may come from elsewhere


def _elsewhere(doc: Document, layout: Layout, scripts: Iterable[tuple[LexborNode, str]]) -> list[str]:
    """What may bring the footer or a piece of it: each as a few words."""
    found: list[str] = [f"frame {source}" for source in _frames(doc, layout)]
    for node, text in scripts:
        attributes = node.attributes
        source = attributes.get("src") or ""
        if source and _FOOT_FILE.search(_path(source)):
            found.append(f"script {source[:_PROOF]}")
        block = attributes.get("querydata") or ""
        if block and _FOOT_BLOCK.search(block):
            found.append(f"block {block[:_PROOF]}")
        if text and (hit := _FOOT_LOADED.search(text)):
            found.append(f"script {clean(hit[0])[:_PROOF]}")
    for element in layout.elements:
        is_named = element.names or "-" in element.tag or element.tag == "footer"
        if is_named and (what := _empty_foot(element, layout)):
            found.append(what)
    tail = "\n".join(line.text for line in layout.lines[-60:])
    if hit := _UNFILLED.search(tail):
        found.append(f"unfilled {hit[0][:_PROOF]}")
    return list(dict.fromkeys(found))


def _frames(doc: Document, layout: Layout) -> Iterator[str]:
    """Frames that are named for a foot, or stand where one stands; and every frame of a page made of frames."""
    for node in doc.tree.css("frame"):
        yield (node.attributes.get("src") or "")[:_PROOF]
    last = len(layout.lines) * 0.8
    for element in layout.elements:
        if element.tag in ("iframe", "object", "embed"):
            attributes = element.node.attributes
            source = attributes.get("src") or attributes.get("data") or ""
            named = _FOOT_FILE.search(_path(source)) or _FOOT_NAME.search(element.names)
            if source and source != "about:blank" and (named or element.first >= last):
                yield source[:_PROOF]


def _empty_foot(element: Element, layout: Layout) -> str | None:
    """What an element named for a foot is to be filled with, where nothing stands in it."""
    named = element.tag == "footer" or (element.tag in _CONTAINERS and _FOOT_NAME.search(element.names))
    if not (named or ("-" in element.tag and "foot" in element.tag)) or element.last > element.first:
        return None
    inside = layout.elements[element.index + 1 : min(element.end, element.index + 50)]
    if any(inner.tag in ("img", "a") for inner in inside):
        return None
    return f"empty <{element.tag} {element.names.strip()}>"[:_PROOF]


def _path(source: str) -> str:
    try:
        return urlsplit(source[:300]).path
    except ValueError:
        return ""


def _pictures(doc: Document, layout: Layout, start: int) -> Iterator[str]:
    """Pictures in the footer of which neither a text, nor their name, nor where they lead says what they show."""
    for element in layout.elements:
        if element.tag != "img" or element.first < start:
            continue
        attributes = element.node.attributes
        source = _source(attributes.get("src") or attributes.get("data-src"))
        said = clean(f"{attributes.get('alt') or ''}{attributes.get('title') or ''}")
        if said or _OTHER_PICTURE.search(_path(source)):
            continue
        if any(pattern.search(source) for pattern in _BY_NAME.values()):
            continue
        link = next((one for one in layout.ancestors(element.index)[:4] if one.tag == "a"), None)
        if link is not None:
            if clean(link.node.text() or "") or clean(link.node.attributes.get("title") or ""):
                continue
            host = _host((link.node.attributes.get("href") or "").strip())
            if host and host != _host(doc.url) and not _IP.match(host):
                continue
        yield source.rsplit("/", 1)[-1][:40] or "data:"
