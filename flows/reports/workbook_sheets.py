"""What the workbook's sheets say: a scoreboard, findings, columns, counts in; heads, rows and charts out; pure.

Heads are those of the office's papers (检查情况通报, its annexes). Every share has its two numbers in cells of their
own. What is ours to put right stands on a sheet of its own and is counted against no unit.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from flows.reports.notice import facts_in_words
from flows.reports.scoreboard import CHINESE
from flows.reports.sheets import Area, Book, Head, Value
from storage.catalogue import Count, MonthCount
from storage.console import texts
from storage.console.board import Trouble
from storage.findings import State
from storage.schema import Category, Column, Evidence, Finding, FindingKind, Observation, PeerGroup, Unit, VerdictKind

Line = Mapping[str, Any]  # of a unit, as the scoreboard's JSON has it
_KINDS: Final = [kind.value for kind in FindingKind]
_TALL: Final = 22  # pixels of a unit in a chart
_ROW: Final = 20  # pixels of a row
_LABEL: Final = 60  # signs of a name in a chart


@dataclass(frozen=True, kw_only=True)
class Past:
    """A frozen period as its amendments leave it; it has so many ``months``."""

    chinese: str
    months: int
    as_of: str
    lines: Sequence[Line]


@dataclass(frozen=True, kw_only=True)
class ColumnLine:
    """A column with its looks; ``due_on`` is the last day on which it is fresh without anything new."""

    unit: Unit
    column: Column
    rows: int
    newest_on: dt.date | None
    due_on: dt.date | None
    last: Observation | None
    good_at: dt.datetime | None
    looks: tuple[int, int]  # days with a good look, days on which one was due


@dataclass(frozen=True, kw_only=True)
class Told:
    """A finding with the words that name what it is about."""

    finding: Finding
    unit: Unit
    rule: str
    column: str | None = None
    item: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Contents:
    """Everything that is told. What is long comes as an iterator and is asked for once, in the order of the sheets.

    ``board`` is the scoreboard's JSON, its ``scores`` only those of ``units``; ``cells`` count verdicts by unit and
    rule; ``documents`` count each document once.
    """

    city: str
    board: Mapping[str, Any]
    units: Sequence[Unit]
    made_at: dt.datetime
    zone: dt.tzinfo
    scope: str  # which period or day, in words
    notes: Sequence[tuple[str, str]]
    losses: Iterable[Sequence[Value]]
    findings: Iterable[Told]
    columns: Sequence[ColumnLine]
    cells: Mapping[tuple[str, str], Mapping[str, int]]
    rules: Mapping[str, str]  # titles
    items: Sequence[Count]
    documents: Mapping[Category, int]
    months: Sequence[MonthCount]
    shown_months: Sequence[tuple[int, int]]  # at least one, in a row; what is before and after them is told in one
    troubles: Sequence[Trouble]
    receivers: Sequence[Mapping[str, Any]]
    past: Sequence[Past] = field(default_factory=tuple)  # those of one length side by side, in their order

    @property
    def names(self) -> dict[str, str]:
        """Names of the units by id."""
        return {unit.id: unit.name for unit in self.units}


def write(book: Book, told: Contents) -> None:
    """All sheets, in their order. The first is written last, for it counts what the others hold."""
    title = f"{told.city}政府信息公开监测：{told.scope}"
    overview = book.sheet("总览", title, [32, 12, 12, 12, 12, 12, 12, 12, 12])
    places = _ranking(book, told)
    book.table("扣分明细", f"扣分明细 · {told.scope}", LOSSES, told.losses, frozen=1)
    book.table("问题清单", f"问题清单 · {told.scope}", FINDINGS, _findings(told), frozen=1)
    book.table("栏目", "栏目与最近观测", COLUMNS, map(_column, told.columns), frozen=2)
    book.table("判定", f"判定数 · {told.scope}", VERDICTS, _verdicts(told), frozen=1)
    _categories(book, told)
    _months(book, told)
    book.table("我方待处理", "我方待处理（不计入任何单位）", TROUBLES, _troubles(told), frozen=1)
    book.table("供数", "供数情况", RECEIVERS, map(_receiver, told.receivers), frozen=1)
    notes = [Head("事项", "what", 24), Head("说明", "how it is counted", 110)]
    book.table("说明", "说明", notes, told.notes)
    _overview(book, overview, told, places)


# ------------------------------------------------------------------ the ranking


def ranking_heads(board: Mapping[str, Any]) -> list[Head]:
    """The heads of the ranking: fixed ones, then three of each group of obligations, then findings by kind."""
    heads = [
        Head("名次", "rank", 7, "whole"),
        Head("单位", "unit", 30),
        Head("同类", "peer group", 14),
        Head("同类参排数", "ranked peers", 8, "whole"),
        Head("得分", "points", 9, "points", mark="high"),
        Head("单项否决", "fails the site", 9, "whole", mark="wrong"),
        Head("已履行", "met", 9, "whole"),
        Head("可判定", "judged", 9, "whole"),
        Head("履行率", "share met", 9, "rate", (6, 7)),
        Head("未能判定", "not assessable", 9, "whole"),
        Head("观测天次", "good looks", 9, "whole"),
        Head("应观测天次", "looks due", 9, "whole"),
        Head("观测覆盖率", "coverage", 9, "rate", (10, 11)),
        *(
            Head(f"{texts.word('zh', 'finding_kind', kind)}（未整改）", f"open, {kind}", 9, "whole", mark="wrong")
            for kind in _KINDS
        ),
    ]
    for group in board["formula"]["groups"]:
        name = group["chinese"]
        heads += [
            Head(f"{name}：已履行", f"{group['id']}: met", 10, "whole"),
            Head(f"{name}：可判定", "judged", 10, "whole"),
            Head(f"{name}：得分（权重{group['weight']}）", "points", 10, "points"),
        ]
    return heads


def _ranking(book: Book, told: Contents) -> Area:
    groups = [group["id"] for group in told.board["formula"]["groups"]]
    rows = (_ranked(line, groups) for line in told.board["scores"])
    return book.table("排名", f"排名 · {told.scope}", ranking_heads(told.board), rows, frozen=2)


def _ranked(line: Line, groups: Sequence[str]) -> list[Value]:
    own = {group["id"]: group for group in line["groups"]}
    good, due = _looks(line)
    row: list[Value] = [
        line["rank"],
        _short(line["name"]),
        CHINESE[PeerGroup(line["peer_group"])],
        line["peers"],
        line["points"],
        len(line["vetoes"]),
        line["met"],
        line["judged"],
        None,
        line["not_assessable"],
        good,
        due,
        None,
        *(line["open_findings"].get(kind, 0) for kind in _KINDS),
    ]
    for name in groups:
        group = own.get(name, {})
        row += [group.get("met"), group.get("judged"), group.get("points")]
    return row


def _short(name: str) -> str:
    """A unit's name as charts have room for it; readers lay out a label of any length for minutes."""
    return name if len(name) <= _LABEL else f"{name[: _LABEL - 1]}…"


