"""`gatehouse serve` as a child of the demo: it ends with the demo, whatever ends that."""

from __future__ import annotations

from gateway.cli import main
from gateway.process import end_with_parent

end_with_parent()
main(["serve"], prog_name="gatehouse")
