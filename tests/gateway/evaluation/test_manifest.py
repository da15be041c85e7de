"""What a manifest names, and by what its recordings and its people are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.errors import Misconfigured
from gateway.evaluation import Where, manifest
from gateway.evaluation.manifest import Utterance
from tests.gateway.evaluation.toy import listed


def test_a_manifest_names_voices_alone(tmp_path: Path) -> None:
    path = listed(
        tmp_path / "m.csv",
        "file,modality,subject,session,licence",
        "a/1.flac,voice,anna,monday,free",
        "a/1.png,face,anna,monday,free",
        "a/2.png,voice,anna,monday,free",
    )
    (only,) = manifest.read(path, tmp_path)
    assert only == Utterance("a/1.flac", tmp_path / "a/1.flac", "anna")
    assert only.columns["licence"] == "free"


def test_modality_is_not_needed(tmp_path: Path) -> None:
    path = listed(tmp_path / "m.csv", "session,file,subject", "1,x.WAV,anna")
    assert [each.subject for each in manifest.read(path, tmp_path)] == ["anna"]


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ([Where("sex", "f")], ["anna", "cora"]),
        ([Where("sex", "f", wanted=False)], ["ben"]),
        ([Where("sex", "f"), Where("subject", "c*")], ["cora"]),
    ],
)
def test_some_rows_are_wanted(tmp_path: Path, where: list[Where], kept: list[str]) -> None:
    rows = ("1.wav,anna,1,f", "2.wav,ben,1,m", "3.wav,cora,1,f")
    path = listed(tmp_path / "m.csv", "file,subject,session,sex", *rows)
    assert [each.subject for each in manifest.read(path, tmp_path, where)] == kept


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["file,session", "a.wav,1"], "lacks subject"),
        (["file,subject,session"], "no recording"),
        ([""], "lacks"),
    ],
)
def test_a_poor_manifest_is_told(tmp_path: Path, lines: list[str], words: str) -> None:
    with pytest.raises(Misconfigured, match=words):
        manifest.read(listed(tmp_path / "m.csv", *lines), tmp_path)


def test_a_column_that_groups_must_be_there(tmp_path: Path) -> None:
    path = listed(tmp_path / "m.csv", "file,subject,session", "a.wav,anna,1")
    with pytest.raises(Misconfigured, match="lacks age"):
        manifest.read(path, tmp_path, needed=["age"])


def test_the_digest_is_that_of_names_and_contents_in_any_order(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        (tmp_path / name).write_bytes(name.encode())
    path = listed(tmp_path / "m.csv", "file,subject", "a.wav,anna", "b.wav,ben", "absent.wav,ben")
    every = manifest.read(path, tmp_path)
    found = manifest.digest(every)
    assert found == manifest.digest(every[::-1])
    assert found != manifest.digest(every[:2])
    (tmp_path / "a.wav").write_bytes(b"another")
    assert found != manifest.digest(every)


def test_people_who_must_not_be_named_are_known_again() -> None:
    """Calibrations and cohorts that were made hold these very digits."""
    assert manifest.pseudonym("anna") == "55579b557896d0ce"
    assert manifest.pseudonyms({"ben", "anna"}) == sorted(map(manifest.pseudonym, ("anna", "ben")))


@pytest.mark.parametrize(
    ("licence", "free"), [("CC BY 4.0 (VCTK)", True), ("research only", False), ("", False)]
)
def test_the_licence_says_what_may_be_trained_on(tmp_path: Path, licence: str, free: bool) -> None:
    path = listed(tmp_path / "m.csv", "file,subject,licence", f"a.wav,anna,{licence}")
    (only,) = manifest.read(path, tmp_path)
    assert only.free is free
