"""Routes that cost little to set up: a worker starts sooner, and follows a policy sooner."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class Route(Rule):
    """A rule that learns how its address is built when it is first built: few ever are."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        compiled = cache(partial(super()._compile_builder, append_unknown))

        def build(rule: Rule, **values: object) -> tuple[str, str]:
            return compiled()(rule, **values)

        return build
