"""The rules in words, and help: what each rule asks, how it is judged and met, what every word of the console means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from storage import boards, findings, registry, rule_texts
from storage.console import rendering, signing, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.people import Action
from storage.schema import ColumnKind, FindingKind, Outcome, Role, VerdictKind

router = APIRouter(include_in_schema=False)
_SHOWN: Final = 100  # units with open findings named on a rule's page

# what the help page explains, in its order; the values' own words come from their families
HELP: Final[Mapping[str, tuple[str, ...]]] = {
    "idea": (
        *("unit", "obligation", "score", "rank", "veto", "coverage", "evidence", "four_dates", "not_before", "waiver"),
        *("due_date", "our_side", "provenance", "copy", "drift", "category", "period"),
        *("discovery", "request", "first_level", "render", "intranet"),
        *("annual_report", "annual_published", "annual_checks", "annual_alike", "annual_sum", "annual_claim"),
        "annual_gap",
    ),
    "verdict": tuple(VerdictKind),
    "finding_kind": tuple(FindingKind),
    "severity": ("red", "yellow"),
    "state": tuple(findings.State),
    "outcome": (*Outcome, "mass_change", "no_look"),
    "column_kind": tuple(ColumnKind),
    "role": tuple(Role),
    "rule_status": ("binding", "advice", "off"),
    "confidence": ("verified", "mirrored", "local", "inferred", "memory"),
}


@router.get("/rules", response_class=HTMLResponse)
def show_rules(request: Request, store: Store, person: Person) -> HTMLResponse:
    """Every rule by family."""
    own = person.account.unit
    signing.may(person, Action.SEE, own)
    told = rule_texts.all_texts(store)
    families: dict[str, list[Mapping[str, Any]]] = {}
    for one in told.values():
        if one["status"] != "not judged":
            families.setdefault(one["id"].partition("-")[0], []).append(one)
    return rendering.page(
        request,
        "rules.html",
        registry.load_city(store),
        families=families,
        not_judged=[one for one in told.values() if one["status"] == "not judged"],
    )


@router.get("/rules/{rule}", response_class=HTMLResponse)
def show_rule(request: Request, store: Store, person: Person, rule: str) -> HTMLResponse:
    """One rule, with how many findings are open under it and the latest verdicts, by unit."""
    own = person.account.unit
    signing.may(person, Action.SEE, own)
    told = rule_texts.get(store, rule)
    if told is None or told["status"] == "not judged":
        raise HTTPException(404, texts.text(rendering.language_of(request), "error.rule", name=rule))
    city = registry.load_city(store)
    names = {unit.id: unit.name for unit in (city.units if city else ()) if own in (None, unit.id)}
    opened = {unit: count for unit, count in findings.count_open(store, rule).most_common() if unit in names}
    board = boards.latest(store)
    counts: Counter[str] = Counter()
    for line in boards.standings(store, board.day) if board else ():
        if line.unit in names:
            counts.update(line.cells.get(rule, {}))
    return rendering.page(
        request,
        "rule.html",
        city,
        rule=told,
        names=names,
        opened=opened,
        shown=dict(list(opened.items())[:_SHOWN]),
        counts={kind.value: counts[kind.value] for kind in VerdictKind},
        group=_group(board, told["score"]["group"]),
        how=told_of("rule_how", rule),
        fix=told_of("rule_fix", rule),
    )


@router.get("/help", response_class=HTMLResponse)
def show_help(request: Request, store: Store, person: Person) -> HTMLResponse:
    """What every word of the console means."""
    return rendering.page(request, "help.html", registry.load_city(store), families=HELP)


def _group(board: boards.Board | None, name: str | None) -> Mapping[str, Any] | None:
    """The score's group of this name, as the last board has it."""
    groups = board.board.get("formula", {}).get("groups", ()) if board else ()
    return next((group for group in groups if group["id"] == name), None)


def told_of(family: str, rule: str) -> str | None:
    """The key of the text that a family has for a rule: under its id, else under the longest beginning of it."""
    parts = rule.split("-")
    for length in range(len(parts), 0, -1):
        key = f"{family}.{'-'.join(parts[:length])}"
        if texts.has(key):
            return key
    return None
