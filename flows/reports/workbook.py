"""The workbook of everything (监测工作簿): what is stored goes through the store's doors into one Excel file.

Points, ranks and verdicts are those of now, or of a frozen period as its amendments leave it; findings are those that
stood in it, each as it stands now. What each sheet says is ``workbook_sheets``', how it is written ``sheets``'. Nothing
is judged here. Rows of findings and losses are read unit by unit and written as they come: memory does not grow with
them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final
from zoneinfo import ZoneInfo

from flows.compliance.periods import Span, span_of
from flows.compliance.regimes import of_city
from flows.compliance.regulation import Regulation
from flows.delivery.standing import standings
from flows.gathering.columns import looks_due_at
from flows.gathering.run import run_of
from flows.periods.frozen import frozen, standing
from flows.report import board_of, known_city
from flows.reports import scoreboard
from flows.reports.scoreboard import Looks
from flows.reports.sheets import Book, Value
from flows.reports.workbook_sheets import ColumnLine, Contents, Past, Told, items_of, losses, write
from storage import catalogue, findings, observations, periods, settings
from storage.catalogue import counting
from storage.console import board as console_board
from storage.console import queries
from storage.database import Database, utcnow
from storage.exceptions import UnknownTarget
from storage.export import finished
from storage.schema import City, Finding, Subject, Unit, Verdict

Cells = dict[tuple[str, str], Counter[str]]
_RED: Final = "red"
_MONTHS: Final = 24  # shown one by one


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """What was judged: the scoreboard's JSON, verdicts counted by unit and rule, and the titles of the rules."""

    board: dict[str, Any]
    cells: Cells
    rules: dict[str, str]
    looks: Looks
    units: Sequence[Unit]  # of a frozen period: as they were registered then
    scope: str
    notes: list[tuple[str, str]]
    span: Span | None


def make(database: Database, home: Path, path: Path, *, period: str | None = None, unit: str | None = None) -> int:
    """Writes the workbook; how many findings it lists. The file appears under its name when it is whole.

    :param home: the data folder: the city's regulations, and the verdicts of frozen periods.
    :param period: a frozen period (``2026-Q3``); None: as the store has it now.
    :param unit: only this unit's.
    :raises UnknownTarget: no city yet, no such unit, or no such frozen period.
    :raises PeriodRefused: what is stored of the period is not what was frozen; likewise ``ExportError`` of its file.
    :raises ExportError: the file cannot be written; none is left half-written.
    """
    city = known_city(database)
    law = of_city(city.code, home)
    judged = _now(database, city, law) if period is None else _then(database, home, city, law, period)
    if unit is not None and all(unit != one.id for one in judged.units):
        raise UnknownTarget(f"no unit {unit!r} in the registry; gongkai city export shows them")
    with finished(path) as stream:
        return _write(stream, database, city, law, judged, unit)


def _write(out: BinaryIO, database: Database, city: City, law: Regulation, judged: _Judged, only: str | None) -> int:
    zone, now = ZoneInfo(city.timezone), utcnow()
    units = [one for one in judged.units if only in (None, one.id)]
    own = {one.id for one in units}
    lines = [line for line in judged.board["scores"] if line["unit"] in own]
    first, last = (judged.span.first, judged.span.last) if judged.span else (None, None)
    counts = [one for one in catalogue.category_counts(database, first=first, last=last, unit=only) if one.unit in own]
    months = catalogue.month_counts(database, first=first, last=last, unit=only)
    listed = Counter[str]()
    contents = Contents(
        city=city.name if only is None else f"{city.name}{units[0].name}",
        board={**judged.board, "scores": lines},
        units=units,
        made_at=now,
        zone=zone,
        scope=judged.scope,
        notes=[*judged.notes, *_NOTES],
        losses=_losses(database, lines, judged.board),
        findings=_findings(database, units, judged, zone, listed),
        columns=_columns(database, city, law, units, judged),
        cells=judged.cells,
        rules=judged.rules,
        items=counts,
        documents=counting.whole(counts) if only is None else counting.own(counts),
        months=[one for one in months if one.unit in own],
        shown_months=_shown_months(judged.span, now.astimezone(zone).date()),
        troubles=_troubles(database, units),
        receivers=standings(database, settings.load()) if only is None else (),
        past=_past(database, own),
    )
    title = f"{contents.city}政府信息公开监测工作簿"
    with closing(Book(out, title=title, made_at=now, zone=zone)) as book:
        write(book, contents)
    return listed.total()


# ------------------------------------------------------------------ what was judged


