"""A running gateway follows the policy within seconds, and loses no request over it."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from tests.gateway.operations.running import environment, gatehouse, get, serving
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.slow
MANY = 20


def policy(data: Path, *arguments: str) -> None:
    process = gatehouse("policy", *arguments, env=environment(data))
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, told


def test_a_policy_holds_within_seconds_and_no_request_is_lost(tmp_path: Path) -> None:
    answers = list[int]()
    over = threading.Event()

    def ask(port: int) -> None:
        while not over.is_set():
            answers.append(get(port, "/")[0])

    with serving(tmp_path) as (port, _):
        assert get(port, "/register")[0] == 404
        threads = [threading.Thread(target=ask, args=(port,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            policy(tmp_path, "set", "registration=open")
            until(lambda: get(port, "/register")[0] == 200)
            policy(tmp_path, "unset", "registration")
            until(lambda: get(port, "/register")[0] == 404)
            until(lambda: len(answers) > MANY)
        finally:
            over.set()
            for thread in threads:
                thread.join()
    assert set(answers) == {200}


def test_a_factor_of_no_name_stops_the_start(tmp_path: Path) -> None:
    process = gatehouse("serve", env=environment(tmp_path, GATEHOUSE_FACTORS_OFF="voise"))
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert "voise" in told


def test_commands_read_it_and_write_it(tmp_path: Path) -> None:
    policy(tmp_path, "set", "failures_per_hour=7", "factors_off=voice, totp")
    process = gatehouse("policy", "show", "--json", env=environment(tmp_path))
    shown, _ = process.communicate(timeout=PATIENCE)
    values = {each["name"]: each["value"] for each in json.loads(shown)}
    assert (values["failures_per_hour"], values["factors_off"]) == (7, "voice,totp")
