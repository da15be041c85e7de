"""npm's oidc-client-ts in Chromium: an app without a server, on an origin of its own."""

from __future__ import annotations

import pytest

from tests.clients.single_page_app import App, Open

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(params=["bearer", "bound"])
def app(opened: Open, request: pytest.FixtureRequest) -> App:
    """An app with bearer tokens, and one with tokens bound to a key of the browser's."""
    return opened(scope="openid profile offline_access", bound=request.param == "bound")


def test_a_person_logs_in(app: App) -> None:
    user = app.log_in()
    assert user["profile"]["acr"] == "aal2"
    app.press("Who am I?")
    app.shows(app.person.username)


def test_the_app_renews_silently(app: App) -> None:
    first = app.log_in()
    app.press("Renew")
    second = app.known()
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    assert second["profile"]["sub"] == first["profile"]["sub"]


def test_without_a_refresh_token_it_renews_in_a_frame(opened: Open) -> None:
    app = opened(scope="openid profile")
    first = app.log_in()
    assert "refresh_token" not in first
    app.press("Renew")
    second = app.known()
    assert second["access_token"] != first["access_token"]
    assert second["profile"]["auth_time"] == first["profile"]["auth_time"]


def test_a_person_logs_in_in_a_window_of_its_own(opened: Open) -> None:
    app = opened(scope="openid profile")
    app.open()
    with app.page.expect_popup() as window:
        app.press("Log in in a window")
    app.prove(window.value)
    assert app.known()["profile"]["acr"] == "aal2"


def test_what_was_revoked_is_worth_nothing(app: App) -> None:
    app.log_in()
    app.press("Revoke")
    assert app.known()["refresh_token"] is None
    app.press("Who am I?")
    app.shows("401")


def test_who_comes_back_is_not_asked_again(app: App) -> None:
    first = app.log_in()
    app.page.evaluate("sessionStorage.clear()")
    app.open()
    app.press("Log in")
    assert app.known()["profile"]["auth_time"] == first["profile"]["auth_time"]


def test_logging_out_ends_the_session_at_the_gateway(app: App) -> None:
    app.log_in()
    with app.page.expect_navigation(url=app.address):
        app.press("Log out")
    app.shows("null")
    app.press("Log in")
    app.page.get_by_label("Username").wait_for()
