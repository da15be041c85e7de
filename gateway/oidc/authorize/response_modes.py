"""How an authorization response travels: `query`, or `form_post` (OAuth 2.0 Form Post 1.0)."""

from __future__ import annotations

from collections.abc import Mapping

from authlib.common.urls import add_params_to_uri

from gateway.oidc.authorize.outcomes import FormPost, Redirect

RESPONSE_MODES = ("query", "form_post")


def answered(
    redirect_uri: str, response_mode: str, parameters: Mapping[str, str]
) -> Redirect | FormPost:
    """Return the way back to the client with the parameters of the answer."""
    if response_mode == "form_post":
        return FormPost(redirect_uri, parameters)
    return Redirect(str(add_params_to_uri(redirect_uri, list(parameters.items()))))
