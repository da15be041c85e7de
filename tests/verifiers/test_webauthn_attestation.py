"""A model is believed where its maker signs for it, it is allowed, and nothing bad is reported."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import cbor2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

import verifiers.webauthn
from contracts.errors import Misconfigured, Retry
from contracts.factor import Answer, Enrolled, Factor, Subject, Template, Verdict, Workshop
from tests.fakes.authenticator import Authenticator, decode, encode
from tests.fakes.maker import Authority, Batch
from tests.verifiers.conftest import ORIGIN, stored
from verifiers.webauthn.metadata import COMPROMISED, Metadata, Model
from verifiers.webauthn.passkey import Passkey

ONE = UUID("8a1c4b3e-5d2f-4c6a-9b7e-0123456789ab")
OTHER = UUID("11111111-2222-4333-8444-555555555555")

Configure = Callable[..., Factor]


@pytest.fixture
def maker() -> Authority:
    return Authority()


@pytest.fixture
def batch(maker: Authority) -> Batch:
    return maker.model(ONE)


@pytest.fixture
def file(tmp_path: Path, maker: Authority) -> Path:
    path = tmp_path / "models.json"
    path.write_bytes(Metadata(7, "2030-01-01", {str(ONE): model(maker)}).dump())
    return path


def model(maker: Authority, *statuses: str) -> Model:
    der = maker.certificate.public_bytes(Encoding.DER)
    return Model("Model One", (base64.b64encode(der).decode(),), statuses)


@pytest.fixture
def configure(workshop: Workshop, file: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Build the factor: attestation asked for, model one allowed, unless told otherwise."""

    def build(**settings: str) -> Factor:
        given = {"attestation": "direct", "aaguids": json.dumps([str(ONE)]), "metadata": str(file)}
        for name, value in {**given, **settings}.items():
            monkeypatch.setenv(f"GATEHOUSE_WEBAUTHN_{name.upper()}", value)
        built = verifiers.webauthn.build(workshop)
        assert built is not None
        return built

    return build


def enroll(factor: Factor, subject: Subject, device: Authenticator) -> Enrolled:
    challenge = factor.begin_enroll(subject, ())
    answer = Answer({"credential": device.create(challenge.asks[0].options)})
    template = factor.continue_enroll(subject, challenge.secret, answer)
    assert isinstance(template, Template)
    return stored(template)


def verify(factor: Factor, subject: Subject, known: Enrolled, device: Authenticator) -> Verdict:
    challenge = factor.begin_verify(subject, [known])
    answer = Answer({"credential": device.get(challenge.asks[0].options)})
    return factor.finish_verify(subject, [known], challenge.secret, answer)


def test_an_allowed_model_is_believed(configure: Configure, alice: Subject, batch: Batch) -> None:
    factor, device = configure(), Authenticator(ORIGIN, batch=batch)
    assert factor.begin_enroll(alice, ()).asks[0].options["attestation"] == "direct"
    known = enroll(factor, alice, device)
    assert known.label == "Model One"
    assert factor.prospect([known]).proof.attested
    assert factor.prospect(()).proof.attested
    verdict = verify(factor, alice, known, device)
    assert verdict.accepted
    assert verdict.proof.attested
    assert verdict.proof.device_bound
    assert verdict.proof.user_verified


def test_indirect_attestation_is_asked_for_as_such(configure: Configure, alice: Subject) -> None:
    factor = configure(attestation="indirect")
    assert factor.begin_enroll(alice, ()).asks[0].options["attestation"] == "indirect"


@pytest.mark.parametrize(
    "settings",
    [
        {"aaguids": "[]"},
        {"aaguids": json.dumps([str(OTHER)])},
        {"metadata": "/nonexistent/models.json"},
    ],
)
def test_a_model_that_is_not_allowed_or_not_known_is_not_believed(
    configure: Configure, alice: Subject, batch: Batch, settings: dict[str, str]
) -> None:
    factor, device = configure(**settings), Authenticator(ORIGIN, batch=batch)
    verdict = verify(factor, alice, enroll(factor, alice, device), device)
    assert verdict.accepted
    assert not verdict.proof.attested
    assert not factor.prospect(()).proof.attested


def test_without_attestation_a_model_is_not_believed(
    configure: Configure, alice: Subject, batch: Batch
) -> None:
    factor, device = configure(attestation="none"), Authenticator(ORIGIN, batch=batch)
    assert not verify(factor, alice, enroll(factor, alice, device), device).proof.attested


def test_a_claimed_model_alone_is_not_believed(
    configure: Configure, alice: Subject, batch: Batch
) -> None:
    factor, device = configure(), Authenticator(ORIGIN, batch=batch)
    challenge = factor.begin_enroll(alice, ())
    options = {**challenge.asks[0].options, "attestation": "none"}
    answer = Answer({"credential": device.create(options)})
    template = factor.continue_enroll(alice, challenge.secret, answer)
    assert isinstance(template, Template)
    assert not verify(factor, alice, stored(template), device).proof.attested


def test_attested_passkeys_can_be_demanded(
    configure: Configure, alice: Subject, batch: Batch
) -> None:
    factor = configure(attested_only="true")
    enroll(factor, alice, Authenticator(ORIGIN, batch=batch))
    with pytest.raises(Retry) as refused:
        enroll(factor, alice, Authenticator(ORIGIN))
    assert "no verified attestation" in refused.value.detail


