"""The one line that replays a finding: see `compare.workflow.replay`."""

import shlex
from collections.abc import Mapping
from typing import Any

from ..judging.results import Verdict


def format_replay_command(verdict: Verdict, settings: Mapping[str, Any]) -> str:
    """Return the line that replays a verdict of a run with these settings."""
    port, dtype = str(verdict.port), str(verdict.dtype)
    data = str(settings.get("data", "auto"))
    if verdict.component == "training":
        words = ["trueport", "run", "--ports", port, "--dtype", dtype, "--data", data]
        for name in ("steps", "batch_size", "learning_rate", "hidden_size", "seed"):
            if name in settings:
                words += ["--" + name.replace("_", "-"), str(settings[name])]
        return shlex.join([*words, "--out", "replay"])
    words = ["trueport", "replay", port, verdict.component, "--dtype", dtype]
    if verdict.worst is not None:
        words += ["--case", verdict.worst.case]
    if verdict.component == "load_mnist":
        words += ["--data", data, "--seed", str(settings.get("seed", 0))]
    return shlex.join(words)
