"""The password factor: something the person knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from contracts.abilities import Estimate
from contracts.factor import (
    Answer,
    Ask,
    Challenge,
    Enrolled,
    Kind,
    Proof,
    Subject,
    Template,
    Verdict,
)
from contracts.text import Text
from verifiers.password.hashing import FORMAT, Hashing
from verifiers.password.rules import Rules
from verifiers.password.settings import PasswordSettings
from verifiers.slots import Slots

TYPING, WAIT_SECONDS = 4, 1.0
"""So many may wait for an estimate, and for how long: it is worth nothing later."""

SHORT = b"short:"
"""Before the hash of a password that is never enough by itself."""

ACCEPTED = Verdict(accepted=True, amr=("pwd",), kinds=frozenset({Kind.KNOWLEDGE}))


class Password:
    """A memorised secret, kept as Argon2id over its peppered NFKC form."""

    name = "password"
    title = Text("Password")
    kind = Kind.KNOWLEDGE
    amr: tuple[str, ...] = ("pwd",)
    many = False
    pick = False
    usernameless = False
    on_the_way = True
    silent = False
    credential_type = "password"

    def __init__(
        self, settings: PasswordSettings, hashing: Hashing, rules: Rules, service: str
    ) -> None:
        self._settings = settings
        self._hashing = hashing
        self._rules = rules
        self._service = service
        self._estimates = Slots(1, TYPING, WAIT_SECONDS)

    def begin_enroll(self, subject: Subject, enrolled: Sequence[Enrolled]) -> Challenge:
        """Ask for a new password, and say how long it must be."""
        return self._ask(
            Text("New password"),
            autocomplete="new-password",
            username=subject.username,
            estimate=1,
            least=self._settings.min_length,
            alone=self._settings.min_length_alone,
        )

    def continue_enroll(
        self, subject: Subject, secret: bytes, answer: Answer
    ) -> Challenge | Template:
        """Hash a fit password. Raises Retry with the reason where it is not fit."""
        return self._template(answer.fields.get("password", ""), self._context(subject))

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        """Ask for the password."""
        return self._ask(Text("Password"), autocomplete="current-password")

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        """Compare; a hash made at another cost is made anew once the password is known."""
        known = next(iter(enrolled), None)
        password = answer.fields.get("password", "")
        template = known.template.removeprefix(SHORT) if known else None
        matched = self._hashing.matches(template, password)
        if known is None:
            return Verdict(False, reason="nothing enrolled")
        if not matched:
            return Verdict(False, known.credential_id, reason="mismatch")
        return self._accept(known, password)

    def claimed(self, answer: Answer) -> str | None:
        """A password names nobody."""
        return None

    def prospect(self, enrolled: Sequence[Enrolled]) -> Verdict:
        """Return what a right password yields: one that was too short to stand alone is noted."""
        short = any(each.template.startswith(SHORT) for each in enrolled)
        return replace(ACCEPTED, proof=Proof(alone=not short))

    def adopt(self, value: str) -> Template:
        """Hash a password that an operator brings. Raises Retry where it is not fit."""
        return self._template(value, (self._service,))

    def adopt_hash(self, value: str) -> Template:
        """Take over another system's hash; it becomes ours at the first login. Raises Retry."""
        return Template(self._hashing.adopt(value), FORMAT)

    def estimate(self, value: str) -> Estimate:
        """Say how hard a password is to guess that somebody is typing. Raises Unavailable."""
        with self._estimates.one():
            return self._rules.estimate(value, (self._service,))

    def _ask(self, prompt: Text, **options: str | int) -> Challenge:
        ask = Ask("password", "password", prompt, options)
        return Challenge([ask], tries=self._settings.tries)

    def _accept(self, known: Enrolled, password: str) -> Verdict:
        outdated = self._hashing.outdated(known.template.removeprefix(SHORT))
        update = self._made(password) if outdated else None
        proof = Proof(alone=self._rules.alone(password))
        return replace(ACCEPTED, credential_id=known.credential_id, proof=proof, update=update)

    def _template(self, password: str, context: Sequence[str]) -> Template:
        self._rules.check(password, context)
        return Template(self._made(password), FORMAT)

    def _made(self, password: str) -> bytes:
        mark = b"" if self._rules.alone(password) else SHORT
        return mark + self._hashing.hash(password)

    def _context(self, subject: Subject) -> Sequence[str]:
        email = subject.email or ""
        words = (subject.username, email, email.partition("@")[0], self._service)
        return tuple(word for word in words if word)
