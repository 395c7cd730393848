"""Pages for a person who asks for them now: an address or an engine's request in, a Document out, politely and guarded.

Not the crawler: no archive, no retries, nothing stored. A ``Session`` asks every host's robots.txt first, says who it
is, waits between two requests to one host, keeps each host's cookies apart, follows a few redirects and pages that
only lead on within their site, and checks every address on the way: a name is resolved once, every address it has
must be public, and the connection goes to exactly the address that was checked (a second look-up could be answered
differently). A host is asked in the standard way first; where that does not connect, its TLS is taken more leniently,
then the other of http and https is tried, as the crawler does, and ``Session.ways`` says so.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self
from urllib.parse import urldefrag, urljoin, urlsplit, urlunsplit

import httpx
from protego import Protego

from harvesters.addresses_guard import check_address, resolved
from harvesters.reading.document import Document
from harvesters.reading.facts import MOST_PARTS, Fetch, Page
from harvesters.reading.onward import redirect_target
from harvesters.reading.page import read_page
from harvesters.spiders.sites import host_of, over, same_site
from storage.exceptions import NoAnswer, UnsafeAddress
from storage.schema import Outcome
from storage.settings import Settings

USER_AGENT = "gongkai/0.1 (government disclosure monitor; pages asked for by a person)"
MOST_REDIRECTS = 5
MOST_SHELLS = 3
MOST_ASKED_FOR_ROWS = 4  # an engine may have to try other ways of asking for its first page
DELAY_S = 1.0  # between two requests to one host, where robots.txt asks for no more
_MOST_DELAY_S = 10.0  # a person waits; who asks for more is asked for little

_OP_LEGACY_SERVER_CONNECT = 0x4  # OpenSSL's number; named by ssl only from Python 3.12 on
_NO_CONNECTION = ("connect", "tls")

Ask = Callable[[Fetch], Document]


@dataclass
class _Host:
    """What is known of one host in a session."""

    client: httpx.Client
    scheme: str  # the one of http and https that it answers over
    robots: Protego | None = None
    delay_s: float = 0.0
    asked_at: float | None = None


@dataclass
class Session:
    """Requests of one person to one site, one after the other; to be used in a ``with`` block."""

    settings: Settings
    allow_private: bool = False
    delay_s: float = DELAY_S
    requests: int = 0  # robots.txt not counted
    ways: list[str] = field(default_factory=list)  # where a host did not answer in the standard way, for people
    _hosts: dict[str, _Host] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for host in self._hosts.values():
            host.client.close()

    def page(self, url: str) -> Document:
        """The page at ``url``, through pages of its site that only lead on; its fragment is kept.

        :raises UnsafeAddress: an address on the way is not public and ``allow_private`` is not set.
        :raises NoAnswer: as of ``ask``.
        """
        asked = Fetch(url=url)
        for _ in range(MOST_SHELLS + 1):
            document = self.ask(asked)
            leads_on = read_page(document).reason == "page_redirect"
            onward = redirect_target(document) if leads_on else None
            if onward is None or not same_site(url, onward):
                break
            asked = Fetch(url=onward, headers={"Referer": document.url})
        fragment = urlsplit(url).fragment
        if fragment and "#" not in document.url:
            document.url = f"{document.url}#{fragment}"
        return document

    def ask(self, fetch: Fetch) -> Document:
        """The answer to ``fetch``, whatever its status.

        :raises UnsafeAddress: the address, or one it redirects to, is not public and ``allow_private`` is not set.
        :raises NoAnswer: no answer, robots.txt asks not to fetch, too many redirects.
        """
        fetch = replace(fetch, url=urldefrag(fetch.url).url)
        for hop in range(MOST_REDIRECTS + 1):
            document, onward = self._get(self._ready(fetch.url, pause=hop == 0), fetch)
            if onward is None:
                return document
            # as browsers do: only 307 and 308 repeat what was sent
            method, body = (fetch.method, fetch.body) if document.status in (307, 308) else ("GET", None)
            fetch = Fetch(url=onward, method=method, body=body, headers={"Referer": fetch.url})
        raise NoAnswer(
            f"{fetch.url}: more than {MOST_REDIRECTS} redirects; give the address they should lead to",
            outcome=Outcome.REDIRECTED,
            reason="redirects",
        )

    def _ready(self, url: str, *, pause: bool) -> _Host:
        """The host of ``url``, its robots.txt read and obeyed, its pause kept (a redirect is followed at once)."""
        check_address(url, allow_private=True)  # that it is one at all; where it leads is checked when it is resolved
        name = host_of(url)
        host = self._hosts.get(name) or self._met(name, url)
        if host.robots is not None and not host.robots.can_fetch(url, USER_AGENT):
            raise NoAnswer(
                f"{url}: robots.txt asks not to fetch it; save the page from a browser and run "
                f"gongkai read FILE --url {url}",
                outcome=Outcome.BLOCKED,
                reason="robots",
            )
        if pause and host.asked_at is not None:
            time.sleep(max(0.0, host.asked_at + host.delay_s - time.monotonic()))
        host.asked_at = time.monotonic()
        self.requests += 1
        return host

    def _met(self, name: str, url: str) -> _Host:
        """A host asked for the first time: what its robots.txt says comes before anything else."""
        strict = last = None
        for scheme, tls in _ways(urlsplit(url).scheme):
            asked = over(scheme, url)
            if asked is None or (tls is not None and (last is None or last.reason != "tls")):
                continue
            host = _Host(client=self._client(tls), scheme=scheme, delay_s=self.delay_s)
            try:
                document, _ = self._get(host, Fetch(url=urljoin(asked, "/robots.txt")))
            except BaseException as problem:
                host.client.close()
                if not isinstance(problem, NoAnswer) or problem.reason not in _NO_CONNECTION:
                    raise
                strict, last = strict or problem, problem
                continue
            if strict is not None:
                leniently = f", its TLS taken as {tls}" if tls else ""
                self.ways.append(f"{name}: read over {scheme}{leniently}, because the standard way failed ({strict})")
            break
        else:
            assert strict is not None
            raise strict
        if document.status == 200:
            host.robots = Protego.parse(document.text)
            wanted = float(host.robots.crawl_delay(USER_AGENT) or 0.0)
            host.delay_s = min(_MOST_DELAY_S, max(self.delay_s, wanted))
        self._hosts[name] = host
        return host

    def _client(self, tls: str | None) -> httpx.Client:
        limit = self.settings.download_timeout_s
        timeout = httpx.Timeout(limit, connect=min(15.0, limit))
        verify = True if tls is None else _lenient(tls)
        # no proxy from the environment: the address that was checked must be the one that is asked
        return httpx.Client(timeout=timeout, trust_env=False, verify=verify, headers={"User-Agent": USER_AGENT})

    def _get(self, host: _Host, fetch: Fetch) -> tuple[Document, str | None]:
        url = over(host.scheme, fetch.url) or fetch.url
        parts = urlsplit(url)
        assert parts.hostname is not None
        address = _checked_address(parts.hostname, url, self.allow_private)
        netloc = f"[{address}]" if ":" in address else address
        pinned = urlunsplit(parts._replace(netloc=f"{netloc}:{parts.port}" if parts.port else netloc))
        headers = {**fetch.headers, "Host": parts.netloc.rpartition("@")[2]}
        most = self.settings.max_body_bytes
        try:
            with host.client.stream(
                fetch.method,
                pinned,
                content=fetch.body,
                headers=headers,
                extensions={"sni_hostname": parts.hostname},
            ) as answer:
                body = bytearray()
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > most:
                        raise NoAnswer(
                            f"{url}: larger than {most} bytes; raise GONGKAI_MAX_BODY_BYTES to read it",
                            reason="too_large",
                        )
                onward = answer.headers.get("location") if answer.is_redirect else None
                document = Document(bytes(body), url, answer.status_code, dict(answer.headers))
        except httpx.TimeoutException as problem:
            raise NoAnswer(
                f"{url}: no answer within {self.settings.download_timeout_s:g} s; try again later", reason="timeout"
            ) from problem
        except httpx.HTTPError as problem:
            said = f"{url}: {problem or type(problem).__name__}; check the address and the network"
            raise NoAnswer(said, reason="tls" if _is_of_tls(problem) else "connect") from problem
        return document, urljoin(url, onward) if onward else None


def _ways(scheme: str) -> Iterator[tuple[str, str | None]]:
    """Scheme and leniency, in the order in which a host is asked: its own scheme, then the other."""
    for one in (scheme, "http" if scheme == "https" else "https"):
        yield one, None
        if one == "https":
            yield from ((one, tls) for tls in ("untrusted", "legacy"))


def _lenient(tls: str) -> ssl.SSLContext:
    """A context that takes any certificate, and for "legacy" old versions, ciphers and renegotiation too."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if tls == "legacy":
        # level 0, because OpenSSL 3 signs nothing that TLS 1.0 and 1.1 can use at level 1
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.options |= _OP_LEGACY_SERVER_CONNECT
    return context