def _looks(line: Line) -> tuple[int, int]:
    share = line.get("coverage") or {"good": 0, "due": 0}
    return share["good"], share["due"]


# ------------------------------------------------------------------ lost points

LOSSES: Final = (
    Head("单位", "unit", 28),
    Head("类组", "group", 18),
    Head("指标", "rule", 14),
    Head("要求", "what it asks", 44),
    Head("栏目", "column", 20),
    Head("涉及信息（举例）", "items, the first few", 50),
    Head("数量", "how many", 8, "whole"),
    Head("每项扣分", "points each", 10, "exact"),
    Head("合计扣分", "points lost", 10, "exact", mark="high"),
    Head("单项否决", "fails the site", 10),
)


def losses(line: Line, groups: Mapping[str, str], titles: Mapping[str, str]) -> Iterator[list[Value]]:
    """What a unit's line says is missing from 100, what fails its site first.

    :param titles: of items, by id.
    """

    def named(items: Iterable[str | None]) -> str:
        return "；".join(titles.get(one, one) for one in items if one)

    for veto in line["vetoes"]:
        columns, items = "、".join(veto["columns"]), named(veto["items"])
        yield [line["name"], None, veto["rule"], veto["title"], columns, items, veto["count"], None, None, "不合格"]
    for loss in line["losses"]:
        yield [
            line["name"],
            groups.get(loss["group"], loss["group"]),
            "、".join(loss["rules"]),
            loss["title"],
            loss["column_name"] or loss["column"],
            named([loss["item"], *loss["items"]]),
            loss["count"],
            float(Fraction(loss["each"])),
            float(Fraction(loss["exact"])),
            None,
        ]


