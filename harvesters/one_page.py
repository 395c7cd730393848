"""One page for a person who asks for it now: an address in, a Document out, politely and guarded.

Not the crawler: no archive, no retries, nothing stored. It asks robots.txt first, says who it is, follows a few
redirects and checks every address on the way: a name is resolved once, every address it has must be public, and
the connection goes to exactly the address that was checked (a second look-up could be answered differently).
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx
from protego import Protego

from harvesters.addresses_guard import is_private
from harvesters.reading.document import Document
from storage.exceptions import GongkaiError, UnsafeAddress
from storage.settings import Settings

USER_AGENT = "gongkai/0.1 (government disclosure monitor; one page, asked for by a person)"
MOST_REDIRECTS = 5


def fetch(url: str, settings: Settings, *, allow_private: bool = False) -> Document:
    """The page at ``url`` as received, whatever its status.

    :raises UnsafeAddress: the address, or one it redirects to, is not public and ``allow_private`` is not set.
    :raises GongkaiError: no answer, robots.txt asks not to fetch, too many redirects.
    """
    timeout = httpx.Timeout(settings.download_timeout_s, connect=min(15.0, settings.download_timeout_s))
    # no proxy from the environment: the address that was checked must be the one that is asked
    with httpx.Client(timeout=timeout, trust_env=False, headers={"User-Agent": USER_AGENT}) as client:
        _ask_robots(client, url, settings, allow_private)
        for _ in range(MOST_REDIRECTS + 1):
            document, onward = _get(client, url, settings, allow_private)
            if onward is None:
                return document
            url = onward
    raise GongkaiError(f"{url}: more than {MOST_REDIRECTS} redirects; give the address they should lead to")


def _ask_robots(client: httpx.Client, url: str, settings: Settings, allow_private: bool) -> None:
    document, _ = _get(client, urljoin(url, "/robots.txt"), settings, allow_private)
    if document.status == 200 and not Protego.parse(document.text).can_fetch(url, USER_AGENT):
        raise GongkaiError(
            f"{url}: robots.txt asks not to fetch it; save the page from a browser and run "
            f"gongkai read FILE --url {url}"
        )


def _get(client: httpx.Client, url: str, settings: Settings, allow_private: bool) -> tuple[Document, str | None]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UnsafeAddress(f"{url}: expected an address that begins with http:// or https://")
    address = _checked_address(parts.hostname, url, allow_private)
    netloc = f"[{address}]" if ":" in address else address
    pinned = urlunsplit(parts._replace(netloc=f"{netloc}:{parts.port}" if parts.port else netloc, fragment=""))
    host = parts.netloc.rpartition("@")[2]
    try:
        with client.stream(
            "GET", pinned, headers={"Host": host}, extensions={"sni_hostname": parts.hostname}
        ) as answer:
            body = bytearray()
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > settings.max_body_bytes:
                    raise GongkaiError(
                        f"{url}: larger than {settings.max_body_bytes} bytes; raise GONGKAI_MAX_BODY_BYTES to read it"
                    )
            onward = answer.headers.get("location") if answer.is_redirect else None
            document = Document(bytes(body), url, answer.status_code, dict(answer.headers))
    except httpx.TimeoutException as problem:
        raise GongkaiError(f"{url}: no answer within {settings.download_timeout_s:g} s; try again later") from problem
    except httpx.HTTPError as problem:
        raise GongkaiError(
            f"{url}: {problem or type(problem).__name__}; check the address and the network"
        ) from problem
    return document, urljoin(url, onward) if onward else None


def _checked_address(host: str, url: str, allow_private: bool) -> str:
    try:
        told = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise GongkaiError(f"{url}: the name {host} is not known here; check the address and the network") from problem
    addresses = [str(entry[4][0]) for entry in told]
    private = [address for address in addresses if is_private(address)]
    # link-local is where clouds keep their secrets: no permission opens it
    if any(ipaddress.ip_address(address.partition("%")[0]).is_link_local for address in addresses) or (
        private and not allow_private
    ):
        raise UnsafeAddress(
            f"{url}: {host} is the private address {private[0]}, which is not fetched; "
            "an intranet page needs --allow-private"
        )
    return addresses[0]
