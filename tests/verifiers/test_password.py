"""Passwords: rules, Unicode, cost, equal work, bounded work."""

from __future__ import annotations

import random
import threading

import pytest

import verifiers.password
from contracts.errors import Misconfigured, Retry, Unavailable
from contracts.factor import Answer, Factor, Kind, Subject, Template, Verdict, Workshop
from tests.timing import quickest
from tests.verifiers.conftest import stored
from verifiers.password.factor import Password
from verifiers.password.hashing import Hashing
from verifiers.password.rules import Rules
from verifiers.password.settings import PasswordSettings

GOOD = "correct horse battery staple"


@pytest.fixture
def factor(workshop: Workshop) -> Factor:
    built = verifiers.password.build(workshop)
    assert built is not None
    return built


def enroll(factor: Factor, subject: Subject, password: str) -> Template:
    came = factor.continue_enroll(subject, b"", Answer({"password": password}))
    assert isinstance(came, Template)
    return came


def verify(factor: Factor, subject: Subject, template: Template, password: str) -> Verdict:
    return factor.finish_verify(subject, [stored(template)], b"", Answer({"password": password}))


def test_the_right_password_is_accepted_and_no_other(factor: Factor, alice: Subject) -> None:
    template = enroll(factor, alice, GOOD)
    assert template.format == "argon2id/1"
    assert template.data.startswith(b"$argon2id$")
    accepted = verify(factor, alice, template, GOOD)
    assert accepted.accepted
    assert accepted.credential_id == "c1"
    assert accepted.amr == ("pwd",)
    assert accepted.kinds == {Kind.KNOWLEDGE}
    rejected = verify(factor, alice, template, GOOD + " ")
    assert not rejected.accepted
    assert rejected.credential_id == "c1"


@pytest.mark.parametrize("length", [8, 14, 15, 64, 72, 73, 128])
def test_every_character_counts(factor: Factor, alice: Subject, length: int) -> None:
    password = ("kx7#qv!Zm0wp" * 11)[: length - 1]
    template = enroll(factor, alice, password + "a")
    assert verify(factor, alice, template, password + "a").accepted
    assert not verify(factor, alice, template, password + "b").accepted


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "at least 8"),
        ("k7#qv!Z", "at least 8"),
        ("x" * 129, "at most 128"),
        ("z" * 100_000, "at most 128"),
        ("password", "common"),
        ("qwertyuiop", "common"),
        ("12345678", "common"),
        ("Alice-k7#qv", "little more than your name"),
        ("qv!Zm0-gateHOUSE", "little more than your name"),
        ("Alice.gatehouse.1815", "little more than your name"),
        ("alice@example.org", "little more than your name"),
        ("aaaaaaaaaa", "repeated"),
        ("abcdefghijk", "Sequences"),
        ("broken \ud800 surrogate", "broken character"),
    ],
)
def test_a_refusal_says_why(factor: Factor, alice: Subject, password: str, reason: str) -> None:
    with pytest.raises(Retry) as refused:
        enroll(factor, alice, password)
    assert reason in str(refused.value.public)


def test_a_known_word_in_a_long_password_does_no_harm(factor: Factor, alice: Subject) -> None:
    assert enroll(factor, alice, "chalice of seventeen wrong umbrellas")


@pytest.mark.parametrize(
    ("password", "alone"),
    [("kx7#qv!Z", False), ("kx7#qv!Zm0wp1y", False), ("kx7#qv!Zm0wp1yQ", True), ("ﬃ" * 5, True)],
)
def test_a_short_password_counts_beside_another_factor_only(
    factor: Factor, alice: Subject, monkeypatch: pytest.MonkeyPatch, password: str, alone: bool
) -> None:
    monkeypatch.setattr("verifiers.password.rules._check_strength", lambda *_: None)
    verdict = verify(factor, alice, enroll(factor, alice, password), password)
    assert verdict.accepted
    assert verdict.proof.alone is alone


def test_the_page_says_how_long_it_must_be(factor: Factor, alice: Subject) -> None:
    options = factor.begin_enroll(alice, ()).asks[0].options
    assert options["autocomplete"] == "new-password"
    assert (options["least"], options["alone"], options["username"]) == (8, 15, "alice")
    options = factor.begin_verify(alice, ()).asks[0].options
    assert options == {"autocomplete": "current-password"}


