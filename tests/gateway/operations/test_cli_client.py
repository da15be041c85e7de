"""How `gatehouse client add` takes what a client proves itself by."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contracts.errors import Misconfigured
from gateway.settings import Settings, load
from store.clients import Client
from tests.gateway.oidc.signing_party import OWN, public, rsa
from tests.gateway.operations.test_cli import Run, opened, printed, run

__all__ = ["run"]
REDIRECT = ("--redirect-uri", "https://bank.example/callback")


@pytest.fixture
def keys(tmp_path: Path) -> str:
    return written(tmp_path, "keys.json", public(*OWN.values()))


def written(folder: Path, name: str, content: Any) -> str:
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(file)


def stored(client_id: str) -> Client:
    store = opened()
    with store.read() as tx:
        found = tx.clients.get(client_id)
    store.close()
    assert found is not None
    return found


def test_a_client_that_signs_for_itself(run: Run, keys: str) -> None:
    options = ("--auth-method", "private_key_jwt", "--jwks", keys)
    added = printed(run("client", "add", "bank", *REDIRECT, *options, "--json"))
    assert added["client_secret"] is None
    assert added["token_endpoint_auth_method"] == "private_key_jwt"
    assert len((stored("bank").metadata.jwks or {})["keys"]) == 3


def test_the_address_of_its_keys(run: Run) -> None:
    uri = "https://bank.example/jwks.json"
    options = ("--auth-method", "private_key_jwt", "--jwks-uri", uri)
    assert run("client", "add", "bank", *REDIRECT, *options).exit_code == 0
    assert stored("bank").metadata.jwks_uri == uri


def test_the_profile_of_fapi2(run: Run, keys: str) -> None:
    options = ("--profile", "fapi2", "--jwks", keys)
    added = printed(run("client", "add", "bank", *REDIRECT, *options, "--json"))
    assert (added["profile"], added["client_secret"]) == ("fapi2", None)
    said = stored("bank").metadata
    assert said.require_pushed_authorization_requests
    assert said.dpop_bound_access_tokens


def test_what_has_to_come_how(run: Run, keys: str) -> None:
    options = ("--require-par", "--require-signed-request", "--jwks", keys)
    assert printed(run("client", "add", "bank", *REDIRECT, *options, "--json"))["client_secret"]
    said = stored("bank").metadata
    assert said.require_pushed_authorization_requests
    assert said.require_signed_request_object


def test_anything_else_by_a_file(run: Run, tmp_path: Path) -> None:
    said = {
        "token_endpoint_auth_method": "tls_client_auth",
        "tls_client_auth_subject_dn": "CN=bank,O=Example",
        "tls_client_certificate_bound_access_tokens": True,
        "grant_types": ["client_credentials"],
    }
    file = written(tmp_path, "bank.json", said)
    assert run("client", "add", "bank", "--metadata", file).exit_code == 0
    metadata = stored("bank").metadata
    assert metadata.tls_client_auth_subject_dn == "CN=bank,O=Example"
    assert metadata.grant_types == ("client_credentials",)
    assert stored("bank").secret_hash is None


def test_an_option_goes_before_the_file(run: Run, tmp_path: Path, keys: str) -> None:
    file = written(tmp_path, "bank.json", {"token_endpoint_auth_method": "client_secret_post"})
    options = ("--metadata", file, "--auth-method", "private_key_jwt", "--jwks", keys)
    assert run("client", "add", "bank", *REDIRECT, *options).exit_code == 0
    assert stored("bank").auth_method == "private_key_jwt"


@pytest.mark.parametrize(
    "content",
    [
        "no JSON",
        "[]",
        '{"jwks_uri": "https://a.example/k", "jwks_uri": "https://b.example/k"}',
        {"tokn_endpoint_auth_method": "none"},
        {"redirect_uris": ["https://bank.example"]},
        {"grant_types": ["password"]},
        {"require_signed_request_object": "yes"},
        {"jwks_uri": "http://bank.example/keys"},
        {"jwks": {"keys": [rsa(1024)]}},
        {"jwks": {"keys": [OWN["ES256"].as_dict(private=True)]}},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"token_endpoint_auth_method": "tls_client_auth"},
        {"profile": "fapi2", "token_endpoint_auth_method": "client_secret_basic"},
    ],
)
def test_what_cannot_be(run: Run, tmp_path: Path, content: Any) -> None:
    file = written(tmp_path, "bank.json", content)
    result = run("client", "add", "bank", *REDIRECT, "--metadata", file)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert printed(run("client", "list", "--json")) == []


def test_a_public_client_proves_nothing(run: Run, keys: str) -> None:
    options = ("--public", "--auth-method", "private_key_jwt", "--jwks", keys)
    assert run("client", "add", "bank", *REDIRECT, *options).exit_code == 1
    assert run("client", "add", "bank", *REDIRECT, "--auth-method", "none").exit_code == 0
    assert stored("bank").public
    assert stored("bank").secret_hash is None


def test_certificates_come_by_a_trusted_proxy_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_CLIENT_CERTIFICATE_HEADER", "Client-Cert")
    with pytest.raises(Misconfigured, match="GATEHOUSE_TRUSTED_PROXY"):
        load()
    monkeypatch.setenv("GATEHOUSE_TRUSTED_PROXY", "true")
    assert isinstance(load(), Settings)


def printed_blocks(language: str, name: str = "client-authentication") -> list[str]:
    """Return the examples of a page, that on client authentication where none is named."""
    page = (Path(__file__).parents[3] / "docs" / f"{name}.md").read_text()
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def test_devices_and_backends_are_registered_as_printed(run: Run) -> None:
    blocks = printed_blocks("sh", "asking-elsewhere")
    commands = [shlex.split(block)[1:] for block in blocks if block.startswith("gatehouse")]
    assert [run(*command).exit_code for command in commands] == [0, 0]
    assert stored("speaker").metadata.grant_types[0].endswith("device_code")
    assert stored("bank").metadata.backchannel_token_delivery_mode == "poll"


def test_a_backend_says_how_it_hears_of_a_decision(run: Run) -> None:
    grant = ("--grant-type", "ciba")
    assert run("client", "add", "bank", *grant).exit_code == 1
    assert run("client", "add", "bank", *grant, "--ciba", "push").exit_code == 2
    assert run("client", "add", "bank", *grant, "--ciba", "ping").exit_code == 1
    endpoint = ("--ciba-notification-endpoint", "https://bank.example.org/ping")
    assert run("client", "add", "bank", *grant, "--ciba", "ping", *endpoint).exit_code == 0


def test_the_examples_of_the_page(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys it makes, the commands it gives and the file it shows are taken as printed."""
    monkeypatch.chdir(tmp_path)
    for program in printed_blocks("python"):
        subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)
    [file] = printed_blocks("json")
    commands = [
        shlex.split(block.replace("\\\n", " "))[1:]
        for block in printed_blocks("sh")
        if block.startswith("gatehouse")
    ]
    for command in [
        *commands,
        ["client", "add", "bank", "--metadata", written(tmp_path, "f", file)],
    ]:
        assert run(*command).exit_code == 0
        run("client", "remove", "bank")
    assert len(commands) == 2
