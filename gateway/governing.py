"""The settings that hold: the environment's, overruled by what admins have set.

A process looks every two seconds, beside its requests, whether there is a newer policy.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from threading import Event, Thread
from typing import TYPE_CHECKING

from pydantic import ValidationError

from contracts.errors import Misconfigured, Unavailable
from contracts.text import Text
from gateway.settings import Settings
from store import Store

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LOOK_SECONDS = 2.0

WRONG = "The policy does not fit this version: %(name)s: %(why)s. Run: gatehouse policy unset NAME"

log = logging.getLogger("gatehouse.policy")


def governed(settings: Settings, store: Store) -> Settings:
    """Return the settings under the newest policy. Raises Misconfigured where it cannot hold."""
    with store.read() as tx:
        newest = tx.policies.newest()
    if newest is None:
        return settings.environment
    try:
        return settings.overruled(newest.settings)
    except ValidationError as error:
        problem = error.errors(include_input=False)[0]
        name = ".".join(map(str, problem["loc"]))
        raise Misconfigured(Text(WRONG, {"name": name, "why": problem["msg"]})) from error


class Watch:
    """Knows the newest policy; tells of each that comes after it, in a thread of its own."""

    def __init__(self, settings: Settings, store: Store, tell: Callable[[Settings], None]) -> None:
        """Look once, now. Raises Misconfigured, Unavailable."""
        self._store = store
        self._tell = tell
        self._version = self._newest()
        self.settings = governed(settings, store)
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="policy", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self._thread.join()

    def look(self) -> None:
        """Tell of a newer policy, if there is one; what cannot be followed leaves all as it is."""
        try:
            if (newest := self._newest()) != self._version:
                self._follow(newest)
        except Unavailable as error:
            log.warning("the policy cannot be read now", extra={"detail": error.detail})

    def _follow(self, newest: int) -> None:
        try:
            self.settings = governed(self.settings, self._store)
            self._tell(self.settings)
        except Unavailable:
            raise
        except Exception:  # whatever is wrong with a policy, the one before it goes on
            log.exception("the newest policy is not followed", extra={"version": newest})
        else:
            log.info("the newest policy holds", extra={"version": newest})
        self._version = newest

    def _newest(self) -> int:
        with self._store.read() as tx:
            return tx.policies.version()

    def _run(self) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            self.look()


class Governed:
    """A WSGI application that another takes the place of when there is a newer policy.

    Requests that run come to their end where they began.
    """

    def __init__(
        self, settings: Settings, store: Store, build: Callable[[Settings], WSGIApplication]
    ) -> None:
        """Build the first and begin to look for a newer policy."""
        self._build = build
        self.watch = Watch(settings, store, self._renew)
        self._application = build(self.watch.settings)
        self.watch.start()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the present application answer."""
        return self._application(environ, start_response)

    def _renew(self, settings: Settings) -> None:
        self._application = self._build(settings)
