"""What an address says by its shape, and where a link leads by its href or its script."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.reading.document import Document
from harvesters.reading.links import address_of, address_year, fetchable, is_article

HERE = "http://www.yunxi.invalid/zwgk/tzgg/index.html"


@pytest.mark.parametrize(
    ("address", "article"),
    [
        ("/202607/t20260731_1406815.html", True),
        ("/art/2026/9/10/art_78506_1.html", True),
        ("/zw/art/2026/art_bef1ab6f0123456789abcdef01234567.html", True),
        ("/2026-05/20/content_1234.shtml", True),
        ("/20260520/ab12cd/c.html", True),
        ("/c100186/202609/12cf4b6f0123456789abcdef01234567.shtml", True),
        ("/content/post_4547851.html", True),
        ("/info/1103/7719.htm", True),
        ("/zcwj/content_59550", True),
        ("/zwgk/content/59550", True),
        ("/zwgk/list/59550", False),
        ("/columns/3f2a1b4c-1234-4abc-8def-0123456789ab/202605/20/3f2a1b4c-1234-4abc-8def-0123456789ab.html", True),
        ("/n1403/c383/c900123/content.html", True),
        ("http://mp.weixin.qq.com/s?__biz=1", True),
        ("/attachment/0/155/2545933.pdf", True),
        ("/zwgk/tzgg/index.html", False),
        ("/zwgk/tzgg/index_2.html", False),
        ("/zwgk/", False),
        ("/list_2.html", False),
        ("http://www.yunxi.invalid", False),
        ("", False),
    ],
)
def test_addresses_of_articles(address: str, article: bool) -> None:
    assert is_article(address) is article


@pytest.mark.parametrize(
    ("address", "year"),
    [
        ("/202607/t20260731_1.html", 2026),
        ("/art/2026/art_1.html", 2026),
        ("/2026-05/20/c_1.html", 2026),
        ("/info/2026001/1.htm", None),
        ("/a.html", None),
    ],
)
def test_years_of_addresses(address: str, year: int | None) -> None:
    assert address_year(address) == year


@pytest.mark.parametrize(
    ("markup", "address"),
    [
        ('<a href="./202605/t1.html">', "http://www.yunxi.invalid/zwgk/tzgg/202605/t1.html"),
        ('<a href=" ../a.html ">', "http://www.yunxi.invalid/zwgk/a.html"),
        ('<a href="//b.invalid/c.html">', "http://b.invalid/c.html"),
        (
            """<a href="javascript:void(0)" onclick="jumpToDetail('./202605/t1.html')">""",
            "http://www.yunxi.invalid/zwgk/tzgg/202605/t1.html",
        ),
        (
            """<a href="#" onclick="location.href=encodeURI('index_2.jhtml');">""",
            "http://www.yunxi.invalid/zwgk/tzgg/index_2.jhtml",
        ),
        ("""<a href="javascript:openUrl('/a/1.html')">""", "http://www.yunxi.invalid/a/1.html"),
        ("""<a onclick="window.open('http://b.invalid/1.html')">""", "http://b.invalid/1.html"),
        (
            """<a onclick="isDownLoad(this,'https://b.invalid/202605/t20260520_1.html')">""",
            "https://b.invalid/202605/t20260520_1.html",
        ),
        (
            """<a href="#" onclick="show('12','/zwgk/','./202605/t20260520_1.html');return false">""",
            "http://www.yunxi.invalid/zwgk/tzgg/202605/t20260520_1.html",
        ),
        (
            r"""<a href="javascript:view(&#39;pdf&#39;,&quot;\/a\/content_12345&quot;)">""",
            "http://www.yunxi.invalid/a/content_12345",
        ),
        ("""<a href="javascript:void(0)" onclick="play('/a/1.png','/js/b.js')">""", "javascript:void(0)"),
        ("""<a href="#" onclick="show('12','通知公告')">""", None),
        ('<a href="javascript:;">', "javascript:;"),
        ('<a href="#top">', None),
        ('<a href="mailto:a@b.invalid">', None),
        ("<a>", None),
        ('<a href="http://[x">', None),
    ],
)
def test_where_a_link_leads(markup: str, address: str | None) -> None:
    doc = Document(f"<body>{markup}x</a></body>".encode(), HERE)
    node = doc.tree.css_first("a")
    assert node is not None
    found = address_of(node, doc)
    assert found == address
    assert found is None or fetchable(found) is found.startswith("http")


_SEGMENT = st.text(alphabet="ab1-_.%?#/: 关", max_size=5)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(_SEGMENT, max_size=4),
    st.sampled_from(["", "/", "./", "../", "../../", "//", "http://b.invalid", "https://B.c:8/"]),
)
@pytest.mark.parametrize(
    "here",
    [HERE, "http://a.invalid", "http://a.invalid/x/?b=/c/d", "http://a.invalid/x/y/z", "http://a.invalid/../x.y/z"],
)
def test_joining_by_appending_is_joining(here: str, segments: list[str], start: str) -> None:
    href = start + "/".join(segments)
    doc = Document(b"", here)
    link = Document(f'<a href="{href}">x</a>'.encode(), here).tree.css_first("a")
    assert link is not None
    found = address_of(link, doc)
    if found is not None:
        assert found == doc.absolute(link.attrs["href"] or "")
