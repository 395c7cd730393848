"""What a page links as an address that RDF, Atom and every other strict reader takes: ASCII, escaped, absolute.

Government pages link with Chinese, spaces, backslashes and half escapes in their addresses, which browsers repair in
silence. So do we, as the URL standard of browsers has it; what cannot be repaired is no address, and is left out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlsplit

_PLAIN: Final = re.compile(r"https?://[a-z0-9.-]*[a-z0-9](?:/[A-Za-z0-9_~/.-]*)?", re.ASCII)
_SPACE_AROUND: Final = " \t\r\n\x0b\x0c\u3000\ufeff\u200b"
_SCHEMES: Final = ("http", "https", "ftp")
_SUB_DELIMS: Final = "!$&'()*+,;="
_PATH: Final = "/:@" + _SUB_DELIMS + "-._~%"
_QUERY: Final = _PATH + "?"
_STRAY: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)*\.?")
_ADDRESS_6: Final = re.compile(r"[0-9A-Fa-f:.]+")


def web_iri(text: str | None) -> str | None:
    """``text`` as an absolute web address with every sign allowed or escaped; None where it is none."""
    if not text:
        return None
    return text if _PLAIN.fullmatch(text) else _repaired(text)


@lru_cache(maxsize=4096)
def _repaired(text: str) -> str | None:
    bare = re.sub(r"[\t\r\n]", "", text.strip(_SPACE_AROUND))
    scheme, colon, rest = bare.partition(":")
    if not colon or scheme.lower() not in _SCHEMES:
        return None
    try:
        # a browser takes a backslash in front of the query for a slash
        path, mark, query = rest.partition("?")
        parts = urlsplit(f"{scheme.lower()}:{path.replace(chr(92), '/')}{mark}{query}")
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        return None
    if host is None:
        return None
    place = host if port is None else f"{host}:{port}"
    found = f"{parts.scheme}://{place}{_escaped(parts.path, _PATH)}"
    if parts.query:
        found += f"?{_escaped(parts.query, _QUERY)}"
    if parts.fragment:
        found += f"#{_escaped(parts.fragment, _QUERY)}"
    return found


def segment(text: str) -> str:
    """``text`` as one part of an address's path, or of its fragment."""
    return quote(text.encode("utf-8", "replace"), safe="-._~")


def _host(name: str) -> str | None:
    if ":" in name:
        return f"[{name}]" if _ADDRESS_6.fullmatch(name) else None
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return name if _HOST.fullmatch(name) else None


def _escaped(text: str, safe: str) -> str:
    return quote(_STRAY.sub("%25", text).encode("utf-8", "replace"), safe=safe)
