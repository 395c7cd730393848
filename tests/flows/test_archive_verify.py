# ruff: noqa: E501 -- tables are read across
"""Whatever is done to the captured pages, their index or their seals shows: what, where, and what rests on it."""

from __future__ import annotations

import datetime as dt
import gzip
import io
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from warcio.archiveiterator import ArchiveIterator
from warcio.warcwriter import WARCWriter

from harvesters import archive
from harvesters.archive import INDEX, OPEN, Archive
from storage import seals, settings, tables
from storage.database import open_database
from storage.schema import Evidence
from tests.flows.capturing import captured, close, finding, run
from tests.storage import build

Pages = dict[str, list[Evidence]]


@pytest.fixture
def sealed() -> Pages:
    """Three archive files of five records (the file's own, two pages, each with its request), sealed in this order."""
    kept: Pages = {}
    for hour, name in enumerate(("gk-a", "gk-b", "gk-c")):
        archived = Archive(settings.load().archive, name)
        addresses = (f"{build.SITE}/{name}/{number}.html" for number in (1, 2))
        kept[name] = [captured(archived, url, f"<html>{url}</html>".encode()) for url in addresses]
        close(archived, build.NOON + dt.timedelta(hours=hour))
    return kept


def path_of(name: str) -> Path:
    return settings.load().archive / f"{name}.warc.gz"


def members(path: Path) -> list[bytes]:
    with path.open("rb") as file:
        return list(archive.members(file))


def rewritten(path: Path, change: Callable[[list[bytes]], Sequence[bytes]]) -> None:
    path.write_bytes(b"".join(change(members(path))))


def flipped(path: Path, record: int, at: int) -> None:
    """One bit of one record turned; ``at`` counts from its start, or from its end below zero."""
    kept = members(path)
    broken = bytearray(kept[record - 1])
    broken[at] ^= 1
    path.write_bytes(b"".join((*kept[: record - 1], bytes(broken), *kept[record:])))


def forged(path: Path, record: int) -> None:
    """One record written anew with another body, its sums and all: a whole WARC file without a fault of its own."""
    kept = members(path)
    old = next(ArchiveIterator(io.BytesIO(kept[record - 1])))
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
    names = {"WARC-Record-ID": old.rec_headers.get_header("WARC-Record-ID")}
    url, http = old.rec_headers.get_header("WARC-Target-URI"), old.http_headers
    writer.write_record(
        writer.create_warc_record(url, old.rec_type, io.BytesIO(b"<html>2026-03-01</html>"), http_headers=http, warc_headers_dict=names)
    )  # fmt: skip
    path.write_bytes(b"".join((*kept[: record - 1], out.getvalue(), *kept[record:])))


def swapped(path: Path) -> None:
    other = path.with_name("gk-c.warc.gz")
    between = path.with_name("between")
    path.rename(between)
    other.rename(path)
    between.rename(other)


def with_its_index(change: Callable[[Path], object], left: bytes) -> Callable[[Path], None]:
    """The file changed, and of its index nothing left but what is given."""

    def done(path: Path) -> None:
        change(path)
        Path(f"{path}{INDEX}").write_bytes(left)

    return done


def test_an_untouched_archive_is_in_order(sealed: Pages) -> None:
    finding(sealed["gk-b"])
    result = run("archive", "verify")
    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == "3 archive files sealed, 0 problems"


