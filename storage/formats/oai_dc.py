"""An item as unqualified Dublin Core, the format that every harvester of the world reads.

Fifteen elements cannot hold an item: what is sought by is here, the rest is in ``gongkai``. Rights are left out: what
a public body must disclose carries no licence that we could state for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from storage.formats.xml_text import text

PREFIX: Final = "oai_dc"
NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
BEGINNING: Final = 300  # signs of the text that stand for a summary that is not there

_OPEN: Final = (
    f'<oai_dc:dc xmlns:oai_dc="{NAMESPACE}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{NAMESPACE} {SCHEMA}">'
)


def to_xml(item: Mapping[str, Any]) -> str:
    """The item, given as its JSON (``json_item``), as an ``oai_dc:dc`` element, for ``xml_text.document``.

    Elements without a value are left out; several values repeat theirs.
    """
    elements = (f"<dc:{name}>{text(value)}</dc:{name}>" for name, value in _elements(item) if value)
    return f"{_OPEN}{''.join(elements)}</oai_dc:dc>"


def _elements(item: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Names and values, in the order of Dublin Core's own list."""
    yield "title", item["title"]
    yield "creator", item.get("issuer")
    yield "subject", item.get("theme")
    for keyword in item.get("keywords") or ():
        yield "subject", keyword
    yield "description", item.get("summary") or beginning(item.get("body_text"))
    yield "publisher", item.get("publisher")
    yield "date", item.get("published_on") or item.get("formed_on")
    yield "type", item.get("genre")
    yield "identifier", item["url"]
    yield "identifier", item.get("index_number")
    yield "identifier", item.get("document_number")
    yield "language", item.get("language")
    for relation in item.get("relations") or ():
        yield "relation", relation["target"]


def beginning(body: str | None) -> str | None:
    """The first signs of a text, for where a summary is wanted and there is none."""
    if not body:
        return None
    return body if len(body) <= BEGINNING else f"{body[:BEGINNING].rstrip()}…"
