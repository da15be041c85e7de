"""The probes; what they say while the database is down is seen in `tests/faults`."""

from __future__ import annotations

from gateway.health import LIVE, READY
from tests.gateway.conftest import House


def test_a_house_that_stands_is_alive_and_ready(house: House) -> None:
    for path in (LIVE, READY):
        answer = house.app.test_client().get(path)
        assert (answer.status_code, answer.text) == (200, "ok\n")
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
