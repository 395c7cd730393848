"""Helpers of the tests of flows."""

from __future__ import annotations

import os
from pathlib import Path


def processes_with(folder: str) -> list[str]:
    """Command lines of other processes that carry ``folder`` in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if folder.encode() in (entry / "environ").read_bytes() and int(entry.name) != os.getpid():
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found
