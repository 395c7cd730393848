"""The scoreboard's lines → 排名 and 扣分明细: a row for each unit, a row for each thing that is missing from 100."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from flows.reports.scoreboard import CHINESE
from flows.reports.sheets import Area, Book, Head, Value
from flows.reports.workbook_sheets.contents import KINDS, Contents, Line
from storage.console import texts
from storage.schema import PeerGroup

_LABEL: Final = 60  # signs of a name in a chart


def _ranking_heads(board: Mapping[str, Any]) -> list[Head]:
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
            for kind in KINDS
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


def write_ranking(book: Book, told: Contents) -> Area:
    """The sheet 排名; where its rows stand, which are in the scoreboard's order."""
    groups = [group["id"] for group in told.board["formula"]["groups"]]
    rows = (_ranked(line, groups) for line in told.board["scores"])
    return book.table("排名", f"排名 · {told.scope}", _ranking_heads(told.board), rows, frozen=2)


def _ranked(line: Line, groups: Sequence[str]) -> list[Value]:
    own = {group["id"]: group for group in line["groups"]}
    good, due = looks_of(line)
    row: list[Value] = [
        line["rank"],
        short_name(line["name"]),
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
        *(line["open_findings"].get(kind, 0) for kind in KINDS),
    ]
    for name in groups:
        group = own.get(name, {})
        row += [group.get("met"), group.get("judged"), group.get("points")]
    return row


def short_name(name: str) -> str:
    """A unit's name as charts have room for it; readers lay out a label of any length for minutes."""
    return name if len(name) <= _LABEL else f"{name[: _LABEL - 1]}…"


def looks_of(line: Line) -> tuple[int, int]:
    """Days with a good look and days on which one was due, of all a unit's columns."""
    share = line.get("coverage") or {"good": 0, "due": 0}
    return share["good"], share["due"]


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
