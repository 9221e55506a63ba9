"""Which backend a user's Keras runs on: by the file, the environment, Keras's own configuration."""

import json
import os
import re
from importlib.util import find_spec
from pathlib import Path

from .detect import SourceAnalysis

_NAMED = re.compile(r"KERAS_BACKEND\W[^\n]*?\b(tensorflow|torch|jax)\b")
NAMES = {"tensorflow": "TensorFlow", "torch": "torch", "jax": "JAX"}


def find_asked_backend(text: str) -> str:
    """Return the backend that a file asks for, or the environment does, "" if nobody asks.

    >>> find_asked_backend('os.environ["KERAS_BACKEND"] = "jax"')
    'jax'
    """
    if found := _NAMED.search(text):
        return found[1]
    return os.environ.get("KERAS_BACKEND") or read_configured_backend()


def read_configured_backend() -> str:
    """Return the backend in Keras's own configuration file, "" if there is none."""
    folder = Path(os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser())
    try:
        told = json.loads((folder / "keras.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # Keras reads none then either
        return ""
    return str(told.get("backend", "")) if isinstance(told, dict) else ""


def choose_framework(framework: str, found: SourceAnalysis) -> str:
    """Return the framework that a file is run in: "keras[torch]" where Keras is to run on torch.

    So too where TensorFlow is not installed. A file that imports TensorFlow runs on it.
    """
    return choose_keras(framework, found, find_asked_backend(found.text) == "torch")


def choose_installed(framework: str, found: SourceAnalysis) -> str:
    """Return "keras[torch]" for a file of Keras's where torch alone is installed."""
    return choose_keras(framework, found, False)


def choose_keras(framework: str, found: SourceAnalysis, wanted: bool) -> str:
    """Return "keras[torch]" for Keras where torch is wanted, or TensorFlow is not installed."""
    roots = {name.partition(".")[0] for name in found.imports}
    if framework != "keras" or "tensorflow" in roots or find_spec("torch") is None:
        return framework
    return "keras[torch]" if wanted or find_spec("tensorflow") is None else framework


def describe_backend(framework: str, asked: str) -> list[str]:
    """Return that Keras was run on another backend than was asked for.

    asked: as `find_asked_backend` said before Keras was imported.
    """
    if not framework.startswith("keras"):
        return []
    ran = framework.partition("[")[2].rstrip("]") or "tensorflow"
    if asked in ("", ran):
        return []
    return [f"Keras was to run on {NAMES.get(asked, asked)}: it was run on {NAMES[ran]}"]