# what is done to gk-b, what is said of it, and whether its first and its second page are among what was changed
TAMPERED = [
    pytest.param(lambda path: flipped(path, 2, 100), "record 2 of 5 ({0}, at byte {1}) was changed", (1, 0), id="a bit"),
    pytest.param(lambda path: flipped(path, 4, 100), "record 4 of 5 ({2}, at byte {3}) was changed", (0, 1), id="a later bit"),
    pytest.param(lambda path: flipped(path, 2, 4), "record 2 of 5 ({0}, at byte {1}) was changed", (1, 0), id="a bit beside the page"),
    pytest.param(lambda path: flipped(path, 4, -1), "record 4 of 5 ({2}, at byte {3}) was changed", (0, 1), id="the last bit"),
    pytest.param(lambda path: forged(path, 2), "record 2 of 5 ({0}, at byte {1}) was changed; there is now one of http://www.qinghe.invalid/gk-b/1.html", (1, 0), id="a page forged"),
    pytest.param(lambda path: rewritten(path, lambda kept: kept[:1] + kept[2:]), "record 2 of 5 ({0}, at byte {1}) was taken out", (1, 0), id="a record taken out"),
    pytest.param(lambda path: rewritten(path, lambda kept: kept[:3]), "breaks off before the end of record 4 of 5 ({2}, at byte {3})", (0, 1), id="the last records taken out"),
    pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-20]), "breaks off before the end of record 5 of 5", (0, 0), id="cut short"),
    pytest.param(lambda path: rewritten(path, lambda kept: [kept[0], *kept[3:], *kept[1:3]]), "record 2 of 5 ({0}, at byte {1}) is not where it was", (0, 0), id="records in another order"),
    pytest.param(lambda path: rewritten(path, lambda kept: [*kept[:3], gzip.compress(b"x"), *kept[3:]]), "before record 4 of 5 ({2}, at byte {3}) another was put", (0, 0), id="a record put in"),
    pytest.param(lambda path: rewritten(path, lambda kept: [*kept, *kept[1:3]]), "2 records were added at its end; there is now one of http://www.qinghe.invalid/gk-b/1.html", (0, 0), id="records added"),
    pytest.param(lambda path: path.write_bytes(path.read_bytes() + b"x"), "holds other bytes after its last record", (0, 0), id="a byte added"),
    pytest.param(lambda path: path.with_name("gk-c.warc.gz").replace(path), "record 1 of 5", (1, 1), id="another file in its place"),
    pytest.param(swapped, "record 1 of 5", (1, 1), id="two files swapped"),
    pytest.param(Path.unlink, "is gone; it held 5 records", (1, 1), id="taken away"),
    pytest.param(lambda path: path.write_bytes(b""), "breaks off before the end of record 1 of 5", (1, 1), id="emptied"),
    pytest.param(with_its_index(lambda path: flipped(path, 2, 100), b""), "is not the file that was sealed", (1, 1), id="with its index"),
    pytest.param(with_its_index(lambda path: flipped(path, 2, 100), b"<urn:x> y\xff"), "is not the file that was sealed", (1, 1), id="its index damaged"),
]  # fmt: skip


@pytest.mark.parametrize(("tamper", "said", "pages"), TAMPERED)
def test_tampering_with_a_file_shows_where(
    sealed: Pages, tamper: Callable[[Path], object], said: str, pages: tuple[int, int]
) -> None:
    path = path_of("gk-b")
    sizes = [len(member) for member in members(path)]
    first, second = (one.record_id for one in sealed["gk-b"])
    rests = [finding(sealed["gk-b"][:1]), finding(sealed["gk-b"][1:], rule="UP-03")]
    tamper(path)
    result = run("archive", "verify")
    assert result.exit_code == 1
    [line] = [line for line in result.stderr.splitlines() if f"{path}: " in line]
    assert said.format(first, sizes[0], second, sum(sizes[:3])) in line
    assert "restore it from the backup" in line
    assert [ident in line for ident in rests] == list(map(bool, pages))
    assert not [line for line in result.stderr.splitlines() if "gk-a.warc.gz" in line]


def _reseal(number: int, **values: object) -> None:
    with closing(open_database()) as database, database.begin() as session:
        table = tables.archive_seals
        session.execute(sa.update(table).where(table.c.seq == number).values(**values))


