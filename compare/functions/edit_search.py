"""Which edit of a reference's function gives what the port gave: each tried on every call."""

import time
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np

from ..causes.edits import SourceEdit, apply_edit, list_edits, tidy_edit
from ..causes.trials import limit_trial
from ..judging.compare import compare_tensor
from ..judging.expected import Expected
from ..ports.user_code.errors import UserCodeTimeout
from ..rounding.tolerances import CONCLUSIVE_SHARE, SCREEN_SHARE, SCREEN_SPREADS
from .budget import compute_budget
from .edited import FunctionSource, build_edited, find_helpers, read_function
from .function_case import FunctionCase
from .outcome import UndecidableError, call_reference
from .seen import Seen, is_within, measure_largest, spread_allowed
from .spread import Budgeted
from .structures import ArrayDict

TRIAL_LIMIT = 2.0  # seconds for one call of an edited function, which may never end
NEAR_SCORE = 0.9  # of the difference: what a change must leave less of to be half of a pair
NEAR_CALLS = 2  # by which that is told
MAX_NEAR = 60  # edits of which that is asked
MAX_FIRST_EDITS = 8  # that others are tried on top of
PAIR_COST = 1.0  # two changes are less likely than one
FAR_FETCHED = 0.3  # beyond the cost of what fits: what costs more is not tried beside it
Value = TypeVar("Value")
AGREEMENT_FACTOR = 10.0  # of the truth's budget: how far a change may lie from what is right


@dataclass
class Fit:
    """A change that gives what the port gave in every call.

    texts: the new source of each changed function. used: the largest share of the changed
    reference's own budget. values: numbers that were estimated, with their uncertainty.
    """

    what: str
    texts: dict[str, str]
    cost: float
    used: float
    values: dict[str, dict[str, float]] = field(default_factory=dict)


