"""`python -m gateway.inference` runs the pool on the socket of the settings."""

from __future__ import annotations

import asyncio
import sys

from contracts.errors import Misconfigured
from gateway import logs, settings
from gateway.inference.pool import Pool
from gateway.inference.server import serve
from gateway.inference.settings import InferenceSettings
from gateway.process import end_with_parent


def main() -> int:
    """Run until asked to stop; 2 where something must be changed first."""
    logs.configure()
    end_with_parent()
    try:
        asyncio.run(serve(settings.load().inference, Pool(InferenceSettings.load())))
    except Misconfigured as error:
        print(error.detail or error.public, file=sys.stderr)  # noqa: T201  # the one line
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
