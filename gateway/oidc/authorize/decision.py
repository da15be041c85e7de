"""What a person has pressed on a page that asks for a yes or a no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from flask import Request

from contracts.errors import BadRequest


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and the session that the page was shown to."""

    sid: str
    allowed: bool

    @classmethod
    def of(cls, request: Request) -> Self:
        """Read the form. Raises BadRequest for what no page of ours sends."""
        said = request.form.get("decision")
        if said not in {"allow", "deny"}:
            raise BadRequest(detail="decision must be allow or deny")
        return cls(request.args.get("sid", ""), said == "allow")