class EditSearch:
    """The search for one function of a reference.

    seen: every call, of which some are wrong. dtype: what the port computed in.
    seconds: of wall time, after which the search ends. left_alone: outputs that are arguments which
    the reference changes and the port does not, which is told and no fault.
    """

    def __init__(
        self,
        module: types.ModuleType,
        name: str,
        function: Callable[..., Any],
        seen: Sequence[Seen],
        dtype: str,
        seconds: float,
        left_alone: Sequence[str] = (),
    ) -> None:
        self.module, self.name, self.dtype = module, name, dtype
        self.left_alone = frozenset(left_alone)
        self.deadline = time.monotonic() + seconds
        wrong_first = sorted(seen, key=lambda one: (not one.is_wrong, one.size))
        self.seen = [one for one in wrong_first if one.got is not None]
        self.tried = 0
        self.near: list[tuple[float, Fit, FunctionSource, SourceEdit]] = []
        # whether an output is an argument that the function changes
        self.watched = any(" afterwards" in name for one in self.seen for name in one.truth)
        self.sources: list[FunctionSource] = []
        for one in (function, *find_helpers(module, function)):
            source = read_function(one)
            if source is not None:
                self.sources.append(source)

    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() > self.deadline

    def list_candidates(self) -> Iterator[tuple[FunctionSource, SourceEdit]]:
        """Yield every edit of the function and of what it uses, with brackets to spare."""
        for source in self.sources:
            for edit in list_edits(source.text, tidy=False):
                yield source, edit

    def search(self, part: int = 0, parts: int = 1) -> list[Fit]:
        """Return the single edits that fit; of several processes each tries its part of them."""
        found: list[Fit] = []
        candidates = sorted(self.list_candidates(), key=lambda pair: self.weigh(*pair))
        for source, edit in candidates[part::parts]:
            far = any(self.weigh(source, edit) > fit.cost + FAR_FETCHED for fit in found)
            if far or self.is_over():
                break
            found += self.try_edit({}, source, edit)
        return found

    def weigh(self, source: FunctionSource, edit: SourceEdit) -> float:
        """Return how far-fetched an edit is: of what the function uses, more than of its own."""
        return edit.cost + (0.0 if source is self.sources[0] else 0.5)

    def try_edit(
        self, before: dict[str, str], source: FunctionSource, edit: SourceEdit, base: float = 0.0
    ) -> Iterator[Fit]:
        """Yield the fit that an edit is, on top of sources that are changed already; else none."""
        self.tried += 1
        old = before.get(source.name, source.text)
        texts = before | {source.name: apply_edit(old, edit)}
        fit = Fit(edit.what, texts, base + self.weigh(source, edit), np.inf)
        function = self.build(texts, prepared=False)
        have = None if function is None else self.call(function, self.seen[0])
        if function is None or have is None:
            return
        if self.is_like(have, self.seen[0]):
            fit.texts = before | {source.name: apply_edit(old, tidy_edit(old, edit))}
            fit.used = self.measure(fit.texts, function, self.seen[1:])
        if fit.used <= 1.0:
            yield fit
        elif not before and (score := self.measure_left(have, self.seen[0])) < 1.0:
            self.near.append((score, fit, source, edit))

    def build(
        self, texts: dict[str, str], more: dict[str, Any] | None = None, prepared: bool = True
    ) -> Callable[..., Any] | None:
        """Return the function with changed sources; None for what is no function any more.

        more: names that the changed sources use. prepared: whether it is fit for random rounding.
        """
        file = self.sources[0].file
        try:
            return build_edited(self.module, self.name, texts, file, more or {}, prepared)
        except Exception:  # noqa: BLE001  # an edited source may raise anything: it fits nothing
            return None

    def list_nearest(self) -> list[tuple[float, Fit, FunctionSource, SourceEdit]]:
        """Return single edits with which share of the difference they leave, the least first."""
        found = []
        self.near.sort(key=lambda pair: (pair[0], pair[1].cost))
        for share, fit, source, edit in self.near[:MAX_NEAR]:
            text = apply_edit(source.text, tidy_edit(source.text, edit))
            fit.texts = {source.name: text}
            function = self.build(fit.texts, prepared=False)
            others = self.seen[1:NEAR_CALLS] if function is not None else ()
            left = [self.measure_left(self.call(function, one), one) for one in others if function]
            if (score := float(np.mean([share, *left]))) < NEAR_SCORE:
                found.append((score, fit, source, edit))
        return sorted(found, key=lambda pair: (pair[0], pair[1].cost))[:MAX_FIRST_EDITS]

    def measure_left(self, have: ArrayDict | None, one: Seen) -> float:
        """Return which share of a call's difference a change leaves; 1 if it explains nothing."""
        if have is None or one.got is None or have.keys() != one.truth.keys():
            return 1.0
        shares = []
        for name, truth in one.truth.items():
            got, mine = one.got.get(name), have[name]
            if got is None or got.shape != mine.shape:
                return 1.0
            off = measure_largest(got, truth.want)
            if got.shape == truth.want.shape and np.all(is_within(got, truth.want, truth.allowed)):
                continue  # right already
            left = measure_largest(got, mine)
            shares.append(min(1.0, left / off) if off else 0.0 if left == 0.0 else 0.5)
        return float(np.mean(shares)) if shares else 1.0

    def measure_all_left(self, texts: dict[str, str]) -> float:
        """Return which share of the difference changed sources leave, over all calls.

        A second edit must leave less than the first: by a budget that it makes wider itself, as a
        cast to float16 does, it would fit and explain nothing.
        """
        function = self.build(texts, prepared=False)
        if function is None:
            return 1.0
        wrong = [one for one in self.seen if one.is_wrong]
        return float(np.mean([self.measure_left(self.call(function, one), one) for one in wrong]))

    def search_pairs(self, stop: Callable[[], bool]) -> list[Fit]:
        """Return the fits of two edits: one that explains a part, and any on top of it."""
        found: list[Fit] = []
        for _, first, _, _ in self.list_nearest():
            left = self.measure_all_left(first.texts)
            for source in self.sources:
                text = first.texts.get(source.name, source.text)
                for edit in list_edits(text, tidy=False):
                    if self.is_over() or stop():
                        return found
                    for fit in self.try_edit(first.texts, source, edit, first.cost + PAIR_COST):
                        if self.measure_all_left(fit.texts) < left:
                            found.append(replace(fit, what=f"{first.what}, and {fit.what}"))
            if found:
                break
        return found

    def measure(
        self, texts: dict[str, str], plain: Callable[..., Any], seen: Sequence[Seen]
    ) -> float:
        """Return the share of its own budget by which a changed reference misses the port.

        plain: the changed function, whose values are near in all calls but for those in seen.
        """
        if not all(self.is_like(self.call(plain, one), one) for one in seen):
            return np.inf
        if not any(self.changes(self.call(plain, one), one) for one in self.seen if one.is_wrong):
            return np.inf  # what changes nothing explains nothing
        function = self.build(texts)
        if function is None:
            return np.inf
        return max(self.confirm(function, one) for one in self.seen)

    def compute_truth(
        self, function: Callable[..., Any], case: FunctionCase
    ) -> dict[str, Budgeted] | None:
        """Return what a prepared function gives for another call, with its budget; None if none."""
        try:
            with limit_trial(10 * TRIAL_LIMIT):
                return self.drop_left_alone(compute_budget(function, case, self.dtype))
        except (Exception, UndecidableError, UserCodeTimeout):  # noqa: BLE001  # as in `call`
            return None

    def call(self, function: Callable[..., Any], one: Seen) -> ArrayDict | None:
        """Return what a function gives for a call; None if it raises or does not end."""
        return self.call_case(function, one.case.seed, one.get_arguments(self.dtype))

    def call_case(
        self, function: Callable[..., Any], seed: int, arguments: dict[str, Any]
    ) -> ArrayDict | None:
        """As `call`, with these arguments, which are its own."""
        try:
            with limit_trial(TRIAL_LIMIT):
                found = call_reference(function, arguments, seed, self.watched).outputs
        except (Exception, UserCodeTimeout):  # noqa: BLE001  # an edited function may raise anything
            return None
        return self.drop_left_alone(found)

    def drop_left_alone(self, outputs: dict[str, Value]) -> dict[str, Value]:
        """Return outputs without the arguments that the port leaves alone."""
        return {key: value for key, value in outputs.items() if key not in self.left_alone}

    def changes(self, have: ArrayDict | None, one: Seen) -> bool:
        """Whether a changed reference gives other values than the reference, beyond rounding."""
        return have is None or any(
            name not in have
            or have[name].shape != truth.want.shape
            or not np.all(is_within(have[name], truth.want, truth.allowed))
            for name, truth in one.truth.items()
        )

    def is_like(self, have: ArrayDict | None, one: Seen) -> bool:
        """Whether plain values already rule a change out: most fail here, without a budget."""
        if have is None or one.got is None or have.keys() != one.truth.keys():
            return False
        for name, truth in one.truth.items():
            got, mine = one.got.get(name), have[name]
            if got is None or got.shape != mine.shape:
                return False
            off = measure_largest(got, truth.want)
            near = np.fmax(SCREEN_SPREADS * spread_allowed(truth, got), SCREEN_SHARE * off)
            undecided = truth.undecided if truth.undecided.shape == got.shape else False
            if not np.all(is_within(got, mine, near) | undecided):
                return False
        return True

    def confirm(self, function: Callable[..., Any], one: Seen) -> float:
        """Return the share of its own budget by which a change misses one call."""
        assert one.got is not None
        found = self.compute_truth(function, one.case)
        if found is None or found.keys() != one.truth.keys():
            return np.inf
        used = 0.0
        for name, budget in found.items():
            truth, got = one.truth[name], one.got[name]
            off = measure_largest(got, truth.want)
            widest = np.fmax(AGREEMENT_FACTOR * spread_allowed(truth, got), CONCLUSIVE_SHARE * off)
            allowed = np.minimum(budget.allowed, widest)
            skip = budget.undecided
            if truth.undecided.shape == skip.shape:
                skip = skip | truth.undecided
            want = np.where(skip, 0.0, budget.want)
            mine = np.where(skip, 0.0, got)
            seen = compare_tensor(one.case.id, name, Expected(want, allowed), mine, nan_equal=True)
            used = max(used, np.inf if seen.problems else seen.used)
        return used
