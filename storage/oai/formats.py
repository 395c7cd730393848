"""The metadata formats of the feed: what writes an item, and where its schema lies."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from storage.formats import core_record, gongkai, oai_dc
from storage.oai.errors import BAD_ARGUMENT, CANNOT_DISSEMINATE_FORMAT, Problem

_PREFIX: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")


@dataclass(frozen=True, kw_only=True)
class Format:
    """One format; addresses may depend on where the feed itself is reached."""

    namespace: str
    schema: Callable[[str], str]  # base URL in, address of the schema out
    write: Callable[[Mapping[str, Any], str], str]  # item as JSON and address of the schema in, XML out


FORMATS: Final[Mapping[str, Format]] = {
    oai_dc.PREFIX: Format(
        namespace=oai_dc.NAMESPACE, schema=lambda _: oai_dc.SCHEMA, write=lambda item, _: oai_dc.to_xml(item)
    ),
    gongkai.PREFIX: Format(
        namespace=gongkai.NAMESPACE, schema=lambda base: f"{base}/{gongkai.SCHEMA_FILE}", write=gongkai.to_xml
    ),
    core_record.PREFIX: Format(
        namespace=core_record.NAMESPACE,
        schema=lambda base: f"{base}/{core_record.SCHEMA_FILE}",
        write=core_record.to_xml,
    ),
}


def problem_with(prefix: str) -> Problem | None:
    """What is wrong with a metadataPrefix."""
    if prefix in FORMATS:
        return None
    if _PREFIX.fullmatch(prefix) is None:
        return Problem(BAD_ARGUMENT, f"{prefix!r} is not of the form of a metadataPrefix")
    return Problem(CANNOT_DISSEMINATE_FORMAT, f"{prefix!r} is not served; there are {', '.join(FORMATS)}")
