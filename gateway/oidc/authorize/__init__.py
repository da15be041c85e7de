"""The authorization endpoint: check the request, hear who is there, ask for consent, answer."""
