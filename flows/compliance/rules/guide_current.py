"""The guide is up to date: it does not rest on the Regulation of 2008 (国务院令第492号) alone: GD-02.

That Regulation was replaced by 国务院令第711号 on 15 May 2019, and the guide must be kept up to date (条例 第十二条 and
第五十三条第二项). A guide that names the new one too, or its revision, is up to date in this, and so is one that names
neither. Names of bodies that have been reorganised since are not judged.
"""

from __future__ import annotations

import re
from typing import Any

from flows.compliance import guide
from flows.compliance.facts import Case, UnitFacts
from flows.compliance.guide import rests_on
from flows.compliance.judgement import Judgement, breach, compliant

__all__ = ["RULES", "SUBJECT", "VERSION", "judge", "rests_on"]

RULES = ("GD-02",)
SUBJECT = "unit"
VERSION = "1"

_OLD = re.compile(
    r"(?:国务院|国令|总理)[^。;\n]{0,6}492号|492号(?:国务院)?令|条例[^。;\n]{0,40}2008年5月1日起?(?:正式|开始)?(?:施行|实施|生效)"
)
_NEW = re.compile(
    r"711|2019年?(?:4月3日|5月15日|[^。;\n]{0,4}(?:修订|修改|公布|施行))|条例》?[^。;\n]{0,40}(?:修订|修改)|"
    r"(?:修订|修改)[^。;\n]{0,12}条例|新条例|新《"
)
# terms of the old Regulation that the new one changed; told beside the finding, never its ground
_SIGNS = (
    (
        re.compile(r"15个工作日内?(?:予以)?(?:作出)?答复|十五个工作日内?(?:予以)?(?:作出)?答复"),
        "答复期限仍为15个工作日",
    ),
    (re.compile(r"检索费|复制费|邮寄费"), "仍列检索费、复制费、邮寄费"),
)


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether the guide in force rests on the Regulation in force."""
    guides = guide.in_force(unit, case)
    if isinstance(guides, Judgement):
        return guides
    texts = [guide.plain(one.text or "") for one in guides]
    cited = [None if _NEW.search(text) else _OLD.search(text) for text in texts]
    one = guides[0]
    facts: dict[str, Any] = {"title": one.title, "url": one.url, "published_on": one.published_on, "item": one.item}
    first = cited[0]
    if first is None or None in cited:
        return compliant(**facts)
    line = texts[0].rfind("\n", 0, first.start()) + 1
    return breach(
        evidence=tuple(found.evidence for found in guides if found.evidence is not None),
        **facts,
        cites=texts[0][max(line, first.start() - 30) : first.end() + 10].replace("\n", " "),
        replaced_by="国务院令第711号（2019年5月15日起施行）",
        signs=[words for pattern, words in _SIGNS if pattern.search(texts[0])] or None,
    )
