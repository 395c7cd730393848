"""Files made to exhaust whoever reads them; each is small."""

from __future__ import annotations

import io
import zipfile
import zlib

from tests.files import docx_of, ofd_of, xlsx_of


def zip_of(members: dict[str, bytes]) -> bytes:
    """An archive of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def with_part(body: bytes, name: str, part: bytes) -> bytes:
    """The same Office file or OFD with one part of another content."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    return zip_of(members | {name: part})


def pdf_objects(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    out, places = b"%PDF-1.4\n", []
    for number, told in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + told + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def flate_bomb(megabytes: int) -> bytes:
    """A PDF with one page whose content unpacks to so many megabytes of drawing."""
    squeeze = zlib.compressobj(9)
    head = squeeze.compress(b"") + squeeze.flush(zlib.Z_FULL_FLUSH)
    block = squeeze.compress(b"0 0 m 9 9 l S\n" * 75_000) + squeeze.flush(zlib.Z_FULL_FLUSH)
    stream = head + block * megabytes + squeeze.flush()
    return pdf_objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>\nstream\n" % len(stream) + stream + b"\nendstream",
    )


_CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
_LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (at, b"&l%d;" % (at - 1) * 10) for at in range(1, 10))
_ENTITIES = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">' + _LAUGHS + b"]><d>&l9;</d>"
_ZEROS = bytes(60 * 2**20)
_TEXT = ["年度报告", [["甲", "乙"], ["1", "2"]]]
_SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>'
    b'<sheetData>%s</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'
)
_ROW = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>1</t></is></c></row>'

#: what is refused within ``read_file`` itself, without the child's bounds
REFUSED = {
    "an archive of zeros": zip_of({"a.txt": _ZEROS}),
    "entities in a text document": with_part(docx_of(_TEXT), "word/document.xml", _ENTITIES),
    "entities in an OFD": with_part(ofd_of(_TEXT), "Doc_0/Pages/Page_0/Content.xml", _ENTITIES),
    "a part of zeros": with_part(docx_of(_TEXT), "word/document.xml", _ZEROS),
    "a cell over a whole sheet": with_part(
        xlsx_of(_TEXT), "xl/worksheets/sheet1.xml", _SHEET % b"".join(_ROW % (at, at) for at in range(1, 4500))
    ),
    "a long text over a wide table": (
        b"<html><table><tr><td rowspan=3000 colspan=60>" + b"a" * 4000 + b"</td></tr>" + b"<tr></tr>" * 2999
    ),
}

#: what has nothing to say, and says so
POINTLESS = {
    "a page tree that is its own child": pdf_objects(_CATALOGUE, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 999999999>>"),
    "a page tree without pages": pdf_objects(_CATALOGUE, b"<</Type/Pages/Kids[]/Count -5>>"),
    "an OFD that is its own document": with_part(
        ofd_of([]), "OFD.xml", b"<OFD><DocBody><DocRoot>OFD.xml</DocRoot></DocBody></OFD>"
    ),
    "an archive in an archive": zip_of({"in.zip": zip_of({"in.zip": zip_of({"a.txt": "深".encode()})})}),
}
