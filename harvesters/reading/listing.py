"""Links become rows: what one row of a list says of the article behind it.

In comes a piece of a parsed page (a list item, a table row, a fragment out of an API answer); out goes a ``Row``:
address, the fullest title the row shows, the date the row displays. Which pieces of a page are rows is decided by
the engines; here it is only decided what a piece says. A date that stands in the address alone is not a displayed
date, and a date inside the title belongs to the title.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from harvesters.reading.dates import CHINA, ReadDate, all_dates, read_date, read_short, read_split
from harvesters.reading.document import Document, parse
from harvesters.reading.facts import Row
from harvesters.reading.links import address_of, address_year, fetchable, is_article
from harvesters.reading.spaces import squeeze

_EDGE = r"[\s\[\](){}（）【】<>《》|丨·•,，;；/-]*"
_PURE = re.compile(
    rf"^{_EDGE}(?:[一-鿿]{{2,6}}\s*[:：∶]\s*)?(?:19|20)\d\d\s*[-/.年–—]\s*\d{{1,2}}\s*[-/.月–—]\s*\d{{1,2}}\s*[日号]?"
    rf"(?:[\sT]*\d{{1,2}}[:：∶]\d\d(?:[:：∶]\d\d)?(?:\.\d+)?)?{_EDGE}$"
)
_MONTH_DAY = re.compile(r"^[\s\[(（【]*+(?P<m>\d{1,2})\s*+[-/.月]\s*+(?P<d>\d{1,2})\s*+日?[\s\])）】]*$")
_SHORT_YEAR = re.compile(r"^[\s\[(（【]*+(?P<y>[0-4]\d)(?P<sign>[-/.])(?P<m>\d\d)(?P=sign)(?P<d>\d\d)[\s\])）】]*$")
_YEAR = re.compile(r"^(?:19|20)\d\d\s*[年./-]?$")
_SHORT_NUMBER = re.compile(r"^\d{1,2}\s*[月日./-]?$")
_CLOCK_ALONE = re.compile(r"^\s*\d{1,2}[:：]\d\d(?:[:：]\d\d)?\s*$")
_PUBLISHED_LABEL = re.compile(r"(?:发布|公开|公布|发表|上网|录入)(?:日期|时间)?|^\W*(?:日期|时间)\s*[:：]")
# Formed, revised, effective or closing: shown dates, but not the date of publication.
_FORMED_LABEL = re.compile(r"(?:成文|生成|印发|发文|签发|制发|落款)(?:日期|时间)")
_OTHER_LABEL = re.compile(
    r"(?:更新|修改|施行|实施|生效|废止|失效|截止|截至|结束|开标|有效期)[一-鿿]{0,4}\s*+(?:[:：∶]\s*+)?$"
)

_BULLET = re.compile(r"^[\s·•●○◆◇■□▪▶►»›>＞‣∙⋅・．\-—|丨]+(?=\S)")
_ARROW = re.compile(r"(?<=\S)\s{0,9}(?:[»›]{1,9}|＞{1,9}|>{2,9})$")
_STICKY = re.compile(r"^[\[【(（]?(?:置顶|顶|NEW|new|New|热|荐|HOT|hot)[\]】)）]\s*|^(?:置顶|NEW!?|new!?)$")
# The whole of an element beside the title; within the title 【最新】 and 【图解】 are its own words
_MARK = re.compile(r"^[\[【(（]?(?:置顶|顶|最新|热|荐|推荐|图文?|new|hot)!?[\]】)）]?$", re.IGNORECASE)
# 公布 and 修订 of a regulation, told in brackets in an element of its own beside the title
_NOTE = re.compile(r"^[（(][^（()）]{0,200}(?:19|20)\d\d年\d{1,2}月\d{1,2}日.*[)）]$", re.DOTALL)
_ELLIPSIS = re.compile(r"(?:(?<!…)…++|(?<!\.)\.{2,}+|(?<!。)。{3,}+|(?<!⋯)⋯++)\s*+$")
_POLLUTED = re.compile(
    r"\s{0,9}(?:点击(?:数|量|次数)|浏览(?:数|量|次数)|阅读(?:数|量|次数)|发表时间|发布时间|发布日期|更新时间|作者)\s*[:：]"
)
_TITLE_LABEL = re.compile(r"^\s*(?:文章)?(?:标题|名称)\s*[:：]\s*")
_TAIL_DATE = re.compile(
    r"(?:\s|\s{0,9}[\[(（【])(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?:\s+\d{1,2}:\d\d(?::\d\d)?)?\s*[\])）】]?$"
)
_HEAD_DATE = re.compile(
    r"^[\[(（【]?(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?:\s+\d{1,2}:\d\d(?::\d\d)?)?(?:[\])）】]\s*|\s+)(?=\S)"
)
_PERCENT_U = re.compile(r"%u([\da-fA-F]{4})")
_NOWHERE = "javascript:;"
_BLOCKS = frozenset({"div", "p", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "dd", "ul", "li", "section", "table"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BOILERPLATE_TITLE = re.compile(r"^\W*(?:点击|查看|详情|更多|阅读|下载|了解|进入|打开|新窗口)[一-鿿]{0,6}\W*$")
_MORE = re.compile(r"^\W*(?:更多|查看更多|more|详情|详细|查看|阅读全文|查看详情|\[详细\]|下载)\W*$", re.IGNORECASE)


SEPARATOR = "\x1f"


# ------------------------------------------------------------------ text


def clean_title(text: str) -> str:
    """A title without what lists hang on it: bullets, 置顶 marks, click counters, the row's date."""
    text = squeeze(text)
    if "%u" in text:
        text = _PERCENT_U.sub(lambda found: chr(int(found.group(1), 16)), text)
    if "：" in text or ":" in text:
        if _TITLE_LABEL.match(text):
            text = _TITLE_LABEL.sub("", text)
        polluted = _POLLUTED.search(text)
        if polluted and polluted.start() > 0:
            text = text[: polluted.start()]
    text = _ARROW.sub("", _STICKY.sub("", _BULLET.sub("", text)))
    if "20" in text or "19" in text:
        text = _HEAD_DATE.sub("", _TAIL_DATE.sub("", text))
    return text.strip()


