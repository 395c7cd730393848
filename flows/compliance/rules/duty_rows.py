"""Each row of a unit's own 主动公开基本目录 holds something live within the time the row itself states: CV-DIR.

Judged row by row, so that each has its finding, its answer and its closing; a row is named by its lasting key, and the
share of rows met is counted from these verdicts. What a row's column holds counts, and so does any title elsewhere that
has its words. A recurring row (每年, 每季度, 每年1月31日前) must have something in its period, a standing one (长期)
something at all; one that waits for an event cannot be breached, because nobody but the unit knows whether it happened.

Against a unit only what is proven counts: one column or several that names or a person say, each seen whole and lately,
no date left to be read, no note that there is nothing to disclose, the website among the row's own channels, and the
whole period after the day from which the row holds. A row known by words alone is never held against anyone, and nor
is an old date on a page that is kept current in place: what was changed there before our first look nobody saw.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from flows.compliance.bodies import is_same
from flows.compliance.duty_limits import WAITS, due_on, is_recurring
from flows.compliance.facts import About, Case, DirectoryFacts, DutyFacts, Entry
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.nothing import valid_note, why_not_blank
from flows.compliance.seen import column_seen
from storage.schema import ColumnKind, Duty, LimitKind, Unit, UnitKind

RULES = ("CV-DIR",)
SUBJECT = "group"
READS_COLUMNS = True
GROUPS = "directories"
VERSION = "1"

_IN_PLACE = frozenset(
    (
        ColumnKind.FUNCTIONS,
        ColumnKind.LEADERS,
        ColumnKind.GUIDE,
        ColumnKind.RULES,
        ColumnKind.CATALOGUE,
        ColumnKind.REQUEST,
    )
)
_WEB = re.compile(
    r"网站|网页|官网|门户|互联网|政府网|政务网|信息公开(?:平台|专栏|专题|栏|网)|政务公开(?:平台|专栏|栏)|公开平台|gov\.cn|https?:|www\.",
    re.IGNORECASE,
)
# 口 is the box of files whose symbol font was lost on the way
_BOXES = re.compile(r"([■☑√✓✔☒●★◆])|[□☐○]|口(?=政府|两微|广播|公开|便民|发布|纸质|政务|入户|社区|精准|其[他它])")
_ON_REQUEST = re.compile(r"依申请")
_ACTIVE = re.compile(r"主动")
_NOT_AT_ALL = re.compile(r"^(?:不予公开|不公开)$")
_EVERYBODY = re.compile(r"全社会|社会公众|面向社会|公众")
_SOME = re.compile(r"^特定|^内部|^申请人$|^当事人$|^行政相对人$")
_BODY = re.compile(
    r"(?:局|委员会|委|政府|镇|乡|街道|街道办事处|街道办|学校|医院|法院|检察院|公司|集团|部门|机关|单位)$"
)
_OWN = re.compile(
    r"^(?:[本我各全](?:级|县|区|市|镇|乡|街道)?(?:单位|局|委|机关|部门|政府|人民政府)?|(?:乡镇|乡|镇|镇街|街镇)(?:人民政府|政府|街道办事处|街道)*"
    r"|行政机关)$"
)
_ANY_TIER = re.compile(r"[省市县区乡镇村]|街道|社区")
_TIERS = {UnitKind.DISTRICT: re.compile(r"[县区]"), UnitKind.TOWNSHIP: re.compile(r"[乡镇村]|街道|社区")}


def judge(group: DirectoryFacts, case: Case) -> Iterator[About]:
    """What is said of every row of the directory."""
    for facts in group.duties:
        known = [column.looks.coverage for column in facts.columns if column.looks.coverage is not None]
        columns = facts.mapping.columns
        yield About(
            unit=group.unit,
            column=columns[0] if len(columns) == 1 else None,
            item=facts.duty.item,
            judgement=_judge(facts, group, case),
            coverage=min(known, default=None),
        )


def judged_on(facts: DutyFacts, case: Case) -> dt.date:
    """The day the row is judged for: that on which its columns were last seen, at the latest ``as_of``."""
    return min((column_seen(column, case.law, case.as_of).on for column in facts.columns), default=case.as_of)


def _judge(facts: DutyFacts, group: DirectoryFacts, case: Case) -> Judgement:
    duty, mapping = facts.duty, facts.mapping
    asked = _is_asked(duty, group.unit)
    if asked is not None:
        return asked
    told = _told(facts, group)
    if not mapping.columns and not mapping.keywords:
        if mapping.how == "person":
            words = f"{mapping.by} set the row aside: {mapping.why or 'no reason given'}"
            return not_assessable("set_aside", words, **told)
        return not_assessable("unmapped", f"{mapping.why or 'nobody said where it is published'}", **told)
    if duty.limit is None:
        if duty.limit_text:
            return not_assessable("limit", f"the time limit “{duty.limit_text}” is not understood", **told)
        return not_assessable("no_limit", "the row states no time limit", **told)
    met = _met(facts, told, case)
    if met is not None:
        return met
    if duty.limit.kind in WAITS or (duty.limit.kind is LimitKind.PERIODIC and duty.limit.period is None):
        words = "nothing stands there, and nobody but the unit knows whether anything was due"
        return not_assessable("no_event", words, **told)
    return _unmet(facts, group, told, case)


def _is_asked(duty: Duty, unit: Unit) -> Judgement | None:
    """Why the row asks nothing to be published on this unit's site; None where it may."""
    mode, audience, tier = duty.mode or "", duty.audience or "", duty.tier or ""
    if _NOT_AT_ALL.search(mode):
        return not_applicable("not_public", f"the row says {mode}")
    if _ON_REQUEST.search(mode) and not _ACTIVE.search(mode):
        return not_applicable("on_request", "the row is disclosed on request only")
    if _SOME.search(audience) and not _EVERYBODY.search(audience):
        return not_applicable("not_public", f"the row is for some persons only: {audience}")
    own = _TIERS.get(unit.kind)
    if own is not None and _ANY_TIER.search(tier) and not own.search(tier):
        return not_applicable("other_tier", f"the row is for another tier: {tier}")
    return None


