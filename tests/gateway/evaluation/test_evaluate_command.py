"""The command, also on real people where there are recordings."""

from __future__ import annotations

import csv
import json
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from contracts.errors import Misconfigured
from gateway.cli.evaluate import evaluate
from gateway.cli.manifests import needs_evaluate
from tests.gateway.evaluation.test_evaluate import FILES
from tests.gateway.evaluation.toy import listed, world
from tests.recordings import FOLDER as RECORDINGS
from tests.recordings import models, part


def test_help_has_an_example_and_says_what_is_kept() -> None:
    said = CliRunner().invoke(evaluate, ["voice", "--help"]).stdout
    assert "Example: gatehouse evaluate voice MANIFEST.csv" in said
    assert "biometric data" in " ".join(said.split())


@pytest.mark.parametrize("wrong", ["sex", "=f"])
def test_a_pattern_without_its_column_is_refused(tmp_path: Path, wrong: str) -> None:
    path = listed(tmp_path / "m.csv", "file,subject,session")
    result = CliRunner().invoke(evaluate, ["voice", str(path), "--where", wrong])
    assert result.exit_code == 2
    assert "COLUMN=PATTERN" in result.stderr


@pytest.mark.recordings
def test_real_people_are_told_apart(tmp_path: Path) -> None:
    models()
    speakers = ("ls1688", "ls2033", "ls2609", "ls3080")
    files = [path for each in speakers for path in sorted(part(f"voice/{each}").iterdir())[:4]]
    rows = [f"{path.relative_to(RECORDINGS)},{path.parent.name},1" for path in files]
    path = listed(tmp_path / "m.csv", "file,subject,session", *rows, "absent.wav,ls1688,1")
    out = tmp_path / "results"
    arguments = ["voice", str(path), "--root", str(RECORDINGS), "--out", str(out), "--json"]
    result = CliRunner().invoke(evaluate, [*arguments, "--bootstrap", "20"])
    report = json.loads(result.stdout)
    assert (report["genuine"], report["impostor"]) == (4 * 6, 6 * 16)
    assert report["eer"] < 0.05
    assert list(report["failures"]) == ["absent.wav"]
    assert report["reasons"] == {"unreadable": 1}
    assert set(report["fnmr_at_fmr"]) == {"0.001", "0.0001"}
    assert not any(point["supported"] for point in report["points"])
    assert {each.name for each in out.iterdir()} == set(report["files"]) == FILES
    with (out / "scores.csv").open() as scores:
        assert len(list(csv.DictReader(scores))) == 24 + 96
    assert json.loads((out / "report.json").read_text()) == report


def test_without_its_extra_it_says_what_to_install() -> None:
    with pytest.raises(Misconfigured) as told, needs_evaluate():
        import_module("no_such_package")
    assert "pip install 'gatehouse[evaluate]'" in told.value.detail


@pytest.mark.parametrize("command", ["voice", "calibrate", "cohort", "linkability", "attacks"])
def test_every_command_reads_a_manifest_by_the_same_options(command: str) -> None:
    said = " ".join(CliRunner().invoke(evaluate, [command, "--help"]).stdout.split())
    assert "[OPTIONS] MANIFEST" in said
    assert "--root DIRECTORY Where the manifest's paths start; default: its folder." in said


def test_paths_start_in_the_folder_of_the_manifest(tmp_path: Path) -> None:
    path, out = world(tmp_path, people=1, takes=1), tmp_path / "out"
    result = CliRunner().invoke(evaluate, ["attacks", str(path), "--out", str(out)])
    assert "lacks licence" in str(result.exception or result.output)
