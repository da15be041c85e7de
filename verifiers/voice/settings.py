"""Settings of the voice factor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from verifiers.settings import FactorSettings
from verifiers.voice import engines

DETECTOR = Path(__file__).parent / "pad" / "detector.json"


class VoiceSettings(FactorSettings):
    """What decides about voices, and which recordings are good enough to tell.

    Thresholds are in the calibration, beside the rates that were measured at them.
    """

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_VOICE_")

    enabled: bool = Field(default=True, description="Offer the voice factor.")
    engine: str = Field(
        default=engines.DEFAULT,
        description="Engine that makes voiceprints (`gatehouse models list` names them). "
        "What another made rests.",
    )
    calibration: Path | None = Field(
        default=None,
        description="Calibration made with one's own recordings (`gatehouse evaluate calibrate`); "
        "empty: the one that ships.",
    )
    cohort: Path | None = Field(
        default=None,
        description="Strangers that scores are normalised by (`gatehouse evaluate cohort`); needs "
        "a calibration that was made with them.",
    )
    strong_ratio: float = Field(
        ge=1,
        description="How many times the evidence of the strictest threshold is beyond doubt.",
    )
    enrolment_utterances: int = Field(
        ge=3, le=6, description="Recordings of one voice that a voiceprint is made of."
    )
    enrolment_extra: int = Field(
        ge=0, le=4, description="Recordings more, where some do not sound like the others."
    )
    adaptation: bool = Field(
        default=False,
        description="Let voiceprints follow their owners: learn from successes beyond doubt.",
    )
    adaptation_weight: float = Field(
        gt=0, le=0.2, description="How much one success counts against all that was learnt before."
    )
    adaptation_cosine: float = Field(
        ge=0.9, lt=1, description="Lowest cosine between what was learnt and what was enrolled."
    )
    challenge_digits: int = Field(ge=4, le=10, description="Digits that a person is asked to say.")
    challenge_edits: int = Field(
        ge=0,
        le=2,
        description="Most differences between the digits that were heard and those asked for.",
    )
    challenge_seconds: int = Field(ge=10, le=60, description="Longest age of a challenge, seconds.")
    challenge_takes: int = Field(
        ge=0, description="Recordings too poor to be judged after which an answer is refused."
    )
    challenge_onset_ms: int = Field(
        ge=0,
        description="When the first digit is shown, milliseconds after a recording began; speech "
        "before it is refused.",
    )
    challenge_digit_ms: int = Field(ge=0, description="Least speech for each digit, milliseconds.")
    challenge_digit_most_ms: int = Field(
        ge=500, description="Most speech for each digit, milliseconds."
    )
    challenge_part: float = Field(
        description="Evidence, as the logarithm of a likelihood ratio, below which a part of an "
        "answer is another's."
    )
    replay_distance: float = Field(
        ge=0, lt=0.5, description="Most of two fingerprints that differs where the signal is one."
    )
    replay_days: int = Field(ge=30, description="Days for which a recording is known again.")
    replay_recordings: int = Field(ge=1, description="Recordings of one person that are known.")
    pad: bool = Field(default=True, description="Refuse what does not sound like a person.")
    pad_threshold: float = Field(
        description="Least score of what counts as a person, of the detector that ships."
    )
    aasist: Path | None = Field(
        default=None,
        description="ONNX network that detects attacks as well: (1, 64600) samples, two logits.",
    )
    aasist_sha256: str = Field(default="", description="SHA-256 of that file, in hexadecimal.")
    aasist_threshold: float | None = Field(
        default=None, description="Least score of what counts as a person, of that file."
    )
    aasist_bpcer: float | None = Field(
        default=None, ge=0, le=1, description="People it rejects at that threshold, as measured."
    )
    aasist_apcer: float | None = Field(
        default=None, ge=0, le=1, description="Attacks of the worst species it accepts there."
    )
    recognisers: str = Field(
        default="",
        description="Folders of Whisper models for CTranslate2 by language, as de=/models/german, "
        "with commas between; people are asked for digits in those languages, else in English.",
    )
    call_window_ms: int = Field(
        ge=1000, description="Speech of a call in which another voice is looked for, milliseconds."
    )
    call_change: float = Field(
        description="Evidence, as the logarithm of a likelihood ratio, below which a window of a "
        "call is another's."
    )
    call_windows: int = Field(
        ge=1, description="Windows in a row that must be another's before a call is taken back."
    )
    min_speech_ms: int = Field(ge=500, description="Least speech in a recording, milliseconds.")
    min_level_dbfs: float = Field(le=0, description="Lowest level of the speech, dB full scale.")
    max_clipped: float = Field(gt=0, le=1, description="Largest share of clipped speech samples.")
    min_snr_db: float = Field(
        ge=0, description="How much stronger the speech must be than what is around it, dB."
    )
    min_bandwidth_hz: float = Field(
        ge=0, le=8000, description="Up to where a recording must hold speech, Hz."
    )
    wide_bandwidth_hz: float = Field(
        gt=0, le=8000, description="From where on a recording is wide, and no telephone's, Hz."
    )
    min_halves_cosine: float = Field(
        ge=-1,
        lt=1,
        description="Lowest cosine of the halves of a recording to enrol; below, two voices. "
        "Measured for campplus; -1 for engines that were not measured.",
    )

    @property
    def hints(self) -> dict[str, float]:
        """Return the limits by which a page gives hints while somebody records."""
        return {"level_dbfs": self.min_level_dbfs, "clipped": self.max_clipped}

    @field_validator("engine")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in engines.known():
            raise ValueError(f"must be one of {', '.join(engines.known())}")
        return value

    @model_validator(mode="after")
    def _measured(self) -> Self:
        rates = (self.aasist_threshold, self.aasist_bpcer, self.aasist_apcer)
        if self.aasist and (not self.aasist_sha256 or None in rates):
            raise ValueError("aasist goes with its SHA-256, its threshold and both rates there")
        return self

    @classmethod
    def shipped(cls) -> dict[str, Any]:
        """Return the limits of this folder, and the threshold of the detector that ships."""
        detector = json.loads(DETECTOR.read_text("utf-8"))
        return super().shipped() | {"pad_threshold": detector["point"]["threshold"]}

    @property
    def folders(self) -> dict[str, Path]:
        """Return where the operator's recognisers lie, by language."""
        pairs = (each.partition("=") for each in self.recognisers.split(",") if each.strip())
        return {language.strip().lower(): Path(path.strip()) for language, _, path in pairs}

    @field_validator("recognisers")
    @classmethod
    def _folders(cls, value: str) -> str:
        for each in filter(str.strip, value.split(",")):
            language, _, path = each.partition("=")
            if not (language.strip().isalpha() and path.strip()):
                raise ValueError(f"must be language=folder, not {each.strip()!r}")
        return value
