# ruff: noqa: E501 - sentences are kept whole
"""Documents that several units publish, and those that only look like it: what is one for the catalogue, and what is not.

A unit's own document stands at other units too, later and under their own addresses, and an article of the press stands
at several: one document each, of the unit that published it first. Beside them stand pairs that a careless reader
would take for one. All of it is put into columns in which nothing is wrong, with dates that change no verdict.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.city import words
from tests.city.dice import Dice
from tests.city.matters import long_day
from tests.city.model import Column, Unit

if TYPE_CHECKING:
    from tests.city.city import City

# how many of each in a city of 34 units
OFFICIAL, PRESS = 6, 4
OFFICIAL_KINDS = ("policies", "notices", "plans", "livelihood", "activity", "news")
PRESS_KINDS = ("news", "activity", "notices", "livelihood")
NOTICE_KINDS = ("notices", "livelihood", "activity", "news")
AGENCIES = ("新华社", "青禾日报")
BRACKETS = ("〔{}〕", "[{}]", "（{}）", "〔{}〕")
OLDEST, NEWEST = 160, 36  # days ago; what is newer might freshen a front page
LATEST = 9  # days after the first publisher, at the most, that a copy stands

Place = tuple[Column, int]


@dataclass(frozen=True)
class Shared:
    """One document on several sites: where it stood first, and where else it stands."""

    first: Place
    copies: tuple[Place, ...]


@dataclass
class _Sowing:
    """The columns that may take more, and what has been put into them."""

    city: City
    dice: Dice
    free: list[Column]
    load: Counter[int]

    def columns(
        self, kinds: Sequence[str], count: int, fits: Callable[[Unit], bool] = lambda unit: True
    ) -> list[Column]:
        """Columns of so many different units, those that hold least of it first; fewer where there are not so many."""
        best: dict[int, Column] = {}
        for kind in kinds:
            for column in self.free:
                if column.kind == kind and column.unit.index not in best and fits(column.unit):
                    best[column.unit.index] = column
        roll = {index: Dice(self.city.seed, "shared", self.dice.roll(), index).roll() for index in sorted(best)}
        order = sorted(best, key=lambda index: (self.load[index], roll[index]))
        return [best[index] for index in order[:count]]

    def put(self, column: Column, day: dt.date, title: str, body: Sequence[str], **facts: Any) -> Place:
        """Another item of the column."""
        key = column.count + len(column.mirrors) + len(column.extras)
        column.extras.append(key)
        column.edits[key] = {
            "placed_on": day, "published_on": day, "title": title, "body": tuple(body), "files": (), **facts,
        }  # fmt: skip
        column.order = None
        self.load[column.unit.index] += 1
        return column, key

    def day(self) -> dt.date:
        """A day on which something may have come out first."""
        return self.city.as_of - dt.timedelta(days=self.dice.between(NEWEST, OLDEST))

    def matter(self) -> tuple[str, str]:
        """What a document is about, and where."""
        return self.dice.one(words.MATTERS), self.dice.one(words.PLACES)


def sow(city: City) -> None:
    """Puts the documents into the city; ``city.shared`` and ``city.lookalikes`` say which they are."""
    free = [c for c in city.columns if _may_take_more(c)]
    free.sort(key=lambda c: Dice(city.seed, "shares", c.no).roll())
    sowing = _Sowing(city, Dice(city.seed, "shared"), free, Counter())
    documents = [
        found for n in range(_wanted(city, OFFICIAL)) if (found := _official(sowing, n)) is not None
    ]  # fmt: skip
    articles = [found for n in range(_wanted(city, PRESS)) if (found := _press(sowing, n)) is not None]
    city.shared = [*documents, *articles]
    first = documents[0].first if documents else None
    for n in range(min(len(_LOOKALIKES), max(1, len(city.units) // 2))):
        name, make = _LOOKALIKES[(n + city.seed) % len(_LOOKALIKES)]
        city.lookalikes |= dict.fromkeys(((c.no, key) for c, key in make(sowing, first)), name)


def _wanted(city: City, base: int) -> int:
    return max(1, round(base * len(city.units) / 34))


def _may_take_more(column: Column) -> bool:
    unit = column.unit
    sound = column.breach is None and column.fault is None and not column.undated and not column.feed
    plain = not (column.single or column.years or column.hidden or column.reports or column.family == "drawn")
    return sound and plain and column.count > 1 and not unit.dead and not unit.quiet


def _official(sowing: _Sowing, n: int) -> Shared | None:
    """A unit's own document, which others show with the unit as its source, and its number in brackets of their own."""
    dice = sowing.dice
    issuing = sowing.columns(OFFICIAL_KINDS, 1, lambda unit: unit.kind in ("district", "department"))
    if not issuing:
        return None
    column = issuing[0]
    unit, day = column.unit, sowing.day()
    others = sowing.columns(OFFICIAL_KINDS, dice.between(2, 4), lambda other: other is not unit)
    if not others:
        return None
    matter, place = sowing.matter()
    formed = day - dt.timedelta(days=dice.between(0, 6))
    title = f"{unit.name}关于做好{day.year}年度{place}{matter}重点工作的实施意见"
    body = (
        *words.paragraphs(dice, matter, place),
        f"本意见自印发之日起施行，由{unit.name}负责解释。",
    )
    serial = f"{n + 1}号"
    label = {"issuing_body": unit.name, "formed_on": formed}

    def facts(of: Column, brackets: str | None, source: str) -> dict[str, Any]:
        number = f"{unit.number_word}文{brackets.format(formed.year)}{serial}" if brackets else None
        shown = {"source": source if of.unit.style.source else None}
        return {**shown, **(label | {"document_number": number} if of.labelled else {})}

    first = sowing.put(column, day, title, body, **facts(column, BRACKETS[0], unit.name))
    copies = []
    for nth, other in enumerate(others):
        brackets = None if nth == 2 else BRACKETS[(n + nth) % len(BRACKETS)]
        later = day + dt.timedelta(days=dice.between(1, LATEST))
        copies.append(sowing.put(other, later, title, body, **facts(other, brackets, unit.name)))
    return Shared(first, tuple(copies))


