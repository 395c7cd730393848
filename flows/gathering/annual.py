"""The yearly reports that stand, each with last year's of its unit and with the reports whose text is like its own.

A year is brought together once: every report of the year is compared with every other, and two statements read all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from flows.compliance.annual.alike import Text, likenesses, own, text_of
from flows.compliance.annual.known import Known
from flows.compliance.rules import annual_report
from flows.compliance.yearly import due_year
from flows.gathering.run import Run
from storage.annual import held
from storage.annual.held import HeldReport, Outcome
from storage.annual.report import Report, report_of

PUBLISHED = "published"


def gather_annual(run: Run) -> Iterator[Known]:
    """The published report of every unit on the last year due, as registered; nothing where none is held."""
    law = run.case.law
    wanted: dict[str, int] = {}
    for unit in run.city.units:
        rule = annual_report.rule_for(unit, law)
        if rule is not None:
            wanted[unit.id] = due_year(run.case.as_of, law.text(rule, annual_report.Text).due)[0]
    of_year = {
        year: {one.unit.id: one for one in known_of(run, year) if one.published} for year in set(wanted.values())
    }
    for unit in run.city.units:
        if unit.id in wanted and (known := of_year[wanted[unit.id]].get(unit.id)) is not None:
            yield known


def known_of(run: Run, year: int) -> list[Known]:
    """Every report of the year that stands, published or come by mail, of units that are registered."""
    key = f"annual {year}"
    if key not in run.gathered:
        run.gathered[key] = _known_of(run, year)
    found: list[Known] = run.gathered[key]
    return found


def _known_of(run: Run, year: int) -> list[Known]:
    now = _standing(run, year)
    read = {one.id: report_of(one.report) for one in now if one.report is not None}
    last = _last(run, year)
    texts: list[Text] = [_text(run, one, read[one.id], year) for one in now if one.id in read]
    texts += [_text(run, one, report, year - 1) for of_unit in last.values() for one, report in of_unit]
    owned = own(texts)
    alike = likenesses(owned, year)
    parts = {one.unit: read[one.id] for one in now if one.source == PUBLISHED and one.id in read}
    found: list[Known] = []
    for one in now:
        # what was published is accused by nothing that was not
        public = one.source == PUBLISHED
        before = next((old for old in last.get(one.unit, ()) if old[0].source == PUBLISHED or not public), None)
        text = owned.get(one.id)
        found.append(
            Known(
                unit=run.units[one.unit],
                id=one.id,
                year=year,
                report=read.get(one.id),
                city=run.city.name,
                outcome=one.outcome.value,
                detail=one.detail,
                published=public,
                title=one.name,
                url=one.url,
                column=one.column,
                item=one.item,
                published_on=one.published_on,
                evidence=one.evidence,
                last=before[1] if before is not None else None,
                last_why=f"no report on {year - 1} is held that was read",
                likeness=alike.get(one.id, ()),
                own_sentences=len(text.sentences) if text is not None else 0,
                own_characters=sum(map(len, text.sentences)) if text is not None else 0,
                parts=parts,
            )
        )
    return found


def _standing(run: Run, year: int) -> list[HeldReport]:
    return [
        one
        for one in held.standing(run.database, year=year)
        if one.unit in run.units and one.outcome is not Outcome.NO_REPORT
    ]


def _last(run: Run, year: int) -> dict[str, list[tuple[HeldReport, Report]]]:
    """Last year's reports by unit, the published one before what came by mail."""
    found: dict[str, list[tuple[HeldReport, Report]]] = defaultdict(list)
    for one in sorted(_standing(run, year - 1), key=lambda one: one.source != PUBLISHED):
        if one.report is not None:
            found[one.unit].append((one, report_of(one.report)))
    return found


def _text(run: Run, one: HeldReport, report: Report, year: int) -> Text:
    name = run.units[one.unit].name
    return text_of(
        report,
        key=one.id,
        unit=one.unit,
        name=name,
        year=year,
        published_on=one.published_on,
        published=one.source == PUBLISHED,
    )
