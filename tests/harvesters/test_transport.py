"""Real servers on loopback that misbehave as real sites do: each look ends in what it should, and says how it was made.

One address of 127.0.0.0/8 is one host; all share the two ports that stand for 80 and 443. All looks of a table are made
in one process, as one crawl makes them.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import ipaddress
import socket
import ssl
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from harvesters import archive
from harvesters.one_page import Session
from harvesters.spiders import sites
from harvesters.spiders.site import PROBE_TIMEOUT_S
from storage import settings
from storage.addresses import address_key
from storage.exceptions import NoAnswer
from tests.city.web import Request, Response, Server, Tally
from tests.harvesters.looks import look_at
from tests.harvesters.reading.test_page import LIST, page

LISTED = page(LIST).encode()
FIRST = "关于开展第10批河道清淤工作的公告"
EMPTY = page('<div class="position">首页 &gt; 通知公告</div><ul class="list"><li>暂无信息</li></ul>').encode()
GBK = page(LIST).replace("charset=utf-8", "charset=gb2312").encode("gb18030")


def healthy(request: Request) -> Response:
    return Response(status=404) if request.path == "/robots.txt" else Response(body=LISTED)


def to_https(request: Request) -> Response:
    return Response(
        status=302,
        headers=(("Location", f"https://{request.headers['host'].split(':')[0]}:{PORTS['https']}{request.path}"),),
    )


def odd(request: Request) -> Response:
    """The host on which each path has an oddity of its own."""
    cookie = request.headers.get("cookie", "")
    moved = {
        "/nowhere": "/nowhere", "/offsite": "http://127.0.0.99/", "/gate": "/sso/login.jsp?back=/gate",
        "/checked": "http://seccaptcha.haplat.net/c", "/home": "/", "/slashless": "/slashless/",
        "/no-address": "http://[::1", "/no-port": "http://127.0.0.10:none/",
    }  # fmt: skip
    if request.path == "/bounce" and "CT6T=1" not in cookie:
        return Response(status=302, headers=(("Location", "/bounce"), ("Set-Cookie", "CT6T=1; path=/")))
    if request.path in moved:
        return Response(status=302, headers=(("Location", moved[request.path]), ("Set-Cookie", "C3VK=1; path=/")))
    packed: dict[str, Response] = {
        "/gzip": Response(body=gzip.compress(LISTED), headers=(("Content-Encoding", "gzip"),)),
        "/gzip-unsaid": Response(body=gzip.compress(LISTED)),
        "/gzip-said": Response(body=LISTED, headers=(("Content-Encoding", "gzip"),)),
        "/gzip-file": Response(body=gzip.compress(LISTED), content_type="application/gzip"),
        "/gzip-small": Response(body=gzip.compress(b'{"total":0,"articles":[]}'), content_type="application/json",
                                headers=(("Content-Encoding", "gzip"),)),
        "/gzip-broken": Response(body=b"\x1f\x8b\x08" + b"\xff" * 90, headers=(("Content-Encoding", "gzip"),)),
        "/deflate": Response(body=zlib.compress(LISTED), headers=(("Content-Encoding", "deflate"),)),
        "/deflate-raw": Response(body=zlib.compress(LISTED, wbits=-15), headers=(("Content-Encoding", "deflate"),)),
        "/gzip-twice": Response(body=gzip.compress(gzip.compress(LISTED)), headers=(("Content-Encoding", "gzip"),)),
        "/gzip-said-twice": Response(body=gzip.compress(LISTED), headers=(("Content-Encoding", "gzip"),) * 2),
        "/gzip-meant-deflate": Response(body=zlib.compress(LISTED), headers=(("Content-Encoding", "gzip"),)),
        "/deflate-meant-gzip": Response(body=gzip.compress(LISTED), headers=(("Content-Encoding", "deflate"),)),
        "/deflate-said": Response(body=LISTED, headers=(("Content-Encoding", "deflate"),)),
        "/br-said": Response(body=LISTED, headers=(("Content-Encoding", "br"),)),
        "/utf-8-said": Response(body=LISTED, headers=(("Content-Encoding", "UTF-8"),)),
        "/deflate-broken": Response(body=b"\xff\xfe\xfd" * 30, headers=(("Content-Encoding", "deflate"),)),
        "/br-broken": Response(body=b"\xff" * 90, headers=(("Content-Encoding", "br"),)),
        "/zstd-broken": Response(body=b"\xff" * 90, headers=(("Content-Encoding", "zstd"),)),
        "/gbk": Response(body=GBK),
        "/latin": Response(body=LISTED, content_type="text/html; charset=ISO-8859-1"),
        "/uncharted": Response(body=GBK.replace(b"charset=gb2312", b""), content_type="text/html"),
        "/nonsense": Response(body=LISTED, content_type="text/html; charset=gibberish"),
    }  # fmt: skip
    if request.path in packed:
        return packed[request.path]
    shells = {
        "/shell": "<meta http-equiv='refresh' content='0; url=./shell/two.html'>",
        "/shell/two.html": "<script>window.location.href='three';</script>",
        "/shell/three": '<script>self.location.replace("/list/")</script>',
        "/deep": "<script>location.href='/deep1'</script>",
        "/deep1": "<script>location.href='/deep2'</script>",
        "/deep2": "<script>location.href='/deep3'</script>",
        "/deep3": "<script>location.href='/deep4'</script>",
        "/slashless/": "<meta content='0;URL=./list.html' http-equiv=Refresh>",
        "/shell-off": "<script>location.href='http://127.0.0.99/list/'</script>",
        "/shell-home": "<script>location.href='/'</script>",
        "/shell-gate": "<script>location.href='/captcha/check.html'</script>",
    }
    if request.path in shells:
        return Response(body=f"<html><head>{shells[request.path]}</head></html>".encode())
    if request.path.startswith("/wrong"):
        return Response(status=404)
    return healthy(request)


# ------------------------------------------------------------------ servers and their certificates

PORTS: dict[str, int] = {}
Handler = Callable[[Request], Response]


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """Signs certificates, and trusted by the looks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        now = dt.datetime.now(dt.UTC)
        self.certificate = (
            x509.CertificateBuilder().subject_name(_name("authority")).issuer_name(_name("authority"))
            .public_key(self.key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=9)).not_valid_after(now + dt.timedelta(days=9))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )  # fmt: skip
        self.file = folder / "authority.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str, *, days: int = 9, own: bool = False) -> ssl.SSLContext:
        """A server's context with a certificate for ``host``, valid until in ``days``; self-signed where ``own``."""
        key = rsa.generate_private_key(65537, 2048)
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder().subject_name(_name(host)).issuer_name(_name(host if own else "authority"))
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=8)).not_valid_after(now + dt.timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(
                (key if own else self.key).public_key()), critical=False)
            .sign(key if own else self.key, hashes.SHA256())
        )  # fmt: skip
        file = self.folder / f"{host}-{days}-{own}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def old(context: ssl.SSLContext) -> ssl.SSLContext:
    """The context of a server that speaks TLS 1.0 and nothing later."""
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    return context


