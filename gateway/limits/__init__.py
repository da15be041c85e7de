"""How strained the house is, and what it asks of callers while it is."""
