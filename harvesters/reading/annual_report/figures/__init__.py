"""The three tables of the form: which place of which table is which figure. What is not sure is absent, and is told.

Tables are cut into stretches of rows that belong to part 二, 三 or 四 by their words, whichever ``<table>`` they stand
in; a stretch without heads goes on with those of the stretch before. A figure lies where its row's label and its
column's head meet. Where the heads' places and the row's do not fit (wrong spans, columns shifted), the row is read in
its order, if it has exactly as many cells as there are heads; else its figures are absent.
"""

from __future__ import annotations

from collections.abc import Sequence

from harvesters.reading.annual_report import words
from harvesters.reading.annual_report.figures.active import read_active
from harvesters.reading.annual_report.figures.cases import read_cases, tell_cases_without_heads
from harvesters.reading.annual_report.figures.collected import Collected, words_of
from harvesters.reading.annual_report.figures.proven import proven
from harvesters.reading.annual_report.figures.requests import read_requests
from harvesters.reading.annual_report.figures.stretches import stretches_of
from harvesters.reading.annual_report.tables import Table
from storage.annual import forms
from storage.annual.forms import Form
from storage.annual.report import Figure, State

__all__ = ["Collected", "figures_of", "form_of", "read_tables", "told_in_text"]


def read_tables(tables: Sequence[Table]) -> Collected:
    """The places of all figures in these tables."""
    collected = Collected()
    stretches = [stretch for table in tables for stretch in stretches_of(table)]
    read_active([one for one in stretches if one.part == 2], collected)
    read_requests([one for one in stretches if one.part == 3], collected)
    read_cases([one for one in stretches if one.part == 4], collected)
    if 4 not in collected.parts:
        tell_cases_without_heads(tables, collected)
    collected.part_tables_that_differ()
    return collected


def told_in_text(lines: Sequence[str], collected: Collected) -> None:
    """Tables that stand in the text as lines, because nothing says where their cells are, are there, but not read."""
    for part in words.tables_in_text(lines):
        if part not in collected.parts:
            collected.parts.add(part)
            collected.problem(f"The table of part {'一二三四'[part - 1]} stands in the text as lines; it is not read.")


def form_of(collected: Collected) -> Form | None:
    """Which of the two forms the tables are of; None where they say of neither."""
    if not collected.parts:
        return None
    old = sum(sign.startswith("old:") for sign in collected.signs)
    new = len(collected.signs) - old
    return Form.F2019 if old > new else Form.F2021 if new > old else None


def figures_of(collected: Collected, form: Form) -> dict[str, Figure]:
    """Every figure of the form whose table was found, in the form's order."""
    figures = {}
    for name in forms.figures_of(form):
        if int(name[0]) in collected.parts:
            figures[name] = _figure(name, collected)
    return proven(figures, collected, form)


def _figure(name: str, collected: Collected) -> Figure:
    found = collected.places.get(name)
    if found is None:
        return Figure(name=name, state=State.ABSENT)
    if name in collected.torn:
        collected.problem(f"{words_of(name)} stands at two places with different contents; none is believed.")
        return Figure(name=name, state=State.ABSENT)
    value = found.value(name)
    return Figure(
        name=name,
        state=value.state,
        value=value.number,
        raw=found.place.text,
        cell=found.table.cell(found.place),
    )