def weak(context: ssl.SSLContext) -> ssl.SSLContext:
    """The context of a server whose only cipher nobody offers any more by default."""
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("CAMELLIA128-SHA:@SECLEVEL=0")
    return context


class Servers:
    """Listens on many loopback addresses at once, in a thread of its own."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        for scheme in ("http", "https"):
            with socket.socket() as one:
                one.bind(("127.0.0.1", 0))
                PORTS[scheme] = one.getsockname()[1]

    def serve(self, last: int, scheme: str, handler: Handler | None, context: ssl.SSLContext | None = None) -> None:
        """Serve ``127.0.0.last`` on the port of ``scheme``; without a handler, answer everything with nonsense."""
        host = f"127.0.0.{last}"

        def counted(request: Request) -> Response:
            assert handler is not None
            self.hits[f"{scheme} {last} {request.path}"] += 1
            return handler(request)

        async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await writer.drain()
            writer.close()

        server = Server(f"{scheme}://{host}", counted, Tally(), gzips=False)
        spoken = server.connection if handler is not None else nonsense
        start = asyncio.start_server(spoken, host, PORTS[scheme], ssl=context)
        asyncio.run_coroutine_threadsafe(start, self._loop).result(10)

    def stop(self) -> None:
        """End the thread; the sockets close with the process's."""
        self._loop.call_soon_threadsafe(self._loop.stop)


