"""The numbers of a draft: each made from the roll-up, with the words that say how.

A sum that some units are not in says over how many units it was made. A year before is compared only where the same
number of units was counted; else nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from flows.reports.annual.said import Gap, Number, Run, Sources, shown
from storage.annual.forms import Form, words_of
from storage.annual.measures import MEASURES
from storage.annual.rollup import Line, Published, Rollup, Sum

SUM_RULES: Final = ("AR-01", "AR-02", "AR-03", "AR-04", "AR-10")  # that the sums of a report hold
_NAMED: Final = 12  # units named in one source
LACKS: Final = {
    "no_report": "未见年报",
    "not_read": "年报未能读取",
    "other_form": "年报体例不同",
    "blank": "空白",
    "slash": "填“/”",
    "text": "填文字",
    "absent": "无此格",
}
CHANNELS: Final = {
    "website": "政府网站",
    "gazette": "政府公报",
    "press": "报刊",
    "broadcast": "广播电视",
    "notice_boards": "公开栏、查阅场所",
    "new_media": "政务新媒体",
}


@dataclass
class Numbers:
    """The roll-up with its sources as they are cited."""

    rollup: Rollup
    form: Form
    sources: Sources = field(default_factory=Sources)

    @property
    def names(self) -> dict[str, str]:
        """Unit → name."""
        return {line.unit: line.name for line in self.rollup.lines}

    def figure(self, name: str) -> Run:
        """A sum of the tables; a gap where no unit has a number."""
        found = self.rollup.sums.get(name)
        if found is None or found.value is None:
            return Gap(f"{words_of(name, self.form)}：各单位年报均无数字")
        return self.sources.number(name, found.value, words_of(name, self.form), self._how(found))

    def figures_or_none(self, name: str) -> Run | None:
        """A sum, where the form has it."""
        return self.figure(name) if name in self.rollup.sums else None

    def value(self, name: str) -> Decimal | None:
        """A sum's value."""
        found = self.rollup.sums.get(name)
        return found.value if found is not None else None

    def _how(self, of: Sum) -> str:
        told = f"{of.counted} 个单位年报相应数字之和{self._made_of(of)}"
        if of.lacks:
            by_reason: dict[str, list[str]] = {}
            for one in of.lacks:
                by_reason.setdefault(one.why, []).append(self.names.get(one.unit, one.unit))
            lacking = "；".join(f"{LACKS.get(why, why)}：{_some(names)}" for why, names in by_reason.items())
            told += f"。未计入 {len(of.lacks)} 个单位（{lacking}）"
        if of.last is not None and of.counted != of.last_counted:
            told += f"。上年 {shown(of.last)}，计入 {of.last_counted} 个单位，与本年不同，不作比较"
        return told

    def _made_of(self, of: Sum) -> str:
        """The greatest parts by name, the others together: what stands here adds up to the sum."""
        parts = sorted(((value, unit) for unit, value in of.parts.items() if value), key=lambda one: (-one[0], one[1]))
        if not parts:
            return ""
        told = [f"{self.names.get(unit, unit)} {shown(value)}" for value, unit in parts[:_NAMED]]
        rest = [value for value, _ in parts[_NAMED:]]
        if rest:
            told.append(f"其余 {len(rest)} 个单位合计 {shown(sum(rest[1:], rest[0]))}")
        zeros = sum(not value for value in of.parts.values())
        return f"：{'、'.join(told)}{f'；填 0 的 {zeros} 个' if zeros else ''}"

    def over(self, name: str) -> tuple[Run, ...]:
        """That a sum is not over all units: "（据 18 个单位汇总，缺 2 个单位）"; nothing where it is."""
        found = self.rollup.sums.get(name)
        if found is None or not found.lacks or found.value is None:
            return ()
        words = words_of(name, self.form)
        how = "该项合计所计入和未计入的单位，见本表该项合计的来源"
        counted = self.sources.number(f"{name}#units", found.counted, f"计入“{words}”的单位数", how)
        lacking = self.sources.number(f"{name}#lacks", len(found.lacks), f"未计入“{words}”的单位数", how)
        return ("（据", counted, "个单位汇总，缺", lacking, "个单位）")

    def change(self, name: str, unit: str) -> tuple[Run, ...]:
        """How a sum changed in a year: "，比上年增加 12 件（增长 3.4%）"; nothing where it cannot be compared."""
        found = self.rollup.sums.get(name)
        if found is None or found.value is None or found.last is None or found.counted != found.last_counted:
            return ()
        by = found.value - found.last
        if not by:
            return ("，与上年持平",)
        how = f"本年 {shown(found.value)} 减上年 {shown(found.last)}，两年均计入 {found.counted} 个单位"
        what = f"{words_of(name, self.form)} 比上年的增减"
        told: list[Run] = [
            "，比上年增加" if by > 0 else "，比上年减少",
            self.sources.number(f"{name}#change", abs(by), what, how),
            unit,
        ]
        if found.last:
            share = (abs(by) * 100 / found.last).quantize(Decimal("0.1"))
            rate = self.sources.number(f"{name}#rate", share, f"{what}（%）", f"{how}；增减数除以上年数")
            told += ["（", "增长" if by > 0 else "下降", rate, "%）"]
        return tuple(told)

    def counted(self, key: str, value: int, what: str) -> Number:
        """A count of the catalogue's items."""
        year = self.rollup.year
        how = f"统一目录中发布日期在 {year} 年内、现仍可见的信息，每件在其单位计一次；统计日 {self.rollup.as_of}"
        return self.sources.number(f"catalogue/{key}", value, what, how)

    def units(self, key: str, what: str, chosen: Callable[[Line], bool]) -> Number:
        """A count of the roster's units."""
        some = [line.name for line in self.rollup.lines if chosen(line)]
        how = (
            f"年报名册（附件二），统计日 {self.rollup.as_of}：{_some(some)}"
            if some
            else "年报名册（附件二）中没有这样的单位"
        )
        return self.sources.number(f"roster/{key}", len(some), what, how)

    def entered(self, measure: str) -> Run:
        """A figure entered from a sheet: the city's own, else the units' together; a gap where there is none."""
        found = [one for one in self.rollup.entered if one.measure == measure]
        own = [one for one in found if one.unit is None]
        chosen = own or found
        words = MEASURES.get(measure, measure)  # the office's own figure is the city's; else the units' together
        if not chosen:
            return Gap(words)
        how = "；".join(
            f"{self.names.get(one.unit or '', '全市')} {shown(one.value)}（{one.source}）" for one in chosen[:_NAMED]
        )
        if len(chosen) > _NAMED:
            how += f" 等 {len(chosen)} 项"
        total = sum((one.value for one in chosen), Decimal(0))
        return self.sources.number(f"entered/{measure}", total, words, f"录入的数据表：{how}")


