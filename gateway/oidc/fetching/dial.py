"""Connecting to a stranger: the very address that was checked is the one that is connected to.

The name is resolved here and every address it has is checked; TLS still asks for the name.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable, Sequence
from functools import cached_property
from time import monotonic

from gateway.oidc.fetching import addresses
from gateway.oidc.fetching.target import NotATarget, Target

Resolve = Callable[[str, int], Sequence[str]]
Permit = Callable[[Target, Sequence[str]], bool]
"""Tells whether a target may be connected to, from all the addresses that its name has."""


def resolve(host: str, port: int) -> Sequence[str]:
    """Return every address of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def public(target: Target, found: Sequence[str]) -> bool:
    """Allow https to public addresses: for what anybody may name."""
    return target.scheme == "https" and addresses.all_public(found)


def public_or_here(target: Target, found: Sequence[str]) -> bool:
    """Allow this very machine as well: for a gateway on trial."""
    return addresses.all_loopback(found) or public(target, found)


def anywhere(target: Target, found: Sequence[str]) -> bool:
    """Allow https to any address, and http to this very machine: for what an operator named."""
    return target.scheme == "https" or addresses.all_loopback(found)


class Dialer:
    """Opens connections."""

    def __init__(self, permit: Permit, resolve: Resolve = resolve) -> None:
        self._permit = permit
        self._resolve = resolve

    def connect(self, target: Target, deadline: float) -> socket.socket:
        """Return a connection. Raises NotATarget where it is not permitted, and OSError."""
        connection = self._reach(target, deadline)
        if target.scheme == "http":
            return connection
        return self.tls.wrap_socket(connection, server_hostname=target.host)

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """TLS 1.2 at least, with a certificate of the name, whatever address it has."""
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def _reach(self, target: Target, deadline: float) -> socket.socket:
        """Connect to an address of the name once all of them have been checked."""
        found = self._checked(target)
        for address in found[:-1]:
            with contextlib.suppress(OSError):
                return _connected(address, target.port, (deadline - monotonic()) / 2)
        return _connected(found[-1], target.port, deadline - monotonic())

    def _checked(self, target: Target) -> Sequence[str]:
        found = list(dict.fromkeys(self._resolve(target.host, target.port)))
        if not found or not self._permit(target, found):
            raise NotATarget("not an address that may be connected to")
        return found[:3]


def _connected(address: str, port: int, seconds: float) -> socket.socket:
    if seconds <= 0:
        raise TimeoutError("no time left to connect")
    return socket.create_connection((address, port), timeout=seconds)