def _is_of_tls(problem: BaseException | None) -> bool:
    """Whether an error began as one of TLS."""
    while problem is not None:
        if isinstance(problem, ssl.SSLError):
            return True
        problem = problem.__cause__ or problem.__context__
    return False


def read_address(url: str, settings: Settings, *, allow_private: bool = False) -> Page:
    """What stands at ``url``, as ``document_at`` reads it, with what that raises."""
    return document_at(url, settings, allow_private=allow_private)[1]


def document_at(url: str, settings: Settings, *, allow_private: bool = False) -> tuple[Document, Page]:
    """What stands at ``url``, as it came and as it was read: rows that an interface brings are asked for once, a
    document's further pages are joined.

    :raises UnsafeAddress: the address, or one it redirects to, is not public and ``allow_private`` is not set.
    :raises NoAnswer: as of ``Session.ask``; where only the interface does not answer, the page says so.
    """
    with Session(settings, allow_private=allow_private) as session:
        document = session.page(url)
        page = with_parts(with_rows(read_page(document), session.ask), session.ask)
        return document, replace(page, detail=page.detail or "; ".join(session.ways) or None)


def with_parts(page: Page, ask: Ask) -> Page:
    """``page`` with the further pages of its document; where one cannot be read, that is the page's outcome."""
    article = page.article
    seen = {page.url}
    while (
        article is not None
        and (onward := article.next_part) is not None
        and onward not in seen
        and len(seen) < MOST_PARTS
        and same_site(page.url, onward)
    ):
        seen.add(onward)
        try:
            answer = read_page(ask(Fetch(url=onward, headers={"Referer": page.url})), expect="article")
        except NoAnswer as problem:
            return replace(page, outcome=problem.outcome, reason=problem.reason, detail=str(problem))
        if answer.article is None:
            return replace(page, outcome=answer.outcome, reason=answer.reason, detail=answer.detail)
        article = replace(article.with_part(answer.article), next_part=answer.article.next_part)
    return replace(page, article=article)