def at(last: int, path: str = "/list/", scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.{last}:{PORTS[scheme]}{path}"


# ------------------------------------------------------------------ one crawl over all of them

# host, scheme, path; outcome, reason, facts beyond the look itself, a part of the detail
pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")
CASES: dict[str, tuple[int, str, str, str, str | None, dict[str, str], str]] = {
    "a good certificate": (11, "https", "/list/", "ok", None, {}, ""),
    "https refused": (12, "https", "/list/", "ok", None, {"read_over": "http"}, "read over http because https failed"),
    "https refused, later": (12, "https", "/list/2/", "ok", None, {"read_over": "http"}, "refused"),
    "http refused": (13, "http", "/list/", "ok", None, {"read_over": "https"}, "read over https because http failed"),
    "https broken": (14, "https", "/list/", "ok", None, {"read_over": "http"}, "secure connection failed"),
    "both refused": (15, "https", "/list/", "unreachable", "refused", {}, "look whether the site is up"),
    "http leads back to the broken https": (16, "https", "/list/", "unreachable", "refused", {}, "refused"),
    "self-signed": (17, "https", "/list/", "ok", None, {"tls": "untrusted"}, "certificate cannot be trusted"),
    "self-signed, later": (17, "https", "/list/2/", "ok", None, {"tls": "untrusted"}, "certificate"),
    "expired": (18, "https", "/list/", "ok", None, {"tls": "untrusted"}, "certificate"),
    "of another host": (19, "https", "/list/", "ok", None, {"tls": "untrusted"}, "certificate"),
    "TLS 1.0": (20, "https", "/list/", "ok", None, {"tls": "legacy"}, "outdated TLS"),
    "TLS 1.0, self-signed": (21, "https", "/list/", "ok", None, {"tls": "legacy"}, "outdated TLS"),
    "weak cipher": (22, "https", "/list/", "ok", None, {"tls": "legacy"}, "outdated TLS"),
    "cookie bounce": (10, "http", "/bounce", "ok", None, {}, ""),
    "bounce without end": (10, "http", "/nowhere", "blocked", "challenge:redirect_loop", {}, "cookies are sent back"),
    "redirect off-site": (10, "http", "/offsite", "redirected", "other_site", {}, "another site"),
    "redirect to no address": (10, "http", "/no-address", "redirected", "no_address", {}, "set up wrongly"),
    "redirect to no port": (10, "http", "/no-port", "redirected", "no_address", {}, "set up wrongly"),
    "redirect to a login": (10, "http", "/gate", "blocked", "login", {}, "login"),
    "redirect to a captcha": (10, "http", "/checked", "blocked", "challenge:haplat", {}, "网宿"),
    "redirect home": (10, "http", "/home", "redirected", "home", {}, "home page"),
    "gzip": (10, "http", "/gzip", "ok", None, {}, ""),
    "gzip unasked and unsaid": (10, "http", "/gzip-unsaid", "ok", None, {}, ""),
    "gzip said of a plain body": (10, "http", "/gzip-said", "ok", None, {}, ""),
    "gzip longer than its body": (10, "http", "/gzip-small", "ok_empty", None, {}, ""),
    "broken gzip": (10, "http", "/gzip-broken", "unreachable", "garbled", {}, "unpacked"),
    "deflate": (10, "http", "/deflate", "ok", None, {}, ""),
    "raw deflate": (10, "http", "/deflate-raw", "ok", None, {}, ""),
    "gzip twice, said once": (10, "http", "/gzip-twice", "ok", None, {}, ""),
    "gzip once, said twice": (10, "http", "/gzip-said-twice", "ok", None, {}, ""),
    "deflate said to be gzip": (10, "http", "/gzip-meant-deflate", "ok", None, {}, ""),
    "gzip said to be deflate": (10, "http", "/deflate-meant-gzip", "ok", None, {}, ""),
    "deflate said of a plain body": (10, "http", "/deflate-said", "ok", None, {}, ""),
    "br said of a plain body": (10, "http", "/br-said", "ok", None, {}, ""),
    "a charset for an encoding": (10, "http", "/utf-8-said", "ok", None, {}, ""),
    "broken deflate": (10, "http", "/deflate-broken", "unreachable", "garbled", {}, "unpacked"),
    "broken br": (10, "http", "/br-broken", "unreachable", "garbled", {}, "unpacked"),
    "broken zstd": (10, "http", "/zstd-broken", "unreachable", "garbled", {}, "unpacked"),
    "GBK under a header of UTF-8": (10, "http", "/gbk", "ok", None, {}, ""),
    "UTF-8 under a header of Latin-1": (10, "http", "/latin", "ok", None, {}, ""),
    "GBK without a charset": (10, "http", "/uncharted", "ok", None, {}, ""),
    "UTF-8 under nonsense": (10, "http", "/nonsense", "ok", None, {}, ""),
    "three shells": (10, "http", "/shell", "ok", None, {}, ""),
    "four shells": (10, "http", "/deep", "shell", "shell", {}, "leads on without end"),
    "a folder without its slash": (10, "http", "/slashless", "ok", None, {}, ""),
    "shell off-site": (10, "http", "/shell-off", "redirected", "other_site", {}, "127.0.0.99"),
    "shell to the home page": (10, "http", "/shell-home", "redirected", "home", {}, "column"),
    "shell to a captcha": (10, "http", "/shell-gate", "blocked", "captcha", {}, "only a person passes"),
}  # fmt: skip


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    one = Servers()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def crawled(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, dict[str, Any]], Path]:
    folder = tmp_path_factory.mktemp("transport")
    signs = Authority(folder)
    servers.serve(10, "http", odd)
    servers.serve(11, "https", healthy, signs.context("127.0.0.11"))
    servers.serve(12, "http", healthy)
    servers.serve(13, "https", healthy, signs.context("127.0.0.13"))
    servers.serve(14, "https", None)
    servers.serve(14, "http", healthy)
    servers.serve(16, "http", to_https)
    servers.serve(17, "https", healthy, signs.context("127.0.0.17", own=True))
    servers.serve(17, "http", healthy)
    servers.serve(18, "https", healthy, signs.context("127.0.0.18", days=-1))
    servers.serve(19, "https", healthy, signs.context("127.0.0.99"))
    servers.serve(20, "https", healthy, old(signs.context("127.0.0.20")))
    servers.serve(21, "https", healthy, old(signs.context("127.0.0.21", own=True)))
    servers.serve(22, "https", healthy, weak(signs.context("127.0.0.22")))
    groups = [[{"url": at(last, path, scheme)}] for last, scheme, path, *_ in CASES.values()]
    told = look_at(groups, folder=folder, ports=PORTS, trust=signs.file)
    return dict(zip(CASES, told, strict=True)), folder


