"""No address reaches into the office's own network unless the city file says so.

Addresses come from city files, from links on pages and from redirects, so any of them may name a machine that
only the harvester can see. Literal addresses are judged before a request is made; names are judged when they are
resolved for the connection itself (harvesters/spiders/resolver.py), so that a name which answers differently the
second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from storage.exceptions import UnsafeAddress

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


def is_private(address: str) -> bool:
    """Whether an IP address is anything but a public unicast one; IPv6 forms of IPv4 count as what they hold."""
    ip = _meant(address)
    return not ip.is_global or ip.is_multicast


def _meant(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address itself, or the IPv4 address that it is a form of."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or ip


def check_address(url: str, *, allow_private: bool) -> None:
    """Refuse what may not be fetched, as far as the address itself shows it; names are judged when they are resolved.

    :raises UnsafeAddress: not http or https, no host, or a literal private address without permission.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError as error:
        raise UnsafeAddress(f"{url}: not an address ({error})") from error
    if parts.scheme not in ("http", "https") or not host:
        raise UnsafeAddress(f"{url}: only http and https addresses with a host are fetched")
    if not allow_private and is_private_host(host):
        raise UnsafeAddress(
            f"{url}: {host} is a private address; if it is meant, set allow_private_addresses: true in the city file"
        )


def resolved(host: str, *, allow_private: bool) -> list[str]:
    """The addresses a name has now, to connect to exactly these: a second look-up could be answered differently.

    :raises UnsafeAddress: one of them is private without permission, or link-local, where clouds keep their secrets:
        no permission opens that. The message names the host and the address.
    :raises OSError: the name is not known.
    """
    told = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in told))
    for address in addresses:
        if _meant(address).is_link_local or (not allow_private and is_private(address)):
            raise UnsafeAddress(f"{host} is the private address {address}")
    return addresses


def is_private_host(host: str) -> bool:
    """Whether a host is a private address, written out in any form, or this machine's own name.

    What another name leads to only resolving can tell.
    """
    address = literal_address(host)
    if address is None:
        name = host.rstrip(".").lower()
        return name == "localhost" or name.endswith(".localhost")
    return is_private(str(address))


def literal_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address ``host`` writes out, also in the short, octal and hexadecimal forms that resolvers take
    (``127.1``, ``0x7f000001``, ``2130706433``); None for a name."""
    bare = host.strip("[]").partition("%")[0]
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        if not re.fullmatch(r"[0-9a-fA-FxX.]+", bare) or not bare[:1].isdigit():
            return None
        try:
            return ipaddress.IPv4Address(socket.inet_aton(bare))
        except OSError:
            return None
