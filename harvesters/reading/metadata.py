"""What a page says of its document in so many words: national meta tags, label blocks, the line by the title.

A document and its layout come in; out go ``MetaTags`` and ``Said`` pairs: a field, the label as written, the value as
written. Three shapes carry labels and all are read: label tables (BeautifulSoup works out their cells), rows of
other elements (``li``, ``dl``, ``div`` and ``span`` pairs), and runs of text ("来源：某报发布时间：2026-07-01").
Labels are compared without white space and colons, in any width. An empty value gives nothing: the next label, or
the next cell that is not the one beside, is never taken for a value.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, Tag

from harvesters.reading.dates import ReadDate, read_value
from harvesters.reading.document import Document
from harvesters.reading.facts import Site
from harvesters.reading.layout import Element, Layout, Line, clean

# labels by the field they state; the order inside a field is the order of preference
_LABELS = {
    "index_number": "索引号 信息索引号 索引号码 索引码 索取号 信息索取号 信息索引 公开索引 文件索引 公文索引 索引",
    "document_number": "发文字号 文号 发布文号 发文文号 文件编号 文件字号 公文字号 发文号 文件号 文件文号 公文文号",
    "issuing_body": "发文机关 发文机构 发文单位 制发机关 制定机关 发文部门 颁布单位 发布部门 印发机关 公文发文机关",
    "publisher": """
        发布机构 发布机关 公开主体 发布单位 信息公开单位 公开机构 信息发布机构 公开单位 公开责任部门
        信息发布单位
    """,
    "formed_on": "成文日期 生成日期 成文时间 生成时间 发文日期 发文时间 制发日期 印发日期 签发日期 制发时间 印发时间",
    "published_on": """
        发布日期 发布时间 公开日期 公开时间 发表时间 发表日期 时间发布 信息发布时间 信息发布日期 公布日期
        公布时间 公开发布日期 发稿时间 发稿日期 上网时间 上网日期 刊发时间 刊登日期 发文发布时间 文章发布时间
        上传时间 上传日期 录入时间 创建时间 添加时间 加入时间 提交时间 撰写时间 信息时间 信息日期 发布于 发表于
        日期 时间
    """,
    "updated_on": "更新时间 更新日期 修改时间 修改日期 最后更新 最近更新 最后更新时间 最后修改时间 页面更新时间",
    "source": """
        来源 信息来源 文章来源 稿件来源 内容来源 新闻来源 来源单位 稿源 出处 文章出处 信息出处 文件来源 供稿单位
        来稿单位 供稿 转自 转载自 资料来源 公文来源 来源于
    """,
    "title": "名称 标题 信息名称 文件名称 文件标题 信息标题 公文名称 公文标题",
    "subject": "主题分类 主题类别 主题导航 主题 所属主题 公文主题 主题名称 分类",
    "genre": "体裁分类 体裁 文种 公文种类 公文体裁 信息体裁 体裁类型",
    "assorted": "组配分类 文件类型",
    "summary": "内容概述 内容概要 内容摘要 信息概述 摘要 概述 内容简介",
    "validity": "有效性 效力状态 文件状态 时效性 文件有效性 信息有效性 是否有效 时效状态 文件效力 效力",
    "effective_on": "生效日期 生效时间 施行日期 实施日期 实施时间 施行时间 启用日期",
    "repealed_on": "废止日期 废止时间 失效日期 失效时间 终止日期 终止时间",
    "keywords": "主题词 关键词 关键字",
    "form": "公开方式 公开形式 公开类别 公开属性",
    "language": "语种",
    "": """
        作者 编辑 责任编辑 责编 审核 审核人 初审 复审 终审 签发 签发人 记者 通讯员 撰稿 撰稿人 供稿人 发布人
        发布者 录入 录入者 浏览次数 浏览量 浏览 点击次数 点击数 点击率 点击量 点击 阅读次数 阅读量 阅读 阅读数
        访问次数 访问量 人气 次数 字体 字号 字体大小 文字大小 浏览字号 浏览字体 视力保护色 保护视力色 分享
        分享到 打印 收藏 信息类别 信息分类 服务对象 服务对象分类 公开范围 公开时限 公开程序 公开期限 信息格式
        载体类型 在线链接地址 责任部门 联系方式 联系电话 附件 附件下载 相关附件 审校 校对 编校 主编
        值班主编 一审 二审 三审 图片 摄影 公开事项 所属栏目 栏目 信息所属单位 有效期 实施单位 收件人
        文章类型 文章性质 规范性文件编号 规范性文件统一编号 统一编号 登记号 编号 办文部门 关联文件
        解读 来文单位 信息编号 备注
    """,
}
FIELD_OF = {label: name for name, labels in _LABELS.items() for label in labels.split()}
_PREFERENCE = {label: place for labels in _LABELS.values() for place, label in enumerate(labels.split())}
# labels that occur inside other words or after a value without a gap; these need a boundary before them
_BOUND = {label for label, name in FIELD_OF.items() if len(label) <= 2 or name in ("source", "keywords")} | {
    *("发布人", "发布者", "通讯员"),
}
_NAMES_INDEX = re.compile(r"[\u4e00-\u9fa5]{0,8}(?:索引|索取)(?:号码?|码)?")
_PAIR = re.compile(r"([\u4e00-\u9fa5]{2,8})(?:[/／]|[（(](?=.*[)）]$))([\u4e00-\u9fa5]{2,8})[)）]?")
_GAP = "\x1f"  # where one text node ends and the next begins


_LONGEST = max(map(len, FIELD_OF))
_ENDS_LABEL = re.compile(rf"[\s{_GAP}]{{0,9}}(?:[:：∶][\s{_GAP}]*[】\]]?|[】\]][\s{_GAP}]*[:：]?)")
_NOT_IN_LABEL = re.compile(rf"[\s{_GAP}\u3000\xa0\u200b\ufeff:：∶【】\[\]]+")
# what follows a source on its line without a label of its own
_AFTER_SOURCE = re.compile(
    rf"\s{{2,}}|\s?[【\[（(]?\s?(?:字体|字号|打印|分享|收藏|关闭|浏览|点击|阅读|视力|大中小)|{_GAP}\s*(?:大|中|小|A|\+|-)\s*{_GAP}"
    r"|\s?[|｜]|\s(?=(?:作者|记者|编辑|责编|通讯员|摄影)\b)|\s?(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]"
)
_IRREGULAR = re.compile(r"rowspan|colspan|<table|<script|<style", re.IGNORECASE)
_OPENING, _CLOSING = "【[（(〔{《", "】]）)〕}》"
_ENTITY = re.compile(r"&(?:[en]m?sp|nbsp|thinsp|middot|#\d+);?")  # written out where it was escaped twice, or cut off
_SPEAKS = re.compile(r"[A-Za-z\u4e00-\u9fa5]")
_SOURCE_LIMIT = 60  # characters
_CELL_LIMIT = 400  # characters; longer "values" are the document itself standing in a layout table


@dataclass(frozen=True, kw_only=True)
class MetaTags:
    """The national meta tags of a page (国办发〔2017〕47号, 网页标签规范), as far as it has them."""

    title: str | None = None
    published: ReadDate | None = None
    published_raw: str | None = None  # as it stands there, readable or not
    source: str | None = None
    column_name: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    site: Site = field(default_factory=Site)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One labelled statement of the page. ``origin``: "label" in a block of labels, "beside_title" in a run of text."""

    field: str  # "" for labels that are known and of no use
    label: str
    value: str
    line: int  # of the label
    origin: str


