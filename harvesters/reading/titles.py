"""What matter a title is about, and at which stage it speaks of it: consultation, feedback, document, interpretation.

A title comes in; out go its core, which is the same for 《青禾市河道保护管理办法（征求意见稿）》, for the notice that
asks for opinions on it, for the notice that brings it into force and for its interpretation, and the years it names,
which tell this year's plan from last year's. Only words that say nothing of the matter are taken off: marks of a draft,
the number, the issuing body before 关于, and the act (印发, 公开征求意见, 解读 …). Acts that make another document of
it (修改, 废止, 贯彻, 补充 …) stay. Two titles are of one matter when their cores are equal, never when they look alike.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

LONGEST = 300  # characters of a title that are looked at
_LEAST = 4  # characters that must be left of a title for an act to be taken off it
_BEGINNING = 10  # characters of a core that tell it from most others
_FEW = 8  # beginnings looked for one by one
_NAMED = 6  # characters from which on a core can stand for one matter

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("〈<﹤︽", "《"),
        **dict.fromkeys("〉>﹥︾", "》"),
        **dict.fromkeys("[〖", "【"),
        **dict.fromkeys("]〗", "】"),
        **dict.fromkeys("丨│∣︱", "|"),
        **dict.fromkeys("—–―－~～─", "-"),
        "∶": ":",
    }
)
_SIGNED = re.compile(f"[{re.escape(''.join(map(chr, _SIGNS)))}]")
_DROPPED = re.compile(r"[\s\u200b-\u200d\u2060\ufeff\u00ad“”‘’\"'「」『』·•]+")
_NUMBER = re.compile(
    r"[\u4e00-\u9fffa-z]{1,14}[〔【(《]\s?(?:19|20)\d\d年?[〕】)》]第?\d{1,5}(?:号|(?=[)】]|$))"
    r"|[\u4e00-\u9fff]{2,20}(?:令|公告|通告)\(?(?:(?:19|20)\d\d年)?第\d{1,5}号\)?"
)
_DRAFT_WORDS = (
    r"(?:(?:19|20)\d\d年|第?[一二三四五\d]次|再次|新|拟|公开|公示|修订|修正|修改|草案|草稿|初稿|征求|征集|征询|听取|"
    r"意见|建议|社会|公众|审议|送审|审查|讨论|代拟|代拟稿|试行|暂行|报批|稿|版|本|的|[,、;])"
)
_DRAFT_MARK = re.compile(rf"\({_DRAFT_WORDS}{{1,12}}+(?:\)|(?=》|$))")
_DRAFT_END = re.compile(
    r"(?:(?:修订|修正)?草案)?(?:公开)?(?:征求意见|征集意见|意见征求|意见征集|送审|讨论|审议|代拟|公示|修订)稿$"
    r"|(?:修订|修正|公示)?草案$|(?:征求意见|公示)版$"
)
_DRAFT_SHOWN = re.compile(rf"(?:\({_DRAFT_WORDS}{{1,12}}+\)|草案)的?(?:公示|公开|公布)的?(?:公告|通告|通知)?$")
_IS_DRAFT = re.compile(r"草案|(?:征求意见|征集意见|意见征求|意见征集|送审|审议|讨论|代拟|公示|意见|建议)稿|草稿|初稿")
_YEARS = re.compile(r"(?:19|20)\d\d(?:[-至](?:19|20)?\d\d)?(?:年度?版?|版|(?=\)))|(?<=\()(?:19|20)\d\d-(?:19|20)\d\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_TAG = re.compile(
    r"^【[^【】]{1,20}】|【[^【】]{1,20}】$|^(?:公开)?(?:意见征集|征求意见|征集意见|民意征集|结果反馈|意见反馈)[|:-]+(?=.)"
)
_QUOTES = re.compile("[《》]")
_EMPTY = re.compile(r"\(\)|《》|【】")
_FOREIGN = re.compile(r"[^\u4e00-\u9fff《》（）〈〉【】〔〕、，。：；！？“”\s()]")
_NO_LETTERS = re.compile(r"[\W_]+")

# ------------------------------------------------------------------ acts

_BODY = r"(?:[^《》]{2,60}?[府室厅局委部会院社处站队司校园所镇乡办区县市盟州旗心团门位等署行道])"
# words that make another document of the one they stand before
_OTHER_ACT = re.compile(
    r"废止|失效|修改|修订(?!印发|并?发布|后)|修正|贯彻|落实|学习|宣传|实施|执行|根据|依据|按照|违反|停止|终止|清理|补充|调整|"
    r"评估|申报|延长|延期|听证"
)
_BEFORE = (
    r"(?:关于|对于|现就|就|对|有关|开展|组织|再次|第[一二三四]次|继续|面向|向|全社会|社会|各界|公众|公开|广泛|征求|征集|征询|"
    r"听取|公示|重新|修订|印发|下发|发布|公布|颁布|颁发|转发|施行|一张图|一组图|一图|一文|图片|图文|文字|视频|音频|动漫|动画|漫画|"
    r"长图|专家|部门|媒体|权威|官方|政策|文件|简明|带你|图解|图说|读懂|看懂|了解|解读|详解|速览|速读|问答|之|[一二三四五\d:|、,!?-])"
)
_AFTER = (
    r"(?:的|全社会|面向|向|社会|各界|公众|群众|公开|网上|网络|民意|再次|征求|征集|征询|听取|意见|建议|和|与|及|情况|结果|反馈|采纳|吸收|处理|"
    r"办理|研究|汇总|说明|公告|公示|通知|启事|通告|函|报告|公布|发布|决定|命令|令|政策|文件|文字|图解|图文|图片|视频|音频|动漫|"
    r"专家|部门|媒体|解读|读懂|热点问答|常见问题|问答|解答|答记者问|起草|编制|修订|修改|制定|出台|背景|材料|期满|无|未收到|通报|统计|工作|期间|时间|"
    r"期限|新闻发布会|发布会|要点|简明|之|篇|全文|内容|实录|[一二三四五六七八九十\d:|、,.!?()-])"
)
_PREFIX = re.compile(rf"(?P<body>[^《》]{{0,60}}?)(?P<acts>{_BEFORE}*+)")
_SUFFIX = re.compile(rf"{_AFTER}*+")
_BETWEEN = re.compile(r"[、和及与,]*")

_INTERPRETING = (
    r"(?:官方|权威|政策|文件|文字|图文|图片|视频|音频|动漫|动画|漫画|长图|专家|部门|媒体|负责人|全文|简明|一图|一文|一张图|要点|"
    r"内容|新闻发布会|热点|常见|系列|深度|新旧|对比|h5)"
)
_INTERPRETED_BEFORE = re.compile(
    rf"^{_INTERPRETING}*+(?:解读|读懂|看懂|图解|图说|详解|速览|速读)[一二三四五\d]?(?:[:|、,!-]+|(?=《))(?P<of>.{{4,}})$"
)
_INTERPRETED_AFTER = re.compile(
    rf"^(?P<of>.{{4,}}?)(?:的|及)?{_INTERPRETING}*+(?:解读|图解|问答|问题解答|答记者问|(?:起草|编制|制定|修订)说明)"
    r"(?:材料|文件|稿|文章|说明|之)?\(?(?:[一二三四五六七八九十\d上中下]|(?:图文|文字|图片|视频|长图|简明)版?)?\)?$"
)
_ASKED_BEFORE = re.compile(
    rf"^(?:{_BODY}?(?:关于|就|对)?)?(?:开展|再次|第[一二三四]次|继续|面向|向|全社会|社会|各界|公众|公开|广泛)*+(?:征求|征集|征询|听取)"
    rf"(?:社会各界对|各方对|公众对|对|关于)?(?P<of>.{{4,}}?)的?(?:公众|社会|各界|修改|宝贵)*+(?:意见|建议){_AFTER}*+$"
)
_ASKED_AFTER = re.compile(
    r"^(?P<of>.{4,}?)(?:的|面向|向|全社会|社会|各界|公众|公开|网上|网络|再次|广泛)*+"
    rf"(?:(?:征求|征集|征询|听取)(?={_AFTER}*+$)|(?:意见|民意)(?:建议)?(?:的)?(?:征集|征求|征询|采纳|吸收|反馈|汇总|处理|办理)){_AFTER}*+$"
)
_ISSUED = re.compile(
    rf"^{_BODY}?(?:关于)?(?:重新)?(?:印发|转发|发布|公布|下发|颁布|颁发)(?:实施|施行)?(?P<of>.{{4,}}?)的?(?:通知|公告|通告|决定|命令|令)$"
)
_OF = re.compile(rf"^(?:{_BODY})?关于(?=.{{4}})")
_SEEN_AT_ONCE = re.compile(r"^(?:一图|一张图|一组图|一文)(?:读懂|看懂|解读|速览|了解)(?P<of>.{4,})$")
_UNWRAPPING = (_INTERPRETED_BEFORE, _SEEN_AT_ONCE, _INTERPRETED_AFTER, _ASKED_BEFORE, _ASKED_AFTER, _ISSUED)

# ------------------------------------------------------------------ stages

_TELLS = re.compile("解读|图解|读懂|看懂|问|一图|图说|要点|说明|征|听取|意见|建议|稿|草案|采纳|反馈|结果")
_SPOKEN_OF = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》")
_INTERPRETS = re.compile(
    r"解读(?!工作|机制|制度|方案|办法|人员|员|会|活动|专栏|栏目|回应)|图解|读懂|看懂|答记者问|政策问答|热点问答|一图|图说|政策要点|"
    r"(?:起草|编制|制定|修订)说明|》问答"
)
_ANSWERS = re.compile(
    r"(?:征求|征集|征询|听取|意见|建议|稿|草案).{0,40}?(?:采纳|吸收|反馈|汇总|结果|情况)|采纳(?:反馈)?情况|结果(?:的)?反馈|反馈结果|期满|"
    r"(?:无|未收到|没有收到)(?:任何|社会|公众|反馈|修改)*+意见"
)
_CONSULTS = re.compile(
    r"(?:征求|征集|征询|听取).{0,80}?(?:意见|建议|稿)|意见(?:建议)?(?:的)?(?:征集|征求|征询)|公开征(?:求|集)|【(?:意见)?征(?:求|集)"
)
_HEARS = re.compile("听证|论证|评估|评审|座谈")
_SAYS_NOTHING = re.compile(
    rf"(?:{_BEFORE}|{_AFTER}|{_INTERPRETING}|征求意见稿|草案|活动|事项|起草|政府|本局|我局|查看|点击|点此|阅读|浏览|原文|原件|链接|地址|详情|更多|下载|相关|关联)++"
)


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What a title is about. ``is_named`` False: it names no matter (关于公开征求意见的公告) and has no partner."""

    core: str
    years: frozenset[int] = frozenset()
    is_named: bool = True

    def is_same(self, other: Matter) -> bool:
        """Whether both titles are of one matter: equal cores, and years that do not contradict each other."""
        if not (self.is_named and other.is_named and self.core == other.core):
            return False
        return not self.years or not other.years or self.years == other.years


