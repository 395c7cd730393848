"""Every paper that is made of hostile names, titles and notes opens, says them as text, and leads nowhere else."""

from __future__ import annotations

import inspect
import io
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import docx
import openpyxl
import pytest
from lxml import etree
from typer.testing import CliRunner, Result

from flows.cli import app, report_app
from storage import settings
from storage.database import open_database
from tests.storage import hostile_city
from tests.storage.hostile_city import EVIL, MARK, SUM, check_page, is_safe

GIVEN: Final = {"unit": "u1"}  # what a command must be told
ENDINGS: Final = (".docx", ".xlsx", ".html", ".csv", ".txt")  # a command says which it writes by failing on the others


@pytest.fixture(autouse=True)
def _city() -> Iterator[None]:
    with closing(open_database(settings.load().database_url)) as database:
        hostile_city.fill(database)
        yield


def papers() -> list[tuple[str, list[str]]]:
    """Every command of ``gongkai report`` that writes a file, with the options it cannot go without."""
    found = []
    for command in report_app.registered_commands:
        assert command.callback is not None
        asked = inspect.signature(command.callback).parameters
        if "out" in asked:
            name = command.name or command.callback.__name__
            needed = [one for one, told in asked.items() if told.default is inspect.Parameter.empty and one != "out"]
            found.append((name, [part for one in needed for part in (f"--{one}", GIVEN[one])]))
    return found


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize(("name", "needed"), papers(), ids=[name for name, _ in papers()])
def test_every_paper_holds_hostile_texts_as_text(name: str, needed: list[str], tmp_path: Path) -> None:
    kinds = ([], ["--kind", "rectification"]) if name == "notice" else ([],)
    shown = 0
    for more in kinds:
        for ending in ENDINGS:
            out = tmp_path / f"{name}{'-'.join(more)}{ending}"
            answer = run("report", name, *needed, *more, "--out", str(out))
            assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
            if answer.exit_code == 0 and out.exists():
                shown += held(out)
    assert shown


def held(path: Path) -> bool:
    """Holds a file to it, by what it is and not by its name; whether anything of the city stands in it."""
    body = path.read_bytes()
    if not zipfile.is_zipfile(io.BytesIO(body)):
        text = body.decode("utf-8-sig")
        assert SUM not in text
        return check_page(text, is_ours=False) if text.lstrip()[:9].lower() == "<!doctype" else MARK in text
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        names = parts.namelist()
        for part in (part for part in names if part.endswith((".xml", ".rels"))):
            tree = etree.fromstring(parts.read(part))
            for node in tree.iter(etree.Element):
                assert not etree.QName(node).localname.startswith("evil")
                if node.get("TargetMode") == "External":
                    assert is_safe(node.get("Target") or "")
        assert not [part for part in names if "vba" in part.lower() or "externalLink" in part]
    return _workbook(body) if "xl/workbook.xml" in names else _document(body)


def _document(body: bytes) -> bool:
    read: Any = docx.Document(io.BytesIO(body))
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(one.text for one in read.paragraphs), *cells])
    assert SUM not in text
    assert not read.element.xpath("//w:fldSimple[contains(@w:instr, 'cmd')]")
    return "evil-element" in text


def _workbook(body: bytes) -> bool:
    text = ""
    for sheet in openpyxl.load_workbook(io.BytesIO(body)):
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert cell.data_type != "f" or MARK not in cell.value
            text += cell.value if isinstance(cell.value, str) else ""
    assert SUM not in text
    return EVIL[:20] in text
