"""The factor of authenticator apps (RFC 6238)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from contracts.clock import Clock
from contracts.errors import Retry
from contracts.factor import (
    Answer,
    Ask,
    Challenge,
    Enrolled,
    Kind,
    Subject,
    Template,
    Verdict,
)
from contracts.text import Text
from verifiers.totp.seed import DIGITS, Seed, adopt
from verifiers.totp.settings import TotpSettings
from verifiers.typed import code_ask, typed_code

FORMAT = "totp/1"
ACCEPTED = Verdict(True, amr=("otp",), kinds=frozenset({Kind.POSSESSION}))


class Totp:
    """A code that an app computes from a shared seed and the time; each step counts once."""

    name = "totp"
    title = Text("Authenticator app")
    kind = Kind.POSSESSION
    amr: tuple[str, ...] = ("otp",)
    many = False
    pick = False
    usernameless = False
    on_the_way = True
    restorable = True
    silent = False
    credential_type = "app"

    def __init__(self, settings: TotpSettings, clock: Clock, service: str) -> None:
        self._settings = settings
        self._clock = clock
        self._service = service
        self._decoy = Seed.make(settings.secret_bytes)

    def begin_enroll(self, subject: Subject, enrolled: Sequence[Enrolled]) -> Challenge:
        """Show a new seed and ask for a code made from it."""
        seed = Seed.make(self._settings.secret_bytes)
        asks = [self._qr(seed, subject), code_ask(Text("Code shown by the app"), DIGITS)]
        return Challenge(asks, secret=seed.dump(), tries=self._settings.tries)

    def continue_enroll(
        self, subject: Subject, secret: bytes, answer: Answer
    ) -> Challenge | Template:
        """Keep the seed once the app has it; the code's step counts as used."""
        seed = Seed.load(secret)
        step = self._step(seed, typed_code(answer, DIGITS))
        if step is None:
            wrong = "This code is not right. Check that your phone's clock is set automatically."
            raise Retry(Text(wrong))
        return Template(seed.used(step).dump(), FORMAT, proven=ACCEPTED)

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        """Ask for a code."""
        ask = code_ask(Text("Code shown by your authenticator app"), DIGITS)
        return Challenge([ask], tries=self._settings.tries)

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        """Accept a code of a step later than the last; the update makes it the last."""
        known = next(iter(enrolled), None)
        seed = Seed.load(known.template) if known else self._decoy
        step = self._step(seed, typed_code(answer, DIGITS))
        if known is None:
            return Verdict(False, reason="nothing enrolled")
        if step is None:
            return Verdict(False, known.credential_id, reason="mismatch")
        if step <= seed.last:
            return Verdict(False, known.credential_id, reason="step used before")
        return replace(ACCEPTED, credential_id=known.credential_id, update=seed.used(step).dump())

    def claimed(self, answer: Answer) -> str | None:
        """A code names nobody."""
        return None

    def prospect(self, enrolled: Sequence[Enrolled]) -> Verdict:
        """Return what a right code yields."""
        return ACCEPTED

    def adopt(self, value: str) -> Template:
        """Take a base32 seed that an operator brings. Raises Retry where it is not fit."""
        return Template(adopt(value, self._settings.adopted_secret_bytes).dump(), FORMAT)

    def _step(self, seed: Seed, code: str) -> int | None:
        return seed.step_of(code, self._clock.now(), self._settings.window)

    def _qr(self, seed: Seed, subject: Subject) -> Ask:
        """Show the seed as an image and as text; the white border keeps it readable on dark."""
        import segno  # noqa: PLC0415 - a web worker that enrols nobody draws nothing

        uri = seed.uri(subject.username, self._service)
        image = segno.make(uri, error="m", micro=False)
        options = {
            "uri": uri,
            "svg": image.svg_data_uri(scale=4, border=4, dark="#000", light="#fff"),
            "secret": seed.secret,
        }
        return Ask("qr", "qr", Text("Scan this with your authenticator app"), options)
