"""The bytes of a file in, what it is and what it says out: text, and tables as grids. Pure; no file is ever written.

What the bytes are decides, never the name (``kinds``). PDF is read by PDFium and pdfplumber, .docx and .xlsx over
their XML, .doc and .wps from their pieces, .xls and .et by calamine, OFD from its zip. A file without text because it
is a scan is told as such. Whatever is wrong with a file becomes an outcome with one sentence, never an exception; only
running out of memory raises. A library may still end its whole process over a damaged file (calamine asks for as much
memory as a workbook claims to need): files from outside are read through ``file_reading``, in a child within bounds.
"""

from __future__ import annotations

from typing import Final

from python_calamine import PasswordError

from harvesters.reading.files import old_word, packed, pdf, plain, word
from harvesters.reading.files.facts import Bounds, FileOutcome, FileRead
from harvesters.reading.files.kinds import kind_of_bytes
from harvesters.reading.files.lines import Lines
from harvesters.reading.files.ofd import read_ofd
from harvesters.reading.grids import office, xlsx
from harvesters.reading.grids.grid import Grid
from storage.exceptions import LockedFile, OversizedFile

__all__ = ["VERSION", "Bounds", "FileOutcome", "FileRead", "kind_of_bytes", "read_file"]

VERSION: Final = "2"  # given anew when reading comes to anything else, so that what is kept is read again
_MOST_IN_TABLES: Final = 8_000_000  # characters; merged cells counted in every place they cover
_SENTENCES: Final = {
    "rar": "RAR 压缩包，无法解压；请提供 ZIP 或原文件",
    "7z": "7z 压缩包，无法解压；请提供 ZIP 或原文件",
    "gz": "GZIP 压缩包，不读取",
    "ceb": "方正 CEB 文件，没有公开的格式说明，不读取",
    "ppt": "旧版演示文稿，不读取",
    "odf": "ODF 文件，不读取",
    "xlsb": "二进制工作簿，不读取",
    "xml": "XML 数据文件，不读取；如是 Word 或 Excel 存为 XML，请另存为 DOCX 或 XLSX",
    "ole": "不认识的旧版文件",
    "picture": "图片，没有文字",
    "unknown": "不认识的格式",
}


def read_file(body: bytes, name: str, bounds: Bounds | None = None) -> FileRead:
    """What a file says.

    :param name: what it is called; shown in sentences, and tells a list with commas from other text.
    :raises MemoryError: there is not memory enough.
    """
    return _read(body, name, bounds or Bounds(), nested=False)


def _read(body: bytes, name: str, bounds: Bounds, *, nested: bool) -> FileRead:
    kind = kind_of_bytes(body)
    try:
        told = _of_kind(kind, body, name, bounds, nested=nested)
        # a merged cell says its text in every place it covers: a long text in a wide cell is a bomb
        size = sum(len(cell) for one in told.grids for _, row in one.rows for cell in row)
        if size > _MOST_IN_TABLES:
            raise OversizedFile(f"{size} characters in tables")
        return told
    except MemoryError:
        raise
    except (LockedFile, PasswordError):
        return FileRead(kind=kind, outcome=FileOutcome.LOCKED, detail="文件有密码")
    except OversizedFile:
        words = "文件内容超出上限（解压后过大、表格过大，或 XML 自带实体定义），不读取"
        return FileRead(kind=kind, outcome=FileOutcome.REFUSED, detail=words)
    except RecursionError:
        return FileRead(kind=kind, outcome=FileOutcome.REFUSED, detail="嵌套过深")
    except (KeyboardInterrupt, SystemExit):
        raise
    # a damaged file leads every library to errors of its own; those written in Rust panic, which is no Exception
    except BaseException as problem:  # noqa: BLE001
        return FileRead(kind=kind, outcome=FileOutcome.UNREADABLE, detail=f"文件已损坏（{_short(problem)}）")


def _of_kind(kind: str, body: bytes, name: str, bounds: Bounds, *, nested: bool) -> FileRead:
    if kind == "pdf":
        return pdf.read_pdf(body, bounds)
    if kind == "empty":
        return FileRead(kind=kind, outcome=FileOutcome.EMPTY, detail="文件是空的")
    if kind == "locked":
        return FileRead(kind=kind, outcome=FileOutcome.LOCKED, detail="文件有密码")
    if kind == "picture":
        return FileRead(kind=kind, outcome=FileOutcome.SCANNED, detail=_SENTENCES[kind])
    if kind == "zip":
        if nested:
            return FileRead(kind=kind, outcome=FileOutcome.UNSUPPORTED, detail="压缩包内的压缩包，不再解压")
        return packed.read_zip(body, bounds, lambda member, called: _read(member, called, bounds, nested=True))
    if kind == "ofd":
        with office.opened(body, name) as parts:
            return read_ofd(parts, bounds)
    lines = Lines(bounds.characters)
    grids: tuple[Grid, ...] = ()
    pages: int | None = None
    unsure = 0
    if kind in ("docx", "xlsx", "pptx"):
        with office.opened(body, name) as parts:
            if kind == "docx":
                grids = word.read_docx(parts, lines)
            elif kind == "xlsx":
                grids = _sheets(xlsx.grids(parts), lines)
            else:
                pages = plain.read_slides(parts, lines)
    elif kind == "doc":
        grids, unsure = old_word.read_doc(body, lines)
    elif kind == "xls":
        grids = plain.read_old_book(body, lines)
    elif kind == "html":
        grids = plain.read_page(body, name, lines)
    elif kind == "mht":
        grids = plain.read_saved_page(body, name, lines)
    elif kind == "text":
        grids = plain.read_text(body, name, lines)
    elif kind == "rtf":
        plain.read_rtf(body, lines)
    else:
        return FileRead(kind=kind, outcome=FileOutcome.UNSUPPORTED, detail=_SENTENCES.get(kind, _SENTENCES["unknown"]))
    text = lines.text
    notes = [f"文字超过 {bounds.characters} 字，其余未读"] if lines.full else []
    if unsure:
        notes.append(f"表格有 {unsure} 行未能确定读全")
    return FileRead(
        kind=kind,
        outcome=FileOutcome.READ if text else FileOutcome.EMPTY,
        detail="；".join(notes) or None,
        text=text,
        prose=lines.without_tables,
        grids=grids,
        pages=pages,
        whole=not lines.full and not unsure,
    )


def _sheets(grids: tuple[Grid, ...], lines: Lines) -> tuple[Grid, ...]:
    for one in grids:
        lines.table(one)
    return grids


def _short(problem: BaseException) -> str:
    told = "".join(sign for sign in str(problem)[:200] if sign.isprintable())
    return told or type(problem).__name__