def _press(sowing: _Sowing, n: int) -> Shared | None:
    """An article of the press at three units, one of which names its editor and adds where it has it from."""
    dice = sowing.dice
    where = sowing.columns(PRESS_KINDS, 3, lambda unit: unit.style.source)
    if len(where) < 2:
        return None
    matter, place = sowing.matter()
    agency, day = AGENCIES[n % len(AGENCIES)], sowing.day()
    title = f"一线观察：{place}{matter}里的为民情怀（{n + 1}）"
    body = (*words.paragraphs(dice, matter, place), *words.paragraphs(dice, matter, place)[1:])
    places = []
    for nth, column in enumerate(where):
        shown: dict[str, Any] = {"source": agency}
        if column.labelled:
            shown |= {"document_number": None, "issuing_body": agency, "formed_on": day}
        if nth == len(where) - 1:
            shown["credit"] = "责任编辑：周小穗"
        text = (*body, "读者如有线索，可以通过热线和客户端联系我们。") if nth == 1 else body
        places.append(sowing.put(column, day + dt.timedelta(days=nth), title, text, **shown))
    return Shared(places[0], tuple(places[1:]))


# ------------------------------------------------------------------ what is not one document

Pair = Iterator[Place]


def _nothing(sowing: _Sowing, _first: Place | None) -> Pair:
    """Two units say in the same words that there is nothing to publish."""
    day = sowing.day()
    for n, column in enumerate(sowing.columns(NOTICE_KINDS, 2)):
        then = day + dt.timedelta(days=n)
        yield sowing.put(column, then, f"关于{day.year}年度行政处罚信息公开情况的说明", ("本年度无行政处罚信息。",))


def _holiday(sowing: _Sowing, _first: Place | None) -> Pair:
    """Two units' notices for the holidays, from one template, with the telephones of each."""
    day = sowing.day()
    for column in sowing.columns(NOTICE_KINDS, 2):
        phone = f"0999-210{column.unit.index:04d}"
        yield sowing.put(column, day, f"关于{day.year}年节假日期间值班安排的通知", (
            f"为做好{day.year}年节假日期间的值班工作，确保政务运转正常、信息报送及时，现将{column.unit.name}值班安排通知如下。",
            "一、严格执行领导带班和二十四小时值班制度，值班人员应当坚守岗位，遇有重要情况按照规定程序及时报告。",
            "二、各科室要在放假前开展一次安全检查，关闭电源和门窗，落实防火、防盗措施，消除各类隐患。",
            f"三、值班电话：{phone}，值班地点：青禾市禾中路{column.unit.index + 1}号{column.unit.short}一楼。",
        ))  # fmt: skip


