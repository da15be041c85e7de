"""Persistence: the only package that sees the tables."""

from store.accounts import Account
from store.ceremonies import Ceremony, Purpose
from store.clients import Client
from store.credential import Credential
from store.logins import Login
from store.sessions import Session
from store.signups import Signup
from store.stations import Station
from store.store import Store, Transaction

__all__ = [
    "Account",
    "Ceremony",
    "Client",
    "Credential",
    "Login",
    "Purpose",
    "Session",
    "Signup",
    "Station",
    "Store",
    "Transaction",
]