def read_meta(doc: Document, *, reference: dt.date | None = None) -> MetaTags:
    """The meta tags of ``doc``. Names are compared without case; the first non-empty tag of a name counts."""
    meta = doc.meta
    published = meta.get("pubdate") or meta.get("publishdate") or meta.get("article:published_time")
    keywords = re.split(r"[,，;；、\s|]+", meta.get("keywords", ""))
    return MetaTags(
        title=_text(meta.get("articletitle")),
        published=read_value(published, reference=reference) if published else None,
        published_raw=clean(published)[:_SOURCE_LIMIT] if published else None,
        source=_text(meta.get("contentsource")),
        column_name=_text(meta.get("columnname")),
        description=_text(meta.get("description")),
        keywords=tuple(word for word in keywords if word),
        site=Site(
            name=_text(meta.get("sitename")),
            domain=_domain(meta.get("sitedomain")),
            id_code=_text(meta.get("siteidcode")),
        ),
    )


def label_field(text: str) -> str | None:
    """The field that ``text`` is a label of ("" for a known label of no use); None if it is no label."""
    if len(text) > 24:
        return None
    return _field_of(_NOT_IN_LABEL.sub("", text))


def _field_of(name: str) -> str | None:
    """The field of a label without spaces and colons; whatever ends as a name of the index number is one."""
    known = FIELD_OF.get(name)
    if known is None and _NAMES_INDEX.fullmatch(name):
        return "index_number"
    if known is None and (pair := _PAIR.fullmatch(name)):
        # "生成日期/有效日期": two names for one value, of which the second may be the site's own. A source or a
        # time has something else beside it ("来源/作者", "时间/地点").
        first, second = map(_field_of, pair.groups())
        return first if second == first or (not second and pair[1] not in _BOUND) else None
    return known