class Beginnings(NamedTuple):
    """How the cores of some matters begin, and how long these beginnings are."""

    texts: frozenset[str]
    sizes: tuple[int, ...]


def core_title(title: str) -> str:
    """The core of ``title``; idempotent, and never empty for a title that is not."""
    return _cored(title)[0]


@lru_cache(maxsize=16384)
def matters(title: str) -> tuple[Matter, ...]:
    """The matters ``title`` is about: one, or each of those it sets in 《》 side by side (《甲》《乙》解读)."""
    text = _plain(title[:LONGEST])[:LONGEST]
    parts = _quoted(text)
    if len(parts) > 1 and all(end - start > _LEAST for start, end in parts) and _is_enumeration(text, parts):
        return tuple(_matter(text[start + 1 : end]) for start, end in parts)
    return (_matter(title),)


def matters_in(title: str, text: str | None) -> tuple[Matter, ...]:
    """The matters of a page: of its title or, where that names none, of the first draft that its text sets in 《》."""
    found = matters(title)
    if any(one.is_named for one in found) or not text:
        return found
    named = draft_named(text)
    return matters(named) if named else found


def stage_of(title: str) -> str | None:
    """What a title says its page is: "consultation", "feedback" or "interpretation"; None where it says none of them.

    The explanation of a draft (起草说明 of a 征求意见稿) is none: it is a part of the consultation's papers.
    """
    if _TELLS.search(title) is None:
        return None
    text = _plain(title[:LONGEST])[:LONGEST]
    around = _SPOKEN_OF.sub("》", text)
    if _INTERPRETS.search(around):
        return None if _IS_DRAFT.search(text) else "interpretation"
    if _ANSWERS.search(around):
        return "feedback"
    if _CONSULTS.search(around):
        return "consultation"
    if _HEARS.search(around):
        return None
    marks = (*_DRAFT_MARK.findall(text), *_DRAFT_END.findall(text))
    return "consultation" if _DRAFT_SHOWN.search(around) or any(map(is_draft, marks)) else None


