"""REST at ``/api/v1``: items, looks, verdicts and findings, a page at a time, in the exact JSON of ``gongkai export``.

``after`` is the place to go on from: a page ends with the address of the ``next`` one, null at the end, and with its
``cursor``, from which a reader that keeps it later gets what came since. Everything is read through the stores' own
orders, which new records join at the end, so a walk neither skips nor repeats what did not change under it.
"""

from __future__ import annotations

import datetime as dt

from dataclasses import asdict
from itertools import islice
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from storage import catalogue, export, findings, observations, registry
from storage.database import Database
from storage.formats import json_item
from storage.schema import Observation, VerdictKind

router = APIRouter(prefix="/api/v1", tags=["data"])
MOST: Final = 1000  # records a page


def _store(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


Store = Annotated[Database, Depends(_store)]
Limit = Annotated[int, Query(ge=1, le=MOST, description=f"records a page, {MOST} at most")]
After = Annotated[str | None, Query(max_length=200, description="the cursor of the page before")]
UnitFilter = Annotated[str | None, Query(max_length=64, description="id of a unit")]
ColumnFilter = Annotated[str | None, Query(max_length=64, description="id of a column; with its unit")]
RuleFilter = Annotated[str | None, Query(max_length=64, description="id of a rule, such as UP-02")]


class Page(BaseModel):
    """A page of records."""

    data: list[dict[str, Any]] = Field(description="the records, each as `gongkai export` writes it")
    cursor: str | None = Field(description="of the last record here; what was asked for where there is none")
    next: str | None = Field(description="address of the next page, null on the last one")


class Units(BaseModel):
    """Every unit in the registry."""

    data: list[dict[str, Any]]