def items_of(line: Line) -> set[str]:
    """The ids of the items that a unit's losses name."""
    lost = [one for loss in line["losses"] for one in (loss["item"], *loss["items"]) if one]
    return {*lost, *(one for veto in line["vetoes"] for one in veto["items"])}


# ------------------------------------------------------------------ findings

FINDINGS: Final = (
    Head("序号", "number", 6, "whole"),
    Head("网站标识码", "site code", 13),
    Head("网站名称", "site", 24),
    Head("主办单位", "organiser", 24),
    Head("网址", "address", 26),
    Head("检查结果", "result", 14),
    Head("存在问题", "problem", 50),
    Head("问题页面", "page", 40),
    Head("发现时间", "found on", 11, "date"),
    Head("整改时限", "to be mended by", 11, "date"),
    Head("整改结果", "what came of it", 30),
    Head("状态", "state", 12),
    Head("类别", "kind", 9),
    Head("等级", "severity", 6),
    Head("指标", "rule", 10),
    Head("栏目", "column", 18),
    Head("信息", "item", 40),
    Head("依据", "basis", 40),
    Head("编号", "id", 20),
)


def _findings(told: Contents) -> Iterator[list[Value]]:
    for number, one in enumerate(told.findings, start=1):
        yield finding_row(number, one, told.zone)


def finding_row(number: int, one: Told, zone: dt.tzinfo) -> list[Value]:
    """A finding under the heads of the bulletins' annex; when it is to be mended the office fills in."""
    found, unit = one.finding, one.unit
    evidence: Evidence | None = next(iter(found.evidence), None)
    kind, severity = (texts.word("zh", family, value) for family, value in _words(found))
    facts = "；".join(facts_in_words(found.facts))
    return [
        number,
        unit.site_code,
        unit.name,
        unit.name,
        unit.home,
        f"{kind}（{severity}）",
        f"{one.rule}（{found.rule}）：{facts}" if facts else f"{one.rule}（{found.rule}）",
        one.url or (evidence.url if evidence else None),
        found.opened_at.astimezone(zone).date(),
        None,
        came_of(found, zone),
        texts.word("zh", "state", found.state),
        kind,
        severity,
        found.rule,
        one.column,
        one.item,
        found.basis,
        found.id,
    ]


def _words(found: Finding) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("finding_kind", found.kind.value), ("severity", found.severity)


def came_of(found: Finding, zone: dt.tzinfo) -> str | None:
    """整改结果: what the finding's life says of it, with the last words given with that step."""
    state = State(found.state)
    said = next((event.note for event in reversed(found.events) if event.step == state.value and event.note), None)
    if state is State.CLOSED and found.closed_at is not None:
        words = f"已销号（{found.closed_at.astimezone(zone).date()}）"
    elif state is State.WAIVED:
        words = f"已豁免至{found.waived_until}" if found.waived_until else "已豁免"
    elif state in (State.ANSWERED, State.DISPUTED):
        words = texts.word("zh", "state", state.value)
    else:
        return None
    return f"{words}：{said}" if said else words


# ------------------------------------------------------------------ columns, verdicts

