"""Revisions of the main database; each is named after its file."""
