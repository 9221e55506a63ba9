"""The process of a worker: its environment, what its parent measures, and how it ended."""

import atexit
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path

from ..ports.user_code.warning_filters import keep_warning_filters

THREADS = 1  # of a worker: as many of them run as there are cores
START_TIMEOUT = 60.0  # seconds for an interpreter to import NumPy
PACKAGE = Path(__file__).parents[2]  # the folder of `trueport`
# Names of variables that hold what a user's port has no business with: it is run without them.
SECRETS = re.compile(
    r"TOKEN(?!IZERS)|SECRET|PASSW|PASSPHRASE|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL|COOKIE"
    r"|^(?:AWS|AZURE|GCP|GOOGLE)_|_(?:PAT|PWD|AUTH)$|^SSH_AUTH_SOCK$",
    re.IGNORECASE,
)
LOCK = threading.Lock()  # two threads that start a worker each shall not make two


def refuse_windows() -> None:
    """Raise OSError where a worker cannot be watched and limited as it is here."""
    if sys.platform == "win32":
        raise OSError(
            "Trueport runs on Linux and macOS: on Windows, install it in WSL "
            "(Windows Subsystem for Linux) and run it there"
        )


def build_private_path() -> dict[str, str]:
    """Return the environment in which `python -m trueport…` starts ours, and nothing beside it."""
    with LOCK:
        paths = [create_private_folder().name, *filter(None, [os.environ.get("PYTHONPATH")])]
    # what lies in the current folder must not stand before ours
    return {"PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"}


@cache
def create_private_folder() -> "tempfile.TemporaryDirectory[str]":
    """Create it as long as this process lives, with `trueport` as a link, or else as a copy."""
    folder = tempfile.TemporaryDirectory(prefix="trueport-path-")
    atexit.register(folder.cleanup)  # by itself it would warn that nobody did
    link = Path(folder.name, "trueport")
    try:
        link.symlink_to(PACKAGE, target_is_directory=True)
    except OSError:
        shutil.copytree(PACKAGE, link, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def build_environment(is_target: bool) -> dict[str, str]:
    """Return the environment of a worker; that of a user's port leaves their folder as it was.

    It has none of the variables that `SECRETS` names.
    """
    refuse_windows()
    kept = {k: v for k, v in os.environ.items() if not (is_target and SECRETS.search(k))}
    environment = kept | build_thread_limits(THREADS) | build_private_path()
    keep_warning_filters(environment, is_target)
    if is_target:
        environment |= {
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8:backslashreplace",
            "MPLBACKEND": "Agg",
            "TF_CPP_MIN_LOG_LEVEL": "2",
        }
    return environment


def measure_resident_mb(pid: int, group: bool) -> float:
    """Return the MB in use by a process, or by all of its session; 0 where /proc does not tell."""
    pages, folders = 0, Path("/proc").glob("[0-9]*") if group else [Path("/proc", str(pid))]
    for folder in folders:
        with contextlib.suppress(OSError, IndexError, ValueError):
            session = int((folder / "stat").read_text().rpartition(")")[2].split()[3])
            if pid in (session, int(folder.name)):
                pages += int((folder / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure_peak_mb() -> float:
    """Return the most memory that this process has used, in MB."""
    import resource  # not on every system, and asked for in a worker alone

    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, kilobytes on Linux
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def find_interpreter_problem(python: Path) -> str:
    """Why an interpreter cannot run a worker, in words; "" if it can."""
    check = "assert sys.version_info >= (3, 11), sys.version.split()[0]"
    code = f"import sys; {check}; import numpy; print(1)"
    try:
        done = subprocess.run(
            [python, "-c", code], capture_output=True, text=True, timeout=START_TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"cannot start {python}: {error}"
    last = done.stderr.strip().splitlines()[-1:] or [""]
    if done.returncode and last[0].startswith("AssertionError"):
        return f"{python} must be Python 3.11 or newer (got {last[0].partition(': ')[2]})"
    if done.returncode and "numpy" in last[0]:
        return f"{python} has no NumPy: {python} -m pip install numpy ({last[0]})"
    works = done.returncode == 0 and done.stdout.strip() == "1"
    return "" if works else f"{python} does not run Python{': ' * bool(last[0])}{last[0]}"


def build_thread_limits(threads: int) -> dict[str, str]:
    """Return the environment that holds every BLAS and OpenMP to so many threads.

    >>> sorted(build_thread_limits(1))[0]
    'MKL_NUM_THREADS'
    """
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {name: str(threads) for name in names}


def describe_exit(code: int) -> str:
    """Say an exit status in words.

    >>> describe_exit(-9), describe_exit(3)
    ('killed by SIGKILL', 'exit status 3')
    """
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"


def read_last_words(output: Path) -> str:
    """Return the last line that a process printed, where an import error or abort speaks."""
    text = output.read_text(encoding="utf-8", errors="replace")
    last = [line for line in text.splitlines() if line.strip()][-1:]
    return f"its last words: {last[0].strip()}" if last else "it printed nothing"