COLUMNS: Final = (
    Head("单位", "unit", 26),
    Head("栏目", "column", 20),
    Head("类别", "kind", 14),
    Head("地址", "address", 40),
    Head("最近观测", "last look", 16, "moment"),
    Head("结果", "outcome", 14),
    Head("最近正常观测", "last good look", 16, "moment"),
    Head("条数", "rows", 9, "whole"),
    Head("最新日期", "newest date", 11, "date"),
    Head("最迟更新", "due on", 11, "date"),
    Head("观测天次", "good looks", 9, "whole"),
    Head("应观测天次", "looks due", 9, "whole"),
    Head("观测覆盖率", "coverage", 9, "rate", (10, 11)),
)


def _column(one: ColumnLine) -> list[Value]:
    return [
        one.unit.name,
        one.column.name,
        texts.word("zh", "column_kind", one.column.kind.value),
        one.column.url,
        one.last.at if one.last else None,
        texts.word("zh", "outcome", one.last.outcome.value if one.last else "no_look"),
        one.good_at,
        one.rows,
        one.newest_on,
        one.due_on,
        *one.looks,
        None,
    ]


VERDICTS: Final = (
    Head("单位", "unit", 28),
    Head("指标", "rule", 12),
    Head("要求", "what it asks", 54),
    Head("合规", "compliant", 9, "whole"),
    Head("不合规", "breach", 9, "whole", mark="wrong"),
    Head("未能判定", "not assessable", 9, "whole"),
    Head("不适用", "not applicable", 9, "whole"),
    Head("可判定", "judged", 9, "whole"),
    Head("合规率", "share compliant", 9, "rate", (3, 7)),
)


def _verdicts(told: Contents) -> Iterator[list[Value]]:
    names = told.names
    places = {unit: place for place, unit in enumerate(names)}
    for unit, rule in sorted((key for key in told.cells if key[0] in names), key=lambda key: (places[key[0]], key[1])):
        counts = told.cells[unit, rule]
        good, bad, unsure, none = (counts.get(kind.value, 0) for kind in VerdictKind)
        yield [names[unit], rule, told.rules.get(rule), good, bad, unsure, none, good + bad, None]


# ------------------------------------------------------------------ items


def _categories(book: Book, told: Contents) -> None:
    heads = [
        Head("单位", "unit", 30),
        *(Head(category.value, category.name.lower(), 11, "whole") for category in Category),
        Head("合计", "all", 11, "whole"),
        Head("已撤下", "withdrawn", 11, "whole"),
    ]
    counts: dict[str, Counter[str]] = {}
    for one in told.items:
        name = "withdrawn" if one.withdrawn else one.category.value
        counts.setdefault(one.unit, Counter())[name] += one.count
    names = [category.value for category in Category]

    def rows() -> Iterator[list[Value]]:
        for unit in told.units:
            own = counts.get(unit.id, Counter())
            yield [unit.name, *(own[name] for name in names), sum(own[name] for name in names), own["withdrawn"]]
        if len(told.units) > 1:
            whole = [told.documents[category] for category in Category]
            yield ["全市（同一文件只计一次）", *whole, sum(whole), None]

    book.table("信息分类", f"信息数（八类） · {told.scope}", heads, rows(), frozen=1)


def _months(book: Book, told: Contents) -> None:
    shown = list(told.shown_months)
    heads = [
        Head("单位", "unit", 30),
        Head("更早", "earlier", 9, "whole"),
        *(Head(f"{year}年{month}月", f"{year}-{month:02}", 9, "whole") for year, month in shown),
        Head("更晚", "later", 9, "whole"),
        Head("无日期", "undated", 9, "whole"),
        Head("合计", "all", 10, "whole"),
    ]
    counts: dict[str, Counter[tuple[int, int] | None]] = {}
    for one in told.months:
        counts.setdefault(one.unit, Counter())[one.month] += one.count

    def rows() -> Iterator[list[Value]]:
        for unit in told.units:
            own = counts.get(unit.id, Counter[tuple[int, int] | None]())
            earlier = sum(count for month, count in own.items() if month is not None and month < shown[0])
            later = sum(count for month, count in own.items() if month is not None and month > shown[-1])
            yield [unit.name, earlier, *(own[month] for month in shown), later, own[None], own.total()]

    book.table("信息月份", f"信息数（按发布月份） · {told.scope}", heads, rows(), frozen=1)


