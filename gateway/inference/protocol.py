"""What is said on the pool's socket and pipes: frames of a JSON header and bytes, nothing else."""

from __future__ import annotations

import asyncio
import json
import struct
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from contracts.errors import BadRequest, GatehouseError, Misconfigured, Retry, Unavailable
from contracts.text import Text

PREFIX = struct.Struct("!II")
MAX_HEADER = 16_384
MAX_PAYLOAD = 4_000_000
RAISED: tuple[type[GatehouseError], ...] = (Retry, BadRequest, Unavailable, Misconfigured)
TOO_LARGE = Text("The recording is too large.")


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: a small JSON object and a payload.

    A request has `job`; an answer has nothing, or `error` with its text.
    """

    header: dict[str, Any] = field(default_factory=dict)
    payload: bytes = field(default=b"", repr=False)

    def encode(self) -> bytes:
        """Put the lengths in front. Raises BadRequest where the payload is too large."""
        header = json.dumps(self.header).encode()
        if len(self.payload) > MAX_PAYLOAD:
            raise BadRequest(TOO_LARGE)
        return PREFIX.pack(len(header), len(self.payload)) + header + self.payload


def lengths(prefix: bytes) -> tuple[int, int]:
    """Read the two lengths. Raises BadRequest where one is over its cap."""
    header, payload = PREFIX.unpack(prefix)
    if header > MAX_HEADER or payload > MAX_PAYLOAD:
        raise BadRequest(TOO_LARGE, detail=f"a frame of {header} + {payload} bytes")
    return header, payload


def decode(header: bytes, payload: bytes) -> Frame:
    """Build a frame. Raises BadRequest where the header is no JSON object."""
    try:
        fields = json.loads(header)
    except ValueError as error:
        raise BadRequest(detail="a frame's header is not JSON") from error
    if not isinstance(fields, dict):
        raise BadRequest(detail="a frame's header is not an object")
    return Frame(fields, payload)


async def receive(reader: asyncio.StreamReader) -> Frame:
    """Read one frame. Raises BadRequest, or EOFError where the other side hung up."""
    header, payload = lengths(await reader.readexactly(PREFIX.size))
    return decode(await reader.readexactly(header), await reader.readexactly(payload))


def read(stream: BinaryIO) -> Frame:
    """Read one frame. Raises BadRequest, or EOFError where the other side hung up."""
    header, payload = lengths(_exactly(stream, PREFIX.size))
    return decode(_exactly(stream, header), _exactly(stream, payload))


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) != count:
        raise EOFError
    return data


def failure(error: GatehouseError) -> Frame:
    """Carry an error with its words for the person and its detail for the log."""
    return Frame(
        {
            "error": error.code,
            "message": error.public.message,
            "values": dict(error.public.values),
            "plural": error.public.plural,
            "detail": error.detail,
            "reason": error.reason,
        }
    )


def unpack(frame: Frame) -> bytes:
    """Return the payload of an answer, or raise the error that it carries."""
    if "error" not in frame.header:
        return frame.payload
    kind = next((each for each in RAISED if each.code == frame.header["error"]), Unavailable)
    text = Text(frame.header["message"], frame.header["values"], frame.header["plural"])
    error = kind(text, detail=frame.header["detail"])
    error.reason = frame.header["reason"]
    raise error
