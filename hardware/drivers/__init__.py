"""One module per driver, found by name: each has `build(clock)` and `SETTINGS`."""