# ------------------------------------------------------------------ ours, and receivers

TROUBLES: Final = (
    Head("涉及单位", "unit", 26),
    Head("栏目", "column", 20),
    Head("现象", "what", 14),
    Head("原因", "reason", 20),
    Head("详情", "in words", 50),
    Head("最近观测", "last look", 16, "moment"),
    Head("最近正常观测", "last good look", 16, "moment"),
    Head("处理办法", "what to do", 50),
)


def _troubles(told: Contents) -> Iterator[list[Value]]:
    for one in told.troubles:
        for column in one.columns:
            yield [
                one.unit.name,
                column.name if column else "首页",
                texts.word("zh", "outcome", one.what),
                one.reason,
                "；".join(one.details),
                one.last_look,
                one.last_good,
                texts.advice("zh", one.what, one.reason),
            ]


RECEIVERS: Final = (
    Head("接收方", "receiver", 20),
    Head("方式", "kind", 14),
    Head("已送至", "cursor", 12, "whole"),
    Head("目录最新变更号", "head", 14, "whole"),
    Head("滞后（条）", "lag", 11, "whole", mark="wrong"),
    Head("连续失败", "failures", 9, "whole", mark="wrong"),
    Head("死信", "dead letters", 9, "whole", mark="wrong"),
    Head("上次比对差异", "drift", 11, "whole", mark="wrong"),
    Head("比对时间", "compared at", 16, "moment"),
    Head("待办", "to do", 60),
)


def _receiver(one: Mapping[str, Any]) -> list[Value]:
    compared = one["last_reconciliation"] or {}
    return [
        one["name"],
        one["kind"],
        one["cursor"],
        one["head"],
        one["lag"],
        one["failures"],
        one["dead_letters"],
        compared.get("drift"),
        compared.get("at"),
        "；".join(one["to_do"]),
    ]


# ------------------------------------------------------------------ the first sheet


def _overview(book: Book, sheet: Any, told: Contents, ranking: Area) -> None:
    """Totals with their two numbers, three tables, and below them the charts over cells."""
    made = told.made_at.astimezone(told.zone)
    sheet.write_string(1, 0, f"截至 {told.board['as_of'] or '尚未判定'} · 生成于 {made:%Y-%m-%d %H:%M}", book.small)
    at = _totals(book, sheet, told, 3)
    kinds, at = _by_kind(book, sheet, told, at + 1)
    classes, at = _by_class(book, sheet, told, at + 1)
    past, at = _trend(book, sheet, told, at + 1)
    at = _small_charts(book, sheet, told, (kinds, classes, past), at + 1)
    _point_charts(book, sheet, told, ranking, at)
    sheet.freeze_panes(2, 0)


def _totals(book: Book, sheet: Any, told: Contents, at: int) -> int:
    lines = told.board["scores"]
    looks = [_looks(line) for line in lines]
    opened = sum(count for line in lines for count in line["open_findings"].values())
    rows: list[tuple[str, int, int | None]] = [
        ("观测覆盖（天次／应观测天次）", sum(good for good, _ in looks), sum(due for _, due in looks)),
        ("履行情况（已履行／可判定）", sum(line["met"] for line in lines), sum(line["judged"] for line in lines)),
        ("参加排名单位／全部单位", sum(line["rank"] is not None for line in lines), len(lines)),
        ("无单项否决单位／参加排名单位", *_passing(lines)),
        ("有未整改问题单位／全部单位", sum(bool(line["open_findings"]) for line in lines), len(lines)),
        ("未整改问题", opened, None),
        ("栏目", sum(len(unit.columns) for unit in told.units), None),
        ("信息（同一文件只计一次）", sum(told.documents.values()), None),
    ]
    heads = [
        Head("总体情况", "overall", 26),
        Head("数量", "number", 12, "whole"),
        Head("总数", "of", 12, "whole"),
        Head("占比", "share", 12, "rate", (1, 2)),
    ]
    book.heads(sheet, at, heads)
    for place, (name, part, whole) in enumerate(rows, start=at + 2):
        row: list[Value] = [name, part] if whole is None else [name, part, whole, None]
        book.row(sheet, place, heads[: len(row)], row)
    return at + 2 + len(rows)


