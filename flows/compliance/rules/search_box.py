"""A site offers a search of what it publishes: PL-03.

条例 第二十四条：the platform must allow 信息检索、查阅、下载. A field or a link to search by on the home page or the
platform page is enough; whether the search finds anything is not tried. That it is missing is only told where neither
page's source has so much as the word.
"""

from __future__ import annotations

from flows.compliance.facts import Case, UnitFacts
from flows.compliance.front import front_of, is_section, navigation_gap
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable

RULES = ("PL-03",)
SUBJECT = "unit"
VERSION = "1"


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether there is something to search by."""
    if is_section(unit.unit.home):
        return not_applicable("section", "its home page is a section of a site that has one search for all")
    front = front_of(unit, case)
    if front.gap is not None:
        return front.gap
    found = front.shown.get("search")
    if found == "box":
        return compliant(home=front.home, judged_on=front.on)
    if found is not None:
        words = "the pages speak of a search, but no field or link to search by was recognised"
        return not_assessable("unclear", words, home=front.home)
    if (gap := navigation_gap(front, unit)) is not None:
        return gap
    return breach(evidence=front.evidence, home=front.home, judged_on=front.on)
