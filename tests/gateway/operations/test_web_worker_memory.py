"""What a web worker holds, after pages and logins, and what it never loads."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from tests.gateway.conftest import PASSWORD
from tests.gateway.operations.running import serving
from tests.waiting import PATIENCE
from tests.walks.messenger import state
from tests.walks.test_voice_notes import heard, met, peopled, registered
from tests.walks.tree import DEVELOPMENT, Tree

MEGABYTE = 1_000_000
RESIDENT, OWN_SHARE = 140 * MEGABYTE, 90 * MEGABYTE
"""Of pages that all workers share each holds its share; docs/performance/engines.md has figures."""
HEAVY = ("numpy", "onnxruntime", "alembic", "sqlalchemy.dialects.postgresql", "psycopg", "zxcvbn")


def log_in(tree: Tree, language: str) -> None:
    """Log in, in a language, and look at the pages behind."""
    headers = {"Accept-Language": language}
    with httpx.Client(follow_redirects=True, headers=headers, timeout=PATIENCE) as browser:
        page = browser.get(f"{tree.issuer}/account")
        (csrf,) = set(re.findall(r'name="csrf" value="([^"]+)"', page.text))
        form = {"csrf": csrf, "username": "vera", "password": PASSWORD}
        assert browser.post(page.url, data=form).status_code == 200
        browser.get(f"{tree.issuer}/admin")


@pytest.mark.slow
def test_a_web_worker_stays_small(tmp_path: Path) -> None:
    settings = DEVELOPMENT | {"GATEHOUSE_WORKERS": "2", "GATEHOUSE_VOICE_ENABLED": "0"}
    with serving(tmp_path, **settings) as (port, _):
        tree = Tree(f"http://localhost:{port}", tmp_path)
        tree.run("user", "add", "vera", "--password-stdin", given=PASSWORD)
        for _ in range(3):
            log_in(tree, "en")
        sizes = [each.memory_full_info() for each in workers(port)]
    assert_small(sizes)


@pytest.mark.recordings
@pytest.mark.slow
def test_a_web_worker_that_judges_voices_stays_small(tmp_path: Path) -> None:
    with peopled(tmp_path, GATEHOUSE_WORKERS="2") as tree, ExitStack() as browsers:
        bot, one = registered(tree), state()
        tree.run("client", "change", "support", "--voice-notes")
        bob = met(tree, browsers, "bob", "george")
        bob.enrol()
        bob.open(bot, one)
        bob.choose_the_chat()
        heard(bob, bot, state=one)
        port = urlsplit(tree.issuer).port
        assert port
        assert_small([each.memory_full_info() for each in workers(port)])


def assert_small(sizes: Sequence[psutil.pfullmem]) -> None:
    assert len(sizes) == 2
    assert max(each.rss for each in sizes) < RESIDENT
    assert max(each.pss for each in sizes) < OWN_SHARE


def workers(port: int) -> list[psutil.Process]:
    """Return the processes below this one that serve on a port."""
    found = []
    for each in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if any(one.laddr.port == port for one in each.net_connections()):
                found.append(each)
    return found


def test_a_web_worker_loads_nothing_that_it_does_not_need() -> None:
    ask = f"import gateway.serve, sys; print(*set(sys.modules) & set({HEAVY!r}))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