@pytest.mark.parametrize("name", CASES)
def test_what_a_look_comes_to(name: str, crawled: tuple[dict[str, dict[str, Any]], Path]) -> None:
    if "TLS 1.0" in name and not ssl.HAS_TLSv1:
        pytest.skip("the OpenSSL of this Python cannot serve TLS 1.0")
    *_, outcome, reason, facts, words = CASES[name]
    told = crawled[0][name]
    assert (told["outcome"], told["reason"], told["facts"]) == (outcome, reason, facts), told["detail"]
    assert words in (told["detail"] or "")
    assert bool(told["detail"]) == bool(words)
    if outcome == "ok":
        assert told["titles"][0] == FIRST


def test_the_archive_keeps_what_came(crawled: tuple[dict[str, dict[str, Any]], Path]) -> None:
    told, folder = crawled
    for name in ("gzip", "raw deflate", "gzip unasked and unsaid", "gzip said of a plain body"):
        kept = archive.read_response(folder, told[name]["warc"], told[name]["record"])
        body = gzip.decompress(kept.body) if "unsaid" in name else kept.body  # nothing says so there either
        assert body == LISTED, name


def test_only_what_failed_is_asked_in_another_way(
    servers: Servers, crawled: tuple[dict[str, dict[str, Any]], Path]
) -> None:
    assert {key for key in servers.hits if key.startswith("http 17 ")} == set(), "https answers, so http is not asked"
    assert servers.hits["http 10 /bounce"] == 2
    assert servers.hits["http 10 /nowhere"] <= 2 * 2, "replayed once, and asked once more later"


