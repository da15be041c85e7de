"""What a browser sends is looked at before it is decoded: what no authenticator makes."""

from __future__ import annotations

import hashlib
import json
import struct
from contextlib import suppress
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import verifiers.webauthn
from contracts.errors import BadRequest, Retry
from contracts.factor import Answer, Factor, Subject, Template, Workshop
from tests.fakes.authenticator import AT, BE, BS, ED, UP, UV, Authenticator, decode, encode, sign
from tests.timing import AT_ONCE, quickest
from tests.verifiers.conftest import ORIGIN, stored
from verifiers.webauthn import cbor

RP_ID_HASH = hashlib.sha256(b"login.example.org").digest()

BOMBS = {
    "nested arrays": b"\x81" * 30_000 + b"\0",
    "nested maps": b"\xa1\x01" * 15_000 + b"\0",
    "an endless array": b"\x9f" + b"\x01" * 1000,
    "an array of 2^62 items": b"\x9b\x40" + b"\0" * 7,
    "a string of 2^62 bytes": b"\x5b\x40" + b"\0" * 7,
    "a map of 2^31 pairs": b"\xba\x7f\xff\xff\xff",
    "a number of 10^9 digits": bytes.fromhex("c4821a3b9aca0001"),
    "a big number": b"\xc2\x59\x10\x00" + b"\xff" * 4096,
    "a loop": bytes.fromhex("d81c81d81d00"),
    "a pattern": b"\xd8\x23" + cbor2.dumps("(a+)+$"),
    "two items": b"\x01\x02",
    "nothing": b"",
    "reserved length": b"\x1c",
    "five levels": b"\x81\x81\x81\x81\x81\x01",
}


@pytest.fixture
def factor(workshop: Workshop) -> Factor:
    built = verifiers.webauthn.build(workshop)
    assert built is not None
    return built


@pytest.fixture
def device() -> Authenticator:
    return Authenticator(ORIGIN)


def changed(credential: str, **response: Any) -> Answer:
    found = json.loads(credential)
    return Answer({"credential": json.dumps({**found, "response": found["response"] | response})})


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(
    factor: Factor, alice: Subject, device: Authenticator, name: str
) -> None:
    challenge = factor.begin_enroll(alice, ())
    made = device.create(challenge.asks[0].options)
    good = cbor2.loads(decode(json.loads(made)["response"]["attestationObject"]))
    inside = good["authData"][: 37 + 18 + 32]
    for attestation in (
        BOMBS[name],
        b"\xa3"
        + b"".join([cbor2.dumps("fmt"), cbor2.dumps("none"), cbor2.dumps("attStmt")])
        + BOMBS[name]
        + cbor2.dumps("authData")
        + cbor2.dumps(good["authData"]),
        cbor2.dumps({**good, "authData": inside + BOMBS[name]}),
    ):
        answer = changed(made, attestationObject=encode(attestation))

        def refuse(answer: Answer = answer) -> None:
            with pytest.raises((Retry, BadRequest)):
                factor.continue_enroll(alice, challenge.secret, answer)

        assert quickest(refuse)[1] < AT_ONCE


@pytest.mark.parametrize("data", list(BOMBS.values()))
def test_a_bomb_is_no_canonical_item(data: bytes) -> None:
    with pytest.raises(ValueError, match="CBOR"):
        cbor.check(data)


@pytest.mark.parametrize(
    "value", [0, -8, "none", b"\0" * 300, [1, [2, [3]]], {1: {2: {3: 4}}}, True, None, 1.5]
)
def test_what_authenticators_write_is_taken(value: Any) -> None:
    cbor.check(cbor2.dumps(value))


@given(st.binary(max_size=200))
def test_what_is_canonical_is_read_by_any_decoder(data: bytes) -> None:
    try:
        cbor.check(data)
    except ValueError:
        return
    with suppress(cbor2.CBORDecodeError):  # text that is no UTF-8, a key that is there twice
        cbor2.loads(data)


