"""``gongkai export``: a whole table to standard output or a file."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from storage.database import open_database
from storage.exceptions import UnknownTarget
from storage.export import export
from storage.manifest import SUFFIX, verify


def export_table(table: str, form: str, out: Path | None, manifest: Path | None) -> int:
    """Writes ``table`` (items, observations, verdicts, findings) and returns the number of its rows.

    :param manifest: where what proves the export goes; None: beside its file, and nowhere for standard output.
    :raises UnknownTarget: xlsx or parquet to a terminal.
    """
    if out is None and form in ("xlsx", "parquet") and sys.stdout.isatty():
        raise UnknownTarget(f"--format {form}: not for a terminal; give --out FILE")
    with closing(open_database()) as database:
        beside = None if out is None else out.with_name(f"{out.name}{SUFFIX}")
        count = export(database, table, form, out or sys.stdout.buffer, manifest=manifest or beside)
    sys.stdout.buffer.flush()
    return count


def verify_file(manifest: Path) -> int:
    """Says whether the file that a manifest is of is what it says; 1 where it is not.

    :raises ExportError: the manifest cannot be read.
    """
    told, problems = verify(manifest)
    for problem in problems:
        print(problem)  # noqa: T201 the answer to the command
    if not problems:
        print(f"{told.rows} {told.kind}, {told.bytes} bytes, state {told.state.sha256}: whole and unaltered")  # noqa: T201
    return 1 if problems else 0
