"""The stretches of part 二 → the places of its figures: its table is of blocks, each with heads of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from harvesters.reading.annual_report import words
from harvesters.reading.annual_report.figures.collected import Collected, Found
from harvesters.reading.annual_report.figures.rows import (
    Head,
    Row,
    are_whole,
    cells_of,
    column_after,
    columns_of,
    in_order,
    merged,
    stacks,
    texts_of,
    under,
)
from harvesters.reading.annual_report.figures.stretches import Stretch
from harvesters.reading.annual_report.tables import Place, Table
from harvesters.reading.annual_report.values import read_value
from storage.annual.report import State

_BLOCKS: Final = (  # heads that stand over the rows of one block, of either form
    {"made", "repealed", "in_force"},
    {"made_new", "published", "in_force_open"},
    {"items", "change", "decisions"},
    {"items", "change"},
    {"items", "amount"},
    {"decisions"},
    {"amount"},
)


def read_active(stretches: Sequence[Stretch], collected: Collected) -> None:
    """Puts the places of table 二's figures into ``collected``; a row whose block is not whole is told, not read."""
    heads: list[Head] = []
    for stretch in stretches:
        own = False
        above: Row = ()
        for row in stretch.rows:
            told = texts_of(row)
            columns = [(place, words.active_column(place.text)) for place in told]
            named = next((place for place in told if words.active_row(place.text)), None)
            if named is None:
                if any(name for _, name in columns):
                    heads = [Head(name, columns_of(row, place), place.text) for place, name in columns if name]
                    own = True
                if above and {head.name for head in heads} not in _BLOCKS:
                    heads = _over_two_rows(above, row) or heads
                above = row if len(told) > 1 else ()
                continue
            above = ()
            _active_row(stretch.table, row, named, heads, collected, own=own)


def _over_two_rows(above: Row, row: Row) -> list[Head]:
    """Heads whose words are cut over two rows (本年新 over 制作数量), if they are those of a block."""
    named: dict[str, list[int]] = {}
    texts: dict[str, str] = {}
    for column, stack in stacks((above, row)):
        name = words.active_column("".join(stack))
        if name:
            named.setdefault(name, []).append(column)
            texts[name] = "".join(stack)
    if set(named) not in _BLOCKS or not are_whole(named):
        return []
    return [Head(name, tuple(columns), texts[name]) for name, columns in named.items()]


def _active_row(
    table: Table, row: Row, named: Place, heads: Sequence[Head], collected: Collected, *, own: bool
) -> None:
    name = words.active_row(named.text)
    where = f"表{table.number} 第{named.row}行"
    has_numbers = any(read_value(place.text).state is State.NUMBER for place in row)
    if heads and {head.name for head in heads} not in _BLOCKS:
        heads = ()  # one is missing, which may have moved the others
    if heads or has_numbers:  # a menu names such rows too
        collected.parts.add(2)
    if not heads and not has_numbers:
        return
    if not heads:
        collected.problem(f"{where}: the heads of the form do not stand over {named.text}; its figures are not read.")
        return
    start = column_after(row, named)
    if own or table.exact or start == heads[0].columns[0]:
        places = under(row, heads, start, exact=table.exact) or (None if table.exact else merged(row, heads, start))
    else:
        places = in_order(cells_of(row, start), heads)
    if places is None:
        collected.problem(f"{where}: the cells beside {named.text} do not fit the heads over them.")
        return
    for head in heads:
        if head.name in words.OLD_COLUMNS or name in ("services", "procurement"):
            collected.signs.add(f"old:{head.name}")
        elif head.name in ("made", "repealed", "in_force"):
            collected.signs.add(f"new:{head.name}")
        elif name == "fees" and head.name == "amount":
            collected.signs.add("new:amount")
        collected.put(f"2/{name}/{words.same_column(head.name)}", Found(table, places[head.name], head.text))
