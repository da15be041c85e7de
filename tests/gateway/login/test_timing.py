"""How long a refusal takes does not tell whether the name is known."""

from __future__ import annotations

import random
import time

import pytest

from tests.gateway.conftest import PASSWORD, Build

SAMPLES = 150
TOLD_APART = 0.63
"""Area under the ROC curve; chance alone strays from 0.5 by 0.033 with so many samples."""


def separation(these: list[float], those: list[float]) -> float:
    """Return how well a threshold on time tells two sets apart: 0.5 not at all, 1 always."""
    smaller = sum(a < b for a in these for b in those) / (len(these) * len(those))
    return max(smaller, 1 - smaller)


@pytest.mark.slow
def test_an_unknown_name_takes_as_long_as_a_known_one(build: Build) -> None:
    house = build(limits="off", failures_per_login=10_000, failures_disable=100)
    for number in range(2 * SAMPLES // 100 + 1):
        house.enrolled(f"known{number}", password=PASSWORD)
    person = house.person()
    person.go("/account")
    form = person.form(action="/login/")
    taken: dict[str, list[float]] = {"known": [], "other": []}
    for attempt in range(SAMPLES):
        for kind in random.sample(sorted(taken), 2):
            sent = {**form.fields, "username": f"{kind}{attempt % 3}", "password": PASSWORD[::-1]}
            began = time.perf_counter()
            answer = person.client.post(form.action, data=sent)
            taken[kind].append(time.perf_counter() - began)
            assert answer.status_code == 401
    assert separation(taken["known"], taken["other"]) < TOLD_APART
