"""A run that came to its end in its folder: its own result, and not done twice."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..execution.resume import FINISHED_FOLDER, KEY_FILE, read_json
from ..judging.results import Run

FINISHED_STATUSES = ("ok", "not installed")


def load_finished_run(out: Path, key: Mapping[str, Any]) -> Run | None:
    """Return the result in out, if a run of this key came to its end there without trouble."""
    if read_json(out / FINISHED_FOLDER / KEY_FILE) != key:
        return None
    try:
        run = Run.load(out)
    except (ValueError, OSError, KeyError, TypeError):  # an older form, or half deleted
        return None
    whole = all(p.status in FINISHED_STATUSES for p in run.ports) and not any(
        v.status == "timeout" for v in run.verdicts
    )
    return run if whole and not run.interrupted else None
