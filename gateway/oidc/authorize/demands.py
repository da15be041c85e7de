"""What a request demands of the person who answers it, held against who is there."""

from __future__ import annotations

from contracts.assurance import Assurance
from gateway.oidc.authorize.interactions import Interaction
from gateway.oidc.authorize.reached import fulfilled
from gateway.oidc.clients.strangers import always_asks
from gateway.oidc.clients.subject import Subjects
from gateway.oidc.ports import Authentication
from store import Store


class Demands:
    """Compares a person's session with a request."""

    def __init__(self, store: Store, authentication: Authentication) -> None:
        self._store = store
        self._satisfies = authentication.satisfies
        self._subjects = Subjects(store.vault)

    def possible(self, interaction: Interaction) -> bool:
        """Tell whether an essential acr is one that this client's policy lets it have."""
        wanted, least = interaction.requirement.essential_acr, interaction.requirement.required_acr
        return not wanted or any(self._satisfies(acr, least) for acr in wanted)

    def another_person(self, here: Assurance, interaction: Interaction) -> bool:
        """Tell whether the client asked for somebody else (OpenID Connect Core, 3.1.2.1)."""
        wanted = interaction.request.subject
        return wanted not in (None, self._subjects.of(interaction.client, here.subject))

    def choice(self, here: Assurance, interaction: Interaction, chosen: str) -> bool:
        """Tell whether the person must say first who they want to be."""
        if self.another_person(here, interaction):
            return True
        return "select_account" in interaction.request.prompt and chosen != here.sid

    def met(self, here: Assurance, interaction: Interaction) -> bool:
        """Tell whether the right person reached what is required.

        An essential acr is told by its own name (OpenID Connect Core, section 5.5.1.1).
        """
        required = interaction.requirement
        named = not required.essential_acr or here.acr in required.essential_acr
        reached = named and self._satisfies(here.acr, required.required_acr)
        return reached and not self.another_person(here, interaction)

    def enough(self, here: Assurance, interaction: Interaction) -> bool:
        """Tell whether a login could add nothing that was asked for."""
        wishes = fulfilled(self._satisfies, here.acr, interaction.requirement.acr_values)
        return wishes and self.met(here, interaction)

    def consent(self, here: Assurance, interaction: Interaction) -> bool:
        """Tell whether the person must be asked for consent.

        Consent to scopes is remembered; consent to details, which are not the same twice, is not.
        """
        request = interaction.request
        if "consent" in request.prompt or request.authorization_details:
            return True
        if always_asks(interaction.client):
            return True
        if not interaction.client.consent:
            return False
        with self._store.read() as tx:
            return not tx.consents.covers(
                here.subject, interaction.client.id, request.scope.split(), request.resource
            )
