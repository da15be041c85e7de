"""Calls of services that the operator named: no redirects, no proxies, an end to time and bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from time import monotonic
from urllib.parse import SplitResult, urlsplit

from contracts.errors import Unavailable

LARGEST = 1024 * 1024
CHUNK = 64 * 1024
FETCH_SECONDS = 3.0
"""Whoever waits for it is a person in front of a page."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered; the names of its fields are in lower case."""

    status: int
    content: bytes = field(repr=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def taken(self) -> bool:
        """Whether the service took what it was sent (2xx)."""
        return 200 <= self.status < 300


def post(url: str, content: bytes, fields: Mapping[str, str], seconds: float) -> Answer:
    """Post to a service. Raises Unavailable where there is no answer in time."""
    return call("POST", url, content, fields, seconds)


def fetch(url: str, fields: Mapping[str, str]) -> bytes:
    """Get what a service has at an address. Raises Unavailable where it has nothing in time."""
    answer = call("GET", url, None, fields, FETCH_SECONDS)
    if not answer.taken:
        raise Unavailable(detail=f"{urlsplit(url).hostname} answered {answer.status}")
    return answer.content


def call(
    method: str, url: str, content: bytes | None, fields: Mapping[str, str], seconds: float
) -> Answer:
    """Ask a service something. Raises Unavailable where there is no answer in time."""
    target, deadline = urlsplit(url), monotonic() + seconds
    connection = _connection(target, seconds)
    try:
        connection.request(method, _path(target), content, dict(fields))
        response = connection.getresponse()
        said = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, _read(response, deadline), said)
    except (OSError, HTTPException) as error:
        raise Unavailable(detail=f"{target.hostname}: {error!r}", retry_after=30) from error
    finally:
        connection.close()


def _connection(target: SplitResult, seconds: float) -> HTTPConnection:
    kind = HTTPSConnection if target.scheme == "https" else HTTPConnection
    return kind(target.hostname or "", target.port, timeout=seconds)


def _path(target: SplitResult) -> str:
    return target._replace(scheme="", netloc="", fragment="").geturl() or "/"


def _read(response: HTTPResponse, deadline: float) -> bytes:
    """Read to the end. Raises OSError for an answer that is too long or too slow."""
    content = b""
    while chunk := response.read1(CHUNK):
        content += chunk
        if len(content) > LARGEST or monotonic() > deadline:
            raise OSError("the answer is too long or too slow")
    return content
