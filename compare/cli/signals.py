"""What a signal does to a command: the process ends in order, wherever the signal found it."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

# seconds until a signal that Python ignored is sent again: what ignored it has returned by then
AGAIN_AFTER = 0.02


@contextlib.contextmanager
def end_on_signals() -> Iterator[None]:
    """In the block, SIGTERM and SIGHUP end the process as `sys.exit` does, and not at once.

    Those that the caller has ignored, as nohup does, stay so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    own = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) == signal.SIG_DFL]
    hook = sys.unraisablehook

    def look_for_signal(ignored: Any) -> None:
        if not _send_again(ignored.exc_value):
            hook(ignored)

    for number in own:
        signal.signal(number, _leave)
    sys.unraisablehook = look_for_signal
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for number in own:
            signal.signal(number, signal.SIG_DFL)


class _Leaves(SystemExit):
    """The end of the process that a signal has asked for."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.number = number


def _leave(number: int, frame: Any) -> None:
    raise _Leaves(number)


def _send_again(ignored: BaseException | None) -> bool:
    """Send this process the signal whose exception Python has ignored; whether there was one.

    Python ignores what is raised in a `__del__` and in the callback of a weak reference, also by a
    signal that arrives there: the process would run on as if nothing had been sent.
    """
    if isinstance(ignored, _Leaves):
        number = ignored.number
    elif isinstance(ignored, KeyboardInterrupt):
        number = signal.SIGINT
    else:
        return False
    threading.Timer(AGAIN_AFTER, os.kill, (os.getpid(), number)).start()
    return True