def test_a_strange_password_is_judged_soon(factor: Factor, alice: Subject) -> None:
    strange = "".join(random.Random(2).choices("4@8({[<369&#!10$5+7%2", k=128))
    assert quickest(lambda: enroll(factor, alice, strange), 1)[1] < 1


def test_length_is_counted_in_code_points(factor: Factor, alice: Subject) -> None:
    assert enroll(factor, alice, "пароль🦒🦓")


def test_unicode_forms_are_equal(factor: Factor, alice: Subject) -> None:
    template = enroll(factor, alice, "Ångström ﬁlter")
    assert verify(factor, alice, template, "A\u030angstro\u0308m filter").accepted


@pytest.mark.parametrize("typed", ["", "\ud800", "a" * 500_000, "e" + "\u0301\u0316" * 100_000])
def test_any_answer_is_judged_soon(factor: Factor, alice: Subject, typed: str) -> None:
    template = enroll(factor, alice, GOOD)
    verdict, seconds = quickest(lambda: verify(factor, alice, template, typed), 0.5)
    assert not verdict.accepted
    assert seconds < 0.5


def test_the_hash_is_renewed_when_the_cost_rises(
    factor: Factor, alice: Subject, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = enroll(factor, alice, GOOD)
    assert verify(factor, alice, template, GOOD).update is None
    monkeypatch.setenv("GATEHOUSE_PASSWORD_ARGON2_TIME_COST", "2")
    dearer = verifiers.password.build(workshop)
    assert dearer is not None
    update = verify(dearer, alice, template, GOOD).update
    assert update is not None
    assert b"t=2" in update
    renewed = Template(update, template.format)
    assert verify(dearer, alice, renewed, GOOD).update is None
    assert verify(dearer, alice, template, "wrong").update is None


def test_the_pepper_is_needed(factor: Factor, alice: Subject, workshop: Workshop) -> None:
    template = enroll(factor, alice, GOOD)
    settings = PasswordSettings.load()
    hashing = Hashing(settings, b"another")
    other = Password(settings, hashing, Rules(settings), workshop.service)
    assert not verify(other, alice, template, GOOD).accepted


def test_with_nothing_enrolled_the_same_work_is_done(
    factor: Factor, alice: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = enroll(factor, alice, GOOD)
    work: list[int] = []
    verify_hash = Hashing._verify

    def counted(self: Hashing, encoded: str, peppered: bytes) -> bool:
        work.append(len(encoded))
        return verify_hash(self, encoded, peppered)

    monkeypatch.setattr(Hashing, "_verify", counted)
    assert not verify(factor, alice, template, "wrong").accepted
    assert not factor.finish_verify(alice, (), b"", Answer({"password": GOOD})).accepted
    assert not factor.finish_verify(alice, (), b"", Answer({"password": ""})).accepted
    assert len(work) == 3
    assert len(set(work)) == 1


def test_hashing_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_PASSWORD_SLOTS", "1")
    monkeypatch.setenv("GATEHOUSE_PASSWORD_QUEUE", "1")
    monkeypatch.setenv("GATEHOUSE_PASSWORD_WAIT_SECONDS", "0.05")
    hashing = Hashing(PasswordSettings.load(), b"pepper")
    with hashing._slots.one(), pytest.raises(Unavailable, match="no slot"):
        hashing.hash(GOOD)
    assert hashing.hash(GOOD)


def test_a_full_line_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_PASSWORD_SLOTS", "1")
    monkeypatch.setenv("GATEHOUSE_PASSWORD_QUEUE", "0")
    hashing = Hashing(PasswordSettings.load(), b"pepper")
    with hashing._slots.one():
        refused: list[Unavailable] = []

        def attempt() -> None:
            try:
                hashing.hash(GOOD)
            except Unavailable as error:
                refused.append(error)

        others = [threading.Thread(target=attempt) for _ in range(4)]
        for other in others:
            other.start()
        for other in others:
            other.join()
    assert len(refused) == 4


def test_an_operator_brings_a_password(factor: Password, alice: Subject) -> None:
    assert verify(factor, alice, factor.adopt(GOOD), GOOD).accepted
    with pytest.raises(Retry):
        factor.adopt("password")


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, workshop: Workshop) -> None:
    monkeypatch.setenv("GATEHOUSE_PASSWORD_MIN_LENGTH", "4")
    with pytest.raises(Misconfigured) as refused:
        verifiers.password.build(workshop)
    assert "GATEHOUSE_PASSWORD_MIN_LENGTH" in str(refused.value.public)
