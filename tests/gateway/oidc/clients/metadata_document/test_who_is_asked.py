"""Which hosts are asked for a document at all."""

from __future__ import annotations

import pytest
from flask import Flask

from gateway.oidc.clients.policy import ClientPolicy
from tests.gateway.oidc.clients.metadata_document.conftest import Client, Publish
from tests.gateway.oidc.hostile import Hostile


def test_an_unknown_host_is_a_page_of_ours(client: Client) -> None:
    answer = client("https://nowhere.invalid/client").authorize()
    assert answer.status_code == 400


class TestProduction:
    """Where the gateway is not on trial, this machine is as closed as any private network."""

    @pytest.fixture
    def policy(self) -> ClientPolicy:
        return ClientPolicy()

    def test_nothing_private_is_asked(
        self, client: Client, publish: Publish, hostile: Hostile
    ) -> None:
        address, asked = publish(), len(hostile.seen)
        hosts = ("localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "127.0.0.1.nip.invalid")
        for host in hosts:
            elsewhere = address.replace("localhost", host)
            assert client(elsewhere).authorize().status_code == 400
        assert len(hostile.seen) == asked


class TestTrustedHosts:
    """Where an operator trusts some hosts alone."""

    @pytest.fixture
    def policy(self) -> ClientPolicy:
        return ClientPolicy(documents="app.example localhost", loopback=True, require_acr="aal1")

    def test_only_those_are_asked(self, client: Client, publish: Publish) -> None:
        assert client(publish()).authorize().status_code == 200
        assert client("https://other.example/client").authorize().status_code == 400
        assert client("https://localhost.example/client").authorize().status_code == 400


class TestOff:
    """Where an operator wants none of it."""

    @pytest.fixture
    def policy(self) -> ClientPolicy:
        return ClientPolicy(documents="off", loopback=True)

    def test_nothing_is_asked(self, app: Flask, client: Client, publish: Publish) -> None:
        found = app.test_client().get("/.well-known/openid-configuration").json
        assert found["client_id_metadata_document_supported"] is False
        assert client(publish()).authorize().status_code == 400
