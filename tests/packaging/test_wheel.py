"""The built wheel, installed elsewhere, is a whole gateway: with its templates and migrations."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests import ports
from tests.gateway.operations.running import DISCOVERY, get, wait_for
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel alone; what it depends on is lent by this one."""
    folder = tmp_path_factory.mktemp("wheel")
    wheel = _build(folder)
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-q", "--no-deps", "--no-index", wheel], check=True)
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (packages / "lent.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return folder / "venv" / "bin"


def _build(folder: Path) -> Path:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / "source" / name)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(folder / "source")], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def environment(data: Path, port: int) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return plain | {
        "GATEHOUSE_DATA": str(data),
        "GATEHOUSE_PORT": str(port),
        "GATEHOUSE_ISSUER": f"http://localhost:{port}",
        "GATEHOUSE_VOICE_ENABLED": "0",
    }


def test_the_wheel_migrates_and_serves_from_any_folder(installed: Path, tmp_path: Path) -> None:
    port = ports.free()
    settings = environment(tmp_path / "data", port)
    subprocess.run([installed / "gatehouse", "migrate"], cwd=tmp_path, env=settings, check=True)
    process = subprocess.Popen(
        [installed / "gatehouse", "serve"],
        cwd=tmp_path,
        env=settings,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(port, process)
        assert get(port, DISCOVERY)[0] == 200
        status, page = get(port, "/")
        assert status == 200
        assert b"<html" in page
        for asset in ("/static/style.css", "/static/asks/passkey-get.js"):
            assert get(port, asset)[0] == 200, asset
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def test_nothing_comes_from_the_repository(installed: Path, tmp_path: Path) -> None:
    code = "import gateway, store, migrations; print(gateway.__file__)"
    told = subprocess.run(
        [installed / "python", "-c", code],
        cwd=tmp_path,
        env=environment(tmp_path, 8080),
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip().startswith(str(installed.parent))


def test_the_demo_says_that_it_needs_the_repository(installed: Path, tmp_path: Path) -> None:
    told = subprocess.run(
        [installed / "gatehouse", "demo", "--port", str(ports.free())],
        cwd=tmp_path,
        env=environment(tmp_path, 8080),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2
    assert "clone of the repository" in told.stderr
