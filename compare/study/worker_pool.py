"""The jobs on this machine: some threads, each with a process of its own."""

import os
import queue
import threading
from collections.abc import Sequence

from .plan import StudyJob
from .results import Outcome, Outcomes
from .worker_process import JobStoppedError, close_worker_process, run_job

QUEUE_TIMEOUT = 0.2  # seconds: how long Ctrl-C may go unheard


class JobPool:
    """Hands out the jobs: to each thread those of the port that it has imported."""

    def __init__(self, jobs: Sequence[StudyJob], workers: int) -> None:
        self.left = list(jobs)
        self.holds: list[str | None] = [None] * workers
        self.lock, self.stop = threading.Lock(), threading.Event()
        self.done: queue.Queue[Outcome | BaseException] = queue.Queue()

    def take_next_job(self, worker: int) -> StudyJob | None:
        """Return the next job of the worker's own port, else of one that nobody holds, else any."""
        with self.lock:
            if not self.left or self.stop.is_set():
                return None
            own, others = self.holds[worker], {*self.holds[:worker], *self.holds[worker + 1 :]}
            job = min(self.left, key=lambda job: (job.port != own, job.port in others))
            self.left.remove(job)
            self.holds[worker] = job.port
            return job

    def run_worker(self, worker: int) -> None:
        """Run jobs until none is left, and put each outcome, or what went wrong, in `done`."""
        try:
            while (job := self.take_next_job(worker)) is not None:
                self.done.put(run_job(job, self.stop))
        except JobStoppedError:
            pass
        except BaseException as error:  # noqa: BLE001  # raised again by the one who waits
            self.done.put(error)
        finally:
            close_worker_process()


def run_locally(jobs: Sequence[StudyJob], workers: int | None = None) -> Outcomes:
    """Yield the outcomes as they come; workers processes at a time, else one a core.

    Closing the iterator stops what is under way, at once.
    """
    count = min(workers or os.cpu_count() or 1, max(len(jobs), 1))
    pool = JobPool(jobs, count)
    threads = [threading.Thread(target=pool.run_worker, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    try:
        seen = 0
        while seen < len(jobs):
            try:
                outcome = pool.done.get(timeout=QUEUE_TIMEOUT)
            except queue.Empty:
                continue
            if isinstance(outcome, BaseException):
                raise outcome
            seen += 1
            yield outcome
    finally:
        pool.stop.set()
        for thread in threads:
            thread.join()
