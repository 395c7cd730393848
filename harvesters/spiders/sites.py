"""What belongs to one site: its host, whichever of http, https or www. an address happens to say."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

DEFAULT_PORTS = {"http": 80, "https": 443}
_FILES = (
    *(".pdf", ".doc", ".docx", ".wps", ".xls", ".xlsx", ".et", ".csv", ".ppt", ".pptx", ".ofd", ".zip", ".rar", ".7z"),
    *(".txt", ".rtf", ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".mp3", ".mp4", ".avi", ".wmv", ".flv"),
)
_INDEX_NAMES = frozenset(
    {"", "index", "index.html", "index.htm", "index.shtml", "index.jsp", "index.do", "index.php", "index.aspx"}
    | {"default.html", "default.htm", "default.aspx"}
)


def host_of(url: str) -> str:
    """Host, with its port where that is not the scheme's own, in lower case: the unit of politeness and of leases.

    >>> host_of("https://www.example.gov.cn:443/a"), host_of("http://127.0.0.1:8101/")
    ('www.example.gov.cn', '127.0.0.1:8101')
    """
    parts = urlsplit(url)
    name = (parts.hostname or "").rstrip(".")
    try:
        port = parts.port
    except ValueError:  # a page may link what no browser can open, and that is a host of its own then
        return parts.netloc.lower()
    return name if port in (None, *DEFAULT_PORTS.values()) else f"{name}:{port}"


def onward_of(url: str, location: bytes) -> str | None:
    """Where ``url`` redirects to by its ``Location``; None where that is no address."""
    try:
        onward = urljoin(url, safe_url_string(location))
        host_of(onward)
    except ValueError:
        return None
    return onward


def same_site(one: str, other: str) -> bool:
    """Whether two addresses lie on one site: same host and port, ``www.`` and http against https set aside."""
    return host_of(one).removeprefix("www.") == host_of(other).removeprefix("www.")


def over(scheme: str, url: str) -> str | None:
    """The address over ``scheme`` instead of its own; None where it names a port that only the one scheme has.

    >>> over("http", "https://www.example.gov.cn:443/a?b=1"), over("http", "https://127.0.0.1:8443/")
    ('http://www.example.gov.cn/a?b=1', None)
    """
    parts = urlsplit(url)
    if parts.scheme == scheme:
        return url
    usual = {"http": 80, "https": 443}
    if (parts.port or usual[parts.scheme]) != DEFAULT_PORTS[parts.scheme]:
        return None
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    port = DEFAULT_PORTS[scheme]
    return urlunsplit(parts._replace(scheme=scheme, netloc=host if port == usual[scheme] else f"{host}:{port}"))


def is_file(url: str) -> bool:
    """Whether the address names a file to download (pdf, docx, zip, …) and not a page."""
    return urlsplit(url).path.lower().endswith(_FILES)


def is_home(url: str) -> bool:
    """Whether the address is a site's home page."""
    parts = urlsplit(url)
    folder, _, name = parts.path.rpartition("/")
    return not folder and name.lower() in _INDEX_NAMES and not parts.query and not parts.fragment
