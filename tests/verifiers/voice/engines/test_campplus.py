"""Our CAM++ graph against PyTorch's numbers, and a checkpoint reader that runs nothing."""

from __future__ import annotations

import io
import json
import os
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verifiers.voice.engines import checkpoint
from verifiers.voice.models import ENGINES
from verifiers.voice.networks import session

VECTORS = json.loads((Path(__file__).parents[3] / "vectors/campplus.json").read_text("utf-8"))


def generated(frames: int, seed: int) -> np.typing.NDArray[np.float32]:
    """Make the features of one vector, the same on every machine."""
    values = []
    for _ in range(frames * 80):
        seed = (seed * 1664525 + 1013904223) % 2**32
        values.append(6 * (seed / 2**31 - 1))
    return np.array(values, np.float32).reshape(1, frames, 80)


def run(campplus: Any, features: np.typing.NDArray[np.float32]) -> np.typing.NDArray[np.float32]:
    """Return embeddings (batch, 192)."""
    embeddings: np.typing.NDArray[np.float32] = campplus.run(None, {"features": features})[0]
    return embeddings


@pytest.fixture(scope="module")
def campplus(models: None) -> Any:
    return session(ENGINES["campplus"].load())


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: f"{case['frames']} frames")
def test_the_graph_equals_pytorch(campplus: Any, case: dict[str, Any]) -> None:
    embedding = run(campplus, generated(case["frames"], case["seed"]))[0]
    expected = np.array(case["embedding"])
    assert np.abs(embedding[: expected.size] - expected).max() < VECTORS["tolerance"]


def test_nothing_is_rectified_behind_the_last_normalisation(
    campplus: Any,
) -> None:
    embedding = run(campplus, generated(200, 9))
    assert 0.3 < (embedding < 0).mean() < 0.7


def test_batch_and_frames_are_open(campplus: Any) -> None:
    one, two = generated(150, 1), generated(150, 2)
    both = run(campplus, np.concatenate([one, two]))
    assert both.shape == (2, 192)
    assert np.abs(both[1] - run(campplus, two)[0]).max() < 1e-4


class Tensor:
    """Pickles like a tensor of a checkpoint."""

    def __init__(self, size: tuple[int, ...], stride: tuple[int, ...]) -> None:
        self.arguments = (Storage(), 0, size, stride, False, OrderedDict())


class Storage:
    """Pickles like the storage of a tensor."""


class Pickler(pickle._Pickler):
    """Writes what `torch.save` would, without torch."""

    def persistent_id(self, value: object) -> object:
        if isinstance(value, Storage):
            return ("storage", Global("torch", "FloatStorage"), "0", "cpu", 6)
        return None

    def reducer_override(self, value: object) -> Any:
        return NotImplemented


class Global:
    """A name that pickles as itself."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name


def save_global(pickler: Any, value: Global) -> None:
    pickler.write(f"c{value.module}\n{value.name}\n".encode())


def save_tensor(pickler: Any, value: Tensor) -> None:
    save_global(pickler, Global("torch._utils", "_rebuild_tensor_v2"))
    pickler.save(value.arguments)
    pickler.write(pickle.REDUCE)


def torch_file(path: Path, content: object) -> Path:
    """Write a checkpoint whose only storage holds 0 to 5."""
    buffer = io.BytesIO()
    pickler = Pickler(buffer, protocol=2)
    pickler.dispatch = Pickler.dispatch | {Global: save_global, Tensor: save_tensor}
    pickler.dump(content)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", buffer.getvalue())
        archive.writestr("archive/data/0", np.arange(6, dtype="<f4").tobytes())
    return path


def test_tensors_are_read(tmp_path: Path) -> None:
    content = {"weight": Tensor((2, 3), (3, 1)), "flat": Tensor((6,), (1,))}
    tensors = checkpoint.read(torch_file(tmp_path / "a.pt", content))
    assert tensors["weight"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert tensors["flat"].tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("name", ["os system", "builtins eval", "torch load", "torch._utils x"])
def test_foreign_names_are_refused(tmp_path: Path, name: str) -> None:
    path = torch_file(tmp_path / "a.pt", {"weight": Global(*name.split())})
    with pytest.raises(pickle.UnpicklingError, match="no place"):
        checkpoint.read(path)


def test_no_code_is_run(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return os.mkdir, (str(tmp_path / "owned"),)

    with pytest.raises(pickle.UnpicklingError):
        checkpoint.read(torch_file(tmp_path / "a.pt", {"weight": Evil()}))
    assert not (tmp_path / "owned").exists()


def test_a_tensor_out_of_order_is_refused(tmp_path: Path) -> None:
    path = torch_file(tmp_path / "a.pt", {"weight": Tensor((2, 3), (1, 2))})
    with pytest.raises(pickle.UnpicklingError, match="contiguous"):
        checkpoint.read(path)


def test_anything_but_a_dictionary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(pickle.UnpicklingError, match="dictionary"):
        checkpoint.read(torch_file(tmp_path / "a.pt", [1, 2]))
