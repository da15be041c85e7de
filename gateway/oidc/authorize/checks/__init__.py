"""Every check of an authorization request, in the order in which they are made."""

from __future__ import annotations

from collections.abc import Callable

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.checks.acr_values import check_acr_values
from gateway.oidc.authorize.checks.authorization_details import check_authorization_details
from gateway.oidc.authorize.checks.characters import check_characters
from gateway.oidc.authorize.checks.claims import check_claims
from gateway.oidc.authorize.checks.client import check_client
from gateway.oidc.authorize.checks.dpop_jkt import check_dpop_jkt
from gateway.oidc.authorize.checks.id_token_hint import check_id_token_hint
from gateway.oidc.authorize.checks.login_hint import check_login_hint
from gateway.oidc.authorize.checks.max_age import check_max_age
from gateway.oidc.authorize.checks.nonce import check_nonce
from gateway.oidc.authorize.checks.pkce import check_pkce
from gateway.oidc.authorize.checks.prompt import check_prompt
from gateway.oidc.authorize.checks.redirect_uri import check_redirect_uri
from gateway.oidc.authorize.checks.repeated import check_repeated
from gateway.oidc.authorize.checks.request_object import (
    check_pushed,
    check_request_object,
    check_signed,
)
from gateway.oidc.authorize.checks.resource import check_resource
from gateway.oidc.authorize.checks.response_mode import check_response_mode
from gateway.oidc.authorize.checks.response_type import check_response_type
from gateway.oidc.authorize.checks.scope import check_scope

Check = Callable[[Asked], None]

# check_client and check_redirect_uri come first and raise BadRequest, which is a page of ours:
# until both have passed there is no address that an error may be sent to.

CHECKS: tuple[Check, ...] = (
    check_repeated,
    check_characters,
    check_request_object,
    check_pushed,
    check_signed,
    check_response_type,
    check_response_mode,
    check_resource,
    check_scope,
    check_pkce,
    check_nonce,
    check_prompt,
    check_max_age,
    check_acr_values,
    check_login_hint,
    check_dpop_jkt,
    check_claims,
    check_id_token_hint,
    check_authorization_details,
)
"""What follows raises AuthorizationError, which goes to the redirect URI."""

__all__ = ["CHECKS", "check_client", "check_redirect_uri"]
