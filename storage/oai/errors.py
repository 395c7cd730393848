"""What the protocol says no with: eight codes, each with a sentence for whoever wrote the request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from storage.exceptions import GongkaiError

BAD_ARGUMENT: Final = "badArgument"
BAD_RESUMPTION_TOKEN: Final = "badResumptionToken"  # noqa: S105 a code, not a secret
BAD_VERB: Final = "badVerb"
CANNOT_DISSEMINATE_FORMAT: Final = "cannotDisseminateFormat"
ID_DOES_NOT_EXIST: Final = "idDoesNotExist"
NO_RECORDS_MATCH: Final = "noRecordsMatch"
NO_METADATA_FORMATS: Final = "noMetadataFormats"

# where one of these is told, the request's arguments are not repeated in the answer
ILL_FORMED: Final = frozenset({BAD_ARGUMENT, BAD_VERB})


@dataclass(frozen=True)
class Problem:
    """One error of a response."""

    code: str
    said: str


class Refused(GongkaiError):
    """Raised when a request cannot be answered; ``problems`` are all that were found, at least one."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{one.code}: {one.said}" for one in problems))
        self.problems = problems
