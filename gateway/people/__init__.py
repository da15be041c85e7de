"""Adding people, as an operator does it: accounts with what is already known of them."""

from gateway.people.person import Person, Prepared, add, prepare, read

__all__ = ["Person", "Prepared", "add", "prepare", "read"]
