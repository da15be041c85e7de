import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from contracts.clock import Clock
from contracts.device import DeviceInfo
from contracts.errors import DeviceError, Misconfigured
from contracts.sample import Modality
from hardware import registry
from hardware.manager import DeviceManager


class Stranger:
    """A driver from another package, and the module its entry point names."""

    name, modality, virtual = "stranger", Modality.FACE, False
    SETTINGS = object

    def build(self, clock: Clock) -> "Stranger":
        self.clock = clock
        return self

    def discover(self) -> list[DeviceInfo]:
        raise DeviceError


def test_simulators_are_left_out_unless_allowed() -> None:
    assert set(registry.load(simulators=False, production=False)) == {"microphone"}
    assert set(registry.load(simulators=False, production=True)) == {"microphone"}
    assert "simulated_microphone" in registry.load(simulators=True, production=False)


def test_simulators_are_refused_in_production() -> None:
    with pytest.raises(Misconfigured) as error:
        registry.load(simulators=True, production=True)
    assert "GATEHOUSE_SIMULATORS" in str(error.value.public)


def test_strangers_are_found_by_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, Stranger())
    assert "stranger" in registry.load(simulators=False, production=True)
    assert object in registry.settings()


def test_two_drivers_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = Stranger()
    stranger.name = "microphone"
    _install(monkeypatch, stranger)
    with pytest.raises(Misconfigured) as error:
        registry.load(simulators=False, production=True)
    assert "microphone" in str(error.value.public)


def test_every_setting_of_a_driver_is_documented() -> None:
    for settings in registry.settings():
        prefix = settings.model_config["env_prefix"]
        assert prefix.startswith("GATEHOUSE_")
        assert all(field.description for field in settings.model_fields.values())


def test_a_driver_that_fails_is_reported_and_hides_no_other(
    script: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_SIMULATED_MICROPHONE_SCRIPT", str(script("SCAN tone.wav")))
    loaded = registry.load(simulators=True, production=False)
    drivers = {"stranger": Stranger(), "simulated_microphone": loaded["simulated_microphone"]}
    failed: dict[str, DeviceError] = {}
    found = DeviceManager(drivers, failed.__setitem__).discover()
    assert [info.id for info in found] == ["simulated_microphone:0"]
    assert list(failed) == ["stranger"]


def test_the_manager_opens_by_id(
    script: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_SIMULATED_MICROPHONE_SCRIPT", str(script("SCAN tone.wav")))
    manager = DeviceManager(registry.load(simulators=True, production=False))
    with manager.open("simulated_microphone:0") as device:
        assert device.info.virtual
    with pytest.raises(DeviceError):
        manager.open("nothing:0")


def _install(monkeypatch: pytest.MonkeyPatch, stranger: Stranger) -> None:
    module = ModuleType("strange_package")
    module.__dict__["driver"] = stranger
    monkeypatch.setitem(sys.modules, module.__name__, module)
    entries = {registry.GROUP: [EntryPoint("stranger", "strange_package:driver", registry.GROUP)]}
    monkeypatch.setattr(registry, "entry_points", lambda group: entries[group])