def begins_with_label(text: str) -> bool:
    """Whether ``text`` begins with a known label and a colon or in brackets, or is nothing but a label."""
    head, colon, _ = text[:24].replace("：", ":").replace("】", ":" if text[:1] == "【" else "】").partition(":")
    return (colon != "" or len(text) <= 10) and label_field(head) is not None


def said(layout: Layout, lines: Sequence[Line]) -> list[Said]:
    """Every labelled statement in ``lines``, which must stand in reading order."""
    found: list[Said] = []
    tables = label_tables(layout, lines)
    done = -1
    for line in lines:
        if line.index < done:
            continue
        table = tables.get(line.index)
        if table is not None:
            found += _table_pairs(table, line.index)
            done = table.last
            continue
        found += _in_line(layout, line)
    return found


def by_preference(statements: Iterable[Said], name: str) -> list[Said]:
    """The statements of ``name``, the one under the most telling label first."""
    return sorted((one for one in statements if one.field == name), key=lambda one: _PREFERENCE.get(one.label, 99))


def unpieced(value: str) -> str:
    """A value as one run of text."""
    return clean(value.replace(_GAP, ""))


def source_of(value: str) -> str | None:
    """A source without what stands run together with it: dates, font switches, counters."""
    cut = _AFTER_SOURCE.split(value, maxsplit=1)[0]
    plain = clean(_ENTITY.sub(" ", cut.replace(_GAP, "")))
    if len(plain) > _CELL_LIMIT:
        return None
    text = _balanced(plain).strip(" ：:;；,，|｜-—·")
    if text.lower() in ("null", "undefined", "无", "暂无") or len(text) > _SOURCE_LIMIT or not _SPEAKS.search(text):
        return None
    return text


def _balanced(text: str) -> str:
    """``text`` without brackets at its end that close nothing in it: the page's own around label and value."""
    while text and (place := _CLOSING.find(text[-1])) >= 0 and text.count(text[-1]) > text.count(_OPENING[place]):
        text = text[:-1].rstrip()
    return text


# ------------------------------------------------------------------ runs of text


@dataclass(frozen=True, slots=True)
class _Label:
    """A label in a text: what it is, where it begins, where its value may begin."""

    name: str
    start: int
    end: int


def _labels_in(text: str) -> list[_Label]:
    """The labels that end at a colon or a closing bracket, the longest known one at each."""
    found: list[_Label] = []
    done = 0
    for end in _ENDS_LABEL.finditer(text):
        if end.end() <= done:
            continue
        from_ = max(done, end.start() - 3 * _LONGEST)
        places = [place for place in range(from_, end.start()) if not _NOT_IN_LABEL.match(text[place])]
        signs = "".join([text[place] for place in places])
        for size in range(min(_LONGEST, len(signs)), 1, -1):
            name = signs[-size:]
            if name in FIELD_OF and _stands_alone(text, name, places[-size], after_another=bool(found)):
                found.append(_Label(name, places[-size], end.end()))
                done = end.end()
                break
    return found


