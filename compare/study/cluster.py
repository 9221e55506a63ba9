"""The jobs on a Dask cluster: the same function, handed to its scheduler.

A job whose worker dies is run by another; its outcome is taken once, under the job's own name.
"""

import uuid
from collections.abc import Sequence
from typing import Any, cast

from ..ports.extras import needs_extra
from .plan import StudyJob
from .results import Outcome, Outcomes
from .worker_process import run_job

SCHEDULER_TIMEOUT = 15.0  # seconds for the scheduler to answer


def run_on_cluster(jobs: Sequence[StudyJob], address: str) -> Outcomes:
    """Yield the outcomes as they come. Closing the iterator takes back what has not begun.

    Raises ValueError, in words, if there is no Dask, no scheduler, or no worker.
    """
    with needs_extra("dask"):
        from distributed import Client, as_completed
    try:
        client = Client(address, timeout=SCHEDULER_TIMEOUT)
    except (OSError, ValueError) as error:
        raise ValueError(f"no Dask scheduler answers at {address} ({error})") from error
    with client:
        if not client.scheduler_info(n_workers=-1)["workers"]:
            raise ValueError(
                f"the scheduler at {address} has no workers: start some with dask worker {address}"
            )
        study = uuid.uuid4().hex[:8]  # a scheduler keeps old results under their keys
        ordered = sorted(jobs, key=lambda job: job.port)  # or a worker would move with each job
        by_key = {f"trueport-{study}-{job.name}": job for job in ordered}
        futures = [client.submit(run_job, job, key=key) for key, job in by_key.items()]
        try:
            for future in as_completed(futures):
                yield get_outcome(future, by_key[future.key])
                future.release()
        finally:
            client.cancel(futures)


def get_outcome(future: Any, job: StudyJob) -> Outcome:
    """Return the job's outcome; what went wrong around it is one too."""
    try:
        return cast("Outcome", future.result())
    # the job itself never raises: this is the cluster, which may, and the other jobs go on
    except Exception as error:  # noqa: BLE001  # a cluster may raise anything
        message = f"the cluster gave no result: {type(error).__name__}: {error}"
        return Outcome(job.port, job.seed, job.run, "error", message)
