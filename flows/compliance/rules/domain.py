"""A government site stands under .gov.cn (国办发〔2017〕47号): DM-01.

Judged by the host of the home page that the registry names and that answered at our last look. An address of an
intranet or a test (a number, a single label, a reserved name) is no domain. A Chinese government name (.政务) is put
before a person: the text allows it beside the English one.
"""

from __future__ import annotations

import re

from flows.compliance.facts import Case, UnitFacts
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.pages import SECTION, host_of, is_front_door, is_public_name
from flows.compliance.seen import looks_prove

RULES = ("DM-01",)
SUBJECT = "unit"
VERSION = "1"

_CHINESE = re.compile(r"\.(?:政务|xn--zfr164b)(?:\.cn)?$")


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether the home page's host is a government's."""
    if not is_front_door(unit.unit.home):
        return SECTION
    host = host_of(unit.unit.home)
    if not is_public_name(host):
        return not_applicable("no_domain", f"{host} is an address of a test or an intranet")
    if host.endswith(".gov.cn"):
        return compliant(host=host)
    if _CHINESE.search(host):
        return not_assessable(
            "review", f"{host} is a Chinese government name: see whether a .gov.cn leads there", host=host
        )
    seen = looks_prove(unit.home, case.law, case.as_of)
    if seen.gap is not None and not seen.part_seen:
        return seen.gap
    last = unit.home.last
    return breach(evidence=last.evidence[:1] if last else (), host=host, home=unit.unit.home, judged_on=seen.on)
