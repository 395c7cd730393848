"""What the rule book asks and nothing here judges, each with the reason: ``not_judged.yml``, beside this module."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, TypeAdapter

from flows.compliance.regulation import Strict

FILE = Path(__file__).with_name("not_judged.yml")
_Text = Annotated[str, Field(min_length=1)]


class NotJudged(Strict):
    """One thing that is asked and not judged: ``title`` and ``why`` in Chinese, ``says`` in English."""

    id: Annotated[str, Field(pattern=r"^[A-Z]+-(\d\d|\*)$")]
    title: _Text
    basis: _Text
    why: _Text
    says: _Text


@cache
def not_judged() -> tuple[NotJudged, ...]:
    """Everything in the file, in its order."""
    return TypeAdapter(tuple[NotJudged, ...]).validate_python(yaml.safe_load(FILE.read_text(encoding="utf-8")))
