"""Files that something is decided by: read strictly, and what is wrong with one is said."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from contracts.errors import Misconfigured
from contracts.text import as_it_is


class Strict(BaseModel):
    """Read from a file: nothing is missing, nothing more is there, nothing is converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @classmethod
    def read(cls, path: Path, what: str) -> Self:
        """Read a file, which is to be `what`. Raises Misconfigured with one line."""
        try:
            return cls.model_validate_json(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise misfit(f"the {what} {path} cannot be read") from error
        except ValidationError as error:
            problem = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, problem["loc"])) or "as a whole"
            raise misfit(f"the {what} {path} is not valid: {where}: {problem['msg']}") from None


def misfit(why: str) -> Misconfigured:
    """Return the error that says why a file cannot be decided by."""
    return Misconfigured(as_it_is(why), detail=why)
