"""Asks the feed, and holds every answer to the protocol: order of elements, what must be there and what may not.

The protocol's own schemas are read from its page by people; what they say of the parts we use is written here anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from lxml import etree

from storage import catalogue, oai
from storage.catalogue import WalkRow
from storage.database import Database
from storage.formats import core_record, gongkai
from storage.oai import arguments
from storage.schema import Item
from tests.storage import build
from tests.storage.build import DAY, NOON

Node = Any  # lxml has no types

BASE: Final = "http://catalogue.invalid/oai"
OAI: Final = "{http://www.openarchives.org/OAI/2.0/}"
DC: Final = "{http://purl.org/dc/elements/1.1/}"
XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
SPEC: Final = re.compile(r"[A-Za-z0-9_.!~*'()-]+(:[A-Za-z0-9_.!~*'()-]+)*")
SCHEMA: Final = etree.XMLSchema(etree.fromstring(gongkai.schema()))
CORE_SCHEMA: Final = etree.XMLSchema(etree.fromstring(core_record.schema()))
CODES: Final = {
    "badArgument",
    "badResumptionToken",
    "badVerb",
    "cannotDisseminateFormat",
    "idDoesNotExist",
    "noRecordsMatch",
    "noMetadataFormats",
}
DC_ELEMENTS: Final = {
    *("title", "creator", "subject", "description", "publisher", "contributor", "date", "type"),
    *("format", "identifier", "source", "language", "relation", "coverage", "rights"),
}


def ask(db: Database, query: str | Mapping[str, Any]) -> Node:
    """The root of the answer, which is as the protocol wants it."""
    text = query if isinstance(query, str) else urlencode(query, doseq=True)
    return checked(oai.respond(db, arguments.parse(text), BASE))


def checked(xml: bytes) -> Node:
    root = etree.fromstring(xml)
    assert root.tag == f"{OAI}OAI-PMH"
    assert root.get(f"{XSI}schemaLocation", "").split()[0] == OAI.strip("{}")
    date, request, *rest = root
    assert (date.tag, request.tag) == (f"{OAI}responseDate", f"{OAI}request")
    assert TIME.fullmatch(date.text)
    found = codes(root)
    if found:
        assert {one.tag for one in rest} == {f"{OAI}error"}
        assert set(found) <= CODES
        if {"badVerb", "badArgument"} & set(found):
            assert dict(request.attrib) == {}
        return root
    (body,) = rest
    assert body.tag == OAI + request.get("verb")
    _BODIES[request.get("verb")](body)
    return root


def codes(root: Node) -> list[str]:
    return [one.get("code") for one in root.iterfind(f"{OAI}error")]


def _names(element: Node) -> list[str]:
    return [child.tag.removeprefix(OAI) for child in element]


def _check_header(header: Node) -> None:
    names = _names(header)
    assert names[:2] == ["identifier", "datestamp"]
    assert set(names[2:]) == {"setSpec"}
    assert dict(header.attrib) in ({}, {"status": "deleted"})
    assert re.fullmatch(r"oai:[A-Za-z][\w-]*(\.[A-Za-z][\w-]*)+:\S+", header[0].text)
    assert TIME.fullmatch(header[1].text)
    assert all(SPEC.fullmatch(one.text) for one in header[2:])


def _check_record(record: Node) -> None:
    _check_header(record[0])
    assert record[0].tag == f"{OAI}header"
    if record[0].get("status") == "deleted":
        assert len(record) == 1
        return
    assert _names(record) == ["header", "metadata"]
    (metadata,) = record[1]
    if metadata.tag == f"{{{gongkai.NAMESPACE}}}item":
        SCHEMA.assertValid(metadata)
        return
    if metadata.tag == f"{{{core_record.NAMESPACE}}}{core_record.ROOT}":
        CORE_SCHEMA.assertValid(metadata)
        return
    assert metadata.tag == "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
    for one in metadata:
        assert one.tag.startswith(DC)
        assert one.tag.removeprefix(DC) in DC_ELEMENTS
        assert len(one) == 0


def _check_list(body: Node) -> None:
    names = _names(body)
    assert names.count("resumptionToken") <= 1
    if "resumptionToken" in names:
        assert names.pop() == "resumptionToken"
        assert set(body[-1].attrib) <= {"expirationDate", "completeListSize", "cursor"}
    wanted = "record" if body.tag == f"{OAI}ListRecords" else "header"
    assert set(names) == {wanted}
    for one in body[: len(names)]:
        (_check_record if wanted == "record" else _check_header)(one)


def _check_identify(body: Node) -> None:
    assert _names(body) == [
        *("repositoryName", "baseURL", "protocolVersion", "adminEmail", "earliestDatestamp", "deletedRecord"),
        *("granularity", "description"),
    ]
    assert re.fullmatch(r"\S+@(\S+\.)+\S+", body[3].text)


def _check_one(body: Node) -> None:
    (record,) = body
    _check_record(record)


def _check_sets(body: Node) -> None:
    specs = [one[0].text for one in body]
    assert all(_names(one) == ["setSpec", "setName"] for one in body)
    assert all(SPEC.fullmatch(one) for one in specs)
    assert len(specs) == len(set(specs))
    assert {one.rpartition(":")[0] for one in specs if ":" in one} <= set(specs)  # what stands above is there too


def _check_formats(body: Node) -> None:
    assert all(_names(one) == ["metadataPrefix", "schema", "metadataNamespace"] for one in body)


_BODIES: Final[Mapping[str, Callable[[Node], None]]] = {
    "Identify": _check_identify,
    "ListMetadataFormats": _check_formats,
    "ListSets": _check_sets,
    "ListIdentifiers": _check_list,
    "ListRecords": _check_list,
    "GetRecord": _check_one,
}


# ------------------------------------------------------------------ reading lists


def headers(root: Node) -> list[Node]:
    return list(root.iter(f"{OAI}header"))


def token(root: Node) -> str | None:
    """The token to go on with; None at the end."""
    found = root.find(f".//{OAI}resumptionToken")
    return None if found is None else found.text


def walk(db: Database, query: Mapping[str, str]) -> list[Node]:
    """Every page of a list."""
    pages = [ask(db, query)]
    while following := token(pages[-1]):
        pages.append(ask(db, {"verb": query["verb"], "resumptionToken": following}))
    return pages


def ids(pages: Iterable[Node]) -> list[str]:
    """Ids of the items, in their order."""
    return [header[0].text.rpartition(":")[2] for page in pages for header in headers(page)]


def listed(db: Database, **query: str) -> list[str]:
    """Ids of the items on a list; none where nothing fits."""
    pages = walk(db, {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", **query})
    return [] if codes(pages[0]) == ["noRecordsMatch"] else ids(pages)


def response_date(root: Node) -> str:
    return str(root[0].text)


# ------------------------------------------------------------------ what is in the catalogue


def put(db: Database, items: Sequence[Item]) -> list[str]:
    """Items under their rows, as a harvest leaves them; their ids in the order given."""
    catalogue.record_walk(db, build.walk([build.row(one) for one in items]))
    catalogue.upsert(db, items, seen_at=NOON)
    by_url = {one.url: one.id for one in catalogue.iter_items(db)}
    return [by_url[one.url] for one in items]


def withdraw(db: Database, standing: Iterable[Item], days: int = 1) -> None:
    """Looks that no longer show any but ``standing``, until the others count as withdrawn."""
    rows = [WalkRow(url=one.url, title=one.title, date=one.published_on) for one in standing]
    for day in (days, days + 5, days + 10):
        catalogue.record_walk(db, build.walk(rows, at=NOON + day * DAY))
    catalogue.withdraw_due(db, NOON + (days + 11) * DAY, grace_days=7)