def beginnings(wanted: Iterable[Matter]) -> Beginnings:
    """How the cores of these matters begin, for a quick look with ``may_name``."""
    texts = frozenset(matter.core[:_BEGINNING] for matter in wanted if matter.is_named)
    return Beginnings(texts, tuple(sorted({len(text) for text in texts})))


def may_name(title: str, wanted: Beginnings) -> bool:
    """Whether ``title`` may be of one of the matters whose ``beginnings`` these are: a quick look that misses none."""
    if not wanted.texts:
        return False
    letters = in_letters(title)
    if len(wanted.texts) < _FEW:
        return any(text in letters for text in wanted.texts)
    return any(
        letters[at : at + size] in wanted.texts for size in wanted.sizes for at in range(len(letters) - size + 1)
    )


def in_letters(title: str) -> str:
    """``title`` in letters alone, without years: the beginning of its core stands in it in one piece."""
    if _FOREIGN.search(title) is None:
        return _NO_LETTERS.sub("", title)  # half of all titles: nothing in them has another form, and no year
    return _NO_LETTERS.sub("", _EMPTY.sub("", _YEARS.sub("", _plain(title[:LONGEST]))))


def is_draft(text: str) -> bool:
    """Whether ``text`` names a draft (草案, 征求意见稿 …)."""
    return _IS_DRAFT.search(text) is not None


