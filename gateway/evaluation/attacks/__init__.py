"""Presentation attacks on voice: made on the fly, to train a detector and to judge it."""
