"""What people are told of a recovery of their account, at every address of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from contracts.text import Text, Value
from gateway.notices import Notice
from store.recoveries import Recovery

STOP = "recover/stop"

STARTED = Notice(
    Text("Stop this if it was not you: somebody wants to recover your account"),
    Text(
        "Somebody showed two things that belong to your account at %(service)s and says that "
        "another one is lost. From %(ready)s on they can add a new way to log in.\n\n"
        "%(when)s · %(device)s · %(address)s\n\n"
        "If it was not you, stop it now: %(link)s\n\n"
        "Or open %(page)s and type this code: %(code)s"
    ),
)
STARTED_HERE = Notice(
    Text("Stop this if you did not ask for it: your account is being recovered"),
    Text(
        "The people who run %(service)s have begun to recover your account, because they were "
        "told that you lost a way to log in. From %(ready)s on a new one can be added.\n\n"
        "If you did not ask for it, stop it now: %(link)s\n\n"
        "Or open %(page)s and type this code: %(code)s"
    ),
)
STILL = Notice(
    Text("Your account is still being recovered: stop it if it was not you"),
    Text(
        "From %(ready)s on somebody can add a new way to log in to your account at "
        "%(service)s. We told you so before.\n\n"
        "If it was not you, stop it now: %(link)s\n\n"
        "Or open %(page)s and type this code: %(code)s"
    ),
)
STOPPED = Notice(
    Text("The recovery of your account was stopped"),
    Text(
        "Nothing was added to your account at %(service)s.\n\n"
        "%(when)s · %(device)s · %(address)s\n\n"
        "If you had asked for the recovery and did not stop it yourself, ask the people who run "
        "%(service)s for help: for some days nobody else can begin another one."
    ),
)
FINISHED = Notice(
    Text("Your account was recovered"),
    Text(
        "A new way to log in was added to your account at %(service)s, and you were logged out "
        "everywhere. All other ways to log in are as they were.\n\n"
        "%(when)s · %(device)s · %(address)s\n\n"
        "If it was not you, log in, remove it and end all sessions: %(account)s. "
        "Then tell the people who run %(service)s."
    ),
)


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes in the name of a service that is found at `issuer`."""

    service: str
    issuer: str

    def started(self, recovery: Recovery) -> Notice:
        """Return what people hear once the wait begins."""
        return self._filled(STARTED_HERE if recovery.started_by else STARTED, recovery)

    def still(self, recovery: Recovery) -> Notice:
        """Return what people hear at half time."""
        return self._filled(STILL, recovery)

    def stopped(self, recovery: Recovery) -> Notice:
        """Return what people hear when it was stopped."""
        return self._filled(STOPPED, recovery)

    def finished(self, recovery: Recovery) -> Notice:
        """Return what people hear when a factor was added."""
        return self._filled(FINISHED, recovery)

    def _filled(self, notice: Notice, recovery: Recovery) -> Notice:
        return replace(notice, text=replace(notice.text, values=self._values(recovery)))

    def _values(self, recovery: Recovery) -> Mapping[str, Value]:
        page = f"{self.issuer}/{STOP}"
        return {
            "service": self.service,
            "account": f"{self.issuer}/account",
            "page": page,
            # After the #: no server sees it, so that no log has it and no scanner follows it.
            "link": f"{page}#{recovery.stop_code}",
            "code": recovery.stop_code,
            "ready": recovery.ready_at or "",
        }
