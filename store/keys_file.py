"""The file of the keys that never enter a database: key-encryption keys and the pepper."""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from contracts.errors import Misconfigured
from contracts.text import Text

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Keys:
    """Key-encryption keys by version, the version that seals now, and the pepper; 32 bytes each."""

    kek: Mapping[int, bytes] = field(repr=False)
    current: int
    pepper: bytes = field(repr=False)


def load_or_create(path: Path, create: bool) -> Keys:
    """Read the key file, made first where it is missing and may be. Raises Misconfigured."""
    if create and not path.exists():
        _create(path)
    return _parse(path, _read(path))


def add_key(path: Path) -> int:
    """Add a key-encryption key that seals nothing yet; return its version. Raises Misconfigured."""
    keys, new = _parse(path, _read(path)), secrets.token_bytes(KEY_BYTES)
    version = max(keys.kek) + 1
    _replace(path, Keys({**keys.kek, version: new}, keys.current, keys.pepper))
    return version


def use_key(path: Path, version: int) -> None:
    """Let a key of the file seal from the next start on. Raises Misconfigured."""
    keys = _parse(path, _read(path))
    if version not in keys.kek:
        raise _refused(f"The key file %(path)s has no key {version}.", path)
    _replace(path, Keys(keys.kek, version, keys.pepper))


def drop_key(path: Path, version: int) -> None:
    """Take a key out of the file that seals nothing any more. Raises Misconfigured."""
    keys = _parse(path, _read(path))
    if version == keys.current or version not in keys.kek:
        raise _refused(f"The key file %(path)s seals with key {version}, or has none.", path)
    left = {each: key for each, key in keys.kek.items() if each != version}
    _replace(path, Keys(left, keys.current, keys.pepper))


def _replace(path: Path, keys: Keys) -> None:
    with _draft(path, _written(keys)) as draft:
        draft.replace(path)


def _create(path: Path) -> None:
    """Write fresh keys beside the path and link them into place: whole or not at all, once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    key, pepper = (secrets.token_bytes(KEY_BYTES) for _ in range(2))
    with _draft(path, _written(Keys({1: key}, 1, pepper))) as draft:
        _link(draft, path)


@contextmanager
def _draft(path: Path, text: str) -> Iterator[Path]:
    """Write a file beside the path that nobody else can read; it is gone at the end."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _link(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return


def _written(keys: Keys) -> str:
    kek = {str(version): _text(key) for version, key in keys.kek.items()}
    content = {"pepper": _text(keys.pepper), "keys": kek, "current": keys.current}
    return json.dumps(content, indent=1) + "\n"


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _read(path: Path) -> str:
    try:
        with path.open() as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise _refused("The key file %(path)s cannot be read: give the right one.", path) from error
    if mode & 0o077:
        raise _refused("Others can read the key file. Run: chmod 600 %(path)s", path)
    return text


def _parse(path: Path, text: str) -> Keys:
    try:
        content = json.loads(text)
        kek = {int(version): _key(value) for version, value in content["keys"].items()}
        keys = Keys(kek=kek, current=int(content["current"]), pepper=_key(content["pepper"]))
        keys.kek[keys.current]
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise _refused("The key file %(path)s is damaged: restore it.", path) from error
    return keys


def _key(value: str) -> bytes:
    key = base64.b64decode(value, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("a key must have 32 bytes")
    return key


def _refused(message: str, path: Path) -> Misconfigured:
    return Misconfigured(Text(message, {"path": str(path)}))
