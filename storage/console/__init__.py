"""The office's web pages and the REST interface: what the store knows, shown, and nothing changed.

Server-rendered and complete without JavaScript; it imports neither Scrapy nor Prefect nor the harvesters, so the
process the public reaches holds no harvesting code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from storage.database import Database


def create_app(database: Database | None = None, *, api_open: bool | None = None) -> FastAPI:
    """The console over ``database`` (default: the settings'); FastAPI is imported only now, as it takes its time.

    :param api_open: whether REST tells what is judged to who has not signed in; by default the settings'.
    :raises DatabaseError: no database was given and the settings' cannot be opened.
    """
    from storage.console.app import create_app as create

    return create(database, api_open=api_open)


__all__ = ["create_app"]
