# ruff: noqa: E501 -- markup is read across
"""TrueCMS: how many rows a site gives at once is found out, and the rows laid into the page prove no end by themselves."""

from __future__ import annotations

import json

import pytest

from harvesters.engines import listing_of
from harvesters.engines.truecms import SIZES
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch
from harvesters.reading.page import read_page
from storage.schema import Outcome
from tests.harvesters.engines.pages import document, page
from tests.harvesters.engines.walks import Answer, asked, titles, walk

COLUMN = "http://www.yunxi.invalid/yxxz/xzxk/xzxk.html"
ID = "754f6db5-d294-46d5-b25c-da3a86d102cd"


def item(n: int, name: str) -> str:
    return f'<li><a href="/yxxz/xzxk/content/754f6db5-d294-46d5-b25c-{n:012x}.html" title="{name}">{name[:8]}...</a><span>2026-05-{1 + n % 28:02d}</span></li>'


def column(names: list[str], shown: int, *, total: str = "", columnid: str = f"columnId:'{ID}'") -> Document:
    laid_in = "".join(item(n, name) for n, name in enumerate(names[:shown]))
    script = (
        "var initData = '<datastore><recordset>'; $('#initData li').each(function(){ initData += '<record><![CDATA[' + $(this).html() + ']]></record>'; });"
        f"$('#msgList').jpage({{dataStore:initData, proxyUrl:'/TrueCMS/messageController/getMessage.do', perPage:10, groupSize:3, {total}"
        f"ajaxParam:{{{columnid}, contentTemplate:''}}}});"
    )
    return document(
        page(
            f'<div id="msgList"></div><div id="initData" style="display:none"><ul>{laid_in}</ul></div><script>{script}</script>'
        ),
        COLUMN,
    )


def result(records: str, total: str = "") -> str:
    return json.dumps({"result": f"<datastore>{total}<recordset>{records}</recordset></datastore>"}, ensure_ascii=False)


def server(
    names: list[str],
    *,
    most: int,
    refusal: str = "missing",
    by_page: bool = False,
    jsonp: bool = False,
    cap: int = 1000,
) -> Answer:
    """Gives at most ``most`` rows at once; asked for more, or without a Referer, it has nothing to say."""

    def answer(fetch: Fetch) -> Document:
        said = asked(fetch)
        assert (said["columnId"], said["contentTemplate"]) == (ID, "")
        assert fetch.url.startswith("http://www.yunxi.invalid/TrueCMS/messageController/getMessage.do?")
        start, end, size = (int(said[name]) for name in ("startrecord", "endrecord", "perpage"))
        assert end == start + size - 1
        if fetch.headers.get("Referer") != COLUMN or (size > most and refusal == "missing"):
            return Document(b"<html><body>404</body></html>", fetch.url, 404)
        if size > most:
            return Document(result("").encode() if refusal == "none" else b"", fetch.url, 200)
        given = min(size, cap)
        first = (start - 1) // size * size if by_page else start - 1
        records = "".join(
            f"<record><![CDATA[{item(n, name)}]]></record>" for n, name in list(enumerate(names))[first : first + given]
        )
        text = result(records, f"<totalrecord>{len(names)}</totalrecord>")
        return Document(f"cb({text});".encode() if jsonp else text.encode(), fetch.url, 200)

    return answer


@pytest.mark.parametrize("count", [1, 9, 60, 61, 75, 130])
@pytest.mark.parametrize("shown", [0, 4, 30, 60])
@pytest.mark.parametrize(("most", "refusal"), [(50, "missing"), (20, "missing"), (10, "none"), (20, "void")])
@pytest.mark.parametrize("by_page", [True, False])
def test_a_column_is_walked_whole(count: int, shown: int, most: int, refusal: str, by_page: bool) -> None:
    rows, listings = walk(
        column(titles(count), shown), server(titles(count), most=most, refusal=refusal, by_page=by_page)
    )
    assert list(dict.fromkeys(row.title for row in rows)) == titles(count)
    assert (listings[0].engine, listings[-1].ended, listings[-1].total_rows) == ("truecms", True, count)
    assert len({one.page_key for one in listings}) == len(listings)