def with_rows(page: Page, ask: Ask) -> Page:
    """``page`` with the first rows its list's interface gives, where it holds none itself.

    What the interface is not good for is the page's outcome then: a list whose rows nobody can see was not read.
    """
    listing = page.listing
    for _ in range(MOST_ASKED_FOR_ROWS):
        if listing is None or listing.rows or listing.next is None:
            return page
        try:
            answer = read_page(ask(listing.next), expect="listing", fetch=listing.next)
        except NoAnswer as problem:
            return replace(page, outcome=problem.outcome, reason=problem.reason, detail=str(problem))
        if not answer.outcome.is_good or answer.listing is None:
            return replace(page, outcome=answer.outcome, reason=answer.reason, detail=answer.detail)
        known = replace(answer.listing, column_name=listing.column_name or answer.listing.column_name)
        if known.total_rows is None:
            known = replace(known, total_rows=listing.total_rows)
        listing = known
        page = replace(page, listing=listing, outcome=answer.outcome, engine=listing.engine)
    return page


def _checked_address(host: str, url: str, allow_private: bool) -> str:
    try:
        return resolved(host, allow_private=allow_private)[0]
    except UnsafeAddress as problem:
        raise UnsafeAddress(
            f"{url}: {problem}, which is not fetched; an intranet page needs --allow-private"
        ) from problem
    except (OSError, UnicodeError) as problem:
        raise NoAnswer(
            f"{url}: the name {host} is not known here; check the address and the network", reason="dns"
        ) from problem