@pytest.mark.parametrize(
    "part", ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]
)
def test_what_is_too_large_is_refused_unread(
    factor: Factor, alice: Subject, device: Authenticator, part: str
) -> None:
    enrolling = factor.begin_enroll(alice, ())
    made = device.create(enrolling.asks[0].options)
    verifying = factor.begin_verify(None, ())
    used = device.get(verifying.asks[0].options)
    large = encode(b"\xa1" * 60_000)
    if part in json.loads(made)["response"]:
        with pytest.raises((Retry, BadRequest)):
            factor.continue_enroll(alice, enrolling.secret, changed(made, **{part: large}))
    if part in json.loads(used)["response"]:
        with pytest.raises(BadRequest):
            factor.finish_verify(alice, (), verifying.secret, changed(used, **{part: large}))


@pytest.mark.parametrize(
    "members",
    [
        {"topOrigin": "https://evil.example"},
        {"topOrigin": ORIGIN},
        {"crossOrigin": "true"},
        {"crossOrigin": 1},
        {"filler": "x" * 5000},
    ],
)
def test_a_ceremony_in_a_frame_is_refused(
    factor: Factor, alice: Subject, device: Authenticator, members: dict[str, Any]
) -> None:
    enrolling = factor.begin_enroll(alice, ())
    honest = device.create(enrolling.asks[0].options)
    device.client = members
    framed = Answer({"credential": device.create(enrolling.asks[0].options)})
    device.credentials.pop()
    with pytest.raises(Retry):
        factor.continue_enroll(alice, enrolling.secret, framed)
    template = factor.continue_enroll(alice, enrolling.secret, Answer({"credential": honest}))
    assert isinstance(template, Template)
    known = stored(template)
    verifying = factor.begin_verify(alice, [known])
    answer = Answer({"credential": device.get(verifying.asks[0].options)})
    assert not factor.finish_verify(alice, [known], verifying.secret, answer).accepted


FLAGS = {
    UP | UV: True,
    UP | UV | BE: False,
    UP | UV | BE | BS: False,
    UP | UV | BS: False,
    UV: False,
    UP: False,
    0: False,
    UP | UV | AT: False,
    UP | UV | ED: False,
}
"""Of a passkey that is bound to its device: which flags an assertion of it may have (7.2)."""


@pytest.mark.parametrize(("flags", "accepted"), FLAGS.items())
def test_the_flags_of_an_assertion(
    factor: Factor, alice: Subject, device: Authenticator, flags: int, accepted: bool
) -> None:
    enrolling = factor.begin_enroll(alice, ())
    answer = Answer({"credential": device.create(enrolling.asks[0].options)})
    template = factor.continue_enroll(alice, enrolling.secret, answer)
    assert isinstance(template, Template)
    known = stored(template)
    verifying = factor.begin_verify(alice, [known])
    used = resigned(device, device.get(verifying.asks[0].options), flags)
    verdict = factor.finish_verify(alice, [known], verifying.secret, used)
    assert verdict.accepted is accepted
    assert bool(verdict.reason) is not accepted


def resigned(device: Authenticator, credential: str, flags: int) -> Answer:
    """Set the flags of an assertion and sign it as the authenticator does."""
    response = json.loads(credential)["response"]
    counter = decode(response["authenticatorData"])[33:37]
    data = RP_ID_HASH + struct.pack(">B", flags) + counter
    signed = data + hashlib.sha256(decode(response["clientDataJSON"])).digest()
    signature = encode(sign(device.credentials[-1].key, signed))
    return changed(credential, authenticatorData=encode(data), signature=signature)


def test_extensions_of_an_authenticator_are_taken(
    factor: Factor, alice: Subject, device: Authenticator
) -> None:
    device.extensions = {"credProtect": 2}
    enrolling = factor.begin_enroll(alice, ())
    answer = Answer({"credential": device.create(enrolling.asks[0].options)})
    template = factor.continue_enroll(alice, enrolling.secret, answer)
    assert isinstance(template, Template)
    known = stored(template)
    verifying = factor.begin_verify(alice, [known])
    used = Answer({"credential": device.get(verifying.asks[0].options)})
    assert factor.finish_verify(alice, [known], verifying.secret, used).accepted
