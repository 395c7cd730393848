"""An address, and the key under which every way of writing it is the same address.

Sites flip between http and https, write the host in capitals, escape the same character or not, and hang session
numbers on paths; none of that makes another document. Paths and queries are kept: they tell documents apart.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final
from urllib.parse import quote, unquote_to_bytes, urlsplit

# the common case, about four in five: nothing to normalise but the scheme
_PLAIN: Final = re.compile(r"https?://([a-z0-9.-]+(?::\d+)?/[A-Za-z0-9_~/.-]*(?:\?[A-Za-z0-9_~/.,:;=&!*()-]+)?)")
_SESSION: Final = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_DEFAULT_PORT: Final = {"http": 80, "https": 443}
_PATH_SAFE: Final = "/:@!$&'()*+,;=~-._"  # RFC 3986 pchar and the slash


def address_key(url: str) -> str:
    """``url`` without its scheme and without what never tells two documents apart; idempotent.

    Host in lower case, the scheme's default port and a session number dropped, percent-encoding normalised, dot
    segments resolved. A fragment is dropped unless it is the route of an app (``/gkmlpt/index#721``, ``#/list/3``,
    ``#!/…``). Something that is no web address (``mailto:``, nonsense) is its own key, spaces at its ends dropped.
    """
    plain = _PLAIN.fullmatch(url)
    if plain is not None and "/." not in url and not url.endswith((":80/", ":443/")):
        key = plain[1]
        if ":80/" not in key and ":443/" not in key:
            return key
    return _key(url.strip())


def fingerprint(url: str) -> str:
    """Ten hexadecimal digits for an address, the same for every way of writing it: for long sets of addresses."""
    return hashlib.sha256(address_key(url).encode("utf-8", "replace")).hexdigest()[:10]


def _key(url: str) -> str:
    text = url if "://" in url[:12] or url.startswith("//") else f"//{url}"
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url
    if not host or parts.scheme not in ("", "http", "https") or (not parts.scheme and re.match(r"[a-z]+:\D", url)):
        return url
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        host = _ascii_host(host).rstrip(".")  # "。" becomes a full stop
    if port is not None and port != _DEFAULT_PORT.get(parts.scheme):
        host = f"{host}:{port}"
    path = _without_dots(_escaped(_SESSION.sub("", parts.path))) or "/"
    query = f"?{_escaped(parts.query, also='?')}" if parts.query else ""
    fragment = f"#{_escaped(parts.fragment, also='?')}" if _is_route(parts.path, parts.fragment) else ""
    return f"{host}{path}{query}{fragment}"


def _ascii_host(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _escaped(text: str, also: str = "") -> str:
    """Percent-encoding in one form. What is encoded and reserved stays encoded: it is not what the bare sign is."""
    if "%" not in text:
        return quote(text.encode("utf-8", "replace"), safe=_PATH_SAFE + also)
    out = []
    for part in re.split(r"((?:%[0-9A-Fa-f]{2})+)", text):
        if part.startswith("%") and len(part) >= 3:
            out.append(quote(unquote_to_bytes(part), safe="~-._"))
        else:
            out.append(quote(part.encode("utf-8", "replace"), safe=_PATH_SAFE + also))
    return "".join(out)


def _without_dots(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if path.endswith(("/.", "/..")):
        kept.append("")
    return "/".join(kept) or "/"


def _is_route(path: str, fragment: str) -> bool:
    """Whether the fragment names what is shown: a path of its own, or a number on a page that is no file."""
    if fragment.startswith(("/", "!")):
        return True
    return fragment.isdecimal() and "." not in path.rsplit("/", 1)[-1]
