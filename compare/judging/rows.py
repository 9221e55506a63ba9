"""The verdicts of a run in the order in which they are read, and as flat rows."""

from collections.abc import Iterable
from typing import Any

from .results import Run
from .verdict import Verdict

WORST_FIELDS = ("case", "output", "index", "got", "want", "allowed")
COLUMNS = (
    *("port", "dtype", "gate", "component", "status", "passed", "no_power", "budget_used"),
    *("elements", "elements_over", "least_rtol", *WORST_FIELDS, "follows", "cause", "message"),
)


def flatten_verdicts(run: Run) -> list[dict[str, Any]]:
    """Return a row for each verdict, in the order of the gates; None where nothing is to say."""
    rows = []
    for verdict in sort_by_gate(run):
        worst, cause = verdict.worst, verdict.cause or {}
        row = {name: getattr(verdict, name, None) for name in COLUMNS}
        row |= {name: getattr(worst, name, None) for name in WORST_FIELDS}
        row["index"] = ", ".join(map(str, worst.index)) if worst else None
        named = [str(cause[key]) for key in ("id", "name") if cause.get(key)]
        rows.append(row | {"cause": ": ".join(named) or None})
    return rows


def sort_by_gate(run: Run) -> list[Verdict]:
    """Return the verdicts as they are read down the matrix: the first failure comes first."""
    gates = order_gates(run.verdicts)
    names = list(dict.fromkeys(verdict.component for verdict in run.verdicts))
    return sorted(run.verdicts, key=lambda v: (gates.index(v.gate), names.index(v.component)))


def order_gates(verdicts: Iterable[Verdict]) -> list[str]:
    """Return the gates in the order in which the ports met them, most of all the port of most.

    >>> order_gates([Verdict(port, "c", gate, "float64", "faithful") for port, gate in
    ...             (("a", "training"), ("b", "data"), ("b", "losses"), ("b", "training"))])
    ['data', 'losses', 'training']
    """
    met: dict[tuple[str, str], dict[str, None]] = {}
    for verdict in verdicts:
        met.setdefault((verdict.port, verdict.dtype), {})[verdict.gate] = None
    order: list[str] = []
    for gates in sorted(met.values(), key=len, reverse=True):
        place = 0  # behind the gate before it
        for gate in gates:
            if gate not in order:
                order.insert(place, gate)
            place = order.index(gate) + 1
    return order
