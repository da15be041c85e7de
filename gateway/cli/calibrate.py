"""`gatehouse evaluate calibrate`, `cohort`, `correction`: what voices are decided by."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from gateway.cli.manifests import EXISTING, engine, listed, needs_evaluate, where, written
from gateway.cli.progress import bars
from gateway.private import write_private


@click.command(epilog="Example: gatehouse evaluate calibrate MANIFEST.csv --out calibration.json")
@listed
@written("calibration.json")
@where
@engine
@click.option("--collection", default="", help="Column; thresholds hold in each of its values.")
@click.option("--cohort", type=EXISTING, help="Normalise scores by this cohort.")
@click.option("--seed", type=int, default=1, help="For drawings of people and the telephone.")
def calibrate(manifest: Path, out: Path, root: Path, **how: Any) -> None:  # noqa: ANN401  # options
    """Fit likelihood ratios and thresholds to recordings, for GATEHOUSE_VOICE_CALIBRATION.

    MANIFEST is a CSV file with the columns file and subject. Each recording counts as it
    is and as it sounds over a telephone. All figures are of people who were held out.
    """
    order = _order(manifest, root, how)
    with needs_evaluate():
        from gateway.evaluation import calibrate as evaluation  # noqa: PLC0415  # brings numpy along
    with bars() as report:
        made = evaluation.calibrate(order, report)
    out.write_text(made.model_dump_json(indent=1) + "\n", "utf-8")
    click.echo("\n".join([*evaluation.lines(made), f"Written              {out}"]))


@click.command(epilog="Example: gatehouse evaluate cohort STRANGERS.csv --out cohort.json")
@listed
@written("cohort.json")
@where
@engine
@click.option("--top", type=click.IntRange(10), default=50, help="How many strangers count.")
@click.option("--seed", type=int, default=1, help="For the telephone.")
def cohort(manifest: Path, out: Path, root: Path, top: int, **how: Any) -> None:  # noqa: ANN401
    """Make a cohort of strangers, for GATEHOUSE_VOICE_COHORT.

    It holds one mean voiceprint per person and channel: biometric data of people who have agreed
    to just that, and who are none of those you verify. Nobody but you can read the file.
    """
    order = _order(manifest, root, how)
    with needs_evaluate():
        from gateway.evaluation import strangers  # noqa: PLC0415  # brings numpy along
    with bars() as report:
        made = strangers.cohort(order, top, report)
    write_private(out, made.model_dump_json(indent=1) + "\n")
    click.echo(f"{len(made.subjects)} people, written to {out} as {made.fingerprint}")


@click.command(epilog="Example: gatehouse evaluate correction MANIFEST.csv --out correction.json")
@listed
@written("correction.json")
@where
@engine
@click.option("--seed", type=int, default=1, help="For the telephone.")
def correction(manifest: Path, out: Path, root: Path, **how: Any) -> None:  # noqa: ANN401  # options
    """Learn what a telephone does to every voice: how the correction of an engine is made.

    Each recording is encoded as it is and as it sounds over a telephone. The file holds a mean of
    all people and the directions that are left out of telephone embeddings, and nothing of one
    person; it ships beside its engine, and a calibration is made with it afterwards.
    """
    order = _order(manifest, root, how)
    with needs_evaluate():
        from gateway.evaluation import learning  # noqa: PLC0415  # brings numpy along
    with bars() as report:
        made = learning.correction(order, report)
    out.write_text(made.model_dump_json() + "\n", "utf-8")
    click.echo(f"{len(made.made.subjects)} people, {made.made.recordings} recordings: {out}")


def _order(manifest: Path, root: Path, how: dict[str, Any]) -> Any:  # noqa: ANN401  # numpy late
    """Make the order out of the options."""
    with needs_evaluate():
        from gateway.evaluation import Where  # noqa: PLC0415
        from gateway.evaluation.order import Order  # noqa: PLC0415
    rows = tuple(Where(*each) for each in how.pop("where"))
    today = datetime.now(UTC).date().isoformat()
    return Order(manifest, root, rows, command=_command(), date=today, **how)


def _command() -> str:
    """Return what was typed, paths without the folders of this machine."""
    context = click.get_current_context()
    given = [f"{context.info_name}", *_words(context.params)]
    return shlex.join(["gatehouse", "evaluate", *given])


def _words(params: dict[str, Any]) -> list[str]:
    words = [params["manifest"].name]
    for name in ("engine", "collection", "cohort", "seed"):
        if params.get(name):
            value = params[name].name if isinstance(params[name], Path) else str(params[name])
            words += [f"--{name}", value]
    for column, wanted, like in params["where"]:
        words += ["--where", f"{column}{'' if like else '!'}={wanted}"]
    return words
