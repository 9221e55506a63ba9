"""The records as a page: docs/benchmarks.md and its plot. Pure: it measures nothing."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.plan import (
    PORT_DTYPES,
    PORT_PEERS,
    REQUIREMENTS,
    compute_median,
    count_flops,
    find_fastest,
    fit_exponent,
)

BenchmarkRecord = dict[str, Any]
PORT_COLOURS = {
    "reference": "#4477aa",
    "torch": "#cc6677",
    "keras": "#228833",
}  # told apart by all eyes

MEMORY_HEADINGS = ("process", "peak memory, MB", "threads", "verdict")
INTRODUCTION = """\
# Benchmarks

Written by `{command}`; do not edit. Times are wall-clock seconds, medians of {repeats} round(s) in
which everything that is compared ran side by side, each in a process of its own. The peers
(`benchmarks/peers_*.py`) are written as their users write them. Theirs and ours alike are given
with the number of threads at which they were fastest: as found, or one. Loading the digits and
importing a framework are not timed in the loops; in the whole comparison everything is.

{machine}
"""


def write_page(result: BenchmarkRecord, folder: Path) -> list[Path]:
    """benchmarks.md and, where the scale was measured, benchmarks.svg."""
    records = [record for record in result["records"] if "error" not in record]
    parts = [INTRODUCTION.format(**result | {"machine": format_machine(result["machine"])})]
    calls = {record["section"]: record["command"] for record in result["records"]}
    lines = [f"- {name}: `{c}`" for name, c in calls.items() if c != result["command"]]
    if lines:
        parts.append("\n".join(["Measured by calls before that one:\n", *lines]) + "\n")
    parts += filter(
        None,
        (
            part(records)
            for part in (
                format_loops,
                format_comparison,
                format_gradient,
                format_scale,
                format_studies,
            )
        ),
    )
    if failed := [record for record in result["records"] if "error" in record]:
        lines = [f"- {record['task']}: {record['error']}" for record in failed]
        parts.append("\n".join(["## What gave no figure", "", *lines]) + "\n")
    paths = [folder / "benchmarks.md"]
    paths[0].write_text("\n".join(parts), encoding="utf-8")
    if compute_scale_points(records):
        paths.append(folder / "benchmarks.svg")
        draw_plot(records, paths[1])
    return paths


def format_machine(machine: BenchmarkRecord) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['platform']}; Python "
        f"{machine['python']}, {packages}. Load when it began: {machine['load before']:.1f} (a "
        "busy machine slows what runs beside others, and not everything alike)."
    )


def format_table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head), *(" | ".join(r) for r in rows)]
    return "".join(f"| {line} |\n" for line in lines)


def format_threads(number: int) -> str:
    return "as found" if number == 0 else str(number)


def format_met(ok: bool) -> str:
    return "met" if ok else "missed"


def format_loops(records: list[BenchmarkRecord]) -> str:
    """Return each port's loop against its framework's idiomatic one."""
    rows = []
    for port, dtype in PORT_DTYPES.items():
        ours = find_fastest(records, task="ours", port=port)
        peer = find_fastest(records, task=PORT_PEERS[port])
        if ours and peer:
            ratio = peer[0] / ours[0]
            bar = f"at least {REQUIREMENTS[port]:g}: {format_met(ratio >= REQUIREMENTS[port])}"
            mine = f"{port} {dtype} (threads: {format_threads(ours[1])})"
            theirs = f"{PORT_PEERS[port]} (threads: {format_threads(peer[1])})"
            rows.append((mine, f"{ours[0]:.2f}", theirs, f"{peer[0]:.2f}", f"{ratio:.2f}", bar))
    if not rows:
        return ""
    steps = next(r["steps"] for r in records if r["section"] == "loops")
    head = ("port", "seconds", "peer", "seconds", "times as fast", "asked for")
    return (
        f"## The loops, {steps:,} steps with the accuracy each "
        f"epoch\n\n{format_table(head, rows)}\n"
        "The two frameworks' peers take one forward pass a step; ours take two, as the chapter "
        "does, which logs the loss after the update. `keras fit` evaluates the test set alone.\n"
    )


def format_comparison(records: list[BenchmarkRecord]) -> str:
    """Return the whole comparison against the sum of the three loops."""
    peers = [find_fastest(records, task=PORT_PEERS[port]) for port in PORT_DTYPES]
    if not all(peers):
        return ""
    total = sum(peer[0] for peer in peers if peer)
    rows = []
    for envelope in ("computed", "known"):
        seconds = compute_median(records, task="compare run", envelope=envelope)
        if seconds is not None:
            ratio, bar = seconds / total, REQUIREMENTS[f"whole, envelope {envelope}"]
            rows.append(
                (
                    f"envelope {envelope}",
                    f"{seconds:.1f}",
                    f"{total:.1f}",
                    f"{ratio:.2f}",
                    f"at most {bar:g}: {format_met(ratio <= bar)}",
                )
            )
    if not rows:
        return ""
    head = ("whole comparison", "seconds", "three peers' loops", "ratio", "asked for")
    runs = [r for r in records if r["task"] == "compare run"]
    names = runs[-1]["ports"]
    memory = [
        (
            name,
            f"{max(run['ports'][name]['peak_mb'] for run in runs):.0f}",
            ", ".join(f"{k}: {v}" for k, v in names[name]["threads"].items()),
            names[name]["verdict"],
        )
        for name in names
    ]
    largest = max(run["ports"][name]["peak_mb"] for run in runs for name in names)
    most = REQUIREMENTS["memory"]
    return (
        "## The whole comparison\n\n`compare run`, three mirrored ports in float32 with the "
        f"reference in float64, verdicts and report.\n\n{format_table(head, rows)}\n"
        f"{format_table(MEMORY_HEADINGS, memory)}\n"
        f"At most {most:.0f} MB asked for: {format_met(largest <= most)}. What "
        "processes share, the images and the libraries, is counted in each.\n"
    )


def format_gradient(records: list[BenchmarkRecord]) -> str:
    """Return the numerical gradient of the whole network."""
    plain, own = (
        compute_median(records, task="numerical gradient", form=form) for form in ("plain", "own")
    )
    if not plain or not own:
        return ""
    found = {r["form"]: r for r in records if r["task"] == "numerical gradient"}
    rows = [
        (form, f"{seconds:.2f}", f"{found[form]['largest error']:.1e}")
        for form, seconds in (("plain", plain), ("own", own))
    ]
    ratio, bar = plain / own, REQUIREMENTS["numerical gradient"]
    head = ("form", "seconds", "largest departure from the exact gradient")
    return (
        f"## The numerical gradient of 784-{found['own']['hidden']}-10, one thread\n\n"
        f"{format_table(head, rows)}\n{ratio:.0f} times as fast, at least {bar:g} asked for: "
        f"{format_met(ratio >= bar)}. The largest gradient is "
        f"{found['own']['largest gradient']:.1e}.\n"
    )


def compute_scale_points(records: list[BenchmarkRecord]) -> list[BenchmarkRecord]:
    """Return the records of the scale, each with its share of the rate that a product of
    matrices had.
    """
    rates = {r["port"]: r["rate"] for r in records if r["task"] == "product"}
    return [
        r | {"share": count_flops(r) / r["seconds"] / 1e9 / rates[r["port"]]}
        for r in records
        if r["section"] == "scale" and r["task"] == "ours" and r["port"] in rates
    ]


def select_series(
    records: list[BenchmarkRecord], key: str
) -> Iterator[tuple[str, list[BenchmarkRecord]]]:
    """For each port the points in which this alone varies, in order."""
    fixed = {"batch": 100, "hidden": 50}
    for port in PORT_DTYPES:
        line = [
            r
            for r in records
            if r["port"] == port and all(r[k] == v for k, v in fixed.items() if k != key)
        ]
        if key != "steps":  # of several numbers of steps the first will do
            line = list({r[key]: r for r in reversed(line)}.values())
        if len({r[key] for r in line}) > 1:
            yield port, sorted(line, key=lambda r: r[key])


def format_scale(records: list[BenchmarkRecord]) -> str:
    """Cost against steps, batch and hidden units."""
    found = compute_scale_points(records)
    if not found:
        return ""
    rows = [
        (
            f"{r['port']} {r['dtype']}",
            f"{r['steps']:,}",
            f"{r['batch']:,}",
            f"{r['hidden']:,}",
            f"{r['seconds']:.2f}",
            f"{1e3 * r['seconds'] / r['steps']:.3f}",
            f"{100 * r['share']:.0f} %",
            f"{r['peak_mb']:.0f}",
        )
        for r in found
    ]
    rates = ", ".join(
        f"{r['port']} {r['rate']:.0f} Gflop/s in {r['dtype']}"
        for r in records
        if r["task"] == "product"
    )
    powers = [
        f"{port} steps^{fit_exponent(line, 'steps'):.2f}"
        for port, line in select_series(found, "steps")
    ]
    head = ("port", "steps", "batch", "hidden", "seconds", "ms a step", "share", "peak MB")
    return (
        "## Scale\n\nTraining without evaluations, one thread. The share is that of the rate "
        f"which a product of 1000 x 1000 matrices reaches in the same framework: {rates}.\n\n"
        f"{format_table(head, rows)}\nCost grows as "
        f"{', '.join(powers) or 'measured at one size alone'}.\n"
        "\n![cost against steps, batch, hidden units and seeds](benchmarks.svg)\n"
    )


def format_studies(records: list[BenchmarkRecord]) -> str:
    """Studies: cost against seeds, and two workers against one."""
    found = [r for r in records if r["task"] == "compare study"]
    if not found:
        return ""
    rows = [(str(r["seeds"]), str(r["workers"]), f"{r['seconds']:.1f}") for r in found]
    text = format_table(("seeds", "workers", "seconds"), rows)
    one, two = (
        {r["seeds"]: r["seconds"] for r in found if r["workers"] == workers} for workers in (1, 2)
    )
    for n in sorted(set(one) & set(two)):
        ratio, bar = one[n] / two[n], REQUIREMENTS["two workers"]
        text += (
            f"\nTwo workers {ratio:.2f} times as fast as one at {n} seeds, at least {bar:g} asked "
            f"for: {format_met(ratio >= bar)}.\n"
        )
    steps = found[0]["steps"]
    return f"## Seeds\n\n`compare study`, reference and torch, {steps:,} steps each.\n\n{text}"


def draw_plot(records: list[BenchmarkRecord], path: Path) -> None:
    """Cost a step and share of the hardware's rate, against steps, batch and hidden units; the cost
    of a study against its seeds, where that was measured."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "trueport"  # the same figures make the same file
    from matplotlib import pyplot as plt

    found, studies = (
        compute_scale_points(records),
        [r for r in records if r["task"] == "compare study"],
    )
    columns = 4 if studies else 3
    size = (3.3 * columns, 5.5)
    figure, axes = plt.subplots(2, columns, figsize=size, sharex="col", layout="constrained")
    for column, (key, label) in enumerate(
        (("steps", "steps"), ("batch", "batch size"), ("hidden", "hidden units"))
    ):
        above, below = axes[0, column], axes[1, column]
        for port, line in select_series(found, key):
            x = [r[key] for r in line]
            style = {
                "color": PORT_COLOURS[port],
                "marker": "o",
                "label": f"{port} {PORT_DTYPES[port]}",
            }
            cost = [r["seconds"] / (1 if key == "steps" else r["steps"] / 1e3) for r in line]
            above.plot(x, cost, **style)
            below.plot(x, [100 * r["share"] for r in line], **style)
        above.set(xscale="log", yscale="log")
        above.set_ylabel("seconds" if key == "steps" else "ms a step")
        below.set(xscale="log", xlabel=label, ylim=(0, 100))
        for axis in (above, below):
            axis.grid(alpha=0.3)
    axes[1, 0].set_ylabel("share of the product's rate, %")
    for workers in sorted({r["workers"] for r in studies}, reverse=True):
        took = {r["seeds"]: r["seconds"] for r in studies if r["workers"] == workers}
        counts = sorted(took)
        style = {"color": "#555555", "marker": "o" if workers > 1 else "s"}
        style["label"] = f"study, workers: {workers}"
        axes[0, 3].plot(counts, [took[n] for n in counts], **style)
    if studies:
        axes[0, 3].set(xlabel="seeds", ylabel="seconds of a study", ylim=(0, None))
        axes[0, 3].tick_params(labelbottom=True)
        axes[0, 3].legend(frameon=False, fontsize=8)
        axes[0, 3].grid(alpha=0.3)
        axes[1, 3].axis("off")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
