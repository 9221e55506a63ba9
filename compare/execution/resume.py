"""What an earlier call of the same run has finished is kept, in `observation.json` of its job."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..suite.case import load_arrays
from .files import READ_ERRORS, write_json
from .observation import CaseResult, Observation
from .runner import PortRunner

KEY_FILE = "settings.json"  # what the observations of a folder were made with
OBSERVATION_FILE = "observation.json"
# the rest of an observation is in arrays
STORED_FIELDS = (
    *("status", "message", "versions", "threads", "facts", "training_message"),
    *("conventions", "wall_s", "peak_mb"),
)
PARTIAL_FOLDER, FINISHED_FOLDER = "observations.part", "observations"


def open_observation_folder(
    out: Path, key: Mapping[str, Any], fresh: bool, say: Callable[[str], None]
) -> Path:
    """Open the folder for observations, with what an earlier call of the same run left in it."""
    folder = out / PARTIAL_FOLDER
    if folder.exists():
        differing = format_changed_settings(read_json(folder / KEY_FILE), key)
        if differing and not fresh:
            say(f"starting anew: what lay in {folder} was begun with other {differing}")
        if differing or fresh:
            shutil.rmtree(folder)
    folder.mkdir(exist_ok=True)
    write_json(folder / KEY_FILE, key, indent=1)
    done = sorted(path.parent.name for path in folder.glob(f"*/{OBSERVATION_FILE}"))
    if done:
        say(f"resuming in {folder}: finished before: {', '.join(done)}")
    return folder


def format_changed_settings(before: Any, now: Mapping[str, Any]) -> str:
    """Return the names of what differs between two keys, "" if nothing does."""
    if not isinstance(before, dict):
        return "settings"
    old, new = before.get("settings"), now["settings"]
    names = [key for key in new if isinstance(old, dict) and old.get(key) != new[key]]
    names += [key for key in now if key != "settings" and before.get(key) != now[key]]
    return ", ".join(names)


def read_json(path: Path) -> Any:
    """Return what a JSON file holds; None if there is none, or it is broken off."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


class ResumingRunner(PortRunner):
    """An observer that takes over what a finished job has left, and leaves its own."""

    def run(self) -> Observation:
        """Return the kept observation of a finished job, or run it, and keep it if it finishes."""
        if (record := read_json(self.job.folder / OBSERVATION_FILE)) is not None:
            try:
                self.restore_observation(record)
                return self.observation
            except (*READ_ERRORS, TypeError, AttributeError):  # damaged: done again
                self.observation = Observation(self.job)
        shutil.rmtree(self.job.folder, ignore_errors=True)
        seen = super().run()
        if seen.status == "ok" and self.finished:
            self.save_observation(seen)
        return seen

    def save_observation(self, seen: Observation) -> None:
        """Write down, last of all, what is not in arrays: its being there means: finished."""
        cases = {
            number: {name: value for name, value in vars(result).items() if name != "outputs"}
            for number, result in seen.cases.items()
        }
        record = {name: getattr(seen, name) for name in STORED_FIELDS} | {"cases": cases}
        write_json(self.job.folder / OBSERVATION_FILE, record, allow_nan=True)

    def restore_observation(self, record: Mapping[str, Any]) -> None:
        """Restore the observation of a finished job from its folder. Raises for a damaged one."""
        observation = self.observation
        for name in STORED_FIELDS:
            setattr(observation, name, record[name])
        observation.cases = {int(n): CaseResult(**case) for n, case in record["cases"].items()}
        for number, result in observation.cases.items():
            if result.status == "ok":
                result.outputs = load_arrays(self.job.folder / f"{number:04d}.npz")
        self._load_training()
        if self.job.training and not observation.training and not observation.training_message:
            raise ValueError("the training is not there")
        self.progress("cases", len(observation.cases))
        self.progress("steps", len(observation.training.get("loss", ())))
