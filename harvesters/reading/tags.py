"""The national meta tags of a page (国办发〔2017〕47号, 网页标签规范), as they stand in its head.

A ``Document`` comes in; out go the tags under their national names, however the page spells these, with what each of
them says, twice where the page says it twice. Nothing is interpreted here: what the values mean is
``metadata.read_meta``'s. A tag that a script is to write is no tag of the page, and is named apart.
"""

from __future__ import annotations

import re
from typing import Final

from harvesters.reading.document import Document

SITE_TAGS: Final = ("SiteName", "SiteDomain", "SiteIDCode")
COLUMN_TAGS: Final = ("ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType")
ARTICLE_TAGS: Final = ("ArticleTitle", "PubDate", "ContentSource")
_NAMES = {name.lower(): name for name in (*SITE_TAGS, *COLUMN_TAGS, *ARTICLE_TAGS)}
_MOST = 3  # of one name: template and editor each set one on some sites, nobody sets more for a purpose
_LONGEST = 120  # characters of a value; descriptions run on, and only their being there is asked
_SCRIPT = 20_000  # characters of a script that are looked at; those that write tags are short
_WRITES = re.compile(r"<\\?meta|%3Cmeta|createElement\(\s*[\"']meta", re.IGNORECASE)


def tags_of(doc: Document) -> dict[str, tuple[str, ...]]:
    """National name → what its tags say, in the order of the page; "" where a tag is there and says nothing."""
    found: dict[str, tuple[str, ...]] = {}
    for name, content in doc.metas:
        national = _NAMES.get(name)
        if national is not None and len(found.get(national, ())) < _MOST:
            found[national] = (*found.get(national, ()), content[:_LONGEST])
    return found


def written_tags(doc: Document) -> tuple[str, ...]:
    """The national names of tags that scripts of the page may write, in national order."""
    if "meta" not in doc.text:
        return ()
    named: set[str] = set()
    for node in doc.tree.css("script:not([src])"):
        script = (node.text() or "")[:_SCRIPT]
        if _WRITES.search(script):
            lowered = script.lower()
            named |= {national for name, national in _NAMES.items() if name in lowered}
    return tuple(name for name in _NAMES.values() if name in named)