def test_pages_that_are_shorter_than_asked_for() -> None:
    rows, listings = walk(column(titles(40), 0), server(titles(40), most=50, cap=15))
    assert ([row.title for row in rows], listings[-1].ended) == (titles(40), True)


def test_answers_may_be_wrapped_in_a_call() -> None:
    rows, listings = walk(column(titles(70), 60), server(titles(70), most=20, jsonp=True))
    assert (len({row.url for row in rows}), listings[-1].ended) == (70, True)


@pytest.mark.parametrize(
    ("count", "said", "ended"),
    [
        (12, "totalRecord:12,", True),
        (12, "totalRecord:30,", False),
        (12, "", False),
        (60, "totalRecord:60,", False),
        (12, "totalRecord:3,", False),
    ],
)
def test_only_a_count_makes_the_rows_laid_in_all_there_are(count: int, said: str, ended: bool) -> None:
    listing = listing_of(column(titles(count), 60, total=said))
    assert listing is not None
    assert (len(listing.rows), listing.ended, listing.next is None) == (count, ended, ended)


@pytest.mark.parametrize("status", [404, 200])
def test_an_interface_switched_off_leaves_the_end_open(status: int) -> None:
    tried: list[int] = []

    def answer(fetch: Fetch) -> Document:
        tried.append(int(asked(fetch)["perpage"]))
        return Document(b"", fetch.url, status)

    rows, listings = walk(column(titles(80), 60), answer)
    assert (len(rows), tried) == (60, list(SIZES))
    assert (listings[-1].rows, listings[-1].next, listings[-1].ended) == ((), None, False)


def test_a_refused_size_is_no_failing_of_the_page() -> None:
    first = listing_of(column(titles(80), 60))
    assert first is not None
    refused = Document(b"<html>404</html>", "http://www.yunxi.invalid/x", 404)
    asks_less = read_page(refused, expect="listing", fetch=first.next)
    assert asks_less.outcome is Outcome.OK
    assert asks_less.listing is not None
    assert asks_less.listing.next is not None
    last = listing_of(refused, asks_less.listing.next)
    assert last is not None
    assert not read_page(refused, expect="listing", fetch=last.next).outcome.is_good


def test_an_empty_column() -> None:
    rows, listings = walk(column([], 60), server([], most=50))
    assert (rows, listings[-1].total_rows, listings[-1].ended) == ([], 0, True)
    _, silent = walk(column([], 60), lambda fetch: Document(result("").encode(), fetch.url))
    assert (silent[-1].ended, silent[-1].next) == (False, None)


def test_rows_in_the_scripts_own_datastore() -> None:
    records = "".join(f"<record><![CDATA[{item(n, name)}]]></record>" for n, name in enumerate(titles(6)))
    script = (
        f"var store = '<datastore><totalrecord>6</totalrecord><recordset>{records}</recordset></datastore>';"
        f"$('#l').jpage({{dataStore:store, proxyUrl:'/truecms/messageController/getMessage.do', ajaxParam:{{columnId:'{ID}'}}}});"
    )
    listing = listing_of(document(page(f"<div id='l'></div><script>{script}</script>"), COLUMN))
    assert listing is not None
    assert (listing.engine, [row.title for row in listing.rows], listing.ended) == ("truecms", titles(6), True)


def test_an_answer_given_by_itself() -> None:
    url = f"http://www.yunxi.invalid/truecms/messageController/getMessage.do?startrecord=21&endrecord=40&perpage=20&columnId={ID}"
    listing = listing_of(
        Document(
            result(f"<record><![CDATA[{item(1, titles(1)[0])}]]></record>", "<totalrecord>90</totalrecord>").encode(),
            url,
        )
    )
    assert listing is not None
    assert listing.next is not None
    assert (listing.engine, len(listing.rows), asked(listing.next)["startrecord"]) == ("truecms", 1, "22")


def test_without_a_column_nothing_can_be_asked() -> None:
    listing = listing_of(column(titles(70), 60, columnid="columnId:getId()"))
    assert listing is None or listing.next is None