def _passing(lines: Sequence[Line]) -> tuple[int, int]:
    ranked = [line for line in lines if line["rank"] is not None]
    return sum(line["passes"] for line in ranked), len(ranked)


def _by_kind(book: Book, sheet: Any, told: Contents, at: int) -> tuple[Area, int]:
    """Open findings by peer group and kind."""
    heads = [
        Head("未整改问题", "open findings", 26),
        *(Head(texts.word("zh", "finding_kind", kind), kind, 12, "whole") for kind in _KINDS),
        Head("合计", "all", 12, "whole"),
    ]
    book.heads(sheet, at, heads)
    first = at + 2
    counts: dict[str, Counter[str]] = {group["id"]: Counter() for group in told.board["peer_groups"]}
    for line in told.board["scores"]:
        counts.setdefault(line["peer_group"], Counter()).update(line["open_findings"])
    present = [group for group in PeerGroup if any(one["peer_group"] == group for one in told.board["scores"])]
    at = first
    for group in present:
        own = counts[group.value]
        book.row(sheet, at, heads, [CHINESE[group], *(own[kind] for kind in _KINDS), sum(own[kind] for kind in _KINDS)])
        at += 1
    area = Area(sheet="总览", first=first, last=at - 1)
    if present:
        sheet.write_string(at, 0, "合计", book.head)
        each = [sum(own[kind] for own in counts.values()) for kind in _KINDS]
        book.sums(sheet, at, range(1, len(_KINDS) + 2), (first, at - 1), [*each, sum(each)])
        at += 1
    return area, at


def _by_class(book: Book, sheet: Any, told: Contents, at: int) -> tuple[Area, int]:
    """Documents by the eight classes."""
    heads = [
        Head("信息（八类）", "items by class", 26),
        Head("数量", "number", 12, "whole"),
        Head("总数", "of", 12, "whole"),
        Head("占比", "share", 12, "rate", (1, 2)),
    ]
    book.heads(sheet, at, heads)
    first, whole = at + 2, sum(told.documents.values())
    for place, (category, count) in enumerate(told.documents.items(), start=first):
        row: list[Value] = [category.value, count, whole, None]
        book.row(sheet, place, heads, row)
    last = first + len(told.documents) - 1
    return Area(sheet="总览", first=first, last=last), last + 1


def _trend(book: Book, sheet: Any, told: Contents, at: int) -> tuple[Area, int]:
    """Every frozen period: mean points, coverage, open findings."""
    heads = [
        Head("各期情况", "frozen periods", 26),
        Head("截至", "as of", 12),
        Head("得分合计", "points", 12, "points"),
        Head("得分单位", "units", 12, "whole"),
        Head("平均分", "mean", 12, "points"),
        Head("观测天次", "good looks", 12, "whole"),
        Head("应观测天次", "looks due", 12, "whole"),
        Head("观测覆盖率", "coverage", 12, "rate", (5, 6)),
        Head("未整改问题", "open findings", 12, "whole"),
    ]
    book.heads(sheet, at, heads)
    first = at + 2
    for place, one in enumerate(told.past, start=first):
        points = [line["points"] for line in one.lines if line["points"] is not None]
        total, looks = round(sum(points), 1), [_looks(line) for line in one.lines]
        row: list[Value] = [one.chinese, one.as_of, total, len(points), None]
        row += [sum(good for good, _ in looks), sum(due for _, due in looks), None]
        row.append(sum(count for line in one.lines for count in line["open_findings"].values()))
        book.row(sheet, place, heads, row)
        mean = round(total / len(points), 1) if points else ""
        formula = f'=IF(D{place + 1}=0,"",ROUND(C{place + 1}/D{place + 1},1))'
        sheet.write_formula(place, 4, formula, book.formats["points"], mean)
    last = first + len(told.past) - 1
    if not told.past:
        sheet.write_string(first, 0, "尚无固定的考核期（gongkai period freeze）")
        return Area(sheet="总览", first=first, last=last), first + 1
    return Area(sheet="总览", first=first, last=last), last + 1


