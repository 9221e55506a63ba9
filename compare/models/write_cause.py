"""What a change of a layer's settings that explains a difference is called, and how to undo it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..judging.cause import Cause
from .built_in import is_built_in
from .records import LayerRecord
from .setting_words import write_setting

# where both frameworks have one word for two things
WHAT_IT_IS = {"momentum": "momentum (the share that is kept)"}


@dataclass(frozen=True)
class Tried:
    """A change of a layer's settings, and the largest share of the budget that it leaves."""

    changes: Mapping[str, Any]
    used: float


def make_cause(reference: LayerRecord, port: LayerRecord | None, fits: Sequence[Tried]) -> Cause:
    """Return the first change that fits as a cause, with the others that fit too."""
    best = fits[0]
    words = [
        describe_setting(name, value, reference.settings.get(name))
        for name, value in best.changes.items()
    ]
    own = port is not None and all(port.settings.get(n) == v for n, v in best.changes.items())
    also = [format_changes(one.changes) for one in fits[1:] if one.changes != best.changes]
    # what no setting changes is told beside, and names no cause
    named = [n for n in best.changes if not is_built_in({n: best.changes[n]})] or best.changes
    cause: Cause = {
        "id": "+".join(named),
        "name": f"{reference.name}: {' and '.join(words)}",
        "does": "" if own else "This is what its output shows; its own settings cannot be read",
        "budget_used": best.used,
        "also": [] if own else also,
        "changes": dict(best.changes),
        "settings": {n: [reference.settings.get(n), v] for n, v in best.changes.items()},
    }
    if own and port is not None and (fix := write_fix(reference, port, list(named))):
        cause["fix"] = fix
    return cause


def describe_setting(name: str, port: Any, reference: Any) -> str:
    """Return a setting on both sides, for people.

    >>> describe_setting("epsilon", 0.001, 1e-05)
    'epsilon is 0.001, in the reference 1e-05'
    >>> describe_setting("mask", "left out", None)
    'mask: left out'
    """
    name = WHAT_IT_IS.get(name, name)
    if reference is None:
        return f"{name}: {format_setting(port)}"
    return f"{name} is {format_setting(port)}, in the reference {format_setting(reference)}"


def write_fix(reference: LayerRecord, port: LayerRecord, names: Sequence[str]) -> dict[str, str]:
    """Return how the reference's settings are written, by framework; nothing if one is unknown."""
    found = {}
    for layer in (reference, port):
        framework = find_framework(layer)
        words = [write_setting(framework, layer.type, n, reference.settings.get(n)) for n in names]
        if all(words):
            found[framework] = ", ".join(words)
    return found if find_framework(port) in found else {}


def find_framework(layer: LayerRecord) -> str:
    """Return the framework of a layer's class."""
    return layer.type.partition(".")[0]


def format_setting(value: Any) -> str:
    """Return a setting's value for people.

    >>> format_setting(1e-05), format_setting("same"), format_setting([[1, 1], [1, 1]])
    ('1e-05', 'same', '1 on each side')
    >>> format_setting([3, 3]), format_setting([[0, 1], [0, 1]])
    ('3', '[[0, 1], [0, 1]]')
    """
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, list | tuple) and value:
        first = value[0]
        if any(item != first for item in value):
            return str(value)
        if isinstance(first, list | tuple):
            return f"{first[0]} on each side" if len(set(first)) == 1 else str(value)
        return format_setting(first)
    return str(value)


def format_changes(changes: Mapping[str, Any]) -> str:
    """Return changes in a line.

    >>> format_changes({"epsilon": 0.001})
    'epsilon 0.001'
    """
    return " and ".join(f"{name} {format_setting(value)}" for name, value in changes.items())


def make_port_cause(port: LayerRecord, fits: Sequence[Tried]) -> Cause:
    """Return what, undone in the port, gives what the reference gave."""
    best = fits[0]
    words = [
        describe_setting(name, port.settings.get(name, "another"), value)
        for name, value in best.changes.items()
    ]
    return {
        "id": "+".join(best.changes),
        "name": f"the port's {port.name}: {' and '.join(words)}",
        "budget_used": best.used,
        "also": [format_changes(one.changes) for one in fits[1:3]],
        "changes": {name: port.settings.get(name) for name in best.changes},
    }
