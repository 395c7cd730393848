"""GetRecord: one record by its identifier; of a withdrawn item its header, which says so."""

from __future__ import annotations

from storage.oai import envelope, identifiers
from storage.oai.call import Call, Verb
from storage.oai.errors import Problem, Refused
from storage.oai.formats import problem_with


def _answer(call: Call) -> str:
    prefix = call.arguments["metadataPrefix"]
    problems: list[Problem] = [found] if (found := problem_with(prefix)) else []
    row, repository = identifiers.find(call, problems)
    if problems or row is None:
        raise Refused(*problems)
    return envelope.record(row, repository, prefix, call.base_url)


VERB = Verb(answer=_answer, required=frozenset({"identifier", "metadataPrefix"}))
