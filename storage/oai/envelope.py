"""The XML around every answer, and the parts that several verbs share: headers, records, the pager."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from storage.database import utcnow
from storage.formats.xml_text import attribute, document, text
from storage.oai import sets, tokens
from storage.oai.errors import ILL_FORMED, Problem
from storage.oai.formats import FORMATS

NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/"
XSI: Final = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

_OPEN: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<OAI-PMH xmlns="{NAMESPACE}" {XSI} xsi:schemaLocation="{NAMESPACE} {NAMESPACE}OAI-PMH.xsd">'
)


def time_text(moment: dt.datetime) -> str:
    """A moment (aware) as the protocol writes it: UTC, to the second, what is over it cut off."""
    return f"{moment.astimezone(dt.UTC).isoformat()[:19]}Z"


def response(moment: dt.datetime, base_url: str, arguments: Mapping[str, str], body: str) -> bytes:
    """A whole response, UTF-8; ``body`` is XML."""
    asked = "".join(f' {name}="{attribute(value)}"' for name, value in arguments.items())
    request = f"<request{asked}>{text(base_url)}</request>"
    return document(f"{_OPEN}<responseDate>{time_text(moment)}</responseDate>{request}{body}</OAI-PMH>\n")


def refusal(moment: dt.datetime, base_url: str, arguments: Mapping[str, str], problems: Iterable[Problem]) -> bytes:
    """A whole response that says what is wrong; what was asked is repeated only where it was well formed."""
    found = tuple(problems)
    body = "".join(f'<error code="{one.code}">{text(one.said)}</error>' for one in found)
    shown = {} if any(one.code in ILL_FORMED for one in found) else arguments
    return response(moment, base_url, shown, body)


def header(row: Any, repository: str) -> str:
    """The header of a row (see ``selection``): identifier, datestamp, every set; a withdrawn item is deleted."""
    status = ' status="deleted"' if row.action == "delete" else ""
    specs = _set_specs(row.unit, row.category, row.statutory)
    name = f"<identifier>oai:{repository}:{text(row.id)}</identifier>"
    return f"<header{status}>{name}<datestamp>{time_text(row.datestamp)}</datestamp>{specs}</header>"


@lru_cache(maxsize=4096)  # a city has some hundred units with a few classes each
def _set_specs(unit: str, category: str, statutory: str | None) -> str:
    return "".join(f"<setSpec>{spec}</setSpec>" for spec in sets.specs_of(unit, category, statutory))


def record(row: Any, repository: str, prefix: str, base_url: str) -> str:
    """The record of a row that has its payload: the item as it was delivered; of a withdrawn one the header alone."""
    if row.action == "delete":
        return f"<record>{header(row, repository)}</record>"
    written = FORMATS[prefix]
    metadata = written.write(json.loads(row.payload), written.schema(base_url))
    return f"<record>{header(row, repository)}<metadata>{metadata}</metadata></record>"


def pager(verb: str, wanted: tokens.Wanted, following: tokens.Wanted | None, size: int | None, secret: bytes) -> str:
    """The resumptionToken after a page: none for a list on one page, an empty one after the last of several."""
    if following is None and not wanted.handed_out:
        return ""
    places = "" if size is None else f' completeListSize="{size}"'
    places += f' cursor="{wanted.handed_out}"'
    if following is None:
        return f"<resumptionToken{places}/>"
    expires = utcnow() + tokens.LIFE
    token = text(tokens.write(verb, following, secret, expires))
    return f'<resumptionToken expirationDate="{time_text(expires)}"{places}>{token}</resumptionToken>'
