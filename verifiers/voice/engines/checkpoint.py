"""Read the tensors of a PyTorch checkpoint without PyTorch and without running foreign code."""

from __future__ import annotations

import io
import math
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
STORAGES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


def read(path: Path) -> dict[str, Array]:
    """Return the named tensors of a `torch.save` zip file. Raises UnpicklingError otherwise."""
    with zipfile.ZipFile(path) as archive:
        index = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
        tensors = Tensors(archive, index.removesuffix("data.pkl")).load()
    if not isinstance(tensors, dict):
        raise pickle.UnpicklingError("not a dictionary of tensors")
    return dict(tensors)


class Tensors(pickle.Unpickler):
    """An unpickler that can build dictionaries and arrays of numbers, and nothing else."""

    def __init__(self, archive: zipfile.ZipFile, root: str) -> None:
        super().__init__(io.BytesIO(archive.read(root + "data.pkl")))
        self.archive = archive
        self.root = root

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401  # pickle's own signature
        """Resolve the few names a plain checkpoint holds."""
        if (module, name) in {("collections", "OrderedDict"), ("builtins", "dict")}:
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return rebuild
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a checkpoint")

    def persistent_load(self, pid: tuple[str, np.dtype[Any], str, str, int]) -> Array:
        """Read one storage, a flat array of `numel` numbers."""
        _, dtype, key, _, numel = pid
        data = self.archive.read(f"{self.root}data/{key}")
        return np.frombuffer(data, dtype, count=numel)


def rebuild(
    storage: Array, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: object
) -> Array:
    """Cut one C-contiguous tensor out of its storage."""
    if not contiguous(size, stride):
        raise pickle.UnpicklingError("a tensor is not contiguous")
    return storage[offset : offset + math.prod(size)].reshape(size)


def contiguous(size: tuple[int, ...], stride: tuple[int, ...]) -> bool:
    """Tell whether these strides, in elements, walk the memory in order."""
    expected = 1
    for length, step in zip(reversed(size), reversed(stride), strict=True):
        if length != 1 and step != expected:
            return False
        expected *= length
    return True
