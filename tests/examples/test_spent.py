"""What may come once comes once, whoever else asks at the same time."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from resource_server.spent import Spent

MANY = 20


def test_one_of_many_at_once(tmp_path: Path) -> None:
    file, start = str(tmp_path / "spent.db"), Barrier(MANY)
    Spent(file)

    def one(_: int) -> bool:
        mine = Spent(file, lambda: 0)
        start.wait()
        return mine.spend("a token", 60)

    with ThreadPoolExecutor(MANY) as pool:
        assert Counter(pool.map(one, range(MANY))) == {True: 1, False: MANY - 1}


def test_what_means_nothing_any_more_is_forgotten(tmp_path: Path) -> None:
    now = [0.0]
    spent = Spent(str(tmp_path / "spent.db"), lambda: now[0])
    assert spent.spend("a proof", 60)
    now[0] = 60
    assert not spent.spend("a proof", 120)
    now[0] = 61
    assert spent.spend("a proof", 120)
