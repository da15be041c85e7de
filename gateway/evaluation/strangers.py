"""Make a cohort: people who are nobody's claim, for score normalisation."""

from __future__ import annotations

from base64 import b64encode

import numpy as np

from contracts.errors import Misconfigured
from gateway.evaluation.compare import mean
from gateway.evaluation.encode import Encoded, Listening, shipped
from gateway.evaluation.manifest import pseudonyms
from gateway.evaluation.order import Order, encode
from gateway.progress import Progress
from verifiers.voice.normalisation import LEAST, Cohort, Voice


def cohort(
    order: Order, top: int, progress: Progress, listening: Listening | None = None
) -> Cohort:
    """Return one mean per person and channel. Raises Misconfigured for too few people."""
    listening = listening or order.pooled()
    encoded = encode(order, progress, listening)
    corrected = [one.corrected(shipped(listening)) for one in encoded.values()]
    voices = [voice for one in corrected for voice in _voices(one)]
    subjects = {each.subject for one in encoded.values() for each in one.utterances}
    if any(len({each.subject for each in one.utterances}) < LEAST for one in encoded.values()):
        raise Misconfigured(detail=f"a cohort needs {LEAST} people on each channel")
    return Cohort(
        version=1, engine=order.format, top=top, voices=voices, subjects=pseudonyms(subjects)
    )


def _voices(encoded: Encoded) -> list[Voice]:
    people = np.array([each.subject for each in encoded.utterances])
    means = (mean(encoded.embeddings[people == each]) for each in np.unique(people))
    channel = encoded.channels[0]
    return [
        Voice.model_validate(
            {"channel": channel, "mean": b64encode(each.astype("<f4").tobytes()).decode()}
        )
        for each in means
    ]
