"""What people do otherwise between two layers: other outputs of a step, made of what it was given.

Each is a guess: `glue_causes` gives it to the reference in place of the step's own output.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np

from .records import Arrays, StepRecord
from .step_guesses import OTHERWISE, activate, move_axes, scale, shuffle
from .step_pair import name_step

BATCH = 10  # changes tried at once
TURN = 12  # changes of a step, before the next one's


@dataclass(frozen=True)
class StepChange:
    """Another output of a step. id: the kind of change; text: all of it, for people.

    place: of the output, among those of the step. more: other outputs of other steps, of one place,
    which are changed alike at once.
    """

    step: str
    id: str
    text: str
    output: np.ndarray
    place: int = 0
    more: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def outputs(self) -> dict[str, list[np.ndarray | None]]:
        """The outputs by the keys of steps, up to the changed one; None for one that stays."""
        own = {self.step: self.output, **self.more}
        return {key: [*[None] * self.place, value] for key, value in own.items()}


def make_batches(
    changes: Iterable[StepChange], most: int, deadline: float
) -> Iterator[list[StepChange]]:
    """Yield the first so many of some changes, in lists that are tried at once, until it is late.

    deadline: of `time.monotonic`.
    """
    left = islice(changes, most)
    while time.monotonic() < deadline and (batch := list(islice(left, BATCH))):
        yield batch


def take_turns(changes: Iterable[Iterator[StepChange]]) -> Iterator[StepChange]:
    """Yield some changes of each step, then some more of each, until there are no more.

    So none that a step far off has is left to the end.
    """
    left = list(changes)
    while left:
        for one in list(left):
            some = list(islice(one, TURN))
            yield from some
            if len(some) < TURN:
                left.remove(one)


def list_step_changes(
    step: StepRecord, arrays: Arrays, paired: bool, other: Sequence[str] = ()
) -> Iterator[StepChange]:
    """Yield other outputs of a step, the likelier first.

    paired: whether it is a layer that has been found right: then only what comes behind it can be
    otherwise. other: names of arrays that it could have been given besides its own.
    """
    names = dict.fromkeys([*step.inputs, *(() if paired else other)])
    given = [arrays[name] for name in names if arrays[name].dtype.kind == "f"]
    makers = [activate, scale, move_axes, shuffle]
    makers = makers if paired else [*OTHERWISE, *makers]
    for place, output in enumerate(arrays[name] for name in step.outputs):
        if output.dtype.kind != "f" or not output.size:
            continue
        name = name_step(step) + f"'s output {place}" * (len(step.outputs) > 1)
        with np.errstate(all="ignore"):
            for make in makers:
                for kind, text, value in make(name, given, output):
                    if value.shape == output.shape and not np.array_equal(value, output):
                        yield StepChange(step.key, kind, text, value, place)


def list_repeated_changes(steps: Sequence[StepRecord], arrays: Arrays) -> Iterator[StepChange]:
    """Yield other outputs of steps that are one line of the code, called again: of all alike."""
    own = []
    for step in steps:
        changes = list_step_changes(step, arrays, False)
        named = [((one.place, one.text.replace(name_step(step), "")), one) for one in changes]
        own.append(dict(reversed(named)))
    for label in [label for label in own[0] if all(label in other for other in own)][::-1]:
        first, *others = (changes[label] for changes in own)
        more = {one.step: one.output for one in others}
        yield replace(first, text=f"{first.text}, in each of {len(own)} calls", more=more)
