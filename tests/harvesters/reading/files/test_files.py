"""Files of every kind say what they say; and whatever is wrong with one is an outcome with one sentence."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from harvesters.reading.files import Bounds, FileOutcome, FileRead, kind_of_bytes, read_file
from tests.files import Block, docx_of, ofd_of, pdf_of, scan_of, xlsx_of
from tests.harvesters.reading.files.hostile_files import (
    POINTLESS,
    REFUSED,
    pdf_objects,
    with_part,
    zip_of,
)

HERE = Path(__file__).parent
HEADS = ["青禾市海事局2025年政府信息公开工作年度报告", "一、总体情况", "本年度主动公开政府信息123条，“规范性文件”2件。"]
TABLE: Block = [
    [("信息内容", 1, 2), ("本年", 2, 1)],
    ["制发件数", "废止件数"],
    ["规章", "1", "0"],
    ["行政规范性文件", "12", "3"],
    [("合计见正文", 3, 1)],
]
TAIL = ["二、存在的主要问题及改进情况", "（一）问题。𠮷田。"]
FILLED = (
    ("信息内容", "本年", "本年"),
    ("信息内容", "制发件数", "废止件数"),
    ("规章", "1", "0"),
    ("行政规范性文件", "12", "3"),
    ("合计见正文",) * 3,
)
BLOCKS: list[Block] = [*HEADS, TABLE, *TAIL]
_IN_BMP: list[Block] = [*HEADS, TABLE, TAIL[0], TAIL[1].replace("𠮷", "吉")]  # reportlab's fonts know no more


def cells(read: FileRead, number: int = 0) -> tuple[tuple[str, ...], ...]:
    return tuple(row for _, row in read.grids[number].rows)


@cache
def old_document() -> bytes:
    """Saved by LibreOffice as Word 97, of the same blocks, a small table and a last line."""
    return (HERE / "report.doc").read_bytes()


@cache
def old_book() -> bytes:
    return (HERE / "book.xls").read_bytes()


HTML = (
    "<!-- 旧 --><html><head><title>不读</title><style>p{}</style></head><body><p>一、总体情况</p><table><tr>"
    "<td rowspan=2>信息内容</td><td colspan=2>本年</td></tr><tr><td>制发件数</td><td>废止件数</td></tr></table>"
    "<p>二、问题</p></body></html>"
)
RTF = (
    r"{\rtf1\ansi\ansicpg936{\fonttbl{\f0 SimSun;}}{\*\generator X;}\uc1 \u24180?\u24230?"
    r"\'b1\'a8\'b8\'e6\par \{1\}\par{\upr{\*\ud x}}\row}"
).encode("ascii")
MHT = (
    b"From: <x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=B\r\n\r\n--B\r\n"
    b'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    + base64.encodebytes(HTML.replace("<head>", '<head><meta charset="utf-8">').encode())
    + b"\r\n--B--\r\n"
)


# ------------------------------------------------------------------ what it is


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("docx", docx_of(["甲"])),
        ("xlsx", xlsx_of([[["1"]]])),
        ("ofd", ofd_of(["甲"])),
        ("pdf", scan_of()),
        ("pdf", b"\r\n\x00junk of a gateway\n" + scan_of()),
        ("doc", old_document()),
        ("xls", old_book()),
        ("html", HTML.encode()),
        ("html", b"\xef\xbb\xbf \r\n<!DOCTYPE HTML><table>"),
        ("html", HTML.encode("utf-16")),
        ("html", b"<?xml version='1.0'?>\n<html xmlns='http://www.w3.org/1999/xhtml'>"),
        ("html", b"<html><body>%PDF-1.4 is what the link should give"),
        ("xml", b"<?xml version='1.0'?><?mso-application progid='Word.Document'?><w:wordDocument/>"),
        ("mht", MHT),
        ("rtf", RTF),
        ("text", "年度报告，甲，1".encode("gb18030")),
        ("text", b"a,b\n1,2"),
        ("zip", zip_of({"a.txt": b"a"})),
        ("zip", b"PK\x03\x04 cut off"),
        ("odf", zip_of({"content.xml": b"<a/>"})),
        ("rar", b"Rar!\x1a\x07\x01\x00"),
        ("7z", b"7z\xbc\xaf\x27\x1c\x00\x04"),
        ("gz", b"\x1f\x8b\x08"),
        ("ceb", b"Founder CEB 3.0"),
        ("picture", b"\x89PNG\r\n\x1a\n"),
        ("picture", b"\xff\xd8\xff\xe0"),
        ("ole", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("unknown", bytes(range(256)) * 9),
        ("empty", b"\x00\r\n " * 9),
        ("empty", b""),
    ],
)
def test_the_bytes_decide(kind: str, body: bytes) -> None:
    assert kind_of_bytes(body) == kind
    told = read_file(body, "通知.pdf.exe")
    assert told.kind == kind
    assert told.text or told.detail or told.outcome is FileOutcome.EMPTY


def test_many_comments_before_a_page_are_passed_over_once() -> None:
    assert kind_of_bytes(b"<!---->" * 500 + b"x" * 100) == "text"


# ------------------------------------------------------------------ what it says


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("docx", docx_of(BLOCKS)),
        ("pdf", pdf_of(_IN_BMP)),
        ("pdf", b"\n\n" + pdf_of(_IN_BMP, size=10)),
        ("ofd", ofd_of(BLOCKS)),
        ("doc", old_document()),
    ],
)
def test_text_around_tables_and_tables(kind: str, body: bytes) -> None:
    told = read_file(body, "附件.wps")
    assert (told.kind, told.outcome, told.detail, told.whole) == (kind, FileOutcome.READ, None, True)
    assert cells(told) == FILLED
    assert told.prose.replace("吉", "𠮷").splitlines()[: len(HEADS) + len(TAIL)] == HEADS + TAIL
    assert "规章" not in told.prose
    assert told.text.splitlines()[3:8] == [
        "信息内容\t本年",
        "信息内容\t制发件数\t废止件数",
        "规章\t1\t0",
        "行政规范性文件\t12\t3",
        "合计见正文",
    ]


@pytest.mark.parametrize("body", [old_book(), xlsx_of([TABLE, [["甲", "乙"], ["1", "2"]]])])
def test_sheets_are_grids(body: bytes) -> None:
    told = read_file(body, "附件.et")
    assert told.outcome is FileOutcome.READ
    assert [one.name for one in told.grids] == ["sheet 表1", "sheet 表2"]
    assert cells(told) == FILLED
    assert cells(told, 1) == (("甲", "乙"), ("1", "2"))
    assert (told.prose, told.text.splitlines()[2]) == ("", "规章\t1\t0")


@pytest.mark.parametrize("body", [HTML.encode(), HTML.encode("gb18030"), MHT])
def test_pages_under_another_name(body: bytes) -> None:
    told = read_file(body, "附件.xls")
    assert cells(told) == FILLED[:2]
    assert told.prose == "一、总体情况\n二、问题"


def test_rich_text_without_its_marks() -> None:
    assert read_file(RTF, "a.doc").text == "年度报告\n{1}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_lists_with_commas(encoding: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["名称", "数"], ["甲,乙", "1"]])
    told = read_file(out.getvalue().encode(encoding), "表.CSV")
    assert cells(told) == (("名称", "数"), ("甲,乙", "1"))
    assert read_file(out.getvalue().encode(encoding), "表.txt").grids == ()


def test_a_pdf_with_its_password_forgotten_and_one_that_anybody_may_open() -> None:
    def locked(word: str) -> bytes:
        out = io.BytesIO()
        canvas = Canvas(
            out, encrypt=__import__("reportlab.lib.pdfencrypt", fromlist=["x"]).StandardEncryption(word, "o")
        )
        canvas.drawString(90, 700, "twenty and more characters of text")
        for place in range(3):
            canvas.line(90, 600 + 20 * place, 190, 600 + 20 * place)
            canvas.line(90 + 50 * place, 600, 90 + 50 * place, 640)
        canvas.drawString(95, 605, "7")
        canvas.save()
        return out.getvalue()

    assert read_file(locked("secret"), "a.pdf").outcome is FileOutcome.LOCKED
    told = read_file(locked(""), "a.pdf")
    assert (told.outcome, cells(told)) == (FileOutcome.READ, (("7",),))


@pytest.mark.parametrize("make", [pdf_of, ofd_of])
def test_a_table_over_pages_is_one(make: Callable[[list[Block]], bytes]) -> None:
    rows = [[f"事项{number}", str(number), "0"] for number in range(110 if make is pdf_of else 50)]
    told = read_file(make([HEADS[0], rows, "尾"]), "a")
    assert [cells(told, number) for number in range(len(told.grids))] == [tuple(map(tuple, rows))]
    assert told.prose == f"{HEADS[0]}\n尾"
    two = read_file(make([rows[:3], "此处另起一段，说明下表与上表并非一表，各自独立统计。", rows[3:6]]), "a")
    assert [len(one.rows) for one in two.grids] == [3, 3]


def test_tables_whose_columns_differ_are_two() -> None:
    long = [[str(number), "甲"] for number in range(46)]
    assert len(read_file(pdf_of([long, [["1", "2", "3"]] * 3]), "a.pdf").grids) == 2


def drawn(*pages: Callable[[Canvas], None]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def picture(canvas: Any) -> None:
    canvas.drawImage(ImageReader(Image.new("L", (60, 85), 230)), 0, 0, A4[0], A4[1])


def words(canvas: Any) -> None:
    canvas.drawString(90, 700, "a page of twenty and more characters of text")


def made_out(canvas: Any) -> None:
    picture(canvas)
    canvas.drawString(90, 700, "words that a machine made out of the picture", mode=3)


def one_path(canvas: Any) -> None:
    """A table whose lines are one path."""
    canvas.grid([90, 140, 190], [600, 620, 640])
    canvas.drawString(95, 605, "1")
    canvas.drawString(145, 605, "2")
    canvas.drawString(95, 625, "x")
    canvas.drawString(145, 625, "y")


@pytest.mark.parametrize(
    ("pages", "outcome", "detail", "says"),
    [
        ((picture, picture), FileOutcome.SCANNED, "扫描件", ""),
        ((words, picture, words), FileOutcome.READ, "第 2 页是扫描图片", "twenty"),
        ((made_out, made_out), FileOutcome.SCANNED, "数字不可作准", "machine"),
        ((words,), FileOutcome.READ, "", "twenty"),
        ((lambda _: None,), FileOutcome.EMPTY, "", ""),
    ],
)
def test_scans_are_told(
    pages: tuple[Callable[[Canvas], None], ...], outcome: FileOutcome, detail: str, says: str
) -> None:
    told = read_file(drawn(*pages), "a.pdf")
    assert (told.outcome, told.pages) == (outcome, len(pages))
    assert detail in (told.detail or "")
    assert says in told.text
    assert bool(told.text) == bool(says)


def test_a_grid_drawn_as_one_path_is_a_table() -> None:
    assert cells(read_file(drawn(one_path), "a.pdf")) == (("x", "y"), ("1", "2"))


def test_more_pages_than_are_read_are_told() -> None:
    told = read_file(drawn(words, words, words), "a.pdf", Bounds(pages=2))
    assert (told.outcome, told.pages, told.whole) == (FileOutcome.READ, 3, False)
    assert told.detail == "共 3 页，只读前 2 页"


def test_without_time_the_text_is_told_and_the_tables_said_to_be_unread() -> None:
    told = read_file(pdf_of(BLOCKS), "a.pdf", Bounds(until=0.0))
    assert "规章" in told.text
    assert not told.grids
    assert (told.whole, told.detail) == (False, "第 1 页的表格未能读取")


def test_ofd_pages_follow_the_document_and_lie_on_their_templates() -> None:
    body = ofd_of(["甲"])
    page = (
        b'<P xmlns:ofd="o"><Template TemplateID="9"/><L><TextObject Boundary="20 %d 60 5" Size="4">'
        b'<TextCode X="0" Y="4" DeltaX="%s">%s</TextCode></TextObject></L></P>'
    )
    members = {
        "Doc_0/Document.xml": b'<D><CommonData><TemplatePage ID="9" BaseLoc="T/t.xml"/></CommonData><Pages>'
        b'<Page ID="1" BaseLoc="P/2.xml"/><Page ID="2" BaseLoc="/Doc_0/P/1.xml"/></Pages></D>',
        "Doc_0/T/t.xml": page % (10, b"g 4 4", "市人民政府".encode()),
        "Doc_0/P/1.xml": page % (40, b"4 4 4 g 4 2 2", "第二十2025 页".encode()),
        "Doc_0/P/2.xml": page % (40, b"4 12", "第一页".encode()),
    }
    for name, part in members.items():
        body = with_part(body, name, part)
    told = read_file(body, "a.ofd")
    assert told.text.split("\n") == ["市人民政府", "第一 页", "市人民政府", "第二十2025 页"]
    assert told.pages == 2


# ------------------------------------------------------------------ archives


def test_members_are_read_one_level_deep_and_named_without_ways_out() -> None:
    told = read_file(
        zip_of(
            {
                "../../etc/报告.docx": docx_of(BLOCKS),
                "C:\\x\\表.csv": "甲,乙".encode(),
                "in.zip": zip_of({"a.txt": b"hidden"}),
                "d/": b"",
            }
        ),
        "附件.zip",
    )
    assert told.outcome is FileOutcome.READ
    assert told.members[0] == "etc/报告.docx"
    assert ".." not in "".join(told.members)
    assert cells(told) == FILLED
    assert "甲" in told.text
    assert "hidden" not in told.text
    assert "in.zip" in (told.detail or "")


def test_names_of_members_in_gbk() -> None:
    body = zip_of({"ab.txt": b"text"}).replace(b"ab.txt", "报.txt".encode("gb18030"))
    assert read_file(body, "a.zip").members == ("报.txt",)


def test_an_archive_is_read_within_its_budget() -> None:
    many = zip_of({f"{number}.txt": b"some text" for number in range(5)})
    told = read_file(many, "a.zip", Bounds(members=2))
    assert (told.whole, len(told.members), told.detail) == (False, 2, "包内 5 个文件，只读 2 个")
    assert read_file(many, "a.zip", Bounds(unpacked=40)).outcome is FileOutcome.REFUSED


# ------------------------------------------------------------------ what is wrong with it


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_made_to_exhaust_is_refused(what: str) -> None:
    told = read_file(REFUSED[what], "a")
    assert (told.outcome, told.text, told.grids) == (FileOutcome.REFUSED, "", ())
    assert told.detail


@pytest.mark.parametrize("what", POINTLESS)
def test_what_leads_in_circles_ends(what: str) -> None:
    told = read_file(POINTLESS[what], "a")
    assert told.outcome in (FileOutcome.UNREADABLE, FileOutcome.EMPTY, FileOutcome.UNSUPPORTED)
    assert not told.text


@pytest.mark.parametrize(
    "body",
    [
        docx_of(["甲"])[:300],
        pdf_objects(b"<</Type/Catalog>>"),
        b"%PDF-1.7 and no more",
        with_part(docx_of(["甲"]), "word/document.xml", b"<w:document"),
    ],
)
def test_damage_is_told(body: bytes) -> None:
    told = read_file(body, "a")
    assert told.outcome is FileOutcome.UNREADABLE
    assert told.detail


# without .xls: its library may end the process, see test_file_reading
SAMPLES = (
    docx_of(BLOCKS),
    xlsx_of([TABLE]),
    pdf_of(BLOCKS),
    ofd_of(BLOCKS),
    old_document(),
    RTF,
    MHT,
    HTML.encode(),
    zip_of({"a.doc": old_document(), "b.csv": b"1,2"}),
)


@settings(max_examples=60, deadline=None)
@given(
    sample=st.sampled_from(SAMPLES),
    keep=st.floats(0.02, 1.0),
    flips=st.lists(st.tuples(st.floats(0, 0.999), st.integers(1, 255)), max_size=12),
    tail=st.binary(max_size=20),
)
def test_no_damage_raises(sample: bytes, keep: float, flips: list[tuple[float, int]], tail: bytes) -> None:
    body = bytearray(sample[: max(1, int(len(sample) * keep))])
    for place, change in flips:
        body[int(place * len(body))] ^= change
    told = read_file(bytes(body) + tail, "附件")
    assert told.outcome is FileOutcome.READ or told.detail or told.outcome is FileOutcome.EMPTY
    assert "\x00" not in told.text + (told.detail or "")
    told.text.encode()
    assert read_file(bytes(body) + tail, "附件") == told


@settings(max_examples=60, deadline=None)
@given(
    head=st.sampled_from([b"", b"PK\x03\x04", b"%PDF-1.4\n", b"{\\rtf1", b"<table><tr>", b"MIME-Version"]),
    rest=st.binary(),
)
def test_any_bytes_have_an_outcome(head: bytes, rest: bytes) -> None:
    told = read_file(head + rest, "x.csv")
    assert told.outcome is FileOutcome.READ or told.detail or told.outcome is FileOutcome.EMPTY


def test_one_endless_line_is_cut_and_told() -> None:
    told = read_file("政府信息".encode() * 50, "a.txt", Bounds(characters=90))
    assert (told.outcome, len(told.text), told.whole) == (FileOutcome.READ, 90, False)
    assert told.detail == "文字超过 90 字，其余未读"


def test_a_library_that_panics_is_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        """As pyo3's, which is no Exception."""

    def panics(*_: object) -> None:
        raise Panic("range start index 116 out of range")

    monkeypatch.setattr("harvesters.reading.files.plain.read_old_book", panics)
    assert read_file(old_book(), "a.xls").outcome is FileOutcome.UNREADABLE
