"""An old text is not posted again under a new date: FK-03.

A date moved forward makes a column look kept up (旧文新发; 弄虚作假 is a veto: 国办秘函〔2019〕19号), but a text may
also be repeated for good reason, so both looks are put before a person and nothing is a finding. Shown are a text that
its unit had published word for word so many days before, under the same title, and an item of which between two of our
looks only the date moved forward. Notices repeated on purpose differ in their dates, and so in their words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from flows.compliance.facts import About, Case, PostedAgain
from flows.compliance.judgement import Judgement, not_assessable
from flows.compliance.regulation import RuleText
from flows.compliance.texts import squeezed
from storage.schema import Item

RULES = ("FK-03",)
SUBJECT = "group"
GROUPS = "posted_again"
VERSION = "1"


class Text(RuleText):
    """How long a repeated text is at least, how many days lie between, and by how many days a date moves."""

    least_text: Annotated[int, Field(ge=1)]
    least_days: Annotated[int, Field(ge=1)]
    least_moved_days: Annotated[int, Field(ge=1)]


def judge(group: PostedAgain, case: Case) -> Iterator[About]:
    """What is to be said of the item."""
    item, text = group.item, case.text(Text)
    told: list[str] = []
    facts: dict[str, Any] = {"title": item.title, "url": item.url, "published_on": item.published_on}
    facts |= {"first_seen": item.first_seen}
    earlier = group.earlier
    if earlier is not None and _is_again(item, earlier, text):
        told.append(f"the same words came out on {earlier.published_on} at {earlier.url}")
        facts |= {
            "earlier_url": earlier.url,
            "earlier_published_on": earlier.published_on,
            "earlier_first_seen": earlier.first_seen,
            "earlier_withdrawn_at": earlier.withdrawn_at,
        }
    move = group.move
    if move is not None and (move.after_on - move.before_on).days >= text.least_moved_days:
        told.append(f"its date alone moved from {move.before_on} to {move.after_on}")
        facts |= {
            "moved_from": move.before_on,
            "moved_to": move.after_on,
            "seen_before": move.before_at,
            "seen_after": move.after_at,
        }
    if told:
        yield About(unit=group.unit, judgement=_review(told, facts), column=item.column, item=item.id)


def _review(told: list[str], facts: dict[str, Any]) -> Judgement:
    return not_assessable("review", f"{'; '.join(told)}: a person has to see why", **facts)


def _is_again(item: Item, earlier: Item, text: Text) -> bool:
    """Whether ``earlier`` is another item with the very words, so many days before."""
    if earlier.id == item.id or item.published_on is None or earlier.published_on is None:
        return False
    words = squeezed(item.body_text or "")
    return (
        (item.published_on - earlier.published_on).days >= text.least_days
        and len(words) >= text.least_text
        and words == squeezed(earlier.body_text or "")
        and squeezed(item.title) == squeezed(earlier.title)
    )
