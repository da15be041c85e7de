"""Processes that write to one SQLite file: none waits for ever, none waits for nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from contracts.errors import Unavailable
from store.db import Database
from store.turns import Turns

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


def test_writers_take_turns(tmp_path: Path) -> None:
    """Each has connections of its own, as another process has; SQLite alone serves one of them."""
    rounds, order = 100, list[int]()
    databases = [Database(f"sqlite:///{tmp_path}/gatehouse.db") for _ in range(2)]
    for database in databases:
        with database.write() as connection:
            connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS work (at INTEGER)")

    def write(number: int, database: Database) -> None:
        start.wait()
        for _ in range(rounds):
            with database.write() as connection:
                connection.exec_driver_sql("INSERT INTO work VALUES (1)")
                order.append(number)
        database.dispose()

    start = threading.Barrier(2)
    writers = [threading.Thread(target=write, args=each) for each in enumerate(databases)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(order) == 2 * rounds
    assert sum(one != other for one, other in pairwise(order)) > rounds
