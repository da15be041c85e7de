"""Hashes of other systems: checked as they were made, bounded, and ours after the first login."""

from __future__ import annotations

import json
from base64 import b64encode
from contextlib import suppress
from hashlib import pbkdf2_hmac
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verifiers.password
from contracts.errors import Retry
from contracts.factor import Answer, Subject, Template, Verdict, Workshop
from tests.verifiers.conftest import stored
from verifiers.password.factor import Password
from verifiers.password.forms import COSTLY, UNKNOWN, parse

VECTORS = json.loads((Path(__file__).parent.parent / "vectors/foreign_hashes.json").read_text())
"""Made by the systems themselves: `by` names them."""

EACH = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["by"]))
BCRYPT = "$2b$04$19kf8SRnw.5hp9BAOXqENOmtcodBYpI9KV2zeUM7FTWhRhBWm4SXC"
SALT_AND_DIGEST = f"{'a' * 22}${'a' * 43}"


@pytest.fixture
def factor(workshop: Workshop) -> Password:
    built = verifiers.password.build(workshop)
    assert isinstance(built, Password)
    return built


def verify(factor: Password, subject: Subject, template: Template, password: str) -> Verdict:
    return factor.finish_verify(subject, [stored(template)], b"", Answer({"password": password}))


@EACH
def test_the_right_password_is_known_and_no_other(vector: dict[str, str]) -> None:
    hashed = parse(vector["hash"])
    assert hashed.matches(vector["typed"].encode())
    assert not hashed.matches(vector["typed"][1:].encode())
    assert vector["hash"][-20:] not in repr(hashed)


@EACH
def test_it_becomes_ours_at_the_first_login(
    factor: Password, alice: Subject, vector: dict[str, str]
) -> None:
    adopted = factor.adopt_hash(vector["hash"])
    wrong = verify(factor, alice, adopted, vector["typed"][1:])
    assert (wrong.accepted, wrong.update) == (False, None)
    right = verify(factor, alice, adopted, vector["typed"])
    assert right.accepted
    assert right.update is not None
    assert right.update.removeprefix(b"short:").startswith(b"$argon2id$")
    renewed = Template(right.update, adopted.format)
    again = verify(factor, alice, renewed, vector["typed"])
    assert (again.accepted, again.update) == (True, None)
    assert not verify(factor, alice, renewed, vector["typed"] + "?" * 80).accepted


def test_bcrypt_knew_72_bytes_and_what_replaces_it_knows_all(
    factor: Password, alice: Subject
) -> None:
    [vector] = [each for each in VECTORS if each["by"] == "bcrypt of the first 72 bytes"]
    typed = vector["typed"][:72] + " and something else"
    verdict = verify(factor, alice, factor.adopt_hash(vector["hash"]), typed)
    assert verdict.accepted
    assert verdict.update
    renewed = Template(verdict.update, "argon2id/1")
    assert not verify(factor, alice, renewed, vector["typed"]).accepted
    assert verify(factor, alice, renewed, typed).accepted


def test_a_nul_is_in_no_password_of_bcrypt() -> None:
    hashed = parse(VECTORS[0]["hash"])
    assert not hashed.matches(VECTORS[0]["typed"].encode() + b"\0")


def test_a_salt_of_careless_bcrypt_is_read_as_it_was() -> None:
    """The last character of a salt carries two bits; others ignored the rest of it."""
    careless = BCRYPT[:28] + chr(ord(BCRYPT[28]) + 1) + BCRYPT[29:]
    assert parse(careless) == parse(BCRYPT)


@pytest.mark.parametrize("typed", ["Ångström ﬁlter", "A\u030angstro\u0308m ﬁlter"])
def test_a_password_is_tried_as_typed_and_composed(
    factor: Password, alice: Subject, typed: str
) -> None:
    made = "$pbkdf2-sha256$1000$YWJjZGVmZ2g$" + _pbkdf2("Ångström ﬁlter")
    assert verify(factor, alice, factor.adopt_hash(made), typed).accepted


def _pbkdf2(password: str) -> str:
    raw = pbkdf2_hmac("sha256", password.encode(), b"abcdefgh", 1000)
    return b64encode(raw).decode().rstrip("=").replace("+", ".")


def test_a_short_imported_password_does_not_stand_alone(factor: Password, alice: Subject) -> None:
    made = "$pbkdf2-sha256$1000$YWJjZGVmZ2g$" + _pbkdf2("tiny")
    verdict = verify(factor, alice, factor.adopt_hash(made), "tiny")
    assert verdict.accepted
    assert not verdict.proof.alone


@pytest.mark.parametrize("typed", ["", "\ud800", "\0", "x" * 500_000, "e" + "\u0301" * 100_000])
def test_any_answer_is_judged(factor: Password, alice: Subject, typed: str) -> None:
    assert not verify(factor, alice, factor.adopt_hash(BCRYPT), typed).accepted