def _now(database: Database, city: City, law: Regulation) -> _Judged:
    cells: Cells = {}
    told = board_of(database, city, law, _counted(findings.iter_verdicts(database), cells))
    return _Judged(
        board=scoreboard.as_json(told),
        cells=cells,
        rules={rule: text.title for rule, text in law.rules.items()},
        looks=told.looks,
        units=city.units,
        scope=f"截至{told.as_of}" if told.as_of else "尚未判定",
        notes=[
            ("判定截至", str(told.as_of or "尚未判定：请先运行 gongkai assess")),
            ("评分公式", f"第{told.formula.text.version}版（flows/compliance/regulations/score.yml）"),
            ("规则摘要", law.digest),
        ],
        span=None,
    )


def _then(database: Database, home: Path, city: City, law: Regulation, name: str) -> _Judged:
    kept, made = frozen(database, home, name), periods.amendments(database, name)
    period, span = kept.period, span_of(name)
    cells: Cells = {}
    for row in kept.rows():
        cells.setdefault((row["unit"], row["rule"]), Counter())[row["verdict"]] += 1
    for one in made:
        for change in one.changes:
            cell = cells.setdefault((one.unit, change["rule"]), Counter())
            cell[change["was"]["verdict"]] -= 1
            cell[change["now"]["verdict"]] += 1
    board = standing(kept.board, made)
    then = json.loads(period.regulation)["rules"]
    at = period.frozen_at.astimezone(ZoneInfo(city.timezone))
    return _Judged(
        board=board,
        cells=cells,
        rules={rule: text.title for rule, text in law.rules.items()}
        | {rule: one["title"] for rule, one in then.items()},
        looks=_now_looked(database, city, law),
        units=kept.city.units,
        scope=f"{span.chinese}（截至{period.as_of}）",
        notes=[
            ("考核期", f"{span.chinese}，{period.first}至{period.last}；{at:%Y-%m-%d %H:%M} 由{period.frozen_by}固定"),
            ("更正", f"{len(made)}次；得分、排名与判定数均为更正后的"),
            ("判定截至", str(period.as_of)),
            ("评分公式", f"第{board['formula']['version']}版"),
            ("规则摘要", period.regulation_digest),
            ("判定文件", f"{period.file}，{period.rows}条，SHA-256 {period.sha256}"),
            ("问题清单", "该考核期内曾经存在的问题（期末以前发现、期初以前未销号），状态为生成时的。"),
            ("信息分类、信息月份", "该考核期内发布的信息；无发布日期的不在任何考核期内。"),
            ("栏目、我方待处理、供数", "生成时的情况，不随考核期固定。"),
        ],
        span=span,
    )


def _counted(verdicts: Iterable[Verdict], cells: Cells) -> Iterator[Verdict]:
    """The verdicts as they come, counted by unit and rule on their way."""
    for one in verdicts:
        cells.setdefault((one.unit, one.rule), Counter())[one.verdict.value] += 1
        yield one


def _now_looked(database: Database, city: City, law: Regulation) -> Looks:
    """The looks due at every column; no verdict is read for it."""
    return looks_due_at(run_of(database, city, law, None, utcnow()), Subject.COLUMN)


def _past(database: Database, own: set[str]) -> list[Past]:
    """Years, then quarters, then months, each in their order."""
    found = []
    for one in periods.iter_periods(database):
        board = standing(json.loads(one.board), periods.amendments(database, one.name))
        lines = [line for line in board["scores"] if line["unit"] in own]
        span, months = span_of(one.name), (one.last - one.first).days // 28
        found.append(Past(chinese=span.chinese, months=months, as_of=one.as_of.isoformat(), lines=lines))
    return sorted(found, key=lambda one: -one.months)


# ------------------------------------------------------------------ rows


def _losses(
    database: Database, lines: Iterable[Mapping[str, Any]], board: Mapping[str, Any]
) -> Iterator[Sequence[Value]]:
    groups = {group["id"]: group["chinese"] for group in board["formula"]["groups"]}
    for line in lines:
        titles = {name: title for name, (title, _) in catalogue.titles_of(database, items_of(line)).items()}
        yield from losses(line, groups, titles)


