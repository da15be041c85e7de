"""The MCP example's offline check of tokens, and its guard before each tool."""

from __future__ import annotations

import json
import time
from typing import Any

import anyio
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, Key, OctKey, RSAKey

pytest.importorskip("mcp", reason="the MCP SDK is not installed")

import guard
import verifier as verifiers
from guard import Guard, Need

ISSUER = "https://gateway.example"
RESOURCE = "https://tools.example/mcp"
METADATA = "https://tools.example/.well-known/oauth-protected-resource/mcp"


@pytest.fixture(scope="module")
def key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "one", "alg": "ES256", "use": "sig"})


@pytest.fixture
def verifier(key: ECKey, monkeypatch: pytest.MonkeyPatch) -> verifiers.Verifier:
    """A verifier whose gateway publishes one key; `fetched` counts how often it was asked."""
    made = verifiers.Verifier(ISSUER, RESOURCE)

    async def fetch() -> None:
        published = key.as_dict(private=False)
        made._keys._keys = {"one": verifiers.jwt.PyJWK(published)}
        made.fetched = getattr(made, "fetched", 0) + 1  # type: ignore[attr-defined]

    monkeypatch.setattr(made._keys, "_fetch", fetch)
    return made


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    said = {
        "iss": ISSUER,
        "aud": RESOURCE,
        "sub": "ada",
        "client_id": "agent",
        "iat": now,
        "exp": now + 300,
        "scope": "notes:read",
        "acr": "mfa",
        "auth_time": now,
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def signed(key: Key, said: dict[str, Any], /, **header: Any) -> str:
    names = {"alg": "ES256", "typ": "at+jwt", "kid": "one"} | header
    names = {name: value for name, value in names.items() if value is not None}
    registry = jws.JWSRegistry(algorithms=["ES256", "HS256", "RS256", "none"])
    registry.strict_check_header = False
    return jws.serialize_compact(names, json.dumps(said), key, registry=registry)


def test_a_good_token_says_who_it_is_and_is_not_kept(
    verifier: verifiers.Verifier, key: ECKey
) -> None:
    found = anyio.run(verifier.verify_token, signed(key, claims()))
    assert found is not None
    assert (found.subject, found.client_id, found.scopes) == ("ada", "agent", ["notes:read"])
    assert found.resource == RESOURCE
    assert found.claims is not None
    assert found.claims["acr"] == "mfa"
    assert found.token == ""


def test_one_of_several_audiences_will_do(verifier: verifiers.Verifier, key: ECKey) -> None:
    token = signed(key, claims(aud=["https://other.example", RESOURCE]))
    assert anyio.run(verifier.verify_token, token) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example"},
        {"aud": RESOURCE + "/"},
        {"aud": RESOURCE + "/deeper"},
        {"aud": []},
        {"aud": None},
        {"aud": 1},
        {"iss": "https://other.example"},
        {"iss": ISSUER + "/"},
        {"iss": None},
        {"exp": 1},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"sub": None},
        {"client_id": None},
    ],
    ids=str,
)
def test_other_claims_are_refused(
    verifier: verifiers.Verifier, key: ECKey, changes: dict[str, Any]
) -> None:
    assert anyio.run(verifier.verify_token, signed(key, claims(**changes))) is None


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"typ": "dpop+jwt"},
        {"kid": "two"},
        {"kid": None},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/x"},
        {"jwk": {"kty": "oct"}},
        {"crit": ["kid"]},
    ],
    ids=str,
)
def test_other_headers_are_refused(
    verifier: verifiers.Verifier, key: ECKey, header: dict[str, Any]
) -> None:
    assert anyio.run(verifier.verify_token, signed(key, claims(), **header)) is None


def test_other_keys_and_algorithms_are_refused(verifier: verifiers.Verifier, key: ECKey) -> None:
    public = json.dumps(key.as_dict(private=False)).encode()
    forged = [
        signed(ECKey.generate_key("P-256"), claims()),
        signed(OctKey.import_key(public), claims(), alg="HS256"),
        signed(RSAKey.generate_key(2048), claims(), alg="RS256"),
        signed(key, claims())[:-8] + "AAAAAAAA",
        signed(key, claims()).rpartition(".")[0] + ".",
    ]
    for token in (*forged, "", ".", "..", "a.b.c", "x" * 9000):
        assert anyio.run(verifier.verify_token, token) is None


