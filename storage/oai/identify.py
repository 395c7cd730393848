"""Identify: who this is, since when there is something, and how far times and deletions can be relied on."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.formats.xml_text import element
from storage.oai.call import Call, Verb, city_facts, repository_of
from storage.oai.envelope import XSI, time_text

_SCHEME: Final = "http://www.openarchives.org/OAI/2.0/oai-identifier"
_MAIL: Final = re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+")
_SAMPLE: Final = "0" * 20


def _answer(call: Call) -> str:
    with call.db.read() as session:
        facts = city_facts(session)
        earliest, sample = _first(session) or (call.moment, _SAMPLE)
    repository = repository_of(facts)
    scheme = (
        f'<description><oai-identifier xmlns="{_SCHEME}" {XSI} xsi:schemaLocation="{_SCHEME} {_SCHEME}.xsd">'
        + element("scheme", "oai")
        + element("repositoryIdentifier", repository)
        + element("delimiter", ":")
        + element("sampleIdentifier", f"oai:{repository}:{sample}")
        + "</oai-identifier></description>"
    )
    return (
        element("repositoryName", f"{facts.get('name') or ''}政府信息公开统一目录")
        + element("baseURL", call.base_url)
        + element("protocolVersion", "2.0")
        + element("adminEmail", _mail(str(facts.get("contact") or ""), repository))
        + element("earliestDatestamp", time_text(earliest))
        + element("deletedRecord", "persistent")
        + element("granularity", "YYYY-MM-DDThh:mm:ssZ")
        + scheme
    )


def _first(session: Session) -> tuple[dt.datetime, str] | None:
    """The first datestamp ever given, which none is before, and the item it was given to."""
    at = tables.item_revisions.c
    row: Any = session.execute(sa.select(at.datestamp, at.item_id).order_by(at.seq).limit(1)).one_or_none()
    return None if row is None else (row.datestamp, row.item_id)


def _mail(contact: str, repository: str) -> str:
    """The city's contact where it is an address of mail, as the protocol demands; else who by custom minds a host."""
    address = contact.removeprefix("mailto:").partition("?")[0]
    return address if _MAIL.fullmatch(address) else f"postmaster@{repository}"


VERB = Verb(answer=_answer)
