"""The home page's footer shows the eight things every government site must show there (国办发〔2017〕47号 底部功能区):
FT-01 to FT-08.

The mark of Party and government bodies, the way to report errors, the site's code, who runs it, how to reach them, the
ICP number, the police registration, the site map. Judged where a footer was found on the page and nothing on it may
bring the missing thing from elsewhere: a script or frame named for a footer, an empty element of that name, a picture
of which nothing says what it shows. What comes near (版权所有 for who runs the site, its own 纠错 for the national
one) is put before a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from flows.compliance.facts import Case, UnitFacts
from flows.compliance.judgement import Judgement, breach, compliant, not_assessable
from flows.compliance.pages import home_page
from flows.compliance.regulation import RuleText

RULES = tuple(f"FT-0{number}" for number in range(1, 9))
SUBJECT = "unit"
VERSION = "1"

Item = Literal["mark", "report_errors", "site_code", "organiser", "contact", "icp", "police", "site_map"]
CHINESE: Mapping[str, str] = {
    "mark": "党政机关网站标识",
    "report_errors": "“我为政府网站找错”入口",
    "site_code": "网站标识码",
    "organiser": "主办单位",
    "contact": "联系方式",
    "icp": "ICP备案编号",
    "police": "公安机关备案标识",
    "site_map": "站点地图",
}
_DRAWN = frozenset(("mark", "report_errors"))  # always shown as pictures


class Text(RuleText):
    """Which of the eight things the rule asks for."""

    item: Item


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether the home page shows the one thing this rule asks for."""
    page = home_page(unit, case)
    if isinstance(page, Judgement):
        return page
    footer = page.shown.get("footer")
    if not isinstance(footer, Mapping):
        return not_assessable("page_unread", "the last look did not read the footer: harvest again")
    if page.shown.get("shell"):
        return not_assessable("shell", "the home page links next to nothing: a splash page, or one that scripts fill")
    name = case.text(Text).item
    shown: Mapping[str, Mapping[str, Any]] = footer.get("items") or {}
    if name in shown:
        told = shown[name]
        return compliant(how=told.get("how"), text=told.get("text"), url=told.get("url"), judged_on=page.on)
    facts: dict[str, Any] = {
        "missing": [CHINESE[name]],
        "shown": [CHINESE[each] for each in CHINESE if each in shown],
        "url": page.url,
        "judged_on": page.on,
    }
    if doubt := _doubt(name, footer):
        word, words = doubt
        return not_assessable(word, words, **facts)
    return breach(evidence=page.evidence, **facts)


def _doubt(name: str, footer: Mapping[str, Any]) -> tuple[str, str] | None:
    """Why the thing may be shown although it was not found, as a word and words; None where nothing may show it."""
    near = (footer.get("near") or {}).get(name)
    if near:
        return "review", f"the footer says {near!r} and nothing that is sure to be {CHINESE[name]}"
    elsewhere = footer.get("elsewhere") or ()
    if elsewhere:
        return "footer_elsewhere", f"the footer, or a piece of it, may come by {'; '.join(elsewhere)}"
    if not footer.get("seen") and footer.get("scripts"):
        return "footer_unseen", "no footer was found on the page: a script may write it"
    pictures = footer.get("pictures") or ()
    if pictures and (name in _DRAWN or not footer.get("seen")):
        return "pictures", f"pictures in the footer say nothing of what they show: {', '.join(pictures)}"
    return None
