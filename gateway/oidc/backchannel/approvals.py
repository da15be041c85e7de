"""The person's side: what waits for them on this device, and what they say to it."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.assurance import Assurance, Requirement
from contracts.errors import Expired
from gateway.oidc.authorize.asked import Knowledge
from gateway.oidc.authorize.consent import Asking, consent_to, grant_lifetime
from gateway.oidc.authorize.outcomes import AskConsent, Decided, Redirect
from gateway.oidc.authorize.reached import enough, met
from gateway.oidc.authorize.transaction import by_auth_req_id
from gateway.oidc.backchannel.ping import ping
from gateway.oidc.backchannel.reach import silence, welcome
from gateway.oidc.backchannel.request import AuthenticationRequest
from gateway.oidc.clients.registered import Clients
from gateway.oidc.ports import Authentication
from gateway.oidc.settings import ProviderSettings
from store import Client, Transaction
from store.backchannel_devices import BackchannelDevice
from store.backchannel_requests import BackchannelRequest

PATH = "/requests"
LOGGED_IN = Requirement(required_acr="aal1")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request on its way, seen from the one device that may answer it."""

    kept: BackchannelRequest
    client: Client
    request: AuthenticationRequest

    @property
    def id(self) -> str:
        """Return what names it on pages."""
        return self.kept.id

    @property
    def path(self) -> str:
        """Return where the browser comes back to."""
        return f"{PATH}/{self.kept.id}"

    @property
    def asked_at(self) -> datetime:
        """Return when the client asked."""
        return self.kept.created_at

    @property
    def lifetime(self) -> int:
        """Return how many seconds the person has in all."""
        return int((self.kept.expires_at - self.kept.created_at).total_seconds())

    @property
    def matched(self) -> bool:
        """Tell whether the person has chosen the right number."""
        return self.kept.matched

    @property
    def requirement(self) -> Requirement:
        """Return what the login must reach: proofs from before the request do not count."""
        wanted = self.request.requirement(self.client, self.kept.created_at)
        named = by_auth_req_id(self.kept.id)
        return replace(wanted, not_before=self.kept.created_at, transaction=named)


@dataclass(frozen=True, slots=True)
class Overview:
    """What waits for a person on this device, and on which devices it would."""

    waiting: Waiting | None
    devices: Sequence[BackchannelDevice]

    @property
    def here(self) -> bool:
        """Tell whether requests reach this device."""
        return any(device.here for device in self.devices)


@dataclass(frozen=True, slots=True)
class Confirm:
    """Ask whether the client may have what it asks for."""

    waiting: Waiting
    asked: AskConsent


