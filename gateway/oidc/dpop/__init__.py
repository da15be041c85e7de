"""Demonstrating Proof of Possession (DPoP, RFC 9449)."""
