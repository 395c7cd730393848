"""What an article page says of its document: every source of a fact is asked, the displayed one wins.

A ``Document`` and its layout come in; out go an ``Article``, the provenance of every field, and the signs that
prove there is an article at all. Asked are the label block, the line beside the title, the structure of the page and
the meta tags. What is shown is what the public was told, so it beats a meta tag that says otherwise; the meta tag's
value is then kept as the ``conflict``, readable or not. What only a meta tag says is not shown: it goes into
``unshown``, for those who need a value where the page has none. 成文日期 fills ``formed_on`` and nothing else; 更新时间
stands for the publication date only where no other date is shown; a date that cannot be leaves the field empty and its
raw text in the provenance.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from harvesters.reading.attachments import absolute, find_attachments
from harvesters.reading.body import Body, body_lines, find_body, followers_from, footer_from, text_of
from harvesters.reading.dates import ReadDate, all_dates, read_date, read_split
from harvesters.reading.document import Document
from harvesters.reading.facts import Article
from harvesters.reading.headline import Headline, find_headline, plain
from harvesters.reading.layout import Element, Layout, Line, clean
from harvesters.reading.metadata import (
    MetaTags,
    Said,
    begins_with_label,
    by_preference,
    label_field,
    label_tables,
    said,
    source_of,
    unpieced,
)
from harvesters.reading.numbers import (
    is_placeholder,
    number_at_end,
    own_number,
    read_document_number,
    read_index_number,
)
from harvesters.reading.related import find_related
from storage.classification import genres, themes
from storage.schema import Provenance

_LABEL = re.compile(r"([\u4e00-\u9fa5]{1,8})\s*[:：]")
_ELLIPSIS = re.compile(r"(?:…|\.{3}|⋯)$")
_PART = re.compile(r"(.+?)([-_])(\d{1,2})\.\w{1,10}$")
_NEXT = re.compile(r"[\[【(]?(?:下一?页|2)[>＞»\]】)]*")
# createPageHTML(pages, current from 0, name, extension), or with an element's id before and pages counted from 1
_PAGER_CALL = re.compile(
    r"createPage(?:HTML)?\(\s*(?P<place>['\"][\w-]+['\"]\s*,\s*)?(?P<pages>\d{1,3})\s*,\s*(?P<current>\d{1,3})\s*,"
    r"\s*['\"](?P<name>[^'\"]{1,120})['\"]\s*,\s*['\"](?P<extension>\w{2,5})['\"]"
)
_DATE_PART = re.compile(r"[\d年月日号./\- ]{1,10}")
_RANGE = re.compile(r"[至到—–~～-]\s*$")
_ENDS_AS_LABEL = re.compile(r"^.{0,10}[:：]$")
# a date under a headline is the page's if no sentence goes on after it, as in "2007年6月29日第十届…会议通过"
_STANDS_ALONE = re.compile(
    r"\s*(?:$|[^\u4e00-\u9fa5\s]|来源|信息|文章|作者|编辑|责|浏览|点击|阅读|访问|字|发布|打印|分享|星期|周|稿|出处|【)"
)
# who publishes may stand behind the date without a label: "2019-09-26 10:56 青禾日报", "2017-05-05 青禾小学"
_UNLABELLED = re.compile(r"(?!.*(?:通过|公布|施行|实施|修[订正]|批准|会议|召开|举行|截止|[，。；！？：:]))\S.{0,39}")
_STATED_SOURCE = re.compile(r"来\s{0,4}源\s{0,4}[:：]")
_SENTENCE = re.compile(r"[，。；].{0,80}[。！？]$")
_ABOVE, _BELOW = 40, 40  # lines around the document in which labels are looked for
_INFO_GAP = 3  # lines that may stand between two lines of facts under a headline: a subtitle, a counter, a switch
_BLOCK = 3  # rows of a block of labels at least; two may begin a document ("主题：…", "时间：…")
_LONG_LABEL = 200  # characters of a label with its value
_OF_A_BLOCK = frozenset(("index_number", "document_number", "issuing_body", "publisher", "formed_on"))
_BY_HEADLINE = frozenset(("published_on", "updated_on", "source"))
_WEAK_DATES = frozenset(("日期", "时间"))
_WEAK_LABELS = frozenset(
    ("分类", "主题", "主题名称", "主题导航")
)  # of the subject; a site's own column may stand there
_BODY_CONFIDENCE = {"named": 0.95, "mark": 0.9, "dense": 0.75}
_LABEL_FIELDS = frozenset(
    (
        "index_number",
        "document_number",
        "issuing_body",
        "publisher",
        "formed_on",
        "subject",
        "validity",
        "genre",
        "assorted",
        "form",
    )
)


@dataclass(frozen=True, kw_only=True)
class ArticleReading:
    """An article with where each value is from. ``signs`` name what proves it: meta, headline, date, label, body …"""

    article: Article
    provenance: Mapping[str, Provenance]
    signs: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class _Place:
    """The parts of a page: headline, where facts may stand, where the document's text begins."""

    layout: Layout
    headline: Headline | None
    text_from: int  # first line of the document's text
    statements: Sequence[Said]

    def ranked(self, field: str) -> list[Said]:
        """The statements of ``field``: those between headline and text first, then those above, then those below."""
        top = self.headline.last if self.headline else 0

        def rank(one: Said) -> tuple[bool, int]:
            if one.line >= self.text_from:
                return one.label in _WEAK_DATES, 2
            return one.label in _WEAK_DATES, 0 if one.line >= top else 1

        return sorted((one for one in by_preference(self.statements, field)), key=rank)


