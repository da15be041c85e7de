"""A chatbot that lets Gatehouse log its people in: Flask and Authlib's OpenID Connect client."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlencode

import backend as backends
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from conversation import Chat, shown
from flask import Flask, Response, redirect, render_template, request, session, url_for
from logout import InvalidLogoutToken, LogoutTokens
from message import confirmation, step_up
from werkzeug.wrappers import Response as BaseResponse

MOST_CHATS = 1000
LONGEST_MESSAGE = 500
REFUSED = ("note", "The login was not strong enough for this message.")


def create_app(environ: Mapping[str, str]) -> Flask:
    """Build the chatbot and its backend from CHATBOT_* variables."""
    issuer = environ.get("CHATBOT_ISSUER", "http://localhost:8080")
    client_id = environ.get("CHATBOT_CLIENT_ID", "chatbot")
    url = environ.get("CHATBOT_URL", "http://localhost:8081")
    app = Flask(__name__)
    app.secret_key = environ.get("CHATBOT_SESSION_KEY") or secrets.token_hex(32)
    app.config.update(
        SESSION_COOKIE_NAME="chatbot_session",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=url.startswith("https://"),
        MAX_CONTENT_LENGTH=16 * 1024,
    )
    gatehouse = provider(app, issuer, client_id, environ.get("CHATBOT_CLIENT_SECRET", ""))
    audience = environ.get("CHATBOT_AUDIENCE", client_id)
    spent = environ.get("CHATBOT_SPENT") or str(Path(mkdtemp()) / "spent.db")
    backend = backends.Backend(backends.guarding(issuer, audience, spent))
    app.register_blueprint(backends.blueprint(backend))
    tokens = LogoutTokens(issuer, client_id, lambda: gatehouse.fetch_jwk_set(force=True))
    Front(app, gatehouse, backend, issuer, url, tokens)
    return app


def provider(app: Flask, issuer: str, client_id: str, client_secret: str) -> FlaskOAuth2App:
    """Tell a standard library of Gatehouse: this is all that it needs to let people log in."""
    return OAuth(app).register(
        "gatehouse",
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile offline_access",
            "code_challenge_method": "S256",
            "timeout": 5,
        },
    )


class Front:
    """The pages: one conversation, a login, and a trip back for more proof."""

    def __init__(
        self,
        app: Flask,
        gatehouse: FlaskOAuth2App,
        backend: backends.Backend,
        issuer: str,
        url: str,
        logout_tokens: LogoutTokens,
    ) -> None:
        self.gatehouse = gatehouse
        self.backend = backend
        self.issuer = issuer
        self.callback_url = f"{url}/callback"
        self.home_url = f"{url}/"
        self.logout_tokens = logout_tokens
        self.chats: OrderedDict[str, Chat] = OrderedDict()
        app.add_url_rule("/", view_func=self.index)
        app.add_url_rule("/login", view_func=self.login, methods=["POST"])
        app.add_url_rule("/callback", view_func=self.callback)
        app.add_url_rule("/send", view_func=self.send, methods=["POST"])
        app.add_url_rule("/logout", view_func=self.logout, methods=["POST"])
        app.add_url_rule("/backchannel-logout", view_func=self.ended, methods=["POST"])
        app.after_request(self.headers)

    def index(self) -> str:
        chat = self.chat()
        return render_template("chat.html", chat=chat, claims=shown(chat.token))

    def login(self) -> BaseResponse:
        return self.authorize()

    def callback(self) -> BaseResponse:
        """Take the code (RFC 9207: only from our issuer), then say what was waiting."""
        chat = self.chat()
        if request.args.get("iss") != self.issuer:
            chat.say("note", "That answer did not come from the expected issuer.")
            return redirect(url_for("index"), 303)
        try:
            token = self.gatehouse.authorize_access_token()
        except (OAuthError, requests.RequestException) as error:
            chat.pending = ""
            chat.say("note", f"Not logged in: {getattr(error, 'error', 'no answer')}.")
            return redirect(url_for("index"), 303)
        if "authorization_details" in token:
            return self.confirmed(chat, token)
        chat.token = token
        chat.id_token, chat.sid = chat.token["id_token"], chat.token["userinfo"]["sid"]
        waiting, chat.pending = chat.pending, ""
        return self.go_on(chat, waiting) if waiting else redirect(url_for("index"), 303)

    def confirmed(self, chat: Chat, token: dict[str, Any]) -> BaseResponse:
        """Say the one message that a token is for; the session keeps its own token."""
        waiting, chat.pending = chat.pending, ""
        reply = self.backend.message(f"Bearer {token['access_token']}", waiting)
        chat.say(*("bot", reply.body["reply"]) if reply.status == 200 else REFUSED)
        return redirect(url_for("index"), 303)

    def send(self) -> BaseResponse:
        chat, text = self.chat(), request.form.get("text", "").strip()[:LONGEST_MESSAGE]
        if not text:
            return redirect(url_for("index"), 303)
        chat.say("me", text)
        chat.asked = None
        return self.go_on(chat, text)

    def go_on(self, chat: Chat, text: str) -> BaseResponse:
        """Pass a message on, or go and get the proof it needs; the same is not asked twice."""
        missing = self.deliver(chat, text)
        if missing is None:
            return redirect(url_for("index"), 303)
        if missing == chat.asked:
            chat.say(*REFUSED)
            return redirect(url_for("index"), 303)
        chat.pending, chat.asked = text, missing
        if "authorization_details_types" in missing:
            return self.confirm(chat, text, missing["acr_values"])
        return self.authorize(**missing)

    def logout(self) -> BaseResponse:
        """Forget the conversation and log out at the gateway too (RP-Initiated Logout 1.0)."""
        chat = self.chats.pop(session.pop("chat", ""), None)
        if chat is None or not chat.id_token:
            return redirect(url_for("index"), 303)
        asked = {"id_token_hint": chat.id_token, "post_logout_redirect_uri": self.home_url}
        try:
            endpoint = self.gatehouse.load_server_metadata()["end_session_endpoint"]
        except requests.RequestException:
            return redirect(url_for("index"), 303)
        return redirect(f"{endpoint}?{urlencode(asked)}", 303)

    def ended(self) -> tuple[dict[str, str], int]:
        """Hear from the gateway that a login is over (Back-Channel Logout 1.0, section 2.8)."""
        try:
            claims = self.logout_tokens.ended(request.form.get("logout_token", ""))
        except InvalidLogoutToken as error:
            return {"error": "invalid_request", "error_description": str(error)}, 400
        for chat in list(self.chats.values()):
            if chat.sid and chat.sid == claims.get("sid"):
                chat.token, chat.id_token, chat.sid = None, "", ""
                chat.say("note", "You have logged out.")
        return {}, 200

    def deliver(self, chat: Chat, text: str) -> dict[str, str] | None:
        """Pass a message to the backend; return what a login must add where it was refused."""
        reply = self.ask(chat, text)
        missing = step_up(reply.headers.get("WWW-Authenticate", ""))
        if reply.status == 401 and missing is None and self.refresh(chat):
            reply = self.ask(chat, text)
            missing = step_up(reply.headers.get("WWW-Authenticate", ""))
        if reply.status == 200:
            chat.say("bot", reply.body["reply"])
            return None
        return missing or {}

    def ask(self, chat: Chat, text: str) -> backends.Reply:
        token = (chat.token or {}).get("access_token", "")
        return self.backend.message(f"Bearer {token}", text)

    def refresh(self, chat: Chat) -> bool:
        """Get a new access token without the person, where the old one has just run out."""
        old = (chat.token or {}).get("refresh_token")
        if not old:
            return False
        try:
            chat.token = self.gatehouse.fetch_access_token(
                grant_type="refresh_token", refresh_token=old
            )
        except (OAuthError, requests.RequestException):
            chat.token = None
        return chat.token is not None

    def authorize(self, **asked: str) -> BaseResponse:
        """Send the person to the gateway, with what the backend asked for."""
        try:
            going: BaseResponse = self.gatehouse.authorize_redirect(self.callback_url, **asked)
        except requests.RequestException:
            self.chat().say("note", "The gateway does not answer. Please try again.")
            return redirect(url_for("index"), 303)
        going.status_code = 303
        return going

    def confirm(self, chat: Chat, text: str, acr_values: str) -> BaseResponse:
        """Have the person prove themselves for this message alone."""
        hint = (chat.token or {}).get("id_token", "")
        try:
            location = confirmation(self.gatehouse, self.callback_url, text, acr_values, hint)
        except requests.RequestException:
            chat.say("note", "The gateway does not take the message. Please try again.")
            return redirect(url_for("index"), 303)
        return redirect(location, 303)

    def chat(self) -> Chat:
        """Return this browser's conversation; the oldest are forgotten."""
        key = session.setdefault("chat", secrets.token_urlsafe(32))
        chat = self.chats.setdefault(key, Chat())
        self.chats.move_to_end(key)
        if len(self.chats) > MOST_CHATS:
            self.chats.popitem(last=False)
        return chat

    def headers(self, response: Response) -> Response:
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {self.issuer}"
        )
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-store")
        return response