def partly(n: Numbers, measures: Iterable[str]) -> tuple[Run, ...]:
    """Which of the entered figures are made of some units' only, and of how many; empty: none is."""
    told: list[Run] = []
    for measure in measures:
        of = {one.unit for one in n.rollup.entered if one.measure == measure}
        if of and None not in of and len(of) < len(n.rollup.lines):
            words = MEASURES.get(measure, measure)
            names = [n.names.get(unit, unit) for unit in sorted(unit for unit in of if unit)]
            what, how = f"录入“{words}”的单位数", f"录入的数据表：{_some(names)}"
            count = n.sources.number(f"entered/{measure}#units", len(of), what, how)
            told += ["；" if told else "", f"{words}据", count, "个单位录入"]
    return tuple(told)


def is_late(line: Line) -> bool:
    """Whether the unit's report came out after its day."""
    return line.published is Published.LATE


def is_missing(line: Line) -> bool:
    """Whether the unit's report is proven not to be out."""
    return line.published is Published.MISSING


def owes(line: Line) -> bool:
    """Whether a rule asks the unit for a report."""
    return line.rule is not None


def accused(line: Line, *rules: str) -> bool:
    """Whether the report that the unit made public breaks one of these rules; what came by mail accuses nobody."""
    return line.source != "mail" and breaks(line, *rules)


def breaks(line: Line, *rules: str) -> bool:
    """Whether the unit's report, made public or sent by mail, breaks one of these rules."""
    return any(check.verdict == "breach" and check.rule in rules for check in line.checks)


def _some(names: Sequence[str]) -> str:
    shown_names = "、".join(names[:_NAMED])
    return f"{shown_names} 等 {len(names)} 个" if len(names) > _NAMED else shown_names
