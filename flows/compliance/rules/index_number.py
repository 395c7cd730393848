"""An index number is a number: nothing a program left behind ("null", an unfilled part) is shown in its place: CT-02.

Judged on what the page displays (政府信息公开目录系统实施指引). Forms differ from place to place and are never held
against anyone; a year that fits neither date of the document is put before a person.
"""

from __future__ import annotations

from flows.compliance.facts import Case, ItemContext
from flows.compliance.index_numbers import IndexNumber, is_displayed, read_index_number
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from storage.schema import Item

RULES = ("CT-02",)
SUBJECT = "item"
VERSION = "1"
SEARCHES = True

_YEARS_APART = 1  # a number of December may stand on a document of January, and the other way round


def judge(item: Item, _context: ItemContext, case: Case) -> Judgement:
    """Whether the number shown is one."""
    if item.index_number is None:
        return not_applicable("no_number", "no index number is shown; whether one must be, CT-01 judges")
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    if not item.page_read:
        return not_assessable("unread", "the article has not been read")
    if not is_displayed(item):
        return not_assessable("not_displayed", "the number is not known to be displayed on the page")
    number = read_index_number(item.index_number)
    if number.defect is not None:
        return breach(index_number=item.index_number, left_over=number.defect)
    if words := _contradiction(number, item, case):
        return not_assessable("review", words, index_number=item.index_number, form=number.form)
    return compliant()


def _contradiction(number: IndexNumber, item: Item, case: Case) -> str | None:
    """How the number's year contradicts the document's dates, in words."""
    years = [day.year for day in (item.formed_on, item.published_on) if day is not None]
    if number.year is None or not years:
        return None
    if number.year > case.as_of.year:
        return f"the number is of the year {number.year}, which has not come yet"
    if min(abs(number.year - year) for year in years) <= _YEARS_APART or min(years) <= number.year <= max(years):
        return None
    dates = "、".join(str(year) for year in sorted(set(years)))
    return f"the number is of the year {number.year}, the document's dates are of {dates}"