def test_unknown_keys_do_not_make_it_ask_again_and_again(
    verifier: verifiers.Verifier, key: ECKey
) -> None:
    for number in range(20):
        anyio.run(verifier.verify_token, signed(key, claims(), kid=f"{number}"))
    assert verifier.fetched == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("need", "changes", "error"),
    [
        (Need(), {}, None),
        (Need(scope=("notes:read",)), {}, None),
        (Need(scope=("notes:write",)), {}, "insufficient_scope"),
        (Need(scope=("notes:write",)), {"scope": None}, "insufficient_scope"),
        (Need(acr="mfa"), {}, None),
        (Need(acr="mfa"), {"acr": "aal1"}, "insufficient_user_authentication"),
        (Need(acr="mfa"), {"acr": None}, "insufficient_user_authentication"),
        (Need(acr="mfa"), {"acr": "mfa+voice"}, None),
        (Need(acr="aal2"), {}, "insufficient_user_authentication"),
        (Need(acr="aal2"), {"acr": "phr"}, None),
        (Need(max_age=60), {}, None),
        (Need(max_age=60), {"auth_time": 1}, "insufficient_user_authentication"),
        (Need(max_age=60), {"auth_time": None}, "insufficient_user_authentication"),
        (Need(max_age=60), {"auth_time": "now"}, "insufficient_user_authentication"),
    ],
)
def test_what_a_tool_needs(need: Need, changes: dict[str, Any], error: str | None) -> None:
    assert need.missing(claims(**changes)).get("error") == error


def call(verifier: verifiers.Verifier, token: str | None, body: bytes) -> list[dict[str, Any]]:
    """Send a call through the guard; an empty answer means that the tool ran."""
    sent: list[dict[str, Any]] = []
    needs = {"delete": Need(("notes:write",)), "transfer": Need(acr="aal2", max_age=60)}

    async def tool(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["body"] == body

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def run() -> None:
        headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
        scope = {"type": "http", "method": "POST", "path": "/mcp", "headers": headers}
        guard = Guard(tool, verifier, needs, METADATA, entry=Need(("notes:read",)))  # type: ignore[arg-type]
        await guard(scope, receive, send)  # type: ignore[arg-type]

    anyio.run(run)
    return sent


def asked(name: str) -> bytes:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name}}
    return json.dumps(message).encode()


@pytest.mark.parametrize(
    ("name", "status", "named"),
    [
        ("delete", 403, 'error="insufficient_scope", scope="notes:write"'),
        ("transfer", 401, 'acr_values="aal2", max_age="60"'),
    ],
)
def test_a_refusal_says_what_is_missing_and_where(
    verifier: verifiers.Verifier, key: ECKey, name: str, status: int, named: str
) -> None:
    token = signed(key, claims())
    for body in (asked(name), b"[" + asked("list") + b"," + asked(name) + b"]"):
        start, _ = call(verifier, token, body)
        assert start["status"] == status
        challenge = dict(start["headers"])[b"www-authenticate"].decode()
        assert challenge.startswith("Bearer error=")
        assert named in challenge
        assert f'resource_metadata="{METADATA}"' in challenge


def test_whoever_has_no_token_is_told_what_to_ask_for(
    verifier: verifiers.Verifier, key: ECKey
) -> None:
    for token, named in (
        ("wrong", 'Bearer error="invalid_token", scope='),
        (None, "Bearer scope="),
    ):
        start, _ = call(verifier, token, asked("list"))
        challenge = dict(start["headers"])[b"www-authenticate"].decode()
        assert start["status"] == 401
        assert challenge.startswith(named)
        assert f'scope="notes:read", resource_metadata="{METADATA}"' in challenge
    start, _ = call(verifier, signed(key, claims(scope="openid")), b"{}")
    assert start["status"] == 403


def test_other_calls_go_on(verifier: verifiers.Verifier, key: ECKey) -> None:
    token = signed(key, claims())
    for body in (asked("list"), b"", b"{", b"[" * 2000, b'{"method": "tools/call"}', b"null"):
        assert call(verifier, token, body) == []


def test_too_much_is_refused(verifier: verifiers.Verifier, key: ECKey) -> None:
    start, _ = call(verifier, signed(key, claims()), b"x" * (guard.LONGEST + 1))
    assert start["status"] == 413
