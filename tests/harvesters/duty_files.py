"""Files of directories as units hand them out: workbooks, text documents and pages, made from one plain grid each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from openpyxl import Workbook

Merge = tuple[int, int, int, int]  # first row, first column, last row, last column; from 0


@dataclass(frozen=True)
class Table:
    """A table as it is drawn: the text of a merged cell stands in its first place, the others are empty."""

    rows: Sequence[Sequence[str]]
    merged: Sequence[Merge] = ()
    name: str = "目录"

    def covered(self) -> Mapping[tuple[int, int], Merge]:
        """Place → the merged cell that covers it."""
        return {
            (row, column): merge
            for merge in self.merged
            for row in range(merge[0], merge[2] + 1)
            for column in range(merge[1], merge[3] + 1)
        }

    @property
    def width(self) -> int:
        """The number of its columns."""
        return max(map(len, self.rows))


def xlsx(*tables: Table) -> bytes:
    """A workbook with a sheet a table."""
    book = Workbook()
    book.remove(book.active)
    for table in tables:
        sheet = book.create_sheet(table.name)
        for row in table.rows:
            sheet.append([cell or None for cell in row])
        for top, left, bottom, right in table.merged:
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def html(*tables: Table, encoding: str = "utf-8", around: str = "{}") -> bytes:
    """A page with the tables, their merged cells as rowspan and colspan."""
    parts = []
    for table in tables:
        covered = table.covered()
        lines = []
        for at, row in enumerate(table.rows):
            cells = []
            for column in range(table.width):
                merge = covered.get((at, column))
                if merge is not None and (merge[0], merge[1]) != (at, column):
                    continue
                span = f' rowspan="{merge[2] - at + 1}" colspan="{merge[3] - column + 1}"' if merge else ""
                text = escape(row[column] if column < len(row) else "").replace("\n", "<br>")
                cells.append(f"<td{span}><p><span>{text}</span></p></td>")
            lines.append(f"<tr>{''.join(cells)}</tr>")
        parts.append(f"<table>{''.join(lines)}</table>")
    page = around.format("\n".join(parts))
    return f'<html><head><meta charset="{encoding}"><title>目录</title></head><body>{page}</body></html>'.encode(
        encoding
    )


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(*tables: Table, document: str | None = None) -> bytes:
    """A text document with the tables, their merged cells as gridSpan and vMerge."""
    body = document if document is not None else f"<w:body>{''.join(map(_word_table, tables))}</w:body>"
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}>{body}</w:document>',
        }
    )


def _word_table(table: Table) -> str:
    covered = table.covered()
    rows = []
    for at, row in enumerate(table.rows):
        cells, column = [], 0
        while column < table.width:
            merge = covered.get((at, column))
            text = row[column] if column < len(row) else ""
            properties, width = "", 1
            if merge is not None:
                width = merge[3] - merge[1] + 1
                properties = f'<w:gridSpan w:val="{width}"/>' if width > 1 else ""
                if merge[2] > merge[0]:
                    properties += '<w:vMerge w:val="restart"/>' if at == merge[0] else "<w:vMerge/>"
            lines = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in text.split("\n"))
            cells.append(f"<w:tc><w:tcPr>{properties}</w:tcPr>{lines}</w:tc>")
            column += width
        rows.append(f"<w:tr>{''.join(cells)}</w:tr>")
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def zipped(parts: Mapping[str, str | bytes | Iterable[bytes]]) -> bytes:
    """A zip of these parts; an iterable is written piece by piece."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            if isinstance(content, str | bytes):
                archive.writestr(name, content)
            else:
                with archive.open(name, "w", force_zip64=True) as part:
                    for piece in content:
                        part.write(piece)
    return out.getvalue()


