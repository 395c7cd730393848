"""What pages link as addresses becomes something that every strict reader takes, or nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rdflib import URIRef

from storage.addresses import address_key
from storage.formats.iri import segment, web_iri

# RFC 3986, of web addresses only: no sign outside ASCII, no blank, every % with two digits behind it
_PART = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*"
STRICT = re.compile(
    rf"(?:https?|ftp)://(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::[0-9]+)?{_PART}"
    rf"(?:\?(?:{_PART}|\?)*)?(?:#(?:{_PART}|\?)*)?"
)

CASES = [
    ("http://www.qinghe.gov.cn/zwgk/t1.html", "http://www.qinghe.gov.cn/zwgk/t1.html"),
    (" http://www.qinghe.gov.cn/zwgk/通知.html\n", "http://www.qinghe.gov.cn/zwgk/%E9%80%9A%E7%9F%A5.html"),
    ("http://a.gov.cn/附件 1.pdf", "http://a.gov.cn/%E9%99%84%E4%BB%B6%201.pdf"),
    ("http://a.gov.cn/x%20y%zz.pdf", "http://a.gov.cn/x%20y%25zz.pdf"),
    ("http://a.gov.cn/100%.html", "http://a.gov.cn/100%25.html"),
    ("http://a.gov.cn\\zwgk\\1.html", "http://a.gov.cn/zwgk/1.html"),
    ('http://a.gov.cn/s?q=<政策>&p="1"|2', "http://a.gov.cn/s?q=%3C%E6%94%BF%E7%AD%96%3E&p=%221%22%7C2"),
    ("http://a.gov.cn/s?a=[1]{2}^`", "http://a.gov.cn/s?a=%5B1%5D%7B2%7D%5E%60"),
    ("HTTP://A.gov.cn/X", "http://a.gov.cn/X"),
    ("http://政务.中国/a", "http://xn--zfr164b.xn--fiqs8s/a"),
    ("http://a.gov.cn:8080/a#/list/3", "http://a.gov.cn:8080/a#/list/3"),
    ("http://a.gov.cn/a;jsessionid=1?x", "http://a.gov.cn/a;jsessionid=1?x"),
    ("http://[::1]/a", "http://[::1]/a"),
    ("http://a_b.gov.cn/", "http://a_b.gov.cn/"),
    ("http://user:secret@a.gov.cn/x", "http://a.gov.cn/x"),
    ("javascript:alert(1)", None),
    ("mailto:a@b.gov.cn", None),
    ("/zwgk/1.html", None),
    ("//a.gov.cn/1.html", None),
    ("关于某事的通知", None),
    ("http://", None),
    ("http:///a", None),
    ("http://a b.gov.cn/", None),
    ("http://a.gov.cn:port/", None),
    ("http://a.gov.cn:99999/", None),
    ("http://[::1/a", None),
    ("http://-/", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("told", "found"), CASES)
def test_addresses_as_pages_have_them(told: str | None, found: str | None) -> None:
    assert web_iri(told) == found


@given(
    st.one_of(
        st.text(max_size=30),
        st.builds("{}://{}/{}".format, st.sampled_from(["http", "HTTPS", "ftp"]), st.text(max_size=12), st.text()),
        st.text().map(lambda tail: f"http://a.gov.cn/{tail}"),
    )
)
@example("http://a.gov.cn/\ud83d")
@example("http://a.gov.cn/%")
@example("http://xn--a.gov.cn/\x00")
def test_whatever_comes_out_is_strictly_an_address_and_stays_one(text: str) -> None:
    found = web_iri(text)
    if found is not None:
        assert STRICT.fullmatch(found), found
        assert web_iri(found) == found
        assert URIRef(found).n3() == f"<{found}>"


@given(st.lists(st.sampled_from(["a", "/", "通知", " x", "%20", "%E9%80%9A", "?", "=", "&"])).map("".join))
def test_it_is_still_the_same_address(tail: str) -> None:
    url = f"http://a.gov.cn/{tail}"
    found = web_iri(url)
    assert found is not None
    assert address_key(found) == address_key(url)


@pytest.mark.parametrize("name", ["田禾-qu", "a/b#c?d", "50%", "\ud83d"])
def test_a_name_is_one_part_of_a_path(name: str) -> None:
    assert re.fullmatch(r"(?:[A-Za-z0-9\-._~]|%[0-9A-F]{2})+", segment(name))
