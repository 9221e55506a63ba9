"""A study's folder: one small file for each finished job, so that no work is done twice."""

import contextlib
import dataclasses
import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..execution.files import remove_stale_parts, write_json
from ..execution.lock import lock_folder
from ..execution.resume import read_json
from .plan import StudyJob
from .results import Outcome

SCHEMA = "trueport/study-job/2"


class StudyFolder:
    """What is kept. Opening it raises ValueError if it is another study's, or somebody works in it.

    fixed: the settings of which every number follows. fresh: throw away what is there.
    """

    def __init__(self, path: Path, fixed: dict[str, Any], fresh: bool = False) -> None:
        self.path, self.jobs = path, path / "jobs"
        try:
            self.jobs.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ValueError(f"cannot write to {path}: {error.strerror or error}") from error
        self.lock = lock_folder(path)
        remove_stale_parts(path)
        settings = path / "settings.json"
        if fresh:
            shutil.rmtree(self.jobs)
            self.jobs.mkdir()
        elif settings.exists() and any(self.jobs.glob("*.json")):
            self.refuse_other_settings(read_json(settings), fixed)
        write_json(settings, fixed)

    def refuse_other_settings(self, kept: Any, fixed: dict[str, Any]) -> None:
        """Raise ValueError if the folder holds runs with other settings than these."""
        there = kept if isinstance(kept, dict) else {}
        words = [
            f"{key} {there.get(key)} there and {value} now"
            for key, value in fixed.items()
            if there.get(key) != value
        ]
        if kept != fixed:
            self.close()
            raise ValueError(
                f"{self.path} holds runs with other settings ({'; '.join(words)}): give another "
                "--out, or --fresh to throw them away"
            )

    def close(self) -> None:
        """Let another study in."""
        self.lock.close()

    def save(self, job: StudyJob, outcome: Outcome) -> None:
        """Keep an outcome, whole or not at all."""
        told = dataclasses.asdict(outcome)
        record = {"schema": SCHEMA, "sha256": compute_digest(told), "outcome": told}
        write_json(self.jobs / f"{job.name}.json", record)

    def load(self, jobs: Sequence[StudyJob]) -> dict[str, Outcome]:
        """Return the kept outcomes of these jobs by name.

        What failed, cannot be read, is damaged or of another job is as good as none: it is tried
        again.
        """
        found = {}
        for job in jobs:
            record = read_json(self.jobs / f"{job.name}.json")
            if isinstance(record, dict) and record.get("schema") == SCHEMA:
                told = record.get("outcome", {})
                if compute_digest(told) != record.get("sha256"):
                    continue
                with contextlib.suppress(TypeError):  # a field is missing, or none of ours
                    outcome = Outcome(**told | {"run": job.run})
                    if (outcome.port, outcome.seed, outcome.status) == (job.port, job.seed, "ok"):
                        found[job.name] = outcome
        return found


def compute_digest(record: Any) -> str:
    """Return the sha256 of a record as JSON, the same before it is written and behind.

    >>> compute_digest({"loss": [0.1, None]})[:8]
    'b3351310'
    """
    return hashlib.sha256(json.dumps(record).encode()).hexdigest()
