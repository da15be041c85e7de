"""Fetching what strangers name: where to, from whom, how much, how long."""
