"""The list of recordings to evaluate on: a CSV file with `file` and `subject`."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path

from contracts.errors import Misconfigured
from verifiers import models

COLUMNS = {"file", "subject"}
FREE = "CC BY"
"""How the licence of recordings begins that something which ships may be trained on."""
DIGITS = 16
AUDIO = {".wav", ".flac", ".ogg", ".opus", ".mp3", ".aif", ".aiff", ".au", ".w64", ".caf"}


@dataclass(frozen=True, slots=True)
class Utterance:
    """One recording: its name in the manifest, where it lies, who speaks.

    `columns` are all columns of its row: session, sex, accent, licence, whatever there is.
    """

    name: str
    path: Path
    subject: str
    columns: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def free(self) -> bool:
        """Whether what ships may be trained on it."""
        return self.columns.get("licence", "").startswith(FREE)


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


def digest(utterances: Iterable[Utterance]) -> str:
    """Return the SHA-256 of the names and contents of all recordings, in the order of the names."""
    lines = sorted(f"{each.name} {_content(each.path)}\n" for each in utterances)
    return sha256("".join(lines).encode()).hexdigest()


def pseudonyms(subjects: Iterable[str]) -> list[str]:
    """Return what people are known by who must not be named, sorted: digests of their names."""
    return sorted(map(pseudonym, subjects))


def pseudonym(subject: str) -> str:
    """Return what a person is known by who must not be named."""
    return sha256(subject.encode()).hexdigest()[:DIGITS]


def _content(path: Path) -> str:
    return models.digest(path) if path.is_file() else "missing"


def _voice(row: Mapping[str, str], where: Sequence[Where]) -> bool:
    audio = Path(row["file"] or "").suffix.lower() in AUDIO
    voice = row.get("modality", "voice") == "voice"
    return audio and voice and all(each.fits(row) for each in where)


def _utterance(row: dict[str, str], root: Path) -> Utterance:
    return Utterance(row["file"], root / row["file"], row["subject"], row)
