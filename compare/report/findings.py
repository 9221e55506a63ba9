"""The findings: every verdict that is no pass, with all that was measured about it."""

import itertools
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from ..judging.results import Run
from ..judging.rows import sort_by_gate
from ..judging.verdict import Verdict
from . import bars, cause, error_map, wording
from .matrix import find_columns


@dataclass(frozen=True)
class Finding:
    """A verdict to open."""

    anchor: str
    verdict: Verdict
    style: wording.StatusStyle
    facts: list[tuple[str, str]]
    inputs: list[tuple[str, str]]  # of the worst case
    cause: cause.CauseDetails | None
    map: error_map.ErrorMap | None
    charts: list[bars.BarChart]
    replay: str
    followers: list["Finding"]  # what only follows from it, folded beneath
    again: list["Finding"]  # the same in another dtype


def build_findings(run: Run) -> list[tuple[str, list[Finding]]]:
    """Return the findings by port, each port's in the order its gates run."""
    failing: dict[str, list[Verdict]] = {column.port: [] for column in find_columns(run)}
    for verdict in sort_by_gate(run):
        told = verdict.status == "missing"  # the verdict and the matrix say it
        if not verdict.passed and verdict.counts and not told:
            failing[verdict.port].append(verdict)
    every = itertools.chain.from_iterable(failing.values())
    numbers = {id(verdict): number for number, verdict in enumerate(every, 1)}
    return [
        (
            port,
            [
                build_finding(run, v, numbers, own)
                for v in own
                if find_root(v, own) is None and find_first(v, own) is None
            ],
        )
        for port, own in failing.items()
        if own
    ]


def find_first(verdict: Verdict, own: Sequence[Verdict]) -> Verdict | None:
    """Return the finding that says the same in another dtype, if any."""
    if find_root(verdict, own) is not None:
        return None

    def name_finding(one: Verdict) -> tuple[object, ...]:
        return one.gate, one.component, one.status, one.no_power, (one.cause or {}).get("id")

    alike = [v for v in own if name_finding(v) == name_finding(verdict)]
    return alike[0] if alike[0] is not verdict and find_root(alike[0], own) is None else None


def find_root(verdict: Verdict, own: Sequence[Verdict]) -> Verdict | None:
    """Return the finding beneath which a verdict is folded; None if it stands by itself."""
    seen: list[Verdict] = []
    while verdict.status == "follows" and verdict not in seen:
        seen.append(verdict)
        found = [v for v in own if (v.component, v.dtype) == (verdict.follows, verdict.dtype)]
        found.sort(key=lambda v: v.gate != verdict.gate)  # two files may have one of that name
        if not found:
            return None if len(seen) == 1 else verdict
        verdict = found[0]
    # What follows itself in a circle, or a stray mark, is no reason to hide anything.
    return verdict if seen and verdict not in seen else None


def build_finding(
    run: Run, verdict: Verdict, numbers: dict[int, int], own: Sequence[Verdict]
) -> Finding:
    """Return one finding, with what of its port's failures follows from it or says the same."""
    anchor = f"finding-{numbers[id(verdict)]}"
    record = verdict.evidence or {}
    inputs = record.get("inputs") or {}
    framework = next((p.framework for p in run.ports if p.port == verdict.port), "")
    charts = (bars.build_case_chart(record), bars.build_histogram(run, record))
    return Finding(
        anchor,
        verdict,
        wording.get_status_style(verdict),
        format_facts(verdict),
        [(str(key), wording.format_field(value)) for key, value in inputs.items()],
        cause.build_cause_details(verdict, framework),
        error_map.build_error_map(run, verdict, anchor),
        [chart for chart in charts if chart],
        format_replay_command(verdict, run),
        [build_finding(run, f, numbers, ()) for f in own if find_root(f, own) is verdict],
        [build_finding(run, a, numbers, own) for a in own if find_first(a, own) is verdict],
    )


def flatten_findings(groups: list[tuple[str, list[Finding]]]) -> list[Finding]:
    """Return all findings, those that are folded into others too."""
    firsts = [one for _, group in groups for one in group]
    return [
        finding
        for first in firsts
        for one in (first, *first.again)
        for finding in (one, *one.followers)
    ]


def format_facts(verdict: Verdict) -> list[tuple[str, str]]:
    """Return what is known of a verdict, as label and value; what is not known is left out."""
    worst, rtol = verdict.worst, verdict.least_rtol
    known = {}
    if worst:
        index = ", ".join(map(str, worst.index))
        known = {
            "case": worst.case,
            "output": worst.output,
            "worst element": f"[{index}]" if worst.index else "(a single number)",
            "got": wording.shorten_exponent(repr(worst.got)),
            "want": wording.shorten_exponent(repr(worst.want)),
            "difference": wording.format_number(abs(worst.got - worst.want), 3),
            "allowed": wording.format_number(worst.allowed, 3),
        }
    if verdict.budget_used is not None:
        of = "what chance allows" if verdict.statistical else "budget"
        known[f"share of {of}"] = wording.format_share(verdict.budget_used)
    if verdict.elements:
        known["elements over"] = f"{verdict.elements_over:,} of {verdict.elements:,}"
    if rtol is not None:
        known["least rtol that would pass"] = wording.format_number(rtol, 3)
    if verdict.follows:
        known["follows from"] = verdict.follows
    if verdict.right:
        known["right in every case"] = ", ".join(verdict.right)
    if not verdict.cause and verdict.ruled_out:
        known["cause"] = f"unknown; {verdict.ruled_out:,} known changes were ruled out"
    if not verdict.cause and verdict.known:
        known["what holds of it"] = "; ".join(verdict.known)
    return list(known.items())


def format_replay_command(verdict: Verdict, run: Run) -> str:
    """Return the line that replays a verdict of a run."""
    if run.against:
        return format_check_command(verdict, run)
    settings = run.settings
    port, dtype, data = verdict.port, verdict.dtype, str(settings.get("data", "auto"))
    if verdict.component == "training":
        words = ["trueport", "run", "--ports", port, "--dtype", dtype, "--data", data]
        for name in ("steps", "batch_size", "learning_rate", "hidden_size", "seed"):
            if name in settings:
                words += ["--" + name.replace("_", "-"), str(settings[name])]
        return shlex.join([*words, "--out", "replay"])
    words = ["trueport", "replay", port, verdict.component, "--dtype", dtype]
    if verdict.worst is not None:
        words += ["--case", verdict.worst.case]
    if verdict.component == "load_mnist":
        words += ["--data", data, "--seed", str(settings.get("seed", 0))]
    return shlex.join(words)


def format_check_command(verdict: Verdict, run: Run) -> str:
    """Return the line that checks one function again, against a reference of the user's own."""
    place, settings = (verdict.port, verdict.gate), run.settings
    found = [one for one in run.against["checks"] if (one["port"], one["file"]) == place]
    if not found:
        return ""
    theirs = {name: mine for mine, name in (settings.get("map") or {}).items()}
    names = (theirs.get(verdict.component, verdict.component), verdict.component)
    sides = (found[0]["target"], found[0]["reference"])
    # where one was named on the command line, it is what was asked for
    mine, reference = (
        text if ".py:" in text else f"{text}:{name}"
        for text, name in zip(sides, names, strict=True)
    )
    words = ["trueport", "check", mine, "--against", reference, "--dtype", verdict.dtype]
    for name in ("inputs", "python"):
        if settings.get(name):
            words += [f"--{name}", str(settings[name])]
    if settings.get("gradient") is False:
        words.append("--no-gradient")
    return shlex.join(words)