def _forget(seq: int) -> None:
    with closing(open_database()) as database, database.begin() as session:
        session.execute(sa.delete(tables.archive_seals).where(tables.archive_seals.c.seq == seq))


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        pytest.param(lambda: _reseal(2, head="0" * 64), ["gk-b.warc.gz: its seal 2 does not follow", "is not the file that was sealed"], id="head"),
        pytest.param(lambda: _reseal(2, link="0" * 64), ["gk-b.warc.gz: its seal 2 does not follow"], id="link"),
        pytest.param(lambda: _reseal(3, link="0" * 64), ["gk-c.warc.gz: its seal 3 does not follow"], id="last link"),
        pytest.param(lambda: _reseal(2, records=4), ["gk-b.warc.gz: is not the file that was sealed (5 records"], id="records"),
        pytest.param(lambda: _reseal(2, size=4), ["gk-b.warc.gz: is not the file that was sealed"], id="size"),
        pytest.param(lambda: _reseal(2, name="gk-d.warc.gz"), ["gk-d.warc.gz: its seal 2 does not follow", "gk-d.warc.gz: is gone", "gk-b.warc.gz: was never sealed"], id="name"),
        pytest.param(lambda: _reseal(3, seq=9), ["gk-c.warc.gz: its seal 9 is not the next after 2"], id="number"),
        pytest.param(lambda: _forget(1), ["gk-b.warc.gz: its seal 2", "gk-a.warc.gz: was never sealed"], id="first taken away"),
        pytest.param(lambda: _forget(2), ["gk-c.warc.gz: its seal 3", "gk-b.warc.gz: was never sealed"], id="taken away"),
        pytest.param(lambda: _forget(3), ["gk-c.warc.gz: was never sealed"], id="last taken away"),
    ],
)  # fmt: skip
def test_tampering_with_the_seals_shows(sealed: Pages, edit: Callable[[], None], said: list[str]) -> None:
    assert len(sealed) == 3
    edit()
    result = run("archive", "verify")
    assert result.exit_code == 1
    for words in said:
        assert words in result.stderr


def _remade(seq: int) -> None:
    """The seal of a file as it is now, and every seal after it, as whoever can write the database would make them."""
    with closing(open_database()) as database:
        standing = list(seals.iter_seals(database))
    link = standing[seq - 2].link if seq > 1 else ""
    for one in standing[seq - 1 :]:
        found = archive.chain_of(settings.load().archive / one.name)
        link = seals.link_of(link, one.name, found.head)
        _reseal(one.seq, head=found.head, records=found.records, size=found.size, link=link)


def test_a_file_and_its_seal_changed_together_show(sealed: Pages) -> None:
    forged(path_of("gk-b"), 2)
    found = archive.chain_of(path_of("gk-b"))
    _reseal(2, head=found.head, records=found.records, size=found.size)
    assert "does not follow the one before" in run("archive", "verify").stderr
    assert sealed


def test_seals_made_anew_show_by_a_link_that_was_handed_out(sealed: Pages) -> None:
    with closing(open_database()) as database:
        links = [one.link for one in seals.iter_seals(database)]
    assert links[-1] in run("archive", "verify").output
    assert [run("archive", "verify", "--link", link).exit_code for link in links] == [0, 0, 0]
    forged(path_of("gk-b"), 2)
    _remade(2)
    assert run("archive", "verify").exit_code == 0
    assert [run("archive", "verify", "--link", link).exit_code for link in links] == [0, 1, 1]
    assert f"no seal has the link {links[2]}" in run("archive", "verify", "--link", links[2]).stderr
    assert sealed


def test_the_last_file_and_its_seal_are_missed_where_a_finding_rests_on_them(sealed: Pages) -> None:
    ident = finding(sealed["gk-c"])
    path_of("gk-c").unlink()
    _forget(3)
    result = run("archive", "verify")
    assert result.exit_code == 1
    assert "gk-c.warc.gz: is neither there nor sealed" in result.stderr
    assert ident in result.stderr


@pytest.mark.usefixtures("sealed")
def test_a_file_nobody_sealed_is_told() -> None:
    path_of("gk-z").write_bytes(path_of("gk-a").read_bytes())
    assert "gk-z.warc.gz: was never sealed" in run("archive", "verify").stderr


def test_a_file_that_a_crawl_is_writing_is_no_problem(sealed: Pages) -> None:
    archived = Archive(settings.load().archive, "gk-now")
    page = captured(archived, f"{build.SITE}/now.html", b"<html></html>")
    archived.flush()
    finding([*sealed["gk-a"], page])
    assert Path(f"{archived.path}{OPEN}").exists()
    assert run("archive", "verify").exit_code == 0


def test_no_problem_is_told_of_nothing() -> None:
    result: Any = run("archive", "verify")
    assert (result.exit_code, result.output) == (0, "0 archive files sealed, 0 problems\n")
