"""Tables become grids: the bytes of a workbook, a text document or a page in, their tables cell by cell out. Pure.

What the bytes are decides, never the name of the file: offices hand out web pages named .xls. A merged cell says its
text in every place it covers, so that whoever reads a row or a column need not know of merging. Formats that cannot be
read are named, with what to do; files made to exhaust their reader are turned away within fixed bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from harvesters.reading.document import Document
from harvesters.reading.grids import docx, html, office, xlsx
from harvesters.reading.grids.grid import Grid
from storage.exceptions import DutyFileError

__all__ = ["Grid", "called", "grids_of"]

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .doc and .xls, and of what is locked with a password
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_SAVE_AS = "open it in WPS or Office, save it as .xlsx or .docx and import that"


def called(url: str) -> str:
    """What a file is called in messages."""
    return unquote(url.rpartition("/")[2]) or url


def grids_of(body: bytes, url: str, headers: Mapping[str, str] | None = None) -> tuple[str, tuple[Grid, ...]]:
    """What the bytes are ("xlsx", "docx" or "html"), and the tables in them, in their order.

    :param url: the address they came from, or the file's; it names the file in messages.
    :raises DutyFileError: they are of no format that is read, are damaged, locked, or beyond every bound.
    """
    name = called(url)
    if body.startswith(_ZIP):
        with office.opened(body, name) as parts:
            if parts.has("word/document.xml"):
                return "docx", docx.grids(parts)
            if parts.has("xl/workbook.xml"):
                return "xlsx", xlsx.grids(parts)
        raise DutyFileError(f"{name}: a zip that is neither .xlsx nor .docx; unpack it and import the file inside")
    if body.startswith(_OLE):
        if _LOCKED in body:
            raise DutyFileError(f"{name}: locked with a password; save it without one and import that")
        raise DutyFileError(f"{name}: a .doc, .xls, .wps or .et of the old form, which is not read; {_SAVE_AS}")
    if body[:1024].lstrip().startswith(b"%PDF-"):
        raise DutyFileError(f"{name}: a PDF, whose tables cannot be read safely; ask for the Word or Excel file")
    if b"multipart/related" in body[:4000].lower():
        raise DutyFileError(f"{name}: a page saved with its pictures in one file (.mht); save the page as HTML only")
    document = Document(body, url, headers=headers)
    if "<" not in document.text[:4000]:
        raise DutyFileError(f"{name}: neither .xlsx, .docx nor a web page; {_SAVE_AS}")
    if "urn:schemas-microsoft-com:office:spreadsheet" in document.text[:4000]:
        raise DutyFileError(f"{name}: a workbook written as XML, which is not read; {_SAVE_AS}")
    return "html", html.grids(document)
