"""Two hundred slow clients of each kind, and a polite one who must not notice them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from socket import socket

import pytest

from tests.gateway.operations import slow_clients
from tests.gateway.operations.running import serving

MANY = 200
ASKED = 100
STYLE = "/static/style.css"
TRIES = 3
"""A starved server starves each; a machine that is busy for a moment, one."""
PATIENCE = 0.25
"""Seconds; a starved server takes ten and more, a free one a few thousandths."""
BUSY = 5
"""Times as long as without slow clients, where the machine is busy with something else."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with serving(tmp_path_factory.mktemp("data")) as (port, _):
        yield port


@pytest.mark.slow
@pytest.mark.parametrize(
    "begin",
    [
        slow_clients.slow_headers,
        slow_clients.slow_body,
        lambda port: slow_clients.slow_reader(port, STYLE),
    ],
    ids=["headers", "body", "reading"],
)
def test_slow_clients_do_not_starve_others(begin: Callable[[int], socket], port: int) -> None:
    bound = max(PATIENCE, BUSY * slowest(port))
    clients = [begin(port) for _ in range(MANY)]
    time.sleep(1)  # until what the slow ones asked for is made; it is not read
    with slow_clients.dripping(clients):
        assert any(slowest(port) < bound for _ in range(TRIES))


def slowest(port: int) -> float:
    """Return what the polite one waits for all but one answer in a hundred, in seconds."""
    return sorted(slow_clients.latencies(port, "/", ASKED))[-2]
