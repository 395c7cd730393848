"""The bytes decide: what is declared is a hint, and hints lie."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.reading.encoding import decode

TEXT = "青禾市人民政府关于印发办法的通知，请各区县认真贯彻执行。" * 3
RARE = "㐀䶵龦丂镕"  # in GB18030, not in GB2312


def page(charset: str) -> str:
    return f'<html><head><meta charset="{charset}"></head><body>{TEXT}</body></html>'


@pytest.mark.parametrize(
    ("body", "header", "encoding"),
    [
        (page("utf-8").encode(), "text/html; charset=utf-8", "utf-8"),
        (page("gb2312").encode("gb18030"), None, "gb18030"),
        (page("gb2312").replace(TEXT, TEXT + RARE).encode("gb18030"), None, "gb18030"),
        (page("gb2312").encode(), "text/html; charset=GBK", "utf-8"),  # declared twice, and both are wrong
        (page("utf-8").encode("gb18030"), "text/html; charset=utf-8", "gb18030"),
        (page("utf-8").encode(), "text/html; charset=ISO-8859-1", "utf-8"),
        (f"<html><body>{TEXT}</body></html>".encode("gbk"), "text/html; charset=ISO-8859-1", "gb18030"),
        (f"<html><body>{TEXT}</body></html>".encode("gbk"), None, "gb18030"),
        (codecs.BOM_UTF8 + page("gbk").encode(), None, "utf-8"),
        (codecs.BOM_UTF16_LE + page("gb2312").encode("utf-16-le"), None, "utf-16-le"),
        (page("gb2312").encode("utf-16-le"), None, "utf-16-le"),
        (page("gb2312").encode("utf-16-be"), None, "utf-16-be"),
        (f'<?xml version="1.0" encoding="Big5"?><t>{"政府資訊公開" * 9}</t>'.encode("big5"), None, "big5"),
        (page("utf-8").encode()[:-60], None, "utf-8"),  # cut off inside a character
        (page("gbk").encode("gbk")[:-41], "text/html", "gb18030"),
        (b"", None, "utf-8"),
    ],
)
def test_encoding_is_what_the_bytes_are_in(body: bytes, header: str | None, encoding: str) -> None:
    text, found = decode(body, header)
    assert found == encoding
    if len(body) > 400:
        assert TEXT[:40] in text or "政府資訊公開" in text


def test_a_few_damaged_bytes_do_not_change_the_encoding() -> None:
    body = (TEXT * 20).encode()
    text, found = decode(body[:90] + b"\xff" + body[90:], None)
    assert found == "utf-8"
    assert text.count("\ufffd") == 1


def test_short_gb_text_that_is_valid_utf8_by_chance_is_read_as_declared() -> None:
    assert decode("联通".encode("gbk"), "text/html; charset=gb2312")[0] == "联通"


def test_a_byte_order_mark_is_no_text() -> None:
    assert decode(codecs.BOM_UTF8 + b"{}", None)[0] == "{}"


@given(st.binary(max_size=400), st.sampled_from([None, "text/html", "text/html; charset=gb2312", "x; charset=bogus"]))
def test_never_raises(body: bytes, header: str | None) -> None:
    text, found = decode(body, header)
    assert isinstance(text, str)
    codecs.lookup(found)


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=20, max_size=80))
def test_utf8_comes_back_whole(text: str) -> None:
    assert decode(text.encode(), "text/html; charset=gb2312") == (text, "utf-8")