class Approvals:
    """Shows a person's requests on their devices and takes their answers."""

    def __init__(
        self,
        knowledge: Knowledge,
        settings: ProviderSettings,
        clients: Clients,
        authentication: Authentication,
    ) -> None:
        self._store = knowledge.store
        self._clock = knowledge.clock
        self._settings = settings
        self._clients = clients
        self._authentication = authentication

    def overview(self) -> Overview | Redirect:
        """Return what waits here, once it is known for whom."""
        here = self._authentication.current(LOGGED_IN)
        if here is None:
            return Redirect(self._authentication.begin(LOGGED_IN, PATH, "/"))
        with self._store.read() as tx:
            devices = tx.backchannel_devices.list(here.subject, self._browser())
            return Overview(self._waiting(tx, here), devices)

    def waiting(self) -> str | None:
        """Return the id of what waits on this device; no login is needed to hear that much."""
        with self._store.read() as tx:
            return tx.backchannel_requests.waiting(self._browser())

    def switch_on(self) -> Redirect:
        """Let requests reach this device, for somebody who has proven themselves just now."""
        since = self._clock.now() - self._settings.backchannel.switching_fresh
        wanted = Requirement(required_acr="mfa", not_before=since)
        here = self._authentication.current(wanted)
        if here is None or not met(self._authentication, here, wanted):
            return Redirect(self._authentication.begin(wanted, PATH, PATH))
        self._authentication.keep_browser()
        with self._store.write() as tx:
            tx.backchannel_devices.add(here.subject, self._browser())
            tx.audit.add("backchannel.device_added", account_id=here.subject)
        return Redirect(PATH)

    def switch_off(self, device_id: str) -> Redirect:
        """Let requests reach a device no more."""
        here = self._authentication.current(LOGGED_IN)
        if here is not None:
            with self._store.write() as tx:
                tx.backchannel_devices.remove(here.subject, device_id)
                tx.audit.add("backchannel.device_removed", account_id=here.subject)
        return Redirect(PATH)

    def match(self, request_id: str, number: str) -> Decided | Redirect:
        """Take the number that the person sees where they started this; there is one try."""
        waiting = self._find(request_id)
        if not hmac.compare_digest(number.encode(), waiting.request.number.encode()):
            return self._refused(waiting, "backchannel.mismatched")
        with self._store.write() as tx:
            if not tx.backchannel_requests.match(waiting.kept, self._browser()):
                raise Expired()
        return Redirect(waiting.path)

    def resume(self, request_id: str, *, returning: bool) -> Confirm | Decided | Redirect:
        """Go on with a matched request, `returning` from a login or for the first time."""
        waiting = self._find(request_id)
        if not waiting.matched:
            return Redirect(PATH)
        wanted = waiting.requirement
        here = self._authentication.current(wanted)
        if here is None or not (returning or enough(self._authentication, here, wanted)):
            to = f"{waiting.path}/continue"
            return Redirect(self._authentication.begin(wanted, to, PATH))
        if not met(self._authentication, here, wanted):
            return self._refused(waiting, "backchannel.unmet")
        asking = Asking(
            client=waiting.client,
            request=waiting.request,
            action=f"{waiting.path}?sid={here.sid}",
        )
        return Confirm(waiting, consent_to(asking, self._settings, self._store))

    def decide(self, request_id: str, *, sid: str, allowed: bool) -> Decided | Redirect:
        """Take the answer; it counts for the session that was asked."""
        waiting = self._find(request_id)
        if not allowed:
            return self._refused(waiting, "backchannel.denied")
        here = self._authentication.current(waiting.requirement)
        same = here is not None and here.sid == sid
        if here is None or not same or not met(self._authentication, here, waiting.requirement):
            return Redirect(PATH)
        return self._allowed(waiting, here)

    def _find(self, request_id: str) -> Waiting:
        here = self._authentication.current(LOGGED_IN)
        with self._store.read() as tx:
            waiting = self._waiting(tx, here) if here else None
        if waiting is None or waiting.id != request_id:
            raise Expired()
        return waiting

    def _waiting(self, tx: Transaction, here: Assurance) -> Waiting | None:
        kept = tx.backchannel_requests.open_for(here.subject, self._browser())
        client = kept and self._clients.get(kept.client_id)
        if not kept or not client:
            return None
        return Waiting(kept, client.record, AuthenticationRequest.from_dict(kept.request))

    def _allowed(self, waiting: Waiting, here: Assurance) -> Decided:
        client, access = waiting.client, waiting.request.access
        lifetime = grant_lifetime(waiting.request, self._settings)
        with self._store.write() as tx:
            listed = client.metadata.token_status_list
            grant = tx.grants.open(here, client.id, access, lifetime, listed=listed)
            if not tx.backchannel_requests.approve(waiting.kept, self._browser(), grant.id):
                raise Expired()
            detail = {"grant": grant.id, "acr": here.acr, "amr": list(here.amr)}
            welcome(tx, here.subject)
            tx.audit.add(
                "backchannel.allowed", account_id=here.subject, client_id=client.id, detail=detail
            )
            ping(tx, client, waiting.request, waiting.kept.expires_at - self._clock.now())
        return Decided(allowed=True, client_name=client.name, back=PATH)

    def _refused(self, waiting: Waiting, event: str) -> Decided:
        client, account_id = waiting.client, waiting.kept.account_id
        with self._store.write() as tx:
            if not tx.backchannel_requests.deny(waiting.kept):
                raise Expired()
            silence(tx, self._settings.backchannel, client.id, account_id)
            tx.audit.add(event, account_id=account_id, client_id=client.id)
            ping(tx, client, waiting.request, waiting.kept.expires_at - self._clock.now())
        return Decided(allowed=False, client_name=client.name, back=PATH)

    def _browser(self) -> str:
        return self._authentication.browser()
