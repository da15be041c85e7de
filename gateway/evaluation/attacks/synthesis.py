"""Text to speech from Debian's packages: espeak-ng, flite and festival."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import soundfile

from gateway.evaluation.arrays import Real
from gateway.evaluation.attacks.presentation import Presentation
from gateway.evaluation.attacks.texts import texts
from gateway.evaluation.conditions import resample, unclipped
from verifiers.voice.audio.wav import RATE

SECONDS = 60
Say = Callable[[str], Real]


@dataclass(frozen=True, slots=True)
class Synthesis:
    """A way to synthesise speech, with some voices; each says so many texts."""

    name: str
    about: str
    voices: Mapping[str, Say]
    programs: tuple[str, ...]
    each: int
    trained: bool = True

    def missing(self) -> str | None:
        """Say which programs are not installed."""
        absent = [program for program in self.programs if shutil.which(program) is None]
        return f"{', '.join(absent)} not installed" if absent else None

    def make(self, recordings: Sequence[Presentation]) -> Iterator[Presentation]:  # noqa: ARG002
        """Let each voice say its texts."""
        for voice, say in self.voices.items():
            for name, text in texts(voice, self.each):
                yield Presentation(self.name, f"{voice}/{name}", voice, say(text))


def espeak(voice: str, *options: str) -> Say:
    """Speak with espeak-ng's formant synthesis."""

    def say(text: str) -> Real:
        return run(["espeak-ng", "-v", voice, *options, "--stdout", text])

    return say


def flite(voice: str) -> Say:
    """Speak with one of flite's voices."""
    return lambda text: written(lambda path: ["flite", "-voice", voice, "-t", text, "-o", path])


def festival(voice: str) -> Say:
    """Speak with one of festival's voices."""

    def say(text: str) -> Real:
        chosen = ["-eval", f"(voice_{voice})"]
        return written(lambda path: ["text2wave", *chosen, "-o", path], text)

    return say


def written(command: Callable[[str], list[str]], text: str = "") -> Real:
    """Run a program that writes a file."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-attack-") as folder:
        path = Path(folder) / "said.wav"
        run_quietly(command(str(path)), text)
        return read(path.read_bytes())


def run(command: list[str]) -> Real:
    """Run a program that writes to its output."""
    return read(run_quietly(command))


def run_quietly(command: list[str], text: str = "") -> bytes:
    """Run a program to its end and return its output."""
    return subprocess.run(  # noqa: S603  # fixed programs, no shell
        command, input=text.encode(), capture_output=True, check=True, timeout=SECONDS
    ).stdout


def read(data: bytes) -> Real:
    """Read WAV whose header may not know its length, as programs write it to a pipe."""
    waveform, rate = soundfile.read(io.BytesIO(data), dtype="float32")
    return unclipped(resample(waveform, rate, RATE))


ESPEAK = Synthesis(
    "tts-formant",
    "espeak-ng, formant synthesis, 12 voices",
    {
        f"espeak-{voice}": espeak(voice, *options)
        for voice, options in (
            ("en-us", ()), ("en-gb", ("-p", "35")), ("en-us+m1", ()), ("en-us+m3", ("-s", "150")),
            ("en-us+m5", ()), ("en-us+m7", ("-p", "60")), ("en-gb+f1", ()), ("en-us+f2", ()),
            ("en-us+f3", ("-s", "190")), ("en-us+f4", ("-p", "65")), ("en-gb-scotland", ()),
            ("en-gb-x-rp", ("-s", "145")),
        )
    },
    ("espeak-ng",),
    9,
)  # fmt: skip
DIPHONE = Synthesis(
    "tts-diphone",
    "flite kal16 and festival kal_diphone, joined pieces of one person's recordings",
    {"flite-kal16": flite("kal16"), "festival-kal": festival("kal_diphone")},
    ("flite", "text2wave"),
    50,
)
STATISTICAL = Synthesis(
    "tts-statistical",
    "flite awb, rms and slt, festival slt (HTS): statistical models and a vocoder",
    {
        **{f"flite-{voice}": flite(voice) for voice in ("awb", "rms", "slt")},
        "festival-slt": festival("cmu_us_slt_arctic_hts"),
    },
    ("flite", "text2wave"),
    26,
)
