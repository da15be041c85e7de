"""Cosine similarity of embeddings, compared as they are kept: protected."""

from __future__ import annotations

from contracts.factor import Enrolled
from verifiers.voice import vectors
from verifiers.voice.protection import Transform
from verifiers.voice.template import Voiceprint
from verifiers.voice.vectors import unpack


def cosine(probe: bytes, enrolled: Enrolled) -> float:
    """Return the cosine of a raw embedding and a voiceprint: the embedding is protected as it is.

    Raises ValueError where they differ in size, or the voiceprint is not protected.
    """
    voiceprint = Voiceprint.load(enrolled.template)
    mine = unpack(voiceprint.current)
    transform = Transform(enrolled.seed, voiceprint.salt, len(mine))
    return vectors.cosine(transform.apply(unpack(probe)), mine)


def alike(one: bytes, other: bytes) -> float:
    """Return the cosine of two raw embeddings."""
    return vectors.cosine(unpack(one), unpack(other))
