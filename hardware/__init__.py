"""Sensors and their simulators, side by side behind one port; no web, no database."""
