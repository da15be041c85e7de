"""A sound system without a sound card, and scripts for the simulated microphone."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware import audio

RATE = 16_000

WriteScript = Callable[..., Path]


@pytest.fixture(scope="session")
def tone() -> bytes:
    """Two seconds of a 440 Hz tone at half of full scale."""
    wave = (0.5 * math.sin(2 * math.pi * 440 * t / RATE) for t in range(2 * RATE))
    return array("h", (int(32_767 * value) for value in wave)).tobytes()


@pytest.fixture
def script(tmp_path: Path, tone: bytes) -> WriteScript:
    """Write a script beside the recording `tone.wav`; each call replaces the file."""
    (tmp_path / "tone.wav").write_bytes(audio.wav(tone, RATE))

    def write(*lines: str) -> Path:
        new = tmp_path / "script.new"
        new.write_text("\n".join(lines))
        return new.rename(tmp_path / "script")

    return write


@pytest.fixture(scope="session")
def sound_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A PulseAudio server of our own whose one input hears what is played to its one output."""
    if not all(map(shutil.which, ("pulseaudio", "pactl", "paplay"))):
        pytest.skip("PulseAudio is not installed (pulseaudio, pulseaudio-utils)")
    home = tmp_path_factory.mktemp("pulse")
    socket = home / "socket"
    server = subprocess.Popen(_command(socket), env=_environment(home), stderr=subprocess.DEVNULL)
    try:
        if not _answers(home, socket):
            pytest.skip("PulseAudio does not start here")
        yield socket
    finally:
        server.terminate()
        server.wait(60)


def _command(socket: Path) -> list[str]:
    return [
        "pulseaudio",
        *("-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes"),
        "--load=module-null-sink sink_name=room rate=16000 channels=1",
        f"--load=module-native-protocol-unix socket={socket} auth-anonymous=1",
    ]


def _environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}


def _answers(home: Path, socket: Path) -> bool:
    asks = ["pactl", "--server", f"unix:{socket}", "info"]
    for _ in range(300):
        told = subprocess.run(asks, env=_environment(home), capture_output=True, check=False)
        if told.returncode == 0:
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def sound_system(sound_server: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Point PortAudio at our own server, whose input hears pure silence."""
    pytest.importorskip("sounddevice", reason="the kiosk extra is not installed")
    server = f"unix:{sound_server}"
    monkeypatch.setenv("PULSE_SERVER", server)
    monkeypatch.setenv("PULSE_SOURCE", "room.monitor")
    return server


@pytest.fixture
def playing(sound_system: str, tone: bytes, tmp_path: Path) -> Iterator[None]:
    """Play the tone to our own server over and over."""
    track = tmp_path / "long.wav"
    track.write_bytes(audio.wav(tone * 20, RATE))
    player = subprocess.Popen(["paplay", "--server", sound_system, str(track)])
    try:
        yield
    finally:
        player.terminate()
        player.wait(60)
