"""Which consultation, result, document and interpretation belong together (征求意见 → 反馈 → 文件 → 解读).

Members of one unit, and documents of its government, come in; out go a ``Chain`` for every consultation and an
``Interpreted`` for every document that is interpreted. A link from one page to the other says that they belong
together; where no page of that sort is linked, equal cores of their titles do (``titles.py``), in the order of their
dates: a result answers the latest consultation before it, a document ends the consultations before it, an
interpretation is of the latest document before it. Nothing is matched because it looks alike.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from flows.compliance.regulation import RuleText, add_months
from harvesters.reading.titles import Matter
from storage.schema import ColumnKind, Evidence, Unit

# Columns whose pages are of a chain, at this stage unless their title says otherwise
STAGES = {
    ColumnKind.CONSULTATION: "consultation",
    ColumnKind.FEEDBACK: "feedback",
    ColumnKind.INTERPRETATION: "interpretation",
}
# Columns in which the document itself may stand
DOCUMENTS = frozenset(
    (
        *(ColumnKind.POLICIES, ColumnKind.NORMATIVE, ColumnKind.NOTICES, ColumnKind.PLANS, ColumnKind.GAZETTE),
        *(ColumnKind.CATALOGUE, ColumnKind.RULES, ColumnKind.FEES, ColumnKind.EMERGENCY, ColumnKind.LIVELIHOOD),
        *(ColumnKind.INSPECTION, ColumnKind.PROJECTS, ColumnKind.OTHER),
    )
)
_LATER = dt.timedelta(days=3 * 365)  # a document that comes later than this is of another attempt
_BEFORE = dt.timedelta(days=7)  # an interpretation may come out so long before its document
_COPIES = dt.timedelta(days=90)  # copies of one document on a site appear within


class ChainText(RuleText):
    """How far back what a rule judges may lie: matters of years ago are history, and are judged no more."""

    look_back_months: Annotated[int, Field(ge=1)]

    def first_day(self, as_of: dt.date) -> dt.date:
        """The first day that is judged."""
        return max(self.in_force_from, add_months(as_of, -self.look_back_months))


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One page of a chain. Dates are calendar days of the city.

    ``links``: ids of the items its page links; ``link_kinds``: what it says of its links, to watched pages or to others
    (interprets, answers …). Of a consultation: ``ends_on``, the end of the period it states; ``on_draft``, whether it
    is a draft that opinions are asked on; ``answered``, its own words for what came in.
    """

    id: str
    unit: str
    column: str
    url: str
    title: str
    stage: str  # consultation, feedback, document, interpretation
    matters: tuple[Matter, ...] = ()
    number: str | None = None
    published_on: dt.date | None = None
    is_sure: bool = True
    page_read: bool = True
    links: frozenset[str] = frozenset()
    link_kinds: frozenset[str] = frozenset()
    ends_on: dt.date | None = None
    ends_surely: bool = True
    on_draft: bool = False
    answered: str | None = None
    evidence: Evidence | None = None

    def is_of(self, other: Member) -> bool:
        """Whether both titles are of one matter."""
        return any(one.is_same(two) for one in self.matters for two in other.matters)


@dataclass(frozen=True, kw_only=True)
class Chain:
    """A consultation and what followed it."""

    consultation: Member
    results: tuple[Member, ...] = ()
    documents: tuple[Member, ...] = ()
    interpretations: tuple[Member, ...] = ()

    @property
    def members(self) -> tuple[Member, ...]:
        """All of them, the consultation first."""
        return (self.consultation, *self.results, *self.documents, *self.interpretations)


@dataclass(frozen=True, kw_only=True)
class Interpreted:
    """A document with its copies on the unit's site, and what interprets it."""

    document: Member  # the first that came out
    copies: tuple[Member, ...] = ()
    interpretations: tuple[Member, ...] = ()


@dataclass(frozen=True, kw_only=True)
class UnitChains:
    """All chains of one unit. ``gap``: why a result that was not found may be there all the same; None: it is not."""

    unit: Unit
    chains: tuple[Chain, ...] = ()
    interpreted: tuple[Interpreted, ...] = ()
    gap: str | None = None


def linked(one: Member, other: Member) -> bool:
    """Whether one of the two pages links the other."""
    return other.id in one.links or one.id in other.links


# ------------------------------------------------------------------ finding each other


@dataclass
class _Pages:
    """Members of one stage, to be found by their matter and by the links between pages."""

    all: list[Member]
    by_core: dict[str, list[Member]] = field(default_factory=lambda: defaultdict(list))
    by_id: dict[str, Member] = field(default_factory=dict)
    linking: dict[str, list[Member]] = field(default_factory=lambda: defaultdict(list))  # id → members that link it

    @classmethod
    def of(cls, members: Iterable[Member]) -> _Pages:
        pages = cls(sorted(members, key=_by_date))
        for one in pages.all:
            pages.by_id[one.id] = one
            for matter in one.matters:
                if matter.is_named:
                    pages.by_core[matter.core].append(one)
            for target in one.links:
                pages.linking[target].append(one)
        return pages

    def linked_with(self, other: Member) -> tuple[Member, ...]:
        """Those that link ``other`` or are linked by it, in the order of their dates."""
        found = {one.id: one for one in self.linking.get(other.id, ())}
        found |= {target: self.by_id[target] for target in other.links if target in self.by_id}
        found.pop(other.id, None)
        return tuple(sorted(found.values(), key=_by_date))

    def of_matter(self, other: Member) -> Iterator[Member]:
        """Those of the same matter, in the order of their dates."""
        seen = {other.id}
        for matter in other.matters:
            for one in self.by_core.get(matter.core, ()):
                if one.id not in seen and one.is_of(other):
                    seen.add(one.id)
                    yield one


