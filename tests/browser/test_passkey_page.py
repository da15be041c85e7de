"""The passkey pages drive the browser's own WebAuthn and say in words what went wrong."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, render_template, request
from playwright.sync_api import Page, expect
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from contracts.factor import Ask
from contracts.text import Text
from web import pages

pytestmark = pytest.mark.browser

HOST = "localhost"
CHALLENGE = b"a challenge of thirty-two bytes."
REQUIRED = UserVerificationRequirement.REQUIRED
Serve = Callable[[Flask], str]


class PasskeyPage:
    """A server of one passkey ask that keeps the credential it is sent."""

    def __init__(self) -> None:
        self.ask = Ask("credential", "passkey-create", Text("Create"), creation())
        self.received: list[str] = []
        self.app = Flask("passkey page")
        pages.install(self.app, service_name="Gatehouse", csrf=lambda: "csrf-token")
        self.app.add_url_rule("/", "ask", self.render)
        self.app.add_url_rule("/answer", "answer", self.answer, methods=["POST"])

    def render(self) -> str:
        label = Ask("label", "text", Text("Name"), {"optional": True})
        asked = SimpleNamespace(
            handle="handle",
            title=Text("Passkey"),
            asks=[self.ask, label],
            step=1,
            steps=1,
            error=None,
        )
        context: dict[str, Any] = {"cancel": None, "back": "/", "client_name": "Bank"}
        return render_template(
            "challenge.html", asked=asked, action="/answer", enrolling=True, **context
        )

    def answer(self) -> str:
        self.received.append(request.form["credential"])
        return f"<h1>Received {len(self.received)}</h1>"


def creation(*known: bytes) -> dict[str, Any]:
    options = generate_registration_options(
        rp_id=HOST,
        rp_name="Gatehouse",
        user_name="ada",
        challenge=CHALLENGE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=id_) for id_ in known],
    )
    decoded: dict[str, Any] = json.loads(options_to_json(options))
    return decoded


def use() -> dict[str, Any]:
    options = generate_authentication_options(
        rp_id=HOST, challenge=CHALLENGE, user_verification=REQUIRED, timeout=2000
    )
    decoded: dict[str, Any] = json.loads(options_to_json(options))
    return decoded


@pytest.fixture
def server() -> PasskeyPage:
    return PasskeyPage()


def press(page: Page, origin: str, button: str) -> None:
    page.goto(origin)
    page.get_by_role("button", name=button).click()


def test_a_passkey_is_created_and_used(
    page: Page, authenticator: Callable[[Page], Any], serve: Serve, server: PasskeyPage
) -> None:
    authenticator(page)
    origin = serve(server.app)
    press(page, origin, "Create a passkey")
    page.get_by_role("heading", name="Received 1").wait_for()
    registered = verify_registration_response(
        credential=server.received[0],
        expected_challenge=CHALLENGE,
        expected_rp_id=HOST,
        expected_origin=origin,
        require_user_verification=True,
    )

    server.ask = Ask("credential", "passkey-get", Text("Use"), use())
    press(page, origin, "Continue with your passkey")
    page.get_by_role("heading", name="Received 2").wait_for()
    used = verify_authentication_response(
        credential=server.received[1],
        expected_challenge=CHALLENGE,
        expected_rp_id=HOST,
        expected_origin=origin,
        credential_public_key=registered.credential_public_key,
        credential_current_sign_count=registered.sign_count,
        require_user_verification=True,
    )
    assert used.credential_id == registered.credential_id


def test_a_device_that_is_already_known_is_told_so(
    page: Page, authenticator: Callable[[Page], Any], serve: Serve, server: PasskeyPage
) -> None:
    device = authenticator(page)
    origin = serve(server.app)
    press(page, origin, "Create a passkey")
    page.get_by_role("heading", name="Received 1").wait_for()
    known = base64url_to_bytes(json.loads(server.received[0])["id"])
    device.holds(1)

    server.ask = Ask("credential", "passkey-create", Text("Create"), creation(known))
    press(page, origin, "Create a passkey")
    page.get_by_role("alert").filter(has_text="already has a passkey").wait_for()
    assert len(server.received) == 1


def test_a_refused_check_may_be_tried_again(
    page: Page, authenticator: Callable[[Page], Any], serve: Serve, server: PasskeyPage
) -> None:
    device = authenticator(page)
    device.verify_user(False)
    press(page, serve(server.app), "Create a passkey")
    page.get_by_role("alert").filter(has_text="cancelled or took too long").wait_for()
    assert server.received == []

    device.verify_user(True)
    page.get_by_role("button", name="Try again").click()
    page.get_by_role("heading", name="Received 1").wait_for()


def test_enter_in_the_name_is_the_same_as_the_button(
    page: Page, authenticator: Callable[[Page], Any], serve: Serve, server: PasskeyPage
) -> None:
    authenticator(page)
    page.goto(serve(server.app))
    page.get_by_role("button", name="Create a passkey").wait_for()
    page.get_by_label("Name").press("Enter")
    page.get_by_role("heading", name="Received 1").wait_for()
    assert json.loads(server.received[0])["type"] == "public-key"


def test_a_browser_without_passkeys_is_told_so(
    page: Page, serve: Serve, server: PasskeyPage
) -> None:
    page.add_init_script("delete globalThis.PublicKeyCredential")
    page.goto(serve(server.app))
    page.get_by_role("alert").filter(has_text="does not support passkeys").wait_for()
    expect(page.get_by_role("button")).to_have_count(0)