def _recruitment(sowing: _Sowing, _first: Place | None) -> Pair:
    """Two units' notices of vacancies, from one template."""
    day = sowing.day()
    for n, column in enumerate(sowing.columns(NOTICE_KINDS, 2)):
        name, posts = column.unit.name, 3 + column.unit.index % 5
        yield sowing.put(column, day + dt.timedelta(days=n), f"{name}{day.year}年公开招聘编外工作人员公告", (
            f"因工作需要，{name}面向社会公开招聘编外工作人员{posts}名，现将有关事项公告如下。",
            "一、招聘原则。坚持公开、平等、竞争、择优的原则，严格按照规定的条件和程序进行。",
            "二、应聘条件。遵守宪法和法律，具有良好的品行；具有岗位要求的学历和技能；身体健康，能够履行岗位职责。",
            "三、报名方式。采取现场报名方式，报名时应当提交报名表、学历证书等材料，并对材料的真实性负责。",
            f"四、报名地点：青禾市禾中路{column.unit.index + 1}号{column.unit.short}人事科。",
            "五、考试考核。由笔试和面试组成，按照综合成绩从高分到低分确定拟聘用人员，并予以公示。",
        ))  # fmt: skip


def _forwarded(sowing: _Sowing, first: Place | None) -> Pair:
    """A unit forwards another's document with a letter of its own before the whole of its text."""
    if first is None:
        return
    column, key = first
    given = column.edits[key]
    for other in sowing.columns(
        ("notices", "policies", "livelihood", "activity", "news"), 1, lambda u: u is not column.unit
    ):
        name = other.unit.name
        cover = f"现将《{given['title']}》转发给你们，请结合实际认真贯彻落实，并于月底前将落实情况书面报送{name}。"
        day = given["published_on"] + dt.timedelta(days=3)
        yield sowing.put(other, day, f"{name}转发《{given['title']}》的通知", (cover, *given["body"]))


def _interpretation(sowing: _Sowing, first: Place | None) -> Pair:
    """What a document means, with much of its text."""
    if first is None:
        return
    column, key = first
    given = column.edits[key]
    for other in sowing.columns(NOTICE_KINDS, 1, lambda u: u is not column.unit):
        text = (f"近日，《{given['title']}》印发施行，现就有关内容解读如下。", *given["body"][:-1])
        yield sowing.put(other, given["published_on"] + dt.timedelta(days=1), f"《{given['title']}》政策解读", text)


def _draft(sowing: _Sowing, _first: Place | None) -> Pair:
    """A draft that opinions are asked on, and what another unit issued in the end, almost word for word."""
    where = sowing.columns(NOTICE_KINDS, 2)
    if len(where) < 2:
        return
    matter, place = sowing.matter()
    named = f"{words.CITY}{place}{matter}服务管理办法"
    articles = (
        f"第一条 为了规范{place}{matter}，维护公众的合法权益，结合实际，制定本办法。",
        f"第二条 本办法适用于{place}范围内{matter}的组织实施和监督管理活动，法律法规另有规定的从其规定。",
        "第三条 主管部门负责统筹协调和业务指导，其他有关部门按照各自职责做好相关工作。",
        "第四条 任何单位和个人有权对违反本办法的行为进行投诉举报，收到举报的部门应当及时核实处理。",
    )
    issued = sowing.day()
    asked = issued - dt.timedelta(days=sowing.dice.between(60, 90))
    mail = f"{where[0].unit.id}@qinghe.invalid"
    yield sowing.put(
        where[0], asked, f"关于《{named}（征求意见稿）》公开征求意见的公告",
        (
            f"现就《{named}（征求意见稿）》向社会公开征求意见，征求意见时间：{long_day(asked)}至{long_day(asked + dt.timedelta(days=35))}。",
            f"意见可以发送至电子邮箱{mail}，或者邮寄至青禾市禾中路{where[0].unit.index + 1}号{where[0].unit.short}。",
            *articles, "第五条 本办法自公布之日起三十日后施行。",
        ),
    )  # fmt: skip
    yield sowing.put(where[1], issued, f"关于印发《{named}》的通知", (*articles, "第五条 本办法自印发之日起施行。"))


def _same_title(sowing: _Sowing, _first: Place | None) -> Pair:
    """Two units' documents of one title, each with its own text."""
    matter, day = sowing.matter()[0], sowing.day()
    for column in sowing.columns(NOTICE_KINDS, 2):
        text = words.paragraphs(Dice(sowing.city.seed, "own text", column.no), matter, sowing.matter()[1])
        yield sowing.put(column, day, f"关于做好{day.year}年{matter}有关工作的通知", text)


_LOOKALIKES: tuple[tuple[str, Callable[[_Sowing, Place | None], Pair]], ...] = (
    ("nothing", _nothing),
    ("forwarded", _forwarded),
    ("holiday", _holiday),
    ("interpretation", _interpretation),
    ("recruitment", _recruitment),
    ("draft", _draft),
    ("same_title", _same_title),
)
