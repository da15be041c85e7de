"""Compute speechbrain's EER and minDCF of scores: measures.py RECIPES SCORES.json OUT.json."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])

import torch
from without_torchaudio import stand_in


def main() -> None:
    """Measure case after case."""
    stand_in()
    from speechbrain.utils.metric_stats import EER, minDCF

    found = []
    for case in json.loads(Path(sys.argv[2]).read_text("utf-8")):
        scores = torch.tensor(case["genuine"]), torch.tensor(case["impostor"])
        costs = {str(prior): minDCF(*scores, p_target=prior)[0] for prior in case["priors"]}
        found.append({"eer": EER(*scores)[0], "costs": costs})
    Path(sys.argv[3]).write_text(json.dumps(found), "utf-8")


main()
