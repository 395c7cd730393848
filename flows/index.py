"""The index of the catalogue's words follows the catalogue; searches find what changed since at the latest then."""

from __future__ import annotations

from contextlib import closing

from prefect import flow

from storage import search, settings
from storage.database import open_database


@flow(name="index")
def index() -> int:
    """Brings the index up to the latest change; the number of that change."""
    with closing(open_database(settings.load().database_url)) as database:
        return search.catch_up(database).seq
