from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from contracts.errors import Misconfigured
from store.keys_file import Keys, load_or_create
from tests.fakes.race import race


def test_keys_are_made_once(tmp_path: Path) -> None:
    path = tmp_path / "var" / "keys.json"
    made = load_or_create(path, create=True)
    assert load_or_create(path, create=True) == made == load_or_create(path, create=False)
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(path.parent) == ["keys.json"]
    assert len(made.kek[made.current]) == len(made.pepper) == 32


def test_keys_are_made_once_by_many(tmp_path: Path) -> None:
    made = race(lambda: load_or_create(tmp_path / "keys.json", create=True))
    assert all(keys == made[0] for keys in made)


def test_missing_keys_are_not_made_unasked(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"keys\.json"):
        load_or_create(tmp_path / "keys.json", create=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o666])
def test_keys_that_others_can_read_are_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys.json"
    load_or_create(path, create=True)
    path.chmod(mode)
    with pytest.raises(Misconfigured, match=rf"Run: chmod 600 {path}$"):
        load_or_create(path, create=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "\udcff",
        json.dumps({"pepper": "AA==", "keys": {"1": "AA=="}, "current": 1}),
        json.dumps({"pepper": "A" * 43 + "=", "keys": {"1": "A" * 43 + "="}, "current": 2}),
        json.dumps({"pepper": "A" * 43 + "=", "keys": {"one": "A" * 43 + "="}, "current": "one"}),
    ],
)
def test_damaged_keys_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.touch(mode=0o600)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(Misconfigured, match=r"keys\.json"):
        load_or_create(path, create=True)


def test_older_keys_stay_readable(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    load_or_create(path, create=True)
    content = json.loads(path.read_text())
    content["keys"]["2"], content["current"] = content["pepper"], 2
    path.write_text(json.dumps(content))
    keys = load_or_create(path, create=False)
    assert set(keys.kek) == {1, 2}
    assert keys.current == 2


def test_keys_do_not_print(keys: Keys) -> None:
    assert repr(keys) == "Keys(current=1)"