def _in_line(layout: Layout, line: Line) -> list[Said]:
    """The statements one line makes, and what it leaves to the element beside it."""
    if not _ENDS_LABEL.search(line.text):
        if label_field(line.text) and layout.elements[line.element].tag in ("td", "th", "dt", "li", "span", "div", "p"):
            value = _beside(layout, line)
            return [_pair(_NOT_IN_LABEL.sub("", line.text), value, line, "label")] if value else []
        return []
    text = _GAP.join([piece for piece, _ in line.pieces]) if len(line.pieces) > 1 else line.pieces[0][0]
    labels = _labels_in(text)
    found = []
    for place, label in enumerate(labels):
        end = labels[place + 1].start if place + 1 < len(labels) else len(text)
        value = text[label.end : end].strip(f" \t\r\n\xa0\u3000{_GAP}【[")
        if not value and end == len(text):
            value = _beside(layout, line) or ""
        if value:
            found.append(_pair(label.name, value, line, "beside_title" if len(labels) > 1 else "label"))
    return found


def _stands_alone(text: str, name: str, start: int, *, after_another: bool) -> bool:
    """Not the tail of a longer word: "活动时间：" says nothing about "时间", "资金来源：" nothing about "来源".

    After another label's value a source may follow without a gap ("发布者：张三来源：市水务局").
    """
    if (
        start
        and text[start - 1] in "/／"
        and any(label_field(text[: start - 1][-size:]) is not None for size in range(2, 9))
    ):
        return False  # "成文日期/发布日期：": the second name of a value that may be the first's
    if name not in _BOUND or start == 0 or (after_another and FIELD_OF[name] == "source"):
        return True
    return not ("\u4e00" <= text[start - 1] <= "\u9fa5" or text[start - 1] in "《“")


def _pair(name: str, value: str, line: Line, origin: str) -> Said:
    return Said(field=_field_of(name) or "", label=name, value=value, line=line.index, origin=origin)


def _beside(layout: Layout, line: Line) -> str | None:
    """The text of the element right after the one a label fills: dd after dt, td after td, span after span."""
    if line.index + 1 >= len(layout.lines):
        return None
    after = layout.lines[line.index + 1]
    common = layout.common(line.element, after.element)
    here = _child_towards(layout, common, line.element)
    there = _child_towards(layout, common, after.element)
    if here is None or there is None or there.order != here.order + 1 or {here.tag, there.tag} & {"tr", "table", "ul"}:
        return None
    if (here.first, here.last) != (line.index, line.index + 1) or there.first != after.index:
        return None
    values = layout.inside(there)
    text = " ".join(value.text for value in values)
    if len(text) > _CELL_LIMIT or begins_with_label(values[0].text):
        return None
    return text


def _child_towards(layout: Layout, outer: Element, index: int) -> Element | None:
    """The child of ``outer`` that is or holds element ``index``."""
    element = layout.elements[index]
    if element.index == outer.index:
        return None
    while element.parent != outer.index:
        element = layout.elements[element.parent]
    return element


# ------------------------------------------------------------------ label tables


def label_tables(layout: Layout, lines: Sequence[Line]) -> dict[int, Element]:
    """Innermost tables in which at least two cells are labels, by the line they begin at."""
    labels: dict[int, int] = {}
    for line in lines:
        element = layout.elements[line.element]
        if not begins_with_label(line.text):
            continue
        while element.tag not in ("table", "body") and element.parent >= 0:
            element = layout.elements[element.parent]
        if element.tag == "table":
            labels[element.index] = labels.get(element.index, 0) + 1
    tables = {}
    for index, count in labels.items():
        table = layout.elements[index]
        if count >= 2 and table.last - table.first <= 80:
            tables[table.first] = table
    return tables


