"""The port of a job that runs in the inference pool."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Job = Callable[[bytes], bytes]
"""One payload in, one result out. Raises Retry or BadRequest with words for the person."""

Loader = Callable[[], Job]
"""Loads models once, in the pool's process, and returns the job."""

Jobs = Mapping[str, Loader]
