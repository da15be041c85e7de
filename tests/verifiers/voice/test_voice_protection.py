"""The transform that protects a voiceprint, and the payload that is kept (ISO/IEC 24745)."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from random import Random

import pytest

from tests.timing import quickest
from verifiers.voice.protection import SALT_BYTES, SEED_BYTES, Transform
from verifiers.voice.template import Seen, Voiceprint
from verifiers.voice.vectors import cosine, pack, scaled, unpack

DIMENSION = 192
SEED, SALT = bytes(SEED_BYTES), bytes(SALT_BYTES)


def voices(count: int, seed: int = 1) -> list[list[float]]:
    """Return directions as good as any."""
    random = Random(seed)
    return [[random.gauss(0, 1) for _ in range(DIMENSION)] for _ in range(count)]


def salt(number: int) -> bytes:
    return number.to_bytes(SALT_BYTES, "big")


@pytest.mark.parametrize("dimension", [1, 2, 5, 191, 192, 256])
def test_cosines_are_kept_and_what_was_done_can_be_undone(dimension: int) -> None:
    one, other = ((2 * vector)[:dimension] for vector in voices(2))
    transform = Transform(SEED, SALT, len(one))
    mine, yours = transform.apply(one), transform.apply(other)
    assert cosine(mine, yours) == pytest.approx(cosine(one, other), abs=1e-12)
    assert transform.undo(mine) == pytest.approx(one, abs=1e-12)


def test_cosines_are_kept_through_32_bits_as_well() -> None:
    transform = Transform(SEED, SALT, DIMENSION)
    near = voices(2)
    pairs = [(near[0], [a + 0.3 * b for a, b in zip(*near, strict=True)]), tuple(voices(2, 3))]
    for one, other in pairs:
        kept = unpack(pack(transform.apply(one)))
        assert abs(cosine(kept, transform.apply(other)) - cosine(one, other)) < 1e-6


def test_seed_and_salt_decide_and_nothing_else_does() -> None:
    [voice] = voices(1)
    here = Transform(SEED, SALT, DIMENSION).apply(voice)
    assert Transform(SEED, SALT, DIMENSION).apply(voice) == here
    for other in (Transform(b"x" * SEED_BYTES, SALT, DIMENSION), Transform(SEED, salt(1), 192)):
        assert abs(cosine(other.apply(voice), here)) < 0.4


def test_what_is_drawn_stays_as_it_is() -> None:
    """Templates of an earlier version must stay readable."""
    mine = Transform(bytes(range(32)), bytes(range(16)), 4).apply([1.0, 2.0, 3.0, 4.0])
    assert mine == pytest.approx(VECTOR, abs=1e-6)


VECTOR = [0.30487548, -1.09500120, 3.61190632, 3.95754420]


def test_protected_templates_match_neither_raw_ones_nor_those_of_another_deployment() -> None:
    """Checklist C06 and C05: at chance, a cosine has a deviation of 1 / sqrt(192)."""
    found = voices(200)
    raw = [cosine(Transform(SEED, salt(n), DIMENSION).apply(v), v) for n, v in enumerate(found)]
    elsewhere = [
        cosine(
            Transform(SEED, salt(n), DIMENSION).apply(v),
            Transform(b"other" + SEED[5:], salt(n), DIMENSION).apply(v),
        )
        for n, v in enumerate(found)
    ]
    for scores in (raw, elsewhere):
        assert abs(sum(scores)) / len(scores) < 4 / math.sqrt(DIMENSION * len(scores))
        assert max(map(abs, scores)) < 5 / math.sqrt(DIMENSION)


def test_the_sizes_of_coordinates_tell_nothing_either() -> None:
    """What permutations and signs alone would leave to link."""

    def sizes(transform: Transform, voice: list[float]) -> list[float]:
        return sorted(map(abs, transform.apply(voice)))

    near = far = 0.0
    found = [scaled(voice) for voice in voices(40)]
    for number, voice in enumerate(found):
        here = sizes(Transform(SEED, salt(number), DIMENSION), voice)
        there = Transform(SEED, salt(number + 100), DIMENSION)
        near += math.dist(here, sizes(there, voice)) / len(found)
        far += math.dist(here, sizes(there, found[number - 1])) / len(found)
    assert near == pytest.approx(far, rel=0.1)


def test_a_comparison_costs_little() -> None:
    [voice] = voices(1)
    _, seconds = quickest(lambda: Transform(SEED, SALT, DIMENSION).apply(voice), 0.008)
    assert seconds < 0.008


@pytest.mark.parametrize(("seed", "used"), [(b"", SALT), (SEED[1:], SALT), (SEED, b"")])
def test_nothing_is_protected_with_too_little(seed: bytes, used: bytes) -> None:
    with pytest.raises(ValueError, match="seed and a salt"):
        Transform(seed, used, DIMENSION)


def voiceprint() -> Voiceprint:
    first, second = voices(2)
    return Voiceprint(
        salt=b"",
        mean=pack(scaled(first)),
        channel="telephone",
        utterances=3,
        adapted=pack(scaled(second)),
        seen=(Seen(b"\x01\x02", 20000), Seen(b"\x03", 20001)),
    )


def test_what_is_written_is_read() -> None:
    kept = voiceprint().protected(SEED)
    assert Voiceprint.load(kept.dump()) == kept
    assert kept.current == kept.adapted
    assert replace(kept, adapted=None).current == kept.mean


def test_reissuing_keeps_the_voice_and_nothing_of_the_numbers() -> None:
    bare = voiceprint()
    once = bare.protected(SEED)
    again = once.reissued(SEED)
    assert once.salt != again.salt
    assert (again.seen, again.channel, again.utterances) == (once.seen, once.channel, 3)
    for name in ("mean", "adapted"):
        before, after = unpack(getattr(once, name)), unpack(getattr(again, name))
        assert abs(cosine(before, after)) < 0.4
        back = Transform(SEED, again.salt, DIMENSION).undo(after)
        assert cosine(back, unpack(getattr(bare, name))) == pytest.approx(1, abs=1e-6)


def test_a_hundred_reissues_lose_nothing() -> None:
    bare = voiceprint()
    kept = bare.protected(SEED)
    for _ in range(100):
        kept = kept.reissued(SEED)
    back = Transform(SEED, kept.salt, DIMENSION).undo(unpack(kept.mean))
    assert 1 - cosine(back, unpack(bare.mean)) < 1e-9


def test_nothing_is_protected_twice() -> None:
    with pytest.raises(ValueError, match="already"):
        voiceprint().protected(SEED).protected(SEED)


@pytest.mark.parametrize(
    "change",
    [
        {"salt": None},
        {"mean": ""},
        {"mean": "AAA="},
        {"mean": "?"},
        {"adapted": "AAAAAA=="},
        {"channel": "loud"},
        {"utterances": 0},
        {"utterances": True},
        {"seen": [["AA=="]]},
        {"seen": [["AA==", "today"]]},
        {"more": 1},
    ],
    ids=str,
)
def test_anything_else_is_no_voiceprint(change: dict[str, object]) -> None:
    fields = json.loads(voiceprint().dump()) | change
    with pytest.raises(ValueError, match=r"voiceprint|seen|base64|Incorrect|utterances|alphabet"):
        Voiceprint.load(json.dumps(fields).encode())


def test_numbers_are_in_no_log() -> None:
    shown = repr(voiceprint())
    assert "mean" not in shown
    assert "fingerprint" not in shown
