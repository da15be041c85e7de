"""A chatbot hands a voice message on, or the segments of a call, with the standard library alone.

As a program: `python voice_note.py https://login.example.org support STATE message.ogg`, with the
client's secret in the environment, as CLIENT_SECRET.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote_plus
from urllib.request import Request, urlopen

SECONDS = 20


class Refused(Exception):
    """Nothing was judged: no such challenge is open, the recording is none, or it was too much."""

    def __init__(self, status: int, error: str) -> None:
        self.status = status
        super().__init__(f"{status} {error}")


@dataclass
class Gatehouse:
    """The one endpoint, and who calls it."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)

    def voice_note(self, state: str, audio: bytes) -> str:
        """Hand on one message: `accepted`, `refused`, or `again`. Raises Refused.

        `state` is what the chatbot sent its person to log in with.
        """
        return self._post({"state": state}, audio)["result"]

    def call(self, state: str, audio: bytes) -> Call:
        """Begin a call by its first segment, of at most 15 seconds. Raises Refused."""
        began = self._post({"state": state, "call": "begin"}, audio)
        return Call(self, began["call"], began["result"])

    def _post(self, fields: Mapping[str, str], audio: bytes | None) -> dict[str, str]:
        kind, body = multipart(fields, audio)
        known = f"{quote_plus(self.client_id)}:{quote_plus(self.secret)}"
        headers = {
            "Authorization": f"Basic {b64encode(known.encode()).decode()}",
            "Content-Type": kind,
        }
        request = Request(f"{self.issuer}/voice/verify", body, headers)  # noqa: S310 - ours
        for patience in (True, False):
            try:
                with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
                    found: dict[str, str] = json.load(answer)
                    return found
            except HTTPError as error:
                if not (patience and error.code == 503):
                    raise Refused(error.code, json.load(error).get("error", "")) from error
                time.sleep(float(error.headers.get("Retry-After", "2")))
        raise AssertionError


@dataclass
class Call:
    """A call under way; `result` is what came of all that was heard so far."""

    gatehouse: Gatehouse
    handle: str = field(repr=False)
    result: str

    def segment(self, audio: bytes) -> str:
        """Hand on the next segment. After `accepted`, `refused` says: somebody else speaks now."""
        self.result = self.gatehouse._post({"call": self.handle}, audio)["result"]
        return self.result

    def end(self) -> None:
        """Say that the call is over."""
        self.gatehouse._post({"call": self.handle, "ended": "true"}, None)


def multipart(fields: Mapping[str, str], audio: bytes | None) -> tuple[str, bytes]:
    """Return the media type and the body of a form with at most one file (RFC 7578)."""
    between = secrets.token_hex(16)
    part = f"--{between}\r\nContent-Disposition: form-data; name="
    texts = "".join(f'{part}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    body = texts.encode()
    if audio is not None:
        head = f'{part}"audio"; filename="audio"\r\nContent-Type: application/octet-stream\r\n\r\n'
        body += head.encode() + audio + b"\r\n"
    return f"multipart/form-data; boundary={between}", body + f"--{between}--\r\n".encode()


def main(issuer: str, client_id: str, state: str, file: str) -> None:
    """Hand on the message in a file and print what came of it."""
    gatehouse = Gatehouse(issuer, client_id, os.environ["CLIENT_SECRET"])
    print(gatehouse.voice_note(state, Path(file).read_bytes()))


if __name__ == "__main__":
    main(*sys.argv[1:])
