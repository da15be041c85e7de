"""Processes that write to one SQLite file: none waits for ever, none waits for nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from contracts.errors import Unavailable
from store.db import Database
from store.turns import Turns
from tests.waiting import until

HOLDER = """
import pathlib, sys, time
from store.turns import Turns
with Turns(pathlib.Path(sys.argv[1]), 1).next():
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_wait_has_an_end(tmp_path: Path) -> None:
    first, second = (Turns(tmp_path / "gatehouse.db", 0.05) for _ in range(2))
    with first.next(), pytest.raises(Unavailable), second.next():
        pass
    with second.next():
        pass


def test_the_place_of_a_killed_process_is_free(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "gatehouse.db")]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    holder.kill()
    holder.communicate()
    with Turns(tmp_path / "gatehouse.db", 0.05).next():
        pass


def test_the_queue_needs_a_folder_to_write_to(tmp_path: Path) -> None:
    with pytest.raises(Unavailable), Turns(tmp_path / "missing" / "gatehouse.db", 1).next():
        pass


def test_whoever_has_written_stands_behind_whoever_waits(tmp_path: Path) -> None:
    """Each has connections of its own, as another process has; SQLite alone serves the first."""
    file, order = tmp_path / "gatehouse.db", list[str]()
    first, second = (Database(f"sqlite:///{file}") for _ in range(2))

    def write() -> None:
        with second.write():
            order.append("second")

    for _ in range(10):
        other = threading.Thread(target=write)
        with first.write():
            other.start()
            until(lambda: held(file))
            order.append("first")
        with first.write():
            order.append("first again")
        other.join()
    first.dispose()
    second.dispose()
    assert order == ["first", "second", "first again"] * 10


def held(file: Path) -> bool:
    """Tell whether somebody stands at the head of the queue."""
    try:
        with Turns(file, 0).next():
            return False
    except Unavailable:
        return True
