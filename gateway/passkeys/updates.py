"""Keeping what is known of authenticator models up to date, from files alone."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from contracts.clock import Clock
from contracts.errors import BadRequest, Conflict, Misconfigured
from contracts.text import Text
from gateway.passkeys.blob import Trust, verify
from verifiers.webauthn.metadata import Metadata, MetadataFile
from verifiers.webauthn.settings import WebauthnSettings

NOWHERE = Text("Set GATEHOUSE_WEBAUTHN_METADATA to the file that every gateway reads it from.")
OLDER = Text("Edition %(known)d is here already, and this is %(number)d. Nothing was changed.")
NO_NAMES = Text("The file is no list of names by AAGUID. Nothing was changed.")
LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Known:
    """What is known after an update."""

    number: int
    next_update: str
    models: int
    compromised: int
    names: int
    overdue: bool


class Updates:
    """Writes the file of metadata, whole or not at all."""

    def __init__(self, settings: WebauthnSettings, clock: Clock) -> None:
        """Raise Misconfigured where no file is named."""
        if settings.metadata is None:
            raise Misconfigured(NOWHERE)
        self._path = settings.metadata
        self._file = MetadataFile(settings.metadata)
        self._clock = clock

    def blob(self, data: bytes, trust: Trust) -> Known:
        """Take over a blob; one older than what is here is refused (FIDO MDS 3.1, 3.2, step 8)."""
        found, known = verify(data, trust, self._clock.now()), self._file.get()
        if found.number < known.number:
            values = {"known": known.number, "number": found.number}
            raise Conflict(Text(OLDER.message, values))
        edition = str(found.next_update)
        models = found.models()
        return self._keep(replace(known, number=found.number, next_update=edition, models=models))

    def names(self, data: bytes) -> Known:
        """Take over a list of names by AAGUID: `{"<aaguid>": "name"}` or `{"name": ...}` each."""
        return self._keep(replace(self._file.get(), names=_names(data)))

    def known(self) -> Known:
        """Say what is known now."""
        return self._tell(self._file.get())

    def _keep(self, metadata: Metadata) -> Known:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._path.parent, delete=False) as file:
            file.write(metadata.dump())
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).chmod(0o644)
        Path(file.name).replace(self._path)
        return self._tell(metadata)

    def _tell(self, metadata: Metadata) -> Known:
        compromised = sum(model.compromised for model in metadata.models.values())
        today = self._clock.now().date()
        due = metadata.next_update
        overdue = bool(due) and date.fromisoformat(due) < today
        models, names = len(metadata.models), len(metadata.names)
        return Known(metadata.number, due, models, compromised, names, overdue)


def _names(data: bytes) -> Mapping[str, str]:
    try:
        found: Mapping[str, Any] = json.loads(data)
        return {str(UUID(aaguid)): _name(of) for aaguid, of in found.items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise BadRequest(NO_NAMES, detail=repr(error)) from None


def _name(found: str | Mapping[str, str]) -> str:
    """Read one name. Raises ValueError or what a missing member raises."""
    name = " ".join((found if isinstance(found, str) else found["name"]).split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise ValueError(f"a name of {len(name)} characters")
    return name
