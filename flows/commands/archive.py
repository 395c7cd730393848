"""``gongkai archive verify``: whether every captured page is still what it was when its file was closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import typer

from harvesters import archive
from storage import seals, settings
from storage.database import Database, open_database
from storage.exceptions import ArchiveError


def verify() -> int:
    """Prints each file that is not as it was sealed; the exit status: 1 if there is one."""
    with closing(open_database()) as database:
        problems = list(check(database, settings.load().archive))
        count = sum(1 for _ in seals.iter_seals(database))
    for problem in problems:
        typer.echo(f"gongkai: {problem}", err=True)
    typer.echo(f"{count} archive files sealed, {len(problems)} problems")
    return 1 if problems else 0


def check(database: Database, folder: Path) -> Iterator[str]:
    """One sentence for each file or seal that is not as it was."""
    link, sealed = "", set()
    for one in seals.iter_seals(database):
        sealed.add(one.name)
        if one.link != (expected := seals.link_of(link, one.name, one.head)):
            yield f"{one.name}: its seal {one.seq} does not follow the one before; the database was changed by hand"
        link = one.link if one.link == expected else expected
        try:
            found = archive.chain_of(folder / one.name)
        except ArchiveError as error:
            yield f"{error}; restore it from the backup"
            continue
        if (found.head, found.records, found.size) != (one.head, one.records, one.size):
            yield (
                f"{folder / one.name}: holds {found.records} records in {found.size} bytes, not the {one.records} in "
                f"{one.size} it was closed with; restore it from the backup"
            )
    for path in sorted(folder.glob("*.warc.gz")):
        if path.name not in sealed:
            yield f"{path}: was never sealed; it is not one of ours, or the crawl that wrote it was cut off"
