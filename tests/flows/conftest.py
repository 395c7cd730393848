"""Tests of flows that ask a database run on the same two as those of the storage."""

from tests.storage.conftest import postgres, postgres_url, sqlite_template, sqlite_url

__all__ = ["postgres", "postgres_url", "sqlite_template", "sqlite_url"]