def is_truncated(title: str) -> bool:
    """Whether the title ends in an ellipsis: the whole one stands elsewhere."""
    return bool(_ELLIPSIS.search(title))


def plain_text(markup: str) -> str:
    """Text of a title that comes with tags (search hits mark words with <em>) or entities."""
    if "<" in markup:
        markup = parse(markup).text()
    return html.unescape(markup) if "&" in markup else markup


# ------------------------------------------------------------------ dates


def capture_date(doc: Document) -> dt.date:
    """The day the page was served, by its own ``Date`` header, else today; completes dates without a year."""
    header = doc.headers.get("date")
    if header:
        try:
            return parsedate_to_datetime(header).astimezone(CHINA).date()
        except (ValueError, TypeError, OverflowError):
            pass
    return dt.datetime.now(CHINA).date()


def _without_year(text: str, url: str, today: dt.date) -> ReadDate | None:
    """A date shown as ``10-04``: the year its address carries, else the latest that is not in the future."""
    year = address_year(url)
    if year is not None and (found := _MONTH_DAY.match(text)):
        return read_date(f"{year}-{found['m']}-{found['d']}")
    return read_short(text, reference=today)


def _split(parts: Sequence[str]) -> ReadDate | None:
    """A date whose numbers stand in two or three neighbouring pieces, in either order."""
    for index in range(len(parts) - 1):
        one, two = parts[index], parts[index + 1]
        if len(one) > 9 or len(two) > 9 or not (one[:1].isdigit() and two[:1].isdigit()):
            continue
        if found := read_split((one, two)):
            return found
        if (
            index + 2 < len(parts)
            and _YEAR.match(one)
            and _SHORT_NUMBER.match(two)
            and _SHORT_NUMBER.match(parts[index + 2])
        ):
            return read_date("-".join(re.sub(r"\D", "", part) for part in parts[index : index + 3]))
    return None


