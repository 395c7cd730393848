"""A document's theme is one of the 22 of the State Council's classification (主题分类): CT-04.

Judged on the theme that a policy, normative or catalogue entry shows. Sites write one or both levels with any sign
between them, leave out the signs inside a name or what stands in its brackets, and show several themes: each of these
is right, and so is a single subject of a theme that names several (财政 of 财政、金融、审计).
"""

from __future__ import annotations

from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from storage.classification.themes import is_known
from storage.schema import Item

RULES = ("CT-04",)
SUBJECT = "item"
VERSION = "2"
SEARCHES = True


def judge(item: Item, _context: ItemContext, _case: Case) -> Judgement:
    """Whether the theme shown is one of the classification."""
    if item.theme is None:
        return not_applicable("no_theme", "the page shows no theme")
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    if not item.page_read:
        return not_assessable("unread", "the article has not been read")
    return compliant() if is_known(item.theme) else breach(theme=item.theme)
