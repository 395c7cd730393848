"""Word papers: a template and what it is filled with in, a document out.

A template is a ``.docx`` file that the office may edit: the one of its own in ``<data folder>/templates/``, else ours.
Its marks are Jinja's; they are run in a sandbox, for a template is data that comes from outside.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import docx
from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import LxmlError

from flows.reports.shares import printable
from storage.exceptions import PaperFailed

OURS: Final = Path(__file__).parent / "templates"
# whatever an edited template may do wrong: as a file, as a template, with what it is filled with
_BROKEN: Final = (
    TemplateError,
    BadZipFile,
    PackageNotFoundError,
    LxmlError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    OSError,
)


def filled(name: str, context: Mapping[str, Any], home: Path) -> bytes:
    """The paper ``name`` (``notice``, …) with ``context`` filled in.

    :param home: the data folder.
    :raises PaperFailed: the office's template is no Word file, or asks for what there is not.
    """
    own = home / "templates" / f"{name}.docx"
    path = own if own.exists() else OURS / f"{name}.docx"
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    try:
        template = DocxTemplate(path)
        template.render(printable(context), jinja_env=environment)
        out = io.BytesIO()
        template.save(out)
    except _BROKEN as problem:
        raise PaperFailed(
            f"{path}: cannot be filled in ({problem}); correct the mark it names, or move it away and ours is used"
        ) from problem
    return out.getvalue()


def text_of(paper: bytes) -> str:
    """All text of a document, paragraphs and tables, for whoever checks what it says."""
    read = docx.Document(io.BytesIO(paper))
    lines = [paragraph.text for paragraph in read.paragraphs]
    lines += [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    return "\n".join(lines)
