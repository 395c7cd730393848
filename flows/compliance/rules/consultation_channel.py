"""A site offers a way to ask and to suggest online: IN-01.

国办秘函〔2019〕19号 单项否决“互动回应差”：no valid online channel for consultation or suggestions; complaints,
petitions and reports of wrongdoing (信访、纪检举报), error reports and applications for disclosure are none. It is
there when the home page or the platform page links one by its name (互动交流, 我要咨询, 局长信箱, 12345 …), or answers
to letters are a registered column. That it is missing is only told where both pages were read and are the navigation.
"""

from __future__ import annotations

from flows.compliance.facts import Case, UnitFacts
from flows.compliance.front import front_of, is_section, navigation_gap, rows_of
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from storage.schema import ColumnKind

RULES = ("IN-01",)
SUBJECT = "unit"
VERSION = "1"


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether a channel is linked."""
    if is_section(unit.unit.home):
        return not_applicable("section", "its home page is a section of a site whose own home page has the channel")
    front = front_of(unit, case)
    channels = rows_of(front.shown.get("channels"))
    replies = [column.id for column in unit.unit.columns if column.kind is ColumnKind.REPLIES]
    if front.gap is None and channels:
        return compliant(home=front.home, channels=list(channels), judged_on=front.on)
    if replies:
        return compliant(columns=replies)
    if front.gap is not None:
        return front.gap
    if (gap := navigation_gap(front, unit)) is not None:
        return gap
    if front.shown.get("scripted"):
        words = "scripts or frames of the home page may link what the page as sent does not show"
        return not_assessable("scripted", words, home=front.home)
    return breach(
        evidence=front.evidence,
        home=front.home,
        judged_on=front.on,
        columns=len(unit.unit.columns),
        columns_linked=len(front.columns_linked),
    )