def read_article(
    doc: Document, layout: Layout, meta: MetaTags, *, reference: dt.date | None = None
) -> ArticleReading | None:
    """The article on this page, as seen on day ``reference``; None if the page says nothing at all."""
    if not layout.lines and not meta.title:
        return None
    footer = footer_from(layout)
    body = find_body(layout, footer)
    start = body.element.first if body else footer
    block = _labels_on_top(layout, body) if body else []
    if block:
        start = block[-1].index + 1  # labels, title and text in one container
    end = body.element.last if body else footer
    statements = said(layout, _above(layout, start))
    headline = find_headline(doc, layout, meta, statements, start, end, footer)
    if headline is None and body and body.how == "dense" and (under := _after_facts(layout, body)):
        # no element of its own for the text: the line of facts parts it from the title above
        start, statements = under, said(layout, _above(layout, under))
        headline = find_headline(doc, layout, meta, statements, start, end, footer)
    if headline and headline.first > start:
        statements += said(layout, [line for line in _above(layout, headline.first) if line.index >= start])
    text_from = max(headline.last, start) if headline else start
    told = headline and (
        any(one.field in _BY_HEADLINE and one.line >= headline.last for one in statements)
        or any(_lone_date(layout, line, None) for line in _visible(layout, headline.last, start))
    )
    if body and headline and text_from < body.element.last:
        # the container holds the line of facts too: what stands between headline and text is read like lines above
        within = body.element.first < headline.last or not told
        inner = _facts_under(layout, text_from, body) if within else _table_on_top(layout, text_from, body)
        statements += said(layout, inner)
        text_from = inner[-1].index + 1 if inner else text_from
    lines = body_lines(layout, body, text_from - 1, footer) if body else []
    if lines:
        under = lines[-1].index + 1
        statements += said(layout, _visible(layout, under, min(footer, under + _BELOW)))
        text_from = lines[0].index
    place = _Place(layout=layout, headline=headline, text_from=text_from, statements=statements)
    facts = _Facts()
    _title(facts, headline, meta)
    _published(facts, place, meta, reference)
    _source(facts, place, meta)
    _labelled(facts, place, reference)
    _numbers(facts, place, lines)
    text = text_of(_without_title(lines, headline))
    if text and body:
        where = body.element.names.strip() or body.element.tag
        facts.put("body_text", text, "structure", where, _BODY_CONFIDENCE[body.how])
    _summary(facts, place, meta, text)
    first = headline.last if headline else start
    if body is None and headline and headline.origin == "meta" and headline.first == start:
        first = 0  # a title that stands nowhere on the page stands above nothing
    last = followers_from(layout, max(text_from, lines[-1].index + 1 if lines else first), footer)
    files = find_attachments(doc, layout, body.element if body else None, first, last)
    if files:
        facts.put("attachments", files, "structure", "、".join(file.name for file in files), 0.9)
    shown = headline.text if headline else ""
    return ArticleReading(
        article=Article(
            **facts.values,
            unshown=facts.unshown,
            related=find_related(doc, layout, shown, text, start, footer),
            next_part=_next_part(doc, layout),
        ),
        provenance=facts.provenance,
        signs=_signs(facts, place, meta, body, text) | ({"labels"} if block and headline else set()),
    )


