"""Carry messages to people: e-mail by SMTP, phones by a signed webhook."""
