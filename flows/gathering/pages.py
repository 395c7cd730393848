"""What pages carry beside their content, and the articles behind them in their tags: from the looks that read them.

A look that found a page unchanged says nothing of it, and a quick pass may find it so for days. So what is judged is
the latest good look that read the page, no older than a whole walk may be: every list is walked unconditionally
once a week.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping

from flows.compliance.facts import ArticleTags, PageFacts
from flows.gathering.run import Place, Run
from storage import observations
from storage.schema import Observation, Subject

ENOUGH_ARTICLES = 20  # of a column, counted from the newest pass back: what a template carries shows in few


def pages_of(run: Run, subject: Subject) -> dict[Place, PageFacts]:
    """What the home page of each unit, or the first page of each column, carries."""
    addresses: dict[Place, str] = {(unit.id, None): unit.home for unit in run.city.units}
    addresses |= {place: column.url for place, column in run.columns.items()}
    looks = observations.latest_good_with(run.database, subject, "page", since=_since(run))
    return {
        place: PageFacts(url=look.url, on=run.day(look.at), shown=look.facts["page"], evidence=look.evidence[:1])
        for place, look in looks.items()
        if addresses.get(place) == look.url  # else it was another page, before the registry was corrected
    }


def article_tags(run: Run) -> dict[Place, ArticleTags]:
    """What the articles carry that were read lately in each column."""
    passes: dict[Place, list[Observation]] = defaultdict(list)
    for look in observations.iter_observations(run.database, subject=Subject.ARTICLE, since=_since(run)):
        if isinstance(look.facts.get("tags"), Mapping):
            passes[look.unit, look.column].append(look)
    return {place: _counted(looks) for place, looks in passes.items()}


def _counted(looks: list[Observation]) -> ArticleTags:
    read = 0
    carried: Counter[str] = Counter()
    lacking: dict[str, str] = {}
    evidence = looks[-1].evidence
    for look in reversed(looks):
        told = look.facts["tags"]
        read += told["read"]
        carried.update(told["carried"])
        for name, url in told["lacking"].items():
            lacking.setdefault(name, url)
        evidence = evidence or look.evidence
        if read >= ENOUGH_ARTICLES:
            break
    return ArticleTags(read=read, carried=dict(carried), lacking=lacking, evidence=evidence[:1])


def _since(run: Run) -> dt.datetime:
    days = run.case.law.look.whole_within_days
    first = dt.datetime.combine(run.case.as_of - dt.timedelta(days=days), dt.time(), run.case.zone)
    return first.astimezone(dt.UTC)
