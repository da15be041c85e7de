"""Logging in: one person, one browser, as many proofs as a requirement asks."""
