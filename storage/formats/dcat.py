"""An item as RDF by DCAT-AP 3: a dataset with its record in the catalogue, and a withdrawn one as its record alone.

Every node has an address of its own, below the item's or the catalogue's, and none is blank: pages put together are
one graph, and what is read twice is there once. An item is a ``dcat:Dataset``, the one class that all harvesters of
DCAT take: what one agent published, in one or more representations (its page, its attachments). ``dct:type`` says
which kind of document it is.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, PROV, RDF, RDFS, SKOS, XSD, Namespace

from storage.classification import themes
from storage.formats import vocabulary
from storage.formats.iri import segment, web_iri
from storage.formats.oai_dc import beginning
from storage.oai import sets
from storage.oai.list_sets import statutory_name
from storage.schema import Category

ADMS: Final = Namespace("http://www.w3.org/ns/adms#")
SPDX: Final = Namespace("http://spdx.org/rdf/terms#")
PROFILE: Final = URIRef("http://data.europa.eu/r5r/")
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_LANGUAGE: Final = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
# what a relation is, by words whose range need not be a dataset of some catalogue; where there is none, related
_RELATIONS: Final = {
    "reposts": PROV.wasDerivedFrom,
    "repeals": DCTERMS.replaces,
    "interprets": DCTERMS.references,
    "interpreted_by": DCTERMS.isReferencedBy,
}
Triple = tuple[URIRef, URIRef, Literal | URIRef]


class Names:
    """The addresses of what a catalogue at ``base`` (which ends in a slash) speaks of."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.document = f"{base}dcat"
        self.catalogue = self.here("catalogue")
        self.office = self.here("office")
        self.themes = self.here("themes")
        self.categories = self.here("categories")
        self.statutory = self.here("statutory")
        self.genres = self.here("genres")
        self.validity = self.here("validity")

    def here(self, fragment: str) -> URIRef:
        """A node of the catalogue's own document."""
        return URIRef(f"{self.document}#{fragment}")

    def concept(self, scheme: str, word: str) -> URIRef:
        """A concept under its word."""
        return self.here(f"{scheme}-{segment(word)}")

    def item(self, name: str, part: str = "") -> URIRef:
        """An item, or a node of it."""
        return URIRef(f"{self.base}id/item/{segment(name)}{part and f'#{part}'}")

    def unit(self, name: str) -> URIRef:
        """A public body."""
        return URIRef(f"{self.base}units/{segment(name)}#unit")


def describe(graph: Graph, names: Names, entry: Any, unit_name: str) -> None:
    """Adds an entry (``pulling.Entry``) with everything it speaks of."""
    add(graph, _triples(names, entry, unit_name))


def add(graph: Graph, triples: Iterable[Triple]) -> None:
    """Adds triples."""
    for triple in triples:
        graph.add(triple)


def text(value: str, language: str | None = None) -> Literal:
    """A literal without signs that XML cannot write, its line ends as XML gives them back."""
    clean = _FORBIDDEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return Literal(clean, lang=language if language and _LANGUAGE.fullmatch(language) else None)


def is_blank(value: str) -> bool:
    """Whether nothing of ``value`` could be shown."""
    return not _FORBIDDEN.sub("", value).strip()


def zh(value: str) -> Literal:
    """A word of the catalogue's own language."""
    return text(value, "zh")


def moment(value: dt.datetime) -> Literal:
    """An aware moment, in UTC."""
    return Literal(
        f"{value.astimezone(dt.UTC).replace(tzinfo=None).isoformat()}Z", datatype=XSD.dateTime, normalize=False
    )


def concept(node: URIRef, scheme: URIRef, word: str) -> Iterator[Triple]:
    """What makes ``node`` a concept that can be shown."""
    yield node, RDF.type, SKOS.Concept
    yield node, SKOS.prefLabel, zh(word)
    yield node, SKOS.inScheme, scheme


def agent(node: URIRef, name: str, kind: URIRef = FOAF.Agent) -> Iterator[Triple]:
    """What makes ``node`` somebody."""
    yield node, RDF.type, kind
    yield node, FOAF.name, zh(name)


def _triples(names: Names, entry: Any, unit_name: str) -> Iterator[Triple]:
    node, record = names.item(entry.id), names.item(entry.id, "record")
    yield names.catalogue, DCAT.record, record
    yield record, RDF.type, DCAT.CatalogRecord
    yield record, FOAF.primaryTopic, node
    yield node, RDF.type, DCAT.Resource  # what a record is about must be one, and a tombstone's is no dataset any more
    yield record, DCTERMS.modified, moment(entry.datestamp)
    yield record, DCTERMS.conformsTo, PROFILE
    first_seen = entry.item.get("first_seen")
    if first_seen:
        yield record, DCTERMS.issued, moment(dt.datetime.fromisoformat(first_seen))
    if entry.deleted:
        yield record, ADMS.status, URIRef(vocabulary.DELETED)
        if entry.same_as:
            yield node, DCTERMS.isReplacedBy, names.item(entry.same_as)
        return
    yield record, ADMS.status, URIRef(vocabulary.CREATED if entry.revision == 1 else vocabulary.UPDATED)
    yield names.catalogue, DCAT.dataset, node
    yield node, RDF.type, DCAT.Dataset
    yield node, DCTERMS.modified, moment(entry.datestamp)
    item = entry.item
    yield from _said(node, item)
    yield from _numbers(names, node, entry.id, item)
    yield from _agents(names, node, entry.id, item, unit_name)
    yield from _classes(names, node, item)
    yield from _relations(names, node, entry.id, item)
    yield from _representations(names, node, entry.id, item)
    yield from _provenance(names, node, entry.id, item)


def _said(node: URIRef, item: Mapping[str, Any]) -> Iterator[Triple]:
    language = item.get("language") or "zh"
    title = str(node) if is_blank(item["title"]) else item["title"]
    about = item.get("summary") or beginning(item.get("body_text")) or title
    yield node, DCTERMS.title, text(title, language)
    yield node, DCTERMS.description, text(title if is_blank(about) else about, language)
    for word in item.get("keywords") or ():
        if not is_blank(word):
            yield node, DCAT.keyword, text(word, language)
    known = vocabulary.language_of(language)
    if known:
        yield node, DCTERMS.language, URIRef(known)
        yield URIRef(known), RDF.type, DCTERMS.LinguisticSystem
    yield node, DCTERMS.accessRights, URIRef(vocabulary.PUBLIC)
    yield URIRef(vocabulary.PUBLIC), RDF.type, DCTERMS.RightsStatement
    if item.get("published_at"):
        yield node, DCTERMS.issued, moment(dt.datetime.fromisoformat(item["published_at"]))
    elif item.get("published_on"):
        yield node, DCTERMS.issued, Literal(item["published_on"], datatype=XSD.date)
    for name, meaning in (("formed_on", DCTERMS.created), ("effective_on", DCTERMS.valid)):
        if item.get(name):
            yield node, meaning, Literal(item[name], datatype=XSD.date)


def _numbers(names: Names, node: URIRef, name: str, item: Mapping[str, Any]) -> Iterator[Triple]:
    yield node, DCTERMS.identifier, Literal(str(node))
    for part, field, scheme in (("index", "index_number", "索引号"), ("document", "document_number", "发文字号")):
        value = item.get(field)
        if value and not is_blank(value):
            number = names.item(name, part)
            yield node, ADMS.identifier, number
            yield number, RDF.type, ADMS.Identifier
            yield number, SKOS.notation, text(value)
            yield number, ADMS.schemaAgency, zh(scheme)


def _agents(names: Names, node: URIRef, name: str, item: Mapping[str, Any], unit_name: str) -> Iterator[Triple]:
    """The unit answers for it; who issued it, and whom the page names as its publisher, where that is another."""
    unit = names.unit(item["unit"])
    yield node, DCTERMS.publisher, unit
    yield from agent(unit, unit_name)
    issuer, publisher = item.get("issuer"), item.get("publisher")
    for part, meaning, who in (("issuer", DCTERMS.creator, issuer), ("publisher", DCTERMS.contributor, publisher)):
        if who and not is_blank(who) and (part == "issuer" or who not in (unit_name, issuer)):
            somebody = names.item(name, part)
            yield node, meaning, somebody
            yield from agent(somebody, who)


