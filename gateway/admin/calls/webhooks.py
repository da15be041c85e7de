"""Webhooks: services that are told of what happens, in calls that are signed."""

from __future__ import annotations

from contracts.errors import BadRequest, Conflict
from contracts.text import Text, as_it_is
from gateway.admin.actor import Actor
from gateway.admin.calls.webhook_models import (
    Change,
    Delivered,
    Deliveries,
    Delivery,
    Found,
    Hook,
    New,
    Removed,
    Renewal,
    Secret,
    Sent,
    Which,
)
from gateway.admin.operation import CHANGED, Paged, operation
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools
from gateway.events.fanout import to_webhook
from gateway.oidc.fetching.target import NotATarget, receiving
from gateway.senders.signed import new_secret
from store import Transaction, webhooks
from store.events import ADMIN, PING, Occurrence
from store.handles import new_id
from store.webhooks import Webhook

ADMINS = at_least(Role.ADMIN)
UNKNOWN = Text("There is no such webhook.")
OFF = Text("This webhook is switched off: switch it on first.")
TOO_MANY = Text("There are enough webhooks: remove one first.")
MOST = 50
"""Each is one more call for every event."""


class Webhooks:
    """What can be done with webhooks."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store
        self._clock = tools.clock
        self._on_trial = tools.settings.on_trial

    @operation("GET", "/webhooks", roles=ADMINS)
    def list(self, actor: Actor, page: Paged) -> Found:
        """List webhooks, a page at a time."""
        with self._store.read() as tx:
            found = tx.webhooks.list(page.after, page.limit + 1)
        hooks = [_hook(each) for each in found[: page.limit]]
        return Found(webhooks=hooks, next=hooks[-1].id if len(found) > page.limit else "")

    @operation("GET", "/webhooks/{webhook}", roles=ADMINS)
    def get(self, actor: Actor, which: Which) -> Hook:
        """Look at one webhook."""
        with self._store.read() as tx:
            return _hook(_webhook(tx, which.webhook))

    @operation("POST", "/webhooks", roles=ADMINS, fresh=True)
    def add(self, actor: Actor, new: New) -> Secret:
        """Tell a service of events; the secret that signs the calls is shown once."""
        host = self._host(new.url)
        secret = new_secret()
        with self._store.write() as tx:
            if tx.webhooks.count() >= MOST:
                raise Conflict(TOO_MANY)
            made = tx.webhooks.add(new.url, set(new.events), secret, actor.id)
            detail = {"webhook": made.id, "host": host, "events": list(made.events)}
            tx.audit.add("webhook.added", detail=detail)
        return Secret(**_hook(made).model_dump(), secret=secret)

    @operation("PATCH", "/webhooks/{webhook}", roles=ADMINS, fresh=True)
    def update(self, actor: Actor, change: Change) -> Hook:
        """Change where a webhook is, what it hears, or whether it hears anything."""
        told = {} if change.url is None else {"host": self._host(change.url)}
        new = change.model_dump(exclude={"webhook", "version"}, exclude_none=True, mode="json")
        with self._store.write() as tx:
            _webhook(tx, change.webhook)
            if not tx.webhooks.change(change.webhook, change.version, _row(new)):
                raise Conflict(CHANGED)
            detail = {"webhook": change.webhook, "changed": sorted(new), **told}
            tx.audit.add("webhook.changed", detail=detail)
            return _hook(_webhook(tx, change.webhook))

    @operation("POST", "/webhooks/{webhook}/secret", roles=ADMINS, fresh=True)
    def renew(self, actor: Actor, renewal: Renewal) -> Secret:
        """Sign with a new secret from now on; it is shown once."""
        secret = new_secret()
        with self._store.write() as tx:
            _webhook(tx, renewal.webhook)
            if not tx.webhooks.renew(renewal.webhook, renewal.version, secret):
                raise Conflict(CHANGED)
            tx.audit.add("webhook.renewed", detail={"webhook": renewal.webhook})
            hook = _hook(_webhook(tx, renewal.webhook))
        return Secret(**hook.model_dump(), secret=secret)

    @operation("DELETE", "/webhooks/{webhook}", roles=ADMINS, fresh=True)
    def remove(self, actor: Actor, which: Which) -> Removed:
        """Forget a webhook; what still waits for it is not sent."""
        with self._store.write() as tx:
            if not tx.webhooks.remove(which.webhook):
                raise BadRequest(UNKNOWN)
            tx.audit.add("webhook.removed", detail={"webhook": which.webhook})
        return Removed(id=which.webhook)

    @operation("POST", "/webhooks/{webhook}/test", roles=ADMINS)
    def test(self, actor: Actor, which: Which) -> Sent:
        """Send a `ping`, to see whether a webhook is heard."""
        ping = Occurrence(new_id(), PING, "", self._clock.now(), ADMIN, None, {})
        with self._store.write() as tx:
            if not _webhook(tx, which.webhook).active:
                raise BadRequest(OFF)
            to_webhook(tx, which.webhook, ping)
            tx.audit.add("webhook.tested", detail={"webhook": which.webhook})
        return Sent(event=ping.id)

    @operation("GET", "/webhooks/{webhook}/deliveries", roles=ADMINS)
    def deliveries(self, actor: Actor, which: Deliveries) -> Delivered:
        """List the last calls of a webhook, and what was answered; never what was sent."""
        before = int(which.after) if which.after else None
        with self._store.read() as tx:
            _webhook(tx, which.webhook)
            found = tx.webhooks.deliveries(which.webhook, before, which.limit + 1)
        listed = found[: which.limit]
        more = len(found) > which.limit
        return Delivered(
            deliveries=[_delivery(each) for each in listed],
            next=str(listed[-1].id) if more else "",
        )

    def _host(self, url: str) -> str:
        """Return where an address leads, for the trail: what follows may be a secret."""
        try:
            return receiving(url, on_trial=self._on_trial).authority
        except NotATarget as error:
            raise BadRequest(as_it_is(f"url: {error}")) from error


def _webhook(tx: Transaction, webhook_id: str) -> Webhook:
    found = tx.webhooks.get(webhook_id)
    if found is None:
        raise BadRequest(UNKNOWN)
    return found


def _row(new: dict[str, object]) -> dict[str, object]:
    types = new.get("events")
    return {**new, "events": sorted(set(types))} if isinstance(types, list) else new


def _hook(webhook: Webhook) -> Hook:
    return Hook(
        **{name: getattr(webhook, name) for name in Hook.model_fields if name != "events"},
        events=list(webhook.events),
    )


def _delivery(found: webhooks.Delivered) -> Delivery:
    return Delivery(
        event=found.event_id,
        type=found.type,
        attempt=found.attempt,
        status=found.status,
        at=found.at,
    )
