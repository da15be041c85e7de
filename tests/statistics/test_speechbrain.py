"""speechbrain itself, in an environment of its own: its encoder as we export it, and its measures.

Installing PyTorch takes minutes, so that this is run in the whole form alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gateway.evaluation.costs import min_dcf
from gateway.evaluation.rates import equal_error
from gateway.models.environment import RECIPES, Environment, Recipe, environment
from gateway.models.export import convert
from verifiers.voice import engines
from verifiers.voice.models import EXPORTS

(ECAPA,) = (each for each in EXPORTS if each.key == "ecapa")
SCRIPTS = Path(__file__).with_name("speechbrain")
PRIORS = (0.01, 0.001)


@pytest.fixture(scope="module")
def made(request: pytest.FixtureRequest) -> Iterator[Environment]:
    """The environment that engines are exported in."""
    if request.config.getoption("length") != "whole":
        pytest.skip("installs PyTorch, which takes minutes: LENGTH=whole")
    with environment(Recipe.read(ECAPA.recipe), lambda *_: None) as environment_:
        yield environment_


def test_a_checkpoint_of_speechbrains_becomes_an_engine(
    made: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_MODELS_DIR", str(tmp_path / "models"))
    made.python(str(SCRIPTS / "checkpoint.py"), str(RECIPES), str(tmp_path / "checkpoint"))
    convert(made, ECAPA, tmp_path / "checkpoint", lambda *_: None)
    record = json.loads((tmp_path / "models" / "ecapa.json").read_text("utf-8"))
    assert record["difference"] < 1e-5
    engine = engines.load("ecapa")
    assert engine.dimension == 24
    for seconds in (1, 3, 15):
        noise = np.random.default_rng(seconds).standard_normal(seconds * 16_000)
        assert np.isfinite(engine.embed(0.1 * noise.astype(np.float32))).all()


def test_our_measures_are_speechbrains(made: Environment, tmp_path: Path) -> None:
    """Not normalised there, and of two rates that never meet the mean is taken on both sides."""
    cases = [scores(number) for number in range(6)]
    (tmp_path / "scores.json").write_text(json.dumps(cases), "utf-8")
    files = str(tmp_path / "scores.json"), str(tmp_path / "found.json")
    made.python(str(SCRIPTS / "measures.py"), str(RECIPES), *files)
    found = json.loads((tmp_path / "found.json").read_text("utf-8"))
    for case, theirs in zip(cases, found, strict=True):
        genuine, impostor = np.array(case["genuine"]), np.array(case["impostor"])
        assert equal_error(genuine, impostor)[0] == pytest.approx(theirs["eer"], abs=0.5 / 300)
        for prior in PRIORS:
            cost = theirs["costs"][str(prior)] / prior
            assert min_dcf(genuine, impostor, prior) == pytest.approx(cost, abs=1e-4)


def scores(seed: int) -> dict[str, list[float]]:
    """Draw scores of which some overlap; rounded, so that ties occur."""
    drawn = np.random.default_rng(seed)
    genuine = drawn.normal(0.7 - 0.05 * seed, 0.12, 300).round(3)
    impostor = drawn.normal(0.1, 0.15, 4000).round(3)
    return {"genuine": genuine.tolist(), "impostor": impostor.tolist(), "priors": list(PRIORS)}
