"""Who can be compared: a port by its name, and what it takes."""

import importlib.util
from dataclasses import dataclass


@dataclass(frozen=True)
class PortSpec:
    """name: as the user types it. module: importable. framework: a key of `ports.FRAMEWORKS`.

    requires: the packages without which it cannot run.
    widens: its `train` takes float32 images beside float64 parameters, so that it can read those
        that all processes share.
    """

    name: str
    module: str
    framework: str
    requires: tuple[str, ...]
    widens: bool = False

    def find_missing_packages(self) -> list[str]:
        """Return the required packages that are not installed."""
        return [name for name in self.requires if importlib.util.find_spec(name) is None]
