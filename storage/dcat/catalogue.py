"""A page of the catalogue as a graph: the catalogue itself, who keeps it, the page's place, and its items.

The catalogue's own date, its size and all themes stand on the first page of a list alone: on the others they would
change with every change anywhere, and every page that a client has would be out of date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from rdflib import Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, SKOS, XSD
from sqlalchemy.orm import Session

from storage import pulling
from storage.classification import themes
from storage.database import Database
from storage.dcat.asking import LAST, Asked
from storage.dcat.forms import HYDRA, Form, new_graph
from storage.formats import dcat, vocabulary
from storage.formats.dcat import Names, zh
from storage.oai import sets
from storage.pulling import Entry, State

PAGE: Final = 100  # items: a graph of some 4,000 triples, a tenth to a fifth of a second to write
VERSION: Final = 1  # of what is written for the same items; another makes every tag another
Known = Callable[[str, dt.datetime | None], bool]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A page, and what lets a client keep it; ``body`` None: the client has it already."""

    etag: str
    last_modified: dt.datetime | None
    links: Mapping[str, str] = field(default_factory=dict)  # relation → address
    body: bytes | None = None


def answer(db: Database, asked: Asked, form: Form, base: str, known: Known) -> Answer:
    """The page asked for.

    :param base: the installation's address with a slash at its end, of which all names are made.
    :param known: whether the client has what has this tag and date.
    :raises DatabaseError: the database failed.
    """
    pulling.settle(db)
    names = Names(base)
    document = f"{names.document}/catalog.{form.ending}"
    with db.read() as session:
        state = pulling.state_of(session)
        date = pulling.last_modified(state)
        seqs, more = _numbers(session, asked)
        links = _links(session, asked, document, seqs, more=more)
        tag = _tag(asked, form, names, state, seqs, links)
        if known(tag, date):
            return Answer(etag=tag, last_modified=date, links=links)
        total = pulling.count(session, asked.wanted) if asked.is_first and asked.since is None else None
        graph = new_graph()
        dcat.add(graph, _catalogue(names, state, is_first=asked.is_first))
        dcat.add(graph, _place(names, asked.address(document, **_place_of(asked)), links, total))
        for entry in pulling.entries(session, seqs):
            dcat.describe(graph, names, entry, state.unit_name(entry.item["unit"]))
    return Answer(etag=tag, last_modified=date, links=links, body=form.write(graph))


def one(entry: Entry, state: State, form: Form, base: str) -> bytes:
    """One item, or its tombstone, as a document of its own."""
    names, graph = Names(base), new_graph()
    dcat.add(graph, _catalogue(names, state, is_first=False))
    dcat.describe(graph, names, entry, state.unit_name(entry.item["unit"]))
    return form.write(graph)


def _numbers(session: Session, asked: Asked) -> tuple[list[int], bool]:
    """The numbers on the page, and whether there are more after them."""
    after, before = asked.after or 0, asked.before
    backwards = asked.last or before is not None
    limit = PAGE if backwards else PAGE + 1
    found = pulling.numbers(
        session, asked.wanted, after=after, before=before, since=asked.since, limit=limit, backwards=backwards
    )
    if backwards:
        last = found[-1] if found else 0
        return found, before is not None and bool(pulling.numbers(session, asked.wanted, after=last, limit=1))
    return found[:PAGE], len(found) > PAGE


def _links(session: Session, asked: Asked, document: str, seqs: list[int], *, more: bool) -> dict[str, str]:
    links = {"first": asked.address(document)}
    start = seqs[0] if seqs else (asked.after or 0) + 1
    if not asked.is_first and pulling.numbers(
        session, asked.wanted, before=start, since=asked.since, limit=1, backwards=True
    ):
        links["previous"] = asked.address(document, before=start)
    if more:
        links["next"] = asked.address(document, after=seqs[-1] if seqs else 0)
    links["last"] = asked.address(document, page=LAST)
    return links