FORGED: dict[str, Callable[[Authority], Batch]] = {
    "another maker": lambda _: Authority().model(ONE),
    "a model of the same maker": lambda maker: replace(maker.model(OTHER), aaguid=ONE),
    "an authority's own key": lambda maker: maker.model(ONE, ca=True),
    "a certificate for something else": lambda maker: maker.model(ONE, unit="Web Servers"),
    "another key": lambda maker: replace(maker.model(ONE), key=maker.key),
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_attestation_is_refused(
    configure: Configure, alice: Subject, maker: Authority, forged: str
) -> None:
    with pytest.raises(Retry) as refused:
        enroll(configure(), alice, Authenticator(ORIGIN, batch=FORGED[forged](maker)))
    assert refused.value.detail


@pytest.mark.parametrize("fmt", ["apple", "android-key", "tpm", "fido-u2f", "android-safetynet"])
def test_a_format_does_not_bring_roots_of_its_own(
    configure: Configure, alice: Subject, fmt: str
) -> None:
    factor, device = configure(), Authenticator(ORIGIN, batch=Authority().model(ONE))
    challenge = factor.begin_enroll(alice, ())
    found = json.loads(device.create(challenge.asks[0].options))
    attestation = cbor2.loads(decode(found["response"]["attestationObject"])) | {"fmt": fmt}
    found["response"]["attestationObject"] = encode(cbor2.dumps(attestation))
    with pytest.raises(Retry):
        factor.continue_enroll(alice, challenge.secret, Answer({"credential": json.dumps(found)}))


def test_a_long_chain_is_not_followed(configure: Configure, alice: Subject, batch: Batch) -> None:
    factor, device = configure(), Authenticator(ORIGIN, batch=batch)
    challenge = factor.begin_enroll(alice, ())
    found = json.loads(device.create(challenge.asks[0].options))
    attestation = cbor2.loads(decode(found["response"]["attestationObject"]))
    attestation["attStmt"]["x5c"] = batch.chain * 7
    found["response"]["attestationObject"] = encode(cbor2.dumps(attestation))
    with pytest.raises(Retry) as refused:
        factor.continue_enroll(alice, challenge.secret, Answer({"credential": json.dumps(found)}))
    assert "7 certificates" in refused.value.detail


@pytest.mark.parametrize("status", sorted(COMPROMISED))
def test_a_compromised_model_is_refused_and_believed_no_more(
    configure: Configure, alice: Subject, maker: Authority, batch: Batch, file: Path, status: str
) -> None:
    factor, device = configure(), Authenticator(ORIGIN, batch=batch)
    known = enroll(factor, alice, device)
    changed = Metadata(8, "2030-02-01", {str(ONE): model(maker, "FIDO_CERTIFIED", status)})
    file.write_bytes(changed.dump())
    os.utime(file, (0, 0))
    verdict = verify(factor, alice, known, device)
    assert verdict.accepted
    assert not verdict.proof.attested
    assert not factor.prospect(()).proof.attested
    with pytest.raises(Retry) as refused:
        enroll(factor, alice, Authenticator(ORIGIN, batch=batch))
    assert "compromised" in refused.value.detail


def test_a_synced_passkey_of_an_allowed_model_stays_synced(
    configure: Configure, alice: Subject, batch: Batch
) -> None:
    factor = configure()
    device = Authenticator(ORIGIN, batch=batch, backup_eligible=True, backed_up=True)
    verdict = verify(factor, alice, enroll(factor, alice, device), device)
    assert verdict.proof.attested
    assert not verdict.proof.device_bound


def test_names_come_from_the_operators_list(
    configure: Configure, alice: Subject, file: Path, maker: Authority
) -> None:
    file.write_bytes(Metadata(1, "", {}, {str(OTHER): "Vault of Example"}).dump())
    factor = configure(attestation="none")
    assert enroll(factor, alice, Authenticator(ORIGIN, batch=maker.model(OTHER))).label == (
        "Vault of Example"
    )
    assert enroll(factor, alice, Authenticator(ORIGIN)).label == "Passkey"


def test_further_passkeys_are_numbered(configure: Configure, alice: Subject) -> None:
    factor = configure(attestation="none")
    first = enroll(factor, alice, Authenticator(ORIGIN))
    challenge = factor.begin_enroll(alice, [first])
    device = Authenticator(ORIGIN)
    answer = Answer({"credential": device.create(challenge.asks[0].options)})
    template = factor.continue_enroll(alice, challenge.secret, answer)
    assert isinstance(template, Template)
    assert template.label == "Passkey 2"


@pytest.mark.parametrize("damage", [b"", b"[]", b"{}", b'{"models": 7}', b"\xff"])
def test_damaged_metadata_is_an_operators_matter(
    configure: Configure, alice: Subject, file: Path, damage: bytes
) -> None:
    file.write_bytes(damage)
    with pytest.raises(Misconfigured) as refused:
        enroll(configure(), alice, Authenticator(ORIGIN))
    assert str(file) in str(refused.value.public)


def test_a_passkey_of_an_older_version_is_read(alice: Subject) -> None:
    stored_before = {
        "credential_id": "AAAA",
        "public_key": "AAAA",
        "sign_count": 1,
        "transports": ["internal"],
        "aaguid": str(ONE),
        "backup_eligible": False,
        "backed_up": False,
    }
    passkey = Passkey.load(json.dumps(stored_before).encode())
    assert passkey.uv_initialized
    assert not passkey.attested
