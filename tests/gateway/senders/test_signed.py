"""Signatures of Standard Webhooks, against the example of its authors and an independent HMAC."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from contracts.errors import BadRequest
from gateway.senders import signed
from tests.fakes.clock import FakeClock


def test_the_example_of_the_specification() -> None:
    """The values that the libraries of the specification's authors are tested with."""
    given = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    found = signed.signature(
        signed.key_of(given),
        "msg_p5jXN8AQ" + "M9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert found.startswith("v1,g0hM9SsE+OTPJTGt/")
    assert found.endswith("tmIKtSyZlE3uFJELVlNIOLJ1OE=")


def test_a_receiver_can_recompute_what_is_sent() -> None:
    secret, body, now = signed.new_secret(), b'{"id": "a"}', FakeClock().now()
    fields = signed.fields(secret, "a", now, body)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = b".".join([b"a", fields["webhook-timestamp"].encode(), body])
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    assert fields["webhook-signature"] == f"v1,{expected}"
    assert int(fields["webhook-timestamp"]) == int(now.timestamp())


def test_no_two_secrets_are_alike() -> None:
    assert len({signed.new_secret() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_short", "whsec_" + "A" * 200, "no-prefix" * 5, "whsec_ü" * 8]
)
def test_what_is_no_secret_is_refused(secret: str) -> None:
    with pytest.raises(BadRequest):
        signed.key_of(secret)
