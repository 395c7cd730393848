"""One address, one key; different documents, different keys."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.addresses import address_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.qh.gov.cn/a.html", "https://www.qh.gov.cn/a.html"),
        ("http://WWW.QH.gov.cn/a.html", "http://www.qh.gov.cn/a.html"),
        ("http://www.qh.gov.cn:80/a.html", "http://www.qh.gov.cn/a.html"),
        ("https://www.qh.gov.cn:443/a.html", "http://www.qh.gov.cn/a.html"),
        ("http://www.qh.gov.cn", "http://www.qh.gov.cn/"),
        ("http://www.qh.gov.cn/a.html#top", "http://www.qh.gov.cn/a.html"),
        ("http://www.qh.gov.cn/a.html?", "http://www.qh.gov.cn/a.html"),
        ("http://www.qh.gov.cn/公告.html", "http://www.qh.gov.cn/%e5%85%ac%E5%91%8A.html"),
        ("http://www.qh.gov.cn/%7Eoffice/", "http://www.qh.gov.cn/~office/"),
        ("http://www.qh.gov.cn/x/../a.html", "http://www.qh.gov.cn/a.html"),
        ("http://www.qh.gov.cn/./a.html", "http://www.qh.gov.cn/a.html"),
        ("http://www.qh.gov.cn/a.jsp;jsessionid=0A1B?id=3", "http://www.qh.gov.cn/a.jsp?id=3"),
        ("http://青禾.中国/a", "http://xn--2lzs91d.xn--fiqs8s/a"),
        ("  http://www.qh.gov.cn/a.html\n", "http://www.qh.gov.cn/a.html"),
        ("//www.qh.gov.cn/a.html", "http://www.qh.gov.cn/a.html"),
    ],
)
def test_ways_of_writing_one_address(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.qh.gov.cn/gkmlpt/index#721", "http://www.qh.gov.cn/gkmlpt/index#722"),
        ("http://www.qh.gov.cn/#/list/3", "http://www.qh.gov.cn/#/list/4"),
        ("http://www.qh.gov.cn/a?id=1", "http://www.qh.gov.cn/a?id=2"),
        ("http://www.qh.gov.cn/a?id=1&x=2", "http://www.qh.gov.cn/a?x=2&id=1"),
        ("http://www.qh.gov.cn/A.html", "http://www.qh.gov.cn/a.html"),
        ("http://www.qh.gov.cn/a", "http://www.qh.gov.cn/a/"),
        ("http://www.qh.gov.cn/a%2Fb", "http://www.qh.gov.cn/a/b"),
        ("http://www.qh.gov.cn:8080/a", "http://www.qh.gov.cn/a"),
        ("https://www.qh.gov.cn:80/a", "https://www.qh.gov.cn/a"),
        ("http://qh.gov.cn/a", "http://www.qh.gov.cn/a"),
        ("http://www.qh.gov.cn/%B9%AB.html", "http://www.qh.gov.cn/%B9%AC.html"),
    ],
)
def test_addresses_of_different_documents(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


@pytest.mark.parametrize("text", ["mailto:office@qh.gov.cn", "javascript:void(0)", "", "http://[::1/", "http://a:b/"])
def test_what_is_no_web_address_is_its_own_key(text: str) -> None:
    assert address_key(text) == text


_signs = st.text(alphabet=string.ascii_letters + string.digits + "/%.;?#&=:~!公告 é[]@-_+'\"\\", max_size=40)


@given(st.builds("{}://{}{}/{}".format, st.sampled_from(["http", "https"]), st.sampled_from(["a.cn", "A.CN", "[::1]"]),
                 st.sampled_from(["", ":80", ":443", ":8080"]), _signs))  # fmt: skip
@example("http://a.cn/%2e%2e/b")
@example("http://a.cn/a/..%2f")
@example("http://a.cn/%")
def test_a_key_is_its_own_key(url: str) -> None:
    key = address_key(url)
    assert address_key(key) == key
    assert address_key(f"http://{key}") == key or ":80" in key or ":443" in key


@given(st.text(max_size=60))
@example("0。")
def test_nothing_makes_it_fail(text: str) -> None:
    assert address_key(address_key(text)) == address_key(text)