def _visible(layout: Layout, first: int, last: int) -> list[Line]:
    return [line for line in layout.lines[max(0, first) : last] if not line.hidden and not line.frame]


def _above(layout: Layout, end: int) -> list[Line]:
    """The visible lines before line ``end`` in which facts may stand: a second copy of them, hidden, takes no room."""
    return _visible(layout, 0, end)[-_ABOVE:]


def _after_facts(layout: Layout, body: Body) -> int | None:
    """The line after the one, among the first of ``body`` but not the very first, that says date and source."""
    for line in _visible(layout, body.element.first, body.element.last)[1:_INFO_GAP]:
        fields = {one.field for one in said(layout, [line])} if len(line.text) <= 100 else set()
        if "published_on" in fields and ("source" in fields or _STATED_SOURCE.search(line.text)):
            return line.index + 1
    return None


def _facts_under(layout: Layout, after: int, body: Body) -> list[Line]:
    """The lines of facts right under a headline that stands in the same container as the text."""
    lines = _visible(layout, after, min(body.element.last, after + _ABOVE))
    last = gap = 0
    tables = label_tables(layout, lines)
    for place, line in enumerate(lines):
        if place < last:
            continue
        table = tables.get(line.index)
        if table and (rows := _lines_of_labels(layout, table)):
            last, gap = place + len(rows), 0
            continue
        labels = _ENDS_AS_LABEL.match(line.text) is not None
        stated = begins_with_label(line.text) and said(layout, [line])
        if stated or (len(line.text) <= 40 and _lone_date(layout, line, None)):
            last, gap = place + (2 if labels else 1), 0
        elif not labels and not (place and _ENDS_AS_LABEL.match(lines[place - 1].text)):
            if _SENTENCE.search(line.text):
                break  # the text has begun, whatever labels (附件：) stand in it
            gap += 1
        if gap > _INFO_GAP or len(line.text) > 200:
            break
    return lines[:last]


def _table_on_top(layout: Layout, after: int, body: Body) -> list[Line]:
    """The lines of a table of labels that stands in the document's container before the document."""
    lines = _visible(layout, after, min(body.element.last, after + _ABOVE))
    table = label_tables(layout, lines).get(lines[0].index) if lines else None
    return _lines_of_labels(layout, table) if table else []


def _labels_on_top(layout: Layout, body: Body) -> list[Line]:
    """The lines of a block of labels with which the document's container begins: a table's, or rows of which each
    states something or holds what the row before it states."""
    start = body.element.first
    lines = _table_on_top(layout, start, body)
    if lines:
        return lines
    lines = _visible(layout, start, min(body.element.last, start + _ABOVE))
    place = rows = 0
    while place < len(lines) and begins_with_label(lines[place].text) and len(lines[place].text) <= _LONG_LABEL:
        rows += 1
        beside = label_field(lines[place].text) is not None and said(layout, [lines[place]])
        place += 2 if beside else 1
    block = lines[:place]
    told = {one.field for one in said(layout, block)} if rows >= _BLOCK else set()
    return block if told & _OF_A_BLOCK else []


def _lines_of_labels(layout: Layout, table: Element) -> list[Line]:
    """The lines of ``table`` if it holds labels, with values or without, and nothing else; none of a layout with the
    text in it."""
    lines = _visible(layout, table.first, table.last)
    labels = sum(begins_with_label(line.text) for line in lines)
    longest = max((len(line.text) for line in lines), default=0)
    block = labels * 3 >= len(lines) and longest <= _LONG_LABEL
    return lines if block and (labels >= _BLOCK or said(layout, lines)) else []


