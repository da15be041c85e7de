"""The handful of ONNX operators that networks are made of, each one method on a growing graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, checker, helper, numpy_helper

Array = NDArray[Any]
Value = tuple[str, Sequence[int | str]]
"""A name and a shape."""
OPSET = 17
IR_VERSION = 8
EPSILON = 1e-5


class Graph:
    """A chain of operators over the tensors of one checkpoint; values are named by their node."""

    def __init__(self, tensors: Mapping[str, Array]) -> None:
        self.tensors = tensors
        self.nodes: list[NodeProto] = []
        self.initializers: dict[str, TensorProto] = {}

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401  # ONNX's own
        """Append one operator and return the name of its output."""
        output = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name: str, value: Array) -> str:
        """Keep one constant, once per name."""
        if name not in self.initializers:
            self.initializers[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def integers(self, *values: int) -> str:
        """Keep a vector of 64-bit integers, for axes and shapes."""
        name = "int_" + "_".join(map(str, values))
        return self.constant(name, np.array(values, np.int64))

    def weight(self, name: str) -> str:
        """Keep one tensor of the checkpoint under its own name."""
        return self.constant(name, self.tensors[name])

    def conv(
        self,
        x: str,
        name: str,
        *,
        strides: Sequence[int] = (1, 1),
        pad: Sequence[int] = (0, 0),
        dilation: int = 1,
    ) -> str:
        """Convolve with `name.weight`, padded alike on both sides; dilated over the last axis."""
        weight = self.tensors[f"{name}.weight"]
        inputs = [x, self.constant(f"{name}.weight", image(weight))]
        if f"{name}.bias" in self.tensors:
            inputs.append(self.weight(f"{name}.bias"))
        return self.op(
            "Conv", *inputs, strides=list(strides), pads=[*pad, *pad], dilations=[1, dilation]
        )

    def batch_norm(self, x: str, name: str) -> str:
        """Normalise by the running statistics; scale one and shift zero where none were learnt."""
        mean = self.tensors[f"{name}.running_mean"]
        learnt = f"{name}.weight" in self.tensors
        scale = self.weight(f"{name}.weight") if learnt else self.like(mean, 1.0)
        shift = self.weight(f"{name}.bias") if learnt else self.like(mean, 0.0)
        statistics = [self.weight(f"{name}.running_mean"), self.weight(f"{name}.running_var")]
        return self.op("BatchNormalization", x, scale, shift, *statistics, epsilon=EPSILON)

    def like(self, array: Array, value: float) -> str:
        """Keep a constant of this shape, filled with one value."""
        return self.constant(f"fill_{value}_{array.size}", np.full_like(array, value))

    def relu(self, x: str) -> str:
        """Cut off what is negative."""
        return self.op("Relu", x)

    def length(self, x: str) -> str:
        """Return the length of the last axis as a vector of one integer."""
        return self.op("Shape", x, start=-1)

    def mean(self, x: str) -> str:
        """Average over the last axis, which stays with one element."""
        return self.op("ReduceMean", x, axes=[-1])

    def closed(self, name: str, *, given: Value, found: Value) -> ModelProto:
        """Close the graph behind its last operator; sizes with a name stay open."""
        self.nodes[-1].output[0] = found[0]
        body = helper.make_graph(
            self.nodes, name, [tensor(given)], [tensor(found)], list(self.initializers.values())
        )
        opset = helper.make_opsetid("", OPSET)
        proto = helper.make_model(
            body, opset_imports=[opset], ir_version=IR_VERSION, producer_name="gatehouse"
        )
        checker.check_model(proto, full_check=True)
        return proto


def tensor(value: Value) -> ValueInfoProto:
    """Declare what goes in or comes out."""
    return helper.make_tensor_value_info(value[0], TensorProto.FLOAT, value[1])


def image(kernel: Array) -> Array:
    """Make a kernel over time one over images, whose height is one if the kernel has none.

    ONNX Runtime is faster at images than at rows.
    """
    return kernel if kernel.ndim == 4 else kernel[:, :, None]
