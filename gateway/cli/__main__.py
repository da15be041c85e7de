"""`python -m gateway.cli` is `gatehouse`."""

from gateway.cli import main

main(prog_name="gatehouse")
