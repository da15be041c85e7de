"""The parameters of an authorization request, as sent and as accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from contracts.assurance import Requirement
from store.clients import Client


@dataclass(frozen=True, slots=True)
class Parameters:
    """What was sent, every value of every name; an empty value counts as left out."""

    values: Mapping[str, Sequence[str]]

    def __getitem__(self, name: str) -> str:
        """Return the value of a parameter, empty where it is missing."""
        return next(iter(self.values.get(name, ())), "")

    def repeated(self, name: str) -> bool:
        """Tell whether a parameter was sent more than once."""
        return len(self.values.get(name, ())) > 1

    def words(self, name: str) -> tuple[str, ...]:
        """Return a space-separated list, each word once, in order."""
        return tuple(dict.fromkeys(self[name].split()))


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A checked authorization request, as it is kept while the person logs in."""

    redirect_uri: str
    scope: str
    state: str | None
    nonce: str | None
    code_challenge: str
    prompt: tuple[str, ...]
    max_age: int | None
    acr_values: tuple[str, ...]
    login_hint: str
    ui_locales: tuple[str, ...]

    @property
    def silent(self) -> bool:
        """Whether no page may be shown."""
        return "none" in self.prompt

    @property
    def offline(self) -> bool:
        """Whether the client asks to go on without the person."""
        return "offline_access" in self.scope.split()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read the JSON form, in which tuples have become lists."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in stored.items()
        }
        return cls(**values)

    def requirement(self, client: Client, asked_at: datetime) -> Requirement:
        """Return what the login must reach for this client."""
        return Requirement(
            required_acr=client.require_acr,
            acr_values=self.acr_values,
            not_before=self._not_before(asked_at),
            login_hint=self.login_hint,
            client_id=client.id,
            client_name=client.name,
            ui_locales=self.ui_locales,
        )

    def _not_before(self, asked_at: datetime) -> datetime | None:
        if {"login", "select_account"} & set(self.prompt):
            return asked_at
        return None if self.max_age is None else asked_at - timedelta(seconds=self.max_age)
