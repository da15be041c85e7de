"""The names of our languages, which are written down so that no worker keeps what Babel knows."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from babel import Locale

from web.pages import CATALOGUES, languages

NAMES = json.loads((CATALOGUES / "names.json").read_text("utf-8"))


def test_each_language_has_its_name() -> None:
    assert sorted(NAMES) == sorted(languages())


@pytest.mark.parametrize("language", languages())
def test_names_and_directions_are_those_of_babel(language: str) -> None:
    locale = Locale.parse(language)
    known = locale.get_display_name() or ""
    assert NAMES[language] == {
        "direction": locale.text_direction,
        "name": known[:1].upper() + known[1:],
    }


def test_the_menu_reads_nothing_of_other_languages() -> None:
    ask = (
        "from babel import localedata; from web import pages; pages._offered();"
        "print(*localedata._cache)"
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"root", "en"}
