"""What stands in columns of consultations, results and interpretations, and the documents that these are about.

Of those columns everything is loaded, in narrow rows; of other columns only the titles, in units whose chains look for
a document, and the rows of those that are found, by an address that a page links or by the core of their title. A
unit's documents stand in its own columns or in those of its government. Pages from before anything that is judged are
left out. What is held is what stands in those columns, without its text.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flows.compliance import consultation
from flows.compliance.chain import DOCUMENTS, STAGES, ChainText, Member, UnitChains, chains_of, interpreted_of
from flows.compliance.opinion_period import period_of
from flows.compliance.regulation import add_months
from flows.compliance.seen import column_seen
from flows.gathering.run import Run
from harvesters.reading.titles import Matter, beginnings, matters, matters_in, may_name, stage_of
from storage import catalogue
from storage.catalogue import Linked
from storage.schema import ColumnKind, Unit

TEXT = 4000  # characters of a consultation's text that are read for its period
_READ = {frozenset((ColumnKind.CONSULTATION,)): TEXT, frozenset(STAGES) - {ColumnKind.CONSULTATION}: 0}
_UNITS = 50  # units whose documents are held at a time
_BEGUN_MONTHS = 12
_BY_TITLE = frozenset(("interprets", "answers", "consults"))
_ANSWERS_STAND_IN = frozenset((ColumnKind.CONSULTATION, ColumnKind.FEEDBACK, ColumnKind.NOTICES))
_Linking = tuple[Member, tuple[tuple[str, str], ...]]  # a page, and the kinds and addresses of its links


@dataclass
class _Pages:
    """The pages of one unit's chains."""

    unit: Unit
    members: dict[str, Member] = field(default_factory=dict)

    def of(self, stage: str) -> list[Member]:
        """Those at this stage."""
        return [one for one in self.members.values() if one.stage == stage]

    def matters(self) -> Iterator[Matter]:
        """What they are about."""
        for one in self.members.values():
            yield from one.matters


def gather_chains(run: Run) -> Iterator[UnitChains]:
    """The chains of every unit that has any page of one; its government's after all others."""
    known = _pages(run)
    higher = government_of(run)
    above = known.pop(higher.id, _Pages(unit=higher)) if higher is not None else None
    wanted = {name: list(pages.matters()) for name, pages in known.items()}
    if above is not None:
        wanted[above.unit.id] = [matter for pages in (*known.values(), above) for matter in pages.matters()]
    named = _titled(run, wanted)
    issued = _by_core(named[above.unit.id]) if above is not None else {}
    for some in _batches(list(known.values()), _UNITS):
        told = _documents(run, some, named, issued)
        for pages in some:
            documents = told[pages.unit.id]
            readings = pages.of("interpretation")
            judged = _judged(run, pages, documents, [*readings, *(above.of("interpretation") if above else ())])
            yield judged
            if above is not None:  # what this unit says of the government's documents is judged with them
                at_home = {reading.id for one in judged.interpreted for reading in one.interpretations}
                abroad = [reading for reading in readings if reading.id not in at_home]
                for one in interpreted_of([one for one in documents if one.unit == above.unit.id], abroad):
                    above.members |= {reading.id: reading for reading in one.interpretations}
    if above is not None and above.members:
        named = _titled(run, {above.unit.id: list(above.matters())})
        documents = _documents(run, [above], named, issued)[above.unit.id]
        yield _judged(run, above, documents, above.of("interpretation"))


def government_of(run: Run) -> Unit | None:
    """The unit that is the city's government or its office, where there is one."""
    name = run.city.name
    own = {f"{name}{office}" for office in ("人民政府", "人民政府办公室", "人民政府办公厅", "政府办公室")}
    return next((unit for unit in run.city.units if unit.name in own), None)


def _since(run: Run) -> dt.date:
    """From when on pages are of chains that any rule judges: what a rule looks back to may have begun months before."""
    months = max(text.look_back_months for text in run.case.law.rules.values() if isinstance(text, ChainText))
    return add_months(run.case.as_of, -months - _BEGUN_MONTHS)


