"""Values that nobody expects, and the names that requests have here."""

from __future__ import annotations

import re

MARK = "<kanary"
"""Stands as a tag in no page but one that forgets to escape."""

PROTOCOL = re.findall(
    r"\w+",
    """
    client_id client_secret client_assertion client_assertion_type grant_type code code_verifier
    redirect_uri refresh_token scope resource audience authorization_details subject_token
    subject_token_type actor_token actor_token_type requested_token_type device_code auth_req_id
    response_type response_mode state nonce prompt max_age display ui_locales claims acr_values
    id_token_hint login_hint login_hint_token request request_uri code_challenge
    code_challenge_method dpop_jkt claims_locales registration token token_type_hint
    post_logout_redirect_uri logout_hint user_code binding_message requested_expiry
    client_notification_token redirect_uris jwks jwks_uri client_name logo_uri sector_identifier_uri
    """,
)

NASTY = [
    "",
    "\0",
    "\ud800",
    "\u202e\u0000",
    "\x1b[31m\r\nX-Injected: 1\r\n\r\n<html>",
    f'"><{MARK[1:]} onload=1>',
    f"{MARK}>{{{{7*7}}}}${{7*7}}",
    "' OR 1=1--",
    "%00%ff%c0%af..%2f..%2f",
    "../../../../etc/passwd",
    "//evil.example",
    "https://evil.example@localhost:8080/",
    "javascript:alert(1)",
    "http://[::1",
    "http://a:99999/",
    "-1",
    "9" * 400,
    "1e400",
    "NaN",
    "true",
    "null",
    "[]",
    "{}",
    '{"a":1,"a":2}',
    "٣" * 6,
    "urn:ietf:params:oauth:request_uri:" + "x" * 40,
]
KEPT_IN_HEADERS = [text for text in NASTY if text.isascii() and text.isprintable()]
KINDS = [
    "application/x-www-form-urlencoded",
    "application/json",
    "application/json; charset=utf-7",
    "multipart/form-data",
    "multipart/form-data; boundary=\xff",
    "text/plain; charset=utf-16",
    "image/png",
    "",
]
METHODS = ["GET", "POST", "POST", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]
ACCEPTED = ["text/html", "application/json", "application/jwt", "q=;", "*/*"]
ORIGINS = [
    "null",
    "https://evil.example",
    "http://localhost:8080",
    "http://localhost:8080.evil",
    "x",
]

RAW = [
    b"\xff\xfe",
    b"%ZZ=%",
    b"a=1&a=2",
    b'{"csrf": 1}',
    b'--x\r\nContent-Disposition: form-data; name="sample"; filename="\0"\r\n\r\nRIFF',
    b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0",
]