def _small_charts(book: Book, sheet: Any, told: Contents, areas: tuple[Area, Area, Area], at: int) -> int:
    kinds, classes, past = areas
    size = {"width": 440, "height": 300}
    present = [group for group in PeerGroup if any(one["peer_group"] == group for one in told.board["scores"])]
    lines = told.board["scores"]
    if present:
        names = [CHINESE[group] for group in present]
        series = [
            {
                "name": texts.word("zh", "finding_kind", kind),
                "categories": kinds.cells(0),
                "values": kinds.cells(place),
                "categories_data": names,
                "values_data": [
                    sum(line["open_findings"].get(kind, 0) for line in lines if line["peer_group"] == group)
                    for group in present
                ],
            }
            for place, kind in enumerate(_KINDS, start=1)
        ]
        chart = book.chart({"type": "column", "subtype": "stacked"}, "未整改问题（按类别）", series)
        chart.set_size(size)
        sheet.insert_chart(at, 0, chart, _alt("各类单位未整改问题数，按问题类别堆叠"))
    one = {
        "categories": classes.cells(0),
        "values": classes.cells(1),
        "categories_data": [category.value for category in told.documents],
        "values_data": list(told.documents.values()),
        "data_labels": {"value": True},
    }
    chart = book.chart({"type": "column"}, "信息数（八类）", [one])
    chart.set_size(size)
    sheet.insert_chart(at, 4, chart, _alt("八类信息的数量"))
    at += 300 // _ROW + 1
    if told.past:
        # one line through periods of one length: those of which there are most, of as many the shorter ones
        lengths = Counter(one.months for one in told.past)
        months = max(lengths, key=lambda length: (lengths[length], -length))
        places = [place for place, one in enumerate(told.past, start=past.first) if one.months == months]
        shown = [one for one in told.past if one.months == months]
        points = [[line["points"] for line in one.lines if line["points"] is not None] for one in shown]
        line = {
            "name": "平均分",
            "categories": past.cells(0, places[0], places[-1]),
            "values": past.cells(4, places[0], places[-1]),
            "categories_data": [one.chinese for one in shown],
            "values_data": [round(sum(own) / len(own), 1) if own else 0 for own in points],
            "marker": {"type": "circle"},
        }
        chart = book.chart({"type": "line"}, "各期平均分", [line], most=100)
        chart.set_size(size)
        sheet.insert_chart(at, 0, chart, _alt("各固定考核期的平均分"))
        at += 300 // _ROW + 1
    return at


def _point_charts(book: Book, sheet: Any, told: Contents, ranking: Area, at: int) -> None:
    """One chart a peer group: its units that have points, in their rank."""
    first = ranking.first
    for group in PeerGroup:
        own = [line for line in told.board["scores"] if line["peer_group"] == group]
        scored = [line for line in own if line["points"] is not None]  # those without stand after them
        if scored:
            last = first + len(scored) - 1
            one = {
                "categories": ranking.cells(1, first, last),
                "values": ranking.cells(4, first, last),
                "categories_data": [_short(line["name"]) for line in scored],
                "values_data": [line["points"] for line in scored],
                "data_labels": {"value": True, "num_format": "0.0"},
                "gap": 40,
            }
            chart = book.chart({"type": "bar"}, f"得分：{CHINESE[group]}", [one], most=100)
            height = 90 + _TALL * len(scored)
            chart.set_size({"width": 890, "height": height})
            sheet.insert_chart(at, 0, chart, _alt(f"{CHINESE[group]}各单位得分"))
            at += height // _ROW + 1
        first += len(own)


def _alt(words: str) -> dict[str, str]:
    return {"description": words}
