"""The walk of a device's request: codes issued, one entered, the person asked, the device told."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.assurance import Assurance, Requirement
from contracts.errors import Expired
from gateway.oidc.authorize import wish
from gateway.oidc.authorize.asked import Asked, Knowledge
from gateway.oidc.authorize.consent import Asking, consent_to, grant_lifetime
from gateway.oidc.authorize.outcomes import AskConsent, Decided, Redirect
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.authorize.reached import enough, met
from gateway.oidc.authorize.wish import Wish
from gateway.oidc.clients.registered import Clients
from gateway.oidc.device.entries import count, uncount
from gateway.oidc.ports import Authentication
from gateway.oidc.settings import ProviderSettings
from store import Transaction
from store.clients import Client
from store.device_codes import DeviceCode, Issued, grouped

PATH = "/device"
INTERVAL = 5
"""Seconds between polls (RFC 8628, section 3.2)."""


@dataclass(frozen=True, slots=True)
class EnterCode:
    """Ask for the code on the device; `wrong` where the last one leads nowhere."""

    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Confirm:
    """Ask whether this device, with this code, may have what it asks for."""

    user_code: str
    asked: AskConsent


@dataclass(frozen=True, slots=True)
class Interaction:
    """A request that somebody entered the code of, seen from their browser."""

    handle: str
    user_code: str
    code: DeviceCode
    client: Client

    @property
    def path(self) -> str:
        """Return where the browser comes back to."""
        return f"{PATH}/{self.handle}"

    @property
    def request(self) -> Wish:
        """Return what the device asks for."""
        return Wish.from_dict(self.code.request)

    @property
    def requirement(self) -> Requirement:
        """Return what the login must reach."""
        return self.request.requirement(self.client, self.code.created_at)


class Devices:
    """Answers device authorization requests and shows them to people."""

    def __init__(
        self,
        knowledge: Knowledge,
        settings: ProviderSettings,
        clients: Clients,
        authentication: Authentication,
    ) -> None:
        self._knowledge = knowledge
        self._store = knowledge.store
        self._settings = settings
        self._clients = clients
        self._authentication = authentication

    def authorize(self, client: Client, parameters: Parameters) -> Issued:
        """Check a request and issue its codes (section 3.1). Raises AuthorizationError."""
        asked = wish.checked(Asked(parameters, client, self._knowledge)).to_dict()
        lifetime = self._settings.device.lifetime
        with self._store.write() as tx:
            return tx.device_codes.put(client.id, asked, interval=INTERVAL, lifetime=lifetime)

    def enter(self, user_code: str, source: str) -> EnterCode | Redirect:
        """Take a code from a person (section 3.3). One answer for unknown, expired and decided.

        Raises TooMany.
        """
        browser = self._authentication.browser()
        with self._store.write() as tx:
            refused = count(tx, self._settings.device, browser, source)
            found = None if refused else tx.device_codes.find(user_code)
            if found:
                uncount(tx, self._settings.device, browser, source)
                return Redirect(f"{PATH}/{self._keep(tx, found, user_code)}")
            if not refused:
                tx.audit.add("device.wrong_code", source=source)
        if refused:
            raise refused
        return EnterCode(wrong=True)

    def resume(self, handle: str, *, returning: bool) -> Confirm | Decided | Redirect:
        """Go on with an entered code, `returning` from a login or for the first time."""
        interaction = self._find(handle)
        wanted = interaction.requirement
        here = self._authentication.current(wanted)
        if here is None or not (returning or enough(self._authentication, here, wanted)):
            path = interaction.path
            return Redirect(self._authentication.begin(wanted, f"{path}/continue", PATH))
        if not met(self._authentication, here, wanted):
            return self._denied(interaction, here)
        asking = Asking(
            client=interaction.client,
            request=interaction.request,
            action=f"{interaction.path}?sid={here.sid}",
        )
        return Confirm(interaction.user_code, consent_to(asking, self._settings, self._store))

    def decide(self, handle: str, *, sid: str, allowed: bool) -> Decided | Redirect:
        """Take the answer; it counts for the session that was asked."""
        interaction = self._find(handle)
        here = self._authentication.current(interaction.requirement)
        if not allowed:
            return self._denied(interaction, here)
        same = here is not None and here.sid == sid
        if here is None or not same or not met(self._authentication, here, interaction.requirement):
            return Redirect(interaction.path)
        return self._allowed(interaction, here)

    def _keep(self, tx: Transaction, code: DeviceCode, user_code: str) -> str:
        return tx.interactions.put(
            self._browser(),
            code.client_id,
            {"user_code": grouped(user_code)},
            self._settings.interaction_lifetime,
        )

    def _find(self, handle: str) -> Interaction:
        with self._store.read() as tx:
            kept = tx.interactions.find(handle, self._browser())
            user_code = kept.request["user_code"] if kept else ""
            code = tx.device_codes.find(user_code)
        client = code and self._clients.get(code.client_id)
        if not code or not client:
            raise Expired()
        return Interaction(handle, user_code, code, client.record)

    def _allowed(self, interaction: Interaction, here: Assurance) -> Decided:
        client, request = interaction.client, interaction.request
        lifetime = grant_lifetime(request, self._settings)
        with self._store.write() as tx:
            self._take(tx, interaction)
            listed = client.metadata.token_status_list
            grant = tx.grants.open(here, client.id, request.access, lifetime, listed=listed)
            if not tx.device_codes.approve(interaction.code, grant.id):
                raise Expired()
            detail = {"grant": grant.id, "acr": here.acr, "amr": list(here.amr)}
            tx.audit.add(
                "device.allowed", account_id=here.subject, client_id=client.id, detail=detail
            )
        return Decided(allowed=True, client_name=client.name)

    def _denied(self, interaction: Interaction, here: Assurance | None) -> Decided:
        client = interaction.client
        with self._store.write() as tx:
            self._take(tx, interaction)
            if not tx.device_codes.deny(interaction.code):
                raise Expired()
            subject = here.subject if here else None
            tx.audit.add("device.denied", account_id=subject, client_id=client.id)
        return Decided(allowed=False, client_name=client.name)

    def _take(self, tx: Transaction, interaction: Interaction) -> None:
        """Close the request, once. Raises Expired for whoever comes second."""
        if tx.interactions.take(interaction.handle, self._browser()) is None:
            raise Expired()

    def _browser(self) -> str:
        """Return this browser's name here: no handle of another page is one of these."""
        return f"device|{self._authentication.browser()}"