def _told(facts: DutyFacts, group: DirectoryFacts) -> dict[str, Any]:
    """What every verdict on the row says of it."""
    duty, mapping, directory = facts.duty, facts.mapping, group.directory
    return {
        "row": duty.row,
        "matter": " / ".join(dict.fromkeys(filter(None, (duty.level1, duty.level2, duty.level3)))) or duty.name,
        "limit_text": duty.limit_text,
        "directory": f"{directory.source} (version {directory.version})",
        "mapped": f"{mapping.how}: {mapping.why}" if mapping.why else mapping.how,
        "mapped_by": mapping.by if mapping.how == "person" else None,
        "columns": list(mapping.columns) or None,
        "keywords": list(mapping.keywords) or None,
    }


def _met(facts: DutyFacts, told: dict[str, Any], case: Case) -> Judgement | None:
    """That the row is met, where something that stands shows it."""
    limit = facts.duty.limit
    assert limit is not None
    shown = facts.within if is_recurring(limit) else facts.newest
    if shown is not None:
        return compliant(**told, entries=facts.entries, **_window(facts), **_entry(shown))
    if not is_recurring(limit) and facts.entries:
        return compliant(**told, entries=facts.entries)
    for column in facts.columns:
        note = valid_note(column, facts.blank.get(column.column.id), case)
        if note is not None:
            return compliant(**told, **note)
    return None


