"""Voices as a gateway hears them: each recording says how alike it is to who enrolled."""

from __future__ import annotations

import hashlib
import math
import re
import struct
from datetime import timedelta
from html import unescape
from io import BytesIO

from contracts.factor import Template
from enrollment.protecting import keep
from tests.gateway.conftest import House
from tests.verifiers.people import ENGINE, QUALITY, padded
from tests.walks.person import Person
from verifiers.voice.audio.wav import pcm, wave
from verifiers.voice.calibration import Calibration
from verifiers.voice.consent import CONSENT
from verifiers.voice.template import Voiceprint
from verifiers.voice.utterance import LISTEN, RECOGNISE, Utterance
from verifiers.voice.vectors import pack

SCALE = 30_000


def listen(job: str, recording: bytes) -> bytes:
    """Do what the pool does: the first number is the cosine, those from the third on are digits."""
    if job == RECOGNISE:
        said = struct.unpack_from("<20h", pcm(recording.partition(b"\n")[2]), 4)
        return " ".join(str(digit) for digit in said if digit >= 0).encode()
    assert job == LISTEN
    cosine = struct.unpack_from("<h", pcm(recording))[0] / SCALE
    rest = [0.0] * (ENGINE.dimension - 2)
    signal = hashlib.shake_128(pcm(recording)).digest(120)
    voice = pack([cosine, math.sqrt(1 - cosine**2), *rest])
    return Utterance(voice, ENGINE.format, quality=QUALITY, fingerprint=signal).dump()


def spoken(cosine: float, digits: str, take: int = 0) -> bytes:
    """Say digits in a voice that is so much alike."""
    return wave(struct.pack("<22h", round(cosine * SCALE), take, *padded(map(int, digits))))


def enrol(house: House, account_id: str) -> None:
    """Give somebody a voiceprint that `spoken` is compared with."""
    mean = pack([1.0, *[0.0] * (ENGINE.dimension - 1)])
    template = Template(Voiceprint(b"", mean, "wide", 3).dump(), ENGINE.format)
    with house.store.write() as tx:
        tx.biometric_consents.give(account_id, "voice", CONSENT.version, "browser")
        keep(tx, account_id, house.factors["voice"], template)


def cosine_at(target: float, beyond: float = 0.0) -> float:
    """Return the cosine so far from the threshold of a target, in log-likelihood ratios."""
    line = Calibration.load().line("wide", "wide", 3)
    return (line.point(target).threshold + beyond - line.offset) / line.slope


def say(house: House, person: Person, cosine: float, take: int = 0) -> None:
    """Read the digits off the page and say them, some seconds later."""
    [digits] = re.findall(r'"digits": ?"?\[?([0-9, "]+)', unescape(person.page.text))
    digits = re.sub(r"\D", "", digits)
    house.clock.advance(timedelta(seconds=8))
    person.answer(sample=(BytesIO(spoken(cosine, digits, take)), "voice.wav", "audio/wav"))
