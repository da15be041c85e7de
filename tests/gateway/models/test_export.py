"""Exporting an engine: what is put in its place, what is refused, and what is left behind."""

from __future__ import annotations

import json
import os
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from contracts.errors import Misconfigured
from gateway.cli.models import models as command
from gateway.models import listing
from gateway.models.environment import Environment, Recipe, environment
from gateway.models.export import convert, export, fetched
from tests.verifiers.voice.engines import small
from verifiers.voice.models import EXPORTS

(ECAPA,) = (each for each in EXPORTS if each.key == "ecapa")
LAYOUT = """\
pretrained_path: speechbrain/spkrec-ecapa-voxceleb
compute_features: !new:speechbrain.lobes.features.Fbank
    n_mels: 80
embedding_model: !new:speechbrain.lobes.models.ECAPA_TDNN.ECAPA_TDNN
    input_size: !ref <n_mels>
"""


@dataclass(frozen=True, slots=True)
class Pretended(Environment):
    """An environment whose scripts are played here: what they write is given."""

    network: bytes = b""
    wrong: float = 0.0
    fetches: str = ""

    def run(self, script: str, *arguments: str) -> None:
        """Write what the script would."""
        if script == "hub_fetch.py":
            folder = Path(arguments[2])
            folder.mkdir()
            for name in arguments[3:]:
                (folder / name).write_text(self.fetches, "utf-8")
            return
        out = Path(arguments[1])
        expected = np.stack([small.embedding(probe) for probe in np.load(out / "probes.npy")])
        np.save(out / "expected.npy", expected * (1 + self.wrong))
        (out / "model.onnx").write_bytes(self.network)


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GATEHOUSE_MODELS_DIR", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder in speechbrain's format."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "hyperparams.yaml").write_text(LAYOUT, "utf-8")
    (folder / "embedding_model.ckpt").write_bytes(b"weights")
    return folder


@pytest.fixture
def pretended(tmp_path: Path) -> Pretended:
    made = Pretended(tmp_path / "environment", small.network())
    made.scratch.mkdir(parents=True)
    return made


def ignore(label: str, done: int, total: int) -> None:
    """Show no progress."""


def test_the_file_lies_there_with_a_record_of_what_it_was_made_of(
    pretended: Pretended, source: Path, models: Path
) -> None:
    told: list[str] = []
    convert(pretended, ECAPA, source, lambda label, *_: told.append(label))
    assert "Exporting ecapa.onnx" in told
    assert ECAPA.load() == small.network()
    assert stat.S_IMODE(ECAPA.path.stat().st_mode) == 0o644
    record = json.loads((models / "ecapa.json").read_text("utf-8"))
    assert record["template"].startswith("ecapa-4-")
    assert (record["source"], record["licence"]) == ("a folder of the operator's", "the folder's")
    assert record["difference"] < 1e-5
    assert "torch==2.13.0" in record["made_with"]
    assert "speechbrain==1.1.2" in record["made_with"]
    (row,) = (each for each in listing() if each.name == "ecapa.onnx")
    assert (row.present, row.sha256) == (True, record["sha256"])
    assert (row.licence, row.card) == ("the folder's", "docs/performance/engines.md#ecapa")


def test_other_weights_make_other_templates(
    pretended: Pretended, source: Path, models: Path
) -> None:
    names = set()
    for weights in (b"weights", b"other weights", b"weights"):
        (source / "embedding_model.ckpt").write_bytes(weights)
        convert(pretended, ECAPA, source, ignore)
        names.add(json.loads((models / "ecapa.json").read_text("utf-8"))["template"])
    assert len(names) == 2


def test_what_differs_from_speechbrain_is_not_kept(pretended: Pretended, source: Path) -> None:
    with pytest.raises(Misconfigured, match="differs from what speechbrain computes"):
        convert(replace(pretended, wrong=1e-3), ECAPA, source, ignore)
    assert not ECAPA.path.exists()


def test_what_is_not_what_was_pinned_is_not_loaded(pretended: Pretended) -> None:
    with pytest.raises(Misconfigured, match="not what was pinned"):
        fetched(replace(pretended, fetches="swapped"), ECAPA.hub, ignore)


@pytest.mark.parametrize(
    "line",
    [
        "x: !apply:os.system [id]",
        "x: !name:os.system",
        "x: !new:subprocess.Popen [id]",
        "x: !new:speechbrain.utils.superpowers.run_shell [id]",
        "x: !new:speechbrain.lobes",
        "x: !!python/object/apply:os.system [id]",
        "x: !<tag:yaml.org,2002:python/object/apply:os.system> [id]",
        "x: !include:/etc/passwd",
        '["a\n # b", !apply:os.system [id]]',
    ],
)
def test_hyperparameters_that_could_run_code_are_refused(source: Path, line: str) -> None:
    with (source / "hyperparams.yaml").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(Misconfigured, match="asks for more than parts of speechbrain"):
        export(ECAPA, source, ignore)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"holds no hyperparams\.yaml"):
        export(ECAPA, tmp_path, ignore)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where environments are made, and a folder of wheels for pip to look at alone."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "good-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("good.py", "print('here')")
        archive.writestr(
            "good-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: good\nVersion: 1.0\n"
        )
        archive.writestr("good-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any")
        archive.writestr("good-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.slow
def test_an_environment_holds_what_its_recipe_says_and_is_gone_afterwards(scratch: Path) -> None:
    told: list[tuple[str, int, int]] = []
    with environment(Recipe((("good",),), 1), lambda *step: told.append(step)) as made:
        made.python("-c", "import good")
        with pytest.raises(Misconfigured, match="ModuleNotFoundError: No module named 'flask'"):
            made.python("-c", "import flask")
        assert made.scratch.is_dir()
    assert os.listdir(scratch) == []
    assert told[-1] == ("Installing good", 1, 1)


@pytest.mark.slow
def test_what_cannot_be_installed_is_told_in_one_line_and_nothing_stays(scratch: Path) -> None:
    with (
        pytest.raises(Misconfigured, match=r"pip: ERROR: .*absent") as raised,
        environment(Recipe((("absent==1.0",),), 1), ignore),
    ):
        raise AssertionError("not reached")
    assert "\n" not in raised.value.detail
    assert os.listdir(scratch) == []


def test_a_disk_that_is_too_small_is_told_before_anything_is_fetched(scratch: Path) -> None:
    with (
        pytest.raises(Misconfigured, match="set TMPDIR to a folder with more room"),
        environment(Recipe((), 10**9), ignore),
    ):
        raise AssertionError("not reached")


def test_a_folder_is_for_one_engine() -> None:
    result = CliRunner().invoke(command, ["pull", "--from", "/tmp"])
    assert result.exit_code == 2
    assert "--from needs the NAME" in result.stderr


def test_an_engine_nobody_knows_is_named() -> None:
    with pytest.raises(Misconfigured, match="there is no model hubert, but ecapa"):
        CliRunner().invoke(command, ["pull", "hubert"], catch_exceptions=False)
