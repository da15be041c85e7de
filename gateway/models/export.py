"""Make a model's file of what a hub or a folder holds, and record what it was made of."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contracts.errors import Misconfigured
from gateway.models.environment import Environment, Recipe, environment, step
from gateway.models.pull import place
from gateway.progress import Progress
from verifiers.models import Exported, Hub, digest, record_of

HYPERPARAMS = "hyperparams.yaml"
ROOMS = "lobes|nnet|processing|dataio.encoder|utils.parameter_transfer"
HARMLESS = re.compile(rf"!(ref|copy|tuple|new:speechbrain\.({ROOMS})\.[\w.]+)(?=\s)")
TOLERANCE = 1e-4
"""Largest difference to speechbrain's own embedding, as a share of its largest number."""


def export(model: Exported, source: Path | None, progress: Progress) -> None:
    """Make a model's file, of a folder where one is given, in an environment that is then removed.

    Raises Misconfigured, with nothing changed.
    """
    recipe = Recipe.read(model.recipe)
    if source:
        harmless(source)
    with environment(recipe, progress) as made:
        convert(made, model, source or fetched(made, model.hub, progress), progress)


def convert(made: Environment, model: Exported, source: Path, progress: Progress) -> None:
    """Export, compare with what speechbrain computes, and put the file in its place."""
    harmless(source)
    comparison, out = model.comparison(), made.scratch
    with step(f"Exporting {model.name}", progress):
        comparison.prepare(out)
        made.run(f"{model.recipe}_export.py", str(source.resolve()), str(out))
    difference, dimension = comparison.difference(out)
    if difference > TOLERANCE:
        told = f"{model.name} differs from what speechbrain computes by {difference:.1e}"
        raise Misconfigured(detail=told)
    data = (out / "model.onnx").read_bytes()
    place(model.path, data)
    record = recorded(model, source, data, dimension) | {"difference": difference}
    place(record_of(model.path), (json.dumps(record, indent=2) + "\n").encode())
    progress(f"Installing {model.name}", 1, 1)


def recorded(model: Exported, source: Path, data: bytes, dimension: int) -> dict[str, Any]:
    """Say what the file is and what it was made of; other weights make another template."""
    weights = {path.name: digest(path) for path in parts(source)}
    whole = hashlib.sha256(json.dumps(weights).encode()).hexdigest()
    hub = model.hub if same(source, model.hub) else None
    return {
        "template": f"{model.key}-{dimension}-{whole[:12]}",
        "dimension": dimension,
        "sha256": hashlib.sha256(data).hexdigest(),
        "source": f"{hub.name} at {hub.revision}" if hub else "a folder of the operator's",
        "licence": model.licence if hub else "the folder's",
        "weights": weights,
        "made_with": Recipe.read(model.recipe).install[-1],
        "date": datetime.now(UTC).date().isoformat(),
    }


def parts(source: Path) -> list[Path]:
    """Return what lays out the network, and the checkpoints."""
    return [source / HYPERPARAMS, *sorted(source.glob("*.ckpt"))]


def same(source: Path, hub: Hub) -> bool:
    """Tell whether a folder holds what the hub's revision holds."""
    files = {source / name: sha256 for name, sha256 in hub.files.items()}
    return all(path.is_file() and digest(path) == sha256 for path, sha256 in files.items())


def fetched(made: Environment, hub: Hub, progress: Progress) -> Path:
    """Fetch the files of a hub's revision. Raises Misconfigured where they are not the pinned."""
    folder = made.scratch / "hub"
    with step(f"Downloading {hub.name}", progress):
        made.run("hub_fetch.py", hub.name, hub.revision, str(folder), *hub.files)
    if not same(folder, hub):
        raise Misconfigured(detail=f"{hub.name} is not what was pinned")
    return folder


def harmless(source: Path) -> None:
    """Refuse a folder whose hyperparameters could run code of their own. Raises Misconfigured."""
    file = source / HYPERPARAMS
    if not file.is_file():
        raise Misconfigured(detail=f"{source} holds no {HYPERPARAMS}, so it is not speechbrain's")
    text = file.read_text("utf-8")
    if text.count("!") != len(HARMLESS.findall(text)):
        told = f"{file} asks for more than parts of speechbrain, so it is not loaded"
        raise Misconfigured(detail=told)
