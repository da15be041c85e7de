"""Which digits were said: Whisper on CTranslate2, in a process of the inference pool.

It is given no choice but digits, so it makes digits of whatever it hears: whether they were asked
for is for `verifying` to say. Files are read from folders of this machine; no hub is ever asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import ctranslate2
import numpy as np

from contracts.errors import Misconfigured, Unavailable
from contracts.inference import Job
from verifiers.voice.arrays import Floats, waveform
from verifiers.voice.audio import wav
from verifiers.voice.challenge.digits import DIGITS, ENGLISH
from verifiers.voice.challenge.mel import BANDS, log_mel
from verifiers.voice.models import WHISPER
from verifiers.voice.settings import VoiceSettings

FRAMES = 1500
"""A window of 15 seconds, the longest recording: Whisper's own is twice as long, and as slow."""
TAIL = 8000
"""Samples of silence put behind the last word."""
MOST_WORDS = 20
END = "<|endoftext|>"
START, TRANSCRIBE, PLAIN = "<|startoftranscript|>", "<|transcribe|>", "<|notimestamps|>"


class Recogniser(Protocol):
    """Something that hears digits."""

    def words(self, waveform: Floats) -> tuple[str, ...]:
        """Return the digits said in a waveform (samples,) in [-1, 1] at 16 kHz."""
        ...


class Whisper:
    """A Whisper model, of English alone or of many languages. Not for several threads at a time."""

    def __init__(self, folder: Path, language: str) -> None:
        vocabulary = _vocabulary(folder)
        said = {f"Ġ{digit}": digit for digit in DIGITS}
        self._digits = {vocabulary.index(token): digit for token, digit in said.items()}
        kept = {*self._digits, vocabulary.index(END)}
        self._never = [number for number in range(len(vocabulary)) if number not in kept]
        self._model = ctranslate2.models.Whisper(
            str(folder), compute_type="int8", inter_threads=1, intra_threads=1
        )
        spoken = [f"<|{language}|>", TRANSCRIBE] if self._model.is_multilingual else []
        self._prompt = [vocabulary.index(token) for token in (START, *spoken, PLAIN)]

    def words(self, waveform: Floats) -> tuple[str, ...]:
        """Return the digits said in a waveform (samples,) in [-1, 1] at 16 kHz."""
        heard = log_mel(np.pad(waveform, (0, TAIL)))[:, :FRAMES]
        features = np.full((1, BANDS, FRAMES), heard.min(), np.float32)
        features[0, :, : heard.shape[1]] = heard
        found = self._model.generate(
            ctranslate2.StorageView.from_array(features),
            [self._prompt],
            beam_size=1,
            max_length=2 * MOST_WORDS,
            suppress_blank=False,
            suppress_tokens=self._never,
        )
        return tuple(self._digits[each] for each in found[0].sequences_ids[0])


def _vocabulary(folder: Path) -> Sequence[str]:
    """Read the tokens of a model. Raises Misconfigured."""
    try:
        if (folder / "vocabulary.json").is_file():
            return list(json.loads((folder / "vocabulary.json").read_text("utf-8")))
        return (folder / "vocabulary.txt").read_text("utf-8").split("\n")[:-1]
    except (OSError, ValueError) as error:
        raise Misconfigured(detail=f"{folder} holds no Whisper model of CTranslate2") from error


class Recognise:
    """The pool's job: from a language and a recording to the digits that were said."""

    def __init__(self, recognisers: Mapping[str, Recogniser]) -> None:
        self._recognisers = recognisers

    def __call__(self, payload: bytes) -> bytes:
        """Recognise one WAV recording behind its language and a line feed. Raises BadRequest."""
        language, _, recording = payload.partition(b"\n")
        recogniser = self._recognisers.get(language.decode())
        if recogniser is None:
            raise Unavailable(detail=f"nothing recognises {language.decode()!r}")
        return " ".join(recogniser.words(waveform(wav.pcm(recording)))).encode()


def load() -> Job:
    """Load the shipped model and those of the operator's. Raises Misconfigured."""
    folders = VoiceSettings.load().folders
    if ENGLISH not in folders:
        folders = {**folders, ENGLISH: shipped()}
    return Recognise({language: _model(folder, language) for language, folder in folders.items()})


def _model(folder: Path, language: str) -> Recogniser:
    try:
        return Whisper(folder, language)
    except (RuntimeError, ValueError) as error:
        raise Misconfigured(detail=f"the recogniser of {language} in {folder}: {error}") from error


def shipped() -> Path:
    """Return the folder of the shipped model, its files checked. Raises Misconfigured."""
    for file in WHISPER:
        file.load()
    return WHISPER[0].path.parent
