"""One line on stderr that says what is being done: at once on a terminal, else now and then."""

import shutil
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType

from ..report.terminal import clean_line

INTERVAL = 10.0  # seconds between two lines where no terminal shows one that changes
BLINK = 0.2  # seconds between two states of a line on a terminal


class ProgressLine:
    """A context manager.

    >>> with ProgressLine() as line:
    ...     line.say("judging")
    """

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.text = "starting"
        self.told = ""
        self.counts: dict[str, int] = {}
        self.lock = threading.Lock()
        self.on_terminal = sys.stderr.isatty()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.tell, daemon=True)

    def __enter__(self) -> "ProgressLine":
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.ended.set()
        self.thread.join()
        if self.on_terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def say(self, text: str) -> None:
        """Say what is being done from now on."""
        self.text = text

    def follow(self, name: str) -> Callable[[str, int], None]:
        """Return a function of (what, how many done) for the process of that name."""

        def update(what: str, done: int) -> None:
            with self.lock:  # each process is followed in a thread of its own
                self.counts[name] = done
                told = ", ".join(f"{n} cases in {k}" for k, n in self.counts.items())
                self.text = f"running it: {told}"

        return update

    def tell(self) -> None:
        """Write the line again and again, until the end; in a thread of its own."""
        while not self.ended.wait(BLINK if self.on_terminal else INTERVAL):
            seconds = time.monotonic() - self.started
            line = clean_line(f"trueport: {self.text} ({seconds:.0f} s)")
            if self.on_terminal:
                width = shutil.get_terminal_size().columns
                sys.stderr.write(f"\r\x1b[K{line[: width - 1]}")
            else:
                sys.stderr.write(f"{line}\n")
            sys.stderr.flush()
