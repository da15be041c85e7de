"""Logging out: RP-Initiated, Back-Channel and Front-Channel Logout 1.0."""
