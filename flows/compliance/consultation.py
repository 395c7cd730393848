"""What a notice that asks the public for opinions says: whether it is one, on what ground, for how long, with what.

An item comes in; its title, text and the names of its files are read, and nothing else. What is found is always told
in the notice's own words, so that anybody can look it up on the page. What a page does not say is not known: a draft
may stand in a picture, an explanation in an archive of files.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.compliance.bodies import is_same, lead_of, other_body
from flows.compliance.calendar import WorkingDays
from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, not_applicable, not_assessable
from flows.compliance.opinion_period import Period, period_of
from flows.compliance.regulation import Regulation, add_months
from harvesters.reading.titles import is_draft, matters_in, stage_of
from storage.schema import Attachment, ColumnKind, Item, Unit

ASKED_IN = 1500  # characters of a text in which a page that asks for opinions says so
_QUOTED = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》")
_FIRST_ARTICLE = re.compile(r"第[一1]章[^\n]{0,20}\n|第[一1]条[ 　:、]?(?!第)")

_ASKS = re.compile(
    r"现(?:将|就|对|面向|向)?[^。\n]{0,120}?(?:征求|征集|征询|听取)[^。\n]{0,20}?意见|"
    r"(?:征求意见|意见征集|征集意见|公开征集)(?:的)?(?:时间|期限)|欢迎[^。\n]{0,30}提出[^。\n]{0,10}意见"
)
_ISSUING = re.compile(r"^[^《》]{0,40}?(?P<body>[\u4e00-\u9fff、 ]{2,40}?[府室厅局委部会院署司办社])关于")
_SOLICITS = re.compile(
    r"(?:决策|立法|规章|民生|实事|制定)[^《》]{0,12}(?:项目|事项|目录)[^《》]{0,4}建议|建议(?:项目|事项)"
)

_BROUGHT = re.compile(
    r"(?:结果|意见)反馈\s?[:：\n]|(?:反馈|采纳|征集)(?:情况|结果)\s?[:：\n]|(?:共|未|没有|无)(?:收集|收到|征集到?|征得)[^。\n]{0,24}(?:意见|建议)"
)

# ------------------------------------------------------------------ 重大行政决策

_MAJOR = r"重大行政决策(?!程序|[^，。\n]{0,6}(?:条例|规定|办法|规则))"
_IS_NOT = re.compile(r"(?:不属于|不涉及|未列入|未纳入|不列入|非)[^，。\n]{0,12}重大行政决策")
_IS = (
    re.compile(rf"(?:属于|作为|列为|列入|纳入|确定为|拟定为|认定为|系|是)[^。\n]{{0,30}}?{_MAJOR}"),
    re.compile(r"重大行政决策(?:事项|草案|方案|项目)[^。\n]{0,40}?(?:征求|听取|公示|意见)"),
    re.compile(
        r"(?:根据|依据|按照|依照)[^。\n]{0,120}?《[^《》]{0,30}重大行政决策[^《》]{0,20}》[^。\n]{0,160}?(?:征求|听取|公示|征集)"
    ),
)
_SHORTENED = re.compile(r"缩短[^。\n]{0,16}(?:期限|时间|期|日|天)|(?:期限|时间|期)[^。\n]{0,6}缩短")
_URGENT = re.compile(
    r"(?:情况|形势|时间|任务|事项)(?:较为|十分|比较)?紧(?:急|迫)|(?:因|由于|鉴于)[^。\n]{0,30}?(?:紧急|急需|亟需|紧迫|时间紧)"
)


@dataclass(frozen=True, kw_only=True)
class Length:
    """From the first day a notice was open to the last, both counted, on the unit's side."""

    starts_on: dt.date
    ends_on: dt.date
    days: int
    provisional: bool = False  # it is of working days, and holidays among them are not announced yet


def is_consultation(item: Item, kind: ColumnKind) -> bool:
    """Whether the page asks the public for opinions on something; see ``asks_public``."""
    return asks_public(item.title, item.body_text, kind)


def asks_public(title: str, text: str | None, kind: ColumnKind) -> bool:
    """Whether a page asks the public for opinions on something.

    By its title; in a column of consultations one whose title does not tell is read for it.
    """
    stage = stage_of(title)
    if stage is not None or kind is not ColumnKind.CONSULTATION:
        return stage == "consultation"
    return _ASKS.search((text or "")[:ASKED_IN]) is not None


