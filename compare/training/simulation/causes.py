"""Why a recorded training departs: a change of the loop, or of what it calls, gives all of it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from ...causes.allowance import Allowance
from ...rounding.tolerances import CONCLUSIVE_SHARE
from ...suite.fault import Edits, Fault
from ...suite.training_task import ArrayDict
from ...suite.update_rule import UpdateRule
from ..recording.reference import RecordedTraining
from .hypotheses import (
    TrainingCause,
    choose_stretches,
    fit_numbers,
    generate_discrete_faults,
    generate_logging_faults,
    rank_causes,
    round_values,
)
from .simulator import Simulator

SHORT_STEPS = 10  # steps on which hypotheses are tried; the first few of them rule out most
FIRST_STEPS = 3
LONG_STEPS = 200  # steps on which a cause is proven, where so many were recorded
LATE_STEP = 20  # a departure beyond it is no fault of the first steps
DISCRETE_SHARE = 0.6  # of what time is left, that changes without a number may take
CLEAR_SIGMAS = 10.0  # standard errors by which a number must differ from where it changes nothing


def fits(shares: np.ndarray) -> bool:
    """Whether all of these shares are within their envelope."""
    return bool(np.all(shares <= 1.0))


class CauseSearch:
    """A search for every change that reproduces a recording.

    runs: changed references that were trained on the same problem before; this search adds its own.
    seconds: of processor time; None for as much as it takes.
    update_causes: what moves the parameters otherwise, several where nothing tells them apart.
    logging_causes: what the losses are instead.
    departure_step: the first step that is off, None if none is.
    """

    def __init__(
        self,
        seen: RecordedTraining,
        runs: dict[Any, ArrayDict] | None = None,
        seconds: float | None = None,
    ) -> None:
        self.seen, self.bench, self.allowance = seen, Simulator(seen, runs), Allowance(seconds)
        self.suite, self.faults = seen.suite, seen.suite.task.faults
        self.update_causes: list[TrainingCause] = []
        self.logging_causes: list[TrainingCause] = []
        self.notes: list[str] = []
        self.tried = 0
        self.departure_step: int | None = None
        self.length = min(len(seen.loss), seen.setup.steps, LONG_STEPS)
        self.short, self.first = min(SHORT_STEPS, self.length), FIRST_STEPS
        self.gradients_alone = False
        self.with_params = any(step <= self.short for step in seen.kept)
        self.judged = "params" if self.with_params else "loss"  # what a change must reproduce

    def find(self) -> None:
        """Run the search."""
        if self.length < 1:
            return
        moved, lost = self.bench.get_shares((), self.short).find_crossings(self.seen)
        if moved is None and lost is None:
            self.short = self.length
            moved, lost = self.bench.get_shares((), self.short).find_crossings(self.seen)
        plain = self.bench.get_shares((), self.short)
        self.gradients_alone = self.with_params and fits(plain.params)
        self.departure_step = min((s for s in (moved, lost) if s), default=None)
        if self.departure_step is None:
            return
        if self.seen.is_frozen:  # what every step shows is the last: no short run does
            self.short = self.first = self.length
        elif self.departure_step > SHORT_STEPS:
            self.short = min(self.length, self.departure_step + SHORT_STEPS)
        if not self.with_params:
            self.search_losses()
            return
        if moved:
            self.update_causes = self.search_updates(())
        causes = self.update_causes
        if not moved or causes:
            self.search_logging(causes[0].fault.truth_edits if causes else ())

    def search_losses(self) -> None:
        """Search from losses alone; the first tells which side of the update they are from."""
        before = self.faults.loss_before_update
        first = abs(self.bench.run(before.truth_edits, self.short)["loss"][0] - self.seen.loss[0])
        near = first <= self.seen.truths.loss_budget
        tops = (before, self.faults.running_loss) if near else ()
        for top in tops:
            if (used := self.holds(top.truth_edits, self.length)) is not None:
                self.tried += 1
                self.logging_causes = [self.cause(top, used, top.truth_edits)]
                return
        for edits, logged in [(top.truth_edits, [top]) for top in tops] or [((), [])]:
            if moved := self.search_updates(edits):
                self.update_causes = moved
                self.logging_causes = [
                    replace(moved[0], fault=top, alike="", values={}) for top in logged
                ]
                return

    def search_updates(self, top: Edits) -> list[TrainingCause]:
        """Return the changes of the update that reproduce what was recorded, the simplest alone."""
        departs, faults = self.departure_step or 1, self.faults
        frozen = self.first > FIRST_STEPS
        tried: Iterable[Fault] = [faults.state_by_reference]
        if not frozen:
            tried = generate_discrete_faults(self.suite, self.is_only_loop_wrong())
        causes = self.try_faults(tried, top)
        if self.gradients_alone:  # the parameters are right: any change that moves none holds
            return rank_causes(faults, [cause for cause in causes if cause.grads])
        if frozen:
            return causes
        for level in (1, 2, 3):
            rules = [rule for rule in faults.update_rules if len(rule.numbers) == level]
            if level == 1 and departs > 1:
                rules += [faults.make_rate_drop(max(2, departs - back)) for back in (0, 1)]
            for rule in self.allowance.while_it_lasts(rules):
                self.tried += 1
                if (fitted := self.fit_rule(rule, top)) is not None:
                    causes.append(fitted)
            if causes:
                return rank_causes(faults, causes)
        return []

    def try_faults(self, faults: Iterable[Fault], top: Edits) -> list[TrainingCause]:
        """Return those changes without a number that hold."""
        causes = []
        for fault in self.allowance.while_it_lasts(faults, DISCRETE_SHARE):
            self.tried += 1
            edits = (*fault.truth_edits, *top)
            if self.holds(edits, self.short) is None:
                continue
            if (used := self.holds(edits, self.length)) is not None:
                causes.append(self.cause(fault, used, edits))
        return causes

    def is_only_loop_wrong(self) -> bool:
        """Whether what the loop calls is right: by the first gradient or step, or many losses."""
        shares, seen = self.bench.get_shares((), self.short), self.seen
        for values, steps in ((shares.grads, seen.gradient_steps), (shares.params, seen.kept)):
            if len(values) and steps[0] == 1:
                return bool(values[0] <= 1.0)
        return (self.departure_step or 0) > LATE_STEP

    def fit_rule(self, rule: UpdateRule, top: Edits) -> TrainingCause | None:
        """Return the rule with the numbers that the recording gives, if it then reproduces it."""
        departs = self.departure_step or 1  # before it no number shows
        stretches = choose_stretches(self.faults, rule, self.short, self.with_params)
        stretches = [n for n in stretches if n >= departs] or [self.short]
        unchanged = rule.unchanged(self.seen.setup.learning_rate, self.suite.other_optimizers)
        for more in ([], [min(50, self.length)], [self.length]):
            stretches = sorted({*stretches, *more})
            solved = fit_numbers(self.bench, rule, stretches, top)
            if solved is None:
                return None
            values, errors = solved
            ranges = zip(values, unchanged, errors, strict=True)
            if any(u is not None and abs(v - u) <= CLEAR_SIGMAS * e for v, u, e in ranges):
                return None  # it comes to a rule with fewer numbers
            near = False
            for told in dict.fromkeys((round_values(values, errors), values)):
                edits = (*rule.edits(*told), *top)
                if self.holds(edits, self.short) is None:
                    continue
                near = True  # and where a longer run leaves it, the number was not sure enough
                if (used := self.holds(edits, self.length)) is not None:
                    cause = self.cause(rule.fault(told, errors), used, edits)
                    found = dict(zip(rule.numbers, zip(told, errors, strict=True), strict=True))
                    return replace(cause, alike=rule.alike, same=rule.same, values=found)
            if not near:
                return None
        return None

    def cause(self, fault: Fault, used: float, edits: Edits) -> TrainingCause:
        """Return a change that holds, with how well it does."""
        shares = self.bench.get_shares(edits, self.length)
        off = (self.bench.off(e, self.length)[self.judged] for e in ((), edits))
        size, left = (float(np.max(values, initial=0.0)) for values in off)
        agree = fits(shares.grads), fits(shares.loss)
        return TrainingCause(fault, used, shares.steps, size, left, *agree)

    def search_logging(self, base: Edits) -> None:
        """Find what the recorded losses are, where the parameters are explained by base."""
        if fits(self.bench.get_shares(base, self.length).loss):
            return
        before = self.bench.off(base, self.length)["loss"]
        logged_otherwise = (self.faults.loss_before_update, self.faults.running_loss)
        for fault in self.allowance.while_it_lasts(generate_logging_faults(self.suite)):
            self.tried += 1
            edits = (*base, *fault.truth_edits)
            try:
                steps = self.length if fault in logged_otherwise else 3
                off = self.bench.off(edits, steps)["loss"]
            except Exception:  # noqa: BLE001  # a change may not go with another
                continue
            share = CONCLUSIVE_SHARE * float(np.max(before[: len(off)], initial=0.0))
            # how near a change of the log must come to be worth an envelope
            if not np.all(off <= max(share, 10 * self.seen.truths.loss_budget)):
                continue
            shares = self.bench.get_shares(edits, self.length)
            if fits(shares.loss) and fits(shares.params):
                after = self.bench.off(edits, self.length)["loss"]
                used = float(np.max(shares.loss, initial=0.0))
                sizes = float(before.max()), float(after.max())
                self.logging_causes.append(TrainingCause(fault, used, shares.steps, *sizes))
        if not self.logging_causes:
            self.notes.append("the losses are none that were tried of these parameters")

    def holds(self, edits: Edits, steps: int) -> float | None:
        """Return the largest share of its envelope that the recording uses; None if it is left."""
        try:
            for n in sorted({min(self.first, steps), steps}):
                if not self.is_much_nearer(edits, n):
                    return None
            shares = self.bench.get_shares(edits, steps)
        except Exception:  # noqa: BLE001  # what a change raises refutes it
            return None
        used = float(np.max(getattr(shares, self.judged), initial=0.0))
        return used if used <= 1.0 else None

    def is_much_nearer(self, edits: Edits, steps: int) -> bool:
        """Whether a change comes much nearer than the reference itself: no envelope needed."""
        mine, plain = (self.bench.off(e, steps)[self.judged] for e in (edits, ()))
        if not len(mine):
            return True
        if not np.isfinite(mine).all():
            return False
        shares = self.bench.get_shares((), steps)
        used = getattr(shares, self.judged)
        with np.errstate(all="ignore"):
            allowed = np.full(len(plain), np.inf)
            allowed[: len(used)] = np.where(used > 0, plain[: len(used)] / used, np.inf)
        points = self.seen.kept if self.with_params else np.arange(1, steps + 1)
        last = np.searchsorted(points, shares.steps, "right")
        mine, plain, allowed = mine[:last], plain[:last], allowed[:last]
        wide = np.fmax(CONCLUSIVE_SHARE * np.fmax.accumulate(plain), 10.0 * allowed)
        return bool(np.all((mine <= wide) | ~np.isfinite(wide)))
