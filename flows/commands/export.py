"""``gongkai export``: a whole table to standard output or a file."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from storage.database import open_database
from storage.exceptions import UnknownTarget
from storage.export import export


def export_table(table: str, form: str, out: Path | None) -> int:
    """Writes ``table`` (items, observations, verdicts, findings) and returns the number of its rows.

    :raises UnknownTarget: xlsx or parquet to a terminal.
    """
    if out is None and form in ("xlsx", "parquet") and sys.stdout.isatty():
        raise UnknownTarget(f"--format {form}: not for a terminal; give --out FILE")
    with closing(open_database()) as database:
        count = export(database, table, form, out or sys.stdout.buffer)
    sys.stdout.buffer.flush()
    return count
