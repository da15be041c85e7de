"""Recovery codes: strong, forgiving to type, each good for once, one hash a comparison."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import pytest
from argon2 import PasswordHasher

from contracts.errors import BadRequest, Retry
from contracts.factor import Answer, Challenge, Enrolled, Subject, Template, Verdict, Workshop
from tests.verifiers.conftest import stored
from verifiers.recovery import build
from verifiers.recovery.codes import ALPHABET, SIGNS, make, read
from verifiers.recovery.factor import Recovery


@pytest.fixture
def factor(workshop: Workshop) -> Recovery:
    made = build(workshop)
    assert isinstance(made, Recovery)
    return made


def kept(factor: Recovery, subject: Subject) -> tuple[Sequence[str], Enrolled]:
    """Set codes up; return them, and what is stored."""
    shown = factor.begin_enroll(subject, ())
    codes = list(shown.asks[0].options["codes"])
    asked = factor.continue_enroll(subject, shown.secret, Answer({"codes": "kept"}))
    assert isinstance(asked, Challenge)
    made = factor.continue_enroll(subject, asked.secret, Answer({"code": codes[3]}))
    assert isinstance(made, Template)
    return codes, stored(made)


def judged(factor: Recovery, subject: Subject, enrolled: Sequence[Enrolled], code: str) -> Verdict:
    return factor.finish_verify(subject, enrolled, b"", Answer({"code": code}))


def test_ten_codes_of_more_than_eighty_bits(factor: Recovery, alice: Subject) -> None:
    codes, _ = kept(factor, alice)
    assert len(set(codes)) == 10
    assert len({code[0] for code in codes}) == 10
    assert all(len(code.replace("-", "")) == SIGNS for code in codes)
    assert (SIGNS - 1) * math.log2(len(ALPHABET)) >= 80


@pytest.mark.parametrize(
    "typed",
    ["{0}", " {0} ", "{1}", "{2}", "{3}", "{4}"],
    ids=["as shown", "spaces", "lower case", "no dashes", "letters for digits", "full width"],
)
def test_it_forgives_how_a_code_is_typed(typed: str) -> None:
    [code] = make(1)
    shown = str(code)
    letters = shown.replace("0", "o").replace("1", "l")
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in shown)
    forms = (shown, shown.lower(), shown.replace("-", ""), letters, wide)
    assert read(typed.format(*forms)) == code


@pytest.mark.parametrize("typed", ["", "ABC", "U" * SIGNS, "A" * (SIGNS + 1), "é" * SIGNS])
def test_what_is_no_code_is_not_judged(factor: Recovery, alice: Subject, typed: str) -> None:
    with pytest.raises(Retry):
        judged(factor, alice, (), typed)


def test_each_code_counts_once(factor: Recovery, alice: Subject) -> None:
    codes, enrolled = kept(factor, alice)
    first = judged(factor, alice, [enrolled], codes[0])
    assert (first.accepted, first.left) == (True, 9)
    assert first.update
    after = stored(Template(first.update, enrolled.format))
    assert not judged(factor, alice, [after], codes[0]).accepted
    assert judged(factor, alice, [after], codes[1]).left == 8


def test_one_run_of_argon2_whatever_is_typed(
    factor: Recovery, alice: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes, enrolled = kept(factor, alice)
    runs: list[str] = []
    real = PasswordHasher.verify

    def counting(hasher: PasswordHasher, encoded: str, secret: bytes) -> bool:
        runs.append(encoded)
        return real(hasher, encoded, secret)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    unknown = next(sign for sign in ALPHABET if sign not in {code[0] for code in codes})
    for given, held in (
        (codes[9], [enrolled]),
        (codes[0][0] + codes[1][1:], [enrolled]),
        (unknown + codes[0][1:], [enrolled]),
        (codes[0], []),
    ):
        before = len(runs)
        judged(factor, alice, held, given)
        assert len(runs) == before + 1


def test_codes_are_stored_as_hashes_alone(factor: Recovery, alice: Subject) -> None:
    codes, enrolled = kept(factor, alice)
    hashes = json.loads(enrolled.template)["hashes"].values()
    assert all(hashed.startswith("$argon2id$") for hashed in hashes)
    text = enrolled.template.decode()
    assert not any(code in text or code.replace("-", "")[1:] in text for code in codes)


def test_they_count_only_once_they_were_kept(factor: Recovery, alice: Subject) -> None:
    shown = factor.begin_enroll(alice, ())
    codes = shown.asks[0].options["codes"]
    with pytest.raises(BadRequest):
        factor.continue_enroll(alice, shown.secret, Answer({"code": codes[0]}))
    asked = factor.continue_enroll(alice, shown.secret, Answer({"codes": "kept"}))
    assert isinstance(asked, Challenge)
    assert [ask.name for ask in asked.asks] == ["code"]
    with pytest.raises(Retry):
        factor.continue_enroll(alice, asked.secret, Answer({"code": str(make(1)[0])}))


def test_their_owner_sees_how_many_are_left(factor: Recovery, alice: Subject) -> None:
    codes, enrolled = kept(factor, alice)
    said = [str(factor.describe(enrolled))]
    for code in codes:
        used = judged(factor, alice, [enrolled], code)
        assert used.update
        enrolled = stored(Template(used.update, enrolled.format))
        said.append(str(factor.describe(enrolled)))
    assert said[0] == "10 of 10 are left."
    assert said[6] == "4 of 10 are left."
    assert said[7] == "Only 3 of 10 are left. Make new ones."
    assert said[9] == "Only one of 10 is left. Make new ones."
    assert said[10] == "All 10 are used. Make new ones."
    assert not factor.prospect([enrolled]).kinds


def test_never_alone(factor: Recovery) -> None:
    assert not factor.prospect(()).proof.alone
    assert not factor.on_the_way
