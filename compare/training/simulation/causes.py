"""Why a recorded training departs from the true one, proven by experiment.

A hypothesis is a change to the reference's training loop, or to what the loop calls. Trained from
the recorded start on the recorded batches, it must give every recorded loss, parameter and gradient
within the envelope of its own rounding. Numbers are estimated on a short stretch and must hold on a
long one. What is logged and what moves the parameters are two questions, so that two faults are
found as two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...causes.fault import Fault
from ...chapter.faults import FAULTS
from ...chapter.faults.loops import RUNNING_LOSS, TRACED
from ...chapter.faults.rules import RULES, Rule, drop
from ...rounding.tolerance import POWER_SHARE
from ..curves import vector
from .fit import fit, rounded
from .simulator import Arrays, Bench, Edits, Observed, Shares

SHORT = 10  # steps on which hypotheses are tried; the first few of them rule out most
FIRST = 3
LONG = 200  # steps on which a cause is proven, where so many were recorded
LATE = 20  # a departure beyond it is no fault of the first steps
CLEAR = 10.0  # standard errors by which a number must differ from where it changes nothing
MARGIN = 0.3  # of the envelope, by which one cause fits clearly better than another
PLAIN_RATE = (RULES[0].id, *RULES[0].numbers)  # of gradient descent: another learning rate
BEFORE, BY_REFERENCE = FAULTS["F78"], FAULTS["F14"]
LOOP = ("training.py", "networks.py", "losses.py", "activations.py", "mnist.py")
# These have a number that a rule estimates, or change what is reported at most.
BY_RULE = {"F12", "F13", "F20", "F37", "F41", "F74", "F38", "F21"}
BY_RULE_KEYS = {"F08/learning rate", "F39/per step", "F78", "F03/running mean"}


@dataclass(frozen=True)
class Cause:
    """A change that reproduces the recording.

    used: the largest share of its envelope. steps: on how many it was held against the recording.
    size, left: the largest difference to the reference and to the changed one. grads, loss: whether
    these agree too where the parameters do. alike, same: as of a rule. values: the numbers that
    were found, by name, each with its uncertainty.
    """

    fault: Fault
    used: float
    steps: int
    size: float
    left: float
    grads: bool = True
    loss: bool = True
    alike: str = ""
    same: tuple[str, ...] = ()
    values: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def edits(self) -> Edits:
        return tuple(self.fault.edits["reference"])


@dataclass
class Found:
    """What the experiments showed. moved: what moves the parameters otherwise, several where the
    recording does not tell them apart; logged: what the losses are instead. steps: on how many the
    cause is proven. departs: the first step that is off, None if none is. tried: changes run.
    """

    moved: list[Cause] = field(default_factory=list)
    logged: list[Cause] = field(default_factory=list)
    tried: int = 0
    steps: int = 0
    departs: int | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def causes(self) -> list[Cause]:
        return self.moved or self.logged


def find_causes(seen: Observed, runs: dict[Any, Arrays] | None = None) -> Found:
    """Every change that reproduces a recording, and what it leaves open. runs: changed references
    that were trained on the same problem before; those of this search are added."""
    return Search(seen, runs).find()


def first_over(seen: Observed, shares: Shares) -> tuple[int | None, int | None]:
    """(first step whose parameters or gradients are off, first whose loss is)."""
    moved = []
    for values, steps in ((shares.params, seen.kept), (shares.grads, seen.graded)):
        if values is not None:
            moved += [s for s, v in zip(steps, values, strict=False) if not v <= 1.0]
    loss = np.flatnonzero(~(shares.loss <= 1.0))
    return min(moved, default=None), int(loss[0]) + 1 if len(loss) else None


class Search:
    """One search; see `find_causes`."""

    def __init__(self, seen: Observed, runs: dict[Any, Arrays] | None) -> None:
        self.seen, self.bench, self.found = seen, Bench(seen, runs), Found()
        self.length = min(len(seen.loss), seen.steps, LONG)
        self.short = min(SHORT, self.length)
        self.first = FIRST
        self.gradients_alone = False
        self.with_params = any(step <= self.short for step in seen.kept)

    def find(self) -> Found:
        found = self.found
        if self.length < 1:
            return found
        plain = self.bench.shares((), self.short)
        if first_over(self.seen, plain) == (None, None):
            self.short = self.length
            plain = self.bench.shares((), self.short)
        moved, lost = first_over(self.seen, plain)
        self.gradients_alone = self.with_params and Shares.worst(plain.params) <= 1.0
        found.departs = min((s for s in (moved, lost) if s), default=None)
        if found.departs is None:
            return found
        if frozen(self.seen):  # what every step shows is the last: no short run does
            self.short = self.first = self.length
        elif found.departs > SHORT:
            self.short = min(self.length, found.departs + SHORT)
        if not self.with_params:
            self.losses_alone()
        else:
            if moved:
                found.moved = self.moving(())
            if not moved or found.moved:
                self.logging(found.moved[0].edits if found.moved else ())
        found.steps = min((c.steps for c in found.causes), default=0)
        return found

    def losses_alone(self) -> None:
        """What is logged and what moves, from the losses: the first tells which side of the
        update they are from."""
        before = tuple(BEFORE.edits["reference"])
        first = abs(self.bench.run(before, self.short)["loss"][0] - self.seen.loss[0])
        tops: list[Fault | None] = [None]
        if first <= self.seen.loss_budget:
            tops = [BEFORE, RUNNING_LOSS]
        for top in tops:
            edits = tuple(top.edits["reference"]) if top else ()
            if top and (used := self.holds(edits, self.length)) is not None:
                self.found.tried += 1
                self.found.logged.append(self.cause(top, used, edits))
                return
        for top in tops:
            edits = tuple(top.edits["reference"]) if top else ()
            if moved := self.moving(edits):
                self.found.moved = moved
                if top:
                    self.found.logged.append(replace(moved[0], fault=top, alike="", values={}))
                return

    # ---- what moves the parameters

    def moving(self, top: Edits) -> list[Cause]:
        """The changes of the update that reproduce what was recorded, the simplest alone."""
        late = self.loop_alone()
        for level in (1, 2, 3):
            fits: list[Cause] = []
            if level == 1:
                for fault in [BY_REFERENCE] if self.first > FIRST else discrete(late):
                    self.found.tried += 1
                    edits = (*fault.edits["reference"], *top)
                    if (used := self.holds(edits, self.short)) is not None:
                        used = self.holds(edits, self.length)
                        if used is not None:
                            fits.append(self.cause(fault, used, edits))
            if self.gradients_alone:  # the parameters are right: any change that moves none holds
                return preferred([cause for cause in fits if cause.grads])
            if self.first > FIRST:
                return fits
            rules = [rule for rule in RULES if len(rule.numbers) == level]
            if level == 1 and self.found.departs and self.found.departs > 1:
                rules += [drop(max(2, self.found.departs - back)) for back in (0, 1)]
            for rule in rules:
                self.found.tried += 1
                if (cause := self.with_numbers(rule, top)) is not None:
                    fits.append(cause)
            if fits:
                return preferred(fits)
        return []

    def loop_alone(self) -> bool:
        """Whether what the loop calls is right: by the first gradient, or by the first step of the
        parameters, or long enough by the losses."""
        shares, seen = self.bench.shares((), self.short), self.seen
        for values, steps in ((shares.grads, seen.graded), (shares.params, seen.kept)):
            if values is not None and steps[0] == 1:
                return bool(values[0] <= 1.0)
        return (self.found.departs or 0) > LATE

    def with_numbers(self, rule: Rule, top: Edits) -> Cause | None:
        """The rule with the numbers that the recording gives, if it then reproduces it."""
        departs = self.found.departs or 1  # before it no number shows
        stretches = [
            n for n in stretches_for(rule, self.short, self.with_params) if n >= departs
        ] or [self.short]
        for more in ([], [min(50, self.length)], [self.length]):
            stretches = sorted({*stretches, *more})
            solved = fit(self.bench, rule, stretches, top)
            if solved is None:
                return None
            values, errors = solved
            unchanged = rule.unchanged(self.seen.learning_rate)
            if any(
                abs(v - u) <= CLEAR * e
                for v, u, e in zip(values, unchanged, errors, strict=True)
                if u is not None
            ):
                return None  # it comes to a rule with fewer numbers
            near = False
            for told in dict.fromkeys((rounded(values, errors), values)):
                edits = (*rule.edits(*told), *top)
                if self.holds(edits, self.short) is None:
                    continue
                near = True  # and where a longer run leaves it, the number was not sure enough
                if (used := self.holds(edits, self.length)) is not None:
                    fault = rule.fault(told, errors)
                    numbers = dict(zip(rule.numbers, zip(told, errors, strict=True), strict=True))
                    cause = self.cause(fault, used, edits, rule.alike, numbers)
                    return replace(cause, same=rule.same)
            if not near:
                return None
        return None

    def cause(
        self,
        fault: Fault,
        used: float,
        edits: Edits,
        alike: str = "",
        values: dict[str, tuple[float, float]] | None = None,
    ) -> Cause:
        shares = self.bench.shares(edits, self.length)
        which = 1 if self.with_params else 0
        size, left = (
            float(np.max(self.bench.off(e, self.length)[which], initial=0.0)) for e in ((), edits)
        )
        agrees = Shares.worst(shares.grads) <= 1.0
        logged = Shares.worst(shares.loss) <= 1.0
        return Cause(
            fault, used, shares.steps, size, left, agrees, logged, alike, values=values or {}
        )

    # ---- what is logged

    def logging(self, base: Edits) -> None:
        """What the recorded losses are, where the parameters are explained by base."""
        shares = self.bench.shares(base, self.length)
        if Shares.worst(shares.loss) <= 1.0:
            return
        before = self.bench.off(base, self.length)[0]
        for fault in loggings():
            self.found.tried += 1
            edits = (*base, *fault.edits["reference"])
            try:
                off = self.bench.off(edits, self.length if fault in (BEFORE, RUNNING_LOSS) else 3)
            except Exception:  # noqa: BLE001  # a change may not go with another
                continue
            if not np.all(off[0] <= self.near(before[: len(off[0])])):
                continue
            shares = self.bench.shares(edits, self.length)
            if Shares.worst(shares.loss) <= 1.0 and Shares.worst(shares.params) <= 1.0:
                after = self.bench.off(edits, self.length)[0]
                self.found.logged.append(
                    Cause(fault, Shares.worst(shares.loss), shares.steps,
                          float(before.max()), float(after.max()))
                )  # fmt: skip
        if not self.found.logged:
            self.found.notes.append("the losses are none that were tried of these parameters")

    def near(self, before: np.ndarray) -> np.ndarray:
        return np.maximum(POWER_SHARE * np.max(before, initial=0.0), 10 * self.seen.loss_budget)

    # ---- one experiment

    def holds(self, edits: Edits, steps: int) -> float | None:
        """The largest share of its envelope that the recording uses on so many steps, or None if it
        is left: by the parameters if they were recorded, else by the losses."""
        try:
            for n in sorted({min(self.first, steps), steps}):
                if not self.nearer(edits, n):
                    return None
            shares = self.bench.shares(edits, steps)
        except Exception:  # noqa: BLE001  # what a change raises refutes it
            return None
        used = Shares.worst(shares.params if self.with_params else shares.loss)
        return used if used <= 1.0 else None

    def nearer(self, edits: Edits, steps: int) -> bool:
        """Whether a change comes much nearer than the reference itself: no envelope needed."""
        which = 1 if self.with_params else 0
        mine, plain = (self.bench.off(e, steps)[which] for e in (edits, ()))
        if not len(mine):
            return True
        if not np.isfinite(mine).all():
            return False
        shares = self.bench.shares((), steps)
        used = shares.params if self.with_params else shares.loss
        assert used is not None
        with np.errstate(all="ignore"):
            allowed = np.full(len(plain), np.inf)
            allowed[: len(used)] = np.where(used > 0, plain[: len(used)] / used, np.inf)
        last = np.searchsorted(
            self.seen.kept if self.with_params else np.arange(1, steps + 1), shares.steps, "right"
        )
        mine, plain, allowed = mine[:last], plain[:last], allowed[:last]
        wide = np.fmax(POWER_SHARE * np.fmax.accumulate(plain), 10.0 * allowed)
        return bool(np.all((mine <= wide) | ~np.isfinite(wide)))


def frozen(seen: Observed) -> bool:
    """Whether the same parameters were recorded after every step, and they are not the start."""
    if len(seen.kept) < 2:
        return False
    last = vector(seen.arrays, seen.kept[-1])
    if not all(np.array_equal(vector(seen.arrays, step), last) for step in seen.kept):
        return False
    start = vector({f"0/{key}": value for key, value in seen.start.items()}, 0)
    return not np.array_equal(start.astype(seen.dtype), last)


def preferred(fits: list[Cause]) -> list[Cause]:
    """Those that give the recorded gradients too, if any do, and the losses; the best first."""
    if not fits:
        return []
    agreeing = [cause for cause in fits if cause.grads] or fits
    agreeing = [cause for cause in agreeing if cause.loss] or agreeing
    # where the number given may simply have been another, that goes first
    agreeing.sort(key=lambda cause: (cause.fault.id, *cause.values) != PLAIN_RATE)
    least = min(cause.used for cause in agreeing)
    # rules stand in the order of how common they are: a better fit must be clearly better
    return sorted(agreeing, key=lambda cause: cause.used > least + MARGIN)


def discrete(loop_alone: bool) -> Iterator[Fault]:
    """The changes without a number: of the loop alone, or of what it calls too.

    The catalogue's forms first: a recording of less than an epoch cannot tell them from the rarer.
    """
    for fault in FAULTS.values():
        if not fault.hypothesis or fault.kind == "benign" or "reference" not in fault.edits:
            continue
        files = {edit.file for edit in fault.edits["reference"]}
        if not files <= set(LOOP) or fault.id in BY_RULE or fault.key in BY_RULE_KEYS:
            continue
        if not loop_alone or files == {"training.py"}:
            yield fault
    yield from TRACED


def loggings() -> Iterator[Fault]:
    """The changes of what is logged as the loss."""
    yield BEFORE
    yield RUNNING_LOSS
    for fault in discrete(loop_alone=False):
        if {edit.file for edit in fault.edits["reference"]} & {"losses.py", "networks.py"}:
            yield fault


def stretches_for(rule: Rule, short: int, with_params: bool) -> list[int]:
    """Steps to estimate on, one after the other: as few as give the numbers, then more."""
    count = len(rule.numbers)
    # the first step is linear in a plain learning rate, however far off it is
    one = [1] if with_params and rule is RULES[0] else []
    least = count + (1 if with_params else 2)
    return [n for n in dict.fromkeys((*one, least, 3 + count, short)) if n <= short] or [short]


def apart(causes: Sequence[Cause]) -> str:
    """What would tell several causes apart."""
    told = list(dict.fromkeys(cause.alike for cause in causes if cause.alike))
    return " ".join(told)
