"""The summary cards of the first screen: one for each port."""

from dataclasses import dataclass

from ..judging.results import PortRun, Run
from .matrix import find_columns
from .wording import STATUS_STYLES, StatusStyle, format_megabytes, format_seconds

# what may become of a port and of no component
PORT_STYLES = {
    "not-comparable": StatusStyle("not-run", "·", "not comparable", "nothing could be compared"),
    "not installed": StatusStyle("not-run", "·", "not installed", "its framework is not here"),
    "interrupted": StatusStyle("no-power", "‖", "interrupted", "it was stopped before its end"),
}


@dataclass(frozen=True)
class CardRow:
    """One dtype of a port."""

    dtype: str
    style: StatusStyle
    test_acc: str
    train_time: str
    wall_time: str
    memory: str
    message: str


@dataclass(frozen=True)
class Card:
    """One port."""

    port: str
    framework: str
    rows: tuple[CardRow, ...]


def build_cards(run: Run) -> list[Card]:
    """Return a card for each port, in the order of the matrix."""
    accuracies = {(t.port, t.dtype): f"{t.test_acc[-1]:.4f}" for t in run.traces if len(t.test_acc)}
    found: dict[str, list[PortRun]] = {}
    for column in find_columns(run):
        if column.run is not None:
            found.setdefault(column.port, []).append(column.run)
    return [
        Card(
            name,
            ports[0].version or ports[0].framework,
            tuple(build_card_row(port, accuracies) for port in ports),
        )
        for name, ports in found.items()
    ]


def build_card_row(port: PortRun, accuracies: dict[tuple[str, str], str]) -> CardRow:
    """Return what a card says of one dtype."""
    styles = STATUS_STYLES | PORT_STYLES
    unknown = StatusStyle("not-run", "·", port.verdict, port.verdict)
    look = styles.get(port.status) or styles.get(port.verdict, unknown)
    return CardRow(
        port.dtype,
        look,
        accuracies.get((port.port, port.dtype), "–"),
        format_seconds(port.train_s),
        format_seconds(port.wall_s),
        format_megabytes(port.peak_mb),
        port.message,
    )


def list_key_figures(run: Run) -> list[tuple[str, str]]:
    """Return what the first screen says beside the verdict: accuracy, time, data, versions."""
    trained = [t for t in run.traces if t.port != "truth" and len(t.test_acc)]
    found = []
    if trained:
        reached = sorted(f"{trace.test_acc[-1]:.4f}" for trace in trained)
        found.append(("test accuracy", format_range(reached[0], reached[-1])))
    if times := [p.train_s for p in run.ports if p.train_s > 0]:
        fast, slow = format_seconds(min(times)), format_seconds(max(times))
        found.append(("training", format_range(fast, slow)))
    if steps := run.settings.get("steps"):
        found.append(("steps", f"{steps:,}" if isinstance(steps, int) else str(steps)))
    size = run.data.get("train_size")
    data = "complete MNIST" if run.data.get("complete") is True else str(run.data.get("source", ""))
    if data:
        found.append(("data", f"{data}, {size:,} to train" if isinstance(size, int) else data))
    versions = dict.fromkeys(p.version for p in run.ports if p.version)
    parts = dict.fromkeys(part for version in versions for part in version.split(", "))
    if parts:
        found.append(("versions", ", ".join(parts)))
    return found


def format_range(low: str, high: str) -> str:
    """Return both ends, or the one that both are."""
    return low if low == high else f"{low} to {high}"
