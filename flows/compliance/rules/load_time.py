"""A home page loads within three seconds: AV-03.

《政府网站发展指引》附件：首页加载 within 3 seconds. Taken is the median of a week's probes that were answered, of
twenty at the least, each from the request to the beginning of the answer: less than a reader waits. Where the median
of the city's other sites is near the limit too, our own line may be slow, and nothing is said.
"""

from __future__ import annotations

import datetime as dt
from statistics import median
from typing import Annotated, Any

from pydantic import Field

from flows.compliance.facts import Case, UnitFacts
from flows.compliance.front import is_section
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.regulation import RuleText

RULES = ("AV-03",)
SUBJECT = "unit"
VERSION = "1"

_OUR_LINE = 0.5  # of the limit: so long an answer from the other sites says that the way there is slow


class Text(RuleText):
    """The limit in seconds, over how many days, and of how many probes at the least."""

    limit_s: Annotated[float, Field(gt=0)]
    days: Annotated[int, Field(ge=1)]
    least_probes: Annotated[int, Field(ge=1)]


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether the home page answers fast enough."""
    if is_section(unit.unit.home):
        return not_applicable("section", "its home page is a section of a site that is judged by its own home page")
    text = case.text(Text)
    first = case.as_of - dt.timedelta(days=text.days)
    loads = [load for day in unit.probes if first <= day.on < case.as_of for load in day.loads]
    if len(loads) < text.least_probes:
        words = f"{len(loads)} probes were answered in {text.days} days; {text.least_probes} are needed"
        return not_assessable("few_probes", words)
    middle = round(median(loads), 2)
    others = unit.others_load_s
    facts: dict[str, Any] = {"median_s": middle, "probes": len(loads), "limit_s": text.limit_s, "others_s": others}
    if middle <= text.limit_s:
        return compliant(**facts)
    if others is None or others > text.limit_s * _OUR_LINE:
        words = "the city's other sites answer slowly too, or there are none to compare with: the line may be ours"
        return not_assessable("our_line", words, **facts)
    return breach(**facts)
