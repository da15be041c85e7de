"""The migrations of both databases, run by `gatehouse migrate`."""
