"""The guarded fetcher: what it refuses, and that refusing costs neither time nor memory."""

from __future__ import annotations

import json
import resource
import ssl
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from gateway.oidc.fetching import addresses, fetch
from gateway.oidc.fetching.fetch import AT_ONCE, PER_HOST, Fetcher, FetchFailed
from gateway.oidc.fetching.freshness import freshness
from gateway.oidc.fetching.target import NotATarget, Target
from store import Store
from tests import timing
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.hostile import Hostile
from tests.timing import quickest
from tests.waiting import PATIENCE

VECTORS = Path(__file__).parents[1] / "vectors"


def vectors(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((VECTORS / name).read_text())
    return found


@pytest.fixture(scope="module")
def hostile(hostile: Hostile) -> Hostile:
    hostile.answer("/good", {"a": 1})
    return hostile


@pytest.fixture
def trusting(proof: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the hostile server's certificate, as an operator would a certificate of their own."""
    monkeypatch.setenv("SSL_CERT_FILE", str(proof))


Fetching = Callable[..., Fetcher]


@pytest.fixture
def fetching(store: Store, trusting: None) -> Fetching:
    def made(found: Sequence[str] | None = None, **more: Any) -> Fetcher:
        """Fetch from this machine, or believe every name to have these addresses."""
        if found is not None:
            more = {"loopback": False, "resolve": lambda _host, _port: found, **more}
        return Fetcher(store, **{"loopback": True, "seconds": PATIENCE, **more})

    return made


@pytest.fixture
def database() -> str:
    """What is fetched is no business of the database's; limits are tested elsewhere on both."""
    return "sqlite"


@pytest.mark.parametrize("vector", vectors("targets.json"), ids=lambda v: v["url"][:40])
def test_an_address_is_read_strictly(vector: dict[str, Any]) -> None:
    try:
        Target.parse(vector["url"])
        read = True
    except NotATarget:
        read = False
    assert read == vector["read"]


@pytest.mark.parametrize("vector", vectors("addresses.json"), ids=lambda v: str(v["resolves"]))
def test_only_public_addresses_are_public(vector: dict[str, Any]) -> None:
    assert addresses.all_public(vector["resolves"]) == vector["public"]


@pytest.mark.parametrize(
    "vector",
    [v for v in vectors("addresses.json") if not v["public"]],
    ids=lambda v: str(v["resolves"]),
)
def test_a_name_of_a_private_address_is_not_connected_to(
    fetching: Fetching, hostile: Hostile, vector: dict[str, Any]
) -> None:
    asked = len(hostile.seen)

    def refuse() -> None:
        with pytest.raises(fetch.Refused):
            fetching(vector["resolves"]).get(f"https://rebound.example:{hostile.port}/good")

    assert quickest(refuse)[1] < timing.AT_ONCE
    assert len(hostile.seen) == asked


def test_what_was_checked_is_what_is_connected_to(
    fetching: Fetching, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that changes its address between two questions is asked only once."""
    asked: list[str] = []
    connected: list[Any] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    def connect(address: tuple[str, int], timeout: float) -> Any:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", connect)
    with pytest.raises(fetch.Unreachable):
        fetching(resolve=rebinding).get(f"https://rebound.example:{hostile.port}/good")
    assert asked == ["rebound.example"]
    assert {address for address, _ in connected} == {"93.184.216.34"}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "localhost.localdomain"])
def test_this_machine_is_refused_unless_it_is_on_trial(
    fetching: Fetching, hostile: Hostile, host: str
) -> None:
    with pytest.raises(FetchFailed):
        fetching(loopback=False).get(f"https://{host}:{hostile.port}/good")


def test_on_trial_only_this_machine_is_added(fetching: Fetching, hostile: Hostile) -> None:
    for found in (("10.0.0.1",), ("127.0.0.1", "10.0.0.1"), ("93.184.216.34", "127.0.0.1")):
        with pytest.raises(fetch.Refused):
            fetching(found, loopback=True).get(f"https://mixed.example:{hostile.port}/good")


def test_http_is_for_this_machine_on_trial_alone(fetching: Fetching) -> None:
    with Hostile(None).running() as plain:
        address = plain.answer("/good", {"a": 1})
        assert fetching().get(address).content == {"a": 1}
        with pytest.raises(fetch.Refused):
            fetching(loopback=False).get(address)
    with pytest.raises(fetch.Refused):
        fetching(["93.184.216.34"], loopback=True).get("http://example.com:8080/good")


def test_a_document_is_fetched_with_nothing_of_ours(fetching: Fetching, hostile: Hostile) -> None:
    found = fetching().get(hostile.answer("/more", {"a": [1, {"b": "ü"}]}))
    assert found.content == {"a": [1, {"b": "ü"}]}
    asked = hostile.seen[-1].decode().lower()
    assert asked.startswith("get /more http/1.1\r\n")
    assert f"host: localhost:{hostile.port}\r\n" in asked
    assert "accept-encoding: identity\r\n" in asked
    for name in ("cookie", "authorization", "referer", "forwarded"):
        assert name not in asked


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8"])
@pytest.mark.parametrize("extra", ["", "application/oauth-client+json", "application/jwk-set+json"])
def test_a_more_specific_media_type_of_json_will_do(
    fetching: Fetching, hostile: Hostile, kind: str, extra: str
) -> None:
    address = hostile.answer("/kind", {}, Content_Type=extra or kind)
    assert fetching().get(address).content == {}


def test_as_many_bytes_as_are_allowed_are_read(fetching: Fetching, hostile: Hostile) -> None:
    exact = b'"' + b"x" * (fetch.BYTES - 2) + b'"'
    assert len(fetching().get(hostile.answer("/exact", exact)).content) == fetch.BYTES - 2
    larger = hostile.answer("/larger", b" " + exact)
    with pytest.raises(fetch.Refused):
        fetching().get(larger)
    assert fetching().get(larger, fetch.BYTES + 1)


@pytest.mark.parametrize("vector", vectors("answers.json"), ids=lambda v: v["name"])
def test_a_hostile_answer_is_refused(
    fetching: Fetching, hostile: Hostile, vector: dict[str, Any]
) -> None:
    pieces = scripted(vector)
    address = hostile.play("/hostile", pieces, vector.get("pause", 0.0))
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = 0.5 if "pause" in vector else PATIENCE
    with pytest.raises(FetchFailed) as refusal:
        fetching(seconds=seconds).get(address)
    assert type(refusal.value).__name__ == vector["outcome"], refusal.value
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < 8 * 1024


def scripted(vector: dict[str, Any]) -> list[bytes]:
    ends = "\r\n" if vector.get("headless") or not vector["head"] else "\r\n\r\n"
    head = ("\r\n".join(vector["head"]) + (ends if vector["head"] else "")).encode()
    body = (
        vector["latin"].encode("latin-1") if "latin" in vector else vector.get("body", "").encode()
    )
    times = vector.get("times", 1)
    repeated = [body] * times if "pause" in vector else [body * times]
    return [head + vector.get("before", "").encode(), *repeated]


def test_a_certificate_of_another_name_is_refused(
    fetching: Fetching, hostile: Hostile, proof: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(fetch.Unreachable, match="SSLCertVerificationError"):
        fetching().get(f"https://127.0.0.1:{hostile.port}/good")
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    with pytest.raises(fetch.Unreachable, match="SSLCertVerificationError"):
        fetching().get(f"https://localhost:{hostile.port}/good")


def test_no_proxy_of_the_environment_is_used(
    fetching: Fetching, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetching().get(f"{hostile.origin}/good").content == {"a": 1}


def test_one_host_is_not_beaten_upon(
    fetching: Fetching, hostile: Hostile, clock: FakeClock
) -> None:
    fetcher = fetching()
    for _ in range(PER_HOST):
        fetcher.get(f"{hostile.origin}/good")
    asked = len(hostile.seen)
    with pytest.raises(fetch.Unreachable, match="often"):
        fetching().get(f"{hostile.origin}/another")
    assert len(hostile.seen) == asked
    clock.advance(fetch.WINDOW)
    assert fetching().get(f"{hostile.origin}/good")


def test_strangers_altogether_are_not_asked_without_end(
    fetching: Fetching, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "ALTOGETHER", 2)
    fetcher = fetching(["10.0.0.1"])
    for number in range(2):
        with pytest.raises(fetch.Refused):
            fetcher.get(f"https://{number}.example.com/c")
    with pytest.raises(fetch.Unreachable, match="often"):
        fetcher.get("https://one-more.example.com/c")


def test_names_that_never_resolve_hold_few_threads_and_no_caller(fetching: Fetching) -> None:
    resolving, ended = threading.Semaphore(0), threading.Event()

    def never(host: str, port: int) -> Sequence[str]:
        resolving.release()
        ended.wait(PATIENCE)
        return []

    fetcher = fetching(resolve=never, seconds=0.1)
    try:
        for number in range(AT_ONCE):
            with pytest.raises(fetch.Unreachable, match="long"):
                fetcher.get(f"https://{number}.example.com/c")

        def refuse() -> None:
            with pytest.raises(fetch.Unreachable, match="at once"):
                fetcher.get("https://one-more.example.com/c")

        assert quickest(refuse)[1] < timing.AT_ONCE
    finally:
        ended.set()
    assert all(resolving.acquire(timeout=PATIENCE) for _ in range(AT_ONCE))


def test_a_name_without_an_address_is_unreachable(fetching: Fetching) -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    with pytest.raises(fetch.Unreachable):
        fetching(resolve=unknown).get("https://nowhere.example.com/c")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 3600),
        ({"Cache-Control": "max-age=600"}, 600),
        ({"Cache-Control": "public, MAX-AGE=600"}, 600),
        ({"Cache-Control": "max-age=600", "Age": "100"}, 500),
        ({"Cache-Control": "max-age=0"}, 60),
        ({"Cache-Control": "max-age=31536000"}, 86400),
        ({"Cache-Control": "max-age=9999999999"}, 86400),
        ({"Cache-Control": "max-age=99999999999999999999"}, 3600),
        ({"Cache-Control": "no-store, max-age=600"}, 60),
        ({"Cache-Control": "no-cache"}, 60),
        ({"Cache-Control": "x-max-age=5"}, 3600),
        ({"Expires": "0"}, 60),
        ({"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 60),
        (
            {
                "Date": "Thu, 01 Jan 2026 00:00:00 GMT",
                "Expires": "Thu, 01 Jan 2026 00:20:00 GMT",
            },
            1200,
        ),
        (
            {
                "Cache-Control": "max-age=90",
                "Date": "Thu, 01 Jan 2026 00:00:00 GMT",
                "Expires": "Thu, 01 Jan 2026 00:20:00 GMT",
            },
            90,
        ),
    ],
)
def test_freshness_follows_the_headers_within_bounds(headers: dict[str, str], seconds: int) -> None:
    message = Message()
    for name, value in headers.items():
        message[name] = value
    assert freshness(message) == timedelta(seconds=seconds)


def test_tls_asks_for_the_certificate(fetching: Fetching) -> None:
    context = fetching()._dialer.tls
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
