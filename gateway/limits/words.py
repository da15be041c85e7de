"""What people are told who have to wait."""

from __future__ import annotations

from contracts.text import Text, counted

MINUTE = 60


def wait(seconds: int) -> Text:
    """Say that there were too many wrong answers, and for how long to wait."""
    if seconds < MINUTE:
        return counted(
            "There were too many wrong answers. Wait a second and try again.",
            "There were too many wrong answers. Wait %(count)d seconds and try again.",
            seconds,
        )
    return counted(
        "There were too many wrong answers. Wait a minute and try again.",
        "There were too many wrong answers. Wait %(count)d minutes and try again.",
        -(-seconds // MINUTE),
    )