def named_in(title: str) -> tuple[str, ...]:
    """What a title sets in 《》, outermost, as written there."""
    return tuple(title[start + 1 : end].strip() for start, end in _quoted(title) if end - start > _LEAST)


def draft_named(text: str) -> str | None:
    """The first draft that a text sets in 《》, as written there, or has the mark of one behind it."""
    head = text[:3000]
    for start, end in _quoted(head):
        named, after = head[start + 1 : end], head[end + 1 : end + 12]
        if 4 <= end - start <= LONGEST and (
            _IS_DRAFT.search(named) or re.match(r"\s*[（(][^（()）]*(?:稿|草案)", after)
        ):
            return named.strip()
    return None


# ------------------------------------------------------------------ taking off what is not the matter


def _matter(title: str) -> Matter:
    core, years = _cored(title)
    names = len(core) >= _NAMED and _SAYS_NOTHING.fullmatch(core) is None and in_letters(core) != ""
    return Matter(core=core, years=years, is_named=names)


@lru_cache(maxsize=16384)
def _cored(title: str) -> tuple[str, frozenset[int]]:
    text = _plain(title[:LONGEST])[:LONGEST]
    years: set[int] = set()
    while True:
        less = _less(text, years)
        if less == text:
            less = _plain(text)  # what was apart may have come together
            if less == text:
                return text or title, frozenset(years)
        text = less


def _plain(title: str) -> str:
    """``title`` in one width and case, with one sign for each sort of bracket, stroke and dash, without spaces."""
    text = unicodedata.normalize("NFKC", title)
    if _SIGNED.search(text) is not None:
        text = text.translate(_SIGNS)
    return _DROPPED.sub("", text).lower()


def _less(text: str, years: set[int]) -> str:
    """``text``, plain, without the next thing that says nothing of the matter; as it is when there is none."""
    shorter = _DRAFT_SHOWN.sub("", _TAG.sub("", _NUMBER.sub("", text)))
    shorter = _EMPTY.sub("", _DRAFT_MARK.sub("", shorter))
    if shorter != text and len(shorter) >= _LEAST:
        return shorter
    parts = _quoted(text)
    if len(parts) == 1 and _is_act(text, *parts[0]):
        start, end = parts[0]
        return text[start + 1 : end]
    for pattern in _UNWRAPPING:
        found = pattern.match(text)
        if found and not _OTHER_ACT.search(text, 0, found.start("of")):
            return found["of"]
    shorter = _OF.sub("", text, count=1) if "关于" in text else text
    if shorter != text and not _OTHER_ACT.search(text, 0, len(text) - len(shorter)):
        return shorter
    shorter = _DRAFT_END.sub("", text)
    if shorter != text and len(shorter) >= _LEAST:
        return shorter
    shorter = _EMPTY.sub("", _YEARS.sub("", text))
    if shorter != text and len(shorter) >= _LEAST:
        years.update(int(year) for found in _YEARS.findall(text) for year in _YEAR.findall(found))
        return shorter
    return _NO_LETTERS.sub("", text) or text


def _is_act(text: str, start: int, end: int) -> bool:
    """Whether all that stands around 《…》 is an act that leaves the document what it is."""
    if end - start <= _LEAST:
        return False
    before, after = text[:start], text[end + 1 :]
    acts = _PREFIX.fullmatch(before)
    if acts is None or (acts["body"] and not acts["acts"]) or _OTHER_ACT.search(before):
        return False
    return _SUFFIX.fullmatch(after) is not None


def _is_enumeration(text: str, parts: list[tuple[int, int]]) -> bool:
    """Whether several 《…》 stand side by side, and only an act around them."""
    between = all(_BETWEEN.fullmatch(text[one[1] + 1 : two[0]]) for one, two in itertools.pairwise(parts))
    first, last = parts[0][0], parts[-1][1]
    return between and _is_act(f"{text[:first]}《……………》{text[last + 1 :].removeprefix('等')}", first, first + 6)


def _quoted(text: str) -> list[tuple[int, int]]:
    """Where the outermost 《…》 begin and end."""
    found = []
    depth = first = 0
    for sign in _QUOTES.finditer(text):
        if sign[0] == "《":
            if depth == 0:
                first = sign.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                found.append((first, sign.start()))
    return found
