"""Phone messages through Twilio's Messages resource (API of 2010-04-01)."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlencode, urlsplit

from contracts.errors import BadRequest, Misconfigured, Unavailable
from contracts.factor import Channel
from contracts.text import Text
from gateway.outside import Answer, post

ACCOUNT = re.compile("AC[0-9a-fA-F]{32}")
SERVICE = re.compile("MG[0-9a-fA-F]{32}")
KEY = re.compile("SK[0-9a-fA-F]{32}")


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Whose messages they are: `key` is the SID of an API key, or of the account itself.

    `origin` is the number or name that people see, or the SID of a messaging service.
    """

    url: str
    sid: str
    key: str
    secret: str = field(repr=False)
    origin: str

    @classmethod
    def checked(cls, url: str, sid: str, key: str, secret: str, origin: str) -> Self:
        """Return an account that can be tried. Raises Misconfigured naming what is wrong."""
        address = urlsplit(url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise Misconfigured(Text("GATEHOUSE_TWILIO_URL must be an http or https address."))
        if not ACCOUNT.fullmatch(sid):
            raise Misconfigured(Text("GATEHOUSE_TWILIO_ACCOUNT_SID must be AC and 32 hex digits."))
        if key and not KEY.fullmatch(key):
            raise Misconfigured(Text("GATEHOUSE_TWILIO_KEY_SID must be SK and 32 hex digits."))
        if not secret or not origin:
            raise Misconfigured(Text("Twilio needs a secret and a sender of its messages."))
        return cls(url.rstrip("/"), sid, key or sid, secret, origin)

    @property
    def messages(self) -> str:
        """Address that messages are posted to."""
        return f"{self.url}/2010-04-01/Accounts/{self.sid}/Messages.json"

    @property
    def authorization(self) -> str:
        """HTTP Basic (RFC 7617)."""
        return "Basic " + b64encode(f"{self.key}:{self.secret}".encode()).decode()


class TwilioSender:
    """Posts each message; Twilio has no key that would tell a second try from a second message."""

    channel = Channel.PHONE

    def __init__(self, account: TwilioAccount, *, timeout: float = 10.0) -> None:
        self._account = account
        self._timeout = timeout

    def send(
        self,
        *,
        to: str,
        subject: str,  # noqa: ARG002 (phones show none)
        text: str,
        message_id: str,  # noqa: ARG002 (nor this)
        language: str = "",  # noqa: ARG002 (nor this)
    ) -> None:
        """Post one message.

        Raises BadRequest where Twilio will never take it (400: a number that cannot get messages,
        or does not want ours), Unavailable for any other answer.
        """
        origin = self._account.origin
        kind = "MessagingServiceSid" if SERVICE.fullmatch(origin) else "From"
        form = urlencode({"To": to, kind: origin, "Body": text}).encode()
        fields = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": self._account.authorization,
            "Accept": "application/json",
        }
        answer = post(self._account.messages, form, fields, self._timeout)
        if answer.status == 400:
            raise BadRequest(detail=_told(answer))
        if not answer.taken:
            raise Unavailable(detail=_told(answer), retry_after=30)


def _told(answer: Answer) -> str:
    """Return status and code for the log; Twilio's words repeat the number."""
    try:
        code = int(json.loads(answer.content)["code"])
    except (ValueError, KeyError, TypeError):
        return f"Twilio answered {answer.status}"
    return f"Twilio answered {answer.status}, error {code}"
