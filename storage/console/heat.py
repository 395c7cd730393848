"""The heat map unit × obligation: counted verdicts in, one sign a cell out. Pure.

A cell is the gravest of what its rule says of the unit, told by a sign, a colour and its counts: breach, then not
assessable, then compliant, then not applicable. The columns are the rules that bind, under the groups of the score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from markupsafe import Markup

UNCOUNTED: Final = "uncounted"  # the group of rules that bind and cost no points
SIGNS: Final[Mapping[str, str]] = {"breach": "✗", "not_assessable": "?", "compliant": "✓", "not_applicable": "–"}


class Cell(NamedTuple):
    """One cell. ``kind`` is the gravest verdict, ``counts`` what it counts: "2/10" are 2 breaches of 10 judged."""

    kind: str
    sign: str
    counts: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """One group of columns. ``rules`` are their ids; ``chinese`` and ``name`` None: what costs no points."""

    id: str
    chinese: str | None
    name: str | None
    rules: tuple[str, ...]


NOTHING: Final = Cell("not_applicable", SIGNS["not_applicable"], "")


def groups(formula: Mapping[str, Any]) -> list[Group]:
    """The groups of a board's formula with the rules that bind, each rule once; a group without rules is left out."""
    found = [
        Group(id=one["id"], chinese=one["chinese"], name=one["name"], rules=tuple(one["rules"]))
        for one in formula["groups"]
    ]
    counted = {rule for group in found for rule in group.rules}
    rest = tuple(rule for rule in formula["rules"] if rule not in counted)
    found.append(Group(id=UNCOUNTED, chinese=None, name=None, rules=rest))
    return [group for group in found if group.rules]


def chosen(known: Sequence[Group], wanted: str | None) -> list[Group]:
    """The group of this id, or all of them where there is none."""
    return [group for group in known if group.id == wanted] or list(known)


def cell(counts: Mapping[str, int] | None) -> Cell:
    """What is told of one rule's verdicts on one unit, by kind → number; not applicable where there are none."""
    if not counts:
        return NOTHING
    return _cell(counts.get("breach", 0), counts.get("compliant", 0), counts.get("not_assessable", 0))


@lru_cache(maxsize=4096)  # a large city has ten thousand cells, of which most are like others
def _cell(breach: int, met: int, unsure: int) -> Cell:
    if breach:
        return Cell("breach", SIGNS["breach"], f"{breach}/{breach + met}")
    if unsure:
        return Cell("not_assessable", SIGNS["not_assessable"], f"{unsure}/{unsure + met}")
    return Cell("compliant", SIGNS["compliant"], f"{met}/{met}") if met else NOTHING


def cells(known: Mapping[str, Mapping[str, int]], rules: Iterable[str]) -> list[tuple[str | None, Markup]]:
    """A unit's cells in the order of the rules, each drawn; of a breach its counts beside it, for it becomes a link."""
    found = (cell(known.get(rule)) for rule in rules)
    return [(one.counts if one.kind == "breach" else None, drawn(one)) for one in found]


@lru_cache(maxsize=4096)
def drawn(one: Cell) -> Markup:
    """A cell of the table; that of a breach without the cell around it."""
    inside = Markup("{}<small>{}</small>").format(one.sign, one.counts)
    return inside if one.kind == "breach" else Markup('<td class="{}">{}</td>').format(one.kind, inside)


def group_cell(group: Mapping[str, Any]) -> Cell:
    """The same of one score group of a unit's line, which is all that a frozen board keeps."""
    missed = group["judged"] - group["met"]
    return cell({"breach": missed, "compliant": group["met"], "not_assessable": group["not_assessable"]})
