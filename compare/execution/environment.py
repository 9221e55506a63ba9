"""The machine and the versions, as the report states them."""

import contextlib
import importlib.metadata
import os
import platform
from pathlib import Path
from typing import Any

REPORTED_PACKAGES = ("numpy", "torch", "tensorflow", "keras", "pandas", "mlxtend")


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
    if info.exists():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