def find_date(parts: Sequence[str], url: str, today: dt.date) -> tuple[ReadDate | None, ReadDate | None]:
    """The publication date and the 成文 date displayed among a row's pieces of text (title left out).

    Order of trust: a date labelled 发布 or 公开, a piece that is nothing but a date, a date split over
    neighbouring pieces, a date inside other words, a month and day without a year or with two figures of it.
    """
    labelled: ReadDate | None = None
    pure: ReadDate | None = None
    loose: ReadDate | None = None
    formed: ReadDate | None = None
    before = ""
    for part in parts:
        if "20" in part or "19" in part or "二" in part:
            for made in all_dates(part, reference=today):
                if made.on is None:
                    continue
                lead = part[: made.start] if part[: made.start].strip() else before
                label = lead[-12:]
                if _FORMED_LABEL.search(label) and not _PUBLISHED_LABEL.search(label):
                    formed = formed or made
                elif _OTHER_LABEL.search(label):
                    continue
                elif _PUBLISHED_LABEL.search(label):
                    labelled = labelled or made
                elif is_only_date(part):
                    pure = pure or made
                else:
                    loose = loose or made
        before = part
    chosen = labelled or pure or _split(parts) or loose
    if chosen is None and formed is None:
        for part in parts:
            if len(part) > 14:
                continue
            if found := _SHORT_YEAR.match(part):
                chosen = read_date(f"20{found['y']}-{found['m']}-{found['d']}", reference=today)
                if chosen is not None and chosen.on is None:
                    chosen = None  # 35-01-01 is no day anybody published on
            elif len(part) <= 10 and _MONTH_DAY.match(part):
                chosen = _without_year(part, url, today)
            if chosen is not None:
                break
    if chosen is not None and chosen.at is None:
        chosen = _with_clock(chosen, parts)
    return chosen, formed


def is_only_date(text: str) -> bool:
    """Whether ``text`` is a full date, perhaps with brackets, a label and a time, and nothing else."""
    return len(text) <= 40 and bool(_PURE.match(text))


def is_short_date(text: str) -> bool:
    """Whether ``text`` is a day without its whole year and nothing else: ``05-20``, ``[05/20]``, ``26-05-20``."""
    return len(text) <= 14 and bool(_MONTH_DAY.match(text) or _SHORT_YEAR.match(text))


def _with_clock(found: ReadDate, parts: Sequence[str]) -> ReadDate:
    """``found`` with the time that stands in a piece of its own right after the date."""
    for index in range(len(parts) - 1):
        if _CLOCK_ALONE.match(parts[index + 1]) and parts[index].rstrip("])）】 ").endswith(found.raw):
            return read_date(f"{found.on} {parts[index + 1].strip()}") or found
    return found


# ------------------------------------------------------------------ rows


def nowhere(title: str, shown: str, twin: int = 0) -> str:
    """What stands for the address of a row whose link leads nowhere; it cannot be fetched.

    Such rows are public all the same, and each is one of its own: the mark is made of the title and what the row
    shows as its date, so that it is the same at every look; ``twin`` counts rows that are alike in both.
    """
    digest = hashlib.sha256(f"{title}\n{shown}\n{twin}".encode("utf-8", "replace")).hexdigest()
    return f"{_NOWHERE}#{digest[:12]}"


def distinct(rows: Iterable[Row]) -> list[Row]:
    """Rows once each: a table row and its hidden twin name the same address and title.

    Rows that lead nowhere are told apart by what they show, and by their order where that is the same.
    """
    seen: set[tuple[str, str]] = set()
    twins: dict[tuple[str, str], int] = {}
    kept: list[Row] = []
    for row in rows:
        if row.url.startswith(_NOWHERE):
            shows = (row.title, row.date_raw or "")
            twins[shows] = twins.get(shows, -1) + 1
            if twins[shows]:
                row = replace(row, url=nowhere(*shows, twins[shows]))
            kept.append(row)
        elif (row.url, row.title) not in seen:
            seen.add((row.url, row.title))
            kept.append(row)
    return kept


