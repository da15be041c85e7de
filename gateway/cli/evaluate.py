"""`gatehouse evaluate`: error rates of biometric factors on one's own recordings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from gateway.cli import output
from gateway.cli.attacks import attacks
from gateway.cli.calibrate import calibrate, cohort, correction
from gateway.cli.linkability import linkability
from gateway.cli.manifests import listed, names, needs_evaluate, results, where
from gateway.cli.progress import bars


@click.group(epilog="Example: gatehouse evaluate voice MANIFEST.csv")
def evaluate() -> None:
    """Measure how well a biometric factor recognises people."""


evaluate.add_command(attacks)
evaluate.add_command(calibrate)
evaluate.add_command(cohort)
evaluate.add_command(correction)
evaluate.add_command(linkability)


@evaluate.command("voice", epilog="Example: gatehouse evaluate voice MANIFEST.csv --out results")
@listed
@results
@click.option("--utterances", type=click.IntRange(1), default=1, help="Recordings per template.")
@click.option(
    "--conditions",
    type=names,
    default="clean",
    help="How recordings sound: clean, band (of a telephone), telephone (band and G.711 mu-law), "
    "alaw, babble, noise (each 10 dB below), reverberation; a plus puts one behind another.",
)
@click.option("--enrol-condition", default="same", help="How enrolments sound: same, or one name.")
@click.option("--compare", multiple=True, metavar="ENGINE", help="Another engine, side by side.")
@click.option("--group", multiple=True, metavar="COLUMN", help="Rates per value of this column.")
@where
@click.option(
    "--collection", default="", metavar="COLUMN", help="For cross-fitting, as for calibrate."
)
@click.option("--bootstrap", type=click.IntRange(0), default=1000, help="Drawings of people.")
@click.option("--seed", type=int, default=1, help="For the drawings and the conditions.")
@click.option("--resume", is_flag=True, help="Go on where an interrupted run was.")
@click.option("--keep", is_flag=True, help="Keep what was encoded after a complete run.")
@output.as_json
def voice(manifest: Path, out: Path, root: Path, as_json: bool, **how: Any) -> None:  # noqa: ANN401  # options
    """Report FMR, FNMR, EER, minDCF and failures to acquire and to enrol (ISO/IEC 19795-1).

    MANIFEST is a CSV file with the columns file and subject; others may tell groups of
    people apart. Results are report.html, report.json, scores.csv, det.png and histogram.png.

    An interrupted run leaves unfinished.jsonl in the folder of the results, for --resume. It holds
    voiceprints, which are biometric data: nobody but you can read it, and it is deleted when a run
    is complete unless you say --keep.
    """
    with needs_evaluate():
        from gateway.evaluation import run  # noqa: PLC0415  # brings numpy along
        from gateway.evaluation.words import lines  # noqa: PLC0415
    with bars() as report:
        found = run(_order(manifest, root, how), out, report)
    click.echo(json.dumps(found.json(), indent=1) if as_json else "\n".join(lines(found)))


def _order(manifest: Path, root: Path, how: dict[str, Any]) -> Any:  # noqa: ANN401  # numpy comes late
    """Make the order out of the options."""
    from gateway.evaluation import Order, Where  # noqa: PLC0415
    from verifiers.voice.calibration import SHIPPED, Calibration  # noqa: PLC0415
    from verifiers.voice.normalisation import Cohort  # noqa: PLC0415
    from verifiers.voice.settings import VoiceSettings  # noqa: PLC0415

    settings = VoiceSettings.load()
    return Order(
        manifest,
        root,
        engines=("", *how.pop("compare")),
        groups=how.pop("group"),
        where=tuple(Where(*each) for each in how.pop("where")),
        calibration=Calibration.load(settings.calibration or SHIPPED),
        cohort=Cohort.load(settings.cohort) if settings.cohort else None,
        **how,
    )
