"""Items that share a number, a text or a minute, whose date alone moved, or that others say are repealed."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from flows.compliance.facts import Alike, DateMove, Minute, PostedAgain, PostedInBulk, Repealed
from flows.compliance.rules.posted_again import Text as AgainText
from flows.compliance.rules.posted_in_bulk import Text as BulkText
from flows.compliance.texts import squeezed
from flows.compliance.working_day_limit import is_displayed
from flows.gathering.run import Run
from storage import catalogue
from storage.catalogue import Shared
from storage.schema import Category, Item

_MOST = 60  # items of one group that are looked at
_SHORTEST_NUMBER = 9  # characters of an index number with year and serial
_REPEAL: Final = ("废止", "失效")
_NAMED: Final = re.compile(r"《([^《》]{4,120})》")
_NUMBERED: Final = re.compile(r"[〔\[(（【﹝]((?:19|20)\d{2})[〕\])）】﹞]\D{0,4}(\d{1,6})号")
_NOT_IN_FORCE: Final = ("失效", "废止", "无效", "停止", "不再", "已过", "过期", "部分")


def same_index_number(run: Run) -> Iterator[Alike]:
    """Items of one unit under one index number."""
    for shared in catalogue.same_index_number(run.database, least_length=_SHORTEST_NUMBER):
        if shared.unit in run.units:
            yield _alike(run, shared)


def same_document_number(run: Run) -> Iterator[Alike]:
    """Items of several units under one document number."""
    for shared in catalogue.same_document_number(run.database):
        found = _alike(run, shared)
        if len({item.unit for item in found.items}) > 1:
            yield found


def posted_again(run: Run) -> Iterator[PostedAgain]:
    """Items with the words of an earlier one of their unit, and items whose date alone moved; each item once."""
    moves = _moves(run)
    text = run.case.law.text("FK-03", AgainText)
    for shared in catalogue.same_text(run.database, least_length=text.least_text, least_days=text.least_days):
        if shared.unit not in run.units:
            continue
        words: dict[str, Item] = {}
        for item in _items(run, shared.items[:_MOST]):
            first = words.setdefault(squeezed(item.body_text or ""), item)
            if first is not item and item.withdrawn_at is None and is_displayed(item):
                yield PostedAgain(unit=run.units[item.unit], item=item, earlier=first, move=moves.pop(item.id, None))
    for item in _items(run, list(moves)):
        if item.withdrawn_at is None:
            yield PostedAgain(unit=run.units[item.unit], item=item, move=moves[item.id])


def posted_in_bulk(run: Run) -> Iterator[PostedInBulk]:
    """Columns with minutes in which many items claim to have come out."""
    least = run.case.law.text("FK-04", BulkText).least
    found = catalogue.same_minute(run.database, least=least)
    for (unit, column), minutes in itertools.groupby(found, key=lambda one: (one.unit, one.column)):
        if (unit, column) in run.columns:
            told = tuple(Minute(at=one.minute, count=one.count, urls=one.urls) for one in minutes)
            yield PostedInBulk(unit=run.units[unit], column=column, minutes=told)


def repealed(run: Run) -> Iterator[Repealed]:
    """Items shown to be in force whose name or number stands in a text of their unit that speaks of repeal."""
    known = _in_force(run)
    named: dict[str, list[Item]] = defaultdict(list)
    names = list(catalogue.speaking_of(run.database, _REPEAL, Category.POLICIES)) if known else []
    for start in range(0, len(names), _MOST):
        for other in _items(run, names[start : start + _MOST]):
            for key in _keys_in(other.body_text or ""):
                for name in known.get((other.unit, key), ()):
                    if name != other.id and other not in named[name]:
                        named[name].append(other)
    for item in _items(run, [name for name, by in named.items() if by]):
        yield Repealed(unit=run.units[item.unit], item=item, by=tuple(named[item.id]))


def _alike(run: Run, shared: Shared) -> Alike:
    items = _items(run, shared.items[:_MOST])
    units = {one.unit: run.units[one.unit] for one in items}
    return Alike(what=shared.value, units=units, items=tuple(items), total=len(shared.items))


def _items(run: Run, names: Sequence[str]) -> list[Item]:
    """The items of these ids that stand in columns of the registry."""
    return [one for one in catalogue.get_items(run.database, names) if (one.unit, one.column) in run.columns]


def _moves(run: Run) -> dict[str, DateMove]:
    """Item → how its date last moved forward, where both dates were displayed and read in the same way."""
    found: dict[str, DateMove] = {}
    for one in catalogue.date_moves(run.database):
        before, after = one.before, one.after
        origins = [item.provenance.get("published_on") for item in (before, after)]
        least = run.case.law.dates.least_confidence
        if (
            before.published_on is None
            or after.published_on is None
            or after.published_on <= before.published_on
            or any(origin is None or origin.origin == "address" or origin.confidence <= least for origin in origins)
            or len({origin.origin for origin in origins if origin is not None}) > 1
        ):
            continue
        found[after.id] = DateMove(
            before_on=before.published_on, after_on=after.published_on, before_at=one.before_at, after_at=one.after_at
        )
    return found


def _in_force(run: Run) -> dict[tuple[str, str], list[str]]:
    """Unit, and title or year and serial of the document number → the items shown to be in force."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in catalogue.shown_valid(run.database):
        if (
            one.unit not in run.units
            or "有效" not in one.validity
            or any(word in one.validity for word in _NOT_IN_FORCE)
        ):
            continue
        for key in {squeezed(one.title), *_numbers_in(one.document_number or "")}:
            found[one.unit, key].append(one.id)
    return found


def _keys_in(text: str) -> set[str]:
    return {squeezed(name) for name in _NAMED.findall(text)} | set(_numbers_in(text))


def _numbers_in(text: str) -> list[str]:
    return [f"{year} {int(serial)}" for year, serial in _NUMBERED.findall(text)]
