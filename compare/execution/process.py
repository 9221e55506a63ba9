"""The process of a worker: its environment, what its parent measures, and how it ended."""

import atexit
import contextlib
import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ..ports.user_code.warning_filters import keep_warning_filters
from .files import DISK_ERRORS
from .temporary import make_temporary_folder

THREADS = 1  # of a worker: as many of them run as there are cores
DISK_FAILED = 74  # exit status of a worker whose own files cannot be had: sysexits' EX_IOERR
EXIT_NOW = os._exit  # a user's port has it replaced
OWN_PROCESS = os.getpid()  # the one that has imported this, and no copy that it forked
START_TIMEOUT = 60.0  # seconds for an interpreter to import NumPy
# What lies in the current folder must not stand before ours; the variable of the same effect would
# hold for the scripts too that a user's port runs.
RUN_MODULE = ("-P", "-m")
READER = "TRUEPORT_READER"  # in the environment of a worker: the process that started it
PACKAGE = Path(__file__).parents[2]  # the folder of `trueport`
# Names of variables that hold what a user's port has no business with: it is run without them.
SECRETS = re.compile(
    r"(?<!MAX_)TOKEN(?!IZER)|SECRET|PASSW|PASSPHRASE|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL|COOKIE"
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
    """Return the environment in which `python -P -m trueport…` starts ours, and nothing beside."""
    with LOCK:
        own = str(create_private_folder())
    return {"PYTHONPATH": os.pathsep.join([own, *filter(None, [os.environ.get("PYTHONPATH")])])}


@cache
def create_private_folder() -> Path:
    """Create it as long as this process lives, with `trueport` as a link, or else as a copy."""
    kept = contextlib.ExitStack()
    folder = kept.enter_context(make_temporary_folder())
    atexit.register(kept.close)
    link = folder / "trueport"
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
    environment[READER] = f"{os.getpid()} {read_number_space()}"
    keep_warning_filters(environment, is_target)
    if is_target:
        # the order of a set of texts is the same in the reference's process and the port's
        environment.setdefault("PYTHONHASHSEED", "0")
        environment |= {
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8:backslashreplace",
            "MPLBACKEND": "Agg",
            "TF_CPP_MIN_LOG_LEVEL": "2",
        }
    return environment


def read_number_space() -> str:
    """Return where the number of a process holds: a container, say, has numbers of its own."""
    with contextlib.suppress(OSError):
        return os.readlink("/proc/self/ns/pid")
    return ""


def find_reader() -> int:
    """Return the process that started this one as a worker; its parent where that is not told.

    They differ where an interpreter is a script that starts another.
    """
    pid, _, space = os.environ.get(READER, "").partition(" ")
    return int(pid) if pid and space == read_number_space() else os.getppid()


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


def end_copy() -> None:
    """End here, if this is a copy of a worker that a user's code has forked: it has no say."""
    if os.getpid() != OWN_PROCESS:
        EXIT_NOW(1)


@contextlib.contextmanager
def hold_disk_to_account() -> Iterator[None]:
    """In the block a worker reads or writes files of ours; where it cannot, its process ends.

    A full disk is no fault of the port that it runs; a file of ours that the port has closed is.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in (*DISK_ERRORS, errno.ENOENT):  # or the folder is gone
            raise
        EXIT_NOW(DISK_FAILED)


def describe_failed_disk(folder: Path) -> str:
    """Say that a worker could not have its files in a folder, and what is known of why.

    >>> describe_failed_disk(Path("gone"))
    'cannot write into gone: it is no longer there'
    """
    try:
        free = f"{shutil.disk_usage(folder).free / 2**20:.1f} MB are free"
    except OSError:
        free = "it is no longer there"
    return f"cannot write into {folder}: {free}"


def describe_exit(code: int) -> str:
    """Say an exit status in words.

    >>> describe_exit(-9), describe_exit(3)
    ('killed by SIGKILL', 'exit status 3')
    """
    names = {one.value: one.name for one in signal.Signals}
    return f"killed by {names.get(-code, f'signal {-code}')}" if code < 0 else f"exit status {code}"
