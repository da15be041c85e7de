"""What is known of authenticator models, kept in a file that an operator fills.

The FIDO Metadata Service says who signs for a model and what became of it; a list of names says
what the providers are called that it does not know.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from contracts.errors import Misconfigured
from contracts.text import Text

COMPROMISED = frozenset(
    {
        "REVOKED",
        "USER_VERIFICATION_BYPASS",
        "ATTESTATION_KEY_COMPROMISE",
        "USER_KEY_REMOTE_COMPROMISE",
        "USER_KEY_PHYSICAL_COMPROMISE",
    }
)
"""FIDO Metadata Service 3.1, section 3.1.4: what no later certification of ours undoes."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model: its name, the certificates (DER, base64) that sign for it, what was reported."""

    name: str
    roots: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()

    @property
    def compromised(self) -> bool:
        """Whether a report says that it proves nothing any more."""
        return not COMPROMISED.isdisjoint(self.statuses)


@dataclass(frozen=True, slots=True)
class Metadata:
    """The models by their AAGUID, the names of others, and which edition this is."""

    number: int = 0
    next_update: str = ""
    models: Mapping[str, Model] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, data: bytes) -> Self:
        """Read what `dump` wrote. Raises ValueError, TypeError or KeyError."""
        found: dict[str, Any] = json.loads(data)
        models = {aaguid: _model(of) for aaguid, of in found["models"].items()}
        return cls(found["number"], found["next_update"], models, found["names"])

    def dump(self) -> bytes:
        """Return it as JSON."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()

    def name(self, aaguid: str) -> str:
        """Return what a model is called, empty where nobody said."""
        model = self.models.get(aaguid)
        return self.names.get(aaguid) or (model.name if model else "")


class MetadataFile:
    """The file, read again whenever it has changed."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._read: tuple[tuple[int, int], Metadata] | None = None

    def get(self) -> Metadata:
        """Return what the file holds; nothing before it was made. Raises Misconfigured."""
        if self._path is None or not self._path.exists():
            return Metadata()
        stat = self._path.stat()
        edition = (stat.st_mtime_ns, stat.st_size)
        if self._read is None or self._read[0] != edition:
            self._read = (edition, _loaded(self._path))
        return self._read[1]


def _loaded(path: Path) -> Metadata:
    try:
        return Metadata.load(path.read_bytes())
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
        message = "%(path)s cannot be read. Make it anew with gatehouse passkeys mds update."
        text = Text(message, {"path": str(path)})
        raise Misconfigured(text, detail=repr(error)) from None


def _model(found: dict[str, Any]) -> Model:
    return Model(found["name"], tuple(found["roots"]), tuple(found["statuses"]))
