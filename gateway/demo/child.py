"""`gatehouse serve` as a child of the demo, which prints the link: it ends with the demo."""

from __future__ import annotations

from gateway.cli import main
from gateway.process import end_with_parent

end_with_parent()
main(["serve", "--no-setup-link"], prog_name="gatehouse")
