"""The record of processing: what is kept of people, why, where, for how long, and who gets it."""
