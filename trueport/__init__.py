"""Trueport: whether a port is the same function as its reference, and if not, where and why.

`check` judges a file or model, `assert_faithful` one result in a test of yours, `parametrize` makes
a test of each of a port's components, and `Recorder` judges a training loop of yours; `Run.load`
reads the results of a run. Each is imported when it is first used, so that the command line starts
at once. The four folders of the repository are packages in here: `trueport.reference`,
`trueport.torch_impl`, `trueport.keras_impl` and `trueport.compare`.
"""

import importlib
import sys
from pathlib import Path
from typing import Any

HOMES = {
    "Recorder": "trueport.compare.workflow.recorder",
    "Run": "trueport.compare.report",
    "assert_faithful": "trueport.compare.workflow.assert_faithful",
    "assert_parity": "trueport.compare.workflow.assert_parity",
    "case_inputs": "trueport.compare.workflow.assert_faithful",
    "check": "trueport.compare.workflow.check",
    "judge_recording": "trueport.compare.workflow.recorder",
    "parametrize": "trueport.compare.workflow.parametrize",
}

# The entry point of pytest is this package and not the plugin itself: where a user's trueport.py is
# found in its place, pytest still starts.
pytest_plugins = ["trueport.compare.workflow.pytest_plugin"]

__all__ = [
    "Recorder",
    "Run",
    "assert_faithful",
    "assert_parity",
    "case_inputs",
    "check",
    "judge_recording",
    "parametrize",
]


def __getattr__(name: str) -> Any:
    """Import a public name on first use.

    Raises ImportError where a user's own `trueport.py` may be meant: which of the two is found
    would depend on how Python was started.
    """
    if name in HOMES:
        from .compare.ports.namesake import format_namesake

        if namesake := format_namesake(map(Path, sys.path)):
            raise ImportError(namesake)
        return getattr(importlib.import_module(HOMES[name]), name)
    raise AttributeError(f"module 'trueport' has no attribute {name!r}")
