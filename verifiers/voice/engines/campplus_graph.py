"""CAM++ as an ONNX graph: context-aware masking over a densely connected TDNN.

Wang et al., "CAM++: A Fast and Efficient Network for Speaker Verification Using Context-Aware
Masking" (Interspeech 2023), in the shape of 3D-Speaker's 192-dimensional zh-en model. The
embedding is the output of the last batch normalisation: the original has no ReLU behind it.
"""

from __future__ import annotations

from pathlib import Path

from onnx import ModelProto, TensorProto

from verifiers.voice.engines import checkpoint
from verifiers.voice.graph import Graph

MELS = 80
DIMENSION = 192
SEGMENT = 100
BLOCKS = ((12, 1), (24, 2), (16, 2))
"""Layers and dilation of each dense block; every layer looks at three frames."""


def convert(weights: Path) -> bytes:
    """Turn the packaged checkpoint into a serialised ONNX model."""
    model = build(Graph(checkpoint.read(weights)))
    return bytes(model.SerializeToString(deterministic=True))


def build(graph: Graph) -> ModelProto:
    """Lay out the network: `features` (batch, frames, 80) to `embedding` (batch, 192)."""
    x = front(graph, "features")
    x = graph.conv(x, "xvector.tdnn.linear", strides=[1, 2], pad=[0, 2])
    x = unit(graph, x, "xvector.tdnn")
    for number, (layers, dilation) in enumerate(BLOCKS, start=1):
        x = dense_block(graph, x, f"xvector.block{number}", layers, dilation)
        transit = f"xvector.transit{number}"
        x = graph.conv(unit(graph, x, transit), f"{transit}.linear")
    x = graph.relu(graph.batch_norm(x, "xvector.out_nonlinear.batchnorm"))
    embedding(graph, statistics(graph, x))
    return graph.closed(
        "campplus",
        given=("features", ["batch", "frames", MELS]),
        found=("embedding", ["batch", DIMENSION]),
    )


def front(graph: Graph, features: str) -> str:
    """Look at the spectrogram as an image: two residual stages, then bands and channels as one."""
    x = graph.op("Transpose", features, perm=[0, 2, 1])
    x = graph.op("Unsqueeze", x, graph.integers(1))
    x = image(graph, x, "head.conv1", "head.bn1")
    for stage in ("head.layer1", "head.layer2"):
        x = residual(graph, x, f"{stage}.0", stride=2)
        x = residual(graph, x, f"{stage}.1", stride=1)
    x = image(graph, x, "head.conv2", "head.bn2", stride=2)
    channels = graph.tensors["head.conv2.weight"].shape[0] * MELS // 8
    return graph.op("Reshape", x, graph.integers(0, channels, 1, -1))


def image(graph: Graph, x: str, conv: str, norm: str, stride: int = 1) -> str:
    """Convolve three by three, normalise, rectify; the stride runs over the bands alone."""
    return graph.relu(plane(graph, x, conv, norm, stride))


def plane(graph: Graph, x: str, conv: str, norm: str, stride: int = 1) -> str:
    """Convolve three by three and normalise."""
    return graph.batch_norm(graph.conv(x, conv, strides=[stride, 1], pad=[1, 1]), norm)


def residual(graph: Graph, x: str, name: str, stride: int) -> str:
    """Add two convolutions to their input, which is reduced alike where they reduce."""
    y = image(graph, x, f"{name}.conv1", f"{name}.bn1", stride)
    y = plane(graph, y, f"{name}.conv2", f"{name}.bn2")
    if stride != 1:
        x = graph.conv(x, f"{name}.shortcut.0", strides=[stride, 1], pad=[0, 0])
        x = graph.batch_norm(x, f"{name}.shortcut.1")
    return graph.relu(graph.op("Add", y, x))


def unit(graph: Graph, x: str, name: str, nonlinear: str = "nonlinear") -> str:
    """Normalise and rectify."""
    return graph.relu(graph.batch_norm(x, f"{name}.{nonlinear}.batchnorm"))


def dense_block(graph: Graph, x: str, name: str, layers: int, dilation: int) -> str:
    """Let each layer see the outputs of all before it."""
    for number in range(1, layers + 1):
        layer = f"{name}.tdnnd{number}"
        y = graph.conv(unit(graph, x, layer, "nonlinear1"), f"{layer}.linear1")
        y = masked(graph, unit(graph, y, layer, "nonlinear2"), f"{layer}.cam_layer", dilation)
        x = graph.op("Concat", x, y, axis=1)
    return x


def masked(graph: Graph, x: str, name: str, dilation: int) -> str:
    """Weigh a dilated convolution by a mask made from the utterance and the segment around."""
    local = graph.conv(x, f"{name}.linear_local", pad=[0, dilation], dilation=dilation)
    context = graph.op("Add", graph.mean(x), segments(graph, x))
    mask = graph.conv(graph.relu(graph.conv(context, f"{name}.linear1")), f"{name}.linear2")
    return graph.op("Mul", local, spread(graph, graph.op("Sigmoid", mask), x))


def segments(graph: Graph, x: str) -> str:
    """Average each segment of 100 frames; the last one may be shorter."""
    shape = [1, SEGMENT]
    return graph.op(
        "AveragePool", x, kernel_shape=shape, strides=shape, ceil_mode=1, count_include_pad=0
    )


def spread(graph: Graph, mask: str, x: str) -> str:
    """Give each frame of `x` the mask of its segment."""
    each = graph.op("Unsqueeze", mask, graph.integers(-1))
    each = graph.op("Expand", each, graph.integers(1, 1, 1, 1, SEGMENT))
    frames = graph.op("Reshape", each, graph.integers(0, 0, 1, -1))
    return graph.op(
        "Slice", frames, graph.integers(0), graph.length(x), graph.integers(-1), graph.integers(1)
    )


def statistics(graph: Graph, x: str) -> str:
    """Pool over time: the mean and the unbiased standard deviation of each channel."""
    middle = graph.mean(x)
    centred = graph.op("Sub", x, middle)
    squares = graph.op("Mul", centred, centred)
    summed = graph.op("ReduceSum", squares, graph.integers(-1), keepdims=1)
    freedom = graph.op("Sub", graph.length(x), graph.integers(1))
    variance = graph.op("Div", summed, graph.op("Cast", freedom, to=TensorProto.FLOAT))
    return graph.op("Concat", middle, graph.op("Sqrt", variance), axis=1)


def embedding(graph: Graph, x: str) -> str:
    """Project to 192 dimensions and normalise, with nothing rectified."""
    x = graph.batch_norm(graph.conv(x, "xvector.dense.linear"), "xvector.dense.nonlinear.batchnorm")
    return graph.op("Squeeze", x, graph.integers(2, 3))
