"""Pages carry the national meta tags, filled, and those of the site say what the site is: MT-01.

Three of the site on the home page; those and four of the column on the first page of each column on the same host;
three of the article on the articles read there (国办发〔2017〕47号 网页标签规范). SiteDomain names the site's own host
or another name of the same owner, SiteIDCode the registered code, where another place of the site confirms that one. A
tag that a script may write, and a page that scripts have yet to fill, prove nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from flows.compliance.facts import Case, ColumnFacts, PageFacts, UnitFacts
from flows.compliance.judgement import Judgement, breach, compliant, not_assessable
from flows.compliance.pages import column_page, home_page, host_of, is_on_own_site, is_public_name
from flows.compliance.regulation import RuleText
from flows.compliance.rules.site_code import confirming, tag_code
from harvesters.city_file import registered_domain
from harvesters.reading.tags import ARTICLE_TAGS, COLUMN_TAGS, SITE_TAGS

RULES = ("MT-01",)
SUBJECT = "unit"
READS_COLUMNS = True
VERSION = "1"

_TOLD = 10  # columns and articles that are named
_LEFT_BEHIND = re.compile(r"^(?:null|undefined|none|\$\{.*|\{\{.*|<%.*)?$", re.IGNORECASE)


class Text(RuleText):
    """From how many articles of a column on, and from which share of them without a tag, the tag is missing."""

    least_articles: Annotated[int, Field(ge=1)]
    share: Annotated[float, Field(gt=0, le=1)]


def judge(unit: UnitFacts, case: Case) -> Judgement:
    """Whether home page, columns and articles carry their tags."""
    page = home_page(unit, case)
    if isinstance(page, Judgement):
        return page
    text = case.text(Text)
    absent, unsure = _lacking(page, SITE_TAGS)
    wrong, doubted = _wrong(unit, page, case)
    columns: dict[str, list[str]] = {}
    checked = 0
    evidence = list(page.evidence) if absent or wrong else []
    for column in unit.columns.values():
        there = column_page(column, case) if is_on_own_site(column, unit) else None
        if there is None:
            continue
        checked += 1
        lacks, may_lack = _lacking(there, (*SITE_TAGS, *COLUMN_TAGS))
        unsure += may_lack
        if lacks:
            columns[column.column.id] = lacks
            evidence += there.evidence if len(columns) == 1 else ()
    articles, examples = _articles(unit.columns.values(), text)
    facts: dict[str, Any] = {"url": page.url, "judged_on": page.on, "columns_read": checked}
    found = {
        "missing": absent,
        "wrong": wrong,
        "columns_lacking": len(columns) or None,
        "columns": {name: columns[name] for name in list(columns)[:_TOLD]},
        "articles": articles[:_TOLD],
        "examples": examples[:_TOLD],
    }
    told = {name: value for name, value in found.items() if value}
    if told:
        return breach(evidence=tuple(evidence), **told, **facts)
    if doubted:
        return not_assessable("registry", doubted, **facts)
    if unsure:
        words = f"scripts of the page may write {', '.join(dict.fromkeys(unsure))}"
        return not_assessable("written_by_script", words, **facts)
    return compliant(**facts)


def _lacking(page: PageFacts, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """The tags that a page lacks or leaves empty; and those that its mark-up lacks, but a script may write."""
    tags: Mapping[str, Iterable[str]] = page.shown.get("tags") or {}
    lacking = [name for name in names if all(_LEFT_BEHIND.match(value.strip()) for value in tags.get(name, ()))]
    if page.shown.get("shell"):
        return [], lacking
    written = set(page.shown.get("written_tags") or ())
    return [name for name in lacking if name not in written], [name for name in lacking if name in written]


def _wrong(unit: UnitFacts, page: PageFacts, case: Case) -> tuple[dict[str, str], str | None]:
    """The site tags that say what is not so, with what they say; and what speaks against the registry instead."""
    wrong: dict[str, str] = {}
    doubted = None
    domains = [value for value in page.shown.get("tags", {}).get("SiteDomain", ()) if value.strip()]
    host = host_of(unit.unit.home)
    if domains and is_public_name(host) and not any(_is_own(name, host) for value in domains for name in _hosts(value)):
        wrong["SiteDomain"] = f"{domains[0]}, expected {host}"
    code, registered = tag_code(page), (unit.unit.site_code or "").lower()
    if code and registered and code != registered:
        if confirming(unit, registered, case):
            wrong["SiteIDCode"] = f"{code}, registered {registered}"
        else:
            doubted = f"SiteIDCode says {code}, the registry {registered}: see which is right"
    return wrong, doubted


def _hosts(value: str) -> Iterator[str]:
    """The hosts that a tag names: addresses or bare names, one or several."""
    for part in re.split(r"[\s,;，；、|]+", value.strip()):
        if part:
            yield host_of(part if "//" in part else f"//{part}")


def _is_own(name: str, host: str) -> bool:
    return not name or registered_domain(name) == registered_domain(host)


def _articles(columns: Iterable[ColumnFacts], text: Text) -> tuple[list[str], list[str]]:
    """What the articles of each column lack, in words, and an article without each such tag."""
    said, examples = [], []
    for column in columns:
        tags = column.tags
        if tags is None or tags.read < text.least_articles:
            continue
        for name in ARTICLE_TAGS:
            lacking = tags.read - tags.carried.get(name, 0)
            if lacking >= text.share * tags.read:
                said.append(f"{column.column.id}: {name} lacking in {lacking} of {tags.read}")
                examples += [tags.lacking[name]] if name in tags.lacking else []
    return said, list(dict.fromkeys(examples))
