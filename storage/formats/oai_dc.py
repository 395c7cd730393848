"""An Item as unqualified Dublin Core, the format that every harvester of the world reads.

Fifteen elements cannot hold an item: what is sought by is here, the rest is in ``gongkai``. Rights are left out: what
a public body must disclose carries no licence that we could state for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from storage.formats.xml_text import text
from storage.schema import Item

PREFIX: Final = "oai_dc"
NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
BEGINNING: Final = 300  # signs of the text that stand for a summary that is not there

_OPEN: Final = (
    f'<oai_dc:dc xmlns:oai_dc="{NAMESPACE}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{NAMESPACE} {SCHEMA}">'
)


def to_xml(item: Item) -> str:
    """The item as an ``oai_dc:dc`` element; elements that have no value are left out, several values repeat them."""
    return "".join(
        (_OPEN, *(f"<dc:{name}>{text(value)}</dc:{name}>" for name, value in _elements(item)), "</oai_dc:dc>")
    )


def _elements(item: Item) -> Iterator[tuple[str, str]]:
    """Names and values, in the order of Dublin Core's own list."""
    yield "title", item.title
    if item.issuer:
        yield "creator", item.issuer
    if item.theme:
        yield "subject", item.theme
    for keyword in item.keywords:
        yield "subject", keyword
    described = item.summary or _beginning(item.body_text)
    if described:
        yield "description", described
    if item.publisher:
        yield "publisher", item.publisher
    date = item.published_on or item.formed_on
    if date:
        yield "date", date.isoformat()
    if item.genre:
        yield "type", item.genre
    yield "identifier", item.url
    if item.index_number:
        yield "identifier", item.index_number
    if item.document_number:
        yield "identifier", item.document_number
    yield "language", item.language
    for relation in item.relations:
        yield "relation", relation.target


def _beginning(body: str | None) -> str | None:
    if not body:
        return None
    return body if len(body) <= BEGINNING else f"{body[:BEGINNING].rstrip()}…"
