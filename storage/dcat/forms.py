"""The three ways of writing the graph, and the names by which clients ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rdflib import Graph
from rdflib.namespace import DCAT, DCTERMS, FOAF, PROV, RDFS, SKOS, XSD, Namespace

from storage.formats.dcat import ADMS, SPDX

HYDRA: Final = Namespace("http://www.w3.org/ns/hydra/core#")
_PREFIXES: Final = {
    "dcat": DCAT,
    "dct": DCTERMS,
    "foaf": FOAF,
    "skos": SKOS,
    "adms": ADMS,
    "spdx": SPDX,
    "hydra": HYDRA,
    "rdfs": RDFS,
    "prov": PROV,
    "xsd": XSD,
}


@dataclass(frozen=True, kw_only=True)
class Form:
    """One way of writing: its ending in addresses, its media type, and what else it may be called."""

    ending: str
    media_type: str
    also: tuple[str, ...]  # media types that mean it too; it is then sent as what was asked for
    name: str  # rdflib's

    def write(self, graph: Graph) -> bytes:
        """The graph, UTF-8."""
        if self.name == "json-ld":
            context = {prefix: str(namespace) for prefix, namespace in _PREFIXES.items()}
            return graph.serialize(format=self.name, context=context, auto_compact=False, indent=None, encoding="utf-8")
        return graph.serialize(format=self.name, encoding="utf-8")


FORMS: Final[Mapping[str, Form]] = {  # the first is what a client gets that takes any
    form.ending: form
    for form in (
        Form(ending="jsonld", media_type="application/ld+json", also=("application/json",), name="json-ld"),
        Form(ending="ttl", media_type="text/turtle", also=("application/x-turtle",), name="turtle"),
        Form(
            ending="rdf",
            media_type="application/rdf+xml",
            also=("application/xml", "text/xml"),
            name="xml",
        ),
    )
}
_NAMES: Final = {
    **FORMS,
    "json-ld": FORMS["jsonld"],
    "json": FORMS["jsonld"],
    "turtle": FORMS["ttl"],
    "xml": FORMS["rdf"],
    **{name: form for form in FORMS.values() for name in (form.media_type, *form.also)},
}


def form_of(name: str) -> Form | None:
    """The form of an ending, another name, or a media type."""
    return _NAMES.get(name.lower())


def new_graph() -> Graph:
    """An empty graph with our prefixes and no others."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in _PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph
