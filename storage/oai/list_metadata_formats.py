"""ListMetadataFormats: every item is served in every format, and a withdrawn one in none."""

from __future__ import annotations

from storage.formats.xml_text import element
from storage.oai import identifiers
from storage.oai.call import Call, Verb
from storage.oai.errors import NO_METADATA_FORMATS, Problem, Refused
from storage.oai.formats import FORMATS


def _answer(call: Call) -> str:
    if "identifier" in call.arguments:
        problems: list[Problem] = []
        row, _ = identifiers.find(call, problems)
        if row is not None and row.action == "delete":
            problems.append(Problem(NO_METADATA_FORMATS, "the item was withdrawn: only its header is left"))
        if problems:
            raise Refused(*problems)
    return "".join(
        "<metadataFormat>"
        + element("metadataPrefix", prefix)
        + element("schema", one.schema(call.base_url))
        + element("metadataNamespace", one.namespace)
        + "</metadataFormat>"
        for prefix, one in FORMATS.items()
    )


VERB = Verb(answer=_answer, optional=frozenset({"identifier"}))
