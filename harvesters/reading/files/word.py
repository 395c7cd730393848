"""Text documents (.docx): paragraphs and tables in the document's order."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from harvesters.reading.files.lines import Lines
from harvesters.reading.grids import docx
from harvesters.reading.grids.grid import Grid
from harvesters.reading.grids.office import Parts, local

_DOCUMENT: Final = "word/document.xml"
_NOT_READ: Final = frozenset(("del", "moveFrom", "instrText", "delText"))


def read_docx(parts: Parts, lines: Lines) -> tuple[Grid, ...]:
    """Adds the document's text to ``lines``; its tables.

    :raises DutyFileError: it holds more than any such file.
    """
    found = docx.grids(parts)
    by_name = {one.name: one for one in found}
    root: Element | None = None
    for _, element in parts.elements(_DOCUMENT):
        root = element if root is None else root
    number = 0
    waiting = [root] if root is not None else []
    while waiting:
        element = waiting.pop()
        name = local(element)
        if name == "tbl":
            number += 1
            if f"table {number}" in by_name:
                lines.table(by_name[f"table {number}"])
            number += sum(1 for inner in element.iter() if inner is not element and local(inner) == "tbl")
        elif name == "p":
            lines.prose(_paragraph(element))
            # a text box stands within a paragraph's run
            waiting += reversed([one for one in element.iter() if local(one) == "txbxContent"][:1])
        elif name not in _NOT_READ:
            waiting += reversed(list(element))
    return found


def _paragraph(paragraph: Element) -> str:
    told: list[str] = []
    waiting = list(reversed(list(paragraph)))
    while waiting:
        element = waiting.pop()
        name = local(element)
        if name == "t":
            told.append(element.text or "")
        elif name in ("br", "cr"):
            told.append("\n")
        elif name == "tab":
            told.append("\t")
        elif name not in _NOT_READ and name not in ("txbxContent", "tbl"):
            waiting += reversed(list(element))
    return "".join(told)