@pytest.mark.parametrize(
    ("encoded", "why"),
    [
        (BCRYPT.replace("$04$", "$16$"), COSTLY),
        (BCRYPT.replace("$04$", "$31$"), COSTLY),
        (f"$pbkdf2-sha256$5000001${SALT_AND_DIGEST}", COSTLY),
        (f"pbkdf2_sha256$999999999${SALT_AND_DIGEST}=", COSTLY),
        (f"$scrypt$ln=19,r=8,p=1${SALT_AND_DIGEST}", COSTLY),
        (f"$scrypt$ln=99,r=9,p=1${SALT_AND_DIGEST}", COSTLY),
        (f"$scrypt$ln=14,r=8,p=65${SALT_AND_DIGEST}", COSTLY),
        (f"scrypt:262144:16:1$salt${'ab' * 32}", COSTLY),
        (f"$argon2id$v=19$m=262145,t=1,p=1${SALT_AND_DIGEST}", COSTLY),
        (f"$argon2id$v=19$m=64,t=11,p=1${SALT_AND_DIGEST}", COSTLY),
        (f"$argon2id$v=19$m=1000,t=1,p=17${SALT_AND_DIGEST}", COSTLY),
        ("", UNKNOWN),
        ("correct horse battery staple", UNKNOWN),
        ("0123456789abcdef" * 2, UNKNOWN),
        ("$1$salt$qJH7.N4xYta3aEG/dfqo/0", UNKNOWN),
        (BCRYPT.replace("$2b$", "$2x$"), UNKNOWN),
        (BCRYPT.replace("$04$", "$03$"), UNKNOWN),
        (BCRYPT + "\n", UNKNOWN),
        (f"$pbkdf2-sha256$0${SALT_AND_DIGEST}", UNKNOWN),
        ("$pbkdf2-sha256$1000$YWJjZA$YWJjZA", UNKNOWN),
        (f"$pbkdf2-sha256$1\u066000${SALT_AND_DIGEST}", UNKNOWN),
        (f"$pbkdf2-sha256$1000$a${'a' * 41}", UNKNOWN),
        (f"pbkdf2:sha256:1000$salt${'a' * 63}", UNKNOWN),
        (f"scrypt:1000:8:1$salt${'ab' * 32}", UNKNOWN),
        (f"$scrypt$ln=17,r=1,p=1${SALT_AND_DIGEST}", UNKNOWN),
        (f"$scrypt$ln=10,r=0,p=1${SALT_AND_DIGEST}", UNKNOWN),
        (f"$argon2d$v=19$m=64,t=1,p=1${SALT_AND_DIGEST}", UNKNOWN),
        (f"$argon2id$v=19$m=7,t=1,p=1${SALT_AND_DIGEST}", UNKNOWN),
        (f"$argon2id$v=19$m=64,t=0,p=1${SALT_AND_DIGEST}", UNKNOWN),
        (f"$argon2id$v=19$m=64,t=1,p=1$YWJj${'a' * 43}", UNKNOWN),
        (f"$argon2id$v=19$m=64,t=1,p=1,keyid=x${SALT_AND_DIGEST}", UNKNOWN),
        ("$2b$04$" + "a" * 2000, UNKNOWN),
    ],
)
def test_what_is_no_hash_or_costs_too_much_is_refused(encoded: str, why: object) -> None:
    with pytest.raises(Retry) as refused:
        parse(encoded)
    assert refused.value.public == why


@st.composite
def spoiled(draw: st.DrawFn) -> str:
    """Return a real hash with a few characters replaced, doubled or left out."""
    text = list(draw(st.sampled_from([vector["hash"] for vector in VECTORS])))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(text) - 1)))
        text[at : at + draw(st.integers(0, 2))] = draw(
            st.text(alphabet="$,=.:/+0123456789abAZ\0é\n", max_size=3)
        )
    return "".join(text)


@settings(max_examples=600, deadline=None)
@given(st.text(max_size=80) | spoiled())
def test_anything_is_read_or_refused(encoded: str) -> None:
    with suppress(Retry):
        assert repr(parse(encoded))


@settings(max_examples=100, deadline=None)
@given(spoiled())
def test_what_is_read_can_be_checked(encoded: str) -> None:
    """Nothing that is taken over fails at the login; dear ones are left out for time."""
    try:
        parsed = parse(encoded)
    except Retry:
        return
    if not any(dear in encoded for dear in ("pbkdf2", "$m=1")) and "$2" in encoded[:4]:
        encoded = encoded[:4] + "04" + encoded[6:]
        parsed = parse(encoded)
    if getattr(parsed, "rounds", 0) < 10**5 and getattr(parsed, "memory_kib", 0) < 10**4:
        assert not parsed.matches(b"no password of anybody")


def test_the_work_of_a_wrong_password_is_ours_and_the_foreign_one(
    factor: Password, alice: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    work: list[str] = []
    verified = factor._hashing._verify

    def counted(encoded: str, peppered: bytes) -> bool:
        work.append(encoded)
        return verified(encoded, peppered)

    monkeypatch.setattr(factor._hashing, "_verify", counted)
    adopted = factor.adopt_hash(BCRYPT)
    verify(factor, alice, adopted, "wrong")
    assert work == [factor._hashing._decoy]
