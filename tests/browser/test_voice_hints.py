"""While somebody records, the page says what to change, by the limits they are judged with."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.test_voice_page import VoicePage, speechlike, write

pytestmark = pytest.mark.browser
LIMITS = {"level_dbfs": -50, "clipped": 0.002}


@pytest.mark.parametrize(
    ("gain", "words"),
    [(0.002, "closer"), (1.0, ""), (20.0, "move away")],
    ids=["too quiet", "as it should be", "too loud"],
)
def test_the_page_hints_while_it_records(
    tmp_path: Path,
    microphone: Callable[[Path], Page],
    serve: Callable[[Flask], str],
    gain: float,
    words: str,
) -> None:
    voice = VoicePage(seconds=120)
    voice.ask = replace(voice.ask, options={**voice.ask.options, "limits": LIMITS})
    page = microphone(write(tmp_path / "tone.wav", np.clip(speechlike(60) * gain, -1, 1)))
    page.goto(serve(voice.app))
    page.get_by_role("button", name="Start recording").click()
    page.get_by_text(re.compile(r"^([4-9]|\d\d+) / 120 s$")).wait_for()
    hint = page.locator('[data-part="hint"]')
    expect(hint).to_have_attribute("role", "status")
    if words:
        expect(hint).to_contain_text(words)
    else:
        expect(hint).to_be_empty()
    page.get_by_role("button", name="Stop and send").click()
    page.get_by_role("heading", name="Received").wait_for()
