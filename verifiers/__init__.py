"""One folder per factor, and what finds them; no web, no database."""

import os

# Read when ONNX Runtime is loaded, in this process and in those it starts. Without it the wheel
# names this machine in a file of its own and reports to its maker which models are run, and when.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
