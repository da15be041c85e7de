"""Attacks are the same each time, and a detector that is trained on them twice is one detector."""

from __future__ import annotations

import json
import shutil
import stat
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from gateway.evaluation import manifest
from gateway.evaluation.attacks import conversion, injection, material, replay, species, synthesis
from gateway.evaluation.attacks.hearing import Hearing
from gateway.evaluation.attacks.measure import judge, trainable
from gateway.evaluation.attacks.presentation import BONA_FIDE, Presentation, corpus_of
from gateway.evaluation.attacks.splicing import Splicing
from gateway.evaluation.attacks.texts import texts
from gateway.evaluation.attacks.training import Rows, fit
from tests.recordings import FOLDER, part
from verifiers.voice.audio.speech import Speech
from verifiers.voice.pad.shipped import FILE

CHANGED = (
    *(conversion.LPC, conversion.MEL, conversion.SHIFT),
    *(replay.PHONE, replay.GOOD, injection.FILE, injection.MESSAGE),
)
ENOUGH = 2.0


def babbling(seed: int, seconds: float = 3.0) -> Presentation:
    """Return what has pitch, syllables and pauses as speech has."""
    rng = np.random.default_rng(seed)
    time = np.arange(int(seconds * 16_000)) / 16_000
    pitch = np.cumsum(110 + 20 * np.sin(2 * np.pi * 0.7 * time + seed)) / 16_000
    tone = sum(np.cos(2 * np.pi * pitch * each) / each for each in range(1, 25))
    syllables = np.maximum(np.sin(2 * np.pi * 2 * time), 0)
    waveform = 0.1 * (tone * syllables + 0.02 * rng.standard_normal(time.size))
    return Presentation(BONA_FIDE, f"made{seed}", f"ls{seed}", waveform.astype(np.float32))


@pytest.mark.parametrize("kind", CHANGED, ids=lambda kind: kind.name)
def test_a_changed_recording_is_the_same_each_time_and_fits_a_wave(
    kind: conversion.Changed,
) -> None:
    recording = babbling(1)
    (one,), (other,) = list(kind.make([recording])), list(kind.make([recording]))
    assert np.array_equal(one.waveform, other.waveform)
    assert np.abs(one.waveform).max() <= 1
    assert 0.2 < one.waveform.size / recording.waveform.size < 2
    assert (one.species, one.subject) == (kind.name, recording.subject)


@pytest.mark.parametrize("kind", CHANGED, ids=lambda kind: kind.name)
def test_only_a_file_fed_as_it_is_leaves_no_trace(kind: conversion.Changed) -> None:
    recording = babbling(2)
    (attack,) = kind.make([recording])
    assert np.array_equal(attack.waveform, recording.waveform) == (kind is injection.FILE)


def test_splices_are_pieces_of_one_person_in_another_order() -> None:
    people = [babbling(1), replace(babbling(2), subject="ls1"), babbling(3)]
    made = list(Splicing(each=2).make(people))
    assert [each.subject for each in made] == ["ls1", "ls1", "ls3", "ls3"]
    assert not np.array_equal(made[0].waveform, made[1].waveform)
    again = list(Splicing(each=2).make(people))
    assert all(np.array_equal(*pair) for pair in zip(
        (each.waveform for each in made), (each.waveform for each in again), strict=True
    ))  # fmt: skip


def test_a_voice_says_its_own_texts_digits_and_phrases_in_turn() -> None:
    assert texts("a", 6) == texts("a", 6) != texts("b", 6)
    assert [name[:6] for name, _ in texts("a", 4)] == ["digits", "phrase"] * 2


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_espeak_speaks_and_is_heard_as_speech(models: None) -> None:
    made = list(islice(synthesis.ESPEAK.make([]), 2))
    heard = [condition for each in made for condition, _ in Hearing(Speech(), [])(each)]
    assert heard.count("clean") == 2
    assert len(heard) == 4
    again = list(islice(synthesis.ESPEAK.make([]), 2))
    assert np.array_equal(made[0].waveform, again[0].waveform)


def test_what_is_not_installed_is_said() -> None:
    absent = replace(synthesis.ESPEAK, programs=("no-such-program",))
    assert absent.missing() == "no-such-program not installed"
    assert material.missing((absent,)) == {"tts-formant": "no-such-program not installed"}


def test_every_species_has_a_name_of_its_own() -> None:
    names = [each.name for each in species.SPECIES]
    assert len(set(names)) == len(names)
    shipped = json.loads(FILE.read_text("utf-8"))["species"]
    assert set(shipped) <= set(names)


def test_a_corpus_is_what_a_name_begins_with() -> None:
    assert (corpus_of("vctk_p226"), corpus_of("ls1688")) == ("vctk", "ls")


def made_up(seed: int, size: int = 240) -> Rows:
    """Return rows whose first feature tells one species well and another not at all."""
    rng = np.random.default_rng(seed)
    kinds = np.array([BONA_FIDE, "tts-formant", "injection-file"])[np.arange(size) % 3]
    features = rng.standard_normal((size, 5)).astype(np.float32)
    features[kinds == "tts-formant", 0] -= 6
    corpora = np.where(
        kinds == "tts-formant", "espeak", np.array(["ls", "lt"])[np.arange(size) % 2]
    )
    return Rows(
        kinds,
        corpora,
        np.full(size, "clean"),
        rng.integers(0, 5, size),
        np.ones(size, bool),
        features,
    )


def test_training_twice_gives_the_same_numbers() -> None:
    rows = made_up(3)
    one, other = fit(rows), fit(rows)
    assert np.array_equal(one.weight, other.weight)
    assert one.offset == other.offset


def test_what_is_told_apart_and_what_is_not() -> None:
    judged = judge(made_up(4), frozenset({"tts-formant"}), budget=0.05)
    assert judged.bpcer.value <= 0.05
    assert judged.species["tts-formant"].known.value < 0.1
    assert judged.species["tts-formant"].unknown.value > 0.8
    assert judged.species["injection-file"].unknown.value > 0.8
    assert next(iter(judged.species.values())).unknown.value > 0.8


def test_nothing_is_trained_on_what_is_for_research_alone() -> None:
    rows = made_up(5)
    closed = replace(rows, free=rows.corpus != "lt")
    usable = trainable(closed, frozenset({"tts-formant"}))
    assert not usable[(rows.corpus == "lt") & rows.bona_fide].any()
    assert not usable[rows.species == "injection-file"].any()


@pytest.mark.recordings
def test_what_ships_was_trained_on_these_recordings() -> None:
    free = [each for each in manifest.read(part("MANIFEST.csv"), FOLDER) if each.free]
    assert manifest.digest(free) == json.loads(FILE.read_text("utf-8"))["data"]["sha256"]


@pytest.mark.recordings
@pytest.mark.slow
def test_the_whole_way_on_a_few_recordings(
    tmp_path: Path, models: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(material, "SPECIES", (conversion.SHIFT, injection.FILE))
    some = manifest.read(part("MANIFEST.csv"), FOLDER)[:4]
    one = Rows.of(material.collect(some, tmp_path / "one", lambda *_: None))
    other = Rows.of(material.collect(some, tmp_path / "other", lambda *_: None))
    again = Rows.of(material.collect(some, tmp_path / "one", lambda *_: None))
    modes = {stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "one").rglob("*.npz")}
    assert modes == {0o600}, "what people said is for one's own eyes"
    assert np.array_equal(one.features, other.features)
    assert np.array_equal(one.features, again.features)
    assert np.array_equal(fit(one).weight, fit(other).weight)