def _judged(run: Run, pages: _Pages, documents: list[Member], readings: list[Member]) -> UnitChains:
    own = [one for one in documents if one.unit == pages.unit.id]
    return UnitChains(
        unit=pages.unit,
        chains=chains_of(pages.of("consultation"), pages.of("feedback"), documents, readings),
        interpreted=interpreted_of(own, readings),
        gap=_gap(run, pages.unit),
    )


def _gap(run: Run, unit: Unit) -> str | None:
    """Why a result that was not found may stand there all the same."""
    watched = [column for column in unit.columns if column.kind in _ANSWERS_STAND_IN]
    if all(column.kind is not ColumnKind.FEEDBACK for column in watched):
        return "no column of results is registered"
    for column in watched:
        facts = run.column_facts.get((unit.id, column.id))
        if facts is None:
            return f"{column.name}: nothing is known of it"
        seen = column_seen(facts, run.case.law, run.case.as_of)
        if seen.gap is not None:
            return f"{column.name}: {(seen.gap.reason or '').partition(': ')[2]}"
        if facts.rows > facts.read:
            return f"{column.name}: {facts.rows - facts.read} of its pages have not been read"
    return None


# ------------------------------------------------------------------ pages of the chain


def _pages(run: Run) -> dict[str, _Pages]:
    """What stands in the columns of consultations, results and interpretations, by unit, of those that have any."""
    found: dict[tuple[str, str], list[_Linking]] = defaultdict(list)
    for kinds, longest in _READ.items():
        places = {place: column.kind for place, column in run.columns.items() if column.kind in kinds}

        def read(one: Linked, places: Mapping[tuple[str, str], ColumnKind] = places) -> _Linking | None:
            member = _member(run, one, places[one.unit, one.column])
            return (member, _addresses(one)) if member is not None else None

        for told in catalogue.linked_in(run.database, places, read, since=_since(run), longest=longest):
            found[told[0].unit, told[0].column].append(told)
    linked = _with_links(run, [told for some in found.values() for told in some])
    known = {}
    for unit in run.city.units:
        members = {one.id: linked[one.id] for column in unit.columns for one, _ in found.get((unit.id, column.id), ())}
        if members:
            known[unit.id] = _Pages(unit=unit, members=members)
    return known


def _member(run: Run, one: Linked, kind: ColumnKind) -> Member | None:
    stage = stage_of(one.title) or STAGES[kind]
    if stage != "consultation":
        return _page(run, one, stage)
    if not consultation.asks_public(one.title, one.text, kind):
        return None
    text = one.text or ""
    asked = period_of(text, one.published_on)
    ends_on = asked.ends_on if asked is not None else None
    if asked is not None and one.published_on is not None:
        ends_on = consultation.length_of(asked, one.published_on, run.case.days).ends_on
    return _page(
        run,
        one,
        stage,
        ends_on=ends_on,
        ends_surely=asked is not None and asked.is_sure,
        on_draft=consultation.names_draft_in(one.title, text),
        answered=consultation.says_what_it_brought(text),
    )


def _page(run: Run, one: Linked, stage: str, **more: Any) -> Member:
    return Member(
        id=one.id,
        unit=one.unit,
        column=one.column,
        url=one.url,
        title=one.title,
        stage=stage,
        matters=_matters(one),
        number=one.document_number,
        published_on=one.published_on,
        is_sure=one.confidence >= run.case.law.dates.least_confidence,
        page_read=one.page_read,
        evidence=one.evidence,
        **more,
    )


def _matters(one: Linked) -> tuple[Matter, ...]:
    told = [
        relation.target for relation in one.relations if relation.kind in _BY_TITLE and not _is_address(relation.target)
    ]
    found = [*matters_in(one.title, one.text), *(matter for title in told for matter in matters(title))]
    return tuple(dict.fromkeys(matter for matter in found if matter.is_named))


