"""The table of promises, case by case."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.assurance import AuthEvent
from contracts.factor import Channel, Kind, Proof
from gateway import policy
from tests.fakes.clock import NOON

pytestmark = pytest.mark.rule(3)
FRESH = timedelta(minutes=5)
PASSKEY = Proof(user_verified=True, phishing_resistant=True)
BOTH = frozenset({Kind.POSSESSION, Kind.INHERENCE})
HAS = frozenset({Kind.POSSESSION})
IS = frozenset({Kind.INHERENCE})


def proof(factor: str, kinds: frozenset[Kind], amr: str, how: Proof = Proof()) -> AuthEvent:  # noqa: B008
    return AuthEvent(factor, kinds, tuple(amr.split()), how, NOON)


EVENTS = {
    "password": proof("password", frozenset({Kind.KNOWLEDGE}), "pwd"),
    "short": proof("password", frozenset({Kind.KNOWLEDGE}), "pwd", Proof(alone=False)),
    "email": proof("otp", HAS, "otp", Proof(address_code=Channel.EMAIL)),
    "phone": proof("otp", HAS, "otp sms", Proof(address_code=Channel.PHONE)),
    "totp": proof("totp", HAS, "otp"),
    "device": proof("device", HAS, "swk pop", Proof(alone=False, remembered=True)),
    "voice": proof("voice", IS, "vbm"),
    "voice-note": proof("voice", IS, "vbm", Proof(forwarded=True)),
    "face": proof("face", IS, "face"),
    "passkey": proof("webauthn", BOTH, "swk pop user", PASSKEY),
    "passkey-up": proof("webauthn", HAS, "swk pop", Proof(phishing_resistant=True)),
    "passkey-bound": proof("webauthn", BOTH, "hwk pop user", replace(PASSKEY, device_bound=True)),
    "passkey-attested": proof(
        "webauthn", BOTH, "hwk pop user", replace(PASSKEY, device_bound=True, attested=True)
    ),
}
CASES = json.loads((Path(__file__).parents[1] / "vectors" / "policy.json").read_text())
NAMES = st.sampled_from([*policy.ORDER, "phrh", "mfa+voice", "aal2+face", "aal2+face+voice"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_table(case: dict[str, Any]) -> None:
    events = [EVENTS[name] for name in case["events"]]
    reached = policy.reach(events, NOON, FRESH)
    assert reached.level == case["level"]
    assert policy.label(reached) == case["acr"]
    assert list(policy.amr(events, reached)) == case["amr"]


def test_a_biometric_suffix_must_be_fresh() -> None:
    events = [EVENTS["password"], EVENTS["totp"], EVENTS["voice"]]
    assert policy.label(policy.reach(events, NOON + FRESH, FRESH)) == "aal2+voice"
    late = NOON + FRESH + timedelta(seconds=1)
    assert policy.label(policy.reach(events, late, FRESH)) == "aal2"


@pytest.mark.parametrize(
    ("reached", "wanted", "holds"),
    [
        ("aal3", "aal2", True),
        ("aal2", "mfa", True),
        ("mfa", "aal2", False),
        ("aal2+voice", "mfa+voice", True),
        ("aal2", "mfa+voice", False),
        ("mfa+voice", "mfa", True),
        ("aal3", "phrh", True),
        ("phr", "phrh", False),
        ("aal2", "phr", False),
        ("phr", "aal2", True),
        ("aal3", "gold", False),
        ("", "aal1", False),
    ],
)
def test_order(reached: str, wanted: str, holds: bool) -> None:
    assert policy.satisfies(reached, wanted) is holds


@given(NAMES, NAMES, NAMES)
def test_the_order_is_transitive(a: str, b: str, c: str) -> None:
    if policy.satisfies(a, b) and policy.satisfies(b, c):
        assert policy.satisfies(a, c)


@given(st.lists(st.sampled_from(sorted(EVENTS)), max_size=5), st.sampled_from(sorted(EVENTS)))
def test_one_more_proof_never_lowers_the_level(names: list[str], more: str) -> None:
    before = policy.level([EVENTS[name] for name in names])
    after = policy.level([EVENTS[name] for name in [*names, more]])
    assert not before.level or after.satisfies(before)


@given(st.lists(st.sampled_from(sorted(EVENTS)), max_size=5))
def test_a_remembered_browser_adds_mfa_and_nothing_else(names: list[str]) -> None:
    events = [EVENTS[name] for name in names if name != "device"]
    before = policy.reach(events, NOON, FRESH)
    after = policy.reach([*events, EVENTS["device"]], NOON, FRESH)
    assert after == before or (before.level in {"", "aal1"} and str(after) == "mfa")


@pytest.mark.parametrize(
    ("events", "acr_values", "required", "acr"),
    [
        (["password", "totp"], [], "mfa", "aal2"),
        (["password", "totp"], ["mfa"], "aal1", "mfa"),
        (["password", "totp"], ["phr", "mfa"], "aal1", "mfa"),
        (["password", "totp"], ["aal1"], "mfa", "aal2"),
        (["password"], ["mfa"], "aal1", "aal1"),
        (["passkey"], [], "aal1", "aal2"),
        (["passkey"], ["phr"], "aal1", "phr"),
        (["passkey"], [], "phr", "phr"),
        (["password"], ["gold"], "aal1", "aal1"),
    ],
)
def test_choice_of_the_acr(
    events: list[str], acr_values: list[str], required: str, acr: str
) -> None:
    reached = policy.reach([EVENTS[name] for name in events], NOON, FRESH)
    assert policy.choose(reached, acr_values, required) == acr


def test_auth_time_is_when_the_promise_was_complete() -> None:
    old = replace(EVENTS["password"], at=NOON - timedelta(hours=1))
    events = [old, EVENTS["totp"]]
    assert policy.auth_time(events, "mfa", NOON, FRESH) == old.at
    assert policy.auth_time(events, "aal1", NOON, FRESH) == NOON
    assert policy.auth_time(events, "phr", NOON, FRESH) is None


def test_useful_leaves_out_what_does_not_help() -> None:
    prospects = [(name, EVENTS[name]) for name in ("email", "totp", "voice", "passkey")]

    def aal2(events: object) -> bool:
        return policy.level(list(events)).satisfies(policy.parse("aal2"))  # type: ignore[call-overload]

    found = policy.useful(prospects, [EVENTS["password"]], aal2)
    assert set(found) == {"totp", "passkey"}
