"""No address reaches into the office's own network, however it is written or whatever its name leads to."""

from __future__ import annotations

from typing import Any

import pytest

from harvesters.addresses_guard import check_address, is_private, resolved
from harvesters.spiders.resolver import GuardedResolver
from storage.exceptions import UnsafeAddress

PRIVATE = [
    "127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::",
    "64:ff9b::7f00:1", "ff02::1",
]  # fmt: skip
PUBLIC = ["1.2.3.4", "8.8.8.8", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private(address: str) -> None:
    assert is_private(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert not is_private(address)


REFUSED = [
    "http://127.0.0.1/", "http://127.1/", "http://0x7f000001/", "http://2130706433/", "http://[::1]:8080/",
    "http://localhost/", "http://a.localhost/", "https://10.2.3.4:8443/x", "ftp://example.gov.cn/", "file:///etc/passwd",
    "http:///nothing", "http://[::1/", "http://example.gov.cn:99999/", "javascript:alert(1)", "",
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
def test_refused(url: str) -> None:
    with pytest.raises(UnsafeAddress):
        check_address(url, allow_private=False)


@pytest.mark.parametrize("url", ["http://www.example.gov.cn/", "https://8.8.8.8/", "http://www.example.gov.cn:8080/a"])
def test_allowed(url: str) -> None:
    check_address(url, allow_private=False)


def test_a_city_may_allow_private_addresses_but_no_other_scheme() -> None:
    check_address("http://127.0.0.1:8101/", allow_private=True)
    with pytest.raises(UnsafeAddress):
        check_address("file:///etc/passwd", allow_private=True)


@pytest.mark.parametrize(
    ("addresses", "allow_private", "refused"),
    [
        (["8.8.8.8", "2001:4860:4860::8888"], False, None),
        (["8.8.8.8", "10.0.0.1"], False, "10.0.0.1"),
        (["10.0.0.1", "fd00::1"], True, None),
        (["169.254.169.254"], True, "169.254.169.254"),
        (["10.0.0.1", "::ffff:169.254.169.254"], True, "::ffff:169.254.169.254"),
        (["fe80::1%eth0"], True, "fe80::1%eth0"),
    ],
)
def test_every_address_of_a_name_is_judged(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str], allow_private: bool, refused: str | None
) -> None:
    answers = [(0, 0, 0, "", (address, 0)) for address in addresses for _ in range(2)]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: answers)
    if refused is None:
        assert resolved("a.invalid", allow_private=allow_private) == addresses
        return
    with pytest.raises(UnsafeAddress) as told:
        resolved("a.invalid", allow_private=allow_private)
    assert str(told.value) == f"a.invalid is the private address {refused}"


def test_the_resolver_of_the_crawl_answers_no_private_address(monkeypatch: pytest.MonkeyPatch) -> None:
    from scrapy.resolver import CachingThreadedResolver
    from twisted.internet import defer
    from twisted.internet.error import DNSLookupError

    monkeypatch.setattr(
        CachingThreadedResolver,
        "getHostByName",
        lambda self, name, timeout=(): defer.succeed({"in.invalid": "10.0.0.8", "out.invalid": "8.8.4.4"}[name]),
    )
    resolver = GuardedResolver.__new__(GuardedResolver)
    answers: list[Any] = []
    for name in ("out.invalid", "in.invalid"):
        resolver.getHostByName(name).addBoth(answers.append)
    assert answers[0] == "8.8.4.4"
    assert answers[1].check(DNSLookupError)
    assert GuardedResolver.refused == {"in.invalid"}
    GuardedResolver.refused.clear()
    resolver.allow_private = True
    resolver.getHostByName("in.invalid").addBoth(answers.append)
    assert answers[2] == "10.0.0.8"
