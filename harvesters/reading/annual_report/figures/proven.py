"""Figures whose digits a line end or a blank parts → numbers where a sum of the form proves them; else it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from harvesters.reading.annual_report.figures.collected import Collected, words_of
from storage.annual import forms
from storage.annual.forms import Form
from storage.annual.report import Figure, State


def proven(figures: dict[str, Figure], collected: Collected, form: Form) -> dict[str, Figure]:
    """``figures`` with numbers whose digits a line end or a blank parts, where the sum of their row proves them."""
    perhaps: dict[str, Decimal] = {}
    for name, figure in figures.items():
        if figure.state is State.TEXT and name in collected.places:
            value = collected.places[name].value(name)
            if value.perhaps is not None:
                perhaps[name] = value.perhaps
    if not perhaps:
        return figures
    for parts in _sums(form):
        if not any(name in perhaps for name in parts):
            continue
        numbers = [perhaps.get(name, figures[name].value if name in figures else None) for name in parts]
        known = [number for number in numbers if number is not None]
        if len(known) == len(parts) and sum(known[:-1]) == known[-1]:
            for name in parts:
                if name in perhaps:
                    figures[name] = replace(figures[name], state=State.NUMBER, value=perhaps[name])
    for name in perhaps:
        if figures[name].value is None:
            collected.problem(f"{words_of(name)}: “{figures[name].raw}” may be one number or two; it is not read.")
    return figures


def _sums(form: Form) -> Iterator[tuple[str, ...]]:
    """Names of which the last is the sum of the others: the rows of table 三, the blocks of table 四."""
    for row in forms.REQUEST_ROWS[form]:
        yield tuple(f"3/{row}/{column}" for column in forms.APPLICANTS)
    for case in forms.CASES:
        yield tuple(f"4/{case}/{outcome}" for outcome in forms.OUTCOMES)