def _addresses(one: Linked) -> tuple[tuple[str, str], ...]:
    return tuple((relation.kind, relation.target) for relation in one.relations if _is_address(relation.target))


def _is_address(target: str) -> bool:
    return target.startswith(("http://", "https://"))


# ------------------------------------------------------------------ documents


def _documents(
    run: Run,
    some: Sequence[_Pages],
    named: Mapping[str, Mapping[str, str]],
    issued: Mapping[str, Collection[str]],
) -> dict[str, list[Member]]:
    """Unit → the documents that its pages are about.

    Results and interpretations that a unit put into other columns are found with them, and added to its pages.

    :param named: unit → ids and titles of its own documents of these matters.
    :param issued: core of a title → ids of the government's documents of it.
    """
    names: dict[str, set[str]] = {}
    for pages in some:
        cores = {matter.core for matter in pages.matters()}
        asked = {*named[pages.unit.id], *(name for core in cores for name in issued.get(core, ()))}
        asked |= {name for member in pages.members.values() for name in member.links}
        names[pages.unit.id] = asked - pages.members.keys()
    items = {one.id: one for one in catalogue.linked_items(run.database, set().union(*names.values()))}
    found: dict[str, list[_Linking]] = {}
    for unit, asked in names.items():
        known = (items[name] for name in sorted(asked) if name in items)
        found[unit] = [
            (_page(run, one, stage), _addresses(one)) for one in known if (stage := _stage_for(run, one, unit))
        ]
    linked = _with_links(run, [told for each in found.values() for told in each])
    documents = {}
    for pages in some:
        here = [linked[one.id] for one, _ in found[pages.unit.id]]
        pages.members |= {one.id: one for one in here if one.stage != "document"}
        documents[pages.unit.id] = [one for one in here if one.stage == "document"]
    return documents


def _stage_for(run: Run, one: Linked, unit: str) -> str | None:
    """The stage of a page outside the columns of a unit's chains; None where it is none of a chain of that unit."""
    column = run.columns.get((one.unit, one.column))
    stage = stage_of(one.title) or "document"
    if column is None or column.kind not in DOCUMENTS or stage == "consultation":
        return None
    return stage if stage == "document" or one.unit == unit else None


def _with_links(run: Run, found: Iterable[_Linking]) -> dict[str, Member]:
    """The members by id, with what their pages link: ids of items, and what is said of the links."""
    told = {one.id: (one, links) for one, links in found}
    owners = catalogue.owners_of(run.database, (url for _, links in told.values() for _, url in links))
    linked = {}
    for name, (one, links) in told.items():
        names = {other for _, url in links for other in owners.get(url, ())} - {name}
        kinds = frozenset(kind for kind, _ in links)
        linked[name] = replace(one, links=frozenset(names), link_kinds=kinds) if kinds else one
    return linked


def _titled(run: Run, wanted: Mapping[str, Sequence[Matter]]) -> dict[str, dict[str, str]]:
    """Unit → ids and titles of its documents of one of the matters wanted there."""
    cores = {unit: {matter.core for matter in some} for unit, some in wanted.items()}
    begin = {unit: looked_for for unit, some in wanted.items() if (looked_for := beginnings(some)).texts}
    places = [place for place, column in run.columns.items() if place[0] in begin and column.kind in DOCUMENTS]

    def is_wanted(unit: str, title: str) -> bool:
        return may_name(title, begin[unit]) and any(one.core in cores[unit] for one in matters(title))

    found: dict[str, dict[str, str]] = {unit: {} for unit in wanted}
    for unit, name, title in catalogue.titles_in(run.database, places, is_wanted, since=_since(run)):
        found[unit][name] = title
    return found


def _by_core(titles: Mapping[str, str]) -> dict[str, set[str]]:
    """Core of a title → ids of the documents of it."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, title in titles.items():
        for one in matters(title):
            found[one.core].add(name)
    return found


def _batches(pages: list[_Pages], size: int) -> Iterator[list[_Pages]]:
    for start in range(0, len(pages), size):
        yield pages[start : start + size]
