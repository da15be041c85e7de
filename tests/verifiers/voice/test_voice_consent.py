"""What people agreed to stays what it was: other words have another version."""

from __future__ import annotations

from zlib import crc32

from verifiers.voice.consent import CONSENT

WORDS = {1: 3611064184, 2: 3365483337}
"""A checksum of the sentences of each version there was."""


def test_the_words_of_a_version_never_change() -> None:
    said = "\n".join(point.message for point in CONSENT.points)
    assert crc32(said.encode()) == WORDS[CONSENT.version], (
        "raise the version where the meaning changed, and add its checksum"
    )


def test_it_says_what_is_measured_how_it_is_kept_and_how_to_take_it_back() -> None:
    said = " ".join(point.message for point in CONSENT.points)
    for word in (
        "voiceprint",
        "recordings are not kept",
        "mark is kept for a month",
        "have that forgotten",
        "encrypted",
        "do not have to",
        "withdraw",
    ):
        assert word in said
    assert not any(point.values for point in CONSENT.points)
