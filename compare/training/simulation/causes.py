"""Why a recorded training departs from the true one, proven by experiment.

A hypothesis is a change to the reference's training loop, or to what the loop calls. Trained from
the recorded start on the recorded batches, it must give every recorded loss, parameter and gradient
within the envelope of its own rounding. Numbers are estimated on a short stretch and must hold on a
long one. What is logged and what moves the parameters are two questions, so that two faults are
found as two.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from ...rounding.tolerances import CONCLUSIVE_SHARE
from ...suite.fault import Edits, Fault
from ...suite.suite import Suite
from ...suite.training_task import ArrayDict
from ...suite.update_rule import UpdateRule
from .fit import fit_numbers, round_values
from .hypotheses import (
    CauseSearchResult,
    TrainingCause,
    choose_stretches,
    generate_discrete_faults,
    generate_logging_faults,
    rank_causes,
)
from .recorded import EnvelopeShares, RecordedTraining, find_first_crossings, is_frozen
from .simulator import Simulator

SHORT_STEPS = 10  # steps on which hypotheses are tried; the first few of them rule out most
FIRST_STEPS = 3
LONG_STEPS = 200  # steps on which a cause is proven, where so many were recorded
LATE_STEP = 20  # a departure beyond it is no fault of the first steps
CLEAR_SIGMAS = 10.0  # standard errors by which a number must differ from where it changes nothing


def find_recording_causes(
    suite: Suite, seen: RecordedTraining, runs: dict[Any, ArrayDict] | None = None
) -> CauseSearchResult:
    """Return every change that reproduces a recording, and what it leaves open.

    runs: changed references that were trained on the same problem before; those of this search are
        added.
    """
    return CauseSearch(suite, seen, runs).find()


class CauseSearch:
    """One search; see `find_recording_causes`."""

    def __init__(
        self, suite: Suite, seen: RecordedTraining, runs: dict[Any, ArrayDict] | None
    ) -> None:
        self.suite, self.faults = suite, suite.task.faults
        self.seen, self.bench = seen, Simulator(suite, seen, runs)
        self.found = CauseSearchResult()
        self.length = min(len(seen.loss), seen.steps, LONG_STEPS)
        self.short = min(SHORT_STEPS, self.length)
        self.first = FIRST_STEPS
        self.gradients_alone = False
        self.with_params = any(step <= self.short for step in seen.kept)

    def find(self) -> CauseSearchResult:
        """Run the search."""
        found = self.found
        if self.length < 1:
            return found
        plain = self.bench.get_shares((), self.short)
        if find_first_crossings(self.seen, plain) == (None, None):
            self.short = self.length
            plain = self.bench.get_shares((), self.short)
        moved, lost = find_first_crossings(self.seen, plain)
        self.gradients_alone = self.with_params and EnvelopeShares.worst(plain.params) <= 1.0
        found.departure_step = min((s for s in (moved, lost) if s), default=None)
        if found.departure_step is None:
            return found
        if is_frozen(self.seen):  # what every step shows is the last: no short run does
            self.short = self.first = self.length
        elif found.departure_step > SHORT_STEPS:
            self.short = min(self.length, found.departure_step + SHORT_STEPS)
        if not self.with_params:
            self.search_losses()
        else:
            if moved:
                found.update_causes = self.search_updates(())
            if not moved or found.update_causes:
                self.search_logging(found.update_causes[0].edits if found.update_causes else ())
        found.steps = min((c.steps for c in found.causes), default=0)
        return found

    def search_losses(self) -> None:
        """Search what is logged and what moves, from the losses alone.

        The first of them tells which side of the update they are from.
        """
        before = self.faults.loss_before_update.truth_edits
        first = abs(self.bench.run(before, self.short)["loss"][0] - self.seen.loss[0])
        tops: list[Fault | None] = [None]
        if first <= self.seen.loss_budget:
            tops = [self.faults.loss_before_update, self.faults.running_loss]
        for top in tops:
            edits = top.truth_edits if top else ()
            if top and (used := self.holds(edits, self.length)) is not None:
                self.found.tried += 1
                self.found.logging_causes.append(self.cause(top, used, edits))
                return
        for top in tops:
            edits = top.truth_edits if top else ()
            if moved := self.search_updates(edits):
                self.found.update_causes = moved
                if top:
                    self.found.logging_causes.append(
                        replace(moved[0], fault=top, alike="", values={})
                    )
                return

    # ---- what moves the parameters

    def search_updates(self, top: Edits) -> list[TrainingCause]:
        """Return the changes of the update that reproduce what was recorded, the simplest alone."""
        late = self.is_only_loop_wrong()
        for level in (1, 2, 3):
            fits: list[TrainingCause] = []
            if level == 1:
                for fault in (
                    [self.faults.state_by_reference]
                    if self.first > FIRST_STEPS
                    else generate_discrete_faults(self.suite, late)
                ):
                    self.found.tried += 1
                    edits = (*fault.truth_edits, *top)
                    if (used := self.holds(edits, self.short)) is not None:
                        used = self.holds(edits, self.length)
                        if used is not None:
                            fits.append(self.cause(fault, used, edits))
            if self.gradients_alone:  # the parameters are right: any change that moves none holds
                return rank_causes(self.faults, [cause for cause in fits if cause.grads])
            if self.first > FIRST_STEPS:
                return fits
            rules = [rule for rule in self.faults.update_rules if len(rule.numbers) == level]
            if level == 1 and self.found.departure_step and self.found.departure_step > 1:
                rules += [
                    self.faults.make_rate_drop(max(2, self.found.departure_step - back))
                    for back in (0, 1)
                ]
            for rule in rules:
                self.found.tried += 1
                if (cause := self.fit_rule(rule, top)) is not None:
                    fits.append(cause)
            if fits:
                return rank_causes(self.faults, fits)
        return []

    def is_only_loop_wrong(self) -> bool:
        """Return whether what the loop calls is right.

        By the first gradient, or by the first step of the parameters, or long enough by the losses.
        """
        shares, seen = self.bench.get_shares((), self.short), self.seen
        for values, steps in ((shares.grads, seen.gradient_steps), (shares.params, seen.kept)):
            if values is not None and steps[0] == 1:
                return bool(values[0] <= 1.0)
        return (self.found.departure_step or 0) > LATE_STEP

    def fit_rule(self, rule: UpdateRule, top: Edits) -> TrainingCause | None:
        """Return the rule with the numbers that the recording gives, if it then reproduces it."""
        departs = self.found.departure_step or 1  # before it no number shows
        stretches = [
            n
            for n in choose_stretches(self.faults, rule, self.short, self.with_params)
            if n >= departs
        ] or [self.short]
        for more in ([], [min(50, self.length)], [self.length]):
            stretches = sorted({*stretches, *more})
            solved = fit_numbers(self.bench, rule, stretches, top)
            if solved is None:
                return None
            values, errors = solved
            unchanged = rule.unchanged(self.seen.learning_rate, self.suite.other_optimizers)
            if any(
                abs(v - u) <= CLEAR_SIGMAS * e
                for v, u, e in zip(values, unchanged, errors, strict=True)
                if u is not None
            ):
                return None  # it comes to a rule with fewer numbers
            near = False
            for told in dict.fromkeys((round_values(values, errors), values)):
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
    ) -> TrainingCause:
        """Return a change that holds, with how well it does."""
        shares = self.bench.get_shares(edits, self.length)
        which = 1 if self.with_params else 0
        size, left = (
            float(np.max(self.bench.off(e, self.length)[which], initial=0.0)) for e in ((), edits)
        )
        agrees = EnvelopeShares.worst(shares.grads) <= 1.0
        logged = EnvelopeShares.worst(shares.loss) <= 1.0
        return TrainingCause(
            fault, used, shares.steps, size, left, agrees, logged, alike, values=values or {}
        )

    # ---- what is logged

    def search_logging(self, base: Edits) -> None:
        """Return what the recorded losses are, where the parameters are explained by base."""
        shares = self.bench.get_shares(base, self.length)
        if EnvelopeShares.worst(shares.loss) <= 1.0:
            return
        before = self.bench.off(base, self.length)[0]
        logged_otherwise = (self.faults.loss_before_update, self.faults.running_loss)
        for fault in generate_logging_faults(self.suite):
            self.found.tried += 1
            edits = (*base, *fault.truth_edits)
            try:
                off = self.bench.off(edits, self.length if fault in logged_otherwise else 3)
            except Exception:  # noqa: BLE001  # a change may not go with another
                continue
            if not np.all(off[0] <= self.compute_near_limit(before[: len(off[0])])):
                continue
            shares = self.bench.get_shares(edits, self.length)
            if (
                EnvelopeShares.worst(shares.loss) <= 1.0
                and EnvelopeShares.worst(shares.params) <= 1.0
            ):
                after = self.bench.off(edits, self.length)[0]
                self.found.logging_causes.append(
                    TrainingCause(fault, EnvelopeShares.worst(shares.loss), shares.steps,
                          float(before.max()), float(after.max()))
                )  # fmt: skip
        if not self.found.logging_causes:
            self.found.notes.append("the losses are none that were tried of these parameters")

    def compute_near_limit(self, before: np.ndarray) -> float:
        """Return how near a change of the log must come to be worth an envelope."""
        share = CONCLUSIVE_SHARE * float(np.max(before, initial=0.0))
        return max(share, 10 * self.seen.loss_budget)

    # ---- one experiment

    def holds(self, edits: Edits, steps: int) -> float | None:
        """Return the largest share of its envelope that the recording uses on so many steps.

        None if it is left: by the parameters if they were recorded, else by the losses.
        """
        try:
            for n in sorted({min(self.first, steps), steps}):
                if not self.is_much_nearer(edits, n):
                    return None
            shares = self.bench.get_shares(edits, steps)
        except Exception:  # noqa: BLE001  # what a change raises refutes it
            return None
        used = EnvelopeShares.worst(shares.params if self.with_params else shares.loss)
        return used if used <= 1.0 else None

    def is_much_nearer(self, edits: Edits, steps: int) -> bool:
        """Whether a change comes much nearer than the reference itself: no envelope needed."""
        which = 1 if self.with_params else 0
        mine, plain = (self.bench.off(e, steps)[which] for e in (edits, ()))
        if not len(mine):
            return True
        if not np.isfinite(mine).all():
            return False
        shares = self.bench.get_shares((), steps)
        used = shares.params if self.with_params else shares.loss
        assert used is not None
        with np.errstate(all="ignore"):
            allowed = np.full(len(plain), np.inf)
            allowed[: len(used)] = np.where(used > 0, plain[: len(used)] / used, np.inf)
        last = np.searchsorted(
            self.seen.kept if self.with_params else np.arange(1, steps + 1), shares.steps, "right"
        )
        mine, plain, allowed = mine[:last], plain[:last], allowed[:last]
        wide = np.fmax(CONCLUSIVE_SHARE * np.fmax.accumulate(plain), 10.0 * allowed)
        return bool(np.all((mine <= wide) | ~np.isfinite(wide)))
