"""What a user's file must not do while it is looked at: ask, download, end the process, hang.

This keeps accidents away, not malice: the file still runs with the user's rights.
"""

import builtins
import os
import signal
import socket
import sys
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from .errors import UserCodeExit, UserCodeTimeout

NO_INPUT = "and nobody is there to answer"
NO_NETWORK = "no network here: Trueport runs a target offline"
REAL_EXIT = os._exit
SOON = 0.001  # seconds after which an alarm that is overdue goes off
MAX_INTERRUPTIONS = 2  # interruptions that a block may swallow
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1", "", None)


def _refuse_input(prompt: object = "") -> NoReturn:
    raise EOFError(f"the file asks for input({prompt!r}), {NO_INPUT}")


def _refuse_exit(name: str, real: Callable[..., Any]) -> Any:
    process = os.getpid()

    def ended(*args: object) -> NoReturn:
        if os.getpid() != process:  # a child, which multiprocessing ends like this
            real(*args)
        raise UserCodeExit(f"it called {name}({', '.join(map(repr, args))})")

    return ended


def _is_local(address: Any) -> bool:
    return not isinstance(address, tuple) or address[0] in LOCAL_HOSTS


def restrict_process() -> None:
    """From here on, in this process: no questions, no network, no sudden end, no windows."""
    os.environ.setdefault("MPLBACKEND", "Agg")
    builtins.input = _refuse_input
    os._exit = _refuse_exit("os._exit", os._exit)
    os.abort = _refuse_exit("os.abort", os.abort)
    lookup, connect = socket.getaddrinfo, socket.socket.connect

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in LOCAL_HOSTS:
            raise OSError(f"{NO_NETWORK} (asked for {host})")
        return lookup(host, *args, **kwargs)

    def connect_locally(self: socket.socket, address: Any) -> None:
        if not _is_local(address):
            raise OSError(f"{NO_NETWORK} (asked for {address[0]})")
        connect(self, address)

    socket.getaddrinfo = getaddrinfo
    socket.socket.connect = connect_locally  # type: ignore[method-assign, assignment]  # connections are held to this machine


@contextmanager
def limit_time(seconds: float, words: str, for_import: float = 0.0) -> Iterator[None]:
    """Raise UserCodeTimeout(words) in the block after so many seconds of wall time, and again.

    for_import: seconds more, once, where the time is up in the midst of an import.

    Again every second, because a bare `except:` in a loop may swallow the first; one that swallows
    them all ends the process, and whoever started it reads why. Main thread only; a call into C is
    interrupted when it returns.
    """
    times, more = 0, for_import

    def up(number: int, frame: types.FrameType | None) -> None:
        nonlocal times, more
        if more and is_importing(frame):
            signal.setitimer(signal.ITIMER_REAL, more, 1.0)
            more = 0.0
            return
        times += 1
        if times > MAX_INTERRUPTIONS:
            print(words + ", and it swallowed every interruption", file=sys.stderr, flush=True)
            REAL_EXIT(1)
        raise UserCodeTimeout(words)

    before, began = signal.signal(signal.SIGALRM, up), time.monotonic()
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)  # an alarm of the user's
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
        if left:
            later = max(left - (time.monotonic() - began), SOON)
            signal.setitimer(signal.ITIMER_REAL, later, interval)


def is_importing(frame: types.FrameType | None) -> bool:
    """Whether a frame is, or was called by, the import of a module."""
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False
