"""Passkeys against a software authenticator: every check of the two ceremonies, one by one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import verifiers.webauthn
from contracts.errors import BadRequest, Retry
from contracts.factor import (
    Answer,
    Challenge,
    Enrolled,
    Factor,
    Kind,
    Subject,
    Template,
    Verdict,
    Workshop,
)
from tests.fakes.authenticator import EDDSA, ES256, RS256, Authenticator, decode, encode
from tests.fakes.clock import FakeClock
from tests.verifiers.conftest import ORIGIN, no_infer, stored
from verifiers.webauthn.passkey import Passkey


@pytest.fixture
def factor(workshop: Workshop) -> Factor:
    built = verifiers.webauthn.build(workshop)
    assert built is not None
    return built


@pytest.fixture
def device() -> Authenticator:
    return Authenticator(ORIGIN)


def enroll(factor: Factor, subject: Subject, device: Authenticator, label: str = "") -> Template:
    challenge = factor.begin_enroll(subject, ())
    fields = {"credential": device.create(challenge.asks[0].options), "label": label}
    template = factor.continue_enroll(subject, challenge.secret, Answer(fields))
    assert isinstance(template, Template)
    return template


def verify(factor: Factor, subject: Subject, known: Enrolled, device: Authenticator) -> Verdict:
    challenge = factor.begin_verify(subject, [known])
    return judge(factor, subject, known, challenge, device.get(challenge.asks[0].options))


def judge(
    factor: Factor, subject: Subject, known: Enrolled, challenge: Challenge, credential: str
) -> Verdict:
    answer = Answer({"credential": credential})
    return factor.finish_verify(subject, [known], challenge.secret, answer)


def tampered(credential: str, **response: Any) -> str:
    found = json.loads(credential)
    return json.dumps({**found, "response": {**found["response"], **response}})


def test_creation_options_ask_for_what_we_need(
    factor: Factor, alice: Subject, device: Authenticator
) -> None:
    known = stored(enroll(factor, alice, device))
    challenge = factor.begin_enroll(alice, [known])
    options = challenge.asks[0].options
    assert options["rp"] == {"name": "Gatehouse", "id": "login.example.org"}
    assert decode(options["user"]["id"]) == b"a1b2c3"
    assert [each["alg"] for each in options["pubKeyCredParams"]] == [-7, -8, -257]
    assert options["attestation"] == "none"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert [each["id"] for each in options["excludeCredentials"]] == [encode(device_id(device))]
    assert len(decode(options["challenge"])) >= 16
    assert challenge.tries == 1
    assert json.loads(json.dumps(options)) == options


def device_id(device: Authenticator) -> bytes:
    return device.credentials[0].id


@pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
def test_a_passkey_is_registered_and_used(factor: Factor, alice: Subject, algorithm: int) -> None:
    device = Authenticator(ORIGIN, algorithm=algorithm)
    template = enroll(factor, alice, device, "  My\tphone ")
    assert template.unique == encode(device_id(device))
    assert template.label == "My phone"
    assert template.proven is None
    verdict = verify(factor, alice, stored(template), device)
    assert verdict.accepted
    assert verdict.credential_id == "c1"
    assert verdict.amr == ("hwk", "pop", "user")
    assert verdict.kinds == {Kind.POSSESSION, Kind.INHERENCE}
    assert verdict.proof.phishing_resistant
    assert verdict.proof.user_verified
    assert verdict.proof.device_bound
    assert not verdict.proof.attested
    assert verdict.update is not None
    assert Passkey.load(verdict.update).sign_count == device.counter


def test_a_synced_passkey_is_not_device_bound(factor: Factor, alice: Subject) -> None:
    device = Authenticator(ORIGIN, backup_eligible=True, counts=False)
    template = enroll(factor, alice, device)
    assert template.label == "Passkey"
    device.backed_up = True
    verdict = verify(factor, alice, stored(template), device)
    assert verdict.amr == ("swk", "pop", "user")
    assert not verdict.proof.device_bound
    assert not factor.prospect([stored(template)]).proof.device_bound
    assert verdict.update is not None
    assert Passkey.load(verdict.update).backed_up
    again = verify(factor, alice, stored(Template(verdict.update, template.format)), device)
    assert again.accepted
    assert again.update is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://login.example.com"},
        {"origin": "http://login.example.org"},
        {"rp_id": "example.org"},
        {"client": {"type": "webauthn.create"}},
        {"client": {"type": "payment.get"}},
        {"client": {"challenge": encode(b"another challenge" * 2)}},
        {"client": {"challenge": 7}},
        {"client": {"crossOrigin": True}},
        {"user_verified": False},
        {"backup_eligible": True},
        {"backed_up": True},
        {"counter": 0},
    ],
)
def test_a_wrong_assertion_is_rejected(
    factor: Factor, alice: Subject, device: Authenticator, wrong: Mapping[str, Any]
) -> None:
    known = stored(enroll(factor, alice, device))
    for name, value in wrong.items():
        setattr(device, name, value)
    verdict = verify(factor, alice, known, device)
    assert not verdict.accepted
    assert verdict.credential_id == "c1"
    assert verdict.reason
    assert verdict.update is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://login.example.com"},
        {"rp_id": "example.org"},
        {"client": {"type": "webauthn.get"}},
        {"client": {"challenge": encode(b"another challenge" * 2)}},
        {"client": {"crossOrigin": True}},
        {"user_verified": False},
        {"backed_up": True},
        {"algorithm": -36},
        {"algorithm": -47},
        {"algorithm": RS256, "rsa_bits": 1024},
        {"id_bytes": 1024},
    ],
)
def test_a_wrong_registration_is_refused(
    factor: Factor, alice: Subject, device: Authenticator, wrong: Mapping[str, Any]
) -> None:
    for name, value in wrong.items():
        setattr(device, name, value)
    with pytest.raises(Retry) as refused:
        enroll(factor, alice, device)
    assert refused.value.detail


def test_an_attestation_nobody_asked_for_is_refused(
    factor: Factor, alice: Subject, device: Authenticator
) -> None:
    challenge = factor.begin_enroll(alice, ())
    made = device.create(challenge.asks[0].options)
    found = cbor2.loads(decode(json.loads(made)["response"]["attestationObject"]))
    found |= {"fmt": "packed", "attStmt": {"alg": -7, "sig": b"x", "x5c": [b"not a certificate"]}}
    made = tampered(made, attestationObject=encode(cbor2.dumps(found)))
    with pytest.raises(Retry) as refused:
        factor.continue_enroll(alice, challenge.secret, Answer({"credential": made}))
    assert "not asked for" in refused.value.detail


def test_a_challenge_opens_its_own_ceremony_only(
    factor: Factor, alice: Subject, device: Authenticator
) -> None:
    known = stored(enroll(factor, alice, device))
    first, second = (factor.begin_verify(alice, [known]) for _ in range(2))
    made = device.get(first.asks[0].options)
    assert not judge(factor, alice, known, second, made).accepted
    assert judge(factor, alice, known, first, made).accepted


def test_the_signature_covers_everything(
    factor: Factor, alice: Subject, device: Authenticator
) -> None:
    known = stored(enroll(factor, alice, device))
    challenge = factor.begin_verify(alice, [known])
    made = device.get(challenge.asks[0].options)
    data = bytearray(decode(json.loads(made)["response"]["authenticatorData"]))
    data[-1] ^= 0x40
    for change in (
        {"authenticatorData": encode(bytes(data))},
        {"signature": encode(b"\x30\x06\x02\x01\x01\x02\x01\x01")},
        {"signature": ""},
    ):
        assert not judge(factor, alice, known, challenge, tampered(made, **change)).accepted


def test_a_forged_counter_is_no_sign_of_a_clone(
    factor: Factor, alice: Subject, device: Authenticator
) -> None:
    known = stored(enroll(factor, alice, device))
    device.counter = 0
    challenge = factor.begin_verify(alice, [known])
    made = device.get(challenge.asks[0].options)
    assert "rolled back" in judge(factor, alice, known, challenge, made).reason
    forged = tampered(made, signature=encode(b"\x30\x06\x02\x01\x01\x02\x01\x01"))
    assert "rolled back" not in judge(factor, alice, known, challenge, forged).reason


def test_another_person_s_passkey_is_rejected(
    factor: Factor, alice: Subject, device: Authenticator
) -> None:
    known = stored(enroll(factor, alice, device))
    bob = Subject("bobs-id", "bob")
    bobs = Authenticator(ORIGIN)
    enroll(factor, bob, bobs)
    challenge = factor.begin_verify(alice, [known])
    made = bobs.get({**challenge.asks[0].options, "allowCredentials": []})
    verdict = judge(factor, alice, known, challenge, made)
    assert not verdict.accepted
    assert verdict.credential_id is None
    disguised = json.dumps({**json.loads(made), "id": encode(device_id(device))})
    assert not judge(factor, alice, known, challenge, disguised).accepted


def test_a_passkey_names_its_account(factor: Factor, alice: Subject, device: Authenticator) -> None:
    known = stored(enroll(factor, alice, device))
    challenge = factor.begin_verify(None, ())
    assert not challenge.asks[0].options["allowCredentials"]
    made = device.get(challenge.asks[0].options)
    assert factor.claimed(Answer({"credential": made})) == encode(device_id(device))
    assert judge(factor, alice, known, challenge, made).accepted
    other = Subject("someone-else", "mallory")
    assert not judge(factor, other, known, challenge, made).accepted
    for handle in (None, encode(b"someone-else"), ""):
        changed = tampered(made, userHandle=handle)
        assert not judge(factor, alice, known, challenge, changed).accepted


def test_a_named_account_needs_no_user_handle(
    factor: Factor, alice: Subject, device: Authenticator
) -> None:
    known = stored(enroll(factor, alice, device))
    challenge = factor.begin_verify(alice, [known])
    made = tampered(device.get(challenge.asks[0].options), userHandle=None)
    assert judge(factor, alice, known, challenge, made).accepted


def test_verification_can_be_preferred_and_is_then_told_truthfully(
    workshop: Workshop, alice: Subject, device: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_WEBAUTHN_USER_VERIFICATION", "preferred")
    factor = verifiers.webauthn.build(workshop)
    assert factor is not None
    device.user_verified = False
    verdict = verify(factor, alice, stored(enroll(factor, alice, device)), device)
    assert verdict.accepted
    assert verdict.kinds == {Kind.POSSESSION}
    assert verdict.amr == ("hwk", "pop")
    assert not verdict.proof.user_verified


def test_the_relying_party_can_be_wider_than_the_host(
    workshop: Workshop, alice: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_WEBAUTHN_RP_ID", "example.org")
    monkeypatch.setenv("GATEHOUSE_WEBAUTHN_ORIGINS", '["https://app.example.org"]')
    factor = verifiers.webauthn.build(workshop)
    assert factor is not None
    device = Authenticator("https://app.example.org")
    assert verify(factor, alice, stored(enroll(factor, alice, device)), device).accepted


def test_localhost_with_a_port(alice: Subject, workshop: Workshop) -> None:
    local = Workshop(workshop.clock, "Gatehouse", "http://localhost:8080", b"p", no_infer)
    factor = verifiers.webauthn.build(local)
    assert factor is not None
    device = Authenticator("http://localhost:8080")
    assert verify(factor, alice, stored(enroll(factor, alice, device)), device).accepted


def test_with_nothing_enrolled_an_assertion_is_rejected(
    factor: Factor, alice: Subject, device: Authenticator
) -> None:
    enroll(factor, alice, device)
    challenge = factor.begin_verify(alice, ())
    options = {**challenge.asks[0].options, "allowCredentials": []}
    answer = Answer({"credential": device.get(options)})
    assert not factor.finish_verify(alice, (), challenge.secret, answer).accepted


MALFORMED = [
    "",
    "{",
    "[]",
    "null",
    "7",
    '"text"',
    "{}",
    "[" * 100_000,
    '{"id": 1}',
    '{"id": "é", "rawId": "é", "type": "public-key", "response": {}}',
    '{"id": "\\ud800", "rawId": "AA", "type": "public-key", "response": []}',
]


@pytest.mark.parametrize("credential", MALFORMED)
def test_a_malformed_answer_is_asked_again(factor: Factor, alice: Subject, credential: str) -> None:
    answer = Answer({"credential": credential})
    enrolling, verifying = factor.begin_enroll(alice, ()), factor.begin_verify(alice, ())
    with pytest.raises((Retry, BadRequest)):
        factor.continue_enroll(alice, enrolling.secret, answer)
    with pytest.raises((Retry, BadRequest)):
        factor.finish_verify(alice, (), verifying.secret, answer)
    assert factor.claimed(answer) in (None, "é", "\ud800")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)
PARTS = ("clientDataJSON", "authenticatorData", "signature", "userHandle", "attestationObject")


@given(part=st.sampled_from(PARTS), value=JSON | st.binary(max_size=200).map(encode), data=JSON)
def test_no_damage_breaks_a_ceremony(part: str, value: Any, data: Any) -> None:
    alice, device = Subject("a1b2c3", "alice"), Authenticator(ORIGIN)
    factor = verifiers.webauthn.build(Workshop(FakeClock(), "Gatehouse", ORIGIN, b"", no_infer))
    assert factor is not None
    enrolling = factor.begin_enroll(alice, ())
    made = device.create(enrolling.asks[0].options)
    known = stored(Template(factor_template(factor, alice, enrolling, made), "webauthn/1"))
    verifying = factor.begin_verify(alice, [known])
    used = device.get(verifying.asks[0].options)
    for broken in (value, encode(json.dumps(data).encode()), encode(cbor2.dumps(data))):
        try:
            judge(factor, alice, known, verifying, tampered(used, **{part: broken}))
            answer = Answer({"credential": tampered(made, **{part: broken})})
            factor.continue_enroll(alice, enrolling.secret, answer)
        except (Retry, BadRequest):
            continue


def factor_template(factor: Factor, subject: Subject, challenge: Challenge, made: str) -> bytes:
    came = factor.continue_enroll(subject, challenge.secret, Answer({"credential": made}))
    assert isinstance(came, Template)
    return came.data
