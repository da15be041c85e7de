"""What a gateway on trial may do that one in production never does."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gateway import provider
from gateway.settings import Settings

LOCAL, PUBLIC = "http://localhost:8080", "https://login.example.org"


@pytest.mark.parametrize(
    ("env", "issuer", "on_trial"),
    [
        ("development", LOCAL, True),
        ("test", "http://127.0.0.1:8080", True),
        ("production", LOCAL, False),
        ("development", PUBLIC, False),
        ("production", PUBLIC, False),
    ],
)
def test_where_strangers_of_this_machine_are_heard(env: str, issuer: str, on_trial: bool) -> None:
    settings = Settings(env=env, issuer=issuer)  # type: ignore[arg-type]
    assert provider._strangers(settings).on_trial is on_trial
    assert provider._strangers(settings).loopback is False
    if on_trial:
        allowed = Settings(env=env, issuer=issuer, fetch_loopback=True)  # type: ignore[arg-type]
        assert provider._strangers(allowed).loopback is True
    else:
        with pytest.raises(ValidationError, match="GATEHOUSE_FETCH_LOOPBACK"):
            Settings(env=env, issuer=issuer, fetch_loopback=True)  # type: ignore[arg-type]


def test_what_strangers_get_at_first_start() -> None:
    policy = provider._strangers(Settings(issuer=PUBLIC))
    assert (policy.registration, policy.documents) == ("token", "on")
    assert (policy.require_acr, policy.access_token_seconds) == ("mfa", 300)