def _table_pairs(table: Element, line: int) -> list[Said]:
    """Label and value cells of one table: side by side, or a row of labels above a row of values."""
    found: list[Said] = []
    rows = _rows(table)
    for place, cells in enumerate(rows):
        fields = [label_field(cell) for cell in cells]
        below = rows[place + 1] if place + 1 < len(rows) else []
        if len(below) == len(cells) and _is_head(fields, rows[place + 1 :]):
            pairs = [(label, value) for label, value in zip(cells, below, strict=True) if label_field(value) is None]
        else:
            pairs = [
                (cell, cells[column + 1])
                for column, cell in enumerate(cells[:-1])
                if fields[column] is not None and fields[column + 1] is None
            ]
        for cell in cells:
            labels = _labels_in(cell)
            if labels and labels[0].start == 0 and labels[0].end < len(cell):
                ends = [label.start for label in labels[1:]] + [len(cell)]
                pairs += [(label.name, cell[label.end : end]) for label, end in zip(labels, ends, strict=True)]
        for label, value in pairs:
            name = _NOT_IN_LABEL.sub("", label)
            text = clean(value)
            field = _field_of(name)
            if text and len(text) <= _CELL_LIMIT and field is not None:
                found.append(Said(field=field, label=name, value=text, line=line, origin="label"))
    return found


def _is_head(fields: Sequence[str | None], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row of cells labels the one row of values ``below`` it.

    All of them are labels, or most are and the values stand alone: under more rows it heads a table of the document.
    """
    if len(fields) < 2 or None not in fields:
        return len(fields) > 1
    told = {field for field in fields if field}
    alone = len(below) == 1 or any(label_field(cell) is not None for cell in below[1])
    return (
        alone
        and len(told) >= 2
        and sum(field is not None for field in fields) * 2 > len(fields)
        and all(label_field(cell) is None for cell in below[0])
    )


def _rows(table: Element) -> list[list[str]]:
    """The texts of the table's cells, row by row; a cell that spans several rows or columns stands in each."""
    markup = table.node.html or ""
    if _IRREGULAR.search(markup, 1):
        return _spanned_rows(markup)
    rows = []
    for row in table.node.css("tr"):
        cells = []
        cell = row.first_child
        while cell is not None:
            if cell.tag in ("td", "th"):
                cells.append(clean(cell.text(separator=" ") if cell.css_first("p,br,div") else cell.text()))
            cell = cell.next
        rows.append(cells)
    return rows


def _spanned_rows(markup: str) -> list[list[str]]:
    """Like ``_rows``, for tables with spans, tables inside them, or scripts in their cells."""
    soup = BeautifulSoup(markup, "lxml")
    for noise in soup.find_all(["script", "style"]):
        noise.decompose()
    grid: list[list[str]] = []
    held: dict[int, tuple[int, str]] = {}  # column: rows a cell from above still fills, its text
    for row in soup.find_all("tr"):
        cells: list[str] = []
        for cell in row.find_all(["td", "th"], recursive=False):
            _fill(cells, held)
            text = clean(cell.get_text(" " if cell.find(["p", "br", "div"]) else ""))
            down = _span(cell, "rowspan")
            for _ in range(_span(cell, "colspan")):
                if down > 1:
                    held[len(cells)] = (down - 1, text)
                cells.append(text)
        _fill(cells, held)
        grid.append([text for place, text in enumerate(cells) if not place or text != cells[place - 1]])
    return grid


def _fill(cells: list[str], held: dict[int, tuple[int, str]]) -> None:
    """Put what spans down from above where the row has come to."""
    while len(cells) in held:
        rows, text = held.pop(len(cells))
        if rows > 1:
            held[len(cells)] = (rows - 1, text)
        cells.append(text)


def _span(cell: Tag, name: str) -> int:
    """How far a cell spans; nonsense and giants span one."""
    value = str(cell.get(name) or "1").strip()
    return int(value) if value.isdigit() and 1 <= int(value) <= 60 else 1


def _text(value: str | None) -> str | None:
    text = clean(re.sub(r"<[^<>]{1,40}>", " ", value)) if value else ""
    return text if text and text.lower() not in ("null", "undefined") else None


def _domain(value: str | None) -> str | None:
    """A host name, from a tag that may hold an address or several hosts."""
    text = _text(value)
    if not text:
        return None
    return re.split(r"[,，;；\s]", re.sub(r"^https?://", "", text.lower()))[0].rstrip("/") or None