# ------------------------------------------------------------------ one fact after the other


class _Facts:
    """What has been found so far, with where each value is from."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.unshown: dict[str, Any] = {}
        self.provenance: dict[str, Provenance] = {}

    def put(
        self, field: str, value: Any, origin: str, raw: str, confidence: float, conflict: str | None = None
    ) -> None:
        """Set ``field``; a value of None keeps only the raw text, as "shown but not usable"."""
        if value is not None:
            self.values[field] = value
        self.provenance[field] = Provenance(origin=origin, raw=raw, confidence=confidence, conflict=conflict)

    def origin(self, field: str) -> str | None:
        """Where the value of ``field`` is from; None if it has none."""
        return self.provenance[field].origin if field in self.values else None


def _title(facts: _Facts, headline: Headline | None, meta: MetaTags) -> None:
    if headline:
        differs = meta.title and plain(meta.title) != plain(headline.text)
        conflict = meta.title if differs else None
        facts.put("title", headline.text, headline.origin, headline.text, headline.confidence, conflict)


def _published(facts: _Facts, place: _Place, meta: MetaTags, reference: dt.date | None) -> None:
    found, origin, confidence = _shown_date(place, reference)
    claimed = meta.published
    if found:
        agrees = meta.published_raw is None or (claimed is not None and claimed.on == found.on)
        conflict = None if agrees or found.on is None else claimed.raw if claimed else meta.published_raw
        facts.put("published_on", found.on, origin, found.raw, confidence if found.on else 0.0, conflict)
        if found.at:
            facts.put("published_at", found.at, origin, found.raw, confidence, conflict)
    if claimed and claimed.on and not (found and found.on):
        facts.unshown["published_on"] = claimed.on
        if claimed.at:
            facts.unshown["published_at"] = claimed.at


def _shown_date(place: _Place, reference: dt.date | None) -> tuple[ReadDate | None, str, float]:
    """The publication date the page shows: labelled, else standing alone under the headline, else the update's."""
    rejected: tuple[ReadDate | None, str, float] = (None, "", 0.0)
    alone = _unlabelled_date(place, reference)
    read = [(read_date(one.value, reference=reference), one.origin) for one in place.ranked("published_on")]
    for found, origin in read:
        if found and found.on:
            # the day may stand in a label block, and the day with its time under the headline
            timed = [other for other, _ in (*read, (alone, "")) if other and other.at and other.on == found.on]
            return found if found.at or not timed else replace(found, at=timed[0].at), origin, 0.95
        if found and rejected[0] is None:
            rejected = found, origin, 0.0
    if rejected[0]:
        return rejected
    if alone:
        return alone, "beside_title", 0.8
    for one in place.ranked("updated_on"):
        found = read_date(one.value, reference=reference)
        if found:
            return found, one.origin, 0.5
    return rejected


def _unlabelled_date(place: _Place, reference: dt.date | None) -> ReadDate | None:
    """A date under the headline, or right above it, that no label gives another meaning."""
    headline = place.headline
    if headline is None:
        return None
    under = _visible(place.layout, headline.last, min(place.text_from, headline.last + 25))
    over = [line for line in _visible(place.layout, headline.first - 4, headline.first) if len(line.text) <= 40]
    for line in (*under, *reversed(over)):
        # a line of links is a neighbour in the site; the line of facts may link the source it states
        if line.links * 2 <= len(line.text) or _STATED_SOURCE.search(line.text):
            found = _lone_date(place.layout, line, reference)
            if found:
                return found
    for line, following in itertools.pairwise(under):
        if _DATE_PART.fullmatch(line.text) and _DATE_PART.fullmatch(following.text):
            split = read_split((line.text, following.text), reference=reference)
            if split:
                return split
    return None