def sheet(rows: str | Iterable[bytes], *, after: str = "", strings: str | None = None) -> bytes:
    """A workbook of one sheet written by hand."""
    head, tail = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>',
        b"</sheetData>",
    )

    def pieces() -> Iterable[bytes]:
        yield head
        if isinstance(rows, str):
            yield rows.encode()
        else:
            yield from rows
        yield tail + after.encode() + b"</worksheet>"

    parts: dict[str, str | bytes | Iterable[bytes]] = {
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
        '<sheet name="目录" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="/xl/worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": pieces(),
    }
    if strings is not None:
        parts["xl/sharedStrings.xml"] = strings
    return zipped(parts)


def cells(row: int, *texts: str) -> str:
    """A row of a sheet written by hand."""
    inner = "".join(
        f'<c r="{chr(65 + at)}{row}" t="inlineStr"><is><t>{escape(text)}</t></is></c>' for at, text in enumerate(texts)
    )
    return f'<row r="{row}">{inner}</row>'


# ------------------------------------------------------------------ the shapes of two real kinds of directory

HUANGSHI = Table(
    rows=[
        ["青禾市教育局主动公开基本目录", *[""] * 8],
        [
            "一级事项",
            "二级事项",
            "公开内容（要素）",
            "公开依据",
            "公开时限",
            "公开时长",
            "公开范围",
            "公开渠道",
            "公开方式",
        ],
        [
            "机构信息",
            "机关简介",
            "名称、地址\n办公时间",
            "条例第二十条",
            "信息形成（变更）之日起20个工作日内",
            "长期，最新有效",
            "面向社会",
            "政府网站",
            "主动公开",
        ],
        [
            "",
            "负责人信息",
            "姓名、分工",
            "条例第二十条",
            "信息形成（变更）之日起20个工作日内",
            "任期内",
            "面向社会",
            "政府网站",
            "主动公开",
        ],
        [
            "财政信息",
            "部门预算",
            "预算草案、报表",
            "预算法第十四条",
            "批复后20日内",
            "长期",
            "面向社会",
            "政府网站",
            "主动公开",
        ],
        [
            "政府信息公开年报",
            "",
            "年度报告",
            "条例第五十条",
            "每年1月31日前",
            "长期",
            "面向社会",
            "政府网站",
            "主动公开",
        ],
    ],
    merged=[(0, 0, 0, 8), (2, 0, 3, 0), (5, 0, 5, 1)],
    name="基本目录",
)
_TOP = [
    "序号",
    "公开事项",
    "",
    "公开内容\n（要素）",
    "公开依据",
    "公开时限",
    "公开主体",
    "公开渠道和载体",
    "公开对象",
    "",
    "公开方式",
    "",
    "公开层级",
    "",
]
_SUB = [
    "",
    "一级事项",
    "二级事项",
    "",
    "",
    "",
    "",
    "",
    "全社会",
    "特定群体\n（请写明）",
    "主动",
    "依申请公开",
    "县级",
    "乡级",
]
FIELDS_26 = Table(
    rows=[
        ["义务教育领域基层政务公开标准目录", *[""] * 13],
        _TOP,
        _SUB,
        [
            "1",
            "政策文件",
            "法律法规",
            "法律、行政法规",
            "《条例》",
            "信息形成或者变更之日起20个工作日内公开",
            "县级教育行政部门",
            "■政府网站 □政府公报 ■公开查阅点",
            "√",
            "",
            "√",
            "",
            "√",
            "",
        ],
        [
            "2",
            "",
            "规章制度",
            "规章",
            "《条例》",
            "及时公开",
            "县级教育行政部门",
            "■政府网站",
            "√",
            "",
            "√",
            "",
            "√",
            "√",
        ],
        [
            "3",
            "招生管理",
            "招生计划",
            "招生计划",
            "《意见》",
            "每年6月30日前",
            "县级教育行政部门、学校",
            "■公告栏",
            "",
            "学生家长",
            "",
            "√",
            "√",
            "",
        ],
    ],
    merged=[
        (0, 0, 0, 13),
        *[(1, column, 2, column) for column in (0, 3, 4, 5, 6, 7)],
        *[(1, column, 1, column + 1) for column in (1, 8, 10, 12)],
        (3, 1, 4, 1),
    ],
    name="义务教育",
)
