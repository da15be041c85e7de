"""The inference pool: real processes, a real socket, jobs that behave and jobs that do not."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil
import pytest

from contracts.errors import BadRequest, Misconfigured, Retry, Unavailable
from contracts.factor import Infer
from gateway.inference import connect
from gateway.inference.pool import Pool
from gateway.inference.process import Worker
from gateway.inference.protocol import MAX_PAYLOAD, PREFIX, Frame, decode, read, unpack
from gateway.inference.server import alone, listening, serve
from gateway.inference.settings import InferenceSettings
from tests.waiting import PATIENCE, until

PATIENT = {"workers": 1, "job_seconds": PATIENCE, "wait_seconds": PATIENCE}
COMMAND = (sys.executable, str(Path(__file__).with_name("jobs.py")))


@contextmanager
def running(path: Path, command: Sequence[str] = COMMAND, **settings: float) -> Iterator[Pool]:
    """Run a pool in a thread."""
    pool = Pool(InferenceSettings(**PATIENT | settings), command)
    ready, over = threading.Event(), threading.Event()

    async def main() -> None:
        await pool.start()
        async with listening(path, pool, set()):
            ready.set()
            await asyncio.to_thread(over.wait)
        await pool.stop()

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield pool
    finally:
        over.set()
        thread.join(PATIENCE)


@pytest.fixture
def infer(path: Path) -> Iterator[Infer]:
    with running(path):
        yield connect(path, PATIENCE)


def test_a_job_is_done(infer: Infer) -> None:
    assert infer("echo", b"\x00\xff") == b"\x00\xff"
    assert infer("echo", b"") == b""


def test_what_a_library_prints_does_not_disturb(infer: Infer) -> None:
    assert infer("noisy", b"") == b"quiet"


def test_retry_crosses_the_socket_with_its_words(infer: Infer) -> None:
    with pytest.raises(Retry) as raised:
        infer("again", b"")
    assert str(raised.value.public) == "Wait 3 seconds"
    assert raised.value.public.values == {"seconds": 3}
    assert raised.value.detail == "too quiet"


def test_bad_request_crosses_the_socket(infer: Infer) -> None:
    with pytest.raises(BadRequest) as raised:
        infer("bad", b"")
    assert str(raised.value.public) == "No recording."


@pytest.mark.parametrize("job", ["crash", "broken", "greedy"])
def test_a_worker_that_breaks_is_replaced(infer: Infer, job: str) -> None:
    with pytest.raises(Unavailable):
        infer(job, b"")
    assert infer("echo", b"again") == b"again"


def test_a_job_that_hangs_is_killed(path: Path) -> None:
    with running(path, job_seconds=1.0):
        infer = connect(path, PATIENCE)
        before = until(partial(asked, infer, "pid"))
        with pytest.raises(Unavailable):
            infer("slow", b"600")
        assert until(partial(asked, infer, "pid")) != before


def asked(infer: Infer, job: str) -> bytes | None:
    """Return what a job gives, or nothing where even that takes too long just now."""
    try:
        return infer(job, b"")
    except Unavailable:
        return None


def test_a_worker_that_died_in_its_sleep_costs_no_job(infer: Infer) -> None:
    worker = psutil.Process(int(infer("pid", b"")))
    worker.kill()
    until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
    assert infer("echo", b"awake") == b"awake"


def test_a_death_is_known_before_the_event_loop_has_heard() -> None:
    async def killed() -> bool:
        worker = await Worker.start(COMMAND, PATIENCE)
        process = psutil.Process(worker.pid)
        process.kill()
        until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)
        alive = worker.alive
        await worker.kill()
        return alive

    assert not asyncio.run(killed())


def test_an_unknown_job_is_unavailable(infer: Infer) -> None:
    with pytest.raises(Unavailable):
        infer("face.encode", b"")


@contextmanager
def holding(infer: Infer, folder: Path, count: int) -> Iterator[list[Future[bytes]]]:
    """Send jobs that end after the block; the others are sent once the first of them runs."""
    with ThreadPoolExecutor(count) as threads:
        jobs = [threads.submit(infer, "held", str(folder).encode())]
        try:
            until((folder / "begun").exists)
            jobs += [threads.submit(infer, "held", str(folder).encode()) for _ in range(count - 1)]
            yield jobs
        finally:
            (folder / "go").touch()


def test_a_full_queue_turns_away_at_once(path: Path, tmp_path: Path) -> None:
    with running(path, queue=2) as pool:
        infer = connect(path, PATIENCE)
        with holding(infer, tmp_path, 3) as jobs:
            until(pool._queue.full)
            for _ in range(4):
                with pytest.raises(Unavailable, match="pool is full") as full:
                    infer("echo", b"")
                assert full.value.retry_after > 0
        assert [each.result() for each in jobs] == [b"let go"] * 3


def test_many_threads_share_one_callable(path: Path) -> None:
    with running(path, queue=64), ThreadPoolExecutor(8) as threads:
        infer = connect(path, PATIENCE)
        sent = [str(number).encode() for number in range(40)]
        assert list(threads.map(lambda data: infer("echo", data), sent)) == sent


def test_two_processes_do_two_jobs_at_a_time(path: Path, tmp_path: Path) -> None:
    with running(path, workers=2) as pool, ThreadPoolExecutor(2) as threads:
        infer = connect(path, PATIENCE)
        assert len(pool.workers) == 2
        folder = str(tmp_path).encode()
        assert list(threads.map(lambda _: infer("meet", folder), range(2))) == [b"met"] * 2


def test_one_more_than_may_wait_is_turned_away_before_the_pool_hears_of_it(
    path: Path, tmp_path: Path
) -> None:
    with running(path) as pool:
        infer = connect(path, PATIENCE, callers=2)
        with holding(infer, tmp_path, 2) as waiting:
            until(lambda: pool._queue.qsize() == 1)
            with pytest.raises(Unavailable, match="as many threads") as raised:
                infer("echo", b"")
            assert raised.value.retry_after > 0
        assert [each.result() for each in waiting] == [b"let go"] * 2
        assert infer("echo", b"now") == b"now", "a place is free again"


def test_a_caller_that_fails_gives_its_place_back(path: Path) -> None:
    with running(path):
        infer = connect(path, PATIENCE, callers=1)
        for _ in range(3):
            with pytest.raises(Retry):
                infer("again", b"")
        assert infer("echo", b"still") == b"still"


def test_as_many_processes_as_there_are_cores_two_at_the_most() -> None:
    assert InferenceSettings().processes == min(2, len(os.sched_getaffinity(0)))
    assert InferenceSettings(workers=5).processes == 5


def test_an_answer_that_comes_too_late_is_unavailable(path: Path) -> None:
    with running(path, wait_seconds=0.2), pytest.raises(Unavailable):
        connect(path, PATIENCE)("slow", b"2")


def test_only_this_user_may_connect(path: Path) -> None:
    with running(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_client_refuses_an_oversize_payload_unsent(path: Path) -> None:
    with pytest.raises(BadRequest):
        connect(path, PATIENCE)("echo", bytes(MAX_PAYLOAD + 1))


def test_without_a_pool_a_job_is_unavailable(path: Path) -> None:
    with pytest.raises(Unavailable):
        connect(path, PATIENCE)("echo", b"")


def talk(path: Path, data: bytes) -> Frame:
    """Say something raw to the pool."""
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(PATIENCE)
        raw.connect(str(path))
        raw.sendall(data)
        raw.shutdown(socket.SHUT_WR)
        with raw.makefile("rb") as answer:
            return read(answer)


@pytest.mark.parametrize(
    "data",
    [PREFIX.pack(10, 2**32 - 1), PREFIX.pack(2**31, 0), PREFIX.pack(3, 0) + b"abc"],
    ids=["payload too large", "header too large", "not JSON"],
)
def test_a_malformed_frame_is_a_bad_request(path: Path, data: bytes) -> None:
    with running(path):
        answer = talk(path, data)
        with pytest.raises(BadRequest):
            unpack(answer)
        assert connect(path, PATIENCE)("echo", b"still here") == b"still here"


def test_a_caller_that_hangs_up_is_let_go(path: Path) -> None:
    with running(path):
        with pytest.raises(EOFError):
            talk(path, b"\x00\x00")
        assert connect(path, PATIENCE)("echo", b"still here") == b"still here"


def test_a_header_is_an_object() -> None:
    with pytest.raises(BadRequest):
        decode(b"[1]", b"")


def test_a_missing_model_stops_the_pool_with_one_line(path: Path) -> None:
    pool = Pool(InferenceSettings(), (*COMMAND, "missing"))
    with pytest.raises(Misconfigured, match="run gatehouse models pull"):
        asyncio.run(serve(path, pool))
    assert not path.exists()


def test_a_second_pool_on_one_socket_is_refused(path: Path) -> None:
    pool = Pool(InferenceSettings(), COMMAND)
    with running(path), pytest.raises(Misconfigured, match="another inference pool"):
        asyncio.run(serve(path, pool))


def test_of_two_pools_that_start_at_once_one_is_refused(path: Path) -> None:
    pool = Pool(InferenceSettings(), COMMAND)
    with alone(path), pytest.raises(Misconfigured, match="another inference pool"):
        asyncio.run(serve(path, pool))
    with running(path):
        assert connect(path, PATIENCE)("echo", b"first") == b"first"


def test_a_socket_that_nobody_answers_is_replaced(path: Path) -> None:
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    with running(path):
        assert connect(path, PATIENCE)("echo", b"new") == b"new"
