"""Two runs held against one another: which verdicts, versions, timings and curves changed. Pure.

Only a verdict that got worse fails: for numbers that move within them there are budgets.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..judging.results import Run, Trace
from ..judging.verdict import Verdict

# How well each outcome speaks of a port: to fall is to get worse.
OUTCOME_RANKS = {
    "faithful": 4,
    "convention": 3,
    "no power": 2,
    "limit": 2,
    "missing": 1,
}  # the rest: 0
NOTABLE_RATIO = 1.5  # a time or a memory that changed by less is taken for the machine's mood
MIN_SECONDS, MIN_MB = 1.0, 100.0  # what is smaller than this is not compared
ABSENT = "not there"

VerdictPlace = tuple[str, str, str]  # port, dtype, component


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was. To get worse is a reason to fail."""

    kind: str  # verdict | version | setting | data | time | curve
    what: str
    before: str
    after: str
    worse: bool = False
    better: bool = False


@dataclass(frozen=True)
class Diff:
    """Every change from one run to another; unchanged: verdicts that are as they were."""

    changes: tuple[Change, ...]
    unchanged: int

    @property
    def worse(self) -> bool:
        """Tell whether any verdict got worse."""
        return any(change.worse for change in self.changes)

    def of(self, kind: str) -> tuple[Change, ...]:
        """Return the changes of a kind."""
        return tuple(change for change in self.changes if change.kind == kind)


def compare_runs(before: Run, after: Run) -> Diff:
    """Return what changed from one run to the other; what got worse comes first.

    >>> compare_runs(Run({}, {}, {}), Run({}, {}, {}))
    Diff(changes=(), unchanged=0)
    """
    old, new = index_verdicts(before), index_verdicts(after)
    changes = [
        *find_verdict_changes(old, new),
        *find_record_changes("version", collect_versions(before), collect_versions(after)),
        *find_record_changes("setting", collect_settings(before), collect_settings(after)),
        *find_record_changes("data", before.data, after.data),
        *find_cost_changes(before, after),
        *find_curve_changes(before, after),
    ]
    changes.sort(key=lambda change: not change.worse)
    same = sum(get_outcome(old[place]) == get_outcome(new[place]) for place in old if place in new)
    return Diff(tuple(changes), same)


def index_verdicts(run: Run) -> dict[VerdictPlace, Verdict]:
    """Return the verdicts by their place; of two, the worse."""
    found: dict[VerdictPlace, Verdict] = {}
    for verdict in run.verdicts:
        place = (verdict.port, verdict.dtype, verdict.component)
        if place not in found or rank_outcome(verdict) < rank_outcome(found[place]):
            found[place] = verdict
    return found


def get_outcome(verdict: Verdict) -> str:
    """Return the outcome in a word. An agreement without power is one of its own."""
    return "no power" if verdict.status == "faithful" and verdict.no_power else verdict.status


def rank_outcome(verdict: Verdict) -> int:
    """Return how well an outcome speaks; one that this version does not know is no good news."""
    return OUTCOME_RANKS.get(get_outcome(verdict), 0)


def find_verdict_changes(
    old: Mapping[VerdictPlace, Verdict], new: Mapping[VerdictPlace, Verdict]
) -> Iterator[Change]:
    """Verdicts that changed, came or went; a port that came or went is one change."""
    every = dict.fromkeys([*old, *new])
    for column in dict.fromkeys(place[:2] for place in every):
        places = [place for place in every if place[:2] == column]
        first, second = ([run[p] for p in places if p in run] for run in (old, new))
        if not first or not second:
            yield compare_verdicts(" ".join(column), first, second, format_tally)
            continue
        for place in places:
            first, second = ([run[place]] if place in run else [] for run in (old, new))
            if list(map(get_outcome, first)) != list(map(get_outcome, second)):
                yield compare_verdicts(" ".join(place), first, second, format_outcome)


def compare_verdicts(
    what: str,
    first: list[Verdict],
    second: list[Verdict],
    describe: Callable[[list[Verdict]], str],
) -> Change:
    """Return a change of verdicts, one on either side, or some that came or went.

    A pass that is no longer there got worse, and so did what is new and fails.
    """
    if not first:
        rise = -any(rank_outcome(v) == 0 for v in second)
    elif not second:
        rise = -any(v.passed for v in first)
    else:
        rise = rank_outcome(second[0]) - rank_outcome(first[0])
    before, after = (describe(side) if side else ABSENT for side in (first, second))
    return Change("verdict", what, before, after, rise < 0, rise > 0)