def texts(node: LexborNode, without: Sequence[str] = ()) -> list[str]:
    """The visible pieces of text below ``node``, in order, without scripts and styles and elements ``without``."""
    pieces: list[str] = []
    if without:
        _visible(node, pieces, without)
        return pieces
    raw: str = node.text(separator=SEPARATOR, strip=True)
    if ("{" in raw or ";" in raw or "(" in raw) and node.css_first("script,style") is not None:
        _visible(node, pieces)
        return pieces
    return [piece for piece in raw.split(SEPARATOR) if piece]


def _visible(node: LexborNode, into: list[str], without: Sequence[str] = ()) -> None:
    skipped = ("script", "style", "-comment", *without)
    around: list[LexborNode] = []  # without recursion: saved pages nest hundreds deep
    child = node.child
    while child is not None or around:
        if child is None:
            child = around.pop().next
        elif child.tag == "-text":
            if text := child.text(deep=True).strip():
                into.append(text)
            child = child.next
        elif child.tag not in skipped:
            around.append(child)
            child = child.child
        else:
            child = child.next


def link_title(node: LexborNode, pieces: list[str] | None = None) -> str:
    """The fullest title a link shows: its ``title`` attribute or its text, whichever holds more of it.

    ``pieces`` are the link's ``texts``, where the caller has them.
    """
    pieces = texts(node) if pieces is None else pieces
    if len(pieces) > 1 and (main := _main_block(node)) is not None:
        pieces = texts(main)
    if len(pieces) > 1:
        pieces = [
            piece
            for index, piece in enumerate(_without_dates(pieces))
            if not _MARK.match(piece) and not (index and _NOTE.match(piece))
        ]
    shown = clean_title("".join(pieces))
    said = node.attrs.get("title")
    if not said:
        return shown
    full = clean_title(said)
    if not shown or not full or _BOILERPLATE_TITLE.match(full):
        return shown or full
    stem = _ELLIPSIS.sub("", shown).replace(" ", "")
    if full.replace(" ", "").startswith(stem) or (_ELLIPSIS.search(shown) and stem[:4] in full.replace(" ", "")):
        return full
    if len(full) >= len(shown) and full[:6] == shown[:6]:
        return full
    if len(pieces) > 1 and full == clean_title("".join(pieces[1:])):
        return full  # what stands before it is an area or a kind: <span>[青禾市]</span>
    return shown


def _without_dates(pieces: list[str]) -> list[str]:
    """``pieces`` without those that are a date, alone or with their neighbour."""
    kept: list[str] = []
    skip = False
    for index, piece in enumerate(pieces):
        following = pieces[index + 1] if index + 1 < len(pieces) else ""
        if skip:
            skip = False
        elif piece[:1].isdigit() and len(piece) <= 9 and following and _split((piece, following)):
            skip = True
        elif not (is_only_date(piece) or _MONTH_DAY.match(piece)):
            kept.append(piece)
    return kept


def _main_block(node: LexborNode) -> LexborNode | None:
    """Inside a link that wraps a whole card, the element that is the title."""
    first: LexborNode | None = None
    has_blocks = False
    for child in node.iter(include_text=False):
        if child.tag in _BLOCKS:
            has_blocks = True
            break
    if not has_blocks:
        marked = node.css_first("[class*=title],[class*=tit]")
        return marked if marked is not None and marked.text(strip=True) else None
    for tag in _HEADINGS:
        heading = node.css_first(tag)
        if heading is not None and heading.text(strip=True):
            return heading
    for candidate in node.css("[class*=title],[class*=Title],[class*=tit]"):
        if candidate.text(strip=True):
            return candidate
    for candidate in node.css("p,div,dt,span"):
        text = candidate.text(strip=True)
        if len(text) >= 4 and candidate.css_first("p,div") is None and _without_dates(texts(candidate)):
            first = candidate
            break
    return first


def make_row(
    url: str,
    title: str,
    found: ReadDate | None = None,
    formed: ReadDate | None = None,
    api: dict[str, Any] | None = None,
) -> Row:
    """A ``Row`` from what was read; the 成文 date a row shows goes into ``api`` under Item's name for it.

    A row whose link leads nowhere (``javascript:;``) is given a mark of its own in place of an address.
    """
    if url[:11].lower() == "javascript:":
        url = nowhere(title, found.raw if found else "")
    facts = dict(api or {})
    if formed is not None and formed.on is not None:
        facts.setdefault("formed_on", formed.on.isoformat())
    return Row(
        url=url,
        title=title,
        date=found.on if found else None,
        published_at=found.at if found else None,
        date_raw=found.raw if found else None,
        truncated=is_truncated(title),
        api=facts,
    )


