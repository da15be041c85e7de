"""The conformance suite: what holds for every driver, simulated or real."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.clock import SystemClock
from contracts.device import CaptureSpec, Driver
from contracts.errors import DeviceError, Retry
from contracts.sample import Modality
from hardware import registry
from hardware.drivers import microphone, simulated_microphone

OTHER = {Modality.VOICE: Modality.IRIS}


def quiet(level: float) -> None:
    assert 0.0 <= level <= 1.0


@pytest.fixture
def simulated(script: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Driver:
    monkeypatch.setenv("GATEHOUSE_SIMULATED_MICROPHONE_SCRIPT", str(script("SCAN tone.wav")))
    return simulated_microphone.build(SystemClock())


@pytest.fixture
def real(playing: None) -> Driver:
    return microphone.build(SystemClock())


@pytest.fixture(params=["simulated", "real"])
def driver(request: pytest.FixtureRequest) -> Driver:
    """Every driver of the house with a device that answers."""
    return request.getfixturevalue(request.param)


def test_every_built_in_driver_is_in_the_suite() -> None:
    tested = {simulated_microphone.NAME, microphone.NAME}
    assert set(registry.load(simulators=True, production=False)) == tested


def test_devices_say_whose_they_are(driver: Driver) -> None:
    found = driver.discover()
    assert found
    assert len({info.id for info in found}) == len(found)
    for info in found:
        assert info.id.startswith(f"{driver.name}:")
        assert (info.driver, info.modality) == (driver.name, driver.modality)
        assert (info.virtual, bool(info.label)) == (driver.virtual, True)


def test_an_unknown_device_does_not_open(driver: Driver) -> None:
    with pytest.raises(DeviceError), driver.open(f"{driver.name}:absent"):
        pytest.fail("an absent device was opened")


def test_a_sample_says_where_it_comes_from(driver: Driver) -> None:
    info = driver.discover()[0]
    before = SystemClock().now()
    with driver.open(info.id) as device:
        assert device.info == info
        sample = device.capture(_spec(driver), quiet)
    assert (sample.modality, sample.source) == (driver.modality, info.id)
    assert (sample.virtual, sample.media_type) == (driver.virtual, "audio/wav")
    assert sample.data[:4] == b"RIFF"
    assert before <= sample.captured_at <= SystemClock().now()


def test_a_device_refuses_what_it_cannot_capture(driver: Driver) -> None:
    info = driver.discover()[0]
    with driver.open(info.id) as device, pytest.raises(DeviceError):
        device.capture(CaptureSpec(OTHER[driver.modality]), quiet)


def test_a_device_opens_again_after_it_was_closed(driver: Driver) -> None:
    info = driver.discover()[0]
    for _ in range(2):
        with driver.open(info.id) as device:
            assert device.info.id == info.id


def test_retry_and_device_error_are_no_relatives() -> None:
    assert not issubclass(Retry, DeviceError)
    assert not issubclass(DeviceError, Retry)


def _spec(driver: Driver) -> CaptureSpec:
    return CaptureSpec(driver.modality, timedelta(seconds=0.5))
