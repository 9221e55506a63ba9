"""A folder that another interpreter can have on its path: `trueport`, nothing else beside it."""

import os
import shutil
import tempfile
import threading
from functools import cache
from pathlib import Path

from .limits import THREADS, build_thread_limits

PACKAGE = Path(__file__).parents[2]  # the folder of `trueport`
LOCK = threading.Lock()  # two threads that start a worker each shall not make two


def build_private_path() -> dict[str, str]:
    """Return the environment in which `python -m trueport…` starts ours, wherever it is started."""
    with LOCK:
        paths = [create_private_folder().name, *filter(None, [os.environ.get("PYTHONPATH")])]
    # what lies in the current folder must not stand before ours
    return {"PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"}


@cache
def create_private_folder() -> "tempfile.TemporaryDirectory[str]":
    """Create it as long as this process lives, with `trueport` as a link, or else as a copy."""
    folder = tempfile.TemporaryDirectory(prefix="trueport-path-")
    link = Path(folder.name, "trueport")
    try:
        link.symlink_to(PACKAGE, target_is_directory=True)
    except OSError:
        shutil.copytree(PACKAGE, link, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def build_environment(is_target: bool) -> dict[str, str]:
    """Return the environment of a worker; that of a user's port leaves their folder as it was."""
    environment = os.environ | build_thread_limits(THREADS) | build_private_path()
    if is_target:
        environment |= {
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8:backslashreplace",
            "MPLBACKEND": "Agg",
            "TF_CPP_MIN_LOG_LEVEL": "2",
        }
    return environment