def other_asker(item: Item, unit: Unit, city: str) -> str | None:
    """Whose consultation it is, where it is not the unit's own: a ministry's that it only passes on."""
    if other := other_body(item, unit, city):
        return other
    asking = _ISSUING.match(item.title)
    if asking is not None and asking["body"][0] not in "本我":
        lead = lead_of(asking["body"])
        if not is_same(lead, unit.name, city):
            return f"asked by {lead}"
    return None


def notice_gap(item: Item, context: ItemContext, case: Case) -> Judgement | None:
    """Why a notice is not judged, whatever a rule asks of it; None where its text can be."""
    in_force_from = case.law.rules[case.rule].in_force_from
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    if not is_consultation(item, context.column.kind):
        return not_applicable("no_consultation", "the page does not ask the public for opinions")
    if other := other_asker(item, context.unit, case.city):
        return not_applicable("other_issuer", other)
    if item.published_on is not None and item.published_on < in_force_from:
        words = f"published on {item.published_on}, the article is in force from {in_force_from}"
        return not_applicable("before_force", words)
    if not item.page_read or not item.body_text:
        return not_assessable("unread", "the page's text was not read, or it shows none")
    return None


def shown_day(item: Item, law: Regulation) -> tuple[dt.date | None, bool]:
    """The day of publication that a reader is told, and whether it was read surely enough to be held against anyone."""
    origin = item.provenance.get("published_on") or item.provenance.get("published_at")
    if origin is None:
        return item.published_on, True
    if origin.origin == "address":
        return None, False
    return item.published_on, origin.confidence >= law.dates.least_confidence


def names_draft(item: Item) -> bool:
    """Whether it is a draft that opinions are asked on, and not proposals of what to do (征集决策事项建议)."""
    files = [] if _SOLICITS.search(item.title) else item.attachments
    return names_draft_in(item.title, item.body_text) or any(is_draft(file.name) for file in files)


def names_draft_in(title: str, text: str | None) -> bool:
    """The same of a title and a text, whatever files come with them."""
    return not _SOLICITS.search(title) and (is_draft(title) or is_draft(notice_in(text or "")))


def notice_of(item: Item) -> str:
    """The text without the articles of the draft that follows it."""
    return notice_in(item.body_text or "")


def notice_in(text: str) -> str:
    """``text`` without the articles of the draft that follows it."""
    article = _FIRST_ARTICLE.search(text)
    return text[: article.start()] if article else text


def says_what_it_brought(text: str) -> str | None:
    """The words in which the notice's own page says what came in (结果反馈：共收到意见3条); None where it does not."""
    found = _BROUGHT.search(text)
    return found[0] if found else None


def says_major(item: Item) -> str | None:
    """The page's own words for being about a 重大行政决策; None where it does not say so.

    A page that asks for opinions under a regulation on such decisions says so too. One whose draft is itself about
    such decisions (a list of them, a rule on their making) speaks of others.
    """
    if any("重大行政决策" in matter.core for matter in matters_in(item.title, item.body_text)):
        return None
    notice = notice_of(item)
    if _IS_NOT.search(notice):
        return None
    around = _QUOTED.sub("", item.title)
    if "重大行政决策" in around:
        return around.strip()
    found = next((match for pattern in _IS if (match := pattern.search(notice))), None)
    return found[0] if found else None


def says_why_shorter(item: Item) -> str | None:
    """The page's own words on why its period is shorter than usual; None where it gives no reason."""
    found = _SHORTENED.search(item.body_text or "") or _URGENT.search(notice_of(item))
    return found[0] if found else None


# ------------------------------------------------------------------ how long


def period_of_item(item: Item) -> Period | None:
    """The period the page's text states."""
    return period_of(item.body_text or "", item.published_on)


def length_of(period: Period, published_on: dt.date, calendar: WorkingDays) -> Length:
    """The longest that the period can be said to be: from the earlier of its start and its publication."""
    starts = min(published_on, period.starts_on or published_on)
    lengths = [] if period.ends_on is None else [Length(starts_on=starts, ends_on=period.ends_on, days=0)]
    if period.length is not None:
        lengths.append(_of_length(period.length, period.unit, starts, calendar))
    longest = max(lengths, key=lambda one: one.ends_on)
    days = (longest.ends_on - longest.starts_on).days + 1
    return Length(starts_on=longest.starts_on, ends_on=longest.ends_on, days=days, provisional=longest.provisional)


