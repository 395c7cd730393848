"""``gongkai archive verify``: whether every captured page is still what it was when its file was closed.

In come the seals, the files, and the findings that name them; out comes a sentence for each file or seal that is not as
it was: what, where, and which findings rest on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import typer

from harvesters import archive
from harvesters.archive_changes import Change, change_of
from storage import findings, seals, settings
from storage.database import Database, open_database
from storage.exceptions import ArchiveError
from storage.schema import Evidence

_RESTORE = "restore it from the backup"
_MOST_NAMED = 5  # findings in one sentence

# file name → the findings that rest on it, each with its evidence there
_Resting = Mapping[str, Sequence[tuple[str, Evidence]]]


def verify(*, link: str | None) -> int:
    """Prints each file that is not as it was sealed; the exit status: 1 if there is one.

    :param link: a link that was handed out before; None to look for none.
    """
    with closing(open_database()) as database:
        problems = list(check(database, settings.load().archive, link))
        sealed = list(seals.iter_seals(database))
    for problem in problems:
        typer.echo(f"gongkai: {problem}", err=True)
    if sealed:
        typer.echo(f"last link {sealed[-1].link}: kept elsewhere, it shows with --link that no seal was made anew")
    typer.echo(f"{len(sealed)} archive files sealed, {len(problems)} problems")
    return 1 if problems else 0


def check(database: Database, folder: Path, handed_out: str | None = None) -> Iterator[str]:
    """One sentence for each file or seal that is not as it was."""
    resting = _resting(database)
    link, seq, sealed, links = "", 0, set(), set()
    for one in seals.iter_seals(database):
        sealed.add(one.name)
        before, link = seq, seals.link_of(link, one.name, one.head)
        seq = one.seq
        links.add(link)
        if one.link != link:
            yield f"{one.name}: its seal {seq} does not follow the one before; the database was changed by hand"
        elif seq != before + 1:
            yield f"{one.name}: its seal {seq} is not the next after {before}; the database was changed by hand"
        problem = _changed(folder / one.name, one)
        if problem is not None:
            what, records = problem
            yield f"{folder / one.name}: {what}; {_RESTORE}{_told(resting.get(one.name, ()), records)}"
    for path in sorted(folder.glob("*.warc.gz")):
        if path.name not in sealed:
            yield f"{path}: was never sealed; it is not one of ours, or the crawl that wrote it was cut off"
    for name in sorted(set(resting) - sealed):
        if not any((folder / each).exists() for each in (name, name + archive.OPEN)):
            yield f"{folder / name}: is neither there nor sealed; {_RESTORE}{_told(resting[name], None)}"
    if handed_out is not None and handed_out not in links:
        yield f"no seal has the link {handed_out}: seals were taken away or made anew; compare with a backup"


def _changed(path: Path, seal: seals.Seal) -> tuple[str, frozenset[str] | None] | None:
    """What is wrong with a sealed file, and the records that are not as they were (None: any of them may be)."""
    if not path.exists():
        return f"is gone; it held {seal.records} records", None
    try:
        found = archive.chain_of(path)
        if (found.head, found.records, found.size) == (seal.head, seal.records, seal.size):
            return None
        change: Change | None = change_of(path)
    except ArchiveError as error:
        return str(error).removeprefix(f"{path}: "), None
    sizes = f"{found.records} records in {found.size} bytes, sealed with {seal.records} in {seal.size}"
    if change is None:
        return f"is not the file that was sealed ({sizes})", None
    return f"{change.what} ({sizes})", change.records


def _resting(database: Database) -> _Resting:
    resting: dict[str, list[tuple[str, Evidence]]] = defaultdict(list)
    for one in findings.iter_findings(database):
        for page in one.evidence:
            if page.warc is not None:
                resting[page.warc].append((one.id, page))
    return resting


def _told(resting: Sequence[tuple[str, Evidence]], records: frozenset[str] | None) -> str:
    """The findings whose evidence is among ``records``, as the end of a sentence."""
    named = sorted({finding for finding, page in resting if records is None or page.record_id in records})
    if not named:
        return "; no finding rests on it"
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return f"; findings that rest on it: {', '.join(named[:_MOST_NAMED])}{more}"
