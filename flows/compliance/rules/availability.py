"""A site answers: of at least 20 probes a day for a week, fewer than 5 % fail, 15 seconds counting as failed: AV-01.

The sampling rule of 国办秘函〔2019〕19号 (单项否决 二、站点无法访问). A probe that failed counts only if in the same
round another host of the city answered, so that an outage of our own line is nobody's; a probe that was turned away
(blocked, a challenge) counts neither way, since the public may well be let in. From 3 % on a warning is given. A unit
whose home page is a section of another's site is judged there.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field

from flows.compliance.facts import Case, ProbeDay, UnitFacts
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.regulation import RuleText, Strict
from storage.schema import Observation, Outcome

RULES = ("AV-01",)
SUBJECT = "unit"
VERSION = "1"

# probes of one round are started together; rounds are half an hour apart
_ROUND_GAP = dt.timedelta(minutes=10)
# why a probe brought nothing that has to do with us and not with the site
_OURS = frozenset({"robots", "robots_unreadable", "unsafe_address", "private_address", "too_large", "no_browser"})
# the site answered, and only the words of its page say that something is wrong: those may be misread
_BY_WORDS = frozenset({"server_error", "default_page", "site_stopped", "interface_error"})


class Sampling(Strict):
    """How a site's availability is sampled: days, probes a day, and the shares that warn and fail."""

    days: Annotated[int, Field(ge=1)]
    least_probes: Annotated[int, Field(ge=1)]
    slow_s: Annotated[float, Field(gt=0)]
    warns_at: Annotated[float, Field(gt=0, le=1)]
    fails_at: Annotated[float, Field(gt=0, le=1)]


class Text(RuleText):
    """The sampling rule."""

    sampling: Sampling


class Answer(StrEnum):
    """What one probe says of the site."""

    ANSWERED = "answered"
    FAILED = "failed"
    UNSURE = "unsure"


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One probe of one unit's front door. ``load_s``: seconds until an answer began to come."""

    unit: str
    host: str
    at: dt.datetime
    answer: Answer
    load_s: float | None = None


def probe_of(look: Observation, slow_s: float) -> Probe:
    """The probe that an observation is."""
    if look.outcome.is_good:
        answer = Answer.FAILED if look.seconds >= slow_s else Answer.ANSWERED
    elif look.outcome is Outcome.UNREACHABLE and look.reason not in _OURS | _BY_WORDS:
        answer = Answer.FAILED
    else:
        answer = Answer.UNSURE
    load = look.facts.get("load_s") if look.outcome.is_good else None
    return Probe(
        unit=look.unit,
        host=urlsplit(look.url).netloc.lower(),
        at=look.at,
        answer=answer,
        load_s=float(load) if isinstance(load, int | float) else None,
    )


def probe_days(probes: Iterable[Probe], zone: dt.tzinfo) -> Mapping[str, tuple[ProbeDay, ...]]:
    """By unit, how its probes went each day of ``zone``; ``probes`` in the order of time."""
    counts: dict[str, dict[dt.date, dict[Answer, int]]] = defaultdict(dict)
    loads: dict[tuple[str, dt.date], list[float]] = defaultdict(list)
    for one_round in _rounds(probes):
        answered = {probe.host for probe in one_round if probe.answer is Answer.ANSWERED}
        for probe in one_round:
            answer = probe.answer
            if answer is Answer.FAILED and not answered - {probe.host}:
                answer = Answer.UNSURE  # nobody answered: our own line may have been down
            on = probe.at.astimezone(zone).date()
            day = counts[probe.unit].setdefault(on, dict.fromkeys(Answer, 0))
            day[answer] += 1
            if probe.load_s is not None:
                loads[probe.unit, on].append(probe.load_s)
    return {
        unit: tuple(
            ProbeDay(
                on=on,
                counted=day[Answer.ANSWERED] + day[Answer.FAILED],
                failed=day[Answer.FAILED],
                loads=tuple(loads.get((unit, on), ())),
            )
            for on, day in sorted(days.items())
        )
        for unit, days in counts.items()
    }


def _rounds(probes: Iterable[Probe]) -> Iterator[Sequence[Probe]]:
    current: list[Probe] = []
    for probe in probes:
        if current and probe.at - current[-1].at > _ROUND_GAP:
            yield current
            current = []
        current.append(probe)
    if current:
        yield current


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether the unit's own site answered often enough in the week before ``as_of``."""
    if urlsplit(unit.unit.home).path.strip("/"):
        return not_applicable("section", "its home page is a section of a site that is judged by its own home page")
    sampling = case.text(Text).sampling
    week = [case.as_of - dt.timedelta(days=back) for back in range(sampling.days, 0, -1)]
    probed = {day.on: day for day in unit.probes}
    days = [probed.get(on, ProbeDay(on=on, counted=0, failed=0)) for on in week]
    told = [f"{day.on.isoformat()}: {day.failed} of {day.counted} failed" for day in days]
    counted, failed = sum(day.counted for day in days), sum(day.failed for day in days)
    facts: dict[str, Any] = {"probes": counted, "failed": failed, "days": told, "slow_s": sampling.slow_s}
    thin = [day for day in days if day.counted < sampling.least_probes]
    if thin:
        words = (
            f"{len(thin)} of {sampling.days} days have fewer than {sampling.least_probes} probes that count; "
            "let gongkai up run through the week"
        )
        return not_assessable("few_probes", words, **facts)
    share = failed / counted
    facts["share"] = round(share, 4)
    if share >= sampling.fails_at:
        return breach(**facts)
    if share >= sampling.warns_at:
        return compliant(warning=f"{failed} of {counted} probes failed; {sampling.fails_at:.0%} is a breach", **facts)
    return compliant(**facts)
