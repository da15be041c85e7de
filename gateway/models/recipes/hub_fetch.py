"""Fetch files of one revision from a hub: hub_fetch.py NAME REVISION FOLDER FILE..."""

from __future__ import annotations

import sys

from huggingface_hub import hf_hub_download


def main() -> None:
    """Fetch each file into the folder."""
    name, revision, folder, *files = sys.argv[1:]
    for file in files:
        hf_hub_download(name, file, revision=revision, local_dir=folder)


if __name__ == "__main__":
    main()
