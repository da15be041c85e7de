"""Fifty at once: one open request, one choice, one decision, tokens for one poll."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from flask import Flask

from tests.fakes.race import RUNNERS, race
from tests.gateway.oidc.backchannel.backend import Backend, Phone


def test_one_poll(app: Flask, bank: Backend, phone: Phone) -> None:
    phone.decide(bank.ask()["binding_number"])

    def poll() -> tuple[int, str | None]:
        mine = replace(bank, rp=replace(bank.rp, browser=app.test_client()))
        answer = mine.poll()
        return answer.status_code, answer.get_json().get("error")

    assert Counter(race(poll)) == {(200, None): 1, (400, "invalid_grant"): RUNNERS - 1}


def test_one_choice(app: Flask, bank: Backend, phone: Phone) -> None:
    """Whoever sends all three numbers at once has chosen a wrong one, or the right one, once."""
    bank.ask()
    numbers, path = phone.numbers, f"/requests/{phone.waits}/number"
    turns = iter(numbers * 10)

    def choose() -> int:
        number = next(turns)
        return app.test_client().post(path, data={"number": number}).status_code

    answers = Counter(race(choose, 30))
    assert answers[200] + answers[303] >= 1
    assert answers[200] <= 1


def test_one_decision(app: Flask, bank: Backend, phone: Phone) -> None:
    path = phone.page(bank.ask()["binding_number"])

    def decide() -> int:
        address = f"{path}?sid={'s' * 32}"
        return app.test_client().post(address, data={"decision": "allow"}).status_code

    assert Counter(race(decide)) == {200: 1, 410: RUNNERS - 1}
