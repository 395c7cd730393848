# ruff: noqa: E501, PT017 -- baits are read across; whether a refusal comes is up to the bytes
"""No bytes make a reader raise, hang or swell: every bait in a process of its own that the kernel holds to its limits."""

from __future__ import annotations

import contextlib
import gzip
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters import city_file
from harvesters.archive import Archive, iter_responses, read_response
from harvesters.engines import ENGINES
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch
from harvesters.reading.feed import read_feed
from harvesters.reading.page import as_json, read_page
from harvesters.spiders.memory import row_from_json
from storage.exceptions import ArchiveError, GongkaiError
from tests.harvesters.hostile import HEADERS, READERS, URL, state_of
from tests.harvesters.test_archive import exchange

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(900)  # what is bounded is processor time, whatever else the machine does
@pytest.mark.parametrize("reader", READERS)
def test_no_bait_makes_a_reader_raise_hang_or_swell(reader: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.harvesters.hostile", reader], cwd=ROOT, capture_output=True, text=True
    )
    last = "\n".join(done.stdout.splitlines()[-2:])
    assert done.returncode == 0, f"ended with {done.returncode} at {last}\n{done.stderr[-3000:]}"


PIECES = (
    *("<", ">", "</", "<div", "<div>", "</div>", "<ul><li>", "<td colspan=1000000000>", "<table><tr>", "</table>", "<a"),
    *(' href="', " href='//[", " src='//a]/", " data-pdf='//[.pdf'", ' title="', "<script>", "</script>", "<!--", "-->", "<![CDATA[", "]]>", "&#x", "&nbsp", "\0"),
    *("<base href='http://[x'>", "<meta name=PubDate content=", "<meta name=ArticleTitle content='关于春耕的通知'>", "<iframe src="),
    *("<h1>关于春耕的通知</h1>", "发布时间：", "来源：", "索引号：", "2026-05-01", "2026-02-30", "99999999999999999999", "５月"),
    *("createPageHTML(", "'page_div',", "3,0,", '"index","html")', "总记录", "共2页", "下一页", "<datastore>", "<record>", "</record>"),
    *("document.write(", "'<li>'", "+", ");", "\\u", "var url='", "queryData=\"{'", "window._CONFIG = {", "</html>", "{", "}", "[", "]"),
    *("\ud800", "\u202e", "\ufeff", "\x1f", "𠀀", "%u4e", "%zz", "http://a.invalid:99999999/", "javascript:void(0)", "附件：", "P1.pdf"),
)  # fmt: skip
markup = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=60).map("".join)
ADDRESSES = st.sampled_from([URL, "http://www.yunxi.invalid/", "", "file:///x", "http://a.invalid/%zz?a=%"])


@settings(max_examples=120, deadline=None)
@given(markup, ADDRESSES, st.sampled_from([None, "listing", "article"]), st.sampled_from([200, 404, 403, 302, 0]))
def test_broken_markup_is_read_without_raising(text: str, url: str, expect: str | None, status: int) -> None:
    body = text.encode("utf-8", "surrogatepass")
    as_json(read_page(Document(body, url, status, HEADERS), expect=expect))
    read_feed(body, url, HEADERS)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | markup,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                (
                    *(
                        "articles",
                        "data",
                        "html",
                        "results",
                        "list",
                        "total",
                        "title",
                        "url",
                        "date",
                        "searchVO",
                        "listVO",
                    ),
                    *(
                        "catMap",
                        "custom",
                        "page",
                        "rows",
                        "publishedTimeStr",
                        "domainMetaList",
                        "attachment",
                        "classify",
                    ),
                    *(
                        "success",
                        "infolist",
                        "DOCTITLE",
                        "DOCPUBURL",
                        "post_count",
                        "keywords",
                        "publisher",
                        "identifier",
                    ),
                )
            )
            | st.text(max_size=8),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=120, deadline=None)
@given(values, st.sampled_from(ENGINES), st.sampled_from([200, 404]), st.booleans())
def test_answers_of_any_form_are_read_without_raising(value: object, engine: object, status: int, asked: bool) -> None:
    document = Document(json.dumps(value).encode(), URL, status, {"content-type": "application/json"})
    fetch = Fetch(url=URL, state=state_of(engine.NAME)) if asked else None  # type: ignore[attr-defined]
    as_json(read_page(document, fetch=fetch))


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=600))
def test_bytes_of_any_kind_are_read_without_raising(body: bytes) -> None:
    for engine in ENGINES:
        read_page(Document(body, URL, 200, {}), fetch=Fetch(url=URL, state=state_of(engine.NAME)))
    as_json(read_page(Document(body, URL, 200, HEADERS)))
    read_feed(body, URL, HEADERS)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "city:",
                " {",
                "}",
                "units:",
                "- id: a",
                "  name: ",
                "\n",
                "  columns: [",
                "]",
                "&a",
                "*a",
                "!!python/x",
                "<<: *a",
            ]
        )
        | st.text(max_size=10),
        max_size=30,
    ).map("".join)
)
def test_a_city_file_is_refused_in_words(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "hostile.yml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        city_file.load(path)
    except GongkaiError as refused:
        assert str(refused)


def test_a_damaged_archive_is_refused_in_words(tmp_path: Path) -> None:
    """Cut short, overwritten or doubled: what can be read is, and the rest is an error of the archive's own."""
    archive = Archive(tmp_path, "gk-20261120T083000Z-g1-77")
    evidence = [archive.write(exchange(number)) for number in range(4)]
    archive.close()
    path = next(tmp_path.glob("*.warc.gz*"))
    whole, dice = path.read_bytes(), random.Random(3)
    for turn in range(60):
        damaged = bytearray(whole)
        if turn % 3 == 0:
            del damaged[dice.randrange(len(damaged)) :]
        elif turn % 3 == 1:
            damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
        else:
            damaged += gzip.compress(dice.randbytes(200)) + dice.randbytes(50)
        path.write_bytes(bytes(damaged))
        for kept in evidence:
            assert kept.warc is not None
            assert kept.record_id is not None
            try:
                assert read_response(tmp_path, path.name, kept.record_id).status == 200
            except ArchiveError as refused:
                assert str(refused)
        try:
            list(iter_responses(path))
        except ArchiveError as refused:
            assert str(refused)


@given(values)
def test_a_remembered_row_is_a_row_or_no_memory(value: object) -> None:
    stored = value if isinstance(value, dict) else {"title": value}
    with contextlib.suppress(KeyError, TypeError, ValueError):
        row_from_json(stored)
