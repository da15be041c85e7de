"""The list of recordings to evaluate on: a CSV file with `file`, `subject` and `session`."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from contracts.errors import Misconfigured

COLUMNS = {"file", "subject", "session"}
AUDIO = {".wav", ".flac", ".ogg", ".opus", ".mp3", ".aif", ".aiff", ".au", ".w64", ".caf"}


@dataclass(frozen=True, slots=True)
class Utterance:
    """One recording: its name in the manifest, where it lies, who speaks, when.

    `columns` are all columns of its row: sex, age, accent, device, whatever there is.
    """

    name: str
    path: Path
    subject: str
    session: str
    columns: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Where:
    """Only the rows whose column fits a pattern, or with `wanted` false only the others."""

    column: str
    pattern: str
    wanted: bool = True

    def fits(self, row: Mapping[str, str]) -> bool:
        """Tell whether a row stays."""
        return fnmatchcase(row.get(self.column) or "", self.pattern) is self.wanted


def read(
    manifest: Path, root: Path, where: Sequence[Where] = (), needed: Sequence[str] = ()
) -> list[Utterance]:
    """Read the recordings of voices, paths relative to `root`. Raises Misconfigured."""
    try:
        with manifest.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            wanted = COLUMNS | set(needed) | {each.column for each in where}
            if missing := wanted - set(rows.fieldnames or ()):
                raise Misconfigured(detail=f"{manifest} lacks {', '.join(sorted(missing))}")
            found = [_utterance(row, root) for row in rows if _voice(row, where)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Misconfigured(detail=f"cannot read {manifest}: {error}") from error
    if not found:
        raise Misconfigured(detail=f"{manifest} names no recording of a voice")
    return found


def _voice(row: Mapping[str, str], where: Sequence[Where]) -> bool:
    audio = Path(row["file"] or "").suffix.lower() in AUDIO
    voice = row.get("modality", "voice") == "voice"
    return audio and voice and all(each.fits(row) for each in where)


def _utterance(row: dict[str, str], root: Path) -> Utterance:
    return Utterance(row["file"], root / row["file"], row["subject"], row["session"], row)