def _classes(names: Names, node: URIRef, item: Mapping[str, Any]) -> Iterator[Triple]:
    european = URIRef(vocabulary.GOVERNMENT)
    yield node, DCAT.theme, european
    shown, code = item.get("theme"), item.get("theme_code")
    # a revision from before codes were kept has the theme's name alone
    known = themes.by_code(code) if code else themes.read(shown) if shown else None
    if known is not None:
        theme = names.here(f"theme-{known.code[:2]}")
        yield node, DCAT.theme, theme
        yield from concept(theme, names.themes, known.first)
    if shown and not is_blank(shown):
        yield node, DCAT.keyword, zh(shown)
    category = Category(item["category"])
    counted = names.concept("category", sets.SLUGS[category])
    yield node, DCAT.theme, counted
    yield from concept(counted, names.categories, category.value)
    code = item.get("statutory")
    if code:
        due = names.concept("statutory", code)
        yield node, DCAT.theme, due
        yield from concept(due, names.statutory, statutory_name(code))
    for field, meaning, scheme in (
        ("genre", DCTERMS.type, names.genres),
        ("validity", ADMS.status, names.validity),
    ):
        word = item.get(field)
        if word and not is_blank(word):
            one = names.concept(field, word)
            yield node, meaning, one
            yield from concept(one, scheme, word)


def _relations(names: Names, node: URIRef, name: str, item: Mapping[str, Any]) -> Iterator[Triple]:
    for number, one in enumerate(item.get("relations") or (), 1):
        address = web_iri(one["target"])
        other = names.item(name, f"related-{number}") if address is None else URIRef(address)
        yield node, _RELATIONS.get(one["kind"], DCTERMS.relation), other
        if address is None:
            yield other, RDFS.label, zh(one["target"])


def _representations(names: Names, node: URIRef, name: str, item: Mapping[str, Any]) -> Iterator[Triple]:
    pages = [URIRef(found) for url in (item["url"], *(item.get("aliases") or ())) if (found := web_iri(url))]
    if pages:
        yield node, DCAT.landingPage, pages[0]
        yield pages[0], RDF.type, FOAF.Document
        page = names.item(name, "page")
        yield from _distribution(node, page, item["title"], vocabulary.HTML if item.get("page_read") else None)
        for address in pages:
            yield page, DCAT.accessURL, address
    for number, one in enumerate(item.get("attachments") or (), 1):
        found = web_iri(one["url"])
        if found is None:
            continue
        file = names.item(name, f"file-{number}")
        yield from _distribution(node, file, one["name"] or item["title"], one.get("type"))
        yield file, DCAT.accessURL, URIRef(found)
        yield file, DCAT.downloadURL, URIRef(found)
        if one.get("size") is not None:
            yield file, DCAT.byteSize, Literal(one["size"], datatype=XSD.nonNegativeInteger)
        if _SHA256.fullmatch(one.get("sha256") or ""):
            yield from _checksum(names, name, file, number, one["sha256"])


def _distribution(node: URIRef, one: URIRef, title: str, ending: str | None) -> Iterator[Triple]:
    yield node, DCAT.distribution, one
    yield one, RDF.type, DCAT.Distribution
    if not is_blank(title):
        yield one, DCTERMS.title, zh(title)
    media, kind = vocabulary.media_type(ending), vocabulary.file_type(ending)
    if media:
        yield one, DCAT.mediaType, URIRef(vocabulary.media_iri(media))
        yield URIRef(vocabulary.media_iri(media)), RDF.type, DCTERMS.MediaType
    if kind:
        yield one, DCTERMS["format"], URIRef(kind)
        yield URIRef(kind), RDF.type, DCTERMS.MediaTypeOrExtent


def _checksum(names: Names, name: str, file: URIRef, number: int, value: str) -> Iterator[Triple]:
    sum_ = names.item(name, f"file-{number}-sha256")
    yield file, SPDX.checksum, sum_
    yield sum_, RDF.type, SPDX.Checksum
    yield sum_, SPDX.algorithm, SPDX.checksumAlgorithm_sha256
    yield SPDX.checksumAlgorithm_sha256, RDF.type, SPDX.ChecksumAlgorithm
    yield sum_, SPDX.checksumValue, Literal(value, datatype=XSD.hexBinary)


def _provenance(names: Names, node: URIRef, name: str, item: Mapping[str, Any]) -> Iterator[Triple]:
    seen = item.get("evidence")
    if seen:
        how = names.item(name, "provenance")
        yield node, DCTERMS.provenance, how
        yield how, RDF.type, DCTERMS.ProvenanceStatement
        yield how, RDFS.label, zh(f"{seen['captured_at']} 采集自 {seen['url']}，SHA-256 {seen['sha256']}")
