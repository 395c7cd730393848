"""What stands in columns of consultations, results and interpretations, and the documents that these are about.

Of those columns everything is loaded, in narrow rows; of other columns only the titles, in units whose chains look for
a document, and the rows of those that are found, by an address that a page links or by the core of their title. A
unit's documents stand in its own columns or in those of its government. Pages from before anything that is judged are
left out. What is held is what stands in those columns, without its text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
_BEGUN_MONTHS = 12
_BY_TITLE = frozenset(("interprets", "answers", "consults"))
_ANSWERS_STAND_IN = frozenset((ColumnKind.CONSULTATION, ColumnKind.FEEDBACK, ColumnKind.NOTICES))


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
    known = {unit.id: pages for unit in run.city.units if (pages := _pages_of(run, unit)).members}
    higher = government_of(run)
    above = known.pop(higher.id, _Pages(unit=higher)) if higher is not None else None
    issued: Mapping[str, str] = {}
    if above is not None:
        wanted = [matter for pages in (*known.values(), above) for matter in pages.matters()]
        issued = dict(_titled(run, above.unit, wanted))
    for pages in known.values():
        documents = _documents(run, pages, issued)
        readings = pages.of("interpretation")
        told = _judged(run, pages, documents, [*readings, *(above.of("interpretation") if above else ())])
        yield told
        if above is not None:  # what this unit says of the government's documents is judged with them
            at_home = {reading.id for one in told.interpreted for reading in one.interpretations}
            abroad = [reading for reading in readings if reading.id not in at_home]
            for one in interpreted_of([one for one in documents if one.unit == above.unit.id], abroad):
                above.members |= {reading.id: reading for reading in one.interpretations}
    if above is not None and above.members:
        yield _judged(run, above, _documents(run, above, issued), above.of("interpretation"))


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


def _pages_of(run: Run, unit: Unit) -> _Pages:
    """What stands in the unit's columns of consultations, results and interpretations."""
    members: dict[str, Member] = {}
    links: dict[str, Sequence[tuple[str, str]]] = {}
    since = _since(run)
    for column in unit.columns:
        if column.kind not in STAGES:
            continue
        longest = TEXT if column.kind is ColumnKind.CONSULTATION else 0
        for one in catalogue.linked_in(run.database, unit.id, [column.id], since=since, longest=longest):
            member = _member(run, one, column.kind)
            if member is not None:
                members[one.id], links[one.id] = member, _addresses(one)
    return _Pages(unit=unit, members=_with_links(run, members, links))


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


def _documents(run: Run, pages: _Pages, issued: Mapping[str, str]) -> list[Member]:
    """The documents that the pages of a unit are about.

    Results and interpretations that the unit put into other columns are found with them, and added to its pages.

    :param issued: ids and titles of the government's documents.
    """
    wanted = tuple(dict.fromkeys(pages.matters()))
    cores = {matter.core for matter in wanted}
    names = {name for name, _ in _titled(run, pages.unit, wanted)}
    names |= {name for name, title in issued.items() if any(one.core in cores for one in matters(title))}
    names |= {name for member in pages.members.values() for name in member.links}
    found: dict[str, Member] = {}
    links: dict[str, Sequence[tuple[str, str]]] = {}
    for one in catalogue.linked_items(run.database, names - pages.members.keys()):
        column = run.columns.get((one.unit, one.column))
        stage = stage_of(one.title) or "document"
        if column is None or column.kind not in DOCUMENTS or stage == "consultation":
            continue
        if stage == "document" or one.unit == pages.unit.id:
            found[one.id] = _page(run, one, stage)
            links[one.id] = _addresses(one)
    linked = _with_links(run, found, links)
    pages.members |= {name: one for name, one in linked.items() if one.stage != "document"}
    return [one for one in linked.values() if one.stage == "document"]


def _with_links(
    run: Run, members: Mapping[str, Member], links: Mapping[str, Sequence[tuple[str, str]]]
) -> dict[str, Member]:
    """The members with what their pages link: ids of items, and what is said of the links."""
    owners = catalogue.owners_of(run.database, (url for each in links.values() for _, url in each))
    linked = {}
    for name, one in members.items():
        names = {other for _, url in links[name] for other in owners.get(url, ())} - {name}
        kinds = frozenset(kind for kind, _ in links[name])
        linked[name] = replace(one, links=frozenset(names), link_kinds=kinds) if kinds else one
    return linked


def _titled(run: Run, unit: Unit, wanted: Iterable[Matter]) -> Iterator[tuple[str, str]]:
    """Id and title of the unit's documents of one of these matters."""
    columns = [column.id for column in unit.columns if column.kind in DOCUMENTS]
    cores = {matter.core for matter in wanted}
    looked_for = beginnings(wanted)
    if not looked_for.texts:
        return
    for name, title in catalogue.titles_in(run.database, unit.id, columns, since=_since(run)):
        if may_name(title, looked_for) and any(one.core in cores for one in matters(title)):
            yield name, title
