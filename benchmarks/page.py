"""The records as a page: docs/benchmarks.md and its plot. Pure: it measures nothing."""

from collections.abc import Iterable
from pathlib import Path

from benchmarks.figures import (
    compute_median,
    compute_scale_points,
    find_fastest,
    fit_exponent,
    select_series,
)
from benchmarks.measure import BenchmarkRecord
from benchmarks.plan import IDIOMATIC_PEERS, PORT_DTYPES, PORT_PEERS, REQUIREMENTS
from benchmarks.plot import draw_plot

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
    parts += [text for section in PAGE_SECTIONS if (text := section(records))]
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
    """Return what it was measured on."""
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['platform']}; Python "
        f"{machine['python']}, {packages}. Load when it began: {machine['load before']:.1f} (a "
        "busy machine slows what runs beside others, and not everything alike)."
    )


def format_table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [" | ".join(head), " | ".join("---" for _ in head), *(" | ".join(r) for r in rows)]
    return "".join(f"| {line} |\n" for line in lines)


def format_threads(number: int) -> str:
    """Return a number of threads in words."""
    return "as found" if number == 0 else str(number)


def format_met(ok: bool) -> str:
    """Return whether what was asked for was reached."""
    return "met" if ok else "missed"


def format_loops(records: list[BenchmarkRecord]) -> str:
    """Return each port's loop against its framework's idiomatic one."""
    rows = []
    for port, dtype in PORT_DTYPES.items():
        ours = find_fastest(records, task="ours", port=port)
        for name in filter(None, (PORT_PEERS[port], IDIOMATIC_PEERS.get(port))):
            peer = find_fastest(records, task=name)
            if ours and peer:
                ratio, least = peer[0] / ours[0], REQUIREMENTS[port]
                same = name == PORT_PEERS[port]
                bar = f"at least {least:g}: {format_met(ratio >= least)}" if same else "less work"
                mine = f"{port} {dtype} (threads: {format_threads(ours[1])})"
                theirs = f"{name} (threads: {format_threads(peer[1])})"
                rows.append((mine, f"{ours[0]:.2f}", theirs, f"{peer[0]:.2f}", f"{ratio:.2f}", bar))
    if not rows:
        return ""
    steps = next(r["steps"] for r in records if r["section"] == "loops")
    head = ("port", "seconds", "peer", "seconds", "times as fast", "asked for")
    return (
        f"## The loops, {steps:,} steps with the accuracy each "
        f"epoch\n\n{format_table(head, rows)}\n"
        "Ours take two forward passes a step, as the chapter does, which logs the loss after the "
        "update; so do the peers that log as the chapter. `torch eager` and `keras fit` are what "
        "people write: one forward pass, the loss before the update; `keras fit` evaluates the "
        "test set alone.\n"
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
            asked = f"at most {bar:g}: {format_met(ratio <= bar)}"
            figures = (f"{seconds:.1f}", f"{total:.1f}", f"{ratio:.2f}")
            rows.append((f"envelope {envelope}", *figures, asked))
    if not rows:
        return ""
    head = ("whole comparison", "seconds", "three peers' loops", "ratio", "asked for")
    runs = [r for r in records if r["task"] == "compare run"]
    names = runs[-1]["ports"]
    peaks = {name: max(run["ports"][name]["peak_mb"] for run in runs) for name in names}
    memory = []
    for name, port in names.items():
        threads = ", ".join(f"{k}: {v}" for k, v in port["threads"].items())
        memory.append((name, f"{peaks[name]:.0f}", threads, port["verdict"]))
    largest = max(peaks.values())
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


PAGE_SECTIONS = (format_loops, format_comparison, format_gradient, format_scale, format_studies)