def _findings(
    database: Database, units: Iterable[Unit], judged: _Judged, zone: ZoneInfo, listed: Counter[str]
) -> Iterator[Told]:
    """Findings by unit in the order of the registry, open ones first, then the graver, then the older."""
    for unit in units:
        found = [one for one in findings.iter_findings(database, unit=unit.id) if _stood(one, judged.span, zone)]
        found.sort(key=lambda one: (one.closed_at is not None, one.severity != _RED, one.opened_at, one.id))
        items = catalogue.titles_of(database, (one.item for one in found if one.item))
        columns = {column.id: column for column in unit.columns}
        listed[unit.id] += len(found)
        for one in found:
            column = columns.get(one.column) if one.column else None
            title, url = items.get(one.item or "", (one.item, column.url if column else unit.home))
            yield Told(
                finding=one,
                unit=unit,
                rule=judged.rules.get(one.rule, one.rule),
                column=column.name if column else one.column,
                item=title,
                url=url,
            )


def _stood(one: Finding, span: Span | None, zone: ZoneInfo) -> bool:
    """Whether the finding stood on some day of the period; outside of one, any that there is."""
    if span is None:
        return True
    opened, closed = (at.astimezone(zone).date() if at else None for at in (one.opened_at, one.closed_at))
    return opened is not None and opened <= span.last and (closed is None or closed >= span.first)


def _shown_months(span: Span | None, today: dt.date) -> list[tuple[int, int]]:
    """The months of the period, or the last ones up to today."""
    last = span.last if span else today
    end = last.year * 12 + last.month - 1
    begin = span.first.year * 12 + span.first.month - 1 if span else end - _MONTHS + 1
    return [(number // 12, number % 12 + 1) for number in range(begin, end + 1)]


def _columns(
    database: Database, city: City, law: Regulation, units: Sequence[Unit], judged: _Judged
) -> list[ColumnLine]:
    today = utcnow().astimezone(ZoneInfo(city.timezone)).date()
    facts = {(one.unit, one.column): one for one in catalogue.column_facts(database, as_of=today)}
    latest = observations.latest_by_column(database, Subject.COLUMN)
    good = observations.latest_good_by_column(database, Subject.COLUMN)
    found = []
    for unit in units:
        for column in unit.columns:
            place = (unit.id, column.id)
            known, window = facts.get(place), law.window(column.kind)
            newest = known.newest_on if known else None
            found.append(
                ColumnLine(
                    unit=unit,
                    column=column,
                    rows=known.rows if known else 0,
                    newest_on=newest,
                    due_on=_due(window[1].due, newest) if window and newest else None,
                    last=_slim(latest.get(place)),
                    good_at=good[place].at if place in good else None,
                    looks=judged.looks.get(place, (0, 0)),
                )
            )
    return found


def _due(due: Any, newest: dt.date) -> dt.date | None:
    try:
        day: dt.date = due(newest)
    except (ValueError, OverflowError):  # a page may show the year 9999
        return None
    return day


def _slim(look: Any) -> Any:
    """A look without its facts, of which nothing is told here and which are most of it."""
    return None if look is None else replace(look, facts={}, evidence=())


def _troubles(database: Database, units: Sequence[Unit]) -> list[console_board.Trouble]:
    return console_board.troubles(
        units,
        observations.latest_by_column(database, Subject.COLUMN),
        observations.latest_good_by_column(database, Subject.COLUMN),
        observations.latest_by_column(database, Subject.HOME),
        queries.held_columns(database),
    )


_NOTES: Final = (
    ("得分", "满分100分，由各类组按权重分配；类组内每项义务等值，未能判定的不计入分子与分母。公式见 README。"),
    ("名次", "同类单位之间排名，得分相同名次相同；有单项否决（不合格）的排在全部合格单位之后；垂直管理单位单列。"),
    ("履行率", "已履行 ÷ 可判定。"),
    ("观测覆盖率", "有正常观测的天数 ÷ 应观测天数，按栏目累计；截位到千分之一，不四舍五入，只有全部观测到才显示100%。"),
    ("扣分明细", "每行是一项未履行义务（同类信息合并），“合计扣分”之和即为100与得分之差。举例最多列5条信息。"),
    ("问题清单", "已销号、已豁免的也列入，见“状态”。“整改时限”由公开办填写，系统不推定。网站名称按登记的单位名称。"),
    (
        "判定",
        "四种判定：合规、不合规、未能判定、不适用。未能判定包括我方未能观测、仅作提示和待人工核实的，不计入任何单位。",
    ),
    ("信息分类", "现有（未撤下）信息，各单位按其展示计；“全市”行同一文件只计一次，故可小于各单位之和。"),
    ("我方待处理", "我方未能读取的栏目与首页，不构成对任何单位的判定。"),
    ("来自网站的文字", "标题、名称、地址一律按文本写入，不作为公式、链接或数字；超过32767个字符的截断并注明。"),
)
