"""The sums within the tables as judgements: AR-01 to AR-04, and AR-10 for errors that cancel each other.

Anything broken is a breach, with every relation that does not hold, its cells and the cell that is most likely wrong.
Where nothing is broken and a cell holds no number, the relations it is in are named and nothing is said of the report.
A table in which most of what says anything does not hold was more likely misread than miscounted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from flows.compliance.annual.known import Known, cell, has_tables
from flows.compliance.annual.relations import Outcome, Pair, outcomes, pairs, plain, suspects, told
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from storage.annual.forms import words_of
from storage.annual.report import Report

_MISREAD: Final = 6  # broken relations from which on a table is doubted, if more are broken than hold
_MOST_SAID: Final = 3  # relations in the one sentence for the notice; all are in the list


def no_tables(known: Known) -> Judgement | None:
    """Why nothing can be said of the tables, where it cannot."""
    report = known.report
    assert report is not None
    if not has_tables(report):
        if known.year < 2019:
            return not_applicable("other_form", "the form with these tables is asked for since the reports for 2019")
        return not_assessable("no_table", "no table of the form was read in the report")
    return None


def judge_sums(rule: str, known: Known) -> Judgement:
    """One of AR-01 to AR-04."""
    without = no_tables(known)
    if without is not None or known.report is None:
        return without or not_assessable("no_table", "not read")
    report = known.report
    every = outcomes(report)
    some = [one for one in every if one.relation.rule == rule]
    broken = [one for one in some if one.is_broken]
    facts: dict[str, Any] = {
        "judged": sum(one.off is not None for one in some),
        **not_judged((one for one in some if one.off is None), report),
    }
    if broken:
        doubt = _misread(every, report)
        if doubt is not None:
            return doubt
        cells = list(dict.fromkeys(name for one in broken for name in one.relation.cells))
        return breach(
            found=said([told(one, report) for one in broken]),
            **suspect_facts(every, report, cells),
            relations=[told(one, report) for one in broken],
            cells=[cell(report, name) for name in cells],
            **facts,
        )
    if facts["judged"] < len(some):
        words = f"{len(some) - facts['judged']} of {len(some)} sums rest on cells without a number; the others hold"
        return not_assessable("cells_without_number", words, **facts)
    return compliant(**facts)


def judge_pairs(known: Known) -> Judgement:
    """AR-10: errors that cancel each other."""
    without = no_tables(known)
    if without is not None or known.report is None:
        return without or not_assessable("no_table", "not read")
    report = known.report
    every = outcomes(report)
    found = pairs(every)
    some = [one for one in every if one.relation.rule in ("AR-01", "AR-02", "AR-03")]
    if found:
        doubt = _misread(every, report)
        if doubt is not None:
            return doubt
        sentences = [pair_told(one, report) for one in found]
        cells = list(
            dict.fromkeys(name for one in found for side in (one.more, one.less) for name in side.relation.cells)
        )
        return breach(found=said(sentences), relations=sentences, cells=[cell(report, name) for name in cells])
    facts = not_judged((one for one in some if one.off is None), report)
    if facts:
        return not_assessable("cells_without_number", "some sums rest on cells without a number", **facts)
    return compliant(judged=len(some))


def pair_told(pair: Pair, report: Report) -> str:
    """Both sides of a pair, and that the sum over both holds."""
    return (
        f"两处互相抵消（±{plain(pair.by)}）：{told(pair.more, report)}；{told(pair.less, report)}；"
        f"而{pair.holds.words}成立"
    )


def said(sentences: Sequence[str]) -> str:
    """The first few sentences as one, with how many there are."""
    first = "；".join(sentences[:_MOST_SAID])
    return first if len(sentences) <= _MOST_SAID else f"{first}；……共{len(sentences)}处"


def not_judged(some: Iterable[Outcome], report: Report) -> dict[str, Any]:
    """The cells without a number that keep relations from being judged; nothing where there are none."""
    names = list(dict.fromkeys(name for one in some for name in one.lacking))
    return {"not_assessable": [cell(report, name) for name in names]} if names else {}


def suspect_facts(every: Sequence[Outcome], report: Report, cells: Sequence[str]) -> dict[str, Any]:
    """The cells most likely wrong, of those that take part; nothing where it cannot be told."""
    some = [one for one in suspects(every, report) if one.name in cells]
    if not some:
        return {}
    hints = [
        f"{words_of(one.name, report.form)}现为{plain(report.number(one.name) or one.would_be * 0)}，"
        f"若为{plain(one.would_be)}则相关各项关系全部成立"
        for one in some
    ]
    return {
        "hint": "；".join(hints),
        "suspect": [cell(report, one.name) | {"would_be": str(one.would_be)} for one in some],
    }


def _misread(every: Sequence[Outcome], report: Report) -> Judgement | None:
    """Whether so much is broken that the table was rather misread; relations over zeros say nothing."""
    telling = [
        one
        for one in every
        if one.off is not None and one.relation.rule != "AR-04" and any(map(report.number, one.relation.cells))
    ]
    broken = sum(one.is_broken for one in telling)
    if broken < _MISREAD or 2 * broken <= len(telling):
        return None
    words = f"{broken} of {len(telling)} sums do not hold: the table may have been misread; look at the report"
    return not_assessable("may_be_misread", words, broken=broken, judged=len(telling))
