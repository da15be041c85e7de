"""Protocols and value types that every room of Gatehouse speaks; standard library only."""
