"""The detector that ships: what its file says, how fast it is, and what it makes of people."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from contracts.errors import Misconfigured
from tests.recordings import recording
from tests.timing import quickest
from verifiers.voice.audio.speech import Speech
from verifiers.voice.pad import Detectors, load
from verifiers.voice.pad.features import FRAME, HOP, features, moments
from verifiers.voice.pad.shipped import FILE, Shipped
from verifiers.voice.pad.windows import windows
from verifiers.voice.settings import VoiceSettings

PEOPLE = ("ls1688", "lt19", "vctk_p226", "fsdd_theo")


def noise(seconds: float) -> np.typing.NDArray[np.float32]:
    return np.random.default_rng(7).standard_normal(int(seconds * 16_000)).astype(np.float32) * 0.1


def test_what_ships_says_where_it_comes_from_and_what_it_measured() -> None:
    shipped = json.loads(FILE.read_text("utf-8"))
    size = features(noise(2)).size
    assert shipped["format"] == "gatehouse-pad/1"
    assert shipped["command"].startswith("gatehouse evaluate attacks")
    assert len(bytes.fromhex(shipped["data"]["sha256"])) == 32
    assert {len(shipped["weights"][name]) for name in ("mean", "scale", "weight")} == {size}
    assert shipped["point"]["bpcer"]["rate"] <= 0.011
    assert {"rate", "trials", "upper"} <= shipped["species"]["injection-file"]["apcer"].keys()


def test_its_threshold_is_the_one_that_was_measured() -> None:
    point = json.loads(FILE.read_text("utf-8"))["point"]
    assert VoiceSettings.load().pad_threshold == point["threshold"]
    assert VoiceSettings.load().pad


@pytest.mark.parametrize("seconds", [0, 0.01, 0.3, 1, 3, 15])
def test_any_length_gives_finite_features(seconds: float) -> None:
    assert np.isfinite(features(noise(seconds))).all()


def test_silence_and_a_constant_give_finite_features() -> None:
    assert np.isfinite(features(np.zeros(16_000, np.float32))).all()
    assert np.isfinite(features(np.ones(16_000, np.float32))).all()
    click = np.zeros(16_000, np.float32)
    click[8_000] = 1
    assert np.isfinite(features(click)).all()


def test_level_and_offset_change_nothing() -> None:
    detector, waveform = Shipped.load(0), noise(2)
    assert detector.score(waveform) == pytest.approx(detector.score(waveform * 0.3 + 0.01), abs=0.1)


def test_moments_are_those_of_the_samples_of_each_frame() -> None:
    samples = noise(0.5)
    found = moments(samples)
    for number in (0, 7, len(found.peak) - 1):
        frame = samples[number * HOP : number * HOP + FRAME].astype(np.float64)
        means = [np.mean(frame**power) for power in (2, 3, 4)]
        assert np.allclose([each[number] for each in found[:3]], means, rtol=1e-3, atol=1e-6)
        assert found.peak[number] == np.abs(frame).max()
    assert len(found.peak) == (samples.size - FRAME) // HOP + 1


def test_three_seconds_cost_little() -> None:
    detector, waveform = Shipped.load(0), noise(3)
    _, seconds = quickest(lambda: detector.score(waveform), enough=0.05)
    assert seconds < 0.05


@pytest.mark.parametrize("seconds", [0.5, 6, 6.5, 9, 12, 15])
def test_windows_cover_all_of_a_recording(seconds: float) -> None:
    waveform = np.arange(int(seconds * 16_000), dtype=np.float32)
    found = windows(waveform, 6 * 16_000)
    assert found[0][0] == 0
    assert found[-1][-1] == waveform[-1]
    assert {each.size for each in found} == {min(waveform.size, 6 * 16_000)}
    starts = [each[0] for each in found]
    assert all(0 < later - sooner <= 3 * 16_000 for sooner, later in pairwise(starts))


@pytest.mark.parametrize("before", [0, 7, 9])
def test_what_comes_late_is_looked_at_as_well(before: float) -> None:
    detector = Shipped.load(0)
    people = np.cumsum(noise(before)) * np.float32(0.01)
    whole = np.concatenate([people, noise(6)]).astype(np.float32)
    assert detector.score(whole) <= detector.score(noise(6)) + 1e-3


class Fixed:
    def __init__(self, score: float, threshold: float) -> None:
        self._score, self.threshold = score, threshold

    def score(self, waveform: np.typing.NDArray[np.float32]) -> float:
        return self._score


def test_the_strictest_detector_decides() -> None:
    both = Detectors([Fixed(3, 1), Fixed(0, 0.5)])
    assert both.margin(noise(1)) == -0.5


def test_without_a_detector_nothing_is_said() -> None:
    assert Detectors(()).margin(noise(1)) is None


def test_it_is_switched_off_by_a_setting_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(VoiceSettings.load()).margin(noise(2)) is not None
    monkeypatch.setenv("GATEHOUSE_VOICE_PAD", "false")
    assert load(VoiceSettings.load()).margin(noise(2)) is None


def test_a_file_of_ones_own_goes_with_its_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_VOICE_AASIST", "/somewhere.onnx")
    with pytest.raises(Misconfigured, match="SHA-256, its threshold and both rates"):
        VoiceSettings.load()


@pytest.mark.recordings
@pytest.mark.parametrize("person", PEOPLE)
def test_people_pass(person: str, models: None) -> None:
    from gateway.evaluation.recording import load as read

    detectors, speech = load(VoiceSettings.load()), Speech()
    heard = [speech.hear(read(recording(person, number))).waveform for number in range(3)]
    assert all((detectors.margin(each) or 0) >= 0 for each in heard)


def test_a_web_worker_brings_no_numpy_along() -> None:
    loaded = "import sys, verifiers.voice.pad, verifiers.voice.settings"
    code = f"{loaded}; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
