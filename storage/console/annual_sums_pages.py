"""The sums of a year's reports, figure by figure, and what the catalogue counts beside what the reports claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from storage.annual import forms
from storage.annual.forms import Form
from storage.annual.measures import MEASURES
from storage.annual.rollup import Rollup, Sum
from storage.console import annual_tables, rendering, signing, texts
from storage.console.annual_pages import number, of_year, page
from storage.console.api import Store
from storage.console.signing import Person
from storage.oai.list_sets import statutory_name
from storage.people import Action
from storage.schema import Category

router = APIRouter(include_in_schema=False)


@router.get("/annual/{year}/sums", response_class=HTMLResponse)
def show_sums(request: Request, store: Store, person: Person, year: str, figure: str = "") -> HTMLResponse:
    """The form's three tables with each figure's sum; of one of them who counted, who lacks and why."""
    signing.may(person, Action.SEE)
    found, at = of_year(store, person, number(year))
    form = annual_tables.form_of_figures(found.sums) if found else Form.F2021
    chosen = found.sums.get(figure) if found else None
    return page(
        request,
        store,
        person,
        "annual_sums.html",
        number(year),
        at,
        rollup=found,
        tables=annual_tables.tables_of(form),
        names={one.unit: one.name for one in found.lines} if found else {},
        reports={one.unit: one.report for one in found.lines} if found else {},
        figure=figure if chosen else None,
        words=said(figure, form),
        chosen=chosen,
        units=_counted(found.sums.values()) if found else (),
    )


@router.get("/annual/{year}/counts", response_class=HTMLResponse)
def show_counts(request: Request, store: Store, person: Person, year: str) -> HTMLResponse:
    """What the catalogue counts of the year, what the reports claim beside it, and what was entered from sheets."""
    found, at = of_year(store, person, number(year))
    own = person.account.unit
    language = rendering.language_of(request)
    form = annual_tables.form_of_figures(found.sums) if found else Form.F2021
    return page(
        request,
        store,
        person,
        "annual_counts.html",
        number(year),
        at,
        rollup=found,
        is_own=own is not None,
        names={one.unit: one.name for one in found.lines} if found else {},
        categories=_categories(found),
        category_rows=_rows(found, "by_category", _categories(found)),
        channel_rows=[
            (texts.word(language, "annual_channel", name), now, before)
            for name, now, before in _rows(found, "by_channel", ())
        ],
        statutory_rows=[
            (texts.text(language, "annual.statutory_none") if name == "none" else statutory_name(name), now, before)
            for name, now, before in _rows(found, "by_statutory", ())
        ],
        claims=[(one, said(one.what, form)) for one in (found.claims if found else ())],
        measures=MEASURES,
    )


# ------------------------------------------------------------------ what they show


def said(figure: str, form: Form) -> str:
    """What a figure is called, in the words of the form; as it is where the form has none such."""
    try:
        return forms.words_of(figure, form)
    except (KeyError, ValueError):
        return figure


def _counted(sums: Iterable[Sum]) -> tuple[int, int]:
    """The fewest and the most units that any sum counts."""
    counts = [one.counted for one in sums]
    return (min(counts), max(counts)) if counts else (0, 0)


def _rows(found: Rollup | None, by: str, order: Iterable[str]) -> list[tuple[str, int, int]]:
    """What was counted under each name, this year and the year before; in this order, then by name."""
    if found is None:
        return []
    now: Mapping[str, int] = getattr(found.counts, by)
    before: Mapping[str, int] = getattr(found.counts_last, by) if found.counts_last else {}
    first = list(order)
    return [(name, now.get(name, 0), before.get(name, 0)) for name in (*first, *sorted({*now, *before} - {*first}))]


def _categories(found: Rollup | None) -> list[str]:
    """The eight categories in their order, then whatever else was counted."""
    known = [one.value for one in Category]
    return known + sorted(set(found.counts.by_category if found else ()) - set(known))
