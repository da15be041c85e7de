"""Fifty at once: one decision, and tokens for one poll."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from flask import Flask

from tests.fakes.race import RUNNERS, race
from tests.gateway.oidc.device.terminal import Helper, Terminal


def test_one_poll(app: Flask, terminal: Terminal, person: Helper) -> None:
    person.decide(terminal.start()["user_code"])

    def poll() -> tuple[int, str | None]:
        mine = replace(terminal, rp=replace(terminal.rp, browser=app.test_client()))
        answer = mine.poll()
        return answer.status_code, answer.get_json().get("error")

    answers = Counter(race(poll))
    assert answers == {(200, None): 1, (400, "invalid_grant"): RUNNERS - 1}


def test_one_decision(app: Flask, terminal: Terminal, person: Helper) -> None:
    action = person.action(person.open(terminal.start()["user_code"]))

    def decide() -> int:
        return app.test_client().post(action, data={"decision": "allow"}).status_code

    assert Counter(race(decide)) == {200: 1, 410: RUNNERS - 1}
