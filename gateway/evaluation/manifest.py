"""The list of recordings to evaluate on: a CSV file with `file`, `subject` and `session`."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.errors import Misconfigured

COLUMNS = {"file", "subject", "session"}
AUDIO = {".wav", ".flac", ".ogg", ".opus", ".mp3", ".aif", ".aiff", ".au", ".w64", ".caf"}


@dataclass(frozen=True, slots=True)
class Utterance:
    """One recording: its name in the manifest, where it lies, who speaks, when."""

    name: str
    path: Path
    subject: str
    session: str


def read(manifest: Path, root: Path) -> list[Utterance]:
    """Read the recordings of voices, paths relative to `root`. Raises Misconfigured."""
    try:
        with manifest.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            if missing := COLUMNS - set(rows.fieldnames or ()):
                raise Misconfigured(detail=f"{manifest} lacks {', '.join(sorted(missing))}")
            found = [_utterance(row, root) for row in rows if _voice(row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Misconfigured(detail=f"cannot read {manifest}: {error}") from error
    if not found:
        raise Misconfigured(detail=f"{manifest} names no recording of a voice")
    return found


def _voice(row: Mapping[str, str]) -> bool:
    audio = Path(row["file"] or "").suffix.lower() in AUDIO
    return audio and row.get("modality", "voice") == "voice"


def _utterance(row: Mapping[str, str], root: Path) -> Utterance:
    return Utterance(row["file"], root / row["file"], row["subject"], row["session"])
