"""An item as XML with everything we know of it: the fields of its JSON under the same names, so push and pull agree.

The schema is ``gongkai.xsd`` beside this module, with every field explained in Chinese and English. Absent fields are
left out; dates are ``YYYY-MM-DD``, times ISO 8601 with zone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from storage.formats.xml_text import attribute, element, text

PREFIX: Final = "gongkai"
NAMESPACE: Final = "urn:gongkai:item:1"
SCHEMA_FILE: Final = "gongkai.xsd"

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_FIELDS: Final = (  # the order of the schema; id and revision are attributes
    *("index_number", "title", "summary", "formed_on", "published_on", "published_at", "effective_on", "repealed_on"),
    *(
        "validity",
        "issuer",
        "publisher",
        "unit",
        "column",
        "document_number",
        "theme",
        "theme_code",
        "genre",
        "category",
    ),
    *("statutory", "stage", "relations", "keywords", "source", "form", "url", "aliases", "attachments", "body_text"),
    *("language", "first_seen", "not_before", "last_seen", "withdrawn_at", "content_hash", "page_read"),
    *("copies", "same_as", "provenance", "evidence"),
)
_COPY: Final = ("item", "unit", "column", "url", "published_on")


def schema() -> bytes:
    """The XML Schema of the format."""
    return (Path(__file__).parent / SCHEMA_FILE).read_bytes()


def to_xml(item: Mapping[str, Any], schema_url: str = SCHEMA_FILE) -> str:
    """The item, given as its JSON (``json_item``), as an ``item`` element, to be made bytes by ``xml_text.document``.

    :param schema_url: where a reader finds the schema.
    """
    parts = [
        f'<item xmlns="{NAMESPACE}" xmlns:xsi="{_XSI}" xsi:schemaLocation="{NAMESPACE} {attribute(schema_url)}"'
        f' id="{attribute(item["id"])}" revision="{item["revision"]}">'
    ]
    for name in _FIELDS:
        value = item.get(name)
        if isinstance(value, str):
            parts.append(f"<{name}>{text(value)}</{name}>")
        elif isinstance(value, bool):
            parts.append(f"<{name}>{'true' if value else 'false'}</{name}>")
        elif value:
            parts.append(f"<{name}>{_STRUCTURES[name](value)}</{name}>")
    parts.append("</item>")
    return "".join(parts)


def _relations(all_: list[Mapping[str, str]]) -> str:
    return "".join(f'<relation kind="{attribute(one["kind"])}">{text(one["target"])}</relation>' for one in all_)


def _keywords(all_: list[str]) -> str:
    return "".join(f"<keyword>{text(one)}</keyword>" for one in all_)


def _aliases(all_: list[str]) -> str:
    return "".join(f"<alias>{text(one)}</alias>" for one in all_)


def _attachments(all_: list[Mapping[str, Any]]) -> str:
    return "".join(f"<attachment>{_attachment(one)}</attachment>" for one in all_)


def _attachment(one: Mapping[str, Any]) -> str:
    size = None if one["size"] is None else str(one["size"])
    known = element("type", one["type"]) + element("size", size) + element("sha256", one["sha256"])
    return f"<name>{text(one['name'])}</name><url>{text(one['url'])}</url>{known}"


def _copies(all_: list[Mapping[str, str | None]]) -> str:
    return "".join(f"<copy>{''.join(element(name, one[name]) for name in _COPY)}</copy>" for one in all_)


def _provenance(all_: Mapping[str, Mapping[str, Any]]) -> str:
    return "".join(
        f'<field name="{attribute(name)}" origin="{attribute(one["origin"])}" confidence="{one["confidence"]}">'
        f"<raw>{text(one['raw'])}</raw>{element('conflict', one['conflict'])}</field>"
        for name, one in all_.items()
    )


def _evidence(one: Mapping[str, str | None]) -> str:
    return "".join(element(name, one[name]) for name in ("url", "captured_at", "sha256", "warc", "record_id"))


_STRUCTURES: Final[Mapping[str, Callable[[Any], str]]] = {
    "relations": _relations,
    "keywords": _keywords,
    "aliases": _aliases,
    "attachments": _attachments,
    "copies": _copies,
    "provenance": _provenance,
    "evidence": _evidence,
}
