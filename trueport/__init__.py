"""Trueport: is this port the same function as its reference, and if not, where and why?

`check` judges a file or model, `assert_faithful` one result in a test of yours, and `Recorder` a
training loop of yours. Each is imported when it is first used, so that the command line starts at
once. The four folders of the repository are packages in here: `trueport.reference`,
`trueport.torch_impl`, `trueport.keras_impl` and `trueport.compare`.
"""

import importlib
from typing import Any

HOMES = {
    "Recorder": "trueport.compare.workflow.recorder",
    "assert_faithful": "trueport.compare.workflow.assert_faithful",
    "case_inputs": "trueport.compare.workflow.assert_faithful",
    "check": "trueport.compare.workflow.check",
    "judge_recording": "trueport.compare.workflow.recorder",
}

__all__ = ["Recorder", "assert_faithful", "case_inputs", "check", "judge_recording"]


def __getattr__(name: str) -> Any:
    """The public names, imported on first use."""
    if name in HOMES:
        return getattr(importlib.import_module(HOMES[name]), name)
    raise AttributeError(f"module 'trueport' has no attribute {name!r}")
