"""Requests that nobody expects, made by Hypothesis for every address that the application has."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from operator import mul
from pathlib import Path
from typing import Any

from flask import Flask
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from tests.statistics.nasty import (
    ACCEPTED,
    KEPT_IN_HEADERS,
    KINDS,
    MARK,
    METHODS,
    NASTY,
    ORIGINS,
    PROTOCOL,
    RAW,
)

ROOT = Path(__file__).parents[2]

READ = re.compile(
    r"""(?:form|args|values|files|headers|body|json)\W+(?:get\()?["']([a-z_A-Z-]+)["']"""
)


def _json(values: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    leaves = st.one_of(values, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False))
    return st.recursive(
        leaves,
        lambda of: st.lists(of, max_size=3) | st.dictionaries(st.text(max_size=5), of, max_size=3),
        max_leaves=5,
    )


def _jwt(header: object, claims: object) -> str:
    parts = (json.dumps(part).encode() for part in (header, claims))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + ".AA"


HELD = st.integers(0, 30).map("\u00a7{}\u00a7".format)
"""Stands for something that the browser holds, right somewhere: a handle, a token, a name."""
PLACE = re.compile("\u00a7(\\d+)\u00a7")
JWTS = st.builds(_jwt, _json(st.sampled_from(NASTY)), _json(st.sampled_from(NASTY)))
LONG = st.builds(
    mul,
    st.sampled_from(["x", "[", "&", "=", '{"a":', "\ufdfa"]),
    st.sampled_from([129, 2000, 70_000]),
)
VALUES = st.one_of(
    *(HELD, HELD.map("{}A".format), JWTS, LONG), st.sampled_from(NASTY), st.text(max_size=30)
)


@dataclass(frozen=True, slots=True)
class Sent:
    """One request; `fields` are a form, a query or a JSON object, as the request has it."""

    method: str
    path: str
    fields: dict[str, Any] = field(default_factory=dict)
    form: str = "form"
    kind: str = KINDS[0]
    raw: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def to(self, client: Client) -> TestResponse:
        """Send it."""
        headers = list(self.headers.items())
        match self.form:
            case "query":
                body: dict[str, Any] = {"query_string": _texts(self.fields, longest=2_000)}
            case "form":
                body = {"data": _texts(self.fields)}
            case "files":
                body = {"data": _files(self.fields), "content_type": "multipart/form-data"}
            case "json":
                text = json.dumps(self.fields)
                body = {"data": text, "content_type": "application/json"}
            case _:
                body = {"data": self.raw, "content_type": self.kind}
        return client.open(self.path, method=self.method, headers=headers, **body)

    def __repr__(self) -> str:
        """Say what was sent, without the longest parts."""
        shown = {name: str(value)[:60] for name, value in self.fields.items()}
        return (
            f"{self.method} {self.path[:90]!r} {self.form} {self.kind} {shown} {self.raw[:60]!r} "
            f"{ {name: value[:60] for name, value in self.headers.items()} }"
        )


def names() -> list[str]:
    """Return every name that the code reads from a request, and those of the protocols."""
    rooms = ("gateway", "enrollment")
    code = (path.read_text() for room in rooms for path in (ROOT / room).rglob("*.py"))
    return sorted({*PROTOCOL, *(name for text in code for name in READ.findall(text))})


def addresses(app: Flask) -> list[str]:
    """Return every rule of the application; none is left out by hand."""
    return sorted({rule.rule for rule in app.url_map.iter_rules()})


def requests(rules: Sequence[str], fields: Sequence[str]) -> st.SearchStrategy[Sent]:
    """Make requests to these addresses with these fields."""
    parts = st.one_of(HELD, st.sampled_from(["x", "%00", "é", "..", MARK + ">"]))
    paths = st.builds(_filled, st.sampled_from(rules), parts)
    shaped = {"form": VALUES, "query": VALUES, "files": VALUES, "json": _json(VALUES)}
    methods, headers = st.sampled_from(METHODS), _headers()
    named = st.sampled_from(fields)
    some = [
        st.builds(
            Sent,
            methods,
            paths,
            st.dictionaries(named, values, max_size=6),
            st.just(form),
            headers=headers,
        )
        for form, values in shaped.items()
    ]
    long = LONG.map(lambda text: text.encode()[:80_000])
    kind, raw = (
        st.sampled_from(KINDS),
        st.one_of(st.binary(max_size=200), st.sampled_from(RAW), long),
    )
    body = st.builds(Sent, methods, paths, form=st.just("raw"), kind=kind, raw=raw, headers=headers)
    return st.one_of(some[0], *some, body)


def filled(sent: Sent, live: Sequence[str]) -> Sent:
    """Put what the browser holds in the places that are kept for it."""

    def put(value: Any) -> Any:
        if isinstance(value, str):
            return PLACE.sub(lambda found: live[int(found.group(1)) % len(live)], value)
        if isinstance(value, dict):
            return {put(name): put(one) for name, one in value.items()}
        return [put(one) for one in value] if isinstance(value, list) else value

    path = put(sent.path).replace("?", "%3F").replace("#", "%23")
    return replace(sent, path=path, fields=put(sent.fields), headers=put(sent.headers))


def _headers() -> st.SearchStrategy[dict[str, str]]:
    """Return few of these at a time; what no server lets through is left out."""
    told = st.one_of(st.sampled_from(KEPT_IN_HEADERS), HELD, JWTS)
    scheme = st.sampled_from(["Bearer", "DPoP", "Basic", "x"])
    shapes = {
        "Authorization": st.one_of(
            st.builds("{} {}".format, scheme, told), st.builds(_basic, VALUES, VALUES)
        ),
        "DPoP": told,
        "Station-Proof": told,
        "X-CSRF-Token": told,
        "Host": st.sampled_from(["evil.example", "localhost:8080", "a b", "[", ":", "x" * 300]),
        "X-Forwarded-For": told,
        "X-Forwarded-Host": st.just("evil.example"),
        "Forwarded": st.just("for=1.2.3.4;host=evil.example;proto=https"),
        "Origin": st.sampled_from(ORIGINS),
        "Accept": st.sampled_from(ACCEPTED),
        "Accept-Language": st.one_of(st.sampled_from(["de", "ar", "zh-TW;q=9", "x" * 2000]), told),
        "User-Agent": told,
        "Content-Type": st.sampled_from(KINDS),
    }
    one = (st.fixed_dictionaries({name: shape}) for name, shape in shapes.items())
    return st.one_of(st.just({}), *one, st.fixed_dictionaries({}, optional=shapes))


def _filled(rule: str, part: str) -> str:
    path = re.sub(r"<[^>]+>", part, rule)
    return path.encode("utf-8", "replace").decode()


def _basic(name: str, secret: str) -> str:
    pair = f"{name}:{secret}".encode("utf-8", "surrogatepass")
    return f"Basic {base64.b64encode(pair).decode()}"


def _texts(fields: dict[str, Any], longest: int = 70_000) -> dict[str, str]:
    """Return them as texts that UTF-8 can hold."""
    texts = {name: str(value)[:longest] for name, value in fields.items()}
    return {name: text.encode("utf-8", "replace").decode() for name, text in texts.items()}


def _files(fields: dict[str, Any]) -> dict[str, Any]:
    texts = _texts(fields, longest=20_000)
    return {name: (io.BytesIO(text.encode()), "a.wav") for name, text in texts.items()}
