"""The person behind a grant, as Authlib's generators see a user."""

from __future__ import annotations

from dataclasses import dataclass, field

from store.grants import Grant


@dataclass(frozen=True, slots=True)
class Login:
    """One grant and, where one was issued with it, the refresh token that follows."""

    grant: Grant
    refresh_token: str | None = field(default=None, repr=False)

    def get_user_id(self) -> str:
        """Return the `sub`."""
        return self.grant.account_id
