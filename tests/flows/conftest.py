"""Tests of flows that ask a database run on the same two as those of the storage."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from flows.assess import assess_database
from storage import settings
from storage.database import open_database
from tests.flows import small_city
from tests.storage.conftest import postgres, postgres_url, sqlite_template, sqlite_url

__all__ = ["postgres", "postgres_url", "sqlite_template", "sqlite_url"]


@pytest.fixture(scope="session")
def judged_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the small city as judged on its day; each test takes a copy (``small_city.copied``)."""
    home = tmp_path_factory.mktemp("judged")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("GONGKAI_HOME", str(home))
        patched.delenv("GONGKAI_DATABASE_URL", raising=False)
        with closing(open_database()) as opened:
            small_city.fill(opened)
            assess_database(opened, settings.load(), as_of=small_city.TODAY, now=small_city.NOW)
    return home / "gongkai.db"
