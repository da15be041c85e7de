"""Settings of the inference pool."""

from __future__ import annotations

import os
from typing import Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.errors import Misconfigured

PREFIX = "GATEHOUSE_INFERENCE_"


MOST = 2
"""Processes unless more are asked for: each holds the models once more."""


class InferenceSettings(BaseSettings):
    """How much the inference pool may take, and how long."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    workers: int = Field(
        default=0,
        ge=0,
        description="Processes that hold the models, one job at a time; "
        "0 is as many as there are cores, two at the most.",
    )
    queue: int = Field(default=16, ge=1, description="Jobs that may wait; one more is turned away.")
    job_seconds: float = Field(
        default=5.0, gt=0, description="Longest run of a job; then it is killed."
    )
    wait_seconds: float = Field(
        default=10.0, gt=0, description="Longest wait for an answer, queue included."
    )
    start_seconds: float = Field(default=60.0, gt=0, description="Longest time to load the models.")
    callers: int = Field(
        default=12,
        ge=1,
        description="Threads of one web worker that may wait for the pool; one more is turned "
        "away. They come on top of GATEHOUSE_THREADS, so that what needs no pool never waits.",
    )
    memory_mb: int = Field(default=512, ge=1, description="Most data memory of one process, MiB.")

    @property
    def processes(self) -> int:
        """How many processes hold the models."""
        return self.workers or min(MOST, len(os.sched_getaffinity(0)))

    @classmethod
    def load(cls) -> Self:
        """Read the settings. Raises Misconfigured naming the first variable that is wrong."""
        try:
            return cls()
        except ValidationError as error:
            problem = error.errors()[0]
            name = PREFIX + str(problem["loc"][0]).upper()
            raise Misconfigured(detail=f"{name}: {problem['msg']}") from error
