"""Which addresses a stranger may make us connect to: public ones (RFC 6890 and its registries)."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

SPECIAL_IPV4 = tuple(
    IPv4Network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24"),
        *("192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)

GLOBAL_IPV6 = IPv6Network("2000::/3")
SPECIAL_IPV6 = tuple(
    IPv6Network(network)
    for network in (*("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),)
)
"""Within global unicast: Teredo and other protocols, documentation, 6to4 with what it embeds."""

NAT64 = IPv6Network("64:ff9b::/96")


def all_public(addresses: Iterable[str]) -> bool:
    """Tell whether every address is a public one; of none at all, that is not so."""
    found = [ip_address(address) for address in addresses]
    return bool(found) and all(map(_public, found))


def all_loopback(addresses: Iterable[str]) -> bool:
    """Tell whether every address is this very machine."""
    found = [ip_address(address) for address in addresses]
    return bool(found) and all(address.is_loopback for address in found)


def _public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in SPECIAL_IPV4)
    if address in NAT64:
        return _public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in GLOBAL_IPV6 and not any(address in network for network in SPECIAL_IPV6)
