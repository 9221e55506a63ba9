"""The machine and the versions, as the report states them."""

import contextlib
import importlib.metadata
import os
import platform
import re
from pathlib import Path
from typing import Any

REPORTED_PACKAGES = ("numpy", "torch", "tensorflow", "keras", "pandas")


def describe_environment() -> dict[str, Any]:
    """Return the machine and the versions, as the report states them."""
    packages = {}
    for name in REPORTED_PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            packages[name] = importlib.metadata.version(name)
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpu": read_cpu_name(),
        "cores": os.cpu_count(),
        "packages": packages,
    }


def read_cpu_name() -> str:
    """Return the name of the processor, from /proc/cpuinfo where that tells it."""
    info = Path("/proc/cpuinfo")
    text = info.read_text(encoding="utf-8", errors="replace") if info.exists() else ""
    found = re.search(r"^model name.*?:(.*)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.processor() or platform.machine()
