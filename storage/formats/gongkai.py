"""An Item as XML with everything we know of it: the fields of JSON under the same names, so push and pull agree.

The schema is ``gongkai.xsd`` beside this module, with every field explained in Chinese and English. Absent fields are
left out; dates are ``YYYY-MM-DD``, times ISO 8601 with zone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from storage.formats.json_item import time_text
from storage.formats.xml_text import attribute, element, text
from storage.schema import Attachment, Evidence, Item, Provenance, Relation

PREFIX: Final = "gongkai"
NAMESPACE: Final = "urn:gongkai:item:1"
SCHEMA_FILE: Final = "gongkai.xsd"

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"


def schema() -> bytes:
    """The XML Schema of the format."""
    return (Path(__file__).parent / SCHEMA_FILE).read_bytes()


def to_xml(item: Item, schema_url: str = SCHEMA_FILE) -> str:
    """The item as an ``item`` element; ``schema_url`` is where its reader finds the schema."""
    return "".join(
        (
            f'<item xmlns="{NAMESPACE}" xmlns:xsi="{_XSI}" xsi:schemaLocation="{NAMESPACE} {attribute(schema_url)}"',
            f' id="{attribute(item.id)}" revision="{item.revision}">',
            element("index_number", item.index_number),
            f"<title>{text(item.title)}</title>",
            element("summary", item.summary),
            _date("formed_on", item.formed_on),
            _date("published_on", item.published_on),
            _time("published_at", item.published_at),
            _date("effective_on", item.effective_on),
            _date("repealed_on", item.repealed_on),
            element("validity", item.validity),
            element("issuer", item.issuer),
            element("publisher", item.publisher),
            f"<unit>{text(item.unit)}</unit><column>{text(item.column)}</column>",
            element("document_number", item.document_number),
            element("theme", item.theme),
            element("genre", item.genre),
            f"<category>{item.category.value}</category>",
            element("statutory", item.statutory),
            element("stage", item.stage),
            _list("relations", map(_relation, item.relations)),
            _list("keywords", (f"<keyword>{text(one)}</keyword>" for one in item.keywords)),
            element("source", item.source),
            element("form", item.form),
            f"<url>{text(item.url)}</url>",
            _list("aliases", (f"<alias>{text(one)}</alias>" for one in item.aliases)),
            _list("attachments", map(_attachment, item.attachments)),
            element("body_text", item.body_text),
            f"<language>{text(item.language)}</language>",
            _time("first_seen", item.first_seen),
            _time("not_before", item.not_before),
            _time("last_seen", item.last_seen),
            _time("withdrawn_at", item.withdrawn_at),
            f"<content_hash>{text(item.content_hash)}</content_hash>",
            f"<page_read>{'true' if item.page_read else 'false'}</page_read>",
            _list("provenance", (_provenance(name, one) for name, one in item.provenance.items())),
            "" if item.evidence is None else _evidence(item.evidence),
            "</item>",
        )
    )


def _date(name: str, value: dt.date | None) -> str:
    return "" if value is None else f"<{name}>{value.isoformat()}</{name}>"


def _time(name: str, value: dt.datetime | None) -> str:
    return "" if value is None else f"<{name}>{time_text(value)}</{name}>"


def _list(name: str, elements: Iterable[str]) -> str:
    inner = "".join(elements)
    return f"<{name}>{inner}</{name}>" if inner else ""


def _relation(one: Relation) -> str:
    return f'<relation kind="{attribute(one.kind)}">{text(one.target)}</relation>'


def _attachment(one: Attachment) -> str:
    size = None if one.size is None else str(one.size)
    known = element("type", one.type) + element("size", size) + element("sha256", one.sha256)
    return f"<attachment><name>{text(one.name)}</name><url>{text(one.url)}</url>{known}</attachment>"


def _provenance(name: str, one: Provenance) -> str:
    said = f"<raw>{text(one.raw)}</raw>{element('conflict', one.conflict)}"
    place = f'name="{attribute(name)}" origin="{attribute(one.origin)}" confidence="{one.confidence}"'
    return f"<field {place}>{said}</field>"


def _evidence(one: Evidence) -> str:
    known = f"<url>{text(one.url)}</url><captured_at>{time_text(one.captured_at)}</captured_at>"
    where = element("warc", one.warc) + element("record_id", one.record_id)
    return f"<evidence>{known}<sha256>{text(one.sha256)}</sha256>{where}</evidence>"
