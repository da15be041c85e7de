"""Make a small checkpoint in the format of speechbrain's encoder: checkpoint.py RECIPES FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])

import torch
from without_torchaudio import stand_in

SIZE = {"channels": [32, 32, 32, 32, 96], "attention_channels": 8, "lin_neurons": 24}
SHAPE = {"kernel_sizes": [5, 3, 3, 3, 1], "dilations": [1, 2, 3, 4, 1]}
PEOPLE = 7
HYPERPARAMS = """\
pretrained_path: speechbrain/spkrec-ecapa-voxceleb
n_mels: 80
compute_features: !new:speechbrain.lobes.features.Fbank
    n_mels: !ref <n_mels>
mean_var_norm: !new:speechbrain.processing.features.InputNormalization
    norm_type: sentence
    std_norm: False
embedding_model: !new:speechbrain.lobes.models.ECAPA_TDNN.ECAPA_TDNN
    input_size: !ref <n_mels>
    channels: {channels}
    kernel_sizes: {kernel_sizes}
    dilations: {dilations}
    attention_channels: {attention_channels}
    lin_neurons: {lin_neurons}
classifier: !new:speechbrain.lobes.models.ECAPA_TDNN.Classifier
    input_size: {lin_neurons}
    out_neurons: {people}
mean_var_norm_emb: !new:speechbrain.processing.features.InputNormalization
    norm_type: global
    std_norm: False
modules:
    compute_features: !ref <compute_features>
    mean_var_norm: !ref <mean_var_norm>
    embedding_model: !ref <embedding_model>
    mean_var_norm_emb: !ref <mean_var_norm_emb>
    classifier: !ref <classifier>
label_encoder: !new:speechbrain.dataio.encoder.CategoricalEncoder
pretrainer: !new:speechbrain.utils.parameter_transfer.Pretrainer
    loadables:
        embedding_model: !ref <embedding_model>
        mean_var_norm_emb: !ref <mean_var_norm_emb>
        classifier: !ref <classifier>
        label_encoder: !ref <label_encoder>
    paths:
        embedding_model: !ref <pretrained_path>/embedding_model.ckpt
        mean_var_norm_emb: !ref <pretrained_path>/mean_var_norm_emb.ckpt
        classifier: !ref <pretrained_path>/classifier.ckpt
        label_encoder: !ref <pretrained_path>/label_encoder.txt
"""


def main() -> None:
    """Write what the published folder holds, of a network that nobody trained."""
    stand_in()
    from speechbrain.lobes.models.ECAPA_TDNN import ECAPA_TDNN, Classifier
    from speechbrain.processing.features import InputNormalization

    folder = Path(sys.argv[2])
    folder.mkdir()
    torch.manual_seed(7)
    network = ECAPA_TDNN(80, **SIZE, **SHAPE)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    torch.save(network.state_dict(), folder / "embedding_model.ckpt")
    classifier = Classifier(SIZE["lin_neurons"], out_neurons=PEOPLE)
    torch.save(classifier.state_dict(), folder / "classifier.ckpt")
    mean = InputNormalization(norm_type="global", std_norm=False)
    mean(torch.zeros(1, 1, SIZE["lin_neurons"]), torch.ones(1))
    mean._save(folder / "mean_var_norm_emb.ckpt")
    hyperparams = HYPERPARAMS.format(people=PEOPLE, **SIZE, **SHAPE)
    (folder / "hyperparams.yaml").write_text(hyperparams, "utf-8")
    labels = "".join(f"'id{number}' => {number}\n" for number in range(PEOPLE))
    (folder / "label_encoder.txt").write_text(f"{labels}{'=' * 16}\n'starting_index' => 0\n")


main()
