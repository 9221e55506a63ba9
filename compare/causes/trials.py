"""One trial of a change that may not end, and that need not be remembered."""

import threading
from collections import ChainMap
from collections.abc import Iterator
from contextlib import contextmanager

from ..ports.user_code.sandbox import limit_time
from .experiments import Experiments


@contextmanager
def limit_trial(seconds: float) -> Iterator[None]:
    """End what an edited function does after so many seconds, where this thread can.

    Raises UserCodeTimeout in the block.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with limit_time(seconds, "an edit did not end"):
        yield


@contextmanager
def forget(experiments: Experiments) -> Iterator[None]:
    """Let experiments forget what is found in the block: of thousands of edits few are of use."""
    known, plain = experiments.known, experiments.plain
    experiments.known, experiments.plain = ChainMap({}, known), ChainMap({}, plain)
    try:
        yield
    finally:
        experiments.known, experiments.plain = known, plain
