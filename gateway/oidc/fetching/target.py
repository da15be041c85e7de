"""Where a fetch goes: an address as strict as ours must be, read by one expression."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Self

CHARACTERS = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})"
URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>\[[0-9a-f:.]+\]|(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?)"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
    rf"(?P<path>/{CHARACTERS}*)"
)
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
LONGEST = 2048
PORTS = {"https": 443, "http": 80}
RESERVED = 1024
HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class NotATarget(ValueError):
    """This is no address that is fetched from."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address, in parts."""

    scheme: str
    host: str
    port: int
    authority: str
    path: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read an address. Raises NotATarget."""
        match = URL.fullmatch(url) if len(url) <= LONGEST else None
        if match is None:
            raise NotATarget("not an http(s) address with a path, or one with more than that")
        scheme, host = match["scheme"], match["host"].strip("[]")
        port = int(match["port"] or PORTS[scheme])
        if port > 65535 or (port < RESERVED and port != PORTS["https"]):
            raise NotATarget("a reserved port")
        _check_host(match["host"])
        authority = url.removeprefix(f"{scheme}://").removesuffix(match["path"])
        return cls(scheme, host, port, authority, match["path"])


def receiving(url: str, *, on_trial: bool) -> Target:
    """Read an address that we are to post to. Raises NotATarget.

    It is https; for a gateway `on_trial`, http to this very machine too.
    """
    match = URL.fullmatch(url)
    here = on_trial and match and match["host"].strip("[]") in HERE
    if url.startswith("http:") and not here:
        raise NotATarget("not https")
    return Target.parse(url)


def _check_host(host: str) -> None:
    """Refuse the many other ways to write an IP address (WHATWG URL, ends in a number)."""
    try:
        if host.startswith("["):
            IPv6Address(host.strip("[]"))
        elif NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            IPv4Address(host)
    except AddressValueError as error:
        raise NotATarget("an IP address in disguise") from error
