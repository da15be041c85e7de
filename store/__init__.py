"""Persistence: the only package that sees the tables."""

from store.store import Store, Transaction

__all__ = ["Store", "Transaction"]
