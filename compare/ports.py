"""Where ports come from: built in, or registered by an installed package.

A package offers its port through an entry point of group `trueport.ports`, whose name is the
port's and whose value is the importable module.
"""

import importlib.util
from dataclasses import dataclass
from importlib.metadata import entry_points

ENTRY_POINTS = "trueport.ports"


@dataclass(frozen=True)
class PortSpec:
    """name: as the user types it. module: importable. framework: a key of `FRAMEWORKS`.

    requires: the packages without which it cannot run. widens: its `train` takes float32 images
    beside float64 parameters, so that it can read those that all processes share.
    """

    name: str
    module: str
    framework: str
    requires: tuple[str, ...]
    widens: bool = False

    def missing(self) -> list[str]:
        """The required packages that are not installed."""
        return [name for name in self.requires if importlib.util.find_spec(name) is None]


BUILT_IN = (
    PortSpec("reference", "reference", "numpy", ("numpy",), widens=True),
    PortSpec("torch", "torch_impl", "torch", ("torch",), widens=True),
    PortSpec("keras", "keras_impl", "keras", ("keras", "tensorflow", "pandas"), widens=True),
)


def known_ports() -> dict[str, PortSpec]:
    """Every port by name, the built-in ones first."""
    ports = {port.name: port for port in BUILT_IN}
    for entry in entry_points(group=ENTRY_POINTS):
        framework = entry.extras[0] if entry.extras else "numpy"
        ports.setdefault(
            entry.name, PortSpec(entry.name, entry.module, framework, (entry.module.split(".")[0],))
        )
    return ports


def find_ports(names: list[str]) -> list[PortSpec]:
    """The ports of these names, each once, in this order.

    Raises ValueError for a name that nobody offers.

    >>> find_ports(["torch", "pytorch"])
    Traceback (most recent call last):
      ...
    ValueError: unknown port 'pytorch': known are reference, torch, keras
    """
    ports = known_ports()
    for name in names:
        if name not in ports:
            raise ValueError(f"unknown port {name!r}: known are {', '.join(ports)}")
    return [ports[name] for name in dict.fromkeys(names)]