@pytest.mark.usefixtures("crawled")
@pytest.mark.parametrize(
    ("last", "scheme", "over", "way"),
    [
        (10, "http", "http", None),
        (12, "https", "http", "read over http, because the standard way failed"),
        (13, "http", "https", "read over https"),
        (14, "https", "http", "read over http"),
        (17, "https", "https", "its TLS taken as untrusted"),
        (18, "https", "https", "its TLS taken as untrusted"),
        (20, "https", "https", "its TLS taken as legacy"),
        (22, "https", "https", "its TLS taken as legacy"),
    ],
)
def test_a_page_asked_for_by_a_person_is_read_the_same_ways(
    last: int, scheme: str, over: str, way: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if last == 20 and not ssl.HAS_TLSv1:
        pytest.skip("this OpenSSL was built without TLS 1.0")
    monkeypatch.setattr(sites, "DEFAULT_PORTS", PORTS)
    with Session(settings.load(), allow_private=True, delay_s=0) as session:
        document = session.page(at(last, "/gzip" if last == 10 else "/list/", scheme))
        assert (document.status, urlsplit(document.url).scheme) == (200, over)
        assert session.page(at(last, "/list/2/", scheme)).status in (200, 404)
    assert len(session.ways) == (way is not None)
    assert way is None or way in session.ways[0]


def test_a_host_that_answers_in_no_way_says_what_the_first_came_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sites, "DEFAULT_PORTS", PORTS)
    with Session(settings.load(), allow_private=True, delay_s=0) as session, pytest.raises(NoAnswer) as said:
        session.page(at(15, "/list/", "https"))
    assert str(said.value).startswith(at(15, "/robots.txt", "https"))
    assert session.ways == []


def test_an_items_identity_does_not_flip_with_the_scheme() -> None:
    assert address_key("https://www.qinghe.invalid/a.html") == address_key("http://www.qinghe.invalid:80/a.html")


def test_slow_first_bytes_are_waited_for() -> None:
    assert settings.load().download_timeout_s >= 45 > PROBE_TIMEOUT_S


# ------------------------------------------------------------------ empty lists all at once


def limited(request: Request) -> Response:
    return Response(body=EMPTY) if "empty" in request.path else healthy(request)


def test_lists_that_are_empty_all_at_once_are_a_rate_limit(servers: Servers, tmp_path: Path) -> None:
    for last in (30, 31, 32, 33):
        servers.serve(last, "http", limited)

    def one(last: int, path: str) -> dict[str, Any]:
        url = at(last, path)
        return {"url": url, "watched": url, "expects_rows": True}

    groups = [
        [one(30, "/full1/"), one(30, "/full2/"), one(30, "/full3/")],
        [one(30, "/empty1/")],
        [one(31, "/empty1/"), one(31, "/empty2/"), one(31, "/empty3/")],
    ]
    told = look_at(groups, folder=tmp_path)
    assert [one["outcome"] for one in told[:4]] == ["ok", "ok", "ok", "ok_empty"]
    assert [(one["outcome"], one["reason"]) for one in told[4:]] == [("blocked", "rate_limit_suspected")] * 3
    assert servers.hits["http 31 /empty2/"] == 3, "asked again before anything is concluded"
    # several hosts behind our one exit
    told = look_at([[one(32, "/empty1/"), one(33, "/empty1/")]], folder=tmp_path / "two")
    assert [one["reason"] for one in told] == ["rate_limit_suspected"] * 2
