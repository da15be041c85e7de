"""A PKCS#11 token of SoftHSM2, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

LIBRARIES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)
PIN = "1234"


@dataclass(frozen=True)
class SoftHSM:
    """Where the token is, and how a process finds it."""

    module: Path
    label: str
    pin_file: Path
    configuration: Path

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a gateway that keeps its keys there."""
        return {
            "GATEHOUSE_PKCS11_MODULE": str(self.module),
            "GATEHOUSE_PKCS11_TOKEN": self.label,
            "GATEHOUSE_PKCS11_PIN_FILE": str(self.pin_file),
            "SOFTHSM2_CONF": str(self.configuration),
        }


def made(folder: Path, label: str = "gatehouse") -> SoftHSM:
    """Initialise a token; skip the test where the system has no SoftHSM2, unless it is CI."""
    module = next((Path(name) for name in LIBRARIES if Path(name).exists()), None)
    if module is None or not shutil.which("softhsm2-util"):
        assert "CI" not in os.environ, "CI must have SoftHSM2: tools/system.sh softhsm2"
        pytest.skip("SoftHSM2 is not installed: tools/system.sh softhsm2")
    pytest.importorskip("pkcs11", reason="the pkcs11 extra is not installed")
    (folder / "tokens").mkdir(parents=True)
    configuration, pin_file = folder / "softhsm2.conf", folder / "pin"
    configuration.write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    pin_file.write_text(f"{PIN}\n")
    pin_file.chmod(0o600)
    initialised = ["softhsm2-util", "--init-token", "--free", "--label", label]
    subprocess.run(
        [*initialised, "--pin", PIN, "--so-pin", PIN],
        env={**os.environ, "SOFTHSM2_CONF": str(configuration)},
        check=True,
        capture_output=True,
    )
    return SoftHSM(module, label, pin_file, configuration)