def _of_length(length: int, unit: str, starts: dt.date, calendar: WorkingDays) -> Length:
    if unit == "工作日":
        deadline = calendar.add_working_days(starts, length)
        return Length(starts_on=starts, ends_on=deadline.on, days=0, provisional=deadline.provisional)
    if unit == "月":  # of thirty days at the least: the law counts in days, and the notice in months
        days = max(30 * length, (add_months(starts, length) - starts).days)
    else:
        days = length * (7 if unit == "周" else 1)
    return Length(starts_on=starts, ends_on=starts + dt.timedelta(days=max(days, 1) - 1), days=0)


# ------------------------------------------------------------------ with what

_EXPLAINS = re.compile(
    r"(?:起草|编制|制定|修订|修改|草案|有关情况|情况|政策|相关)(?:的)?说明|及(?:其|起草)?说明|说明\s?[:：]|"
    r"(?:起草|编制|制定|修订|出台)(?:的|工作)?(?:背景|依据|目的|过程|情况|必要性)|(?:背景|必要性|依据)(?:和|与|及|、)[^，。\n]{0,8}"
    r"(?:依据|必要性|意义|过程|目的|内容)"
)
_FORM = re.compile(r"(?:反馈|意见|建议|征求|登记|申报|汇总|一览|分工)[^。]{0,8}表|(?:表|图|清单|名单)(?:\.\w+)?$")
_UNNAMED = re.compile(
    r"^(?:附件|文件|下载|fj)?[\s\d一二三四五六七八九十:：.、_-]*(?:\.\w{2,5})?$|^[\w.%-]+$|\.(?:zip|rar|7z)$",
    re.ASCII | re.I,
)
_WAYS = {
    "email": re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}|(?:电子)?邮箱|电子邮件"),
    "phone": re.compile(
        r"(?<!\d)(?:0\d{2,3}[-－—) ]{0,2})?[2-9]\d{6,7}(?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)|(?:联系)?电话|传真"
    ),
    "post": re.compile(r"邮寄|信函|来信|邮编|邮政编码|地址|书面(?:形式|意见|反馈)|来访|送达"),
    "online": re.compile(r"登录|网上|在线|留言|网站|网址|扫(?:码|描)|二维码|https?://|平台|系统|小程序|公众号"),
}
_ELSEWHERE = re.compile(
    r"(?:登录|访问|点击|扫码|扫描)[^。\n]{0,60}(?:查看|下载|查阅|浏览|获取)|详见[^。\n]{0,30}(?:网|链接|http)"
)
_LONG = 1500  # characters of a text without articles that holds the draft itself


@dataclass(frozen=True, kw_only=True)
class Papers:
    """What a notice comes with. ``unsure``: why what was not found may be there all the same; None: it is not there."""

    draft: str | None
    explanation: str | None
    ways: tuple[str, ...]
    unsure: str | None

    def missing(self, period: Period | None) -> tuple[str, ...]:
        """The names of what was not found, as the article calls them."""
        return tuple(
            name
            for name, found in (
                ("草案", self.draft),
                ("说明", self.explanation),
                ("提出意见的方式", self.ways),
                ("期限", period),
            )
            if not found
        )


def papers_of(item: Item) -> Papers:
    """The draft, the explanation and the ways to answer, each in the words or by the file that shows it."""
    text = item.body_text or ""
    explanation = _EXPLAINS.search(text)
    explaining = next((file.name for file in item.attachments if "说明" in file.name), None)
    return Papers(
        draft=_draft(item, text),
        explanation=explaining or (explanation[0] if explanation else None),
        ways=tuple(name for name, pattern in _WAYS.items() if pattern.search(text)),
        unsure=next(_doubts(item, text), None),
    )


def _draft(item: Item, text: str) -> str | None:
    for file in item.attachments:
        if "说明" not in file.name and not _FORM.search(file.name):
            return file.name
    article = _FIRST_ARTICLE.search(text)
    if article is not None:
        return article[0].strip()
    return f"the text, {len(text)} characters" if len(text) >= _LONG else None


def _doubts(item: Item, text: str) -> Iterator[str]:
    unnamed = next((file.name for file in item.attachments if is_unnamed(file)), None)
    if unnamed is not None:
        yield f"the file {unnamed} may hold it"
    elsewhere = _ELSEWHERE.search(text)
    if elsewhere is not None:
        yield f"the page leads elsewhere for its papers: {elsewhere[0]}"
    if len(text) < 100:
        yield "the page shows next to no text: it may be a picture"


def is_unnamed(file: Attachment) -> bool:
    """Whether a file's name does not tell what it holds, or it holds several."""
    return _UNNAMED.search(file.name.strip()) is not None
