"""The harness: is this port the same function as the reference, and if not, where and why?

`assert_faithful` judges one result in a test of yours; `Recorder` follows a training loop of yours.
Both are imported when they are first used, so that the command line starts at once.
"""

import importlib
from typing import Any

HOMES = {"assert_faithful": "compare.testing", "Recorder": "compare.recorder"}

__all__ = ["Recorder", "assert_faithful"]


def __getattr__(name: str) -> Any:
    if name in HOMES:
        return getattr(importlib.import_module(HOMES[name]), name)
    raise AttributeError(f"module 'compare' has no attribute {name!r}")