def _lone_date(layout: Layout, line: Line, reference: dt.date | None) -> ReadDate | None:
    """A date in ``line`` to which neither a label of another meaning nor a sentence belongs."""
    for found in all_dates(line.text, reference=reference):
        before = line.text[: found.start]
        labels = _LABEL.findall(before)
        if labels and label_field(labels[-1]) not in ("source", ""):
            continue
        if not before.strip() and line.index and _ENDS_AS_LABEL.search(layout.lines[line.index - 1].text):
            continue
        if _RANGE.search(before):
            continue
        if _STANDS_ALONE.match(line.text[found.end :]) or (not before.strip() and _is_stamp(line, found)):
            return found
    return None


def _is_stamp(line: Line, found: ReadDate) -> bool:
    """Whether behind the date at the head of a line stands nothing but who published on it.

    Digits or a time of day tell such a date from a day of history, which a sentence goes on about.
    """
    rest = line.text[found.end :].lstrip()
    apart = line.text[: len(line.text) - len(rest)][-1].isspace()
    told = found.at is not None or (found.form == "digits" and not line.links and len(rest) <= 20)
    return apart and told and _UNLABELLED.fullmatch(rest) is not None


def _source(facts: _Facts, place: _Place, meta: MetaTags) -> None:
    for one in place.ranked("source"):
        source = source_of(one.value)
        whole = meta.source
        if source and whole and _ELLIPSIS.search(source) and plain(whole).startswith(plain(source)):
            facts.put("source", whole, "meta", source, 0.9)
            return
        if source:
            conflict = meta.source if meta.source and plain(meta.source) != plain(source) else None
            facts.put("source", source, one.origin, source, 0.9, conflict)
            return
    if meta.source:
        facts.unshown["source"] = meta.source


def _labelled(facts: _Facts, place: _Place, reference: dt.date | None) -> None:
    """The fields that only labels state."""
    for field in ("issuing_body", "publisher", "subject", "validity", "genre", "form", "language"):
        for one in place.ranked(field):
            if not is_placeholder(one.value) and len(one.value) <= 80:
                sure = 0.6 if one.label in _WEAK_LABELS else 0.9
                facts.put(field, unpieced(one.value), one.origin, unpieced(one.value), sure)
                break
    _assorted(facts, place)
    if "issuing_body" not in facts.values and "publisher" in facts.values:
        facts.values["issuing_body"] = facts.values["publisher"]
        facts.provenance["issuing_body"] = facts.provenance["publisher"]
    for field in ("formed_on", "effective_on", "repealed_on"):
        for one in place.ranked(field):
            found = read_date(one.value, reference=reference if field == "formed_on" else None)
            if found:
                facts.put(field, found.on, one.origin, found.raw, 0.9 if found.on else 0.0)
                break


def _assorted(facts: _Facts, place: _Place) -> None:
    """组配分类: what a site combines of theme, genre and its own columns says only what it says in a table's words."""
    for one in place.ranked("assorted"):
        value = unpieced(one.value)
        if "subject" not in facts.values and themes.read(value, whole=True) is not None:
            facts.put("subject", value, one.origin, value, 0.8)
        elif "genre" not in facts.values and genres.read(value) is not None:
            facts.put("genre", value, one.origin, value, 0.8)


def _numbers(facts: _Facts, place: _Place, lines: Sequence[Line]) -> None:
    for one in place.ranked("index_number"):
        number = read_index_number(unpieced(one.value))
        if number:
            facts.put("index_number", number.value, one.origin, number.raw, 0.6 if number.problem else 0.95)
            break
    for one in place.ranked("document_number"):
        number = read_document_number(unpieced(one.value))
        if number:
            facts.put(
                "document_number", number.value, one.origin, number.raw, 0.7 if number.problem == "form" else 0.95
            )
            return
    headline = place.headline
    if headline is None:
        return
    near = [*_visible(place.layout, headline.last, place.text_from)[:6], *lines[:4]]
    for number, origin in (
        *((own_number(line.text), "body") for line in near),
        (number_at_end(headline.text), "structure"),
    ):
        if number:
            facts.put("document_number", number.value, origin, number.raw, 0.8)
            return


