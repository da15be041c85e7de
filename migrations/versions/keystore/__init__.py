"""Revisions of the keystore; each is named after its file."""
