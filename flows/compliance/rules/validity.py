"""A policy document shows whether it is in force, as the others of its column do: CT-05.

Documents that were amended or repealed must be marked (国办发〔2017〕47号). Judged in policy and normative columns,
on articles that were read, where the column's other items show a validity; where none does, the site may mark in
another way, and nothing is said.
"""

from __future__ import annotations

from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from flows.compliance.rules.catalogue_fields import is_external, is_file
from storage.schema import Item

RULES = ("CT-05",)
SUBJECT = "item"
VERSION = "1"
SEARCHES = True


def judge(item: Item, context: ItemContext, _case: Case) -> Judgement:
    """Whether the item shows its validity where its neighbours do."""
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    if item.validity is not None:
        return compliant()
    if "validity" not in (context.shown or ()):
        return not_applicable("not_shown", "the column's items show no validity")
    if is_file(item.url) or is_external(item.url, context):
        return not_applicable("elsewhere", "the row leads to a file or to another site")
    if not item.page_read:
        return not_assessable("unread", "the article has not been read")
    return breach(missing="有效性", repealed_on=item.repealed_on)
