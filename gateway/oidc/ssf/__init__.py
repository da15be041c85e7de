"""Shared signals: clients hear of what happened to people that they know.

A transmitter of the OpenID Shared Signals Framework 1.0, with the events of CAEP 1.0.
"""
