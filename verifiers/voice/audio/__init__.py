"""Recordings: how they are read, where speech is in them, how good they are."""
