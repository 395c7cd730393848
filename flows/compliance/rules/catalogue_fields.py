"""A catalogue entry states its index number, name, summary and date of formation (条例 第十二条): CT-01.

Judged in policy, normative and catalogue columns, on articles that were read. A value the site's generator left
behind ("null") is not a value; in an index number it is CT-02's to judge, for one fault is held against nobody twice.
Files and pages of other sites carry no entry of the unit's.

The law asks this of the catalogue (目录), and an article page is only where most sites show its entry. So a field
counts as missing from one entry when the column's other entries show it; a field that none of them shows may stand
in a catalogue we were not given, which is told to the office and held against nobody. Where most entries lost a field
at once the column is held, and its template or our reader is more likely at fault than each entry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from storage.schema import Item

RULES = ("CT-01",)
SUBJECT = "item"
VERSION = "4"

FIELDS = {"index_number": "索引号", "title": "名称", "summary": "内容概述", "formed_on": "生成日期"}

_NOTHING = re.compile(r"^[\s\-—－/／\\.。…无暂空缺、]*$")
_FILES = re.compile(r"\.(pdf|docx?|wps|xlsx?|et|pptx?|zip|rar|7z|ofd|txt|csv|jpe?g|png|gif|mp[34])$", re.IGNORECASE)


def judge(item: Item, context: ItemContext, case: Case) -> Judgement:
    """Whether the entry states all four."""
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    if is_file(item.url):
        return not_applicable("file", "the row leads to a file, which has no entry of its own")
    if is_external(item.url, context):
        return not_applicable("external", "the row leads to another site")
    if not item.page_read:
        return not_assessable("unread", "the article has not been read")
    shown = item.provenance.get("summary")
    values = {
        "index_number": item.index_number,
        "title": item.title,
        # one that repeats the title says nothing, and is not missing from the entry all the same
        "summary": item.summary or (shown.raw if shown is not None else None),
        "formed_on": item.formed_on.isoformat() if item.formed_on else None,
    }
    missing = [name for name, value in values.items() if not _is_stated(value)]
    if not missing:
        return compliant()
    if context.held:
        words = "the column lost too much at once: its template or our reader has changed (gongkai catalogue held)"
        return not_assessable("mass_change", words, missing=[FIELDS[name] for name in missing])
    proven = [name for name in missing if context.shown is None or name in context.shown or values[name] is not None]
    if not proven:
        words = f"no entry of this column shows {'、'.join(FIELDS[name] for name in missing)}: look at its catalogue"
        return not_assessable("not_shown", words, missing=[FIELDS[name] for name in missing])
    return breach(
        missing=[FIELDS[name] for name in proven],
        not_shown_in_the_column=[FIELDS[name] for name in missing if name not in proven] or None,
        index_number=item.index_number,
    )


def shown_fields(items: int, stated: Mapping[str, int]) -> frozenset[str]:
    """The fields a column's entries do show, out of how many of its ``items`` state each.

    One in five is enough (our bound: below it a value may be a slip of one editor's template); a title always shows.
    """
    return frozenset(("title", *(name for name, count in stated.items() if count and count >= items / 5)))


def _is_stated(value: str | None) -> bool:
    return value is not None and not _NOTHING.match(value) and value.strip().lower() not in ("null", "undefined")


def is_file(url: str) -> bool:
    """Whether an address names a file rather than a page."""
    return bool(_FILES.search(urlsplit(url).path))


def is_external(url: str, context: ItemContext) -> bool:
    """Whether an address lies on no site that the unit's home or column lies on."""
    theirs = _site(url)
    own = {_site(context.column.url), _site(context.unit.home)}
    return theirs not in own and not any(theirs.endswith("." + site) for site in own)


def _site(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")
