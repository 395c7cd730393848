"""What a file is, by its bytes: its name is the last thing to believe. Offices hand out web pages named .xls."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Final

import olefile

_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IN_ZIP: Final = (  # a member, and what an archive with it is
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("ppt/presentation.xml", "pptx"),
    ("ofd.xml", "ofd"),
    ("content.xml", "odf"),
)
_IN_OLE: Final = (
    ("worddocument", "doc"),  # and .wps of WPS Office
    ("workbook", "xls"),  # and .et
    ("book", "xls"),
    ("powerpoint document", "ppt"),  # and .dps
)
_MARKUP: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?><!--.*?-->\s*)*+<(?:!doctype\s+html|html|head|body|table|div|p|meta)\b", re.I | re.S
)
_MOST_NAMES: Final = 20_000


def kind_of_bytes(body: bytes) -> str:
    """What the bytes are.

    "pdf", "docx", "xlsx", "xlsb", "pptx", "doc", "xls", "ppt", "ofd", "odf", "locked" (an Office file under a
    password), "ole", "zip", "rar", "7z", "gz", "html", "mht", "rtf", "xml", "ceb", "picture", "text", "empty" or
    "unknown".
    """
    head = body[:4096]
    if not body.strip(b"\x00\r\n\t "):
        return "empty"
    if body.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_zip(body)
    if body.startswith(_OLE):
        return _of_ole(body)
    for signs, kind in (
        (b"Rar!\x1a\x07", "rar"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x1f\x8b", "gz"),
        (b"{\\rtf", "rtf"),
    ):
        if head.startswith(signs):
            return kind
    if head.startswith((b"Founder CEB", b"FOUNDER CEB")) or b"CEB" in head[:16]:
        return "ceb"
    if head.startswith(_PICTURES):
        return "picture"
    plain = _plain(head)
    if b"multipart/related" in plain.lower() and b"mime-version" in plain.lower():
        return "mht"
    if _MARKUP.match(plain.removeprefix(b"\xef\xbb\xbf")) or b"<html" in plain.lower():
        return "html"
    if plain.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        return "xml"
    if b"%PDF-" in body[:1024]:  # readers allow up to a kilobyte before it
        return "pdf"
    return "text" if _is_text(body) else "unknown"


def _plain(head: bytes) -> bytes:
    """The head with UTF-16 made readable."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore").encode()
    return head


def _of_zip(body: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = {info.filename.replace("\\", "/").lstrip("/").lower() for info in archive.infolist()[:_MOST_NAMES]}
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, NotImplementedError, UnicodeError, OSError):
        return "zip"
    return next((kind for member, kind in _IN_ZIP if member in names), "zip")


def _of_ole(body: bytes) -> str:
    try:
        with olefile.OleFileIO(io.BytesIO(body)) as file:
            names = {"/".join(path).lower() for path in file.listdir()}
    except Exception:  # noqa: BLE001 - olefile raises whatever a damaged sector leads it to
        return "ole"
    if "encryptedpackage" in names:
        return "locked"
    return next((kind for stream, kind in _IN_OLE if stream in names), "ole")


def _is_text(body: bytes) -> bool:
    sample = body[:65536]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\x00" in sample:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(sample) - 4:
                continue
            text = sample[: error.start].decode(encoding, "ignore")
        strange = sum(1 for sign in text if ord(sign) < 32 and sign not in "\r\n\t\f")
        return strange * 100 <= len(text)
    return False
