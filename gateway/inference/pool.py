"""A bounded queue in front of worker processes that are replaced when they break or hang."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from contracts.errors import GatehouseError, Misconfigured, Unavailable
from gateway.inference.process import COMMAND, Worker
from gateway.inference.protocol import Frame, failure
from gateway.inference.settings import InferenceSettings

PAUSE_SECONDS = 1.0
"""Before a worker that would not start is started again."""

log = logging.getLogger("gatehouse.inference")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request in the queue, and where its answer goes."""

    request: Frame
    answer: asyncio.Future[Frame]


class Pool:
    """Runs jobs in worker processes, one at a time in each."""

    def __init__(self, settings: InferenceSettings, command: Sequence[str] = COMMAND) -> None:
        self._settings = settings
        self._command = command
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue(settings.queue)
        self._slots: list[asyncio.Task[None]] = []
        self.workers: set[Worker] = set()

    async def start(self) -> None:
        """Start the workers. Raises Misconfigured, with the reason, where one cannot."""
        starting = (self._start() for _ in range(self._settings.processes))
        started = await asyncio.gather(*starting, return_exceptions=True)
        for each in started:
            if isinstance(each, BaseException):
                raise each
        self._slots = [asyncio.create_task(self._keep(worker)) for worker in list(self.workers)]

    async def stop(self) -> None:
        """Turn away what waits, let running jobs end, then end the workers."""
        for slot in self._slots:
            slot.cancel()
        await asyncio.gather(*self._slots, return_exceptions=True)
        while not self._queue.empty():
            self._queue.get_nowait().answer.cancel()
        for worker in list(self.workers):
            await self._end(worker)

    async def submit(self, request: Frame) -> Frame:
        """Queue one request and wait for its answer; a full queue and lateness are failures."""
        waiting = Waiting(request, asyncio.get_running_loop().create_future())
        try:
            self._queue.put_nowait(waiting)
            return await asyncio.wait_for(waiting.answer, self._settings.wait_seconds)
        except asyncio.QueueFull:
            return failure(Unavailable(detail="the queue of the inference pool is full"))
        except TimeoutError:
            return failure(Unavailable(detail="the inference pool did not get round to a job"))

    async def _start(self) -> Worker:
        worker = await Worker.start(self._command, self._settings.start_seconds)
        self.workers.add(worker)
        return worker

    async def _restart(self) -> Worker:
        while True:
            try:
                return await self._start()
            except Misconfigured as error:
                log.error("an inference worker does not start", extra={"reason": error.detail})
                await asyncio.sleep(PAUSE_SECONDS)

    async def _end(self, worker: Worker) -> None:
        self.workers.discard(worker)
        await worker.kill()

    async def _keep(self, worker: Worker) -> None:
        """Serve the queue for ever with one worker, and with its successors."""
        while True:
            waiting = await self._queue.get()
            if waiting.answer.done():
                continue
            if not worker.alive:
                await self._end(worker)
                worker = await self._restart()
            await self._finish(worker, waiting)
            if not worker.alive:
                await self._end(worker)
                worker = await self._restart()

    async def _finish(self, worker: Worker, waiting: Waiting) -> None:
        """Answer one request, even while the pool is being stopped."""
        job = asyncio.create_task(self._answer(worker, waiting))
        try:
            await asyncio.shield(job)
        except asyncio.CancelledError:
            await job
            raise

    async def _answer(self, worker: Worker, waiting: Waiting) -> None:
        answer = await self._run(worker, waiting.request)
        if not waiting.answer.done():
            waiting.answer.set_result(answer)

    async def _run(self, worker: Worker, request: Frame) -> Frame:
        """Run one job under its time limit; a worker that breaks it is killed."""
        try:
            return await asyncio.wait_for(worker.ask(request), self._settings.job_seconds)
        except TimeoutError:
            reason = "a job took too long"
        except (EOFError, OSError, GatehouseError):
            reason = "a job broke its worker"
        log.error(reason, extra={"job": request.header.get("job"), "pid": worker.pid})
        await worker.kill()
        return failure(Unavailable(detail=reason))
