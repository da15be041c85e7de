"""Answers that are posted and logouts that are framed, in a real browser at a served gateway."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask, request
from playwright.sync_api import Page, expect

from gateway.people import Person
from tests.browser.conftest import Serve
from tests.clients import gateway as gateways
from tests.clients.gateway import Gateway
from tests.gateway.oidc.relying_party import challenge

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SCOPE = "openid"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateways.serving(tmp_path_factory.mktemp("gateway") / "data") as gateway:
        yield gateway


@dataclass
class Application:
    """A web application of somebody else: it notes what it hears."""

    origin: str = ""
    client_id: str = ""
    heard: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> Flask:
        made = Flask("application")

        @made.route("/<path>", methods=["GET", "POST"])
        def hear(path: str) -> str:
            sent = request.form if request.method == "POST" else request.args
            self.heard[f"{request.method} /{path}"] = dict(sent)
            return f"<title>{path}</title><h1>{path}</h1>"

        return made

    def authorize(self, **more: str) -> str:
        asked = {
            "client_id": self.client_id,
            "response_type": "code",
            "redirect_uri": f"{self.origin}/callback",
            "scope": SCOPE,
            "state": "a state",
            "code_challenge": challenge("v" * 43),
            "code_challenge_method": "S256",
        }
        return "/oauth/authorize?" + urlencode({**asked, **more})


@pytest.fixture
def application(gateway: Gateway, serve: Serve) -> Application:
    made = Application()
    made.origin = serve(made.app())
    client, _ = gateway.client(
        f"{made.origin}/callback",
        require_acr="aal1",
        consent=False,
        post_logout_redirect_uris=[f"{made.origin}/after"],
        frontchannel_logout_uri=f"{made.origin}/front",
    )
    made.client_id = client.id
    return made


def log_in(page: Page, gateway: Gateway, address: str) -> Person:
    person = gateway.person()
    page.goto(gateway.issuer + address)
    page.get_by_label("Username").fill(person.username)
    page.get_by_label("Password", exact=True).fill(person.password or "")
    page.get_by_role("button", name="Log in", exact=True).click()
    return person


def test_an_answer_is_posted_by_itself(
    page: Page, gateway: Gateway, application: Application
) -> None:
    log_in(page, gateway, application.authorize(response_mode="form_post"))
    page.wait_for_url(f"{application.origin}/callback")
    sent = application.heard["POST /callback"]
    assert (sent["state"], sent["iss"]) == ("a state", gateway.issuer)
    assert len(sent["code"]) > 40


def test_without_scripts_it_is_posted_by_a_button(
    plain_page: Page, gateway: Gateway, application: Application
) -> None:
    log_in(plain_page, gateway, application.authorize(response_mode="form_post"))
    plain_page.get_by_role("button", name="Continue").click()
    plain_page.wait_for_url(f"{application.origin}/callback")
    assert application.heard["POST /callback"]["code"]


def leave(page: Page, gateway: Gateway, application: Application) -> None:
    asked = {
        "client_id": application.client_id,
        "post_logout_redirect_uri": f"{application.origin}/after",
        "state": "x",
    }
    page.goto(f"{gateway.issuer}/oauth/logout?{urlencode(asked)}")
    page.get_by_role("button", name="Log out", exact=True).click()


def framed(application: Application, gateway: Gateway) -> dict[str, Any]:
    heard = application.heard["GET /front"]
    assert heard.keys() == {"iss", "sid"}
    assert heard["iss"] == gateway.issuer
    return heard


def test_a_logout_shows_the_front_channels_and_goes_on(
    page: Page, gateway: Gateway, application: Application
) -> None:
    log_in(page, gateway, application.authorize())
    page.wait_for_url(f"{application.origin}/callback?*")
    leave(page, gateway, application)
    page.wait_for_url(f"{application.origin}/after?state=x")
    assert len(framed(application, gateway)["sid"]) == 32
    page.goto(gateway.issuer)
    expect(page.get_by_role("link", name="Log in to your account")).to_be_visible()


def test_without_scripts_a_link_goes_on(
    plain_page: Page, gateway: Gateway, application: Application
) -> None:
    log_in(plain_page, gateway, application.authorize())
    leave(plain_page, gateway, application)
    expect(plain_page.get_by_role("heading", name="You are logged out")).to_be_visible()
    plain_page.wait_for_load_state()  # with what is framed
    framed(application, gateway)
    plain_page.get_by_role("link", name="Go back to").click()
    plain_page.wait_for_url(f"{application.origin}/after?state=x")
