"""Networks on ONNX Runtime, one thread each."""

from __future__ import annotations

from typing import Any

import onnxruntime


def session(model: bytes) -> Any:  # noqa: ANN401  # onnxruntime has no types
    """Load a network for one thread; without an arena it gives back what a long recording took."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