def _summary(facts: _Facts, place: _Place, meta: MetaTags, text: str | None) -> None:
    """内容概述 and keywords: as labelled, else from the meta tags where these speak of this document."""
    title = plain(place.headline.text) if place.headline else ""
    for one in place.ranked("summary"):
        if is_placeholder(one.value) or not plain(one.value):
            continue
        if plain(one.value) != title:
            facts.put("summary", unpieced(one.value), one.origin, unpieced(one.value), 0.9)
            break
        facts.put("summary", None, one.origin, unpieced(one.value), 0.0)
    else:
        summary = meta.description
        names = {plain(name) for name in (meta.site.name, meta.column_name) if name}
        if summary and meta.title and len(summary) >= 10 and plain(summary) not in {title, *names}:
            about_site = any(name in plain(summary) for name in names) and plain(summary)[:12] not in plain(text or "")
            if not about_site:
                facts.put("summary", summary, "meta", summary, 0.6)
    for one in place.ranked("keywords"):
        words = tuple(word for word in re.split(r"[,，;；、\s|]+", unpieced(one.value)) if word)
        if words and not is_placeholder(one.value):
            facts.put("keywords", words, one.origin, unpieced(one.value), 0.9)
            return
    whole = f"{place.headline.text if place.headline else ''}\n{text or ''}"
    words = tuple(word for word in meta.keywords if len(word) > 1 and word in whole and plain(word) != title)
    if words and meta.title:
        facts.put("keywords", words, "meta", "、".join(meta.keywords), 0.6)


def _next_part(doc: Document, layout: Layout) -> str | None:
    """The address of the next page of a document cut into pages: named after this one, with a number behind."""
    name = urlsplit(doc.url).path.rsplit("/", 1)[-1]
    part = _PART.match(name)
    stem, number = (part[1], int(part[3])) if part else (name.rsplit(".", 1)[0], 0)
    if len(stem) < 4:
        return None
    for call in _PAGER_CALL.finditer(doc.text) if "createPage" in doc.text else ():
        current = int(call["current"])
        if call["name"] == stem:
            more = current + (not call["place"]) < int(call["pages"])
            return absolute(doc, f"{stem}_{current + 1}.{call['extension']}") if more else None
    for element in layout.elements:
        if element.tag != "a" or element.frame:
            continue
        href = element.node.attributes.get("href") or ""
        if stem not in href or not _NEXT.fullmatch(clean(element.node.text())):
            continue
        target = absolute(doc, href)
        match = _PART.match(urlsplit(target).path.rsplit("/", 1)[-1]) if target else None
        if match and match[1] == stem and int(match[3]) > number:
            return target
    return None


def _without_title(lines: list[Line], headline: Headline | None) -> list[Line]:
    """``lines`` without the headline repeated at their top."""
    whole = plain(headline.text) if headline else ""
    spelled = ""
    for place, line in enumerate(lines[:6]):
        spelled += plain(line.text)
        if spelled == whole:
            return lines[place + 1 :]
        if not whole.startswith(spelled):
            break
    return lines


def _has_empty_source(place: _Place) -> bool:
    """Whether the line that states the day of publication keeps a place for the source, though it stands empty."""
    return any(
        one.field == "published_on" and _STATED_SOURCE.search(place.layout.lines[one.line].text)
        for one in place.statements
    )


def _signs(facts: _Facts, place: _Place, meta: MetaTags, body: Body | None, text: str | None) -> frozenset[str]:
    """What speaks for this page being an article."""
    signs = set()
    if meta.title:
        signs.add("meta")
    if place.headline and place.headline.origin != "meta":
        signs.add("headline")
        if place.headline.titled:
            signs.add("titled")
    if facts.values.get("published_on"):
        signs.add("date")
    if "source" in facts.values or _has_empty_source(place):
        signs.add("source")
    if sum(one.field in _LABEL_FIELDS for one in place.statements) >= 2:
        signs.add("labels")
        if text and "label" in (facts.origin("document_number"), facts.origin("index_number")):
            signs.add("numbered")
    if body and body.how != "dense":
        signs.add("container")
    if text and len(text) >= 60:
        signs.add("text")
    if facts.values.get("attachments"):
        signs.add("files")
    return frozenset(signs)
