"""Who this kiosk is: the station's id and private key, in one file that only its user may read."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from contracts.errors import Misconfigured
from contracts.text import Text
from enrollment.station_proof import CURVE

OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Identity:
    """A paired kiosk; `gateway` is the issuer it is paired with."""

    gateway: str
    station: str
    name: str
    key: ECKey = field(repr=False)


def new_key() -> ECKey:
    """Make the key pair of a station."""
    return ECKey.generate_key(CURVE)


def save(path: Path, identity: Identity) -> None:
    """Write the file, mode 0600, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = path.with_suffix(".new")
    written.unlink(missing_ok=True)
    with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(
            {
                "gateway": identity.gateway,
                "station": identity.station,
                "name": identity.name,
                "key": identity.key.as_dict(private=True),
            },
            file,
        )
    written.replace(path)


def load(path: Path) -> Identity:
    """Read the file. Raises Misconfigured where it is missing, broken or readable by others."""
    try:
        if path.stat().st_mode & OTHERS:
            raise _misconfigured("Others can read %(path)s: run `chmod 600 %(path)s`.", path)
        found = json.loads(path.read_text())
        key = ECKey.import_key(found["key"])
        return Identity(found["gateway"], found["station"], found["name"], key)
    except FileNotFoundError as error:
        raise _misconfigured(
            "This kiosk is not paired. Run `gatehouse station add NAME` at the gateway and "
            "`gatehouse kiosk pair` here.",
            path,
        ) from error
    except (OSError, ValueError, KeyError, TypeError, JoseError) as error:
        raise _misconfigured("%(path)s cannot be read: pair this kiosk again.", path) from error


def _misconfigured(message: str, path: Path) -> Misconfigured:
    return Misconfigured(Text(message, {"path": str(path)}))