def row_of(links: Sequence[LexborNode], around: Iterable[str], doc: Document, today: dt.date) -> Row | None:
    """One row from its links and the pieces of text around them; None if no link has an address and a title."""
    best: tuple[tuple[bool, int], str, str] | None = None
    own: set[str] = set()
    for link in links:
        url = address_of(link, doc)
        if url is None:
            continue
        pieces = texts(link)
        title = link_title(link, pieces)
        own.update(pieces)
        if not title or _MORE.match(title):
            continue
        rank = (is_article(url) and len(title) > 5, len(title))
        if best is not None and _BOILERPLATE_TITLE.match(title):
            continue
        if best is None or rank > best[0]:
            best = (rank, url, title)
    if best is None:
        return None
    url, title = best[1], best[2]
    if _BOILERPLATE_TITLE.match(title):
        title = _named_beside(around := list(around), own) or title
    # words of the link are the title unless an element inside it is nothing but a date
    parts = [part for part in around if part not in own or is_only_date(part) or (len(part) <= 10 and "月" not in part)]
    found, formed = find_date(parts, url, today)
    if found is None and formed is None:
        found = _date_beside(links)
    return make_row(url, title, found, formed)


def _named_beside(around: Sequence[str], own: set[str]) -> str | None:
    """The title of a row whose links say only 下载本期: what else the row shows, if it is one piece of text."""
    named = [part for part in around if part not in own and len(part) >= 4 and not is_only_date(part)]
    return clean_title(named[0]) if len(named) == 1 else None


def _date_beside(links: Sequence[LexborNode]) -> ReadDate | None:
    """A date run together with the title in one piece of text, at its very end or its very start.

    Inside a link around a whole card the title is an element of its own, and a summary stands behind it.
    """
    for link in links:
        title = _main_block(link)
        for node in (link,) if title is None else (link, title):
            text = squeeze(node.text())
            if found := _TAIL_DATE.search(text) or _HEAD_DATE.search(text):
                return read_date(found.group(0).strip(" \t[](（）)【】"))
    return None


def fragment_rows(markup: str, doc: Document, today: dt.date) -> list[Row]:
    """Rows of a fragment that holds nothing but list rows (one record, or an API's whole ``<ul>``)."""
    lowered = markup.lower()
    if "<tr" in lowered and "<table" not in lowered:
        markup = f"<table>{markup}</table>"
    tree = parse(f"<body>{markup}</body>")
    rows: list[Row] = []
    for node in _row_nodes(tree):
        row = row_of(node.css("a"), texts(node), doc, today)
        if row is not None:
            rows.append(row)
    return distinct(rows)


def plain_fragment(doc: Document) -> tuple[Row, ...]:
    """Rows of an answer that is a bare fragment; none of a whole page, whose menus would read like rows.

    A fragment of which no row has a date or the address of an article is a message with a link back.
    """
    if "<html" in doc.text[:2000].lower():
        return ()
    rows = [row for row in fragment_rows(doc.text, doc, capture_date(doc)) if fetchable(row.url)]
    return tuple(rows) if any(row.date is not None or is_article(row.url) for row in rows) else ()


def _row_nodes(tree: LexborHTMLParser) -> list[LexborNode]:
    """The smallest repeated elements that hold a link each, else the whole fragment."""
    for tag in ("li", "tr", "dl"):
        nodes = [
            node
            for node in tree.css(tag)
            if node.css_first("a") is not None and node.css_first(tag + " " + tag) is None
        ]
        if nodes:
            return nodes
    body = tree.body
    if body is None:
        return []
    children = [
        child for child in body.iter(include_text=False) if child.tag == "a" or child.css_first("a") is not None
    ]
    return children if len(children) > 1 and all(child.tag != "a" for child in children) else [body]
