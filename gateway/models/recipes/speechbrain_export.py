"""Export an encoder of voices from speechbrain's format: speechbrain_export.py FOLDER OUT.

FOLDER holds hyperparams.yaml and checkpoints; OUT holds probes.npy, waveforms of one length each
row. Written are OUT/model.onnx, from waveforms (batch, samples) at 16 kHz to embeddings
(batch, dimension), and OUT/expected.npy, speechbrain's own embeddings of the probes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from without_torchaudio import stand_in

OPSET = 17


class Fourier(torch.nn.Module):
    """speechbrain's short-time Fourier transform as one convolution, which ONNX Runtime has."""

    def __init__(self, stft: torch.nn.Module) -> None:
        super().__init__()
        if not (stft.center and stft.onesided and stft.pad_mode == "constant"):
            raise SystemExit("only a centred, one-sided transform padded with zeros is exported")
        size = stft.n_fft
        before = (size - stft.win_length) // 2
        window = torch.zeros(size, dtype=torch.float64)
        window[before : before + stft.win_length] = stft.window
        turns = torch.outer(torch.arange(size // 2 + 1), torch.arange(size)) % size
        angle = 2 * torch.pi * turns.double() / size
        kernels = torch.cat([angle.cos() * window, -angle.sin() * window])
        scale = stft.win_length**-0.5 if stft.normalized_stft else 1.0
        self.register_buffer("kernels", (kernels * scale).float().unsqueeze(1))
        self.size, self.hop = size, stft.hop_length

    def forward(self, waveforms: torch.Tensor) -> torch.Tensor:
        """Return (batch, frames, frequencies, 2) of waveforms (batch, samples)."""
        padded = torch.nn.functional.pad(waveforms.unsqueeze(1), (self.size // 2, self.size // 2))
        both = torch.nn.functional.conv1d(padded, self.kernels, stride=self.hop)
        real, imaginary = both.chunk(2, dim=1)
        return torch.stack([real, imaginary], dim=-1).transpose(1, 2)


class Encoder(torch.nn.Module):
    """What `encode_batch` does: features minus their mean over the waveform, then the network."""

    def __init__(self, modules: torch.nn.ModuleDict) -> None:
        super().__init__()
        norm = modules.mean_var_norm
        if norm.norm_type != "sentence" or norm.std_norm:
            raise SystemExit("only features minus the mean of their sentence are exported")
        self.features, self.network = modules.compute_features, modules.embedding_model
        self.features.compute_STFT = Fourier(self.features.compute_STFT)

    def forward(self, waveforms: torch.Tensor) -> torch.Tensor:
        """Return embeddings (batch, dimension)."""
        features = self.features(waveforms)
        embeddings = self.network(features - features.mean(dim=1, keepdim=True))
        return embeddings.squeeze(1)


def load(folder: Path, scratch: Path) -> torch.nn.Module:
    """Load by speechbrain's own way; the folder's checkpoints stand for those of the hub."""
    stand_in()
    from speechbrain.inference.speaker import SpeakerRecognition  # noqa: PLC0415 - after the above

    hyperparams = (folder / "hyperparams.yaml").read_text("utf-8").splitlines()
    elsewhere = any(line.startswith("pretrained_path:") for line in hyperparams)
    return SpeakerRecognition.from_hparams(
        source=str(folder),
        savedir=str(scratch),
        overrides={"pretrained_path": str(folder)} if elsewhere else {},
        run_opts={"device": "cpu"},
    )


def main() -> None:
    """Embed the probes, then export."""
    torch.set_num_threads(1)
    folder, out = map(Path, sys.argv[1:])
    recogniser = load(folder, out / "checkpoints")
    probes = torch.from_numpy(np.load(out / "probes.npy"))
    with torch.no_grad():
        expected = [recogniser.encode_batch(probe[None])[0, 0].numpy() for probe in probes]
        np.save(out / "expected.npy", np.stack(expected))
        torch.onnx.export(
            Encoder(recogniser.mods).eval(),
            (probes[:1],),
            str(out / "model.onnx"),
            input_names=["waveform"],
            output_names=["embedding"],
            dynamic_axes={"waveform": {0: "batch", 1: "samples"}, "embedding": {0: "batch"}},
            opset_version=OPSET,
            dynamo=False,
        )


if __name__ == "__main__":
    main()
