"""What every receiver of the receivers file has, whatever its kind: a lasting name; and how its values are read."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _name(value: str) -> str:
    if not re.fullmatch(r"\w[\w.-]{0,63}", value):
        raise ValueError("name")
    return value


Name = Annotated[str, AfterValidator(_name)]


class Configured(BaseModel):
    """One entry of the receivers file. A kind adds ``kind`` and what it needs.

    Every scalar of the file comes as text, as it is written; pydantic makes numbers of it. Every field's description
    completes the sentence "expected …" in a problem.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name = Field(description="letters, digits, - . _ only, 64 at most: its cursor and receipts are kept under it")
    kind: str = Field(description="the kind of receiver")
