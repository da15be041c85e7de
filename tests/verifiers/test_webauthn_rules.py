"""Rules around the two ceremonies: user verification that begins to count, names, decoys."""

from __future__ import annotations

import json

import pytest

import verifiers.webauthn
from contracts.errors import Misconfigured, Retry
from contracts.factor import Answer, Enrolled, Factor, Kind, Subject, Template, Verdict, Workshop
from tests.fakes.authenticator import Authenticator, decode
from tests.verifiers.conftest import ORIGIN, stored
from verifiers.webauthn.origins import related
from verifiers.webauthn.settings import WebauthnSettings


@pytest.fixture
def factor(workshop: Workshop) -> Factor:
    built = verifiers.webauthn.build(workshop)
    assert built is not None
    return built


def conditionally(factor: Factor, subject: Subject, device: Authenticator) -> Enrolled:
    """Enrol as a browser does on its own after a password login: nobody touches anything."""
    challenge = factor.begin_enroll(subject, ())
    device.present = device.user_verified = False
    made = json.loads(device.create(challenge.asks[0].options)) | {"mediation": "conditional"}
    device.present = device.user_verified = True
    answer = Answer({"credential": json.dumps(made)})
    template = factor.continue_enroll(subject, challenge.secret, answer)
    assert isinstance(template, Template)
    return stored(template)


def use(
    factor: Factor, subject: Subject, known: Enrolled, device: Authenticator, *, named: bool
) -> Verdict:
    challenge = factor.begin_verify(subject, [known]) if named else factor.begin_verify(None, ())
    answer = Answer({"credential": device.get(challenge.asks[0].options)})
    return factor.finish_verify(subject, [known], challenge.secret, answer)


def after(verdict: Verdict, known: Enrolled) -> Enrolled:
    assert verdict.update is not None
    return stored(Template(verdict.update, known.format))


def test_nobody_need_be_present_when_a_browser_creates_by_itself(
    factor: Factor, alice: Subject
) -> None:
    device = Authenticator(ORIGIN)
    known = conditionally(factor, alice, device)
    assert not factor.prospect([known]).proof.user_verified
    device.present = device.user_verified = False
    challenge = factor.begin_enroll(alice, ())
    answer = Answer({"credential": device.create(challenge.asks[0].options)})
    with pytest.raises(Retry):
        factor.continue_enroll(alice, challenge.secret, answer)


def test_verification_counts_once_the_person_had_shown_who_they_are(
    factor: Factor, alice: Subject
) -> None:
    """7.2, step 24: uvInitialized becomes true with another factor alone."""
    device = Authenticator(ORIGIN)
    known = conditionally(factor, alice, device)
    stranger = use(factor, alice, known, device, named=False)
    assert stranger.accepted
    assert stranger.kinds == {Kind.POSSESSION}
    assert not stranger.proof.user_verified
    again = use(factor, alice, after(stranger, known), device, named=False)
    assert again.kinds == {Kind.POSSESSION}
    second = use(factor, alice, after(again, known), device, named=True)
    assert second.kinds == {Kind.POSSESSION, Kind.INHERENCE}
    alone = use(factor, alice, after(second, known), device, named=False)
    assert alone.kinds == {Kind.POSSESSION, Kind.INHERENCE}


def test_who_has_no_passkey_is_asked_for_some_like_anybody(
    factor: Factor, alice: Subject, workshop: Workshop
) -> None:
    def asked(name: str) -> list[dict[str, object]]:
        challenge = factor.begin_verify(Subject("", name), ())
        found: list[dict[str, object]] = challenge.asks[0].options["allowCredentials"]
        return found

    assert asked("alice") == asked("alice") == asked("ALICE")
    assert asked("alice") != asked("bob")
    restarted = verifiers.webauthn.build(workshop)
    assert restarted is not None
    same = restarted.begin_verify(Subject("", "alice"), ()).asks[0].options["allowCredentials"]
    assert same == asked("alice")
    everybody = [asked(f"person-{number}") for number in range(400)]
    assert {len(each) for each in everybody} == {1, 2, 3}
    assert sum(len(each) == 1 for each in everybody) > 200
    every = [one for each in everybody for one in each]
    assert len({one["id"] for one in every}) == len(every)
    real = Authenticator(ORIGIN)
    known = enrolled(factor, alice, real)
    shown = factor.begin_verify(alice, [known]).asks[0].options["allowCredentials"]
    assert {tuple(sorted(one)) for one in every} == {tuple(sorted(one)) for one in shown}
    assert {len(decode(str(one["id"]))) for one in every} >= {16, 32, 64}


def enrolled(factor: Factor, subject: Subject, device: Authenticator) -> Enrolled:
    challenge = factor.begin_enroll(subject, ())
    answer = Answer({"credential": device.create(challenge.asks[0].options)})
    template = factor.continue_enroll(subject, challenge.secret, answer)
    assert isinstance(template, Template)
    return stored(template)


@pytest.mark.parametrize(
    ("eligible", "backed_up", "words"),
    [(False, False, "Stays on one device"), (True, False, "Can be synced"), (True, True, "Synced")],
)
def test_a_passkey_says_whether_it_is_synced(
    factor: Factor, alice: Subject, eligible: bool, backed_up: bool, words: str
) -> None:
    device = Authenticator(ORIGIN, backup_eligible=eligible, backed_up=backed_up)
    known = enrolled(factor, alice, device)
    assert isinstance(factor, verifiers.webauthn.Webauthn)
    assert str(factor.describe(known)).startswith(words)


def test_a_device_that_never_counts_is_fine_and_one_that_counts_back_is_not(
    factor: Factor, alice: Subject
) -> None:
    """6.1.1: zero and zero is no counter; from then on it must grow."""
    device = Authenticator(ORIGIN, counts=False)
    known = enrolled(factor, alice, device)
    for _ in range(2):
        assert use(factor, alice, known, device, named=True).accepted
    device.counts = True
    verdict = use(factor, alice, known, device, named=True)
    assert verdict.accepted
    device.counts = False
    assert "rolled back" in use(factor, alice, after(verdict, known), device, named=True).reason


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RP_ID", "example.com"),
        ("RP_ID", "org"),
        ("RP_ID", "in.example.org"),
        ("RP_ID", "deeper.login.example.org"),
        ("ORIGINS", '["http://app.example.org"]'),
        ("ORIGINS", '["https://app.example.org/"]'),
        ("ORIGINS", '["https://App.example.org"]'),
        ("ORIGINS", '["https://*.example.org"]'),
        ("ORIGINS", '["null"]'),
        ("AAGUIDS", '["not an AAGUID"]'),
        ("ATTESTATION", "enterprise"),
        ("TIMEOUT_SECONDS", "301"),
    ],
)
def test_settings_that_could_not_work_are_refused(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"GATEHOUSE_WEBAUTHN_{name}", value)
    with pytest.raises(Misconfigured) as refused:
        verifiers.webauthn.build(workshop)
    assert name in str(refused.value.public)


def test_origins_of_apps_are_not_published(monkeypatch: pytest.MonkeyPatch) -> None:
    apps = f"android:apk-key-hash:{'a' * 43}"
    monkeypatch.setenv("GATEHOUSE_WEBAUTHN_ORIGINS", json.dumps(["https://example.de", apps]))
    assert related(WebauthnSettings.load()) == ["https://example.de"]
