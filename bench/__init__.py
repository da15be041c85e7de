"""Measures speed and memory of a gateway on this machine, over loopback alone."""