def format_tally(verdicts: list[Verdict]) -> str:
    """Return how many of each outcome: 24 faithful, 3 unfaithful."""
    return ", ".join(f"{n} {word}" for word, n in Counter(map(get_outcome, verdicts)).most_common())


def format_outcome(verdicts: list[Verdict]) -> str:
    """Return the outcome of the only one, with its share of the budget and its cause."""
    (verdict,) = verdicts
    words = get_outcome(verdict)
    if verdict.budget_used is not None:
        words += f", {verdict.budget_used:.3g} of the budget"
    if verdict.cause and verdict.cause.get("id"):
        words += f", {verdict.cause['id']}"
    return words


def collect_versions(run: Run) -> dict[str, Any]:
    """Return the versions of a run, and the machine it ran on."""
    record = dict(run.environment)
    packages = record.pop("packages", None)
    return record | (packages if isinstance(packages, dict) else {})


def collect_settings(run: Run) -> dict[str, Any]:
    """Return what was asked for; the command itself names files and folders, and no more."""
    return {k: v for k, v in run.settings.items() if k not in ("command", "out", "data")}


def find_record_changes(
    kind: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    """Yield the fields of a record that are not as they were."""
    for key in dict.fromkeys([*before, *after]):
        first, second = before.get(key, ABSENT), after.get(key, ABSENT)
        if first != second:
            yield Change(kind, str(key), str(first), str(second))


def find_cost_changes(before: Run, after: Run) -> Iterator[Change]:
    """Yield times and memory that changed by more than `NOTABLE_RATIO`."""
    old = {(p.port, p.dtype): p for p in before.ports}
    for port in after.ports:
        first = old.get((port.port, port.dtype), port)
        for label, was, now, unit, least in (
            ("training", first.train_s, port.train_s, "s", MIN_SECONDS),
            ("peak memory", first.peak_mb, port.peak_mb, "MB", MIN_MB),
        ):
            low, high = min(was, now), max(was, now)
            if low > 0 and high >= least and high / low >= NOTABLE_RATIO:
                what = f"{port.port} {port.dtype} {label}"
                yield Change("time", what, f"{was:.3g} {unit}", f"{now:.3g} {unit}")


def find_curve_changes(before: Run, after: Run) -> Iterator[Change]:
    """Yield where each training curve first differs, and by how much at the most."""
    old, new = ({(t.port, t.dtype): t for t in run.traces} for run in (before, after))
    for key in dict.fromkeys([*old, *new]):
        first, second = old.get(key), new.get(key)
        if first is not None and second is not None:
            said = find_first_difference(first, second)
        else:
            said = format_steps(first), format_steps(second)
        if said:
            yield Change("curve", " ".join(key), *said)


def format_steps(trace: Trace | None) -> str:
    """Return how long a curve is."""
    return ABSENT if trace is None else f"{len(trace.loss):,} steps"


def find_first_difference(first: Trace, second: Trace) -> tuple[str, str] | None:
    """Return the loss of both at the first step where they differ, bit for bit; None if nowhere.

    The words on the right end with the largest difference and with the accuracies reached.
    """
    length = min(len(first.loss), len(second.loss))
    a, b = first.loss[:length], second.loss[:length]
    other = np.flatnonzero(~((a == b) | (np.isnan(a) & np.isnan(b))))
    if not len(other):
        same = len(first.loss) == len(second.loss)
        return None if same else (format_steps(first), format_steps(second))
    at = int(other[0])
    with np.errstate(invalid="ignore"):
        off = np.abs(a - b)
    largest = float(np.max(off[np.isfinite(off)], initial=0.0))
    reached = [
        f", test accuracy {t.test_acc[-1]:.4f} at step {t.accuracy_steps[-1]:,}"
        for t in (first, second)
        if len(t.test_acc)
    ]
    before = f"loss {a[at]:.9g} at step {at + 1:,}" + "".join(reached[:1])
    after = f"{b[at]:.9g}; at most {largest:.3g} apart" + "".join(reached[1:])
    return before, after