def chains_of(
    consultations: Iterable[Member],
    results: Iterable[Member],
    documents: Iterable[Member],
    interpretations: Iterable[Member],
) -> tuple[Chain, ...]:
    """The chain of every consultation, in the order of their dates."""
    asked, answers = _Pages.of(consultations), _Pages.of(results)
    issued, readings = _Pages.of(documents), _Pages.of(interpretations)
    return tuple(_chain(one, asked, answers, issued, readings) for one in asked.all)


def _chain(one: Member, asked: _Pages, answers: _Pages, issued: _Pages, readings: _Pages) -> Chain:
    results = answers.linked_with(one) or tuple(
        answer
        for answer in answers.of_matter(one)
        if not asked.linked_with(answer) and _latest_before(answer, asked.of_matter(answer)) is one
    )
    linked_documents = {each.id: each for page in (one, *results) for each in issued.linked_with(page)}
    documents = tuple(sorted(linked_documents.values(), key=_by_date)) or tuple(
        _first_after(one, issued.of_matter(one))
    )
    read = _all_linked(readings, documents)
    if not read:
        by_title = {
            each.id: each
            for page in documents or (one,)
            for each in readings.of_matter(page)
            if _follows(each, page, _BEFORE)
        }
        read = tuple(sorted(by_title.values(), key=_by_date))
    return Chain(consultation=one, results=results, documents=documents, interpretations=read)


def _all_linked(pages: _Pages, others: Iterable[Member]) -> tuple[Member, ...]:
    """Those that are linked with any of ``others``, in the order of their dates."""
    found = {each.id: each for other in others for each in pages.linked_with(other)}
    return tuple(sorted(found.values(), key=_by_date))


def interpreted_of(documents: Iterable[Member], interpretations: Iterable[Member]) -> tuple[Interpreted, ...]:
    """Every document that any interpretation is of, in the order of their dates."""
    issued = _Pages.of(documents)
    of: dict[str, list[Member]] = defaultdict(list)
    for reading in sorted(interpretations, key=_by_date):
        for document in _interpreted_by(reading, issued):
            of[document.id].append(reading)
    done: set[str] = set()
    found = []
    for one in issued.all:
        if one.id in done or one.id not in of:
            continue
        copies = _copies(one, issued)
        done |= {each.id for each in copies}
        readings = {each.id: each for copy in copies for each in of.get(copy.id, ())}
        found.append(
            Interpreted(
                document=copies[0], copies=copies[1:], interpretations=tuple(sorted(readings.values(), key=_by_date))
            )
        )
    return tuple(found)


def _interpreted_by(reading: Member, issued: _Pages) -> Sequence[Member]:
    found = issued.linked_with(reading)
    if not found and reading.published_on is not None:
        latest = _latest_before(reading, issued.of_matter(reading), slack=_BEFORE)
        found = (latest,) if latest is not None else ()
    return found


def _copies(one: Member, issued: _Pages) -> tuple[Member, ...]:
    """The document and its copies in other columns, the first that came out first."""
    same = [each for each in issued.of_matter(one) if each.unit == one.unit and _is_copy(each, one)]
    return tuple(sorted((one, *same), key=_by_date))


def _is_copy(one: Member, other: Member) -> bool:
    if one.number is not None and other.number is not None and one.number != other.number:
        return False
    if one.published_on is None or other.published_on is None:
        return True
    return abs(one.published_on - other.published_on) <= _COPIES


def _latest_before(one: Member, others: Iterable[Member], slack: dt.timedelta = dt.timedelta()) -> Member | None:
    """Of ``others``, in the order of their dates, the last that came out no later than ``one``."""
    found = None
    for each in others:
        if each.published_on is None or one.published_on is None:
            continue
        if each.published_on <= one.published_on + slack and one.published_on - each.published_on <= _LATER:
            found = each
    return found


def _first_after(one: Member, others: Iterable[Member]) -> Iterator[Member]:
    """Of ``others``, in the order of their dates, the first that came out after ``one``, and its copies."""
    first: Member | None = None
    for each in others:
        if _follows(each, one):
            first = first or each
            if _is_copy(each, first):
                yield each


def _follows(one: Member, other: Member, slack: dt.timedelta = dt.timedelta()) -> bool:
    """Whether ``one`` came out after ``other``, and not so late that it is of another attempt."""
    if one.published_on is None or other.published_on is None:
        return False
    return -slack <= one.published_on - other.published_on <= _LATER


def _by_date(one: Member) -> tuple[dt.date, str]:
    return (one.published_on or dt.date.max, one.id)
