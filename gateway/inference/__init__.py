"""The inference pool: models live in few processes, reached by every web worker over a socket."""

from gateway.inference.client import connect

__all__ = ["connect"]