def _unmet(facts: DutyFacts, group: DirectoryFacts, told: dict[str, Any], case: Case) -> Judgement:
    """A breach where it is proven that nothing stands there; else why that cannot be proven."""
    duty, limit = facts.duty, facts.duty.limit
    assert limit is not None
    told |= {"entries": facts.entries, **_window(facts)}
    if not facts.mapping.columns:
        words = "no title has its words; it may stand under others: say with gongkai duties map which column holds it"
        return not_assessable("not_found", words, **told)
    left = [column for column in facts.mapping.columns if column not in {each.column.id for each in facts.columns}]
    if left:
        return not_assessable("column_left", f"{', '.join(left)} left the registry: map the row anew", **told)
    elsewhere = _elsewhere(duty, group.unit, case)
    if elsewhere is not None:
        return not_assessable(*elsewhere, **told)
    begins = _begins(facts, case)
    since = duty.since or group.directory.in_force_from
    if begins < since:
        words = f"the row holds from {since.isoformat()}, after what would be missed began"
        return not_assessable("not_due", words, **told)
    for column in facts.columns:
        name = column.column.name
        if facts.window is None or not column.rows:
            gap = why_not_blank(column, facts.blank.get(column.column.id), case)
        else:
            gap = column_seen(column, case.law, case.as_of).gap
            if gap is None and column.later:
                gap = not_assessable("later_dates", f"{name}: dates later than {case.as_of.isoformat()} are displayed")
        if gap is not None:
            word, _, words = (gap.reason or "").partition(": ")
            return not_assessable(
                word, words if words.startswith(name) else f"{name}: {words}", **{**gap.facts, **told}
            )
    if facts.entries and (facts.alone or any(column.column.kind in _IN_PLACE for column in facts.columns)):
        words = "such pages are kept current in place, and show no new date for it: look at what they say"
        return not_assessable("in_place", words, **told)
    if facts.undated:
        words = f"{facts.undated} rows show no date, or none was read yet: one of them may be what is due"
        return not_assessable("undated", words, **told)
    looks = [column.looks.last for column in facts.columns if column.looks.last is not None]
    on = judged_on(facts, case)
    newest = facts.newest
    missed: dict[str, Any] = {"looked_at": [look.at.isoformat() for look in looks]}
    if limit.kind is LimitKind.YEARLY_BY and facts.window is not None:
        missed |= {"deadline": facts.window[1], "days_over": (on - facts.window[1]).days}
    elif newest is not None and newest.shown_on is not None:
        missed |= {"judged_on": on, "due_on": due_on(limit, newest.shown_on, on)}
    return breach(
        evidence=tuple(page for look in looks for page in look.evidence[:1]),
        **told,
        **missed,
        **(_entry(newest) if newest is not None else {}),
    )


def _begins(facts: DutyFacts, case: Case) -> dt.date:
    """The day from which the row must have held: the first of the period missed, or of the year of the day."""
    limit = facts.duty.limit
    if facts.window is None or limit is None:
        return case.as_of
    return dt.date(facts.window[1].year, 1, 1) if limit.kind is LimitKind.YEARLY_BY else facts.window[0]


def _elsewhere(duty: Duty, unit: Unit, case: Case) -> tuple[str, str] | None:
    """Why the row may be met where we do not look: by a channel that is no website, or by another body."""
    channel = _channels(duty.channel)
    if channel and not _WEB.search(channel):
        return "channel", f"the row is published elsewhere than on a website: {channel}"
    if duty.subject and unit.kind is not UnitKind.DISTRICT:
        bodies = [part for part in re.split(r"[、,，;；/\s]+", duty.subject) if part]
        others = [body for body in bodies if _BODY.search(body) and not _OWN.match(body)]
        if bodies and len(others) == len(bodies) and not any(is_same(one, unit.name, case.city) for one in others):
            return "whose", f"the row names another body: {duty.subject}"
    return None


def _channels(text: str | None) -> str:
    """The channels a row names; where they have boxes, those that are ticked."""
    text = text or ""
    boxes = list(_BOXES.finditer(text))
    if not any(box[1] for box in boxes):
        return text
    ends = [box.start() for box in boxes[1:]] + [len(text)]
    ticked = [text[box.end() : end].strip() for box, end in zip(boxes, ends, strict=True) if box[1]]
    return "、".join(filter(None, ticked))


def _window(facts: DutyFacts) -> dict[str, Any]:
    return {} if facts.window is None else {"from": facts.window[0], "until": facts.window[1]}


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "newest_on": entry.shown_on,
        "newest_url": entry.url,
        "title": entry.title,
        "appeared_on": entry.appeared_on,
        "changed_on": entry.changed_on,
    }
