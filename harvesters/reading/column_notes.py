"""What a list page says of its own column: that nothing happened, or that the column is kept no longer. Pure.

A parsed page comes in, ``Notes`` go out: the sentence that explains why nothing new stands there
(若当月未公布信息，则表明当月 无此类案件; 2026年第二季度无行政强制信息), with the period it speaks of, and the words
that say the column is archived (已归档, 本栏目已停止更新). Read are lines of plain text outside rows, menus and frame;
a title that says the same is a row and counts as one. What an empty template says (暂无数据, 暂无内容, 没有相关信息)
explains nothing and is no note.

Sentences are compared in one spelling (NFKC, no blanks); what is handed on is what the page shows.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from harvesters.reading.dates import read_date
from harvesters.reading.document import Document
from harvesters.reading.layout import Element, Layout, Line, lay_out
from harvesters.reading.listing import is_only_date

NoteKind = Literal["standing", "current", "period", "unclear"]

LONGEST = 200  # characters of a line that is read as a notice; longer ones are prose
_SHORT_BODY = 300  # characters of a page that says nothing but its notice
_LONGEST_PERIOD_NOTE = 70
_LONGEST_HEADING = 30
_ROW_LINKS = 3  # links of an element that may be one row
_MONTH, _QUARTER, _HALF, _YEAR, _WEEK = 31, 92, 184, 366, 7  # days at the most

# one of these stands in the source of a page that has a note; the others need not be laid out
_HINT = re.compile(
    r"[若如凡][^<>。]{0,20}[未无没][^<>。]{0,30}(?:则|即|表明|说明|表示|视为|代表)"
    r"|(?:[月季年期份度周内来前][^<>。]{0,30}|[我本][局委办单机部镇乡街区县市旗中院所站支大厅馆级][^<>。]{0,12}|>\s*)"
    r"(?:[暂均尚并确]?无|没有|未[有曾发产作做实开办出涉新制印受收进]|不涉及|不存在)"
    r"|[月季年期份度][^<>。]{1,26}(?:[:：]|为)\s*(?:无|零|0)"
    r"|归档|停止更新|停止维护|不再更新|不再维护|停止使用|停更|停用|已下线|已结束|历史(?:栏目|专|频道|版块|板块)"
)

_GENERIC = r"信息|公告|通知|文件|公示|新增|变动|变化"
_EVENT = (
    r"案件|处罚|许可|强制|审批|征收|征用|征地|裁决|给付|奖励|确认|采购|任免|人事|收费|检查|抽查|抽检|决定|招聘|招录|招考|录用|"
    r"预案|突发|事故|规范性|项目|规划|预算|决算|征求意见|征集|决策|救助|拆迁|补偿|招标|中标|合同|投诉|提案|事项|业务|行为|"
    r"此类|该类|上述|执法|应急|舆情|申请"
)
_ANY_NOUN = re.compile(f"{_EVENT}|{_GENERIC}")
_EVENT_NOUN = re.compile(_EVENT)
# 无 is half of many words (无障碍, 无偿, 无人机): it counts before what may be missing
_NO = (
    r"(?:(?:暂|均|尚|并|确)?无(?=此类|该类|上述|相关|任何|新|行政|重大|人事|政府|财政|其他|本级|处罚|许可|强制|案件|信息|收费|招|采购|征|"
    r"规范|拆|补|突发|应急|公开|公示|公告|发生|变|项目|规划|决策|事项|涉|违法|执法|监督|检查|抽|食品|安全生产|建设项目|中标|合同|预算|"
    r"决算|救助|业务|申请|投诉|需|通知|文件)"
    r"|没有(?!得到|完成|按)|未(?:有|曾)?(?:发生|产生|作出|做出|实施|开展|办理|出现|发现|涉及|新增|制发|制定|出台|印发|受理|收到|进行)"
    r"|不涉及|不存在)"
)
_BODY = r"[我本](?:局|委|办|单位|机关|部门|镇|乡|街道|中心|院|所|站|支队|大队|厅|馆)"
_SUBJECT = rf"(?:{_BODY}|[我本][区县市旗级])"
_LED = r"^(?:[^,。;]{0,14}?[,:])?[^,。;:]{0,10}?"  # what may stand before the period: 说明:, 经核实,, 我局

_IF_NOTHING = re.compile(
    r"(?:若|如果?|凡|倘若|只要)[^。;]{0,14}?(?:未|没有|无|不)[^。;,]{0,6}?(?:公布|公开|发布|公示|更新|显示|上传|列出|录入|信息|内容|数据)"
    r"[^。;]{0,14}?(?:则|即|表明|说明|表示|视为|代表)[^。;]{0,16}?(?:无|没有|未发生|未产生|未作出|未实施|未开展|未办理|未涉及)"
    r"(?P<what>[^。;]{0,24})"
)
_OUR_PAGE_FAILS = re.compile(r"浏览器|插件|刷新|安装|登录|下载|网络|字体|拨打|弹出|加载")

_DIGIT = r"(?:[1-4]|[一二三四])"
_PERIOD = (
    r"(?P<until>截[至止](?:到)?(?P<uy>20\d\d)年(?P<um>\d{1,2})月(?:(?P<ud>\d{1,2})[日号]|底)?)"
    r"|(?P<y>20\d\d)年(?:度)?(?:"
    rf"第?(?P<q>{_DIGIT})季度?|(?P<m>\d{{1,2}})(?:月份?)?(?:[-~至到—–](?P<m2>\d{{1,2}}))?月份?|(?P<h>[上下])半年)?(?:度)?"
    rf"|第?(?P<bq>{_DIGIT})季度|(?<![\d年.-])(?P<bm>\d{{1,2}})(?:月份?)?(?:[-~至到—–](?P<bm2>\d{{1,2}}))?月份?|(?P<bh>[上下])半年"
    r"|(?P<now>[本当]月份?|[本当]季度?|本期|[本当]年度?|今年(?:度|以来)?|本周|年初以来|年内)"
    r"|(?P<weak>(?:截[至止])?目前|现阶段|近期|迄今)"
)
_PERIOD_NOTE = re.compile(rf"{_LED}(?:{_PERIOD})(?P<between>[^。;]{{0,24}}?)(?P<no>{_NO})(?P<what>[^。;]{{0,30}})$")
_PERIOD_NIL = re.compile(
    rf"{_LED}(?:{_PERIOD})(?P<what>[^。;]{{1,24}}?)(?::|为)(?:无|零|0件?)(?P<no>)(?P<between>)\)?$"
)
_OURS = re.compile(rf"^(?:[^,。;]{{0,14}}[,:])?{_BODY}[^。;,]{{0,10}},?{_NO}(?P<what>[^。;]{{0,30}})$")
_BARE = re.compile(rf"^\W{{0,4}}(?:说明:|备注:)?(?:暂时|目前)?{_NO}(?P<what>[^。;]{{0,20}})$")
_SUBJECT_SOMEWHERE = re.compile(_SUBJECT)
_SPANS = {"月": _MONTH, "季": _QUARTER, "期": _QUARTER, "周": _WEEK, "年": _YEAR}
_WRITTEN_IN = re.compile(r"\(?(20\d\d)年(\d{1,2})月(?:\d{1,2}日)?\)?$")
_SENTENCES = re.compile(r"[^。;!?]+")

_COLUMN = r"(?:栏目|专栏|专题|专区|频道|版块|板块|子站)"
_ENDED = r"(?:归档|停止更新|停止维护|不再更新|不再维护|停更|停用|停止使用|结束|下线)"
_ARCHIVED = re.compile(
    rf"(?:[本该此原]{_COLUMN}|^{_COLUMN})(?:内容|信息|页面)?"
    rf"(?:(?:现|目前|均)?已经?|现|已于[^。;,]{{0,14}}|[从自][^。;,]{{0,14}}起|于[^。;,]{{0,14}}){{0,2}}{_ENDED}(?=$|[,。;!)】\]]|并|仅|供|更新)"
)
_ARCHIVED_HEADING = re.compile(
    rf"[(【\[〔<《]?(?:已归档|已停更|已停止更新|历史{_COLUMN}|归档{_COLUMN}|{_COLUMN}已结束)[)】\]〕>》]?$|^[(【\[](?:已?归档|历史)[)】\]]"
)
_ARCHIVED_ON = re.compile(r"^\W{0,3}(?:栏目|专题|页面)?归档(?:时间|日期):(?:19|20)\d\d")
_ARCHIVE_STEP = re.compile(rf"(?:^|[>»›/|→-])(?:历史|归档){_COLUMN}(?:$|[>»›/|→-])")
_WHERE = re.compile(r"位置|首页")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5"))
_HEADED = re.compile(r"(?:^|[\s_-])\w{0,20}(?:tit(?:le)?|bt|biaoti|name|head(?:ing)?)(?=$|[\s_-])")
_ROW_TAGS = frozenset(("li", "tr", "dl", "dd", "dt", "article", "a"))


@dataclass(frozen=True, kw_only=True)
class Note:
    """A sentence that says that nothing happened. Dates are days of the site's own calendar.

    ``kind``: ``standing`` holds always; ``period`` speaks of days that it names, up to ``ends``; ``current`` of the
    period in which it is read (本月, 目前); ``unclear`` names what is missing, and neither whose nor when.
    ``span`` is the length of the period in days at the most.
    """

    text: str
    kind: NoteKind
    ends: dt.date | None = None
    span: int | None = None


@dataclass(frozen=True, kw_only=True)
class Notes:
    """What a page says of its column. ``archived``: the words that say it is kept no longer."""

    note: Note | None = None
    archived: str | None = None


NOTHING = Notes()


# ------------------------------------------------------------------ pages


def read_notes(doc: Document, today: dt.date) -> Notes:
    """What a list page says of its column.

    :param today: the day the page was seen, to complete periods without a year.
    """
    if not _HINT.search(doc.text):
        return NOTHING
    layout = lay_out(doc.tree)
    told = list(_told(layout))
    notes = [note for text, after in told if (note := note_in(text, today, after))]
    return Notes(
        note=max(notes, key=_weight, default=None),
        archived=next(_archived(layout, told), None),
    )


def read_text(text: str | None, today: dt.date) -> Notes:
    """The same of a column that is itself one page: of its text, where that is hardly more than a notice."""
    if not text or len(text) > _SHORT_BODY:
        return NOTHING
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    pairs = zip(lines, [*lines[1:], ""], strict=False)  # the last line has none after it
    notes = [note for line, after in pairs if len(line) <= LONGEST and (note := note_in(line, today, after))]
    return Notes(
        note=max(notes, key=_weight, default=None),
        archived=next((line for line in lines if is_archived(line)), None),
    )


def _told(layout: Layout) -> Iterator[tuple[str, str]]:
    """The lines that may be a notice, each with the line after it."""
    lines = layout.lines
    for place, line in enumerate(lines):
        if len(line.text) > LONGEST or line.links or line.hidden or line.frame or len(line.text) < 4:
            continue
        if _HINT.search(line.text) and not _is_in_row(layout, line):
            yield line.text, lines[place + 1].text if place + 1 < len(lines) else ""


def _is_in_row(layout: Layout, line: Line) -> bool:
    """Whether a line is part of a row: the summary or the date beside a link."""
    element = layout.elements[line.element]
    for around in (element, *layout.ancestors(line.element)[:3]):
        if around.tag == "body":
            return False
        links = sum(inner.tag == "a" for inner in layout.elements[around.index + 1 : around.end])
        if links > _ROW_LINKS:
            return False
        if links and (around.tag in _ROW_TAGS or _has_twin(layout, around)):
            return True
    return False


def _has_twin(layout: Layout, element: Element) -> bool:
    """Whether a sibling of the same kind follows, with a link of its own: rows come in numbers."""
    if element.end >= len(layout.elements):
        return False
    other = layout.elements[element.end]
    same = other.parent == element.parent and (other.tag, other.names) == (element.tag, element.names)
    return same and any(inner.tag == "a" for inner in layout.elements[other.index + 1 : other.end])


def _archived(layout: Layout, told: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from (text for text, _ in told if is_archived(text))
    for line in layout.lines:
        text = _plain(line.text)
        if line.hidden or len(text) > 160:
            continue
        if line.links:
            if _WHERE.search(text) and _ARCHIVE_STEP.search(text):
                yield line.text
        elif len(text) <= _LONGEST_HEADING and _ARCHIVED_HEADING.search(text) and _is_heading(layout, line):
            yield line.text


def _is_heading(layout: Layout, line: Line) -> bool:
    element = layout.elements[line.element]
    return element.tag in _HEADINGS or (element.tag not in _ROW_TAGS and bool(_HEADED.search(element.names)))


# ------------------------------------------------------------------ sentences


def is_archived(text: str) -> bool:
    """Whether a line of plain text says that its column is kept no longer."""
    plain = _plain(text)
    return len(plain) <= LONGEST and bool(_ARCHIVED.search(plain) or _ARCHIVED_ON.match(plain))


def note_in(text: str, today: dt.date, after: str = "") -> Note | None:
    """The note that a line of plain text holds.

    :param today: the day it was seen.
    :param after: the line after it, where a notice may be dated.
    """
    plain = _plain(text)
    if found := _IF_NOTHING.search(plain):
        if _ANY_NOUN.search(found["what"]) and not _OUR_PAGE_FAILS.search(plain):
            return Note(text=text, kind="standing")
        return None
    written = _written_on(after, today)
    for sentence in _SENTENCES.findall(plain):
        sentence = sentence.strip(",:·•-*")
        if len(sentence) <= _LONGEST_PERIOD_NOTE and (note := _note(text, sentence, today, written)):
            return note
    return None


def _note(text: str, sentence: str, today: dt.date, written: dt.date | None) -> Note | None:
    at_end = _WRITTEN_IN.search(sentence)
    if at_end and at_end.start() > 0 and (named := _month(int(at_end[1]), int(at_end[2]))):
        sentence, written = sentence[: at_end.start()], named
    found = _PERIOD_NOTE.match(sentence) or _PERIOD_NIL.match(sentence)
    if found is not None:
        return _of_period(text, sentence, found, today, written)
    if (ours := _OURS.match(sentence)) and _EVENT_NOUN.search(ours["what"]):
        return Note(text=text, kind="standing")
    if (bare := _BARE.match(sentence)) and _EVENT_NOUN.search(bare["what"]):
        return Note(text=text, kind="unclear")
    return None


def _of_period(text: str, sentence: str, found: re.Match[str], today: dt.date, written: dt.date | None) -> Note | None:
    said = found["what"] + found["no"]
    if found["weak"]:
        if not _EVENT_NOUN.search(said):
            return None
        if not _SUBJECT_SOMEWHERE.search(sentence):
            return Note(text=text, kind="unclear")
        return _current(text, _HALF, written)
    if not _ANY_NOUN.search(said):
        return None
    if found["now"]:
        span = next(days for sign, days in _SPANS.items() if sign in found["now"])
        return _current(text, span, written)
    resolved = _resolved(found, today)
    if resolved is None:
        return None
    ends, span = resolved
    return Note(text=text, kind="period", ends=ends, span=span)


def _current(text: str, span: int, written: dt.date | None) -> Note:
    """A note on the period it stands in: the one it was written in, where the page says when that was."""
    if written is None:
        return Note(text=text, kind="current", span=span)
    return Note(text=text, kind="period", ends=_end_around(written, span), span=span)


def _resolved(found: re.Match[str], today: dt.date) -> tuple[dt.date, int] | None:
    """The last day of the period that a sentence names, and its length; None where there is no such day."""
    if found["until"]:
        year, month = int(found["uy"]), int(found["um"])
        last = _month(year, month)
        if found["ud"] is None or last is None:
            return (last, _HALF) if last else None
        return (last.replace(day=int(found["ud"])), _HALF) if 1 <= int(found["ud"]) <= last.day else None
    year = int(found["y"]) if found["y"] else today.year
    for quarter, first, last_month, half in (
        (found["q"], found["m"], found["m2"], found["h"]),
        (found["bq"], found["bm"], found["bm2"], found["bh"]),
    ):
        if quarter:
            return _latest(
                year, "一二三四".find(quarter) * 3 + 3 if not quarter.isdigit() else int(quarter) * 3, 3, found, today
            )
        if first:
            end = int(last_month or first)
            months = end - int(first) + 1
            return _latest(year, end, months, found, today) if months > 0 else None
        if half:
            return _latest(year, 6 if half == "上" else 12, 6, found, today)
    return dt.date(year, 12, 31), _YEAR


def _latest(year: int, month: int, months: int, found: re.Match[str], today: dt.date) -> tuple[dt.date, int] | None:
    """The end of ``months`` months up to ``month``: of the year named, else of the last that had begun by ``today``."""
    end = _month(year, month)
    if end is None:
        return None
    if not found["y"] and end.replace(day=1) > today and (before := _month(year - 1, month)):
        end = before
    return end, months * _MONTH


def _end_around(day: dt.date, span: int) -> dt.date:
    """The last day of the week, month, quarter, half or year that ``day`` lies in."""
    if span == _WEEK:
        return day + dt.timedelta(days=6 - day.weekday())
    months = {_MONTH: 1, _QUARTER: 3, _HALF: 6}.get(span, 12)
    month = -(-day.month // months) * months
    return dt.date(day.year, month, monthrange(day.year, month)[1])


def _month(year: int, month: int) -> dt.date | None:
    """The last day of a month; None where there is no such month."""
    return dt.date(year, month, monthrange(year, month)[1]) if 1 <= month <= 12 else None


def _written_on(after: str, today: dt.date) -> dt.date | None:
    """The day a notice is dated, where the line after it is nothing but a date."""
    if not is_only_date(after):
        return None
    found = read_date(after, reference=today)
    return found.on if found is not None else None


def _weight(note: Note) -> tuple[int, dt.date]:
    order: Mapping[str, int] = {"unclear": 0, "current": 1, "period": 2, "standing": 3}
    return order[note.kind], note.ends or dt.date.min


def _plain(text: str) -> str:
    return re.sub(r"[\s\u200b\ufeff]+", "", unicodedata.normalize("NFKC", text))


# ------------------------------------------------------------------ as JSON


def as_json(notes: Notes, since: dt.date) -> dict[str, Any]:
    """Notes as an observation holds them: ``note`` and ``archived``, absent where the page says nothing.

    :param since: the first day on which the note was seen standing there.
    """
    told: dict[str, Any] = {}
    if (note := notes.note) is not None:
        told["note"] = {"text": note.text, "kind": note.kind, "since": since.isoformat()}
        if note.ends is not None:
            told["note"]["ends"] = note.ends.isoformat()
        if note.span is not None:
            told["note"]["span"] = note.span
    if notes.archived is not None:
        told["archived"] = notes.archived
    return told
