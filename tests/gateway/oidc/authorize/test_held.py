"""An error alone never sends a browser to an address that nobody vouches for (RFC 9700, 4.11.2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from store import Client, Store
from store.clients import DOCUMENT, DYNAMIC
from tests.gateway.oidc.relying_party import REDIRECT, RelyingParty, answered
from tests.walks.forms import read

WRONG = ({"scope": "nothing"}, {"prompt": "none login"}, {"code_challenge": None})


@pytest.fixture(params=[DYNAMIC, DOCUMENT])
def stranger(request: pytest.FixtureRequest, store: Store, registered: Client) -> str:
    """A client that nobody here has looked at."""
    with store.write() as tx:
        tx.clients.add(replace(registered, id="stranger", source=request.param))
    return "stranger"


@pytest.mark.parametrize("changes", WRONG)
def test_the_person_decides(
    rp: RelyingParty, stranger: str, changes: dict[str, str | None]
) -> None:
    page = rp.authorize(client_id=stranger, **changes)
    assert page.status_code == 400
    assert "location" not in page.headers
    assert "bot.example" in page.text
    assert f'href="{REDIRECT}?error=' in page.text


def test_a_posted_answer_waits_too(rp: RelyingParty, stranger: str) -> None:
    page = rp.authorize(client_id=stranger, scope="nothing", response_mode="form_post")
    assert page.status_code == 400
    [form] = [form for form in read(page.text) if form.action == REDIRECT]
    assert form.fields["error"] == "invalid_scope"
    assert "form_post.js" not in page.text


def test_a_program_on_the_persons_own_device_hears_at_once(
    native: RelyingParty, store: Store
) -> None:
    with store.write() as tx:
        known = tx.clients.get(native.client_id)
        assert known
        tx.clients.put(replace(known, source=DYNAMIC))
    assert answered(native.authorize(scope="nothing"))["error"] == "invalid_scope"


def test_a_client_that_an_operator_registered_hears_at_once(rp: RelyingParty) -> None:
    assert answered(rp.authorize(scope="nothing"))["error"] == "invalid_scope"
