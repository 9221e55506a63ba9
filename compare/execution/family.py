"""The processes that a worker has started: found wherever they have gone, measured, and ended.

They are of its session, or carry its mark in their environment, which a process hands on to those
that it starts. What leaves the session and clears its environment as well is not found, and neither
is anything beyond the session where there is no /proc.
"""

import contextlib
import os
import secrets
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

PROCESSES = Path("/proc")
MARK = "TRUEPORT_WORKER_"  # of the names in the environment, with digits behind it
STATE, SESSION, START = 0, 3, 19  # the places in /proc/PID/stat, behind the name of the program
ROUNDS = 20  # of ending what is found, for what is started meanwhile
PAUSE = 0.02  # seconds between two rounds
GRACE = 0.3  # seconds in which helpers of a process that has ended may end by themselves


def make_mark() -> str:
    """Return a name for the environment of one worker and of all that it starts."""
    return MARK + secrets.token_hex(8)


def read_stat(pid: int) -> list[str]:
    """Return what /proc says of a process behind its name; nothing if it is not there."""
    with contextlib.suppress(OSError):
        text = (PROCESSES / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        return text.rpartition(")")[2].split()
    return []


@dataclass
class Family:
    """A worker, and what it has started. pid: of the worker, which leads a session of its own."""

    pid: int
    mark: str
    start: int = field(init=False)  # of the worker, in ticks: what is older is none of its family

    def __post_init__(self) -> None:
        stat = read_stat(self.pid)
        self.start = int(stat[START]) if stat else 0

    def list_pids(self) -> list[int]:
        """Return the ids of all that run; of the worker alone where there is no /proc."""
        if not PROCESSES.is_dir():
            return [self.pid]
        every = (int(path.name) for path in PROCESSES.glob("[0-9]*"))
        return [pid for pid in every if self.includes(pid)]

    def includes(self, pid: int) -> bool:
        """Whether a process that runs is of the family."""
        stat = read_stat(pid)
        if not stat or stat[STATE] == "Z" or int(stat[START]) < self.start:
            return False
        if pid == self.pid or int(stat[SESSION]) == self.pid:
            return True
        with contextlib.suppress(OSError):  # another user's, which is none of ours
            return self.mark.encode() in (PROCESSES / str(pid) / "environ").read_bytes()
        return False

    def end(self) -> list[str]:
        """End them all, and return the programs that outlived the worker by more than a moment.

        The worker itself must have been waited for, or be ended by this.
        """
        outlived = self.find_outliving()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        for _ in range(ROUNDS if PROCESSES.is_dir() else 0):
            found = self.list_pids()
            for pid in found:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            if not found:
                break
            time.sleep(PAUSE)
        return outlived

    def find_outliving(self) -> list[str]:
        """Return the programs that are there a moment after the worker; none while that runs."""
        if not PROCESSES.is_dir() or self.includes(self.pid) or not self.list_pids():
            return []
        time.sleep(GRACE)
        return sorted(filter(None, map(read_program, self.list_pids())))


def read_program(pid: int) -> str:
    """Return the name of the program that a process runs; "" if it has ended."""
    with contextlib.suppress(OSError):
        return (PROCESSES / str(pid) / "comm").read_text(errors="replace").strip()
    return ""


def measure_used_mb(pids: Sequence[int], limit: float) -> float:
    """Return the MB in use by processes, all together; 0 where /proc does not tell.

    Beyond the limit, memory that processes share since a fork is counted once, which takes longer.
    """
    used = sum(map(read_resident_mb, pids))
    return used if used <= limit else sum(map(read_share_mb, pids))


def read_resident_mb(pid: int) -> float:
    """Return the MB that a process has in memory; 0 if it has ended."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        pages = int((PROCESSES / str(pid) / "statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return 0.0


def read_share_mb(pid: int) -> float:
    """Return the same with its share alone of what others have too; all of it if that is not told.

    >>> 0 < read_share_mb(os.getpid()) <= read_resident_mb(os.getpid()) or not PROCESSES.is_dir()
    True
    """
    with contextlib.suppress(OSError, IndexError, ValueError):
        text = (PROCESSES / str(pid) / "smaps_rollup").read_text()
        return int(text.partition("\nPss:")[2].split()[0]) / 2**10
    return read_resident_mb(pid)