def _place_of(asked: Asked) -> dict[str, str | int]:
    if asked.last:
        return {"page": LAST}
    return {name: value for name in ("after", "before") if (value := getattr(asked, name)) is not None}


def _tag(asked: Asked, form: Form, names: Names, state: State, seqs: Iterable[int], links: Mapping[str, str]) -> str:
    registry = None if state.registry_at is None else state.registry_at.isoformat()
    head = state.head if asked.is_first else None
    return pulling.etag_of(VERSION, form.ending, names.base, head, registry, list(seqs), dict(links))


def _catalogue(names: Names, state: State, *, is_first: bool) -> Iterator[dcat.Triple]:
    city = str(state.city.get("name") or "")
    node = names.catalogue
    yield node, RDF.type, DCAT.Catalog
    yield node, DCTERMS.title, zh(f"{city}政府信息公开统一目录")
    said = "各公开主体主动公开的全部政府信息：每件一条，含修改与撤回；由采集程序从其网站公开栏目取得。"
    yield node, DCTERMS.description, zh(f"{city}{said}")
    yield node, DCTERMS.publisher, names.office
    yield from dcat.agent(names.office, f"{city}政府信息公开工作主管部门")
    yield node, DCTERMS.language, URIRef(vocabulary.CHINESE)
    yield URIRef(vocabulary.CHINESE), RDF.type, DCTERMS.LinguisticSystem
    yield node, FOAF.homepage, URIRef(names.base)
    yield URIRef(names.base), RDF.type, FOAF.Document
    yield dcat.PROFILE, RDF.type, DCTERMS.Standard
    schemes = (
        (names.themes, "国务院公文主题分类"),
        (names.categories, "信息类别"),
        (names.statutory, "法定主动公开类别"),
        (URIRef(vocabulary.DATA_THEMES), "Data theme"),
    )
    for scheme, title in schemes:
        yield node, DCAT.themeTaxonomy, scheme
        yield from _scheme(scheme, title)
    yield from _scheme(names.genres, "体裁")
    yield from _scheme(names.validity, "有效性")
    yield from dcat.concept(URIRef(vocabulary.GOVERNMENT), URIRef(vocabulary.DATA_THEMES), "政府与公共部门")
    for status in (vocabulary.CREATED, vocabulary.UPDATED, vocabulary.DELETED):
        yield URIRef(status), RDF.type, SKOS.Concept
        yield URIRef(status), SKOS.prefLabel, Literal(status.rpartition("/")[2], lang="en")
    if is_first:
        yield from _whole(names, state)


def _whole(names: Names, state: State) -> Iterator[dcat.Triple]:
    if state.changed_at is not None:
        yield names.catalogue, DCTERMS.modified, dcat.moment(state.changed_at)
    for theme in themes.THEMES:
        if theme.second is None:
            yield from dcat.concept(names.here(f"theme-{theme.code}"), names.themes, theme.first)
    for category, slug in sets.SLUGS.items():
        yield from dcat.concept(names.concept("category", slug), names.categories, category.value)


def _scheme(node: URIRef, title: str) -> Iterator[dcat.Triple]:
    yield node, RDF.type, SKOS.ConceptScheme
    yield node, DCTERMS.title, zh(title)


def _place(names: Names, address: str, links: Mapping[str, str], total: int | None) -> Iterator[dcat.Triple]:
    """The page among the others, in the words of Hydra's view of today and of the one that CKAN looks for."""
    view = URIRef(address)
    yield names.catalogue, RDF.type, HYDRA.Collection
    yield names.catalogue, HYDRA.view, view
    yield view, RDF.type, HYDRA.PartialCollectionView
    yield view, RDF.type, HYDRA.PagedCollection
    yield view, HYDRA.itemsPerPage, Literal(PAGE, datatype=XSD.integer)
    for relation, target in links.items():
        yield view, HYDRA[relation], URIRef(target)
    if total is not None:
        for node in (names.catalogue, view):
            yield node, HYDRA.totalItems, Literal(total, datatype=XSD.integer)
