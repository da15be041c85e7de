"""The desk that tests of the challenge stand at."""

from __future__ import annotations

import pytest

from tests.fakes.clock import FakeClock
from tests.verifiers.voice.challenge.desk import Desk, signal
from verifiers.voice.settings import VoiceSettings


@pytest.fixture
def settings() -> VoiceSettings:
    return VoiceSettings.load()


@pytest.fixture
def desk(clock: FakeClock, settings: VoiceSettings) -> Desk:
    desk = Desk(clock, settings)
    desk.mouth.signal = signal("answer")
    return desk
